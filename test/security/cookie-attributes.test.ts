import { expect, it } from 'vitest';
import {
  codeOf,
  createApp,
  enrolTotp,
  freshSqliteDatabase,
  register,
  signInWithCode,
  signInWithPassword,
  throughEachAdapter,
  type TestApp,
} from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { onHttps } from '../support/https.ts';

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly attributes: Readonly<Record<string, string>>;
}

function parse(header: string): Cookie {
  const [pair = '', ...rest] = header.split(';').map((part) => part.trim());
  const attributes = rest.map((part) => {
    const [name = '', ...value] = part.split('=');
    return [name.toLowerCase(), value.join('=')];
  });
  return {
    name: pair.slice(0, pair.indexOf('=')),
    value: pair.slice(pair.indexOf('=') + 1),
    attributes: Object.fromEntries(attributes) as Record<string, string>,
  };
}

/** Goes through everything that sets or clears a cookie, right and wrong, and gives back all that was set. */
async function everyCookie(app: TestApp): Promise<Cookie[]> {
  const person = await register(app);
  await enrolTotp(app, person);
  const browsers: TestBrowser[] = [person.browser];
  const browser = await signInWithCode(app, person);
  browsers.push(browser);
  await browser.post('/auth/step-up', { policy: 'FreshAdmin' });
  app.clock.advance(301);
  await browser.post('/auth/step-up', {});
  await browser.send('DELETE', '/auth/ceremony');
  await browser.post('/auth/step-up', {});
  const answer = { authenticator: person.authenticator, response: { code: '000000' } };
  await browser.post('/auth/ceremony', answer);
  await browser.post('/auth/ceremony', { ...answer, response: { code: codeOf(app, person) } });
  const { body } = await browser.get<{ authenticators: { id: string }[] }>('/auth/security');
  await browser.send('PUT', '/auth/authenticators', {
    body: {
      id: body.authenticators[0]?.id,
      current: { password: person.password },
      response: { password: 'seven herons on a fence' },
    },
  });
  await browser.send('DELETE', '/auth/authenticators', { body: { id: person.authenticator } });
  await browser.post('/auth/sign-out');
  const wrong = app.browser();
  browsers.push(wrong);
  await signInWithPassword(person, wrong);
  await wrong.post('/auth/language', { language: 'da' });
  await wrong.page('/auth/security');
  await wrong.page('/admin');
  await wrong.get('/auth/nowhere');
  return browsers.flatMap(({ setCookies }) => setCookies.map(parse));
}

throughEachAdapter('I-23 every cookie of every flow', (through) => {
  it('on https is bound to the host, sent over https only, and out of reach of scripts', async () => {
    const database = await freshSqliteDatabase();
    const app = await createApp(database.open(), onHttps, through);
    const cookies = await everyCookie(app);
    expect(new Set(cookies.map(({ name }) => name))).toEqual(
      new Set(
        [
          'session',
          'ceremony',
          'challenge',
          'external',
          'enrolment',
          'form',
          'csrf',
          'known',
          'language',
        ].map((kind) => `__Host-cofactor-users-${kind}`),
      ),
    );
    for (const { name, value, attributes } of cookies) {
      const { 'max-age': maxAge, ...others } = attributes;
      expect(others).toEqual({
        path: '/',
        secure: '',
        httponly: '',
        samesite: /-(session|language)$/.test(name) ? 'Lax' : 'Strict',
      });
      expect(maxAge).toMatch(/^\d+$/);
      // Cleared and emptied, or alive and with something in it; nothing that a header could be split by.
      expect(value === '').toBe(maxAge === '0');
      expect(value).toMatch(/^[A-Za-z0-9_.-]*$/);
    }
    await app.close();
    await database.drop();
  });

  it('on http://localhost has a plain name and no Secure, and everything else the same', async () => {
    const database = await freshSqliteDatabase();
    const app = await createApp(database.open(), {}, through);
    for (const { name, attributes } of await everyCookie(app)) {
      expect(name).toMatch(
        /^cofactor-users-(session|ceremony|challenge|external|enrolment|form|csrf|known|language)$/,
      );
      expect(Object.keys(attributes).sort()).toEqual(['httponly', 'max-age', 'path', 'samesite']);
      expect(attributes['path']).toBe('/');
    }
    await app.close();
    await database.drop();
  });

  it('of one realm has a name of its own', async () => {
    const database = await freshSqliteDatabase();
    const app = await createApp(database.open(), { realm: 'members' }, through);
    for (const { name } of await everyCookie(app)) expect(name).toMatch(/^cofactor-members-/);
    await app.close();
    await database.drop();
  });
});
