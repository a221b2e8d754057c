import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { quickCode, wrongCodes } from '../support/codes.ts';
import { browserAt, codeStep, passwordStep, startNodes, type Nodes } from '../support/nodes.ts';
import { seed, type Seeded } from '../support/seed.ts';

onEachDatabase('two processes on one database', (fresh, empty) => {
  let database: TestDatabase;
  let nodes: Nodes;
  beforeAll(async () => {
    database = await fresh();
    nodes = await startNodes(database, 2);
  });
  afterAll(async () => {
    await nodes?.stop();
    await database.drop();
  });

  const [one, two] = [0, 1];
  const server = (n: number): Nodes['servers'][number] => nodes.servers[n % 2] ?? expect.fail('no server');
  const someone = async (apps = 1): Promise<Seeded> =>
    (await seed(nodes.local.auth, 1, apps))[0] ?? expect.fail();
  /** Sign-ins as far as the second step, half of them at each process. */
  const pending = async (person: Seeded, count: number): Promise<TestBrowser[]> => {
    const browsers: TestBrowser[] = [];
    for (let n = 0; n < count; n += 1) {
      const browser = await browserAt(server(n));
      await passwordStep(browser, person, `2001:db8:${n.toString(16)}::1`);
      browsers.push(browser);
    }
    return browsers;
  };
  const now = (): Date => new Date();
  const signedIn = async (person: Seeded, app = 0): Promise<TestBrowser> => {
    const [browser = expect.fail()] = await pending(person, 1);
    const code = quickCode(person.keys[app] ?? '', now());
    const done = await codeStep(browser, person.apps[app] ?? '', code);
    expect(done.body.status).toBe('done');
    return browser;
  };
  const sessionsOf = async (person: Seeded): Promise<number> =>
    Number(
      (await database.query('select count(*) as n from sessions where user_id = $1', [person.id]))[0]?.['n'],
    );
  const evaluations = async (): Promise<number> => {
    const counts = await Promise.all(
      nodes.servers.map(
        async ({ url }) => (await fetch(`${url}/evaluations`)).json() as Promise<{ evaluations: number }>,
      ),
    );
    return counts.reduce((sum, { evaluations: some }) => sum + some, 0);
  };

  it.each(['code of the app', 'recovery code'])(
    'A-51 I-04 a %s sent twenty times at once lets in once',
    async (kind) => {
      const person = await someone();
      const browsers = await pending(person, 10);
      const recovery = kind === 'recovery code';
      const authenticator = recovery ? person.recoveryAuthenticator : (person.apps[0] ?? '');
      const code = recovery ? (person.recovery[0] ?? '') : quickCode(person.keys[0] ?? '', now());
      // Each sign-in is answered at both processes at once.
      const both = await Promise.all(
        browsers.flatMap((browser) => [browserAt(server(one), browser), browserAt(server(two), browser)]),
      );
      const answers = await Promise.all(both.map((browser) => codeStep(browser, authenticator, code)));
      expect(answers.filter(({ body }) => body?.status === 'done')).toHaveLength(1);
      // Refused as used, as a finished sign-in, or as more tries at once than anybody needs; never as broken.
      expect(
        answers.map(({ status }) => status).filter((status) => ![200, 401, 409, 429].includes(status)),
      ).toEqual([]);
      expect(await sessionsOf(person)).toBe(1);
      const rows = await database.query("select seq from audit where type = 'signed-in' and user_id = $1", [
        person.id,
      ]);
      expect(rows).toHaveLength(1);
    },
  );

  it('A-15 of twenty right answers to one sign-in, at both processes, one becomes a session', async () => {
    const person = await someone();
    const [browser = expect.fail()] = await pending(person, 1);
    const codes = person.recovery.slice(0, 4);
    const copies = await Promise.all(codes.map((_code, n) => browserAt(server(n), browser)));
    const answers = await Promise.all(
      copies.map((copy, n) => codeStep(copy, person.recoveryAuthenticator, codes[n] ?? '')),
    );
    expect(answers.filter(({ body }) => body?.status === 'done')).toHaveLength(1);
    expect(await sessionsOf(person)).toBe(1);
    const used = await database.query(
      'select hash from lookup_secrets where authenticator_id = $1 and used_at is not null',
      [person.recoveryAuthenticator],
    );
    expect(used).toHaveLength(1);
  });

  // Tracks: CVE-2024-4629, CVE-2023-47111
  it('A-23 I-13 of 200 wrong codes at once for one sign-in no more than five are looked at', async () => {
    const person = await someone();
    const [browser = expect.fail()] = await pending(person, 1);
    const copies = await Promise.all([browserAt(server(one), browser), browserAt(server(two), browser)]);
    const before = await evaluations();
    const answers = await Promise.all(
      wrongCodes(person.keys[0] ?? '', now(), 200).map((code, n) =>
        codeStep(copies[n % 2] ?? browser, person.apps[0] ?? '', code),
      ),
    );
    expect(await evaluations()).toBe(before + 5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(196);
  });

  it('A-23 I-13 nor more than ten for many sign-ins', async () => {
    for (let round = 0; round < 5; round += 1) {
      const person = await someone();
      const browsers = await pending(person, 12);
      const before = await evaluations();
      await Promise.all(
        wrongCodes(person.keys[0] ?? '', now(), 60).map((code, n) =>
          codeStep(browsers[n % 12] ?? expect.fail(), person.apps[0] ?? '', code),
        ),
      );
      expect((await evaluations()) - before).toBe(10);
      const [row] = await database.query('select failures from authenticators where id = $1', [
        person.apps[0],
      ]);
      expect(Number(row?.['failures'])).toBe(10);
    }
  });

  it('I-14 of the last two authenticators, removed at both processes at once, one is left', async () => {
    const remove = (browser: TestBrowser, id = ''): Promise<Answer> =>
      browser.send('DELETE', '/auth/authenticators', { body: { id } });
    for (let round = 0; round < 5; round += 1) {
      const person = await someone(2);
      // From one session twice, or from two of them.
      const first = await signedIn(person, 0);
      const second = round % 2 === 0 ? first : await signedIn(person, 1);
      const [at, other] = await Promise.all([browserAt(server(one), first), browserAt(server(two), second)]);
      const answers = await Promise.all([remove(at, person.apps[0]), remove(other, person.apps[1])]);
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      const left = await database.query(
        "select id from authenticators where user_id = $1 and usage = 'second'",
        [person.id],
      );
      expect(left).toHaveLength(1);
      // Nor afterwards, by the session that goes on and has proved itself anew.
      const winner = answers[0]?.status === 204 ? at : other;
      await winner.post('/auth/step-up', {});
      await codeStep(winner, person.recoveryAuthenticator, person.recovery[0] ?? '');
      expect((await remove(winner, String(left[0]?.['id']))).problem).toBe('last-authenticator');
    }
  });

  it('A-103 a session ended at one process is over there at once, at the other within a second', async () => {
    const person = await someone();
    const here = await signedIn(person);
    const there = await browserAt(server(two), here);
    const status = async (browser: TestBrowser, path: string): Promise<number> =>
      (await browser.get(path)).status;
    // Both have it in their memory now.
    expect([await status(here, '/admin'), await status(there, '/admin')]).toEqual([200, 200]);
    const again = await browserAt(server(one), here);
    expect((await here.post('/auth/sign-out')).status).toBe(204);
    const ended = Date.now();
    expect(await status(again, '/admin')).toBe(401);
    expect(await status(there, '/auth/security')).toBe(401);
    expect((await there.post('/auth/enrolments', { provider: 'totp' })).status).toBe(401);
    // Now that it has learned it, it believes its memory no more.
    expect(await status(there, '/admin')).toBe(401);
    await sleep(Math.max(0, 1000 - (Date.now() - ended)));
    expect(await status(there, '/admin')).toBe(401);
  });

  it('I-09 the chain that both of them wrote is whole', async () => {
    expect(await nodes.local.auth.verifyAudit()).toBeNull();
  });

  it('two nodes that start at once on an empty database both come up, ten times in a row', async () => {
    for (let round = 0; round < 10; round += 1) {
      const other = await empty();
      const body = JSON.stringify({ address: other.address });
      const headers = { 'content-type': 'application/json' };
      const starts = nodes.servers.flatMap(({ url }) => [
        fetch(`${url}/start`, { method: 'POST', body, headers }),
        fetch(`${url}/start`, { method: 'POST', body, headers }),
      ]);
      const told = await Promise.all((await Promise.all(starts)).map((answer) => answer.text()));
      expect(told).toEqual(told.map(() => '{"started":true}'));
      expect(await other.query('select count(*) as n from users')).toHaveLength(1);
      await other.drop();
    }
  });
});
