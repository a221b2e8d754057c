import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NewRule, Preview } from 'cofactor';
import { createApp, onEachDatabase, type TestApp, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { quickCode } from '../support/codes.ts';
import { boss, ruleIn, tokenIn } from '../support/enforcement.ts';
import { TestMailer } from '../support/mails.ts';
import { formsOf } from '../support/page-forms.ts';
import { seedPerson, type Seeded } from '../support/seed.ts';

/** What comes of a rule for one person: what a preview says, and what is seen when they sign in. */
type Fate =
  | 'untouched'
  | 'meets'
  | 'enrols by mail'
  | 'enrols by confirmation'
  | 'enrols by invite'
  | 'stuck: no-channel'
  | 'stuck: unusable'
  | 'switched off';

/** Since when somebody is a clerk: from the beginning; or only a while ago; or from the beginning, with a break. */
const histories = ['always', 'always', 'late', 'again'] as const;

interface Generated extends Seeded {
  readonly link: string | null;
  readonly clerk: boolean;
  readonly history: (typeof histories)[number];
}

const day = 86_400;

/** Numbers that are the same each time (Park and Miller). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % sides;
  };
}

onEachDatabase('a preview and what then happens', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let rule: NewRule;
  let preview: Preview;
  let statements = 0;
  let people: readonly Generated[];
  const fates = new Map<string, Fate>();
  /** Who was kept out of the page, and who only asked. */
  const shut = new Set<string>();
  let soon: ReadonlySet<string> = new Set();
  /** When those who are clerks late became ones, and when everybody signed in for the first time. */
  let becameAt = 0;
  let triedAt = 0;
  const isShort = ({ id, clerk }: Generated): boolean => clerk && /^(enrols|stuck)/.test(fates.get(id) ?? '');
  const isUnusable = ({ id }: Generated): boolean => fates.get(id) === 'stuck: unusable';
  const isLate = ({ clerk, history }: Generated): boolean => clerk && history === 'late';

  beforeAll(async () => {
    database = await fresh();
    const store = database.open();
    app = await createApp(store, { mail: new TestMailer() });
    await app.auth.start();
    people = await generate();
    const by = await boss(app);
    // It began a while ago. Who has been a clerk all along has no day left; who became one since has some.
    rule = ruleIn(app, -5, { graceDays: 4, who: { roles: ['clerk'] } });
    const before = store.statements;
    const said = await app.auth.enforcement.preview(rule, { by });
    statements = store.statements - before;
    if (said.status !== 'previewed') throw new Error(said.reason);
    preview = said;
    await app.auth.enforcement.save(rule, { by });
    app.clock.advance(3601);
    triedAt = app.clock.now().getTime();
    for (const person of people) fates.set(person.id, await fateOf(person));
    soon = new Set(shut);
    shut.clear();
    // And once more when the days of the others are over, too.
    app.clock.advance(3 * day);
    for (const person of people) {
      if (isLate(person) && isShort(person) && !isUnusable(person)) await arrive(person);
    }
  }, 120_000);
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const generate = async (): Promise<readonly Generated[]> => {
    const roll = dice(20_300_615);
    const now = app.clock.now();
    const made: Generated[] = [];
    for (let n = 0; n < 1000; n += 1) {
      const kind = roll(10);
      const identifier = `generated-${n}`;
      const email = roll(3) === 0 ? null : `generated-${n}@example.org`;
      const clerk = roll(3) > 0;
      const history = histories[roll(4)] ?? 'always';
      const person = await seedPerson(app.auth, kind < 4 ? 1 : 0, {
        identifier,
        canonical: identifier,
        roles: clerk && history !== 'late' ? ['clerk', 'guest'] : ['guest'],
        // Told apart below, where what they have is taken from them.
        groups: [['whole'], ['whole'], ['recovery-left'], ['nothing-left']][kind] ?? [],
        email,
        emailVerifiedAt: email !== null && roll(2) === 0 ? now : null,
        disabledAt: roll(25) === 0 ? now : null,
      });
      made.push({ ...person, identifier, clerk, history, link: null });
    }
    const back = made.filter(({ clerk, history }) => clerk && history === 'again');
    for (const person of back) await app.auth.users.setRoles(person, ['guest']);
    app.clock.advance(8 * day);
    // Who is switched off is given nothing by that, and is in no preview.
    for (const person of [...back, ...made.filter(isLate)])
      await app.auth.users.setRoles(person, ['clerk', 'guest']);
    becameAt = app.clock.now().getTime();
    app.clock.advance(2 * day);
    for (const [n, person] of made.entries()) {
      const permitted = roll(4) === 0 ? await app.auth.enforcement.permit(person, null) : null;
      if (permitted?.status === 'permitted') made[n] = { ...person, link: permitted.link };
    }
    const of = (group: string): string => `user_id in (select id from users where groups like '%${group}%')`;
    await database.query(
      `update authenticators set failures = 100 where usage = 'second' and ${of('-left')}`,
    );
    await database.query(
      `delete from lookup_secrets where authenticator_id in (select id from authenticators where ${of('nothing-left')})`,
    );
    await database.query(`delete from authenticators where usage = 'recovery' and ${of('nothing-left')}`);
    return made;
  };

  const fateOf = async (person: Generated): Promise<Fate> => {
    const arrived = await arrive(person);
    if (typeof arrived === 'string') return arrived;
    return wayOf(person, arrived, (await arrived.page('/auth/required?return_to=%2Frecent')).text);
  };

  /** Signs in as a person would, as far as it goes, and asks for a guarded page; in what browser, if they are asked for more. */
  const arrive = async (person: Generated): Promise<Fate | TestBrowser> => {
    const browser = app.browser();
    await browser.context();
    const first = await browser.post('/auth/sign-in', {
      identifier: person.identifier,
      provider: 'password',
      response: { password: person.password },
      returnTo: '/recent',
    });
    if (first.problem === 'wrong-credentials') return 'switched off';
    if (first.problem === 'provider-unavailable') return 'stuck: unusable';
    if (first.body.status === 'more-needed') {
      const [offer] = first.body.ceremony.offers;
      const response =
        offer?.provider.provider === 'totp'
          ? { code: quickCode(person.keys[0] ?? '', app.clock.now()) }
          : { code: person.recovery[0] };
      const second = await browser.post('/auth/ceremony', { authenticator: offer?.authenticator, response });
      expect(second.body).toEqual({ status: 'done', returnTo: '/recent' });
    }
    const page = await browser.page('/recent');
    const led = first.body.status === 'done' ? first.body.returnTo : '/recent';
    // Nobody is asked for what they have, or for what is demanded of others.
    if (led === '/recent') {
      expect(page.status).toBe(200);
      return first.body.status === 'done' ? 'untouched' : 'meets';
    }
    expect(led).toBe('/auth/required?return_to=%2Frecent');
    if (page.status !== 200) {
      expect(page.headers['location']).toBe(led);
      shut.add(person.id);
    }
    return browser;
  };

  const wayOf = async (person: Generated, browser: TestBrowser, page: string): Promise<Fate> => {
    expect((await browser.post('/auth/enrolments', { provider: 'totp' })).problem).toBe('permit-needed');
    const [form] = formsOf(page);
    if (form?.action === '/auth/permit/mail') return 'enrols by mail';
    if (form?.action === '/auth/email/confirmation') return 'enrols by confirmation';
    if (person.link === null) return 'stuck: no-channel';
    expect((await browser.post('/auth/permit', { token: tokenIn(person.link) })).status).toBe(200);
    expect((await browser.post('/auth/enrolments', { provider: 'totp' })).status).toBe(201);
    return 'enrols by invite';
  };

  it('agree for each of 1,000 people', () => {
    const count = (...wanted: readonly Fate[]): number =>
      people.filter(({ id, clerk }) => clerk && wanted.includes(fates.get(id) ?? 'untouched')).length;
    expect(fates.size).toBe(1000);
    const { meet, mustEnrol, cannotComply } = preview;
    expect(meet.count).toBe(count('meets'));
    expect(mustEnrol.count).toBe(count('enrols by mail', 'enrols by confirmation', 'enrols by invite'));
    expect(cannotComply.because).toEqual({
      'no-channel': count('stuck: no-channel'),
      unusable: count('stuck: unusable'),
      'no-provider': 0,
    });
    expect(preview.affected).toBe(people.filter(({ clerk }) => clerk).length - count('switched off'));
    expect(count('untouched')).toBe(0);
    expect(preview).toMatchObject({ reachable: true, lockout: null });
    // Each of them occurs, or the numbers would say little.
    for (const fate of [
      'meets',
      'enrols by mail',
      'enrols by confirmation',
      'enrols by invite',
      'stuck: no-channel',
      'stuck: unusable',
    ] as const) {
      expect([fate, count(fate)]).toEqual([fate, expect.toSatisfy((number: number) => number > 10)]);
    }
  });

  it('agree person by person, as far as a preview names them', () => {
    for (const { id, by } of preview.mustEnrol.first) expect(fates.get(id)).toBe(`enrols by ${by}`);
    for (const { id, because } of preview.cannotComply.first) expect(fates.get(id)).toBe(`stuck: ${because}`);
    for (const { id } of preview.meet.first) expect(fates.get(id)).toBe('meets');
    // Of nobody else anything is demanded.
    const others = people.filter(({ clerk }) => !clerk).map(({ id }) => fates.get(id));
    expect(others.filter((fate) => /^enrols|no-channel/.test(fate ?? ''))).toEqual([]);
    expect(others).toContain('untouched');
    expect(preview.mustEnrol.first).toHaveLength(50);
  });

  it('agree on who is kept out at once, and on when it is the turn of the others', () => {
    const short = people.filter(isShort);
    // Who can use nothing of what they have does not come as far as a page.
    const seen = short.filter((person) => !isUnusable(person));
    const unseen = short.filter((person) => isUnusable(person) && !isLate(person));
    expect(preview.atOnce).toBe(soon.size + unseen.length);
    // A break gave nobody a day, and whoever became one later has the rule's own.
    for (const person of seen) expect([person, soon.has(person.id)]).toEqual([person, !isLate(person)]);
    for (const person of seen.filter(isLate)) expect([person, shut.has(person.id)]).toEqual([person, true]);
    for (const history of ['late', 'again'] as const)
      expect(seen.filter((person) => person.history === history).length).toBeGreaterThan(30);
    const late = new Set(people.filter(isLate).map(({ id }) => id));
    for (const { id, due } of [...preview.mustEnrol.first, ...preview.cannotComply.first]) {
      if (late.has(id)) expect(due.getTime()).toBe(becameAt + 4 * day * 1000);
      else expect(due.getTime()).toBeLessThan(triedAt);
    }
  });

  it('takes a statement for many people at once', () => {
    // A page of them each, so that SQLite has turns for everybody else in between.
    expect(statements).toBeLessThanOrEqual(45);
  });
});
