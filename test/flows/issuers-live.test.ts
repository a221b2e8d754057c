import { createCofactor } from 'cofactor';
import { createAdmin, type Admin } from 'cofactor/admin';
import { password } from 'cofactor/password';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StepView } from '../../packages/cofactor/src/http/contract.ts';
import { repeat as bySystem, type Repeat } from '../../packages/server/src/server/system.ts';
import { freshPostgresDatabase, onEachDatabase, type TestDatabase } from '../support/app.ts';
import type { Answer } from '../support/browser.ts';
import { operator } from '../support/charge.ts';
import { TestClock } from '../support/clock.ts';
import { comeBack, leave, redirectUris, type Visitor } from '../support/external.ts';
import { plainHasher } from '../support/hasher.ts';
import { describeWith } from '../support/needs.ts';
import { startServedNodes } from '../support/served-nodes.ts';
import { testServer, type TestServer } from '../support/serve.ts';
import { clientSecret, Upstream, UpstreamBrowser } from '../support/upstream.ts';

const keys = [{ id: 'own', secret: Buffer.alloc(32, 5).toString('base64') }];
const strong = { claim: 'acr', value: 'urn:upstream:mfa', level: 'mfa' } as const;

onEachDatabase('issuers that change while two nodes are at work', (fresh) => {
  const clock = new TestClock();
  const looks: (() => Promise<void>)[] = [];
  /** What a node does every two seconds is done when a test says so. */
  const repeat: Repeat = (everyMs, work) => {
    expect(everyMs).toBe(2000);
    looks.push(work);
    return () => Promise.resolve();
  };
  const pass = async (): Promise<void> => {
    for (const look of looks) await look();
  };
  let database: TestDatabase;
  let upstream: Upstream;
  let one: TestServer;
  let two: TestServer;
  let admin: Admin;

  const start = async (): Promise<TestServer> => {
    const given = { database: database.address, keys, registration: true, port: 0, host: '127.0.0.1' };
    const node = await testServer(given, { clock, repeat });
    await node.server.listen();
    return node;
  };
  const engineOf = ({ server }: TestServer) => (server.realms.get('users') ?? expect.fail()).engine;
  const visitor = (node: TestServer): Visitor => ({ browser: node.browser(), there: new UpstreamBrowser() });
  /** The same person with the same browser, at the other node. */
  const moved = ({ browser, there }: Visitor, node: TestServer): Visitor => {
    const next = node.browser();
    for (const [name, value] of browser.cookies) next.cookies.set(name, value);
    return { browser: next, there };
  };
  const signIn = async (node: TestServer, provider = 'acme-id'): Promise<Answer<StepView>> => {
    const person = visitor(node);
    return comeBack(person, await person.there.visit(await leave(person, { provider })));
  };
  const levelOf = async ({ browser }: Visitor): Promise<string | undefined> =>
    (await browser.context()).session?.acr;
  const offered = async (node: TestServer): Promise<readonly string[]> =>
    (await node.browser().context()).first.map(({ provider }) => provider);
  const fault = (node: TestServer): readonly string[] =>
    node.lines.filter((line) => /"level":(40|50)/.test(line));

  async function put(
    name: string,
    more: Readonly<Record<string, unknown>> = {},
    secret: string | null = clientSecret,
  ): Promise<void> {
    const { issuer, clientId } = upstream;
    const settings = { label: 'Acme ID', issuer, clientId, accounts: 'create', ...more };
    const asked = { name, settings, clientSecret: secret, check: () => null };
    expect(await admin.issuers.put(operator, asked)).toEqual({ status: 'done' });
  }

  beforeAll(async () => {
    database = await fresh();
    upstream = await Upstream.start({ clock, redirectUris: redirectUris() });
    [one, two] = [await start(), await start()];
    admin = createAdmin(one.server.realms.get('users') ?? expect.fail());
  });
  afterAll(async () => {
    await Promise.all([one, two].map((node) => node?.close()));
    await upstream?.close();
    await database?.drop();
  });

  it('one that is added is there at every node at its next look, and people sign in with it', async () => {
    await put('acme-id');
    expect(await offered(two)).not.toContain('acme-id');
    await pass();
    for (const node of [one, two]) {
      expect(await offered(node)).toContain('acme-id');
      expect((await signIn(node)).body).toMatchObject({ status: 'done' });
    }
    expect(two.server.metrics.text()).toContain('method="acme-id"');
  });

  it('a look that finds nothing new changes nothing, and one issuer does not disturb another', async () => {
    const { providers } = engineOf(two).config;
    const before = providers.get('acme-id');
    await put('second', { label: 'Second' });
    await pass();
    expect(providers.get('acme-id')).toBe(before);
    expect(await offered(two)).toEqual(expect.arrayContaining(['acme-id', 'second']));
    await admin.issuers.remove(operator, 'second');
    await pass();
    expect(providers.has('second')).toBe(false);
  });

  it('a sign-in that is half way at one node is completed at the other, with the issuer as it is by then', async () => {
    const person = visitor(one);
    const address = await leave(person);
    await put('acme-id', { label: 'Acme, renamed' });
    await pass();
    const done = await comeBack(moved(person, two), await person.there.visit(address));
    expect(done.body).toMatchObject({ status: 'done' });
  });

  it('a session that is open stays open, and what is in the middle of a password sign-in is not touched', async () => {
    const person = visitor(one);
    await comeBack(person, await person.there.visit(await leave(person)));
    const { browser } = visitor(one);
    await browser.context();
    const registered = await browser.post('/auth/register', {
      identifier: 'grace',
      provider: 'password',
      response: { password: 'a long word about tulips and rain' },
    });
    expect(registered.status).toBe(200);
    await put('acme-id', { label: 'Acme ID' });
    await pass();
    for (const open of [person, { ...person, browser }]) {
      expect((await moved(open, two).browser.get('/auth/security')).status).toBe(200);
    }
  });

  it('I-18 an acr that is trusted from now on is believed, and one that no longer is, is not: not even of who is on the way', async () => {
    upstream.says = { acr: strong.value };
    await put('acme-id', { trust: [strong] });
    await pass();
    const [trusted, late] = [visitor(one), visitor(one)];
    await comeBack(trusted, await trusted.there.visit(await leave(trusted)));
    expect(await levelOf(trusted)).toBe('mfa');

    const back = await late.there.visit(await leave(late));
    await put('acme-id', { trust: [{ ...strong, value: 'urn:upstream:other' }] });
    await pass();
    const there = moved(late, two);
    expect((await comeBack(there, back)).body).toMatchObject({ status: 'done' });
    expect(await levelOf(there)).toBe('pwd');
    upstream.says = {};
  });

  it('another client secret is the one that is used: a wrong one lets nobody in at any node, the right one does again', async () => {
    await put('acme-id', {}, 'a secret that is none');
    await pass();
    for (const node of [one, two]) {
      const tried = upstream.exchanges;
      const answer = await signIn(node);
      expect([upstream.exchanges, answer.body.status === 'done']).toEqual([tried + 1, false]);
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
    await put('acme-id');
    await pass();
    expect((await signIn(two)).body).toMatchObject({ status: 'done' });
  });

  it('I-13 nobody gets rid of a limit by it: counters, caches and the hash queue are those of before', async () => {
    const engine = engineOf(one);
    const { networks, openers, cache, background } = engine;
    const hashes = engine.config.providers.get('password');
    const ip = '198.51.100.7';
    for (let n = 0; n < engine.config.wrongPerMinute; n += 1) networks.add(ip, clock.now());
    const guess = async (): Promise<number> => {
      const browser = one.browser();
      browser.ip = ip;
      await browser.context();
      const response = { password: 'a guess at what it could be' };
      return (await browser.post('/auth/sign-in', { identifier: 'ada', provider: 'password', response }))
        .status;
    };
    expect(await guess()).toBe(429);
    const counted = numbers(one);
    await put('acme-id', { label: 'Acme once more' });
    await pass();
    expect(await guess()).toBe(429);
    const after = engineOf(one);
    expect([after.networks, after.openers, after.cache, after.background]).toEqual([
      networks,
      openers,
      cache,
      background,
    ]);
    expect(after.networks).toBe(networks);
    expect(after.config.providers.get('password')).toBe(hashes);
    for (const [series, value] of counted) expect(numbers(one).get(series)).toBeGreaterThanOrEqual(value);
  });

  it('I-12 those that cannot be used take nothing down: told once, left out, and used once they are put right', async () => {
    await put('broken', { issuer: 'nowhere' });
    await put('totp');
    await put('moved');
    await put('torn');
    await database.query("update external_issuers set secret = 'v1.own.AAAA.AAAA' where id = 'moved'");
    await database.query("update external_issuers set data = '{' where id = 'torn'");
    const told = fault(two).length;
    for (let n = 0; n < 3; n += 1) await pass();
    const lines = fault(two).slice(told);
    expect(lines).toHaveLength(4);
    for (const name of ['broken', 'totp', 'moved', 'torn']) {
      expect(lines.filter((line) => line.includes(`"issuer":"${name}"`))).toHaveLength(1);
    }
    expect(lines.join('')).not.toContain(clientSecret);
    const { providers } = engineOf(two).config;
    expect(['broken', 'moved', 'torn'].filter((name) => providers.has(name))).toEqual([]);
    expect(providers.get('totp')?.usage).toBe('second');
    expect((await signIn(two)).body).toMatchObject({ status: 'done' });
    const third = await start();
    expect(await offered(third)).toContain('acme-id');
    await third.close();
    looks.pop();

    for (const name of ['totp', 'moved', 'torn']) await admin.issuers.remove(operator, name);
    await put('broken', { issuer: 'https://issuer.example' });
    await pass();
    expect(await offered(two)).toContain('broken');
    await admin.issuers.remove(operator, 'broken');
    await pass();
  });

  it('where they cannot be read everything goes on as it is, told once, until they can', async () => {
    const told = fault(two).length;
    await database.query('alter table external_issuers rename to away');
    await pass();
    await pass();
    await database.query('alter table away rename to external_issuers');
    expect(fault(two).slice(told)).toEqual([expect.stringContaining('could not be read')]);
    expect(await offered(two)).toContain('acme-id');
    await put('second', { label: 'Second' });
    await pass();
    expect(await offered(two)).toContain('second');
  });

  it('I-12 with one that is removed nobody signs in at any node: no page, no offer, no answer that is on the way', async () => {
    upstream.person = 'ben';
    expect((await signIn(one)).body).toMatchObject({ status: 'done' });
    const person = visitor(one);
    const back = await person.there.visit(await leave(person));
    const enrols = visitor(two);
    await comeBack(enrols, await enrols.there.visit(await leave(enrols)));
    await admin.issuers.remove(operator, 'acme-id');
    await pass();
    const tried = upstream.exchanges;
    const fresh = await start();
    const answers: unknown[] = [];
    for (const node of [one, two, fresh]) {
      const late = moved(person, node);
      const { browser } = late;
      await browser.context();
      const page = await browser.page('/auth/external/acme-id');
      const asked = await browser.post('/auth/challenges', { provider: 'acme-id' });
      const response = Object.fromEntries(back.searchParams);
      const answered = await browser.post('/auth/sign-in', {
        provider: 'acme-id',
        response: { state: response['state'], code: response['code'], iss: response['iss'] },
      });
      const linked = moved(enrols, node).browser;
      const { session: open } = await linked.context();
      const confirmed = await linked.post('/auth/step-up', { returnTo: '/auth/security' });
      answers.push({
        page: page.status,
        asked: told(asked),
        answered: told(answered),
        offered: await offered(node),
        // What was proved before it was removed was proved.
        open: open?.acr,
        confirmed: told(confirmed),
        session: (await browser.context()).session,
      });
    }
    await fresh.close();
    looks.pop();
    expect(upstream.exchanges).toBe(tried);
    const [atOne, atTwo, afterStart] = answers;
    expect(atOne).toEqual({
      page: 404,
      asked: { status: 400, problem: 'malformed' },
      answered: { status: 400, problem: 'malformed', pointer: '/provider' },
      offered: expect.not.arrayContaining(['acme-id']) as unknown,
      open: 'pwd',
      confirmed: expect.anything() as unknown,
      session: null,
    });
    // As if both had been started anew.
    expect([atOne, atTwo]).toEqual([afterStart, afterStart]);
  });
});

function told({ status, problem, body }: Answer): Readonly<Record<string, unknown>> {
  return { status, problem, pointer: (body as { pointer?: string } | undefined)?.pointer };
}

/** Every counter that a node has. */
function numbers({ server }: TestServer): ReadonlyMap<string, number> {
  const lines = server.metrics.text().split('\n');
  return new Map(
    lines
      .filter((line) => /^cofactor_\w+_total/.test(line))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

describe('what a node does again and again', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('waits for the last time to be over, and goes on when that went wrong', async () => {
    const under: { readonly resolve: () => void; readonly reject: (why: Error) => void }[] = [];
    const stop = bySystem(
      2000,
      () => new Promise<void>((resolve, reject) => void under.push({ resolve, reject })),
    );
    await vi.advanceTimersByTimeAsync(1999);
    expect(under).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(under).toHaveLength(1);
    under[0]?.reject(new Error('the database is away'));
    await vi.advanceTimersByTimeAsync(2000);
    expect(under).toHaveLength(2);

    const over = vi.fn();
    const stopping = stop().then(over);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(over).not.toHaveBeenCalled();
    under[1]?.resolve();
    await stopping;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(under).toHaveLength(2);
  });
});

describeWith('PostgreSQL', 'issuers that change while two processes serve', () => {
  it('are taken up and left by both within seconds, without a restart', async () => {
    const database = await freshPostgresDatabase();
    const ring = `own:${keys[0]?.secret ?? ''}`;
    const nodes = await startServedNodes(database, { COFACTOR_KEYS: ring });
    const auth = createCofactor({
      database: database.open(),
      keys,
      factors: [password({ hasher: plainHasher })],
      origin: 'http://localhost:3000',
    });
    try {
      const settings = { label: 'Work', issuer: 'https://work.example', clientId: 'us' };
      const asked = { name: 'work', settings, clientSecret: 'known to few', check: () => null };
      const offered = (): Promise<readonly boolean[]> =>
        Promise.all(
          [0, 1].map(async (index) => {
            const { first } = await nodes.browser(index).context();
            return first.some(({ provider }) => provider === 'work');
          }),
        );
      const issuers = createAdmin(auth).issuers;
      await issuers.put(operator, asked);
      await expect.poll(offered, { timeout: 20_000, interval: 100 }).toEqual([true, true]);
      await issuers.remove(operator, 'work');
      await expect.poll(offered, { timeout: 20_000, interval: 100 }).toEqual([false, false]);
      expect(nodes.servers.map((server) => server.output()).join('')).not.toContain('known to few');
    } finally {
      await auth.close();
      await nodes.stop();
      await database.drop();
    }
  }, 60_000);
});
