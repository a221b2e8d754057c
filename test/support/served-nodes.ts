import { randomBytes } from 'node:crypto';
import type { RingKey } from 'cofactor';
import type {
  ConfirmedView,
  EnrolmentView,
  SecurityView,
  StepView,
} from '../../packages/cofactor/src/http/contract.ts';
import type { BackOfficeContext, UserList } from '../../packages/server/src/back-office/contract.ts';
import type { TestDatabase } from './app.ts';
import { network, TestBrowser, type Answer, type Transport } from './browser.ts';
import { quickCode } from './codes.ts';
import type { TestOidc } from './oidc.ts';
import { answerWith, enrolPasskey, type Enrolled } from './passkey-flows.ts';
import { startRoundRobin, type RoundRobin } from './round-robin.ts';
import { formBody, serveOrigin, spawnServe } from './serve.ts';
import type { SpawnedServer } from './server.ts';

/** Nodes of the ready-made server on one database, with a proxy in front of them. */
export interface ServedNodes {
  readonly proxy: RoundRobin;
  readonly servers: SpawnedServer[];
  /** What all of them have, for whoever looks at their database. */
  readonly keys: readonly RingKey[];
  /** Starts a node in place of one that has ended. */
  restart(index: number): Promise<void>;
  /** Talks to the proxy, or to one node; they believe that it is where its `ip` says. */
  browser(index?: number): TestBrowser;
  stop(): Promise<void>;
}

export async function startServedNodes(
  database: TestDatabase,
  env: Readonly<Record<string, string>> = {},
  { count = 2, watches = false }: { readonly count?: number; readonly watches?: boolean } = {},
): Promise<ServedNodes> {
  const key = randomBytes(32).toString('base64');
  const start = (): Promise<SpawnedServer> =>
    spawnServe({
      COFACTOR_DATABASE: database.address,
      COFACTOR_KEYS: `test:${key}`,
      COFACTOR_REGISTRATION: 'true',
      COFACTOR_TRUSTED_PROXIES: '127.0.0.1',
      ...env,
    });
  const servers = await Promise.all(Array.from({ length: count }, start));
  const proxy = await startRoundRobin(
    servers.map(({ url }) => url),
    { watches },
  );
  return {
    proxy,
    servers,
    keys: [{ id: 'test', secret: key }],
    async restart(index) {
      servers[index] = await start();
      proxy.nodes = servers.map(({ url }) => url);
    },
    browser: (index) =>
      new TestBrowser(from(index === undefined ? proxy.url : (servers[index]?.url ?? '')), serveOrigin),
    async stop() {
      await proxy.close();
      await Promise.all(servers.map((server) => server.kill()));
    },
  };
}

/** As it comes through a proxy that says where it came from. */
function from(url: string): Transport {
  const send = network(url);
  return (method, path, headers, payload, ip) =>
    send(method, path, { 'x-forwarded-for': ip, ...headers }, payload, ip);
}

let people = 0;
export const nodesPassword = 'a long word about tulips and rain';

/** Somebody who has just registered, in a browser at the proxy or at a node. */
export async function registerAt(
  browser: TestBrowser,
  identifier?: string,
  ip?: string,
): Promise<{ readonly identifier: string; readonly status: number }> {
  people += 1;
  const name = identifier ?? `person-${people}`;
  const answer = await browser.post(
    '/auth/register',
    { identifier: name, provider: 'password', response: { password: nodesPassword } },
    ip === undefined ? {} : { headers: { 'x-forwarded-for': ip } },
  );
  return { identifier: name, status: answer.status };
}

/** A browser at the proxy that has a page open. */
export async function visitorAt(nodes: ServedNodes): Promise<TestBrowser> {
  const browser = nodes.browser();
  await browser.context();
  return browser;
}

