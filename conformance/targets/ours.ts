/**
 * Our own server, with people in it, as an application would set it up. It is looked at over HTTP like anybody else's;
 * only the pages that draw themselves with scripts are answered by the routes behind them.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import Fastify from 'fastify';
import { createCofactor, type Store } from 'cofactor';
import { cofactor } from 'cofactor/fastify';
import { createOidcServer, oidcServer, type OidcClient } from 'cofactor/oidc-server';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { sqlite } from 'cofactor/sqlite';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';
import type { Config, Pages } from '../config.ts';
import { completeConfig } from '../read-config.ts';
import { enrolPeople } from './ours-people.ts';
import type { Target } from './target.ts';

const redirectUri = 'https://client.example/callback';
const resource = 'https://api.example/';
const secret = 'of the conformance run, and of nothing else';

const clients: readonly (OidcClient & { readonly secret: string })[] = [
  {
    id: 'conformance',
    name: 'Conformance',
    redirectUris: [redirectUri],
    secret: secret.replaceAll(' ', '-'),
    firstParty: true,
    scopes: ['openid', 'offline_access', 'reports'],
    introspection: true,
  },
  {
    id: 'strict',
    name: 'Strict',
    redirectUris: [redirectUri],
    secret: secret.replaceAll(' ', '+'),
    firstParty: true,
    scopes: ['openid'],
    minimumAcr: 'mfa',
  },
];

/** Our pages as they are answered in Chromium. Nobody turns away from a sign-in that has not begun. */
const pages: Pages = {
  firstFactor: [
    {
      when: '#cf-identifier',
      steps: [
        { fill: '#cf-identifier', value: '{username}' },
        { fill: 'input[type=password]', value: '{password}' },
        { click: 'button[type=submit]' },
      ],
    },
    {
      when: 'cofactor-ceremony input[type=password]',
      steps: [{ fill: 'input[type=password]', value: '{password}' }, { click: 'button[type=submit]' }],
    },
  ],
  secondFactor: [
    {
      when: 'input[autocomplete=one-time-code]',
      steps: [
        { totp: 'input[autocomplete=one-time-code]', secret: '{totp}' },
        { click: 'button[type=submit]' },
      ],
      decline: [{ click: '.cf-ways button:last-child' }, { click: 'button[name=choice][value=decline]' }],
    },
    // "This application needs a second factor."
    {
      when: 'button[name=choice][value=decline]',
      decline: [{ click: 'button[name=choice][value=decline]' }],
    },
  ],
};

/** `driver`: by the routes behind our pages, or in Chromium on the pages themselves. */
export async function startOurs(
  driver: Exclude<Config['driver'], 'forms'> = 'cofactor',
  database: Store = sqlite(':memory:'),
): Promise<Target> {
  const server = createServer();
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const time = { behind: 0 };
  const auth = createCofactor({
    origin,
    database,
    registration: true,
    rememberDevices: true,
    // Nobody here has a passkey: its levels are announced, and have to be refused honestly.
    factors: [password(), totp({ issuer: 'Conformance' }), webauthn(), recoveryCodes()],
    // People are put in some time before the run, so that no code of theirs is used up when it begins.
    clock: { now: () => new Date(Date.now() - time.behind) },
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: (...words) => process.stderr.write(`${inspect(words)}\n`),
    },
  });
  const oidc = createOidcServer(auth, { clients, resources: { [resource]: { scopes: ['reports'] } } });
  const app = Fastify({
    serverFactory: (handler) => server.on('request', handler),
  });
  await app.register(cofactor, { auth });
  await app.register(oidcServer, { oidc });
  await app.ready();

  const accounts = await enrolPeople(origin, time);
  const [conformance, strict] = clients.map(({ id, secret }) => ({ id, secret, redirectUri }));
  return {
    config: completeConfig({
      issuer: oidc.issuer,
      client: conformance,
      clientWithMinimum: strict,
      resource: { address: resource, scope: 'openid reports' },
      driver,
      pages,
      accounts,
    }),
    async close() {
      await app.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
