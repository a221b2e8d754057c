import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importAspNetIdentity, type AspNetIdentityImport, type ImportReport } from 'cofactor/importers';
import { openid } from 'cofactor/openid';
import { aspNetIdentityHashes, password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { smsOtp } from 'cofactor/sms-otp';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SecurityView, StepView } from '../../packages/cofactor/src/http/contract.ts';
import { openData } from '../../packages/cofactor/src/core/engine.ts';
import {
  createApp,
  freshPostgresDatabase,
  onEachDatabase,
  signInWithPassword,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import {
  aspNetTables,
  hashOf,
  newKey,
  passkeyOf,
  writeCsv,
  writePostgres,
  writeSqlite,
  type AspNetPerson,
} from '../support/aspnet.ts';
import type { TestBrowser } from '../support/browser.ts';
import { TestClock } from '../support/clock.ts';
import { quickCode } from '../support/codes.ts';
import { optionsFor, redirectUris, signIn, visitor as externalVisitor, who } from '../support/external.ts';
import { answerWith, discover } from '../support/passkey-flows.ts';
import { freshPostgres } from '../support/postgres.ts';
import { dump } from '../support/tables.ts';
import { Upstream } from '../support/upstream.ts';

/** People of every usual shape, each with a password of their own. */
function usual(count: number): readonly (AspNetPerson & { readonly password: string })[] {
  const hashes = [
    (typed: string) => hashOf(typed, { version2: true }),
    (typed: string) => hashOf(typed, { prf: 1, iterations: 10_000 }),
    (typed: string) => hashOf(typed, { prf: 2, iterations: 1_000 }),
    (typed: string) => hashOf(typed, { prf: 0, iterations: 2_000 }),
  ];
  return Array.from({ length: count }, (_, n) => {
    const typed = `Pa$$wörd ${n} ${(n * 7919).toString(36)}`;
    const hash = n === 0 ? hashOf(typed, { iterations: 100_000 }) : (hashes[n % 4] ?? hashOf)(typed);
    const twoFactor = n % 3 !== 0;
    const old = Array.from({ length: 10 }, (_one, at) => `${at}${n}`.padStart(8, 'a')).join(';');
    const fresh = Array.from({ length: 10 }, (_one, at) => `BC${at}DF-GH${String(n).padStart(2, '0')}J`).join(
      ';',
    );
    return {
      id: n % 5 === 0 ? String(n + 1) : randomUUID(),
      userName: n % 4 === 0 ? `Person${n}@Example.com` : `Person.${n}`,
      password: typed,
      hash,
      email: `person${n}@example.com`,
      confirmed: n % 2 === 0,
      roles: n % 2 === 0 ? ['Editors'] : ['Editors', 'Press, "quoted"'],
      claims: [['department', `d${n % 3}`] as const],
      twoFactor,
      // Who only ever opened the page has a key, and nothing is asked of them.
      ...((twoFactor || n % 2 === 0) && { key: newKey() }),
      ...(twoFactor && { codes: n % 2 === 0 ? old : fresh }),
    };
  });
}

const ids = { external: randomUUID(), passkey: randomUUID(), both: randomUUID(), phone: randomUUID() };
const passkeys = {
  alone: passkeyOf(ids.passkey),
  beside: passkeyOf(ids.both, { signCount: 7, be: true, bs: true }),
};
const typed = 'the one they had before';
const special: readonly AspNetPerson[] = [
  {
    id: ids.external,
    userName: 'external',
    logins: [
      ['Google', 'ann'],
      ['Facebook', '4711'],
    ],
  },
  { id: ids.passkey, userName: 'passkey-only', passkeys: [passkeys.alone] },
  { id: ids.both, userName: 'passkey-beside', password: typed, passkeys: [passkeys.beside] },
  {
    id: ids.phone,
    userName: 'phone',
    password: typed,
    twoFactor: true,
    phone: '+45 12 34 56 78',
    phoneConfirmed: true,
  },
  { id: randomUUID(), userName: 'phone-unused', password: typed, phone: '+4512345679', phoneConfirmed: true },
  { id: randomUUID(), userName: 'locked', password: typed, lockoutEnd: 'max' },
  { id: randomUUID(), userName: 'locked-a-moment', password: typed, lockoutEnd: '2030-06-15 12:05:00+00:00' },
  {
    id: randomUUID(),
    userName: 'locked-before',
    password: typed,
    lockoutEnd: '2020-01-01 00:00:00.0000000+00:00',
  },
  { id: randomUUID(), userName: 'never-locked', password: typed, lockoutEnd: 'max', lockoutEnabled: false },
  { id: randomUUID(), userName: 'no-codes-left', password: typed, twoFactor: true, key: newKey(), codes: '' },
];
const usualPeople = usual(36);
const people = [...usualPeople, ...special];
const roles = [
  { name: 'Editors', claims: [['permission', 'pages.edit'] as const] },
  { name: 'Press, "quoted"', claims: [['permission', 'pages.publish'] as const] },
];
const folder = mkdtempSync(join(tmpdir(), 'cofactor-import-'));
const tables = aspNetTables(people, roles);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

onEachDatabase('I-05 an import from ASP.NET Core Identity', (fresh) => {
  const own = fresh === freshPostgresDatabase ? 'PostgreSQL' : 'SQLite';
  describe.each([own, 'CSV'] as const)('from %s', (kind) => stories(fresh, kind));
});

function stories(fresh: () => Promise<TestDatabase>, kind: 'SQLite' | 'CSV' | 'PostgreSQL'): void {
  let database: TestDatabase;
  let app: TestApp;
  let upstream: Upstream;
  let source: string;
  let report: ImportReport;
  let drop: () => Promise<void> = () => Promise.resolve();
  const clock = new TestClock();
  const sent = new Map<string, string>();
  const options: AspNetIdentityImport = { logins: { Google: 'acme-id' } };

  beforeAll(async () => {
    database = await fresh();
    upstream = await Upstream.start({ clock, redirectUris: redirectUris() });
    source = join(folder, `${kind}-${randomUUID()}`);
    if (kind === 'SQLite') writeSqlite(source, tables);
    else if (kind === 'CSV') writeCsv(source, tables);
    else {
      const other = await freshPostgres();
      ({ url: source, drop } = other);
      await writePostgres(source, tables);
    }
    app = await createApp(database.open(), {
      clock,
      factors: [
        password({ cost: { memory: 7_168, passes: 5 }, verifiers: [aspNetIdentityHashes()] }),
        webauthn(),
        totp({ issuer: 'Test' }),
        smsOtp({ send: async ({ to, code }) => void sent.set(to, code) }),
        openid(optionsFor(upstream)),
        recoveryCodes(),
      ],
    });
    await app.auth.engine.store.migrate();
  });
  afterAll(async () => {
    await app.close();
    await upstream.close();
    await database.drop();
    await drop();
  });

  const account = async (name: string) => {
    const user = await app.auth.users.find(name);
    const found = user && (await app.auth.engine.store.account('users', { id: user.id }));
    if (!found) throw new Error(`there is no ${name}`);
    return found;
  };
  const nameOf = (person: AspNetPerson): string => person.userName ?? '';
  const first = async (name: string, word: string): Promise<{ browser: TestBrowser; step: StepView }> => {
    const browser = app.browser();
    const person = { identifier: name, password: word } as Parameters<typeof signInWithPassword>[0];
    return { browser, step: (await signInWithPassword(person, browser)).body };
  };
  const offered = (step: StepView, provider: string): string => {
    if (step.status !== 'more-needed') throw new Error(`nothing more is asked: ${step.status}`);
    const offer = step.ceremony.offers.find((one) => one.provider.provider === provider);
    if (!offer) throw new Error(`no ${provider} is offered`);
    return offer.authenticator;
  };

  it('a dry run writes nothing, and says what would be', async () => {
    const before = await dump(database);
    const rows: string[] = [];
    report = await importAspNetIdentity(app.auth, source, {
      ...options,
      dryRun: true,
      onRow: ({ outcome }) => rows.push(outcome),
    });
    expect(await dump(database)).toEqual(before);
    expect(report).toMatchObject({
      dryRun: true,
      complete: true,
      rows: people.length,
      imported: people.length,
      locked: 0,
      refused: 0,
      already: 0,
      skippedRows: 0,
      roles: { Editors: 36, 'Press, "quoted"': 18 },
      brought: {
        'password-hash': people.length - 2,
        'time-based-key': 25,
        'single-use-codes': 24,
        credential: 2,
        identity: 1,
        'phone-number': 1,
      },
    });
    expect(rows).toEqual(people.map(() => 'imported'));
  });

  it('brings over what it said it would', async () => {
    const counts: number[] = [];
    const made = await importAspNetIdentity(app.auth, source, {
      ...options,
      progress: ({ imported }) => counts.push(imported),
    });
    expect(made).toEqual({ ...report, dryRun: false });
    expect(counts).toEqual(people.map((_person, n) => n + 1));
    expect(made.left).toEqual(
      expect.arrayContaining([
        { what: 'identity', why: 'unmapped', from: 'Facebook', count: 1 },
        { what: 'address', why: 'unconfirmed', count: 18 },
      ]),
    );
    expect(made.tables).toMatchObject({ AspNetUserTokens: people.length + 31 + 25, AspNetUserPasskeys: 2 });
    expect(await app.auth.verifyAudit()).toBeNull();
    const audit = await app.auth.engine.store.auditRows('users', 0, 1_000);
    expect(audit.map(({ type }) => type)).toEqual(people.map(() => 'user-imported'));
    // Codes that the other system may have seen a moment ago are not taken here.
    clock.advance(90);
  });

  it('keeps names, confirmed addresses, roles and claims', async () => {
    for (const person of usualPeople) {
      const { user } = await account(nameOf(person));
      expect(user).toMatchObject({
        identifier: person.userName,
        email: person.confirmed === true ? person.email : null,
        roles: person.roles,
      });
      expect(user.emailVerifiedAt === null).toBe(person.confirmed !== true);
      const edits = { type: 'permission', value: 'pages.edit' };
      const publishes = { type: 'permission', value: 'pages.publish' };
      const own = (person.claims ?? []).map(([type, value]) => ({ type, value }));
      expect(user.claims).toEqual([...own, edits, ...(person.roles?.length === 2 ? [publishes] : [])]);
    }
  });

  it('everybody signs in with the old password and a code of the old key, and then has argon2id', async () => {
    for (const person of usualPeople) {
      const { browser, step } = await first(nameOf(person).toUpperCase(), person.password ?? '');
      if (person.twoFactor === true) {
        const code = quickCode(person.key ?? '', clock.now());
        const answer = await browser.post('/auth/ceremony', {
          authenticator: offered(step, 'totp'),
          response: { code },
        });
        expect([person.userName, answer.body?.status]).toEqual([person.userName, 'done']);
        expect(await who({ browser })).toMatchObject({
          user: person.userName,
          acr: 'mfa',
          amr: expect.arrayContaining(['pwd', 'otp', 'mfa']),
        });
      } else {
        expect([person.userName, step.status]).toEqual([person.userName, 'done']);
        expect((await browser.get('/admin')).status).not.toBe(200);
      }
      const { user, authenticators } = await account(nameOf(person));
      const stored = authenticators.find(({ provider }) => provider === 'password');
      const { data } = await openData(app.auth.engine, user, stored ?? ({} as never));
      expect((data as { hash: string }).hash).toMatch(/^\$argon2id\$/);
      // The old one is nowhere any more, and the new one is right too.
      if (person.twoFactor !== true)
        expect((await first(nameOf(person), person.password ?? '')).step.status).toBe('done');
    }
    expect((await first('Person.1', 'not the one of Person.1')).step).toMatchObject({
      type: expect.stringContaining('wrong-credentials'),
    });
  });

  it('recovery codes of both forms work as they are on paper, each once', async () => {
    clock.advance(60);
    const asOnPaper: Readonly<Record<number, (code: string) => string>> = {
      2: (code) => code.toUpperCase(),
      1: (code) => code.toLowerCase().replace('-', ' '),
    };
    for (const [index, typedAs] of Object.entries(asOnPaper)) {
      const { userName, password: word = '', codes = '' } = usualPeople[Number(index)] ?? {};
      const name = userName ?? '';
      const [code = ''] = codes.split(';');
      const use = async (spelling: string): Promise<number> => {
        const { browser, step } = await first(name, word);
        const authenticator = offered(step, 'recovery-codes');
        return (await browser.post('/auth/ceremony', { authenticator, response: { code: spelling } })).status;
      };
      expect([name, await use(typedAs(code)), await use(code)]).toEqual([name, 200, 401]);
      const { authenticators } = await account(name);
      expect(authenticators.find(({ usage }) => usage === 'recovery')?.remaining).toBe(9);
    }
    const { authenticators } = await account('no-codes-left');
    expect(authenticators.map(({ usage }) => usage).sort()).toEqual(['first', 'second']);
  });

  it('I-18 an account elsewhere signs in to the account it was linked with there', async () => {
    upstream.person = 'ann';
    const ann = externalVisitor({ app });
    expect((await signIn(ann)).body).toMatchObject({ status: 'done' });
    expect(await who(ann)).toMatchObject({ user: 'external', acr: 'pwd' });
    expect((await account('external')).authenticators).toHaveLength(1);
  });

  it('a passkey works on, alone and after the password, and still calls its user what it did', async () => {
    const alone = app.browser();
    await alone.context();
    expect((await discover(alone, passkeys.alone.passkey)).body).toMatchObject({ status: 'done' });
    expect(await who({ browser: alone })).toMatchObject({ user: 'passkey-only', acr: 'phrh' });

    const { browser, step } = await first('passkey-beside', typed);
    const authenticator = offered(step, 'webauthn');
    const wrong = await answerWith(
      browser,
      { authenticator, passkey: passkeys.beside.passkey },
      { userHandle: 'c29tZWJvZHk' },
    );
    expect(wrong.status).not.toBe(200);
    const own = { authenticator, passkey: { ...passkeys.beside.passkey, signCount: 8 } };
    expect((await answerWith(browser, own)).body).toMatchObject({ status: 'done' });
    const { authenticators } = (await browser.get<SecurityView>('/auth/security')).body;
    expect(authenticators.find(({ provider }) => provider.provider === 'webauthn')).toMatchObject({
      name: 'Laptop',
    });
  });

  it('a phone number is a second factor where it was one, and nowhere else', async () => {
    const { browser, step } = await first('phone', typed);
    const authenticator = offered(step, 'sms-otp');
    await browser.post('/auth/challenges', { authenticator });
    const code = sent.get('+4512345678') ?? '';
    const done = await browser.post('/auth/ceremony', { authenticator, response: { code } });
    expect(done.body.status).toBe('done');
    expect((await first('phone-unused', typed)).step.status).toBe('done');
  });

  it('who was locked out for good stays it; a moment after wrong passwords is over', async () => {
    const statusOf = async (name: string) => (await first(name, typed)).step?.status;
    expect(await statusOf('locked')).toBe(401);
    for (const name of ['locked-a-moment', 'locked-before', 'never-locked']) {
      expect([name, await statusOf(name)]).toEqual([name, 'done']);
    }
    expect((await account('locked')).user.disabledAt).not.toBeNull();
  });

  it('a second run changes nothing', async () => {
    const before = await dump(database);
    const again = await importAspNetIdentity(app.auth, source, options);
    expect(again).toMatchObject({ rows: people.length, already: people.length, imported: 0, refused: 0 });
    expect(await dump(database)).toEqual(before);
  });
}