/** The first step of a sign-in; `more` stands in its body besides. */
export function passwordAt(
  browser: TestBrowser,
  identifier: string,
  password = nodesPassword,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Answer<StepView>> {
  const response = { password };
  return browser.post('/auth/sign-in', { identifier, provider: 'password', response, ...more });
}

/** An authenticator app, and the recovery codes that came with it. */
export interface AppAt {
  readonly key: string;
  readonly authenticator: string;
  readonly recovery: { readonly authenticator: string; readonly codes: readonly string[] };
}

/** Sets one up, in a session that may. */
export async function enrolAppAt(browser: TestBrowser, base = '/auth'): Promise<AppAt> {
  const begun = await browser.post<EnrolmentView>(`${base}/enrolments`, { provider: 'totp' });
  if (begun.status !== 201) throw new Error(`could not begin: ${begun.text}`);
  const key = String(begun.body.setup['key']);
  const confirmed = await browser.post<ConfirmedView>(`${base}/enrolments/confirm`, {
    enrolment: begun.body.enrolment,
    response: { code: quickCode(key, new Date()) },
    name: 'Phone',
  });
  if (confirmed.status !== 201) throw new Error(`could not confirm: ${confirmed.text}`);
  const { authenticators } = (await browser.get<SecurityView>(`${base}/security`)).body;
  const made = authenticators.find(({ provider }) => provider.provider === 'recovery-codes');
  return {
    key,
    authenticator: confirmed.body.authenticator.id,
    recovery: {
      authenticator: made?.id ?? '',
      codes: (confirmed.body.issued[0]?.setup['codes'] ?? []) as readonly string[],
    },
  };
}

/** The app's next code: that of the set-up is used up. */
export function nextCode(key: string): string {
  return quickCode(key, new Date(Date.now() + 30_000));
}

export interface PersonAt extends AppAt {
  readonly browser: TestBrowser;
  readonly identifier: string;
}

/** Somebody who registered and has an app; their session is still at the level of the password. */
export async function personAt(nodes: ServedNodes): Promise<PersonAt> {
  const browser = await visitorAt(nodes);
  const { identifier } = await registerAt(browser);
  return { browser, identifier, ...(await enrolAppAt(browser)) };
}

/** Answers the ceremony in progress with the app's next code. */
export function codeAt(
  browser: TestBrowser,
  { authenticator, key }: Pick<AppAt, 'authenticator' | 'key'>,
  more: Readonly<Record<string, unknown>> = {},
  base = '/auth',
): Promise<Answer<StepView>> {
  return browser.post(`${base}/ceremony`, { authenticator, response: { code: nextCode(key) }, ...more });
}

/** Who set the server up, in a browser that has the back office open. */
export interface OwnerAt {
  readonly browser: TestBrowser;
  readonly passkey: Enrolled;
  /** The address of somebody's account below the API. */
  account(identifier: string): Promise<string>;
}

/** Makes the first owner, with a passkey: it answers as often as it is asked. */
export async function ownerAt(nodes: ServedNodes): Promise<OwnerAt> {
  const browser = await visitorAt(nodes);
  const tokens = nodes.servers.flatMap((server) => /#(sut_[\w-]{43})/.exec(server.output())?.[1] ?? []);
  // Each node made a link when it started; that of the last one counts.
  for (const token of tokens) {
    const page = await browser.page('/admin/set-up');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1];
    if (csrf === undefined) break;
    const form = { csrf, token, identifier: 'owner', password: nodesPassword };
    await browser.send('POST', '/admin/set-up', formBody(form));
  }
  await browser.context();
  const passkey = await enrolPasskey(browser);
  await browser.post('/auth/step-up', { returnTo: '/admin/' });
  await answerWith(browser, passkey);
  browser.csrf = (await browser.get<BackOfficeContext>('/admin/api/context')).body.csrf;
  return {
    browser,
    passkey,
    async account(identifier) {
      const users = '/admin/api/realms/users/users';
      const found = await browser.get<UserList>(`${users}?search=${encodeURIComponent(identifier)}`);
      const user = found.body.users.find((one) => one.identifier === identifier);
      if (!user) throw new Error(`nobody is called ${identifier}: ${found.text}`);
      return `${users}/${user.id}`;
    },
  };
}

/** The proxy in place of an application in this process, for what clients of OpenID Connect do in `oidc*.ts`. */
export function clientsAt(nodes: ServedNodes): TestOidc {
  const inject = async (sent: {
    readonly method: string;
    readonly url: string;
    readonly payload?: string;
    readonly headers?: Record<string, string>;
  }): Promise<{ readonly statusCode: number; readonly headers: object; readonly payload: string }> => {
    const { method, url, payload, headers = {} } = sent;
    const answer = await fetch(nodes.proxy.url + url, { method, headers, body: payload ?? null });
    return {
      statusCode: answer.status,
      headers: Object.fromEntries(answer.headers),
      payload: await answer.text(),
    };
  };
  return { app: { inject } } as unknown as TestOidc;
}
