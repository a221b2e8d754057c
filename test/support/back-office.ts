import type { Cofactor, CofactorOptions } from 'cofactor';
import { createAdmin, type Admin } from 'cofactor/admin';
import { createOidcServer, oidcServer, type OidcServer } from 'cofactor/oidc-server';
import { createWebhooks, type Webhooks } from 'cofactor/webhooks';
import { backOffice } from '../../packages/server/src/back-office/index.ts';
import type { BackOfficeContext } from '../../packages/server/src/back-office/contract.ts';
import type { TestDatabase } from './app.ts';
import type { TestBrowser } from './browser.ts';
import { operator } from './charge.ts';
import { quickCode } from './codes.ts';
import { createRealms, type TestRealms } from './realms.ts';
import { seed, type Seeded } from './seed.ts';

/** Two realms with their OpenID Connect servers and webhooks, and the back office of both. */
export interface TestOffice extends TestRealms {
  readonly admin: Admin;
  readonly oidc: OidcServer;
  readonly hooks: Webhooks;
}

export async function createOffice(
  database: TestDatabase,
  options: Partial<CofactorOptions> = {},
): Promise<TestOffice> {
  const realms = await createRealms(database.open(), options);
  const oidc = createOidcServer(realms.users, {
    clients: [{ id: 'configured', name: 'Configured', redirectUris: ['https://configured.example/cb'] }],
  });
  await realms.app.register(oidcServer, { oidc });
  const hooks = createWebhooks(realms.users, { allowNetworks: ['127.0.0.1/32'] });
  await backOffice(realms.app, {
    realms: new Map([
      ['users', realms.users],
      ['members', realms.members],
    ]),
    oidc: new Map([['users', oidc]]),
    webhooks: new Map([['users', hooks]]),
  });
  const admin = createAdmin(realms.users);
  return { ...realms, admin, oidc, hooks };
}

/** Somebody with a password, an authenticator app and recovery codes, who signs in with the first two. */
export interface Staff {
  readonly seeded: Seeded;
  readonly id: string;
  readonly browser: TestBrowser;
}

/** Puts somebody into the database, gives them roles by the command line, and signs them in. */
export async function staff(
  office: TestOffice,
  roles: readonly string[],
  { apps = 1, auth = office.users, base = '/auth' }: { apps?: number; auth?: Cofactor; base?: string } = {},
): Promise<Staff> {
  const [seeded] = await seed(auth, 1, apps);
  if (!seeded) throw new Error('nobody was seeded');
  if (roles.length > 0) {
    const outcome = await createAdmin(auth).users.setRoles(operator, seeded.id, { roles, reason: 'test' });
    if (outcome.status !== 'done') throw new Error(`no roles: ${outcome.reason}`);
  }
  return { seeded, id: seeded.id, browser: await signIn(office, seeded, base) };
}

/** With password and code in a new browser; the clock moves on, so that the next code is another one. */
export async function signIn(office: TestOffice, seeded: Seeded, base = '/auth'): Promise<TestBrowser> {
  const browser = office.browser();
  await open(browser, base);
  const first = await browser.post<{ status: string }>(`${base}/sign-in`, {
    identifier: seeded.identifier,
    provider: 'password',
    response: { password: seeded.password },
  });
  if (first.body.status === 'more-needed') {
    const second = await browser.post(`${base}/ceremony`, {
      authenticator: seeded.apps[0],
      response: { code: quickCode(seeded.keys[0] ?? '', office.clock.now()) },
    });
    if (second.body.status !== 'done') throw new Error(`no session: ${second.text}`);
    office.clock.advance(31);
  } else if (first.body.status !== 'done') throw new Error(`no session: ${first.text}`);
  await open(browser, base);
  return browser;
}

/** The step-up that the back office asks for, in the browser at hand. */
export async function confirm(office: TestOffice, { browser, seeded }: Staff): Promise<void> {
  const begun = await browser.post('/auth/step-up', { returnTo: '/admin/' });
  if (begun.body.status === 'more-needed') {
    const done = await browser.post('/auth/ceremony', {
      authenticator: seeded.apps[0],
      response: { code: quickCode(seeded.keys[0] ?? '', office.clock.now()) },
    });
    if (done.body.status !== 'done') throw new Error(`not confirmed: ${done.text}`);
    office.clock.advance(31);
  }
}

async function open(browser: TestBrowser, base: string): Promise<void> {
  const { body } = await browser.get<BackOfficeContext>(`${base}/context`);
  browser.csrf = body.csrf;
}
