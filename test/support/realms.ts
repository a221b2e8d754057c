import type { FastifyInstance } from 'fastify';
import {
  createCofactor,
  requireMfa,
  requireRole,
  type Cofactor,
  type CofactorOptions,
  type Store,
} from 'cofactor';
import { emailOtp } from 'cofactor/email-otp';
import { mailbox, type Mailbox } from 'cofactor/mail';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { origin } from './app.ts';
import { serve, type AdapterName } from './adapters.ts';
import type { Handler, Served } from './adapters/served.ts';
import { TestBrowser } from './browser.ts';
import { TestClock } from './clock.ts';
import { plainHasher } from './hasher.ts';

/** One application with two kinds of account on one store: `users` under /auth, `members` under /members. */
export interface TestRealms extends Pick<Served, 'route'> {
  readonly users: Cofactor;
  readonly members: Cofactor;
  readonly app: FastifyInstance;
  readonly clock: TestClock;
  readonly mail: Mailbox;
  browser(): TestBrowser;
  close(): Promise<void>;
}

/**
 * Members have codes by e-mail besides, and a page of their own (`/site`) that shows what `account` says.
 * Time stands still until the test moves it.
 */
export async function createRealms(
  database: Store,
  both: Partial<CofactorOptions> = {},
  onlyMembers: Partial<CofactorOptions> = {},
  { adapter = 'fastify' }: { readonly adapter?: AdapterName } = {},
): Promise<TestRealms> {
  const clock = new TestClock();
  const mail = mailbox();
  const common = {
    database,
    origin,
    clock,
    mail,
    registration: true,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  };
  const users = createCofactor({
    ...common,
    realm: 'users',
    factors: [password({ hasher: plainHasher }), totp({ issuer: 'Staff' }), recoveryCodes()],
    policies: { Admin: requireMfa(), Boss: requireRole('boss') },
    ...both,
  });
  const members = createCofactor({
    ...common,
    realm: 'members',
    factors: [password({ hasher: plainHasher }), totp({ issuer: 'Club' }), emailOtp(), recoveryCodes()],
    policies: { Profile: requireMfa() },
    ...both,
    ...onlyMembers,
  });
  const served = await serve(adapter, [{ auth: users }, { auth: members, base: '/members' }]);
  const inside: Handler = () => ({ body: 'inside' });
  served.route('/admin', inside, { policy: 'Admin' });
  served.route('/club', inside, { policy: 'Profile', realm: 'members' });
  served.route('/who', async ({ visitor }) => ({
    body: {
      users: (await visitor()).user?.identifier ?? null,
      members: (await visitor('members')).user?.identifier ?? null,
    },
  }));
  sitePages(served, 'members');
  return {
    users,
    members,
    app: served.app,
    route: served.route,
    clock,
    mail,
    browser: () => new TestBrowser(served.transport, origin),
    close: () => served.close(),
  };
}

/** Pages of the site's own that say in JSON what they would show: `/site` and every path below it. */
export function sitePages(served: Pick<Served, 'route'>, realm?: string, root = '/site'): void {
  for (const path of [root, `${root}/*`]) {
    served.route(path, async ({ account }) => {
      const view = await account(realm);
      return { headers: view.headers, body: view };
    });
  }
}
