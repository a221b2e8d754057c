import { openid } from 'cofactor/openid';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  codeOf,
  createApp,
  enrolTotp,
  onEachAdapter,
  register,
  signInWithPassword,
  type Person,
  type TestDatabase,
} from '../support/app.ts';
import {
  answerAbroad,
  comeBack,
  createExternalApp,
  leave,
  leaveFor,
  link,
  optionsFor,
  security,
  signIn,
  visitor,
  who,
  type ExternalApp,
  type Visitor,
} from '../support/external.ts';
import { TestMailer } from '../support/mails.ts';
import { auditTypes } from '../support/tables.ts';
import { UpstreamBrowser } from '../support/upstream.ts';

onEachAdapter('U10 sign-in with an account elsewhere', (fresh, through) => {
  let database: TestDatabase;
  let site: ExternalApp | undefined;
  beforeEach(async () => {
    database = await fresh();
  });
  afterEach(async () => {
    await site?.close();
    site = undefined;
    await database.drop();
  });

  const open = async (
    options?: Parameters<typeof createExternalApp>[1],
    more?: Parameters<typeof createExternalApp>[2],
  ): Promise<ExternalApp> => (site = await createExternalApp(database.open(), options, more, through));

  /** Somebody with a password who has linked an identity. */
  async function linked(at: ExternalApp, sub = 'ann'): Promise<Person & Visitor> {
    const person = { ...(await register(at.app)), there: new UpstreamBrowser() };
    at.upstream.person = sub;
    const answer = await link(person);
    expect(answer.status).toBe(201);
    return person;
  }

  it('is on the sign-in page by its name, and leads back to where the person was going', async () => {
    const at = await open({ accounts: 'create' });
    at.upstream.people.set('ann', { email: 'ann@example.com', email_verified: true });
    const ann = visitor(at);
    const { first } = await ann.browser.context();
    expect(first.find(({ provider }) => provider === 'acme-id')).toMatchObject({
      usage: 'first',
      discover: true,
      loginElement: '/auth/assets/acme-id-login.js',
      texts: { name: 'Acme ID', 'login-begin': 'Sign in with Acme ID' },
    });
    const answer = await signIn(ann, { returnTo: '/recent?tab=2' });
    expect(answer.body).toEqual({ status: 'done', returnTo: '/recent?tab=2' });
    expect(await who(ann)).toEqual({ user: 'ann@example.com', acr: 'pwd', amr: ['ext'] });
    // What was asked of the issuer: code, PKCE, state and nonce, and the time of the sign-in there.
    const [asked] = at.upstream.asked;
    expect(Object.fromEntries(asked ?? [])).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: 'http://localhost:3000/auth/external/acme-id',
      claims: '{"id_token":{"auth_time":null}}',
      ui_locales: 'en',
    });
    expect(asked?.has('prompt')).toBe(false);
  });

  it('finds the same account again, whatever the issuer calls its person by then', async () => {
    const at = await open({ accounts: 'create' });
    at.upstream.people.set('ann', { email: 'ann@example.com', email_verified: true });
    await signIn(visitor(at));
    at.upstream.people.set('ann', { email: 'ann.married@example.com', email_verified: true });
    const again = visitor(at);
    await signIn(again);
    expect(await who(again)).toMatchObject({ user: 'ann@example.com' });
    expect(await database.query('select id from users')).toHaveLength(1);
  });

  it('I-18 is refused where no account is linked, and nothing is made', async () => {
    const at = await open();
    at.upstream.people.set('ann', { email: 'ann@example.com', email_verified: true });
    const answer = await signIn(visitor(at));
    expect([answer.status, answer.problem]).toEqual([403, 'not-linked']);
    expect(await database.query('select id from users')).toEqual([]);
    expect(await auditTypes(database)).toContain('identity-unknown');
  });

  it('I-09 the record says who checked it, and the chain of it is whole', async () => {
    const at = await open({ accounts: 'create' });
    await signIn(visitor(at));
    const rows = await database.query("select data from audit where type = 'signed-in'");
    expect(rows.map(({ data }) => JSON.parse(String(data)) as unknown)).toEqual([
      { amr: ['ext'], from: [at.upstream.issuer], ip: '192.0.2.1' },
    ]);
    expect(await at.app.auth.verifyAudit()).toBeNull();
  });

  it('A5 is linked on the security page with a fresh proof, and is an authenticator like any other', async () => {
    const mail = new TestMailer();
    const at = await open({}, { mail });
    at.upstream.people.set('ann', { email: 'ann@upstream.example', email_verified: true });
    const ann = await linked(at);
    const view = await security(ann);
    const own = view.authenticators.find(({ provider }) => provider.provider === 'acme-id');
    expect(own).toMatchObject({ name: 'Acme ID', hint: 'a•••@upstream.example', removable: true });
    expect(view.addable.map(({ provider }) => provider)).toContain('acme-id');
    // The session goes on at the level that it had: linking proves nothing here.
    expect(await who(ann)).toMatchObject({ user: ann.identifier, acr: 'pwd', amr: ['pwd'] });
    expect(await auditTypes(database)).toContain('authenticator-added');
    const data = await ann.browser.get<{ authenticators: { provider: string; address?: string }[] }>(
      '/auth/account/data',
    );
    expect(data.body.authenticators).toContainEqual(
      expect.objectContaining({ provider: 'acme-id', address: 'a•••@upstream.example' }),
    );
    const later = visitor(at);
    expect((await signIn(later)).body.status).toBe('done');
    expect(await who(later)).toMatchObject({ user: ann.identifier });
  });

  it('A-71 can be removed while something else is left to sign in with, and then leads nowhere', async () => {
    const at = await open();
    const ann = await linked(at);
    const other = await linked(at, 'ben');
    at.upstream.person = 'ann';
    const own = (await security(ann)).authenticators.find(({ provider }) => provider.provider === 'acme-id');
    const removed = await ann.browser.send('DELETE', '/auth/authenticators', { body: { id: own?.id } });
    expect(removed.status).toBe(204);
    expect((await signIn(visitor(at))).problem).toBe('not-linked');
    // The password is not the last one either, and goes; the identity then is, and stays.
    const { authenticators } = await security(other);
    const [first] = authenticators.filter(({ provider }) => provider.provider === 'password');
    expect(
      (await other.browser.send('DELETE', '/auth/authenticators', { body: { id: first?.id } })).status,
    ).toBe(204);
    const left = (await security(other)).authenticators;
    expect(left.map(({ provider, removable }) => [provider.provider, removable])).toEqual([
      ['acme-id', false],
    ]);
    // With the password went what the session had proved with it.
    expect((await who(other)).acr).toBeNull();
    at.upstream.person = 'ben';
    await answerAbroad(other, (await other.browser.post('/auth/step-up', {})).body);
    const last = await other.browser.send('DELETE', '/auth/authenticators', { body: { id: left[0]?.id } });
    expect(last.problem).toBe('last-authenticator');
  });

  it('I-06 a change of factors ends what was proved with it, as everything else', async () => {
    const at = await open();
    const ann = await linked(at);
    const elsewhere = visitor(at);
    await signIn(elsewhere);
    at.clock.advance(1);
    await enrolTotp(at.app, ann);
    expect(await who(elsewhere)).toMatchObject({ user: null });
  });

  it('A8 our own second factor follows it, where there is one', async () => {
    const at = await open();
    const ann = await linked(at);
    await enrolTotp(at.app, ann);
    const later = visitor(at);
    const step = (await signIn(later, { returnTo: '/admin' })).body;
    if (step.status !== 'more-needed') throw new Error(step.status);
    expect(step.ceremony.offers[0]).toMatchObject({ provider: { provider: 'totp' } });
    expect(step.ceremony.offers.map(({ provider }) => provider.provider)).not.toContain('acme-id');
    const done = await later.browser.post('/auth/ceremony', {
      authenticator: ann.authenticator,
      response: { code: codeOf(at.app, ann) },
    });
    expect(done.body).toEqual({ status: 'done', returnTo: '/admin' });
    expect(await who(later)).toMatchObject({ acr: 'mfa', amr: ['ext', 'otp', 'mfa'] });
    expect((await later.browser.get('/admin')).status).toBe(200);
  });

  it('U10 the issuer’s own second factor counts where the table says so, and ours is not asked for then', async () => {
    const at = await open({ trust: [{ claim: 'amr', value: 'mfa', level: 'mfa' }] });
    const ann = await linked(at);
    await enrolTotp(at.app, ann);
    at.upstream.says = { amr: ['pwd', 'mfa'] };
    const trusted = visitor(at);
    expect((await signIn(trusted)).body.status).toBe('done');
    expect(await who(trusted)).toEqual({ user: ann.identifier, acr: 'mfa', amr: ['ext', 'mfa'] });
    const [session] = await database.query(
      "select events from sessions where ended_at is null and events like '%acme-id%'",
    );
    const events = JSON.parse(String(session?.['events'])) as { kind: string; source: string }[];
    expect(events.map(({ kind, source }) => [kind, source])).toEqual([
      ['know', at.upstream.issuer],
      ['have', at.upstream.issuer],
    ]);
    at.upstream.says = { amr: ['pwd'] };
    expect((await signIn(visitor(at))).body.status).toBe('more-needed');
  });

  it('I-18 phr of the issuer opens what asks for phr, with the methods that the table names', async () => {
    const at = await open({
      accounts: 'create',
      trust: [
        { claim: 'acr', value: 'urn:upstream:phr', level: 'phr' },
        { claim: 'amr', value: 'hwk', level: 'phr' },
      ],
    });
    at.upstream.says = { acr: 'urn:upstream:phr', amr: ['hwk', 'pin', 'user'] };
    const ann = visitor(at);
    await signIn(ann);
    expect(await who(ann)).toMatchObject({ acr: 'phr', amr: ['ext', 'hwk', 'mfa'] });
    expect((await ann.browser.get('/phishing')).status).toBe(200);
  });

  it('A9 acr_values go upstream where the table has one, for what the person is on the way to', async () => {
    const at = await open({
      accounts: 'create',
      trust: [
        { claim: 'acr', value: 'urn:upstream:mfa', level: 'mfa' },
        { claim: 'acr', value: 'urn:upstream:phr', level: 'phr' },
      ],
    });
    at.app.auth.engine.purposes.add('/oidc/', async (path) => ({
      application: 'Shop',
      requirement: {
        ...(path.includes('phr') ? { acr: 'phr' } : { acr: 'mfa', maxAge: 600 }),
        ...(path.includes('anew') && { maxAge: 0 }),
      },
      since: at.clock.now(),
    }));
    const query = async (returnTo: string): Promise<Record<string, string>> =>
      Object.fromEntries(new URL(await leave(visitor(at), { returnTo })).searchParams);
    expect(await query('/oidc/mfa')).toMatchObject({
      acr_values: 'urn:upstream:mfa urn:upstream:phr',
      max_age: '600',
    });
    expect(await query('/oidc/phr')).toMatchObject({ acr_values: 'urn:upstream:phr' });
    expect(await query('/oidc/phr-anew')).toMatchObject({ prompt: 'login', max_age: '0' });
    expect(await query('/elsewhere')).not.toHaveProperty('acr_values');
    // And the page says what it is for.
    const { browser } = visitor(at);
    const context = await browser.get<{ application: string | null }>(
      '/auth/context?return_to=%2Foidc%2Fmfa',
    );
    expect(context.body.application).toBe('Shop');
    expect((await browser.context()).application).toBeNull();
  });

  it('A9 a step-up asks the issuer for more, and takes its word where it is trusted', async () => {
    const at = await open({
      accounts: 'create',
      trust: [{ claim: 'acr', value: 'urn:upstream:mfa', level: 'mfa' }],
    });
    const ann = visitor(at);
    await signIn(ann);
    expect((await ann.browser.get('/fresh-admin')).status).toBe(401);
    const step = (await ann.browser.post('/auth/step-up', { policy: 'FreshAdmin', returnTo: '/fresh-admin' }))
      .body;
    const url = await leaveFor(ann, step);
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
      acr_values: 'urn:upstream:mfa',
      max_age: '900',
    });
    // Somebody who has no second factor over there: true, and not enough.
    const same = await comeBack(ann, await ann.there.visit(url));
    expect(same.body.status).toBe('more-needed');
    at.upstream.says = { acr: 'urn:upstream:mfa' };
    const done = await answerAbroad(ann, same.body);
    expect(done.body).toEqual({ status: 'done', returnTo: '/fresh-admin' });
    expect((await ann.browser.get('/fresh-admin')).status).toBe(200);
  });

  it('who has nothing else confirms with it anew, and the issuer is told to ask', async () => {
    const at = await open({ accounts: 'create' });
    const ann = visitor(at);
    await signIn(ann);
    at.clock.advance(600);
    // An old proof is not enough to change anything.
    const begun = await ann.browser.post('/auth/enrolments', { provider: 'totp' });
    expect(begun.problem).toBe('step-up-needed');
    const step = (await ann.browser.post('/auth/step-up', { returnTo: '/auth/security' })).body;
    expect(ann.there.prompts).toBe(1);
    const done = await answerAbroad(ann, step);
    expect(done.body).toEqual({ status: 'done', returnTo: '/auth/security' });
    expect(ann.there.prompts, 'the issuer asked again').toBe(2);
    expect((await ann.browser.post('/auth/enrolments', { provider: 'totp' })).status).toBe(201);
  });

  it('A-47 the time of a sign-in over there is when it was, and one that nobody knows is never fresh', async () => {
    const at = await open({ accounts: 'create' });
    const ann = visitor(at);
    await signIn(ann);
    at.clock.advance(1200);
    // Signed in over there for a while: that opens nothing here which wants a fresh proof.
    await signIn(ann);
    expect(ann.there.prompts).toBe(1);
    expect((await ann.browser.get('/recent')).status).toBe(401);
    const now = Math.floor(at.clock.now().getTime() / 1000);
    for (const [time, status] of [
      [undefined, 401],
      [0, 401],
      [now * 1000, 401],
      [now + 3600, 401],
      [now - 20 * 60, 401],
      [now + 0.5, 401],
      [now, 200],
      // Clocks differ by seconds.
      [now + 5, 200],
    ] as const) {
      at.upstream.says = { auth_time: time };
      await signIn(ann);
      expect([time, (await ann.browser.get('/recent')).status]).toEqual([time, status]);
    }
  });

  it('A-109 links by address only with the account that has confirmed it, and only for its own domains', async () => {
    const mail = new TestMailer();
    const at = await open({ authoritativeFor: ['example.com'] }, { mail });
    const confirmed = async (identifier: string): Promise<Person> => {
      const person = await register(at.app, identifier);
      await at.app.auth.engine.background.settled();
      await person.browser.post('/auth/email/confirm', { token: mail.tokenTo(identifier) });
      await at.app.auth.engine.background.settled();
      return person;
    };
    const owner = await confirmed('ann@example.com');
    await confirmed('ann@elsewhere.example');
    at.upstream.people.set('ann', { email: 'Ann@Example.com', email_verified: true });
    const ann = visitor(at);
    expect((await signIn(ann)).body.status).toBe('done');
    expect(await who(ann)).toMatchObject({ user: 'ann@example.com' });
    // Their other sessions are over, and they are told.
    expect(await who(owner)).toMatchObject({ user: null });
    await at.app.auth.engine.background.settled();
    expect(mail.to('ann@example.com')?.subject).toMatch(/added/i);
    at.upstream.person = 'another';
    at.upstream.people.set('another', { email: 'ann@elsewhere.example', email_verified: true });
    expect((await signIn(visitor(at))).problem).toBe('not-linked');
  });

  it('makes names that nobody has, and confirms an address only for who is in charge of it', async () => {
    const at = await open({ accounts: 'create', authoritativeFor: ['example.com'] });
    await register(at.app, 'ann');
    const people: readonly (readonly [string, object, string])[] = [
      ['1', { email: 'ann@example.com', email_verified: true }, 'ann@example.com'],
      [
        '2',
        { email: 'ann@other.example', email_verified: true, preferred_username: 'Ann' },
        'ann@other.example',
      ],
      ['3', { preferred_username: 'ann' }, 'ann-2'],
      ['4', { preferred_username: 'somebody@example.com' }, 'acme-id'],
      ['5', {}, 'acme-id-2'],
      ['6', { email: 'eve@example.com', email_verified: false, preferred_username: 'eve' }, 'eve'],
    ];
    for (const [sub, claims, name] of people) {
      at.upstream.person = sub;
      at.upstream.people.set(sub, claims as Record<string, unknown>);
      const person = visitor(at);
      await signIn(person);
      expect([sub, (await who(person)).user]).toEqual([sub, name]);
    }
    const rows = await database.query(
      'select identifier, email, email_verified_at from users where email is not null',
    );
    const verified = rows.map((row) => [row['email'], row['email_verified_at'] !== null]);
    expect(new Map(verified as [string, boolean][])).toEqual(
      new Map([
        ['ann@example.com', true],
        ['ann@other.example', false],
      ]),
    );
  });

  it('several stand side by side, each under its own name', async () => {
    const at = await open();
    const factors = [
      openid(optionsFor(at.upstream, { accounts: 'create' })),
      openid(optionsFor(at.upstream, { name: 'second', label: 'Second', accounts: 'create' })),
    ];
    const app = await createApp(database.open(), { clock: at.clock, factors }, through);
    try {
      const ann = visitor({ app });
      await signIn(ann);
      const one = (await who(ann)).user;
      await signIn(ann, { provider: 'second' });
      expect((await who(ann)).user).not.toBe(one);
      // A response to one of them is none to the other.
      const back = await ann.there.visit(await leave(ann));
      back.pathname = '/auth/external/second';
      expect((await comeBack(ann, back)).problem).toBe('wrong-credentials');
    } finally {
      await app.close();
    }
  });

  it('signed in already in this browser, somebody else takes over and the old session is dead', async () => {
    const at = await open({ accounts: 'create' });
    const person = visitor(at);
    await signIn(person);
    const old = person.browser.fork({ withCookies: true });
    const ben = await register(at.app);
    await signInWithPassword(ben, person.browser);
    expect(await who(person)).toMatchObject({ user: ben.identifier });
    expect((await old.get<{ user: null }>('/who')).body.user).toBeNull();
  });
});
