import { routes } from 'cofactor/http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  codeOf,
  createApp,
  enrolTotp,
  onEachAdapter,
  register,
  signInWithPassword,
  type Person,
  type RoutedApp,
  type TestDatabase,
} from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { wrongCodes } from '../support/codes.ts';
import { credentials, type Actor } from '../support/credentials.ts';
import { submit, view, type Fields } from '../support/forms.ts';
import { createRealms, sitePages } from '../support/realms.ts';
import { auditTypes, cookieNameOf, cookieOf, dump } from '../support/tables.ts';

const changing = routes.filter(({ method }) => method !== 'GET');

/** A body in JSON as the fields of a form. */
function fieldsOf(body: unknown, within = ''): [string, string][] {
  return Object.entries(body ?? {}).flatMap(([name, value]): [string, string][] => {
    if (typeof value === 'object') return fieldsOf(value, `${within}${name}.`);
    return [[within + name, value === true ? 'on' : String(value)]];
  });
}

/** What every object would have, had one of the forms got at the prototype. */
function expectCleanPrototype(): void {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)['mfa']).toBeUndefined();
}

onEachAdapter('U3 forms of other people’s pages', (fresh, through) => {
  let database: TestDatabase;
  let app: RoutedApp;
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open(), {}, through);
    sitePages(app);
  });
  afterEach(async () => {
    expectCleanPrototype();
    await app.close();
    await database.drop();
  });
  const csrfOf = async (browser: TestBrowser): Promise<string> => (await view(browser)).csrf;
  const where = ({ status, headers }: Answer): unknown => [status, headers['location']];
  /** The form that does what a route does. */
  const formFor = (route: (typeof routes)[number], { bodies }: Actor): [string, string][] => [
    ...(route.method === 'POST' ? [] : [['_method', route.method] as [string, string]]),
    ...fieldsOf(bodies[`${route.method} ${route.path}`]?.()),
  ];

  it('I-27 A-63 are refused by every route, and change nothing', async () => {
    const signedIn = await credentials.mfa(app, database);
    const halfWay = await credentials.ceremony(app, database);
    const stranger = await credentials.pwd(app, database);
    // So that the time of the last visit is not what is written.
    for (const { browser } of [signedIn, stranger]) await csrfOf(browser);
    const foreign: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'the Origin of another site': { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      'Origin null': { origin: 'null' },
      'no Origin': { origin: '' },
      'another port': { origin: 'http://localhost:3001' },
    };
    const before = await dump(database);
    for (const route of changing) {
      const actor = route.level === 'ceremony' ? halfWay : signedIn;
      const { csrf } = actor.browser;
      const rest: [string, string][] = [['_next', '/done'], ['_back', '/back'], ...formFor(route, actor)];
      const path = `/auth${route.path}`;
      for (const [forgery, headers] of Object.entries(foreign)) {
        // Even with the right token: no redirect, no cookie, only the refusal.
        const answer = await submit(actor.browser, path, [['csrf', csrf], ...rest], headers);
        const { status, headers: sent } = answer;
        expect([path, forgery, status, sent['location'], sent['set-cookie']]).toEqual([
          path,
          forgery,
          403,
          undefined,
          undefined,
        ]);
      }
      const tokens = { none: [], empty: [''], another: [stranger.browser.csrf], cut: [csrf.slice(0, -1)] };
      for (const [forgery, values] of Object.entries(tokens)) {
        const fields = [...values.map((value): [string, string] => ['csrf', value]), ...rest];
        const answer = await submit(actor.browser, path, fields);
        expect([path, forgery, ...(where(answer) as unknown[])]).toEqual([path, forgery, 303, '/back']);
        expect((await view(actor.browser, '/site')).problem?.name).toBe('csrf');
      }
      // The token in a header is not what a form has.
      const header = await submit(actor.browser, path, rest, { 'x-csrf-token': csrf });
      expect(where(header)).toEqual([303, '/back']);
    }
    expect(await dump(database)).toEqual(before);
  });

  it('I-11 get no further than JSON does: every route asks for what its level says', async () => {
    const owner = await credentials.mfa(app, database);
    const before = await dump(database);
    for (const route of changing.filter(({ level }) => level !== 'public')) {
      const browser = app.browser();
      const fields: [string, string][] = [
        ['csrf', await csrfOf(browser)],
        ['_next', '/done'],
        ['_back', '/back'],
        ...formFor(route, owner),
      ];
      const answer = await submit(browser, `/auth${route.path}`, fields);
      expect([route.path, where(answer)]).toEqual([route.path, [303, '/back']]);
      const { problem } = await view(browser);
      expect(problem?.name).toBe(route.level === 'ceremony' ? 'ceremony-unknown' : 'not-signed-in');
    }
    expect(await dump(database)).toEqual(before);
  });

  it('I-14 change no authenticators with a proof that is too old', async () => {
    const stale = await credentials['mfa stale'](app, database);
    const csrf = await csrfOf(stale.browser);
    for (const route of changing.filter(({ level }) => level === 'manage')) {
      // What is confirmed was never begun here.
      if (route.path === '/enrolments/confirm') continue;
      const fields = [['csrf', csrf], ['_back', '/site'], ...formFor(route, stale)] as [string, string][];
      expect(where(await submit(stale.browser, `/auth${route.path}`, fields))).toEqual([303, '/site']);
      expect([route.path, (await view(stale.browser)).problem?.name]).toEqual([route.path, 'step-up-needed']);
    }
  });

  it('I-25 lead to no other site, whether they succeed or fail', async () => {
    const person = await register(app);
    const { browser } = person;
    for (const bad of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example/',
      'javascript:alert(1)',
      '/\t/evil.example',
      '/.//evil.example',
      'evil.example',
      '\\\\evil.example',
    ]) {
      const shown = await view(browser, `/site?${String(new URLSearchParams({ return_to: bad }))}`);
      expect(shown.returnTo).toBe('/');
      const { csrf } = shown;
      const language = { csrf, _next: bad, _back: bad };
      expect(where(await submit(browser, '/auth/language', { ...language, language: 'en' }))).toEqual([
        303,
        '/',
      ]);
      expect(where(await submit(browser, '/auth/language', { ...language, language: 'xx' }))).toEqual([
        303,
        '/',
      ]);
      const signIn = { csrf, identifier: person.identifier, provider: 'password', returnTo: bad };
      const done = await submit(browser, '/auth/sign-in', {
        ...signIn,
        'response.password': person.password,
      });
      expect(where(done)).toEqual([303, '/']);
    }
    browser.csrf = await csrfOf(browser);
    await enrolTotp(app, person);
    const visitor = app.browser();
    const asked = await submit(visitor, '/auth/sign-in', {
      csrf: await csrfOf(visitor),
      identifier: person.identifier,
      provider: 'password',
      'response.password': person.password,
      _next: '//evil.example',
    });
    expect(where(asked)).toEqual([303, '/']);
  });

  it('A-21 stand in for another method in a form only, and only for one that forms lack', async () => {
    const person = await register(app);
    const { browser } = person;
    const csrf = await csrfOf(browser);
    browser.csrf = csrf;
    const alive = async (): Promise<boolean> => (await browser.get('/auth/security')).status === 200;
    const json = await browser.post('/auth/sessions/others', { _method: 'DELETE' });
    expect([json.status, json.problem]).toEqual([404, 'not-found']);
    expect((await browser.post('/auth/authenticators', { _method: 'DELETE', id: 'x' })).problem).toBe(
      'not-found',
    );
    const others = changing.filter(({ method }) => method === 'DELETE').map(({ path }) => `/auth${path}`);
    for (const path of others) {
      // In the address, in a header, and as a name that is none of ours.
      expect((await submit(browser, `${path}?_method=DELETE`, { csrf })).status).toBe(404);
      expect((await submit(browser, path, { csrf }, { 'x-http-method-override': 'DELETE' })).status).toBe(
        404,
      );
      for (const method of ['GET', 'HEAD', 'delete', 'OPTIONS', 'TRACE', 'POST, DELETE']) {
        expect((await submit(browser, path, { csrf, _method: method })).status).toBeGreaterThanOrEqual(400);
      }
    }
    const get = await browser.send('GET', `/auth/ceremony?csrf=${csrf}&_method=DELETE`);
    expect(get.status).toBe(404);
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const answer = await browser.send(method, '/auth/sign-out', {
        raw: String(new URLSearchParams({ csrf, _method: 'POST' })),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      expect(answer.status).toBe(404);
    }
    expect(await alive()).toBe(true);
  });

  it('I-24 A-191 A-193 that are not in order are refused, and nothing is written', async () => {
    const actor = await credentials.pwd(app, database);
    const { browser, person } = actor;
    const csrf = await csrfOf(browser);
    const rest = `identifier=${person.identifier}&provider=password&response.password=x`;
    const many = Array.from({ length: 60 }, (_one, n) => `n${n}=1`).join('&');
    const before = await dump(database);
    const bad: Readonly<Record<string, string | Buffer>> = {
      'a name twice': `csrf=${csrf}&${rest}&identifier=somebody`,
      'the token twice': `csrf=${csrf}&csrf=${csrf}&${rest}`,
      'a name twice, once escaped': `csrf=${csrf}&${rest}&%69dentifier=somebody`,
      __proto__: `csrf=${csrf}&${rest}&__proto__.mfa=true`,
      '__proto__ within': `csrf=${csrf}&${rest}&response.__proto__.mfa=true`,
      'constructor.prototype': `csrf=${csrf}&${rest}&constructor.prototype.mfa=true`,
      'constructor within': `csrf=${csrf}&${rest}&response.constructor.prototype.mfa=true`,
      brackets: `csrf=${csrf}&${rest}&response[password]=y`,
      'a text and an object': `csrf=${csrf}&identifier=a&provider=password&response=x&response.password=y`,
      'an object and a text': `csrf=${csrf}&identifier=a&provider=password&response.password=y&response=x`,
      'a control of no kind': `csrf=${csrf}&${rest}&_to=/x`,
      'too deep': `csrf=${csrf}&${rest}&a.b.c.d.e=1`,
      'an empty part': `csrf=${csrf}&${rest}&response..x=1`,
      'a dot at the end': `csrf=${csrf}&${rest}&response.=1`,
      'too many': `csrf=${csrf}&${rest}&${many}`,
      'too large': `csrf=${csrf}&${rest}&name=${'x'.repeat(17_000)}`,
      'half an escape': `csrf=${csrf}&${rest}%`,
      'no UTF-8': `csrf=${csrf}&${rest}%ff%fe`,
      'a surrogate': `csrf=${csrf}&${rest}%ed%a0%80`,
      'bytes as they are': Buffer.concat([Buffer.from(`csrf=${csrf}&${rest}`), Buffer.from([0xc3, 0xa9])]),
      'a NUL as it is': `csrf=${csrf}&${rest}\0`,
      'an extra field': `csrf=${csrf}&${rest}&userId=usr_1`,
      'JSON in it': `csrf=${csrf}&identifier={"a":1}&provider=password&response={"password":"x"}`,
    };
    for (const [fault, raw] of Object.entries(bad)) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await browser.post('/auth/sign-in', undefined, { raw, headers });
      expect([fault, answer.status, answer.problem]).toEqual([fault, 400, 'malformed']);
    }
    for (const type of [
      'application/x-www-form-urlencoded; charset=utf-16',
      'application/x-www-form-urlencoded; charset=utf-8; x=y',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded, application/json',
    ]) {
      const raw = `csrf=${csrf}&${rest}`;
      browser.csrf = csrf;
      const answer = await browser.post('/auth/sign-in', undefined, {
        raw,
        headers: { 'content-type': type },
      });
      expect([type, answer.problem]).toEqual([type, 'malformed']);
    }
    // A route that takes nothing takes nothing from a form, either.
    const signOut = await submit(browser, '/auth/sign-out', { csrf, everything: 'on' });
    expect(signOut.status).toBe(400);
    expect(await dump(database)).toEqual(before);
  });

  it('I-24 make true what is a truth, and of nothing else', async () => {
    const person = await register(app);
    await enrolTotp(app, person);
    const browser = app.browser();
    await signInWithPassword(person, browser);
    const csrf = await csrfOf(browser);
    const answer = async (more: Record<string, string>): Promise<string | undefined> => {
      const fields = { csrf, _back: '/site', authenticator: person.authenticator, ...more };
      await submit(browser, '/auth/ceremony', fields);
      return (await view(browser)).problem?.name;
    };
    expect(await answer({ 'response.code': '000000', remember: 'perhaps' })).toBe('malformed');
    expect(await answer({ 'response.code': 'on' })).toBe('wrong-response');
    // A user called "true" is a name.
    const signUp = {
      csrf,
      identifier: 'true',
      provider: 'password',
      'response.password': 'a walk by the river',
    };
    expect(
      (await submit(browser, '/auth/register', { ...signUp, returnTo: '/in' })).headers['location'],
    ).toBe('/in');
    expect(await app.auth.users.find('true')).not.toBeNull();
  });

  it('I-13 count each guess as JSON does: five in a ceremony, whoever sends them', async () => {
    const person = await register(app);
    await enrolTotp(app, person);
    const browser = app.browser();
    await signInWithPassword(person, browser);
    const bad = wrongCodes(person.key, app.clock.now(), 5);
    const csrf = await csrfOf(browser);
    browser.csrf = csrf;
    const { authenticator } = person;
    const left: (number | undefined)[] = [];
    for (const [n, code] of bad.entries()) {
      if (n % 2 === 0) {
        await submit(browser, '/auth/ceremony', {
          csrf,
          _back: '/site',
          authenticator,
          'response.code': code,
        });
        left.push((await view(browser)).problem?.triesLeft);
      } else {
        const { body } = await browser.post<{ triesLeft?: number }>('/auth/ceremony', {
          authenticator,
          response: { code },
        });
        left.push(body.triesLeft);
      }
    }
    expect(left).toEqual([4, 3, 2, 1, 0]);
    const right = { csrf, _back: '/site', authenticator, 'response.code': codeOf(app, person) };
    await submit(browser, '/auth/ceremony', right);
    expect((await view(browser)).problem?.name).toBe('too-many-tries');
    expect((await browser.get<{ user: unknown }>('/who')).body.user).toBeNull();
    expect((await auditTypes(database)).filter((type) => type === 'wrong-response')).toHaveLength(5);
  });

  it('I-13 count a guess at a password in the same bucket', async () => {
    const person = await register(app);
    app.clock.advance(1);
    const browser = app.browser();
    const csrf = await csrfOf(browser);
    browser.csrf = csrf;
    const { identifier } = person;
    for (let n = 0; n < 10; n += 1) {
      const password = 'not the right one at all';
      if (n % 2 === 0) {
        const fields = {
          csrf,
          _back: '/site',
          identifier,
          provider: 'password',
          'response.password': password,
        };
        await submit(browser, '/auth/sign-in', fields);
      } else {
        await browser.post('/auth/sign-in', { identifier, provider: 'password', response: { password } });
      }
    }
    const right: Fields = {
      csrf,
      _back: '/site',
      identifier,
      provider: 'password',
      'response.password': person.password,
    };
    await submit(browser, '/auth/sign-in', right);
    const { problem } = await view(browser);
    expect([problem?.name, problem?.retryAfter]).toEqual(['too-many-tries', 30]);
    const json = { identifier, provider: 'password', response: { password: person.password } };
    expect((await browser.post('/auth/sign-in', json)).problem).toBe('too-many-tries');
  });

  /** Sets an app up with forms, up to the page that shows the recovery codes; that page is not opened. */
  async function setUp(person: Person): Promise<{ readonly sealed: string; readonly key: string }> {
    const { browser } = person;
    const csrf = await csrfOf(browser);
    await submit(browser, '/auth/enrolments', { csrf, provider: 'totp', _next: '/site' });
    const key = String((await view(browser)).enrolment?.setup['key']);
    person.key = key;
    const fields = { csrf, 'response.code': codeOf(app, person), _next: '/site' };
    expect(where(await submit(browser, '/auth/enrolments/confirm', fields))).toEqual([303, '/site']);
    return { sealed: browser.cookies.get(cookieNameOf(browser, 'form')) ?? '', key };
  }

  it('I-28 show codes once, to the browser that they are for, and say nothing to anybody else', async () => {
    const person = await register(app);
    const { browser } = person;
    const { sealed, key } = await setUp(person);
    expect(sealed).toMatch(/^v1\./);
    const cookie = browser.setCookies.findLast((one) => one.startsWith('cofactor-users-form=v1'));
    expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict; Max-Age=300$/);
    const stolen = browser.fork({ withCookies: true });
    const shown = (await view(browser)).issued[0]?.setup['codes'] as string[];
    expect(shown).toHaveLength(10);
    expect(browser.cookies.has('cofactor-users-form')).toBe(false);
    expect((await view(browser)).issued).toEqual([]);
    // Nothing that anybody wrote down on the way holds a code or the key.
    const written = [...browser.setCookies, ...(await dump(database))].join('\n');
    for (const secret of [key, ...shown]) {
      expect(written).not.toContain(secret);
      expect(Buffer.from(sealed.split('.')[3] ?? '', 'base64url').includes(secret)).toBe(false);
    }

    const show = async (to: TestBrowser, value: string): Promise<unknown> => {
      to.cookies.set('cofactor-users-form', value);
      const { issued, problem } = await view(to);
      expect(to.cookies.has('cofactor-users-form')).toBe(false);
      return [issued, problem];
    };
    const nothing = [[], null];
    const other = await register(app);
    expect(await show(other.browser, sealed)).toEqual(nothing);
    expect(await show(app.browser(), sealed)).toEqual(nothing);
    const [version = '', key1 = '', iv = '', body = ''] = sealed.split('.');
    for (const altered of [
      [version, key1, iv, `A${body.slice(1)}`],
      [version, key1, iv, body.slice(0, -4)],
      [version, key1, `A${iv.slice(1)}`, body],
      [version, 'other', iv, body],
      ['v2', key1, iv, body],
      [],
      [version, key1, iv],
    ]) {
      const value = altered.join('.');
      if (value !== sealed && value !== '') expect(await show(browser, value)).toEqual(nothing);
    }
    // Too late, and after signing out.
    app.clock.advance(301);
    expect(await show(stolen, sealed)).toEqual(nothing);
    app.clock.advance(-301);
    const { csrf } = await view(browser);
    await submit(browser, '/auth/sign-out', { csrf, _next: '/' });
    expect(await show(browser, sealed)).toEqual(nothing);
  });

  it('U2 are of one realm: the cookie of the other shows nothing', async () => {
    const realms = await createRealms(database.open(), {}, {}, through);
    sitePages(realms, 'users', '/users');
    const browser = realms.browser();
    const { csrf } = await view(browser, '/users');
    await submit(browser, '/auth/language', { csrf, language: 'xx', _back: '/users' });
    const sealed = browser.cookies.get('cofactor-users-form') ?? '';
    const own = browser.cookies.get('cofactor-users-csrf') ?? '';
    browser.cookies.set('cofactor-members-form', sealed);
    browser.cookies.set('cofactor-members-csrf', own);
    expect((await view(browser, '/site')).problem).toBeNull();
    expect((await view(browser, '/users')).problem?.name).toBe('malformed');
    await realms.close();
  });
  it('A-61 I-02 confirm no set-up that another session began, whoever brings its cookie', async () => {
    const person = await register(app);
    const csrf = await csrfOf(person.browser);
    await submit(person.browser, '/auth/enrolments', { csrf, provider: 'totp', _next: '/site' });
    const secret = person.browser.cookies.get('cofactor-users-enrolment') ?? '';
    expect(secret).toMatch(/^enr_/);
    const key = String((await view(person.browser)).enrolment?.setup['key']);
    person.key = key;

    const elsewhere = app.browser();
    await signInWithPassword(person, elsewhere);
    const stranger = await register(app);
    for (const browser of [elsewhere, stranger.browser, app.browser()]) {
      browser.cookies.set('cofactor-users-enrolment', secret);
      const shown = await view(browser);
      expect([shown.enrolment, JSON.stringify(shown).includes(key)]).toEqual([null, false]);
      const fields = { csrf: shown.csrf, _back: '/site', 'response.code': codeOf(app, person) };
      expect(where(await submit(browser, '/auth/enrolments/confirm', fields))).toEqual([303, '/site']);
      expect((await view(browser)).problem?.name).toMatch(/^(enrolment-unknown|not-signed-in)$/);
    }
    // The one that began it, with a secret of its own in the form: the body comes first, and is as good as in JSON.
    const wrong = {
      csrf,
      _back: '/site',
      enrolment: `enr_${'A'.repeat(43)}`,
      'response.code': codeOf(app, person),
    };
    await submit(person.browser, '/auth/enrolments/confirm', wrong);
    expect((await view(person.browser)).problem?.name).toBe('enrolment-unknown');
    // That has cleared the cookie. With it, the set-up goes on where it was: two of its ten tries are spent.
    person.browser.cookies.set('cofactor-users-enrolment', secret);
    const fields = { csrf, _next: '/done', 'response.code': codeOf(app, person) };
    expect(where(await submit(person.browser, '/auth/enrolments/confirm', fields))).toEqual([303, '/done']);
    expect(cookieOf(person.browser, 'session')).not.toBe('');
  });

  it('A-99 believe no cookie that is there twice', async () => {
    const person = await register(app);
    const { browser } = person;
    const { sealed } = await setUp(person);
    const cookies = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const cookie = `cofactor-users-form=${sealed}; ${cookies}`;
    const answer = await app.browser().get<{ issued: unknown[] }>('/site', {
      headers: { accept: 'text/html', cookie },
    });
    expect(answer.body.issued).toEqual([]);
  });
});
