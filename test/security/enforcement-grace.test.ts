import { createAdmin } from 'cofactor/admin';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createApp,
  onEachDatabase,
  signInWithPassword,
  type Person,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { operator } from '../support/charge.ts';
import { boss, confirmed, demand, ruleIn } from '../support/enforcement.ts';
import { TestMailer } from '../support/mails.ts';

const day = 86_400;

// Whoever comes under a rule that is due already has its days of grace, once. All that somebody who has nothing but the
// password can do about it is sign in, put off and ask.
onEachDatabase('I-14 the days of grace of who is given a role or a group later', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let mail: TestMailer;
  let people = 0;
  beforeAll(async () => {
    database = await fresh();
    mail = new TestMailer();
    app = await createApp(database.open(), { mail, rememberDevices: true });
    const by = await boss(app);
    for (const who of [{ roles: ['clerk', 'cashier'] }, { groups: ['finance'] }]) {
      await demand(app, ruleIn(app, 0, { who, graceDays: 5 }), by);
    }
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  interface Somebody extends Person {
    readonly id: string;
  }
  const somebody = async (): Promise<Somebody> => {
    people += 1;
    const person = await confirmed(app, mail, `person-${people}@example.org`);
    return { ...person, id: (await app.auth.users.find(person.identifier))?.id ?? '' };
  };
  const setRoles = async ({ id }: Somebody, ...roles: string[]): Promise<void> => {
    expect(await app.auth.users.setRoles({ id }, roles)).toBe(true);
  };
  const signIn = async (person: Person): Promise<TestBrowser> => {
    const browser = app.browser();
    expect((await signInWithPassword(person, browser)).body.status).toBe('done');
    return browser;
  };
  /** Whether the password alone still opens a page that asks for nothing but a sign-in of a moment ago. */
  const getsBy = async (person: Person): Promise<boolean> => {
    const { status } = await (await signIn(person)).get('/recent');
    expect([200, 401]).toContain(status);
    return status === 200;
  };

  it('the password alone neither prolongs them nor enrols in them', async () => {
    const person = await somebody();
    app.clock.advance(20 * day);
    await setRoles(person, 'clerk');
    for (let n = 0; n < 4; n += 1) {
      const attacker = await signIn(person);
      expect((await attacker.get('/recent')).status).toBe(200);
      expect((await attacker.page('/auth/required?return_to=%2Frecent')).status).toBe(200);
      expect((await attacker.post('/auth/enrolments', { provider: 'totp' })).problem).toBe('permit-needed');
      const moved = await attacker.post('/auth/email', { email: 'mallory@example.net' });
      expect(moved.problem).toBe('permit-needed');
      await attacker.post('/auth/permit/mail', {});
      await attacker.post('/auth/sign-out', {});
      app.clock.advance(day);
    }
    app.clock.advance(day - 60);
    expect(await getsBy(person)).toBe(true);
    // To the second, counted from when the role was given and not from when anybody signed in.
    app.clock.advance(61);
    expect(await getsBy(person)).toBe(false);
  });

  it('a role that is taken away and given again, or another one of the same rule, begins nothing anew', async () => {
    const person = await somebody();
    await setRoles(person, 'clerk');
    app.clock.advance(4 * day);
    await setRoles(person);
    expect(await getsBy(person)).toBe(true);
    await setRoles(person, 'clerk');
    app.clock.advance(day - 60);
    expect(await getsBy(person)).toBe(true);
    app.clock.advance(61);
    expect(await getsBy(person)).toBe(false);
    await setRoles(person, 'cashier', 'guest');
    expect(await getsBy(person)).toBe(false);
    await setRoles(person, 'guest');
    app.clock.advance(400 * day);
    await setRoles(person, 'clerk');
    expect(await getsBy(person)).toBe(false);
  });

  it('who had the role before the rule began has no more than its days, whatever was done to the role since', async () => {
    const person = await somebody();
    await setRoles(person, 'teller');
    app.clock.advance(day);
    const by = await boss(app);
    await demand(app, ruleIn(app, 0, { who: { roles: ['teller'] }, graceDays: 5 }), by);
    app.clock.advance(3 * day);
    await setRoles(person);
    await setRoles(person, 'teller');
    app.clock.advance(2 * day - 60);
    expect(await getsBy(person)).toBe(true);
    app.clock.advance(61);
    expect(await getsBy(person)).toBe(false);
  });

  it('groups are as roles are, and so is whoever in charge gives either', async () => {
    const admin = createAdmin(app.auth);
    const person = await somebody();
    const other = await somebody();
    app.clock.advance(20 * day);
    const reason = 'for a test';
    await admin.users.setGroups(operator, person.id, { groups: ['finance'] });
    await admin.users.setRoles(operator, other.id, { roles: ['cashier'], reason });
    app.clock.advance(3 * day);
    await admin.users.setGroups(operator, person.id, { groups: ['sales'] });
    await admin.users.setGroups(operator, person.id, { groups: ['finance', 'sales'] });
    await admin.users.setRoles(operator, other.id, { roles: [], reason });
    await admin.users.setRoles(operator, other.id, { roles: ['clerk'], reason });
    app.clock.advance(2 * day - 60);
    expect([await getsBy(person), await getsBy(other)]).toEqual([true, true]);
    app.clock.advance(61);
    expect([await getsBy(person), await getsBy(other)]).toEqual([false, false]);
  });

  it('two who give roles at the same moment: nothing of it gets lost', async () => {
    const person = await somebody();
    const given = await Promise.all(
      ['clerk', 'guest', 'cashier'].map((role) => app.auth.users.setRoles({ id: person.id }, [role])),
    );
    expect(given).toContain(true);
    const user = await app.auth.users.find(person.identifier);
    // Each that was given has its entry, and nobody has one twice.
    const names = user?.joined.map(({ name }) => name) ?? [];
    expect(names).toHaveLength(given.filter(Boolean).length);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining([...(user?.roles ?? [])]));
  });

  it('I-12 an entry that is gone, or cannot be read, gives nobody more time', async () => {
    const person = await somebody();
    app.clock.advance(20 * day);
    await setRoles(person, 'clerk');
    expect(await getsBy(person)).toBe(true);
    await database.query("update users set joined = '[]' where id = $1", [person.id]);
    expect(await getsBy(person)).toBe(false);
    await database.query("update users set joined = '{' where id = $1", [person.id]);
    const browser = app.browser();
    await browser.context();
    const { identifier, password } = person;
    const answer = await browser.post('/auth/sign-in', {
      identifier,
      provider: 'password',
      response: { password },
    });
    expect(answer.status).toBeGreaterThanOrEqual(500);
  });
});
