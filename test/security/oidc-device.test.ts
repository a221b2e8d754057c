import { afterEach, beforeEach, expect, it } from 'vitest';
import { codeOf, onEachDatabase, register, signInWithPassword, type TestDatabase } from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { submit } from '../support/forms.ts';
import { ownKey } from '../support/https.ts';
import { claimsOf, createOidcApp, follow, post, type TestOidc } from '../support/oidc.ts';
import { startDevice } from '../support/oidc-device.ts';
import { everyClient, everyClientList, introspect, personWithCode, press } from '../support/oidc-flows.ts';
import { dump } from '../support/tables.ts';

const { radio, vault, shop, spa } = everyClient;

onEachDatabase('devices that are signed in from a browser', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  beforeEach(async () => {
    database = await fresh();
    test = await createOidcApp(
      database.open(),
      { clients: everyClientList },
      { keys: [ownKey], wrongPerMinute: 60 },
    );
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  /** Types codes as fast as it goes; the pages' own answers. */
  async function guess(browser: TestBrowser, codes: readonly string[]): Promise<Answer[]> {
    const page = await browser.page('/oidc/device');
    const answers: Answer[] = [];
    for (const code of codes) {
      const answer = await press(browser, page, { user_code: code });
      answers.push(answer);
      // Each page has a token of its own.
      if (answer.status === 429) break;
      Object.assign(page, { text: answer.text });
    }
    return answers;
  }
  const letters = 'BCDFGHJKLM';
  /** Codes of the right form that nobody was given. */
  const wrongCodes = (count: number): string[] =>
    Array.from(
      { length: count },
      (_, n) => `ZZZZ-ZZ${letters[n % 10] ?? ''}${letters[Math.floor(n / 10) % 10] ?? ''}`,
    );

  it('I-13 guessing codes is bounded for who guesses, whatever network it is done from, and over a restart', async () => {
    const person = await register(test);
    const { browser } = person;
    const device = await startDevice(test, radio);
    let tried = 0;
    for (let n = 0; n < 30; n += 1) {
      browser.ip = `198.51.${n}.1`;
      const answers = await guess(browser, wrongCodes(5));
      tried += answers.filter(({ status }) => status === 400).length;
      const last = answers.at(-1);
      if (last?.status !== 429) continue;
      expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(tried).toBeLessThanOrEqual(10);
    // The right one is not looked at either, so that nobody learns that it was.
    browser.ip = '203.0.113.7';
    expect((await guess(browser, [device.userCode]))[0]?.status).toBe(429);
    // Another node, or the same one started anew.
    const second = await createOidcApp(
      database.open(),
      { clients: everyClientList },
      { clock: test.clock, keys: [ownKey] },
    );
    const there = second.browser();
    for (const [name, value] of browser.cookies) there.cookies.set(name, value);
    expect((await submit(there, '/oidc/device', { user_code: device.userCode, xsrf: 'x' })).status).toBe(429);
    await second.close();
    // In a day no more than a hundred.
    let day = 0;
    for (let minutes = 0; minutes < 24 * 60; minutes += 15) {
      test.clock.advance(900);
      // A new sign-in is no new start.
      if (minutes % 240 === 0) await signInWithPassword(person, browser);
      const answers = await guess(browser, wrongCodes(3));
      day += answers.filter(({ status }) => status === 400).length;
    }
    expect(day + tried).toBeLessThanOrEqual(100);
  });

  it('I-13 and for the network it comes from, whoever is signed in', async () => {
    let refused = 0;
    let looked = 0;
    for (let n = 0; n < 15; n += 1) {
      const { browser } = await register(test);
      browser.ip = '198.51.100.66';
      for (const { status } of await guess(browser, wrongCodes(9))) {
        if (status === 429) refused += 1;
        else looked += 1;
      }
    }
    expect(refused).toBeGreaterThan(0);
    expect(looked).toBeLessThan(135);
  });

  it('A-27 right codes of one’s own devices win back nothing', async () => {
    const { browser } = await register(test);
    let wrong = 0;
    for (let round = 0; round < 20; round += 1) {
      const own = await startDevice(test, radio);
      browser.ip = `198.51.${round}.2`;
      const page = await browser.page('/oidc/device');
      const first = await press(browser, page, { user_code: wrongCodes(20)[round] ?? '' });
      if (first.status === 429) break;
      wrong += 1;
      if ((await own.type(browser)).status === 200) await own.approve(browser).catch(() => undefined);
    }
    expect(wrong).toBeLessThanOrEqual(10);
  });

  it('A-21 there is no way around the count: other spellings of the address, other methods, no page', async () => {
    const { browser } = await register(test);
    const device = await startDevice(test, radio);
    const page = await browser.page('/oidc/device');
    for (const path of [
      '/oidc/DEVICE',
      '/oidc/Device',
      '/oidc/device/',
      '/oidc//device',
      '/oidc/%64evice',
      '/oidc/device%2f',
      '/oidc/device;x',
      '/oidc/device?x=1',
    ]) {
      const fields = {
        user_code: device.userCode,
        xsrf: /name="xsrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '',
      };
      const answer = await submit(browser, path, fields);
      // Taken where it is the same address, and counted there; nowhere else, and no fault of the server either.
      const isSame = path === '/oidc/device?x=1';
      expect([path, answer.status]).toEqual([
        path,
        expect.toSatisfy((status) => (isSame ? status === 200 : [303, 400, 404].includes(status as number))),
      ]);
      expect([path, answer.text.includes('Radio')]).toEqual([path, isSame]);
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        expect((await browser.send(method, path, { body: fields })).status).not.toBe(200);
      }
    }
    // What the address holds is not looked up before somebody sends it off.
    const before = await dump(database);
    await browser.page(`/oidc/device?user_code=${device.userCode}`);
    const differs = (await dump(database)).filter(
      (row) => !before.includes(row) && !/^(oidc_sessions|sessions) /.test(row),
    );
    expect(differs).toEqual([]);
  });

  it('nobody who is not signed in gets as far as a code', async () => {
    const device = await startDevice(test, radio);
    const visitor = test.browser();
    expect((await follow(visitor, '/oidc/device')).url).toMatch(/^\/auth\/sign-in\?return_to=/);
    expect((await follow(visitor, `/oidc/device?user_code=${device.userCode}`)).url).toMatch(
      /^\/auth\/sign-in\?/,
    );
    const posted = await submit(visitor, '/oidc/device', {
      user_code: device.userCode,
      confirm: 'yes',
      xsrf: 'x',
    });
    expect([posted.status, posted.headers['location']]).toEqual([
      303,
      expect.stringContaining('/auth/sign-in'),
    ]);
    const ended = await personWithCode(test);
    const confirm = await device.type(ended.mfa);
    await ended.mfa.fork({ withCookies: true }).post('/auth/sign-out');
    expect((await press(ended.mfa, confirm, { confirm: 'yes' })).headers['location']).toContain(
      '/auth/sign-in',
    );
    expect((await device.poll()).body.error).toBe('authorization_pending');
  });

  it('A-63 a form of another site, or of another session, approves nothing', async () => {
    const { mfa } = await personWithCode(test);
    const other = await personWithCode(test);
    const device = await startDevice(test, radio);
    const page = await device.type(mfa);
    expect(page.text).toContain('Radio');
    const foreign = await device.type(other.mfa);
    for (const [fields, headers] of [
      [{}, { origin: 'https://evil.example' }],
      [{}, { origin: 'null' }],
      [{ xsrf: '' }, {}],
      [{ xsrf: 'x'.repeat(48) }, {}],
      [{ xsrf: /name="xsrf" value="([^"]+)"/.exec(foreign.text)?.[1] ?? '' }, {}],
      [{}, { 'content-type': 'text/plain' }],
      [{}, { 'content-type': 'application/json' }],
    ] as const) {
      const answer = await press(mfa, page, { confirm: 'yes', ...fields }, headers);
      expect([fields, headers, answer.status]).toEqual([fields, headers, 400]);
      expect((await device.poll()).body.error).toBe('authorization_pending');
    }
  });

  it('A-189 the page says what is asked for and from where, and what a device says of itself stays text', async () => {
    const { mfa } = await personWithCode(test);
    const { body } = await post<{ user_code: string }>(
      test,
      '/oidc/device/start',
      radio,
      { client_id: radio.id, scope: 'openid' },
      {
        'user-agent': '<script>alert(1)</script>"\'><img src=x onerror=alert(1)>',
        'x-forwarded-for': '<b>1.2.3.4</b>',
      },
    );
    const page = await press(mfa, await mfa.page('/oidc/device'), { user_code: body.user_code });
    expect(page.text).toContain('Radio');
    expect(page.text).not.toMatch(/<script>alert|<img|onerror=|<b>1\.2/);
    const typed = await press(mfa, await mfa.page('/oidc/device'), {
      user_code: '"><script>alert(1)</script>',
    });
    expect([typed.status, typed.text.includes('<script>alert')]).toEqual([400, false]);
  });

  it('I-19 the level of the client is asked for at approval', async () => {
    const person = await personWithCode(test);
    const { browser } = person;
    const device = await startDevice(test, vault);
    const landing = await device.approve(browser);
    expect(landing.url).toMatch(/^\/auth\/step-up\?return_to=/);
    expect((await device.poll()).body.error).toBe('authorization_pending');
    // Back without having done it: it is refused, for the device too.
    const page = new URL(landing.url, 'http://x').searchParams.get('return_to') ?? '';
    await follow(browser, page.replace('/interaction/', '/device/'));
    expect((await device.poll()).body.error).toBe('unmet_authentication_requirements');

    const again = await startDevice(test, vault);
    const second = await again.approve(browser);
    const returnTo = new URL(second.url, 'http://x').searchParams.get('return_to') ?? '';
    await browser.context();
    await browser.post('/auth/step-up', { returnTo });
    await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(test, person) },
    });
    expect((await follow(browser, returnTo)).answer.status).toBe(200);
    const { body } = await again.poll();
    expect(claimsOf(body.id_token)).toMatchObject({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
    expect(await introspect(test, body.access_token)).toMatchObject({ active: true, acr: 'mfa' });
  });

  it('A-133 an approval that was begun in one browser is not finished in another', async () => {
    const [ann, bob] = [await personWithCode(test), await personWithCode(test)];
    const device = await startDevice(test, vault);
    const landing = await device.approve(ann.browser);
    const page = new URL(landing.url, 'http://x').searchParams.get('return_to') ?? '';
    for (const address of [
      page,
      page.replace('/interaction/', '/device/'),
      page.replace('/interaction/', '/auth/'),
    ]) {
      expect((await follow(bob.mfa, address)).answer.status).toBe(400);
    }
    // Nor begun again by somebody else, once it is in somebody's hands.
    expect((await device.type(bob.mfa)).status).toBe(400);
    expect((await device.poll()).body.error).toBe('authorization_pending');
    // Confirmed at once by two: one of them has it, and the tokens are that one's.
    const both = await startDevice(test, radio);
    const pages = await Promise.all([ann.mfa, bob.mfa].map((browser) => both.type(browser)));
    await Promise.all(
      [ann.mfa, bob.mfa].map((browser, n) => press(browser, pages[n] ?? expect.fail(), { confirm: 'yes' })),
    );
    const { status, body } = await both.poll();
    expect(status).toBe(200);
    const ids = await Promise.all(
      [ann, bob].map(async ({ identifier }) => (await test.auth.users.find(identifier))?.id),
    );
    expect(ids).toContain(claimsOf(body.id_token)['sub']);
    expect(await introspect(test, body.access_token)).toMatchObject({
      active: true,
      sub: claimsOf(body.id_token)['sub'],
    });
  });

  it('a device code is for its client, once, for ten minutes', async () => {
    const { mfa } = await personWithCode(test);
    const device = await startDevice(test, radio);
    for (const client of [vault, spa, shop]) {
      const { body } = await device.poll(client);
      expect([client.id, body.error]).toEqual([
        client.id,
        expect.stringMatching(/^(invalid_grant|invalid_request|unauthorized_client)$/),
      ]);
    }
    await device.approve(mfa);
    for (const client of [vault, spa]) expect((await device.poll(client)).status).toBe(400);
    const answers = await Promise.all([1, 2, 3, 4].map(() => device.poll()));
    const got = answers.filter(({ status }) => status === 200);
    expect(got.length).toBeLessThanOrEqual(1);
    for (const { status, body } of answers)
      expect([status, body.error]).toEqual(status === 200 ? [200, undefined] : [400, 'invalid_grant']);
    for (const { body } of got) expect(await introspect(test, body.access_token)).toEqual({ active: false });

    const once = await startDevice(test, radio);
    await once.approve(mfa);
    const { body } = await once.poll();
    expect((await once.poll()).body.error).toBe('invalid_grant');
    expect(await introspect(test, body.access_token)).toEqual({ active: false });
    // Typed again, it is over.
    expect((await once.type(mfa)).status).toBe(400);

    const late = await startDevice(test, radio);
    const confirm = await late.type(mfa);
    test.clock.advance(601);
    expect((await press(mfa, confirm, { confirm: 'yes' })).status).toBe(400);
    expect((await late.poll()).body.error).toMatch(/^(expired_token|invalid_grant)$/);
  });

  it('refused on the page: the device is told, and nobody approves it afterwards', async () => {
    const { mfa } = await personWithCode(test);
    const device = await startDevice(test, radio);
    const page = await device.type(mfa);
    await press(mfa, page, { abort: 'yes' });
    expect((await device.type(mfa)).status).toBe(400);
    expect((await device.poll()).body.error).toBe('access_denied');
    // Said no and yes at once: it is a no.
    const both = await startDevice(test, radio);
    await press(mfa, await both.type(mfa), { abort: 'yes', confirm: 'yes' });
    expect((await both.poll()).body.error).toBe('access_denied');
  });

  it('only clients that may start one, and what they ask for is checked then', async () => {
    for (const client of [shop, spa]) {
      const { status } = await post(test, '/oidc/device/start', client, {
        client_id: client.id,
        scope: 'openid',
      });
      expect([client.id, status]).toEqual([client.id, 400]);
    }
    for (const parameters of [
      { max_age: 'abc' },
      { max_age: '1e1' },
      { acr_values: ' mfa' },
      { claims: '[]' },
      { claims: '{"id_token":{"acr":{"values":"mfa"}}}' },
    ]) {
      const { body } = await post<{ error?: string }>(test, '/oidc/device/start', radio, {
        client_id: radio.id,
        scope: 'openid',
        ...parameters,
      });
      expect([parameters, body.error]).toEqual([parameters, 'invalid_request']);
    }
  });

  it('A-99 a person is not signed in to the device of a stranger by a link alone', async () => {
    const { mfa } = await personWithCode(test);
    const device = await startDevice(test, radio);
    const opened = await mfa.page(new URL(device.complete).pathname + new URL(device.complete).search);
    expect(opened.status).toBe(200);
    // The form that the page sends off leads to the question, not past it.
    const asked = await press(mfa, opened);
    expect(asked.text).toContain('Radio');
    expect((await device.poll()).body.error).toBe('authorization_pending');
    const withConfirm = await mfa.page(
      `${new URL(device.complete).pathname}?user_code=${device.userCode}&confirm=yes`,
    );
    expect(withConfirm.headers['location']).toBeUndefined();
    expect((await device.poll()).body.error).toBe('authorization_pending');
  });
});
