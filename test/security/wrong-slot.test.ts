import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EnrolmentView } from '../../packages/cofactor/src/http/contract.ts';
import { isKnownBrowser } from '../../packages/cofactor/src/core/limits/bucket.ts';
import {
  codeOf,
  createApp,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithCode,
  signInWithPassword,
  type Person,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import { oathtoolCode } from '../support/oathtool.ts';
import type { TestBrowser } from '../support/browser.ts';

const cookie = (kind: string): string => `cofactor-users-${kind}`;

/** Every secret there is, each of it alive, and of one person: only its purpose is wrong. */
type Secret = 'session' | 'ceremony' | 'enrolment' | 'csrf cookie' | 'csrf token' | 'known';

/** What starts a secret of each kind; the other two have no such start. */
const prefixes: Partial<Record<Secret, string>> = {
  session: 'ses_',
  ceremony: 'cer_',
  enrolment: 'enr_',
  'csrf cookie': 'csrf_',
};

onEachDatabase('a secret in a place where another one belongs', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let person: Person;
  let signedIn: TestBrowser;
  let secrets: Record<Secret, string>;
  let setupKey: string;

  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open());
    person = await register(app);
    await enrolTotp(app, person);
    signedIn = await signInWithCode(app, person);
    const pending = app.browser();
    await signInWithPassword(person, pending);
    const begun = await signedIn.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
    setupKey = String(begun.body.setup['key']);
    const of = (browser: TestBrowser, kind: string): string => browser.cookies.get(cookie(kind)) ?? '';
    secrets = {
      session: of(signedIn, 'session'),
      ceremony: of(pending, 'ceremony'),
      enrolment: begun.body.enrolment,
      'csrf cookie': of(signedIn, 'csrf'),
      'csrf token': signedIn.csrf,
      known: of(signedIn, 'known'),
    };
    const different = new Set(Object.values(secrets).filter((secret) => secret !== ''));
    if (different.size !== 6) throw new Error('a secret is missing');
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const withCookie = (kind: string, value: string): TestBrowser => {
    const browser = app.browser();
    browser.cookies.set(cookie(kind), value);
    return browser;
  };
  const isSomebody = async (
    browser: TestBrowser,
    options?: { headers?: Record<string, string> },
  ): Promise<boolean> => {
    const who = (await browser.get<{ user: string | null }>('/who', options)).body.user !== null;
    const pages = await Promise.all([browser.get('/admin', options), browser.get('/auth/security', options)]);
    return who || pages.some(({ status }) => status !== 401);
  };

  /** The places, and whether one takes a value for what it waits for. */
  const slots: Readonly<Record<string, (value: string) => Promise<boolean>>> = {
    'session cookie': (value) => isSomebody(withCookie('session', value)),
    'ceremony cookie': async (value) => {
      const browser = withCookie('ceremony', value);
      const { ceremony } = await browser.context();
      const body = { authenticator: person.authenticator, response: { code: '000000' } };
      const { problem } = await browser.post('/auth/ceremony', body);
      return ceremony !== null || problem !== 'ceremony-unknown';
    },
    'csrf cookie': async (value) => {
      const browser = withCookie('csrf', value);
      await browser.context();
      return browser.cookies.get(cookie('csrf')) === value;
    },
    'csrf header': async (value) => {
      const body = { policy: 'Nowhere' };
      const { problem } = await signedIn.post('/auth/step-up', body, { headers: { 'x-csrf-token': value } });
      return problem !== 'csrf';
    },
    'known cookie': async (value) => isKnownBrowser(app.auth.engine, person.identifier, value),
    'Authorization: Bearer': (value) =>
      isSomebody(app.browser(), { headers: { authorization: `Bearer ${value}` } }),
    'Authorization: Basic': (value) =>
      isSomebody(app.browser(), {
        headers: {
          authorization: `Basic ${Buffer.from(`${person.identifier}:${value}`).toString('base64')}`,
        },
      }),
    'header x-session': (value) =>
      isSomebody(app.browser(), {
        headers: { 'x-session': value, 'x-session-token': value, 'x-api-key': value },
      }),
    query: async (value) => {
      const browser = app.browser();
      const query = new URLSearchParams({ session: value, access_token: value, token: value });
      const who = await browser.get<{ user: string | null }>(`/who?${query}`);
      return who.body.user !== null || (await browser.get(`/auth/security?${query}`)).status !== 401;
    },
    'body: enrolment': async (value) => {
      const body = { enrolment: value, response: { code: oathtoolCode(setupKey, app.clock.now()) } };
      return (await signedIn.post('/auth/enrolments/confirm', body)).status === 201;
    },
    'body: authenticator': async (value) => {
      const browser = app.browser();
      await signInWithPassword(person, browser);
      // What belongs here is the id of an authenticator, which is no secret.
      const body = { authenticator: value, response: { code: codeOf(app, person) } };
      return (await browser.post('/auth/ceremony', body)).status === 200;
    },
    'body: session to end': async (value) =>
      (await signedIn.send('DELETE', '/auth/sessions', { body: { id: value } })).status === 204,
    'body: first factor': async (value) => {
      const body = { identifier: person.identifier, provider: 'password', response: { password: value } };
      const browser = app.browser();
      await browser.context();
      browser.ip = `192.0.2.${Object.values(secrets).indexOf(value) + 20}`;
      return (await browser.post('/auth/sign-in', body)).status === 200;
    },
  };

  // Tracks: CVE-2023-48309
  it('A-03 A-05 each secret is taken in its own place and in no other', async () => {
    const taken: string[] = [];
    for (const [slot, takes] of Object.entries(slots)) {
      // The confirmed enrolment ends the session, so what belongs there comes last.
      const order = Object.entries(secrets).sort(([one]) => (one === 'enrolment' ? 1 : -1));
      for (const [name, value] of order) if (await takes(value)) taken.push(`${name} as ${slot}`);
      if (slot === 'body: enrolment') {
        signedIn = await signInWithCode(app, person);
      }
    }
    expect(taken).toEqual([
      'session as session cookie',
      'ceremony as ceremony cookie',
      'csrf cookie as csrf cookie',
      'csrf token as csrf header',
      'known as known cookie',
      'enrolment as body: enrolment',
    ]);
  });

  it('A-03 A-05 nor is one that was given the start of another', async () => {
    const taken: string[] = [];
    for (const [from, start] of Object.entries(prefixes)) {
      for (const [to, other] of Object.entries(prefixes)) {
        if (from === to) continue;
        const value = other + secrets[from as Secret].slice(start.length);
        const slot =
          to === 'enrolment' ? 'body: enrolment' : to === 'csrf cookie' ? 'csrf header' : `${to} cookie`;
        if (await slots[slot]?.(value)) taken.push(`${from} as ${to}`);
      }
    }
    expect(taken).toEqual([]);
  });

  it('A-03 A-05 nor is what the database holds in its place: the hash of a secret is not the secret', async () => {
    const ids = [
      ...(await database.query('select id from sessions')),
      ...(await database.query('select id from ceremonies')),
      ...(await database.query('select id from enrolments')),
    ].map((row) => String(row['id']));
    expect(ids.length).toBeGreaterThan(2);
    for (const id of ids) {
      for (const start of ['', 'ses_', 'cer_', 'enr_']) {
        expect(await isSomebody(withCookie('session', start + id))).toBe(false);
        expect((await withCookie('ceremony', start + id).context()).ceremony).toBeNull();
      }
    }
  });
});
