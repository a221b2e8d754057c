import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ConfirmedView, EnrolmentView } from '../../packages/cofactor/src/http/contract.ts';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { TestClock } from '../support/clock.ts';
import { oathtoolCode } from '../support/oathtool.ts';
import { formBody, testServer, type TestServer } from '../support/serve.ts';

const keys = [{ id: 'own', secret: Buffer.alloc(32, 5).toString('base64') }];
const password = 'a long word about tulips and rain';

/** The secret in what was printed. */
async function printed({ server }: TestServer): Promise<string> {
  const notice = (await server.setUpNotice()) ?? '';
  const secret = /\/admin\/set-up#(sut_[A-Za-z0-9_-]{43})$/m.exec(notice)?.[1];
  if (secret === undefined) throw new Error(`no link in ${JSON.stringify(notice)}`);
  return secret;
}

/** Opens the page and sends its form. */
async function send(
  browser: TestBrowser,
  token: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return (await open(browser))(token, more);
}

/** The page in a browser, and what sends its form. */
async function open(
  browser: TestBrowser,
): Promise<(token: string, more?: Readonly<Record<string, string>>) => Promise<Answer>> {
  const page = await browser.page('/admin/set-up');
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  return (token, more = {}) =>
    browser.send('POST', '/admin/set-up', formBody({ csrf, token, identifier: 'ada', password, ...more }));
}

onEachDatabase('the first start', (fresh) => {
  let database: TestDatabase;
  const running: TestServer[] = [];
  beforeAll(async () => void (database = await fresh()));
  afterAll(async () => {
    for (const one of running) await one.close();
    await database.drop();
  });
  /** A node, as each start makes one. */
  async function start(clock = new TestClock()): Promise<TestServer> {
    const started = await testServer({ database: database.address, keys }, { clock });
    running.push(started);
    return started;
  }
  const owners = (): Promise<Record<string, unknown>[]> =>
    database.query(`select identifier from users where roles like '%owner%'`);

  it('prints a link once nobody owns the server; the next start makes another, and this one is dead', async () => {
    const first = await start();
    const old = await printed(first);
    const second = await start();
    const secret = await printed(second);
    expect(secret).not.toBe(old);
    for (const { browser } of [first, second]) {
      const refused = await send(browser(), old);
      expect([refused.status, refused.text.includes('not valid any more')]).toEqual([404, true]);
    }
    expect(await owners()).toEqual([]);
    // The log of neither has it, and says that there is one (I-28).
    for (const { lines } of [first, second]) {
      expect(lines.join('')).toContain('a link to set it up was printed');
      expect(lines.join('')).not.toContain('sut_');
    }
  });

  it('stores nothing that the link could be made of', async () => {
    const secret = await printed(await start());
    const rows = JSON.stringify([
      await database.query('select * from setup_tokens'),
      await database.query('select * from audit'),
    ]);
    expect(rows).not.toContain(secret);
    expect(rows).not.toContain(secret.slice(4));
    expect(rows).toContain('set-up-link-made');
  });

  it('of two nodes that start at once, leaves one link alive', async () => {
    const nodes = [await start(), await start()];
    const secrets = await Promise.all(nodes.map(printed));
    const alive = await database.query('select id from setup_tokens where used_at is null');
    expect([new Set(secrets).size, alive.length]).toEqual([2, 1]);
  });

  it('is over after an hour', async () => {
    const clock = new TestClock();
    const node = await start(clock);
    const secret = await printed(node);
    clock.advance(3600);
    expect((await send(node.browser(), secret)).status).toBe(404);
    expect(await owners()).toEqual([]);
  });

  it('asks for the token of the page and for its origin (I-27), and takes no other body', async () => {
    const node = await start();
    const secret = await printed(node);
    const browser = node.browser();
    expect((await send(browser, secret, { csrf: 'x' })).status).toBe(403);
    const form = formBody({ token: secret, identifier: 'eve', password });
    for (const origin of ['https://evil.example', 'null', undefined]) {
      const headers = { ...form.headers, origin };
      expect((await browser.send('POST', '/admin/set-up', { ...form, headers })).status).toBe(403);
    }
    const json = await browser.post('/admin/set-up', { token: secret, identifier: 'eve', password });
    expect(json.status).toBe(400);
    const huge = await browser.send('POST', '/admin/set-up', formBody({ token: 'x'.repeat(20_000) }));
    expect(huge.status).toBe(413);
    expect(await owners()).toEqual([]);
  });

  it('shows what is wrong at its field and keeps the link for the next try', async () => {
    const node = await start();
    const secret = await printed(node);
    const weak = await send(node.browser(), secret, { password: 'tulip' });
    expect([weak.status, /id="cf-password-error"/.test(weak.text)]).toEqual([422, true]);
    expect(weak.text).not.toContain('value="tulip"');
    for (const identifier of ['', '\u0000', 'x'.repeat(300)]) {
      expect((await send(node.browser(), secret, { identifier })).status).toBe(400);
    }
    // No page says it in its address, and none is kept by a browser.
    expect(weak.headers['cache-control']).toBe('no-store');
    expect(weak.headers['referrer-policy']).toBe('same-origin');
    expect(String(weak.headers['content-security-policy'])).toContain("script-src 'self'");
  });

  it('slows down whoever guesses, before anything is hashed', async () => {
    const node = await start();
    const browser = node.browser();
    const page = await browser.page('/admin/set-up');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const guess = (): Promise<Answer> =>
      browser.send('POST', '/admin/set-up', {
        ...formBody({ csrf, token: `sut_${'A'.repeat(43)}`, identifier: 'eve', password }),
        ip: '203.0.113.9',
      });
    const statuses = new Set<number>();
    for (let tries = 0; tries < 302; tries += 1) statuses.add((await guess()).status);
    expect([...statuses]).toEqual([404, 429]);
  });

  it('I-04 makes one owner of many requests at once, on two nodes', async () => {
    const nodes = [await start(), await start()];
    const secret = await printed(nodes[0] as TestServer);
    const browsers = Array.from({ length: 8 }, (_, index) => (nodes[index % 2] as TestServer).browser());
    // The page is gone once there is an owner, so all of them have it open before.
    const forms = await Promise.all(browsers.map(open));
    const answers = await Promise.all(
      forms.map((post, index) => post(secret, { identifier: `owner-${index}` })),
    );
    const statuses = answers.map(({ status }) => status).sort((one, two) => one - two);
    expect(statuses).toEqual([303, 404, 404, 404, 404, 404, 404, 404]);
    expect(await owners()).toHaveLength(1);
    expect(await database.query(`select id from users where identifier like 'owner-%'`)).toHaveLength(1);
    const fault = await nodes[0]?.server.realms.get('users')?.verifyAudit();
    expect(fault).toBeNull();
  });

  it('makes no link any more, and the page leads to the back office', async () => {
    const node = await start();
    expect(await node.server.setUpNotice()).toBeNull();
    const page = await node.browser().page('/admin/set-up');
    expect([page.status, page.headers['location']]).toEqual([303, '/admin/']);
    expect((await database.query('select id from setup_tokens where used_at is null')).length).toBe(0);
  });
});

