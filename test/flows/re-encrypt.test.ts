import { globSync, readFileSync } from 'node:fs';
import type { CofactorOptions, RingKey } from 'cofactor';
import { createAdmin, issuersOf } from 'cofactor/admin';
import { isNeeded, keyUse, reEncrypt, type KeyUse } from 'cofactor/maintenance';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';
import { createWebhooks } from 'cofactor/webhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EnrolmentView } from '../../packages/cofactor/src/http/contract.ts';
import {
  codeOf,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithCode,
  signInWithPassword,
  type Person,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import { TestClock } from '../support/clock.ts';
import { plainHasher } from '../support/hasher.ts';
import { TestMailer } from '../support/mails.ts';
import { authorizationRequest, createOidcApp, follow, type TestOidc } from '../support/oidc.ts';
import { startDevice } from '../support/oidc-device.ts';
import { everyClient, everyClientList } from '../support/oidc-flows.ts';
import { discovering, visitor } from '../support/passkey-flows.ts';
import { seed } from '../support/seed.ts';
import { cookieOf } from '../support/tables.ts';

const keyOf = (id: string, byte: number): RingKey => ({
  id,
  secret: Buffer.alloc(32, byte).toString('base64'),
});
const [oldKey, newKey] = [keyOf('old_2029', 1), keyOf('2030', 2)];

const tables = [
  'authenticators',
  'challenges',
  'email_tokens',
  'enrolments',
  'external_issuers',
  'oidc_artifacts',
  'oidc_clients',
  'oidc_keys',
  'operations',
  'permit_tokens',
  'webhooks',
] as const;

const sealedIn = ({ sealed }: KeyUse): number =>
  Object.values(sealed).reduce((sum: number, count) => sum + count, 0);

onEachDatabase('I-05 sealing anew', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  const clock = new TestClock(new Date());
  const mail = new TestMailer();
  const open: { close(): Promise<void> }[] = [];
  const startWith = async (
    keys: readonly RingKey[],
    options: Partial<CofactorOptions> = {},
  ): Promise<TestOidc> => {
    const made = await createOidcApp(
      database.open(),
      { clients: everyClientList },
      {
        keys,
        clock,
        mail,
        factors: [password({ hasher: plainHasher }), webauthn(), totp({ issuer: 'Test' }), recoveryCodes()],
        ...options,
      },
    );
    open.push(made);
    return made;
  };
  beforeAll(async () => {
    database = await fresh();
    test = await startWith([oldKey]);
  });
  afterAll(async () => {
    for (const one of open) await one.close();
    await database.drop();
  });
  const use = async (at: TestApp, id: string): Promise<KeyUse> => {
    const found = (await keyUse(at.auth)).find((key) => key.id === id);
    if (!found) throw new Error(`nothing is known of ${id}`);
    return found;
  };

  describe('with something sealed in every table there is', () => {
    let person: Person;
    let enrolment: EnrolmentView;

    beforeAll(async () => {
      person = await register(test);
      await enrolTotp(test, person);
      const browser = await signInWithCode(test, person);
      person = { ...person, browser };
      enrolment = (await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' })).body;
      await browser.post('/auth/email', { email: 'person@example.com' });
      await discovering(await visitor(test));
      await test.oidc.clients.put({
        id: 'kept',
        name: 'Kept',
        secret: 's'.repeat(40),
        redirectUris: ['https://kept.example/'],
      });
      await startDevice(test, everyClient.radio);
      await follow(test.browser(), authorizationRequest(everyClient.bank).address);
      await createWebhooks(test.auth).put({
        name: 'Alerts',
        url: 'https://alerts.example.com/in',
        types: '*',
      });
      const admin = createAdmin(test.auth);
      const cli = { source: 'cli', name: 'test' } as const;
      await admin.issuers.put(cli, {
        name: 'google',
        settings: { label: 'Google' },
        clientSecret: 'issuer-secret',
        check: () => null,
      });
      const bare = await register(test);
      const user = await test.auth.users.find(bare.identifier);
      await admin.users.permit(cli, user?.id ?? '', { by: 'link', reason: 'new here' });
      const session = await test.auth.sessions.read(cookieOf(browser, 'session'), { live: true });
      if (!session) throw new Error('nobody is signed in');
      await test.auth.operations.begin({
        session,
        action: 'payment',
        parameters: { amount: '100.00' },
        title: 'Pay 100',
        returnTo: '/pay',
      });
    });

    it('everything that seals is known, so that nothing is left behind', () => {
      const folder = new URL('../../packages/cofactor/src/', import.meta.url);
      const sealing = globSync('**/*.ts', { cwd: folder })
        .filter((file) => !/\.test\.ts$|^oidc-client\/|^base\//.test(file))
        .filter((file) => /(?<![\w.])seal\(/.test(readFileSync(new URL(file, folder), 'utf8')));
      expect(sealing.sort()).toEqual([
        'admin/issuers.ts',
        'core/account/email.ts',
        'core/authenticators/enrol.ts',
        'core/ceremonies/challenge.ts',
        'core/enforcement/permit.ts',
        'core/engine.ts',
        'core/maintenance/sealed.ts',
        'core/operations/operations.ts',
        // A cookie of a minute: nothing is stored.
        'http/notice.ts',
        'oidc-server/adapter.ts',
        'oidc-server/client-registry.ts',
        'oidc-server/signing-keys.ts',
        'webhooks/state.ts',
      ]);
    });

    it('counts, by key and table, what is sealed, hashed and recorded', async () => {
      const before = await use(test, oldKey.id);
      expect(Object.keys(before.sealed).sort()).toEqual(tables);
      expect(before).toMatchObject({ newest: true, inRing: true, codes: { count: 10, people: 1 } });
      expect(before.audit.rows).toBeGreaterThan(5);
    });

    it('each opens with the newest key alone afterwards, and does what it did; codes and record say why the old one stays', async () => {
      const both = await startWith([newKey, oldKey]);
      const sealed = sealedIn(await use(test, oldKey.id));
      const progress: [number, number][] = [];
      const outcome = await reEncrypt(both.auth, {
        batch: 3,
        progress: ({ done, total }) => progress.push([done, total]),
      });
      expect(outcome).toMatchObject({ resealed: sealed, passedBy: 0, unreadable: [], stopped: false });
      expect(progress.every(([done, total], n) => done <= total && done >= (progress[n - 1]?.[0] ?? 0))).toBe(
        true,
      );
      expect(progress.at(-1)?.[0]).toBe(progress.at(-1)?.[1]);
      const left = await use(both, oldKey.id);
      expect(left).toMatchObject({ sealed: {}, newest: false, codes: { count: 10, people: 1 } });
      expect(isNeeded(left)).toBe(true);
      expect(await reEncrypt(both.auth)).toMatchObject({ resealed: 0, unreadable: [] });

      // The old key is gone. What is left of its work is the record, and hashes.
      const alone = await startWith([newKey]);
      await signInWithCode(alone, person);
      const { browser } = person;
      const there = alone.browser();
      for (const [name, value] of browser.cookies) there.cookies.set(name, value);
      await there.context();
      const confirmed = await there.post('/auth/enrolments/confirm', {
        enrolment: enrolment.enrolment,
        response: { code: codeOf(alone, { ...person, key: String(enrolment.setup['key']) }) },
        name: 'Second phone',
      });
      expect([confirmed.status, confirmed.text]).toEqual([201, confirmed.text]);
      const [client] = (await alone.oidc.clients.list()).filter(({ id }) => id === 'kept');
      expect(client?.secret).toBe('s'.repeat(40));
      expect(await issuersOf(alone.auth.engine)).toMatchObject([{ clientSecret: 'issuer-secret' }]);
      expect((await alone.app.inject({ url: '/oidc/jwks' })).json<{ keys: unknown[] }>().keys).toHaveLength(
        1,
      );
      const missing = await use(alone, oldKey.id);
      expect(missing).toMatchObject({ inRing: false, sealed: {} });
      expect(await reEncrypt(alone.auth)).toMatchObject({ unreadable: [] });
    });

    it('A-211 what was moved from another row is not sealed anew, which would make it good: it stays unreadable, and is named', async () => {
      const before = await startWith([newKey, oldKey]);
      const victim = await register(before);
      await enrolTotp(before, victim);
      await enrolTotp(before, await register(before));
      const [foreign] = await database.query(
        "select data from authenticators where provider = 'totp' and id <> $1 and data like 'v1.2030.%'",
        [victim.authenticator],
      );
      await database.query('update authenticators set data = $1 where id = $2', [
        foreign?.['data'],
        victim.authenticator,
      ]);
      const third = await startWith([keyOf('third', 3), newKey, oldKey]);
      const { unreadable } = await reEncrypt(third.auth);
      expect(unreadable).toEqual([
        { table: 'authenticators', id: victim.authenticator, why: 'ERR_SECRET_UNREADABLE' },
      ]);
      const [after] = await database.query('select data from authenticators where id = $1', [
        victim.authenticator,
      ]);
      expect(after?.['data']).toBe(foreign?.['data']);
      await database.query('delete from authenticators where id = $1', [victim.authenticator]);
    });
  });

  it('killed in the middle, it goes on: each row says which key it needs', async () => {
    const before = await startWith([keyOf('third', 3), newKey, oldKey]);
    await seed(before.auth, 30);
    await reEncrypt(before.auth);
    const at = await startWith([keyOf('fourth', 4), keyOf('third', 3), newKey, oldKey]);
    const total = sealedIn(await use(at, 'third'));
    const stop = new AbortController();
    let steps = 0;
    const first = await reEncrypt(at.auth, {
      batch: 10,
      signal: stop.signal,
      progress: () => {
        steps += 1;
        if (steps === 4) stop.abort();
      },
    });
    expect(first.stopped).toBe(true);
    expect(first.resealed).toBeGreaterThan(0);
    expect(sealedIn(await use(at, 'third'))).toBe(total - first.resealed);
    const second = await reEncrypt(at.auth, { batch: 10 });
    expect(second).toMatchObject({ stopped: false, resealed: total - first.resealed, unreadable: [] });
    expect(second.current).toBeGreaterThanOrEqual(first.resealed);
  });

  it('what somebody changes at the same moment is left as they made it', async () => {
    const at = await startWith([keyOf('fourth', 4), keyOf('third', 3), newKey, oldKey]);
    const { engine } = at.auth;
    const [row] = await engine.store.maintenance.sealed('authenticators', 'users', '', 1);
    if (!row) throw new Error('there is no row');
    await database.query('update authenticators set data = $1 where id = $2', [
      'v1.changed.meanwhile.x',
      row.id,
    ]);
    expect(await engine.store.maintenance.reseal('authenticators', [{ row, value: 'v1.lost.x.y' }])).toBe(0);
    const [now] = await database.query('select data from authenticators where id = $1', [row.id]);
    expect(now?.['data']).toBe('v1.changed.meanwhile.x');
    await database.query('update authenticators set data = $1 where id = $2', [row.value, row.id]);
  });

  it('A-209 keys change and everything is sealed anew while people sign in at two nodes: 0 failures, 0 downgrades', async () => {
    const ring: RingKey[] = [keyOf('fourth', 4), keyOf('third', 3), newKey, oldKey];
    const nodes = [await startWith(ring), await startWith(ring)];
    // As the server does it: a node that meets a key it does not know looks for it where keys are kept.
    for (const { auth } of nodes) auth.engine.keys.whenMissing(() => ring);
    const people: Person[] = [];
    for (let n = 0; n < 6; n += 1) {
      const person = await register(nodes[n % 2] as TestOidc);
      await enrolTotp(nodes[n % 2] as TestOidc, person);
      people.push(person);
    }
    const failures: string[] = [];
    let signIns = 0;
    for (let round = 0; round < 4; round += 1) {
      ring.unshift(keyOf(`moving-${round}`, 20 + round));
      // One node is told at once, the other finds out by what it cannot open.
      nodes[round % 2]?.auth.engine.keys.renew(ring);
      const walking = reEncrypt((nodes[round % 2] as TestOidc).auth, { batch: 2 });
      await Promise.all(
        people.map(async (person, n) => {
          const at = nodes[(n + round) % 2] as TestOidc;
          try {
            const browser = at.browser();
            const first = await signInWithPassword(person, browser);
            if (first.body?.status !== 'more-needed') throw new Error(`downgrade: ${first.text}`);
            const second = await browser.post<{ status: string }>('/auth/ceremony', {
              authenticator: person.authenticator,
              response: { code: codeOf(at, person) },
            });
            if (second.body?.status !== 'done') throw new Error(second.text);
            signIns += 1;
          } catch (error) {
            failures.push(`${round} ${n} ${String(error)}`);
          }
        }),
      );
      expect((await walking).unreadable).toEqual([]);
      clock.advance(31);
    }
    expect(failures).toEqual([]);
    expect(signIns).toBe(24);
    for (const { auth } of nodes) auth.engine.keys.renew(ring);
    await reEncrypt((nodes[0] as TestOidc).auth);
    const keys = await keyUse((nodes[1] as TestOidc).auth);
    expect(keys.filter((key) => !key.newest && sealedIn(key) > 0)).toEqual([]);
    expect(await (nodes[1] as TestOidc).auth.verifyAudit()).toBeNull();
  });
});
