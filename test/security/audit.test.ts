import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Store } from 'cofactor';
import {
  codeOf,
  createApp,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithCode,
  signInWithPassword,
  type Person,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';

onEachDatabase('I-09 the audit chain', (fresh) => {
  let database: TestDatabase;
  let store: Store;
  let app: TestApp;
  let person: Person;
  beforeEach(async () => {
    database = await fresh();
    store = database.open();
    app = await createApp(store);
    person = await register(app);
    await enrolTotp(app, person);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const isSqlite = (): boolean => !database.address.startsWith('postgres');
  /** From now on nothing can be written to the audit table. */
  const blockAudit = async (): Promise<void> => {
    if (isSqlite()) {
      await database.query(
        "create trigger no_audit before insert on audit begin select raise(abort, 'no audit'); end",
      );
      return;
    }
    await database.query(
      "create function no_audit() returns trigger language plpgsql as $$ begin raise 'no audit'; end $$",
    );
    await database.query(
      'create trigger no_audit before insert on audit for each row execute function no_audit()',
    );
  };
  const allowAudit = (): Promise<unknown> =>
    database.query(isSqlite() ? 'drop trigger no_audit' : 'drop trigger no_audit on audit');
  const state = async (): Promise<unknown> => [
    await database.query('select id, canonical, generation from users order by id'),
    await database.query('select id, ended_at, generation, events from sessions order by id'),
    await database.query('select id, name, data, counter, last_used_at from authenticators order by id'),
    await database.query('select * from lookup_secrets order by hash'),
    await database.query('select id, consumed_at from ceremonies order by id'),
    await database.query('select id, consumed_at from enrolments order by id'),
    await database.query('select * from audit_heads'),
  ];
  const count = async (): Promise<number> =>
    Number((await database.query('select count(*) as n from audit'))[0]?.['n']);
  const signInSomeMore = async (): Promise<void> => {
    for (let n = 0; n < 3; n += 1) await signInWithCode(app, person);
    await signInWithPassword(person, app.browser(), 'not the right one');
  };

  it('what cannot be recorded does not happen: neither session nor code nor change', async () => {
    const browser = await signInWithCode(app, person);
    const pending = app.browser();
    await signInWithPassword(person, pending);
    const begun = await browser.post<{ enrolment: string; setup: { key: string } }>('/auth/enrolments', {
      provider: 'totp',
    });
    const stranger = app.browser();
    await stranger.context();
    await app.auth.users.create({
      identifier: 'simple',
      provider: 'password',
      response: { password: 'a password that is long' },
    });
    const steps: readonly (readonly [string, () => Promise<{ status: number }>])[] = [
      [
        'sign in',
        () =>
          stranger.post('/auth/sign-in', {
            identifier: 'simple',
            provider: 'password',
            response: { password: 'a password that is long' },
          }),
      ],
      [
        'second step',
        () =>
          pending.post('/auth/ceremony', {
            authenticator: person.authenticator,
            response: { code: codeOf(app, person) },
          }),
      ],
      [
        'recovery',
        () =>
          pending.post('/auth/ceremony', {
            authenticator: person.recoveryAuthenticator,
            response: { code: person.recovery[0] },
          }),
      ],
      [
        'register',
        () =>
          stranger.post('/auth/register', {
            identifier: 'new-one',
            provider: 'password',
            response: { password: 'a password that is long' },
          }),
      ],
      [
        'confirm',
        () =>
          browser.post('/auth/enrolments/confirm', {
            enrolment: begun.body.enrolment,
            response: { code: codeOf(app, { ...person, key: begun.body.setup.key }) },
          }),
      ],
      [
        'rename',
        () =>
          browser.send('PATCH', '/auth/authenticators', {
            body: { id: person.authenticator, name: 'Other' },
          }),
      ],
      [
        'remove',
        () => browser.send('DELETE', '/auth/authenticators', { body: { id: person.authenticator } }),
      ],
      ['end others', () => browser.send('DELETE', '/auth/sessions/others')],
      ['sign out', () => browser.post('/auth/sign-out')],
    ];
    await signInWithCode(app, person);
    const before = await state();
    await blockAudit();
    for (const [name, step] of steps) {
      expect([name, (await step()).status]).toEqual([name, 503]);
      expect([name, await state()]).toEqual([name, before]);
    }
    await allowAudit();
    expect(await app.auth.verifyAudit()).toBeNull();
    // The same steps, and now they do happen: it was the audit that they waited for.
    const statuses: number[] = [];
    for (const [, step] of steps.slice(0, 2)) statuses.push((await step()).status);
    statuses.push((await browser.post('/auth/sign-out')).status);
    expect(statuses).toEqual([200, 200, 204]);
  });

  it('there is a row for each session, and none without one', async () => {
    await signInSomeMore();
    const browser = await signInWithCode(app, person);
    app.clock.advance(1000);
    await browser.post('/auth/step-up', {});
    await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, person) },
    });
    const rows = await database.query('select type from audit order by seq');
    const number = (...types: string[]): number =>
      rows.filter((row) => types.includes(String(row['type']))).length;
    const [sessions] = await database.query('select count(*) as n from sessions');
    // A change of factors goes on under a new session too.
    expect(number('signed-in', 'stepped-up', 'authenticator-added')).toBe(Number(sessions?.['n']));
    expect(number('user-created')).toBe(1);
    expect(number('wrong-response')).toBe(1);
  });

  it('A-213 the verifier finds a row that was changed, whatever was changed in it', async () => {
    await signInSomeMore();
    expect(await app.auth.verifyAudit()).toBeNull();
    const edits = [
      ['type', "'sessions-ended'"],
      ['data', "'{}'"],
      ['user_id', "'usr_somebody'"],
      ['user_id', 'null'],
      ['at', 'at + 1'],
      ['mac', "'development:' || substr(mac, 14)"],
      ['mac', "''"],
    ] as const;
    for (const [column, value] of edits) {
      for (const seq of [1, 4, await count()]) {
        const [before] = await database.query(`select ${column} from audit where seq = $1`, [seq]);
        await database.query(`update audit set ${column} = ${value} where seq = $1`, [seq]);
        expect([column, value, await app.auth.verifyAudit()]).toEqual([
          column,
          value,
          { seq, fault: 'altered' },
        ]);
        await database.query(`update audit set ${column} = $1 where seq = $2`, [before?.[column], seq]);
      }
    }
    expect(await app.auth.verifyAudit()).toBeNull();
  });

  it('A-213 the verifier finds rows that were removed: the first, one in the middle, the last, all', async () => {
    await signInSomeMore();
    const rows = await count();
    for (const where of ['seq = 1', 'seq = 3', `seq = ${rows}`, `seq > ${rows - 2}`, 'seq < 4', 'true']) {
      const copy = await database.query(`select * from audit where ${where}`);
      const first = Math.min(...copy.map((row) => Number(row['seq'])));
      await database.query(`delete from audit where ${where}`);
      expect([where, await app.auth.verifyAudit()]).toEqual([where, { seq: first, fault: 'missing' }]);
      const heads = await database.query('select * from audit_heads');
      for (const row of copy) await putBack(row);
      await database.query('update audit_heads set seq = $1, mac = $2', [
        heads[0]?.['seq'],
        heads[0]?.['mac'],
      ]);
      expect([where, await app.auth.verifyAudit()]).toEqual([where, null]);
    }
    // What was removed is missed also after more was written behind it.
    await database.query(`delete from audit where seq = ${rows}`);
    await signInWithPassword(person, app.browser(), 'not the right one');
    expect(await app.auth.verifyAudit()).toEqual({ seq: rows, fault: 'missing' });
  });

  it('A-213 the verifier finds an end that was put back or taken away', async () => {
    await signInSomeMore();
    const [head = {}] = await database.query('select * from audit_heads');
    const rows = await count();
    const edits = [
      'update audit_heads set seq = seq - 1',
      'update audit_heads set seq = seq + 1',
      `update audit_heads set seq = seq - 1, mac = (select mac from audit where seq = ${rows - 1})`,
      "update audit_heads set seq = 0, mac = ''",
      "update audit_heads set mac = ''",
      'delete from audit_heads',
    ];
    for (const edit of edits) {
      await database.query(edit);
      expect([edit, (await app.auth.verifyAudit()) !== null]).toEqual([edit, true]);
      await database.query('delete from audit_heads');
      await database.query('insert into audit_heads (realm, seq, mac) values ($1, $2, $3)', [
        head['realm'],
        head['seq'],
        head['mac'],
      ]);
      expect(await app.auth.verifyAudit()).toBeNull();
    }
    // Cut off together with the row before it, only what was noted elsewhere shows it.
    const anchor = await app.auth.auditHead();
    await database.query(`delete from audit where seq = ${rows}`);
    await database.query(
      `update audit_heads set seq = seq - 1, mac = (select mac from audit where seq = ${rows - 1})`,
    );
    expect(await app.auth.verifyAudit(anchor)).toEqual({ seq: rows, fault: 'missing' });
    app.clock.advance(1);
    await signInWithPassword(person, app.browser(), 'not the right one');
    expect(await app.auth.verifyAudit(anchor)).toEqual({ seq: rows, fault: 'altered' });
  });

  it('A-213 the verifier finds rows that changed places', async () => {
    await signInSomeMore();
    const swap = async (a: number, b: number): Promise<void> => {
      await database.query('update audit set seq = -1 where seq = $1', [a]);
      await database.query('update audit set seq = $1 where seq = $2', [a, b]);
      await database.query('update audit set seq = $1 where seq = -1', [b]);
    };
    for (const [a, b] of [
      [1, 2],
      [2, 5],
      [1, await count()],
    ] as const) {
      await swap(a, b);
      expect(await app.auth.verifyAudit()).toEqual({ seq: a, fault: 'altered' });
      await swap(a, b);
      expect(await app.auth.verifyAudit()).toBeNull();
    }
  });

  it('A-213 the verifier finds a row that was put in: a copy, an invention, one of another realm', async () => {
    await signInSomeMore();
    const rows = await count();
    const [copy = {}] = await database.query('select * from audit where seq = 2');
    const strange = await createApp(database.open(), { realm: 'other', clock: app.clock });
    await register(strange);
    const [foreign = {}] = await database.query("select * from audit where realm = 'other' and seq = 1");
    expect(await strange.auth.verifyAudit()).toBeNull();
    const inventions = [
      copy,
      { ...copy, mac: 'x' },
      { ...copy, mac: 'development:x' },
      { ...copy, mac: `nobody:${String(copy['mac'])}` },
      foreign,
    ];
    for (const row of inventions) {
      await putBack({ ...row, seq: rows + 1, realm: 'users' });
      expect(await app.auth.verifyAudit()).toEqual({ seq: rows + 1, fault: 'altered' });
      await database.query("delete from audit where realm = 'users' and seq = $1", [rows + 1]);
      await database.query(
        "update audit_heads set seq = $1, mac = (select mac from audit where realm = 'users' and seq = $2) where realm = 'users'",
        [rows, rows],
      );
      expect(await app.auth.verifyAudit()).toBeNull();
    }
    // One realm is not held up by another.
    expect(await strange.auth.verifyAudit()).toBeNull();
    await strange.close();
  });

  it('the verifier says nothing of rows that are written while it walks', async () => {
    const more = async (): Promise<void> => {
      await signInWithPassword(person, app.browser(), 'not the right one');
    };
    let left = 5;
    const slow = new Proxy(store, {
      get(target, name) {
        const method = Reflect.get(target, name, target) as unknown;
        if (typeof method !== 'function') return method;
        return async (...given: unknown[]): Promise<unknown> => {
          const found = await (method as (...args: unknown[]) => unknown).apply(target, given);
          left -= 1;
          if (left >= 0) await more();
          return found;
        };
      },
    });
    const before = await count();
    expect(await app.auth.engine.audit.verify(slow)).toBeNull();
    expect(await count()).toBeGreaterThan(before + 1);
  });

  it('rows name what happened and never a secret', async () => {
    const browser: TestBrowser = await signInWithCode(app, person);
    await signInSomeMore();
    await browser.send('PATCH', '/auth/authenticators', {
      body: { id: person.authenticator, name: 'A name of mine' },
    });
    const rows = await database.query('select * from audit order by seq');
    const names = new Set(rows.flatMap((row) => Object.keys(JSON.parse(String(row['data'])) as object)));
    expect([...names].sort()).toEqual(['amr', 'authenticator', 'ip', 'provider', 'step']);
    const text = JSON.stringify(rows);
    for (const secret of [
      person.identifier,
      person.password,
      person.key,
      ...person.recovery,
      'A name of mine',
    ]) {
      expect(text).not.toContain(secret);
    }
  });

  async function putBack(row: Record<string, unknown>): Promise<void> {
    const { realm, seq, at, type, user_id: user, data, mac } = row;
    await database.query(
      'insert into audit (realm, seq, at, type, user_id, data, mac) values ($1, $2, $3, $4, $5, $6, $7)',
      [realm, seq, at, type, user, data, mac],
    );
  }
});
