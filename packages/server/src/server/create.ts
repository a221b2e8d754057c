import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { createCofactor, type Clock, type Cofactor, type Random } from 'cofactor';
import { cofactor } from 'cofactor/fastify';
import { mailbox, smtp } from 'cofactor/mail';
import { createOidcServer, oidcServer, type OidcServer } from 'cofactor/oidc-server';
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { SettingsError } from '../settings/load.ts';
import type { Settings } from '../settings/table.ts';
import { openDatabase } from './database.ts';
import { factorsFor } from './factors.ts';
import { keysFor } from './keys.ts';
import { createLogger, logPort } from './log.ts';

/** What a test may bring in place of the world. */
export interface ServerPorts {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
}

/** The ready-made server, before it listens. */
export interface Server {
  readonly settings: Settings;
  readonly app: FastifyInstance;
  readonly logger: Logger;
  /** By name: `users`, and `members` where there are some. */
  readonly realms: ReadonlyMap<string, Cofactor>;
  readonly oidc: ReadonlyMap<string, OidcServer>;
  /** Listens, and says where. */
  listen(): Promise<string>;
  /** Ends what is under way, within `shutdownGrace`, and closes the database. */
  close(): Promise<void>;
}

/** A realm and where it lives. */
const places = {
  users: { base: '/auth', oidc: '/oidc' },
  members: { base: '/members', oidc: '/members-oidc' },
} as const;

/**
 * Makes the server that the settings describe: sign-in, account pages, OpenID Connect and back office in one process.
 *
 * @throws {SettingsError} naming every setting that cannot be used
 */
export async function createServer(settings: Settings, ports: ServerPorts = {}): Promise<Server> {
  const logger = ports.logger ?? createLogger(settings);
  const origin = settings.origin ?? `http://localhost:${settings.port}`;
  const keys = keysFor(settings, ports.random ?? { bytes: (length) => randomBytes(length) });
  const factors = await factorsFor(settings);
  const database = await openDatabase(settings);
  const mail = mailFor(settings, origin);

  const realms = new Map<string, Cofactor>();
  const oidc = new Map<string, OidcServer>();
  const app: FastifyInstance = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
  });
  for (const name of settings.members ? (['users', 'members'] as const) : (['users'] as const)) {
    const { base, oidc: oidcBase } = places[name];
    const auth = createCofactor({
      realm: name,
      name: settings.name,
      origin,
      database,
      factors,
      keys,
      extensions: settings.extensions,
      registration: settings.registration,
      rememberDevices: settings.rememberDevices,
      profile: settings.profile,
      session: { idle: settings.sessionIdle, absolute: settings.sessionAbsolute },
      trustedProxies: settings.trustedProxies,
      log: logPort(logger),
      ...(settings.environment !== null && { environment: settings.environment }),
      ...(mail !== null && { mail }),
      ...(ports.clock && { clock: ports.clock }),
      ...(ports.random && { random: ports.random }),
    });
    realms.set(name, auth);
    const server = createOidcServer(auth, {
      base: oidcBase,
      authBase: base,
      // Clients of the settings are those of the users; members have theirs in the database.
      clients: name === 'users' ? settings.clients : [],
      resources: settings.resources,
    });
    oidc.set(name, server);
    await app.register(cofactor, { auth, base, wellKnown: name === 'users' });
    await app.register(oidcServer, { oidc: server });
  }
  app.get('/', (_request, reply) => reply.redirect('/auth/security'));

  return {
    settings,
    app,
    logger,
    realms,
    oidc,
    listen: () => app.listen({ port: settings.port, host: settings.host }),
    close: () => app.close(),
  };
}

function mailFor(
  settings: Settings,
  origin: string,
): ReturnType<typeof smtp> | ReturnType<typeof mailbox> | null {
  const { mail, mailFrom } = settings;
  if (mail === null) return new URL(origin).hostname === 'localhost' ? mailbox() : null;
  if (mailFrom === null) throw new SettingsError(['mailFrom has to be set where mail is']);
  const { hostname, port, protocol, username, password } = new URL(mail);
  return smtp({
    host: hostname,
    from: mailFrom,
    secure: protocol === 'smtps:',
    ...(port !== '' && { port: Number(port) }),
    ...(username !== '' && { user: decodeURIComponent(username), password: decodeURIComponent(password) }),
  });
}
