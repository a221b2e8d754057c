import Fastify, { type FastifyInstance } from 'fastify';
import {
  createCofactor,
  requireMfa,
  requireRole,
  type Cofactor,
  type CofactorOptions,
  type Store,
} from 'cofactor';
import { emailOtp } from 'cofactor/email-otp';
import { cofactor } from 'cofactor/fastify';
import { mailbox, type Mailbox } from 'cofactor/mail';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { origin } from './app.ts';
import { inject, TestBrowser } from './browser.ts';
import { TestClock } from './clock.ts';
import { plainHasher } from './hasher.ts';

/** One application with two kinds of account on one store: `users` under /auth, `members` under /members. */
export interface TestRealms {
  readonly users: Cofactor;
  readonly members: Cofactor;
  readonly app: FastifyInstance;
  readonly clock: TestClock;
  readonly mail: Mailbox;
  browser(): TestBrowser;
  close(): Promise<void>;
}

/**
 * Members have codes by e-mail besides, and a page of their own (`/site`) that shows what `request.account` says.
 * Time stands still until the test moves it.
 */
export async function createRealms(
  database: Store,
  both: Partial<CofactorOptions> = {},
  onlyMembers: Partial<CofactorOptions> = {},
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
  const app = Fastify();
  await app.register(cofactor, { auth: users });
  await app.register(cofactor, { auth: members, base: '/members' });
  app.get('/admin', { preHandler: app.requirePolicy('Admin') }, () => 'inside');
  app.get('/club', { preHandler: app.requirePolicy('Profile', { realm: 'members' }) }, () => 'inside');
  app.get('/who', async (request) => ({
    users: (await request.visitor()).user?.identifier ?? null,
    members: (await request.visitor('members')).user?.identifier ?? null,
  }));
  sitePages(app, 'members');
  return {
    users,
    members,
    app,
    clock,
    mail,
    browser: () => new TestBrowser(inject(app), origin),
    close: () => app.close(),
  };
}

/** Pages of the site's own that say in JSON what they would show: `/site` and every path below it. */
export function sitePages(app: FastifyInstance, realm?: string): void {
  for (const url of ['/site', '/site/*']) {
    app.get(url, async (request, reply) => {
      const account = await request.account(realm);
      return reply.headers(account.headers).type('application/json').send(account);
    });
  }
}
