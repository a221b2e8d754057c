import type { EnrolmentView, SecurityView } from '../../packages/cofactor/src/http/contract.ts';
import {
  codeOf,
  createApp,
  enrolTotp,
  register,
  signInWithCode,
  signInWithPassword,
  type Person,
  type TestApp,
  type TestDatabase,
} from './app.ts';
import type { TestBrowser } from './browser.ts';
import { oathtoolCode } from './oathtool.ts';
import { cookieNameOf, cookieOf, sessionIdOf } from './tables.ts';

/** Somebody with a browser, and with everything in hand that a request about the account could be made of. */
export interface Actor {
  readonly browser: TestBrowser;
  readonly person: Person;
  /** A body that is in order, by route, e.g. `POST /sign-in`. Made when it is sent: codes have their time. */
  readonly bodies: Readonly<Record<string, () => unknown>>;
  /** Another application that was needed for it. */
  readonly other?: TestApp;
}

type Make = (app: TestApp, database: TestDatabase) => Promise<Actor>;

const makers = {
  'no credential': async (app) => {
    const { person, bodies } = await withPassword(app);
    return { person, bodies, browser: await visitor(app) };
  },
  ceremony: async (app) => {
    const { person, bodies } = await withTwoFactors(app);
    const browser = app.browser();
    await signInWithPassword(person, browser);
    return { person, bodies, browser };
  },
  pwd: withPassword,
  'pwd stale': later(withPassword, 301),
  'pwd of mfa': async (app) => {
    const person = await register(app);
    await enrolTotp(app, person);
    return actor(app, person, person.browser);
  },
  mfa: withTwoFactors,
  'mfa stale': later(withTwoFactors, 301),
  // From here on, what is worth nothing.
  'session of another realm': (app, database) => fromAnotherRealm(app, database, (cookies) => cookies),
  'session of another realm, under our name': (app, database) =>
    fromAnotherRealm(app, database, (cookies) =>
      cookies.map(([name, value]) => [name.replace('members', 'users'), value]),
    ),
  'ended session': async (app) => {
    const made = await withTwoFactors(app);
    const user = await app.auth.users.find(made.person.identifier);
    if (user) await app.auth.sessions.endAll(user);
    return made;
  },
  'session too long idle': later(withTwoFactors, 3600),
  'session too old': async (app) => {
    const made = await withTwoFactors(app);
    for (let hours = 0; hours < 24; hours += 0.5) {
      await made.browser.get('/auth/security');
      app.clock.advance(1800);
    }
    return made;
  },
  'session older than a change of factors': async (app) => {
    const made = await withPassword(app);
    const elsewhere = app.browser();
    await signInWithPassword(made.person, elsewhere);
    await enrolTotp(app, { ...made.person, browser: elsewhere });
    return made;
  },
  'session of an older generation': async (app, database) => {
    const made = await withTwoFactors(app);
    const bump = 'update users set generation = generation + 1 where identifier = $1';
    await database.query(bump, [made.person.identifier]);
    // A session that this process has read lately is believed for a second.
    app.clock.advance(2);
    return made;
  },
  'session of a disabled account': async (app, database) => {
    const made = await withTwoFactors(app);
    const at = app.clock.now().getTime();
    await database.query('update users set disabled_at = $1 where identifier = $2', [
      at,
      made.person.identifier,
    ]);
    // A session that this process has read lately is believed for a second.
    app.clock.advance(2);
    // Its sign-in is of another account, which is open to everybody.
    const { bodies } = await withPassword(app);
    return { ...made, bodies: { ...made.bodies, 'POST /sign-in': bodies['POST /sign-in'] ?? (() => ({})) } };
  },
  'ceremony secret as session': async (app) => {
    const { person, bodies } = await withTwoFactors(app);
    const browser = app.browser();
    await signInWithPassword(person, browser);
    const names = [cookieNameOf(browser, 'ceremony'), cookieNameOf(person.browser, 'session')] as const;
    browser.cookies.set(names[1], cookieOf(browser, 'ceremony'));
    browser.cookies.delete(names[0]);
    return { person, bodies, browser };
  },
} satisfies Record<string, Make>;

export type Credential = keyof typeof makers;
/** Every kind of credential that a request can come with. */
export const credentials: Readonly<Record<Credential, Make>> = makers;

let names = 0;

