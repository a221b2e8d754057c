import { setTimeout as delay } from 'node:timers/promises';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import {
  createCofactor,
  requireMfa,
  type Clock,
  type Cofactor,
  type FactorProvider,
  type Mailer,
  type Random,
  type Store,
} from 'cofactor';
import { cofactor } from 'cofactor/fastify';
import { backOffice } from '../back-office/index.ts';
import { securityHeaders } from 'cofactor/http';
import { createOidcServer, oidcServer, type OidcServer } from 'cofactor/oidc-server';
import type { Logger } from 'pino';
import { SettingsError, warningsOf } from '../settings/load.ts';
import type { Settings } from '../settings/table.ts';
import { openDatabase } from './database.ts';
import { dutiesOf } from './duties.ts';
import { factorsFor } from './factors.ts';
import { Health, serveHealth } from './health.ts';
import { StoredIssuers } from './issuers.ts';
import { keyFileWarnings, keysFor } from './keys.ts';
import { answerLast, refuse, requestTimeout } from './last-resort.ts';
import { listening } from './listening.ts';
import { libraryFaults } from './library-faults.ts';
import { createLogger, logPort } from './log.ts';
import { mailerFor } from './mailer.ts';
import { tellOpenTelemetry } from './metrics/opentelemetry.ts';
import { countedMailer, countedStore, meterOn, queueObserverOn } from './metrics/ports.ts';
import { Registry } from './metrics/registry.ts';
import { serveMetrics, type MetricsServer } from './metrics/serve.ts';
import { originFor } from './origin.ts';
import { requestIds, watchRequests } from './requests.ts';
import { RoutePatterns } from './route-patterns.ts';
import { setUpNotice } from './set-up/link.ts';
import { serveSetUp } from './set-up/routes.ts';
import { backOfficePolicy, serveShell } from './shell.ts';
import { repeat, systemRandom, type Repeat } from './system.ts';

/** What a test may bring in place of the world. */
export interface ServerPorts {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
  /** Has the database looked at for issuers that were changed at other nodes. */
  readonly repeat?: Repeat;
}

/** The ready-made server, before it listens. */
export interface Server {
  readonly settings: Settings;
  readonly app: FastifyInstance;
  readonly logger: Logger;
  /** By name: `users`, and `members` where there are some. */
  readonly realms: ReadonlyMap<string, Cofactor>;
  readonly oidc: ReadonlyMap<string, OidcServer>;
  readonly metrics: Registry;
  /** Listens, and says where. */
  listen(): Promise<Listening>;
  /**
   * Makes the link by which the first account is made, as the text to show to who starts the server; `null` where an account
   * owns it. Once for each start: it takes the place of every older one.
   */
  setUpNotice(): Promise<string | null>;
  /**
   * Says that it is not ready any more, takes no connections after `shutdownDelay`, finishes what is under way within
   * `shutdownGrace`, and closes the database.
   */
  close(): Promise<void>;
}

export interface Listening {
  readonly address: string;
  /** Of the metrics; `null` where they are not served. */
  readonly metrics: string | null;
}

/** A realm and where it lives. */
const places = {
  users: { base: '/auth', oidc: '/oidc' },
  members: { base: '/members', oidc: '/members-oidc' },
} as const;
type RealmName = keyof typeof places;

/**
 * Makes the server that the settings describe: sign-in, account pages, OpenID Connect and back office in one process.
 *
 * @throws {SettingsError} naming every setting that cannot be used
 */
