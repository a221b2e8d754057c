import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type {
  ConfirmedView,
  EnrolmentView,
  SecurityView,
} from '../../packages/cofactor/src/http/contract.ts';
import { createApp, freshPostgresDatabase, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { quickCode } from '../support/codes.ts';
import { describeWith } from '../support/needs.ts';
import {
  nodesPassword,
  ownerAt,
  passwordAt,
  registerAt,
  startServedNodes,
  type OwnerAt,
  type ServedNodes,
} from '../support/served-nodes.ts';

/** What somebody does, and what is recorded of it. */
const recorded = {
  register: 'user-created',
  enrol: 'authenticator-added',
  recover: 'signed-in',
  change: 'authenticator-replaced',
  remove: 'authenticator-removed',
  'sign-out': 'signed-out',
  role: 'roles-changed',
  lock: 'user-locked',
} as const;
type Step = keyof typeof recorded;
/** How an account ends up, in turn: all of them come as far as a changed password. */
const ends = ['remove', 'role', 'lock', 'stay'] as const;

/** One account: what was answered with success, what was not, and whatever is needed to look whether it is so. */
interface Life {
  readonly identifier: string;
  readonly ip: string;
  readonly end: (typeof ends)[number];
  readonly done: Step[];
  broken: { readonly step: Step; readonly status: number; readonly text: string } | null;
  id: string;
  app: string;
  recovery: string;
  code: string | null;
  /** The session of the registration, the later one, and a copy of that from before it signed out. */
  first: TestBrowser | null;
  last: TestBrowser | null;
  copy: TestBrowser | null;
}

/** Comes back while there are more passwords to hash than a machine can: nothing was begun then. */
async function patiently<Got extends { readonly status: number }>(request: () => Promise<Got>): Promise<Got> {
  for (let tries = 0; ; tries += 1) {
    const got = await request();
    if (got.status !== 503 || tries === 20) return got;
    await delay(100);
  }
}

const changed = 'another word about snow and bread';

describeWith('PostgreSQL', 'a node that is killed under load', () => {
  let database: TestDatabase;
  let nodes: ServedNodes;
  let owner: OwnerAt;
  beforeAll(async () => {
    database = await freshPostgresDatabase();
    nodes = await startServedNodes(database);
    owner = await ownerAt(nodes);
  });
  afterAll(async () => {
    await nodes?.stop();
    await database?.drop();
  });

  const browserOf = ({ ip }: Life, from: TestBrowser): TestBrowser => {
    const browser = from.fork({ withCookies: true });
    browser.ip = ip;
    return browser;
  };

  async function live(life: Life, stranger: TestBrowser): Promise<void> {
    let step: Step = 'register';
    const ask = async <Got extends { readonly status: number; readonly text?: string }>(
      request: () => Promise<Got>,
      expected: number,
      ends?: 'step',
    ): Promise<Got> => {
      const got = await patiently(request);
      if (got.status !== expected) throw Object.assign(new Error('broken'), { got });
      if (ends) life.done.push(step);
      return got;
    };
    const all = async (): Promise<void> => {
      const first = browserOf(life, stranger);
      await ask(() => registerAt(first, life.identifier), 200, 'step');
      life.first = first;

      step = 'enrol';
      const begun = await ask(() => first.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' }), 201);
      const { enrolment, setup } = begun.body;
      const response = { code: quickCode(String(setup['key']), new Date()) };
      const confirmed = await ask(
        () => first.post<ConfirmedView>('/auth/enrolments/confirm', { enrolment, response }),
        201,
        'step',
      );
      life.app = confirmed.body.authenticator.id;

      step = 'recover';
      const { user, authenticators } = (await ask(() => first.get<SecurityView>('/auth/security'), 200)).body;
      const idOf = (name: string): string =>
        authenticators.find(({ provider }) => provider.provider === name)?.id ?? '';
      [life.id, life.recovery] = [user.id, idOf('recovery-codes')];
      const last = browserOf(life, stranger);
      await ask(() => passwordAt(last, life.identifier), 200);
      const [code = ''] = (confirmed.body.issued[0]?.setup['codes'] ?? []) as readonly string[];
      life.code = code;
      const used = { authenticator: life.recovery, response: { code } };
      await ask(() => last.post('/auth/ceremony', used), 200, 'step');
      life.last = last;

      step = 'change';
      const body = {
        id: idOf('password'),
        current: { password: nodesPassword },
        response: { password: changed },
      };
      await ask(() => last.send('PUT', '/auth/authenticators', { body }), 204, 'step');
      if (life.end === 'stay') return;

      if (life.end === 'remove') {
        step = 'remove';
        await ask(() => last.send('DELETE', '/auth/authenticators', { body: { id: life.app } }), 204, 'step');
      }
      step = 'sign-out';
      const copy = browserOf(life, last);
      await ask(() => last.post('/auth/sign-out'), 204, 'step');
      life.copy = copy;
      if (life.end === 'remove') return;

      step = life.end;
      const office = owner.browser.fork({ withCookies: true });
      const account = `/admin/api/realms/users/users/${life.id}`;
      const reason = 'as the test says';
      await ask(
        () =>
          step === 'lock'
            ? office.post(`${account}/lock`, { reason })
            : office.send('PUT', `${account}/roles`, { body: { roles: ['helpdesk'], reason } }),
        204,
        'step',
      );
    };
    try {
      await all();
    } catch (error) {
      const { got } = error as { got?: { status: number; text?: string } };
      if (!got) throw error;
      life.broken = { step, status: got.status, text: got.text ?? '' };
    }
  }

  /** Whether everything that was answered with success is there; what is wrong, in words. */
  async function faultsOf(life: Life, stranger: TestBrowser): Promise<readonly string[]> {
    const { done, broken } = life;
    const faults: string[] = [];
    const wants = (right: boolean, what: string): void => {
      if (!right) faults.push(`${life.identifier} (${done.join(', ')}; ${broken?.step ?? 'whole'}): ${what}`);
    };
    const has = (step: Step): boolean => done.includes(step);
    const maybe = (step: Step): boolean => broken?.step === step;
    const tryPassword = async (password: string): Promise<[TestBrowser, string]> => {
      const browser = browserOf(life, stranger);
      const { body } = await patiently(() => passwordAt(browser, life.identifier, password));
      return [browser, body.status];
    };
    const opens = (status: string): boolean => status === 'done' || status === 'more-needed';
    const isOpen = async (browser: TestBrowser): Promise<boolean> =>
      (await browser.get('/auth/security')).status === 200;

    const [oldBrowser, oldStatus] = await tryPassword(nodesPassword);
    const [newBrowser, newStatus] = await tryPassword(changed);
    const works = [oldStatus, newStatus].map(opens);
    if (has('lock')) wants(!works.includes(true), 'locked, and a password works');
    else if (maybe('lock')) wants(works[0] === false, 'an old password works');
    else if (has('change')) wants(works[0] === false && works[1] === true, 'the new password alone works');
    else if (maybe('change')) wants(works[0] !== works[1], 'one password and no other works');
    else if (has('register')) wants(works[0] === true && works[1] === false, 'the password works');

    const [browser, status] = works[1] ? [newBrowser, newStatus] : [oldBrowser, oldStatus];
    if (opens(status) && !maybe('remove')) {
      if (has('remove')) wants(status === 'done', 'the app is gone');
      else if (has('enrol')) wants(status === 'more-needed', 'the app is asked for');
    }
    // Whether it got in with it that time or not: it does not get in twice.
    if (status === 'more-needed' && life.code !== null) {
      const used = { authenticator: life.recovery, response: { code: life.code } };
      const again = await browser.post('/auth/ceremony', used);
      if (has('recover')) wants(again.problem === 'replayed-response', `a used code works: ${again.text}`);
      const [other] = await tryPassword(works[1] ? changed : nodesPassword);
      const third = await other.post('/auth/ceremony', used);
      wants(third.problem === 'replayed-response', `a used code works twice: ${third.text}`);
    }

    if (life.copy) wants(!(await isOpen(life.copy)), 'a session that was ended is open');
    if (has('change') && life.first) wants(!(await isOpen(life.first)), 'a session outlived the password');
    if (life.end === 'stay' && has('change') && life.last)
      wants(await isOpen(life.last), 'a session is lost that nobody ended');
    if (maybe('recover') && life.first) wants(await isOpen(life.first), 'a session is lost');
    return faults;
  }

  it('I-04 loses nothing that was answered, and the other one goes on', async () => {
    const stranger = nodes.browser();
    await stranger.context();
    const lives: Life[] = [];
    const load = { stopped: false, whole: 0 };
    const worker = async (): Promise<void> => {
      while (!load.stopped) {
        const n = lives.length;
        const life: Life = {
          identifier: `killed-${n}`,
          ip: `10.2.${Math.floor(n / 200)}.${n % 200}`,
          end: ends[n % ends.length] ?? 'stay',
          done: [],
          broken: null,
          id: '',
          app: '',
          recovery: '',
          code: null,
          first: null,
          last: null,
          copy: null,
        };
        lives.push(life);
        await live(life, stranger);
        if (!life.broken) load.whole += 1;
      }
    };
    const workers = Array.from({ length: 5 }, worker);
    const some = async (count: number): Promise<void> => {
      const wanted = load.whole + count;
      await expect.poll(() => load.whole, { timeout: 30_000, interval: 5 }).toBeGreaterThanOrEqual(wanted);
    };
    try {
      await some(5);
      await nodes.servers[1]?.kill();
      // All that comes now goes to the one that is left.
      await some(5);
    } finally {
      load.stopped = true;
      await Promise.all(workers);
    }

    // What was in the middle was told so, and nothing else was lost on the way.
    const broken = lives.flatMap((life) => life.broken ?? []);
    expect(broken.filter(({ status }) => status !== 502)).toEqual([]);
    expect(broken.length).toBeLessThanOrEqual(10);

    const faults: string[] = [];
    const left = [...lives];
    const inspect = async (): Promise<void> => {
      for (let life = left.pop(); life; life = left.pop()) faults.push(...(await faultsOf(life, stranger)));
    };
    await Promise.all([inspect(), inspect(), inspect()]);
    expect(faults).toEqual([]);

    const users = new Map(
      (
        await database.query(
          `select id, identifier, roles, disabled_at, (select count(*) from authenticators
           where user_id = users.id) as held from users where identifier like 'killed-%'`,
        )
      ).map((row) => [String(row['identifier']), row]),
    );
    const record = await database.query('select seq, type, user_id from audit order by seq');
    const isRecorded = (type: string, user: unknown): boolean =>
      record.some((row) => row['type'] === type && row['user_id'] === user);
    for (const { identifier, app, done, broken: at } of lives) {
      const user = users.get(identifier);
      // An account is there with its password, or not at all: so nobody is left who cannot sign in.
      if (user) expect([identifier, Number(user['held'])]).not.toEqual([identifier, 0]);
      const missing = done.filter((step) => !isRecorded(recorded[step], user?.['id']));
      expect([identifier, missing]).toEqual([identifier, []]);
      if (done.includes('remove')) {
        expect(await database.query('select id from authenticators where id = $1', [app])).toEqual([]);
      }
      // A change and its record, both or neither, whether it was answered or not.
      const given = JSON.stringify(user?.['roles'] ?? '').includes('helpdesk');
      expect([identifier, given]).toEqual([identifier, isRecorded('roles-changed', user?.['id'])]);
      if (at?.step !== 'role') expect([identifier, given]).toEqual([identifier, done.includes('role')]);
      const locked = (user?.['disabled_at'] ?? null) !== null;
      expect([identifier, locked]).toEqual([identifier, isRecorded('user-locked', user?.['id'])]);
      if (at?.step !== 'lock') expect([identifier, locked]).toEqual([identifier, done.includes('lock')]);
    }
    expect(record.map(({ seq }) => Number(seq))).toEqual(record.map((_row, index) => index + 1));
    const auditor = await createApp(database.open(), { keys: nodes.keys, clock: { now: () => new Date() } });
    try {
      expect(await auditor.auth.verifyAudit()).toBeNull();
    } finally {
      await auditor.close();
    }
  }, 90_000);
});