async function visitor(app: TestApp): Promise<TestBrowser> {
  const browser = app.browser();
  await browser.context();
  return browser;
}

async function withPassword(app: TestApp): Promise<Actor> {
  const person = await register(app);
  return actor(app, person, person.browser);
}

async function withTwoFactors(app: TestApp): Promise<Actor> {
  const person = await register(app);
  await enrolTotp(app, person);
  return actor(app, person, await signInWithCode(app, person));
}

function later(make: (app: TestApp) => Promise<Actor>, seconds: number): Make {
  return async (app) => {
    const made = await make(app);
    app.clock.advance(seconds);
    return made;
  };
}

/** With what the account has now, and a set-up that was begun where it is open to it. */
async function actor(app: TestApp, person: Person, browser: TestBrowser): Promise<Actor> {
  const security = (await browser.get<SecurityView>('/auth/security')).body;
  const idOf = (usage: string): string =>
    security.authenticators.find(({ provider }) => provider.usage === usage)?.id ?? '';
  const begun = await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
  const key = begun.status === 201 ? String(begun.body.setup['key']) : 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  const enrolment = begun.status === 201 ? begun.body.enrolment : `enr_${'A'.repeat(43)}`;
  const password = { password: person.password };
  const session = sessionIdOf(browser);
  const code = (): { code: string } => ({
    code: person.key === '' ? '000000' : codeOf(app, person),
  });
  return {
    browser,
    person,
    bodies: {
      'POST /language': () => ({ language: 'de' }),
      'POST /sign-in': () => ({ identifier: person.identifier, provider: 'password', response: password }),
      'POST /register': () => ({
        identifier: `newcomer-${(names += 1)}`,
        provider: 'password',
        response: { password: 'a long walk by the river' },
      }),
      'POST /step-up': () => ({}),
      'POST /ceremony': () => ({ authenticator: person.authenticator || idOf('first'), response: code() }),
      'POST /enrolments': () => ({ provider: 'totp' }),
      'POST /enrolments/confirm': () => ({
        enrolment,
        response: { code: oathtoolCode(key, app.clock.now()) },
      }),
      'PATCH /authenticators': () => ({ id: idOf('first'), name: 'Renamed' }),
      'PUT /authenticators': () => ({
        id: idOf('first'),
        current: password,
        response: { password: 'another walk by the river' },
      }),
      'DELETE /authenticators': () => ({ id: idOf('second') || idOf('first') }),
      'DELETE /sessions': () => ({ id: session }),
      'POST /challenges': () => ({ authenticator: person.authenticator || idOf('first') }),
      'POST /forgot': () => ({ identifier: person.identifier }),
      'POST /reset': () => ({
        token: `rst_${'A'.repeat(43)}`,
        provider: 'password',
        response: { password: 'another walk by the river' },
      }),
      'POST /invitation/account': () => ({ token: `inv_${'A'.repeat(43)}` }),
      'POST /invitation': () => ({
        token: `inv_${'A'.repeat(43)}`,
        provider: 'password',
        response: { password: 'another walk by the river' },
      }),
      'POST /email': () => ({ email: 'someone@example.org' }),
      'POST /email/confirm': () => ({ token: `adr_${'A'.repeat(43)}` }),
      'POST /permit/mail': () => ({}),
      'POST /permit': () => ({ token: `prm_${'A'.repeat(43)}` }),
      'DELETE /devices': () => ({ id: 'A'.repeat(43) }),
      'DELETE /account': () => ({ identifier: person.identifier }),
    },
  };
}

/** Signed in with two factors, but in another realm on the same database: what it holds counts for nothing here. */
async function fromAnotherRealm(
  app: TestApp,
  database: TestDatabase,
  sent: (cookies: [string, string][]) => [string, string][],
): Promise<Actor> {
  const other = await createApp(database.open(), { realm: 'members', clock: app.clock });
  const there = await withTwoFactors(other);
  const here = await register(app, there.person.identifier);
  const browser = await visitor(app);
  const cookies = [...there.browser.cookies].filter(([name]) => name.endsWith('-session'));
  for (const [name, value] of sent(cookies)) browser.cookies.set(name, value);
  const own = await actor(app, here, here.browser);
  return {
    browser,
    person: here,
    bodies: { ...there.bodies, 'POST /sign-in': own.bodies['POST /sign-in'] ?? (() => ({})) },
    other,
  };
}