export async function createServer(settings: Settings, ports: ServerPorts = {}): Promise<Server> {
  const logger = ports.logger ?? createLogger(settings);
  const names: readonly RealmName[] = settings.members ? ['users', 'members'] : ['users'];
  const parts = await partsOf(settings, names, ports);
  const { store, registry, patterns } = parts;
  for (const warning of [...warningsOf(settings), ...keyFileWarnings(settings)]) logger.warn(warning);

  // What Fastify says of itself when it begins to listen is said by `runServer`.
  const quiet: FastifyBaseLogger = logger.child(
    {},
    { level: settings.logLevel === 'info' ? 'warn' : settings.logLevel },
  );
  const headers = securityHeaders(new URL(originFor(settings)));
  const app: FastifyInstance = Fastify({
    requestTimeout,
    frameworkErrors: refuse(headers),
    loggerInstance: quiet,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIds(settings.trustedProxies),
    // A connection that is kept may bring a request while the server stops: it is answered, and was the last one.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
  });
  watchRequests(app, { logger, registry, patterns });
  app.addHook('onRoute', ({ url }) => {
    if (!url.includes('*') || url.startsWith('/admin/')) patterns.add(url);
  });

  const realms = new Map<string, Cofactor>();
  const oidc = new Map<string, OidcServer>();
  const issuers = new Map<string, StoredIssuers>();
  for (const name of names) {
    const auth = createRealm(name, settings, parts, ports, logger);
    realms.set(name, auth);
    issuers.set(name, await storedIssuers(auth, settings, parts, logger));
    const server = createOidcServer(auth, {
      base: places[name].oidc,
      authBase: places[name].base,
      // Clients of the settings are those of the users; members have theirs in the database.
      clients: name === 'users' ? settings.clients : [],
      resources: settings.resources,
      privateNetworks: settings.webhooksToPrivateNetworks,
    });
    oidc.set(name, server);
    await app.register(cofactor, { auth, base: places[name].base, wellKnown: name === 'users' });
    await app.register(oidcServer, { oidc: server });
  }
  const users = realms.get('users');
  if (!users) throw new TypeError('there is no realm users');
  const health = new Health(store);
  serveHealth(app, health, headers);
  const duties = dutiesOf({ realms, issuers }, settings, logger, ports.repeat ?? repeat);
  // Called before the hooks of the realms, which close the database: what is delivered is noted in it.
  app.addHook('onClose', () => duties.stop());
  await backOffice(app, { realms, oidc, webhooks: duties.webhooks, issuers });
  await serveSetUp(app, users);
  serveShell(app, users);
  app.get('/', (_request, reply) => reply.headers(headers).redirect('/auth/security'));
  answerLast(app, headers, logger);

  let measured: MetricsServer | null = null;
  return {
    settings,
    app,
    logger,
    realms,
    oidc,
    metrics: registry,
    async listen() {
      const { host, port, metricsHost, metricsPort } = settings;
      try {
        if (settings.metrics)
          measured = await listening('metrics', serveMetrics(registry, metricsHost, metricsPort));
        const address = await listening('', app.listen({ port, host }));
        duties.start();
        return { address, metrics: measured?.address ?? null };
      } catch (error) {
        // Nothing that was begun keeps the process from ending.
        await app.close();
        await measured?.close();
        throw error;
      }
    },
    setUpNotice: () => setUpNotice(users, logger),
    async close() {
      health.drain();
      // Whoever knocks when the door closes is turned away by the system, without a word: first they are to stop coming.
      await delay(settings.shutdownDelay * 1000);
      const late = setTimeout(() => {
        logger.warn('requests took longer than shutdownGrace and were cut off');
        app.server.closeAllConnections();
      }, settings.shutdownGrace * 1000);
      // A connection that was busy when the server stopped listening is kept by whoever asked, for requests to come.
      const idle = setInterval(() => app.server.closeIdleConnections(), 50);
      try {
        await app.close();
      } finally {
        clearInterval(idle);
        clearTimeout(late);
        await measured?.close();
      }
    },
  };
}

/** What the realms share. */
interface Parts {
  readonly store: Store;
  readonly factors: readonly FactorProvider[];
  readonly keys: ReturnType<typeof keysFor>;
  readonly mail: Mailer | null;
  readonly registry: Registry;
  readonly patterns: RoutePatterns;
  /** Names of providers, as numbers are labelled with them. */
  readonly methods: Set<string>;
}

async function partsOf(settings: Settings, names: readonly RealmName[], ports: ServerPorts): Promise<Parts> {
  const patterns = new RoutePatterns(names.map((name) => places[name]));
  const methods = new Set(['unknown']);
  const registry = new Registry({ realm: new Set(names), method: methods, route: patterns.all });
  const factors = await factorsFor(settings, queueObserverOn(registry));
  for (const { name } of factors) methods.add(name);
  const faults = await libraryFaults(settings, factors);
  if (faults.length > 0) throw new SettingsError(faults);
  const mailer = await mailerFor(settings);
  const keys = keysFor(settings, ports.random ?? systemRandom);
  const store = countedStore(await openDatabase(settings), registry);
  await tellOpenTelemetry(registry);
  const mail = mailer && countedMailer(mailer, registry);
  return { store, factors, keys, mail, registry, patterns, methods };
}

/** The issuers that the database of a realm has, taken up before anybody can ask for them. */
async function storedIssuers(
  auth: Cofactor,
  settings: Settings,
  { store, factors, methods }: Parts,
  logger: Logger,
): Promise<StoredIssuers> {
  await store.migrate();
  const issuers = new StoredIssuers(auth, logger, { factors, configured: settings.issuers, methods });
  await issuers.read();
  return issuers;
}

function createRealm(
  name: RealmName,
  settings: Settings,
  { store, factors, keys, mail, registry }: Parts,
  { clock, random }: ServerPorts,
  logger: Logger,
): Cofactor {
  return createCofactor({
    realm: name,
    name: settings.name,
    origin: originFor(settings),
    database: store,
    factors,
    keys,
    extensions: settings.extensions,
    // Told in the log and in the back office: one wrong manifest must not keep everybody out.
    wrongExtensions: 'leave-out',
    registration: name === 'users' ? settings.registration : settings.membersRegistration,
    rememberDevices: settings.rememberDevices,
    profile: settings.profile,
    policies: name === 'users' ? { [backOfficePolicy]: requireMfa() } : {},
    session: { idle: settings.sessionIdle, absolute: settings.sessionAbsolute },
    trustedProxies: settings.trustedProxies,
    log: logPort(logger),
    meter: meterOn(registry),
    ...(settings.environment !== null && { environment: settings.environment }),
    ...(mail !== null && { mail }),
    ...(clock && { clock }),
    ...(random && { random }),
  });
}
