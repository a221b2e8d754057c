import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cofactor, NewRule } from 'cofactor';
import { createAdmin, type Admin, type UserDetails } from 'cofactor/admin';
import type { Browser } from 'playwright-core';
import type { Settings } from '../../packages/server/src/index.ts';
import type { SecurityView } from '../../packages/cofactor/src/http/contract.ts';
import { newAuthenticator } from '../../packages/cofactor/src/core/authenticators/new.ts';
import { factorContext } from '../../packages/cofactor/src/core/engine.ts';
import { newId } from '../../packages/cofactor/src/core/ids.ts';
import type { TestBrowser } from './browser.ts';
import { operator } from './charge.ts';
import { launch } from './chromium.ts';
import { TestClock } from './clock.ts';
import { quickCode } from './codes.ts';
import { freePort } from './listening.ts';
import { officeVisitor, type OfficeVisitor } from './office-visitor.ts';
import { seedPerson, type Seeded } from './seed.ts';
import { testServer, type TestServer } from './serve.ts';
import { cookieOf } from './tables.ts';

/** The ready-made server with its back office, a database file, people in it, and a real browser to look at it with. */
export interface OfficeSite {
  readonly url: string;
  readonly test: TestServer;
  readonly users: Cofactor;
  /** What somebody in charge may do, as the command line does it: for what has to be there before. */
  readonly admin: Admin;
  /** Puts somebody into the database, with a password and this many authenticator apps. */
  person(name: string, roles?: readonly string[], apps?: number): Promise<Seeded>;
  known(name: string): Seeded;
  /** The account as the database has it now. */
  account(name: string): Promise<UserDetails>;
  /** Signs somebody in from another browser, whose name is told to the server. */
  signIn(name: string, userAgent: string, options?: { readonly remember?: boolean }): Promise<TestBrowser>;
  /** Saves a rule that is in force since a moment ago, in the name of somebody in charge. */
  demand(rule: Partial<NewRule>, by: string): Promise<void>;
  /** Links an account of an issuer of the settings. */
  link(name: string, issuer: string): Promise<void>;
  /** Accounts of members that nobody signs in to. */
  addMembers(count: number): Promise<void>;
  /** Somebody at a browser of their own, who has not come in yet. */
  visitor(name: string): Promise<OfficeVisitor>;
  close(): Promise<void>;
}

export async function officeSite(
  given: Partial<Record<keyof Settings, unknown>> = {},
  prepare: (folder: string) => Partial<Record<keyof Settings, unknown>> = () => ({}),
): Promise<OfficeSite> {
  const folder = mkdtempSync(join(tmpdir(), 'cofactor-office-'));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const settings = { data: join(folder, 'data'), origin: url, port, name: 'Larkspur' };
  // The pages have a clock of their own, which says what is ahead.
  const clock = new TestClock(new Date());
  const test = await testServer({ ...settings, ...given, ...prepare(folder) }, { clock });
  await test.server.listen();
  const users = test.server.realms.get('users');
  if (!users) throw new Error('there are no users');
  const { engine } = users;
  const admin = createAdmin(users);
  const people = new Map<string, Seeded>();
  let browser: Browser | undefined;

  const known = (name: string): Seeded => {
    const person = people.get(name);
    if (!person) throw new Error(`nobody is called ${name}`);
    return person;
  };

  async function signIn(
    name: string,
    userAgent: string,
    { remember = false }: { readonly remember?: boolean } = {},
  ): Promise<TestBrowser> {
    const { identifier, password, keys, apps } = known(name);
    const other = test.browser();
    const headers = { 'user-agent': userAgent };
    await other.context();
    const first = await other.post(
      '/auth/sign-in',
      { identifier, provider: 'password', response: { password } },
      { headers },
    );
    if (first.body.status === 'more-needed') {
      clock.advance(31);
      const response = { code: quickCode(keys[0] ?? '', clock.now()) };
      await other.post('/auth/ceremony', { authenticator: apps[0], response, remember }, { headers });
    }
    const { status } = await other.get<SecurityView>('/auth/security');
    if (status !== 200) throw new Error(`${name} is not signed in: ${status}`);
    return other;
  }

  return {
    url,
    test,
    users,
    signIn,
    admin,
    known,
    async person(name, roles = [], apps = 0) {
      const identifier = `${name}@example.com`;
      const account = { identifier, canonical: identifier, email: identifier, roles };
      const seeded = { ...(await seedPerson(users, apps, account)), identifier };
      people.set(name, seeded);
      return seeded;
    },
    async account(name) {
      const outcome = await admin.users.get(operator, known(name).id);
      if (outcome.status !== 'done') throw new Error(`${name}: ${outcome.reason}`);
      return outcome.details;
    },
    async demand(rule, by) {
      const session = await users.sessions.read(cookieOf(await signIn(by, 'test'), 'session'));
      if (!session) throw new Error(`${by} is not signed in`);
      const from = new Date(clock.now().getTime() - 1000);
      const whole = { who: { everybody: true }, acr: 'mfa', from, graceDays: 30, note: '', ...rule } as const;
      const saved = await users.enforcement.save(whole, { by: session });
      if (saved.status !== 'saved') throw new Error(`not saved: ${saved.reason}`);
    },
    async link(name, issuer) {
      const { id, identifier } = known(name);
      const provider = engine.config.providers.get(issuer);
      const verdict = await provider?.adopt?.(factorContext(engine, { id, identifier }), {
        kind: 'identity',
        subject: `${name}-there`,
      });
      if (!provider || !verdict || verdict.ok !== true) throw new Error(`${issuer} links nobody`);
      const account = await engine.store.account('users', { id });
      const changed = await engine.store.changeFactors<null>({
        realm: 'users',
        userId: id,
        generation: account?.user.generation ?? 0,
        now: clock.now(),
        session: null,
        decide: () => ({
          add: [newAuthenticator(engine, id, provider, verdict.name ?? issuer, verdict, clock.now())],
        }),
        audit: engine.audit.entry('authenticator-added', id, { provider: issuer }),
      });
      if (!changed.changed) throw new Error(`${issuer} is not linked: ${changed.reason}`);
    },
    async addMembers(count) {
      const members = test.server.realms.get('members')?.engine;
      if (!members) throw new Error('there are no members');
      for (let n = 0; n < count; n += 1) {
        const identifier = `member-${String(n).padStart(3, '0')}`;
        const id = newId('usr', members.config.random);
        const account = { identifier, canonical: identifier, roles: [], email: null, language: null };
        await members.store.createUser(
          { id, realm: 'members', createdAt: clock.now(), ...account },
          [],
          members.audit.entry('user-created', id),
        );
      }
    },
    async visitor(name) {
      browser ??= await launch();
      return officeVisitor(browser, url, known(name), clock);
    },
    async close() {
      await browser?.close();
      await test.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