onEachDatabase('the owner of a server', (fresh) => {
  let database: TestDatabase;
  let node: TestServer;
  beforeAll(async () => {
    database = await fresh();
    node = await testServer({ database: database.address, keys });
  });
  afterAll(async () => {
    await node.close();
    await database.drop();
  });

  it('has to set up a second factor before the back office opens', async () => {
    const browser = node.browser();
    const done = await send(browser, await printed(node));
    expect([done.status, done.headers['location']]).toEqual([303, '/admin/']);
    const opened = await browser.page('/admin/');
    expect(opened.status).toBe(303);
    expect(String(opened.headers['location'])).toMatch(/^\/auth\/security\?return_to=%2Fadmin%2F$/);

    await browser.context();
    const begun = await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
    const key = String(begun.body.setup['key']);
    const confirmed = await browser.post<ConfirmedView>('/auth/enrolments/confirm', {
      enrolment: begun.body.enrolment,
      response: { code: oathtoolCode(key, node.clock.now()) },
      name: 'Phone',
    });
    expect(confirmed.status).toBe(201);
    // Setting it up is no proof of it: it is asked for before the back office opens.
    const asked = await browser.page('/admin/');
    expect([asked.status, String(asked.headers['location'])]).toEqual([
      303,
      expect.stringContaining('/auth/step-up?policy=Back+office'),
    ]);
    node.clock.advance(31);
    const step = await browser.post('/auth/step-up', { policy: 'Back office', returnTo: '/admin/' });
    const code = oathtoolCode(key, node.clock.now());
    const [offer] = (step.body as unknown as { ceremony: { offers: { authenticator: string }[] } }).ceremony
      .offers;
    const stepped = await browser.post('/auth/ceremony', {
      authenticator: offer?.authenticator,
      response: { code },
    });
    expect(stepped.body.status).toBe('done');
    const inside = await browser.page('/admin/');
    // 503 with a word on it where this copy has no pages.
    expect([200, 503]).toContain(inside.status);
    expect(inside.headers['location']).toBeUndefined();
  });

  it('is recorded as such, in a chain that is whole (I-09)', async () => {
    const rows = await database.query('select type, data from audit order by seq');
    expect(rows.map(({ type }) => type).slice(0, 3)).toEqual([
      'set-up-link-made',
      'user-created',
      'signed-in',
    ]);
    expect(rows[1]?.['data']).toContain('"roles":["owner"]');
    expect(await node.server.realms.get('users')?.verifyAudit()).toBeNull();
  });

  it('leaves nobody else in: not without a session, and not with a password alone', async () => {
    const stranger = node.browser();
    for (const path of ['/admin', '/admin/', '/admin/users/usr_1']) {
      const answer = await stranger.page(path);
      const to = `/auth/sign-in?return_to=${encodeURIComponent(path)}`;
      expect([path, answer.status, answer.headers['location']]).toEqual([path, 303, to]);
    }
    expect((await stranger.get('/admin/')).status).toBe(401);
  });
});
