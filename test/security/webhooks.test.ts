import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createWebhooks, verifyWebhook, type WebhookSettings } from 'cofactor/webhooks';
import { createApp, createAuth, onEachDatabase, type TestApp, type TestDatabase } from '../support/app.ts';
import { TestClock } from '../support/clock.ts';
import { spawnServer } from '../support/server.ts';
import { dump } from '../support/tables.ts';
import { seqOf, startToldSystem, status, type ToldSystem } from '../support/webhooks.ts';

const allowNetworks = ['127.0.0.0/8'];
const keySecret = randomBytes(32).toString('base64');

onEachDatabase('webhooks under attack', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let system: ToldSystem;
  const logged: unknown[] = [];
  beforeAll(async () => {
    database = await fresh();
    system = await startToldSystem();
    const keep = (details: object, message: string): void => void logged.push([details, message]);
    const log = { info: keep, warn: keep, error: keep };
    app = await createApp(database.open(), { keys: [{ id: 'test', secret: keySecret }], log });
  });
  afterAll(async () => {
    await app.close();
    await system.close();
    await database.drop();
  });
  const happens = async (): Promise<void> => {
    const { store, audit } = app.auth.engine;
    await store.appendAudit('users', audit.entry('signed-in', null, {}));
  };

  it('SSRF: names that lead to private addresses are looked up by us, and not connected to', async () => {
    const strict = createWebhooks(app.auth);
    const { port } = new URL(system.origin);
    for (const [n, host] of ['localhost', 'localhost.', 'ip6-localhost.localhost'].entries()) {
      const id = `local-${n}`;
      await strict.put({ id, name: 'Local', url: `http://${host}:${port}/`, types: '*' });
      const { ok, error } = (await strict.test(id)) ?? expect.fail();
      // A name that nobody knows leads nowhere either.
      expect([host, ok, /^(address refused|ENOTFOUND|EAI_AGAIN)$/.test(error ?? '')]).toEqual([
        host,
        false,
        true,
      ]);
      await strict.deliver();
      expect(await strict.status(id)).toMatchObject({ state: 'retrying', delivered: 0 });
      await strict.remove(id);
    }
    expect(system.told).toEqual([]);
  });

  it('SSRF: what was allowed once and is not any more is refused when it is its turn', async () => {
    const loose = createWebhooks(app.auth, { allowNetworks });
    await loose.put({ id: 'once', name: 'Once', url: system.origin, types: '*' });
    const strict = createWebhooks(app.auth);
    expect(await strict.test('once')).toEqual({ ok: false, error: 'address refused' });
    expect(system.told).toEqual([]);
    await loose.remove('once');
  });

  it('follows no redirect, and reads no more than it has to', async () => {
    const webhooks = createWebhooks(app.auth, { allowNetworks });
    await webhooks.put({ id: 'away', name: 'Away', url: `${system.origin}/first`, types: '*' });
    for (const code of [301, 302, 303, 307, 308]) {
      system.answer = status(code, { location: `${system.origin}/second` });
      expect(await webhooks.test('away')).toEqual({ ok: false, error: `status ${code}` });
    }
    expect(new Set(system.told.map(({ path }) => path))).toEqual(new Set(['/first']));
    // An answer without an end.
    let written = 0;
    const ended = new Promise<void>((resolve) => {
      system.answer = (_told, response) => {
        response.writeHead(200);
        const more = (): void => {
          while (response.write('x'.repeat(4096))) written += 4096;
          written += 4096;
        };
        response.on('drain', more).on('close', resolve).on('error', resolve);
        more();
      };
    });
    expect(await webhooks.test('away')).toEqual({ ok: true, error: null });
    await ended;
    // What lies in the buffers of two sockets, and not what could have been sent.
    expect(written).toBeLessThan(20_000_000);
    system.answer = status(204);
    system.told.length = 0;
    await webhooks.remove('away');
  });

  it('waits ten seconds for an answer and no longer', async () => {
    const webhooks = createWebhooks(app.auth, { allowNetworks });
    await webhooks.put({ id: 'slow', name: 'Slow', url: system.origin, types: '*' });
    const arrived = new Promise<void>((resolve) => (system.answer = () => resolve()));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      let done = false;
      const testing = webhooks.test('slow').finally(() => (done = true));
      await arrived;
      vi.advanceTimersByTime(9_999);
      await new Promise((resolve) => setImmediate(resolve));
      expect(done).toBe(false);
      vi.advanceTimersByTime(1);
      expect(await testing).toEqual({ ok: false, error: 'timed out' });
    } finally {
      vi.useRealTimers();
    }
    system.answer = status(204);
    system.told.length = 0;
    await webhooks.remove('slow');
  });

  it('I-05 I-28 the secret is handed out once, and is nowhere else: not in the database, the record, the log', async () => {
    const webhooks = createWebhooks(app.auth, { allowNetworks });
    const { secret } = await webhooks.put({ id: 'quiet', name: 'Quiet', url: system.origin, types: '*' });
    await happens();
    await webhooks.deliver();
    system.answer = status(500);
    await happens();
    await webhooks.deliver();
    const exported: string[] = [];
    for await (const piece of app.auth.audit.export({ format: 'jsonl' })) exported.push(piece);
    const everywhere = JSON.stringify([
      await dump(database),
      exported,
      logged,
      system.told,
      await webhooks.list(),
      await webhooks.status('quiet'),
    ]);
    const raw = Buffer.from((secret ?? '').slice(6), 'base64');
    for (const form of [(secret ?? '').slice(6), raw.toString('hex'), raw.toString('base64url')]) {
      expect(form.length).toBeGreaterThan(40);
      expect(everywhere).not.toContain(form);
    }
    expect(logged.length).toBeGreaterThan(0);
    system.answer = status(204);
    system.told.length = 0;
    await webhooks.remove('quiet');
  });

  it('I-05 A-211 a secret that was moved from another row signs nothing', async () => {
    const webhooks = createWebhooks(app.auth, { allowNetworks });
    await webhooks.put({ id: 'mine', name: 'Mine', url: system.origin, types: '*' });
    await webhooks.put({ id: 'theirs', name: 'Theirs', url: system.origin, types: ['never'] });
    await database.query(
      "update webhooks set secret = (select w.secret from webhooks as w where w.id = 'mine') where id = 'theirs'",
    );
    await database.query(`update webhooks set data = replace(data, '["never"]', '"*"') where id = 'theirs'`);
    await webhooks.remove('mine');
    await happens();
    await webhooks.deliver();
    expect(system.told).toEqual([]);
    expect(await webhooks.status('theirs')).toMatchObject({ tries: 1, lastError: 'secret unreadable' });
    await webhooks.remove('theirs');
  });

  it('I-04 a node that is killed in the middle of a delivery: another one tells it, and nothing is lost', async () => {
    const webhooks = createWebhooks(app.auth, { allowNetworks });
    await webhooks.put({ id: 'killed', name: 'Killed', url: system.origin, types: ['signed-in'] });
    for (let n = 0; n < 5; n += 1) await happens();
    // It hears two, and the node is killed while it waits for the answer to the third.
    const third = new Promise<void>((resolve) => {
      system.answer = (_told, response) => {
        if (system.told.length < 3) response.writeHead(204).end();
        else resolve();
      };
    });
    const script = fileURLToPath(new URL('../support/servers/webhooks-node.ts', import.meta.url));
    const node = await spawnServer(script, { DATABASE: database.address, KEY: keySecret, NODE_ENV: 'test' });
    await third;
    await node.kill();
    const before = [...system.told];
    system.told.length = 0;
    system.answer = status(204);
    // By our clock, which is ahead, its lease is over.
    expect(await webhooks.deliver()).toBe(3);
    const heard = [...before, ...system.told].map(seqOf);
    const [, , thirdSeq = 0] = heard;
    expect(heard).toEqual([thirdSeq - 2, thirdSeq - 1, thirdSeq, thirdSeq, thirdSeq + 1, thirdSeq + 2]);
    expect(system.told[0]?.headers['webhook-id']).toBe(before[2]?.headers['webhook-id']);
    expect(system.told[0]?.body).toBe(before[2]?.body);
    system.told.length = 0;
    await webhooks.remove('killed');
  });

  it('a receiver takes nothing that is not genuine and of now', async () => {
    const webhooks = createWebhooks(app.auth, { allowNetworks });
    const { secret } = await webhooks.put({ id: 'told', name: 'Told', url: system.origin, types: '*' });
    await webhooks.test('told');
    const [{ headers, body } = expect.fail()] = system.told;
    const now = app.clock.now();
    const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
    const good = { headers, body, secret: secret ?? '', now };
    const check = (more: Partial<typeof good>): unknown => {
      const { headers: sent, body: text, secret: key, now: time } = { ...good, ...more };
      return verifyWebhook(key, sent, text, time);
    };
    const sign = String(headers['webhook-signature']);
    expect(check({})).not.toBeNull();
    expect(check({ body: Buffer.from(body) as never })).not.toBeNull();
    // One of several, as while a secret is changed.
    expect(
      check({ headers: { ...headers, 'webhook-signature': `v1,AAAA v1a,BBBB ${sign}` } }),
    ).not.toBeNull();
    const wrong: Readonly<Record<string, Partial<typeof good>>> = {
      'another secret': { secret: `whsec_${randomBytes(32).toString('base64')}` },
      'another body': { body: body.replace('webhook-test', 'webhook-tesT') },
      'more at the end': { body: `${body} ` },
      'another id': { headers: { ...headers, 'webhook-id': 'evt_1' } },
      'another time': {
        headers: { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) },
      },
      'too old': { now: at(302) },
      'from ahead': { now: at(-302) },
      'no time': { headers: { ...headers, 'webhook-timestamp': undefined } },
      'no number': { headers: { ...headers, 'webhook-timestamp': 'NaN' } },
      'no id': { headers: { ...headers, 'webhook-id': undefined } },
      'no signature': { headers: { ...headers, 'webhook-signature': '' } },
      'a piece of one': { headers: { ...headers, 'webhook-signature': sign.slice(0, -1) } },
      'another version': { headers: { ...headers, 'webhook-signature': sign.replace('v1', 'v2') } },
      'a list': { headers: { ...headers, 'webhook-signature': [sign] as never } },
    };
    for (const [what, more] of Object.entries(wrong)) expect([what, check(more)]).toEqual([what, null]);
    for (const none of ['', 'secret', 'whsec_', 'whsec_AAAA'])
      expect(() => check({ secret: none })).toThrow(TypeError);
    system.told.length = 0;
    await webhooks.remove('told');
  });
});

