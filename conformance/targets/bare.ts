/**
 * The negative controls: oidc-provider with the policy it comes with. What the checker says of it is known (I-22), so a
 * checker that finds nothing here finds nothing anywhere.
 *
 * `bare` has the pages for development that the library brings. `bare-with-session` stands behind an application that
 * has sessions of its own and finishes by itself for who is signed in there, which the library takes for a sign-in.
 *
 * One thing is switched on: the claims parameter, without which no level can be essential.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider, type Configuration } from 'oidc-provider';
import type { Pages } from '../config.ts';
import { completeConfig } from '../read-config.ts';
import { hostPages, type Answer } from './host-pages.ts';
import type { Target } from './target.ts';

const redirectUri = 'https://client.example/callback';
const client = { id: 'conformance', secret: 'a secret of the negative control' };

const developmentPages: Pages = {
  firstFactor: [
    {
      when: 'input[name=login]',
      steps: [
        { fill: 'input[name=login]', value: '{name}' },
        { fill: 'input[name=password]', value: 'any' },
        { click: 'button[type=submit]' },
      ],
      decline: [{ click: 'a[href$="/abort"]' }],
    },
  ],
  consent: [
    {
      when: 'input[name=prompt][value=consent]',
      steps: [{ click: 'button[type=submit]' }],
      decline: [{ click: 'a[href$="/abort"]' }],
    },
  ],
};

export function startBare(): Promise<Target> {
  return start(developmentPages, {}, (provider) => provider.callback());
}

export function startBareWithSession(): Promise<Target> {
  const { pages, interactionUrl, answer } = hostPages();
  const settings: Configuration = {
    features: { devInteractions: { enabled: false } },
    interactions: { url: interactionUrl },
  };
  return start(pages, settings, answer);
}

async function start(
  pages: Pages,
  settings: Configuration,
  answerOf: (provider: Provider) => Answer,
): Promise<Target> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const speak = silence();
  const provider = new Provider(issuer, {
    ...settings,
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    features: { ...settings.features, claimsParameter: { enabled: true } },
  });
  const answer = answerOf(provider);
  server.on('request', (request, response) => void answer(request, response));
  return {
    config: completeConfig({
      issuer,
      client: { ...client, redirectUri },
      driver: 'forms',
      pages,
      // It lets anybody in, and knows no second factor.
      accounts: [
        { values: { name: 'ada' } },
        { values: { name: 'ben' } },
        { values: { name: 'cai' }, secondFactor: false },
      ],
    }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      speak();
    },
  };
}

let silences = 0;
let spoken: Partial<Console> = {};

/** The library says on the console which of its defaults should be changed: here they are what is looked at. */
function silence(): () => void {
  if (silences === 0) {
    const { info, warn } = console;
    spoken = { info, warn };
    Object.assign(console, { info: () => undefined, warn: () => undefined });
  }
  silences += 1;
  return () => {
    silences -= 1;
    if (silences === 0) Object.assign(console, spoken);
  };
}