describe('settings of webhooks', () => {
  const wrongOf = async (
    settings: Partial<WebhookSettings> & Record<string, unknown>,
    production = false,
  ): Promise<unknown> => {
    const { sqlite } = await import('cofactor/sqlite');
    const auth = createAuth(sqlite(':memory:'), { clock: new TestClock() });
    const engine = { ...auth.engine, config: { ...auth.engine.config, production } };
    const good = { name: 'Alerts', url: 'https://alerts.example.com/in', types: '*' } as const;
    const put = createWebhooks({ engine }).put({ ...good, ...settings });
    const code = await put.then(
      () => 'put',
      (error: unknown) => (error as { code?: unknown }).code,
    );
    await auth.close();
    return code;
  };

  it.each([
    { url: 'ftp://example.com' },
    { url: 'javascript:alert(1)' },
    { url: 'file:///etc/passwd' },
    { url: '/in' },
    { url: 'https://' },
    { url: '' },
    { url: 7 },
    { url: 'https://user:password@example.com/' },
    { url: 'https://example.com/#part' },
    { url: `https://example.com/${'x'.repeat(2048)}` },
    // The same address in other clothes.
    { url: 'https://127.0.0.1/' },
    { url: 'https://2130706433/' },
    { url: 'https://0x7f.1/' },
    { url: 'https://0177.0.0.1/' },
    { url: 'https://127.1/' },
    { url: 'https://１２７.0.0.1/' },
    { url: 'https://[::1]/' },
    { url: 'https://[::ffff:127.0.0.1]/' },
    { url: 'https://169.254.169.254/latest/meta-data/' },
    { url: 'https://[fd00:ec2::254]/' },
    { url: 'https://10.0.0.1/' },
    { name: '' },
    { name: 'x'.repeat(65) },
    { name: 'two\nlines' },
    { types: [] },
    { types: 'signed-in' },
    { types: ['*'] },
    { types: ["'; drop table audit; --"] },
    { id: '' },
    { id: '../x' },
    { id: 'x'.repeat(33) },
    { newSecret: 'yes' },
    { secret: 'whsec_mine' },
    JSON.parse('{"__proto__":{"x":1},"constructor":1}') as Record<string, unknown>,
  ] as readonly Record<string, unknown>[])('refuses %j', async (settings) => {
    expect(await wrongOf(settings)).toBe('ERR_CONFIG_WEBHOOKS');
  });

  it('takes http under development only', async () => {
    expect(await wrongOf({ url: 'http://alerts.example.com' }, true)).toBe('ERR_CONFIG_WEBHOOKS');
  });

  it.each([
    { allowNetworks: ['all'] },
    { allowNetworks: '10.0.0.0/8' },
    { every: 0 },
    { every: '1000' },
    { ever: 1 },
  ])('refuses the options %j', (options) => {
    expect(() => createWebhooks({ engine: {} as never }, options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_WEBHOOKS' }),
    );
  });
});
