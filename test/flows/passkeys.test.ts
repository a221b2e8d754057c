import { afterAll, beforeAll, expect, it } from 'vitest';
import { openData } from '../../packages/cofactor/src/core/engine.ts';
import type { ConfirmedView } from '../../packages/cofactor/src/http/contract.ts';
import {
  freshSqliteDatabase,
  onEachAdapter,
  register,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import { askFido2, type Asserted } from '../support/fido2.ts';
import { describeWith } from '../support/needs.ts';
import { create, get, type GetKnobs } from '../support/passkey.ts';
import {
  answerWith,
  beginPasskey,
  challenged,
  createPasskeyApp,
  discover,
  discovering,
  enrolPasskey,
  pendingBrowser,
  personWithPasskey,
  security,
  signInWithPasskey,
  visitor,
  who,
} from '../support/passkey-flows.ts';

onEachAdapter('passkeys', (fresh, through) => {
  let database: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
    database = await fresh();
    app = await createPasskeyApp(database.open(), {}, through);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it('U1 A5 are set up with recovery codes beside them, and do not raise the session that did it', async () => {
    const person = await register(app);
    const { confirmed } = await enrolPasskey(person.browser, {}, 'Work laptop');
    expect(confirmed.authenticator).toMatchObject({
      name: 'Work laptop',
      note: 'device-bound',
      provider: { provider: 'webauthn', usage: 'second', challenge: true, discover: true },
    });
    expect(confirmed.issued.map(({ provider }) => provider.provider)).toEqual(['recovery-codes']);
    expect(await who(person.browser)).toMatchObject({ acr: 'pwd', amr: ['pwd'] });
  });

  it('I-01 are a second factor, and the session says what each of them proved', async () => {
    const bound = await personWithPasskey(app);
    expect(await who(await signInWithPasskey(app, bound))).toMatchObject({
      user: bound.identifier,
      amr: ['pwd', 'hwk', 'user', 'mfa'],
      acr: 'phrh',
    });
    const synced = await personWithPasskey(app, { be: true, bs: true });
    expect(await who(await signInWithPasskey(app, synced))).toMatchObject({
      amr: ['pwd', 'swk', 'user', 'mfa'],
      acr: 'phr',
    });
  });

  it('without user verification are one factor: enough after a password, not alone', async () => {
    const person = await personWithPasskey(app, { uv: false, transports: ['usb'] });
    const browser = await signInWithPasskey(app, person);
    expect(await who(browser)).toMatchObject({ amr: ['pwd', 'hwk', 'mfa'] });
    const alone = await discover(await visitor(app), person.own.passkey);
    expect([alone.status, alone.problem]).toEqual([401, 'wrong-credentials']);
    // The person goes on with the password, and is asked for the same key after it.
    expect(await who(await signInWithPasskey(app, person))).toMatchObject({ acr: 'phrh' });
  });

  it('sign in on their own where they verified their user', async () => {
    const person = await personWithPasskey(app, { be: true, bs: true });
    const browser = await visitor(app);
    const answer = await discover(browser, person.own.passkey);
    expect([answer.status, answer.body.status]).toEqual([200, 'done']);
    expect(await who(browser)).toMatchObject({
      user: person.identifier,
      amr: ['swk', 'user', 'mfa'],
      acr: 'phr',
    });
    expect((await browser.get('/phishing')).body).toEqual({ secret: 'inside' });
  });

  it('lead back to where the person was going', async () => {
    const person = await personWithPasskey(app);
    const browser = await visitor(app);
    const response = get(await discovering(browser), person.own.passkey);
    const answer = await browser.post('/auth/sign-in', {
      provider: 'webauthn',
      response,
      returnTo: '/phishing',
    });
    expect(answer.body).toEqual({ status: 'done', returnTo: '/phishing' });
  });

  it('step a session up that began with something weaker', async () => {
    const person = await personWithPasskey(app);
    const { browser } = person;
    expect((await browser.get('/phishing')).status).toBe(401);
    const asked = await browser.post('/auth/step-up', { policy: 'Phishing', returnTo: '/phishing' });
    expect(asked.body).toMatchObject({
      status: 'more-needed',
      ceremony: { offers: [{ authenticator: person.own.authenticator }] },
    });
    const answer = await answerWith(browser, person.own);
    expect(answer.body).toEqual({ status: 'done', returnTo: '/phishing' });
    expect((await browser.get('/phishing')).body).toEqual({ secret: 'inside' });
    expect(await who(browser)).toMatchObject({ amr: ['pwd', 'hwk', 'user', 'mfa'] });
  });

  it('can be several: one challenge serves them all, and each is asked only where it would be made twice', async () => {
    const person = await personWithPasskey(app, { transports: ['internal', 'hybrid'] });
    const browser = await signInWithPasskey(app, person);
    const { options } = await beginPasskey(browser);
    expect(options).toMatchObject({
      excludeCredentials: [{ id: person.own.passkey.id, transports: ['internal', 'hybrid'] }],
    });
    const second = await enrolPasskey(browser, { transports: ['usb'], uv: false }, 'Key ring');

    for (const used of [person.own, second, person.own]) {
      const pending = await pendingBrowser(app, person);
      // Asked for by the id of the first, answered with either.
      const request = await challenged(pending, person.own.authenticator);
      expect(request).toMatchObject({
        allowCredentials: expect.arrayContaining([
          expect.objectContaining({ id: person.own.passkey.id }),
          expect.objectContaining({ id: second.passkey.id }),
        ]),
      });
      const answer = await pending.post('/auth/ceremony', {
        authenticator: used.authenticator,
        response: get(request, used.passkey),
      });
      expect(answer.body).toMatchObject({ status: 'done' });
    }
  });

  it('are named by who keeps them, until their person names them', async () => {
    const person = await personWithPasskey(app, {
      aaguid: 'bada5566-a7aa-401f-bd96-45619a55120d',
      be: true,
      bs: true,
    });
    const { confirmed, authenticator } = person.own;
    expect(confirmed.authenticator).toMatchObject({ name: '1Password', note: 'synced' });
    const browser = await signInWithPasskey(app, person);
    const body = { id: authenticator, name: 'Family vault' };
    expect((await browser.send('PATCH', '/auth/authenticators', { body })).status).toBe(204);
    const shown = (await security(browser)).authenticators.find(({ id }) => id === authenticator);
    expect(shown).toMatchObject({ name: 'Family vault', note: 'synced' });
  });

  it('show it when they were backed up since', async () => {
    const person = await personWithPasskey(app, { be: true, bs: false });
    const noteOf = async (): Promise<string | undefined> =>
      (await security(person.browser)).authenticators.find(({ id }) => id === person.own.authenticator)?.note;
    expect(await noteOf()).toBe('not-synced');
    await signInWithPasskey(app, person, { bs: true });
    expect(await noteOf()).toBe('synced');
  });

  it('that are removed sign nobody in, and the device is told which are left', async () => {
    const person = await personWithPasskey(app);
    const browser = await signInWithPasskey(app, person);
    const second = await enrolPasskey(browser, {}, 'Other');
    const ids = async (): Promise<unknown> => {
      const { signals } = await security(browser);
      return signals.map(({ module, data }) => [module, data['allAcceptedCredentialIds']]);
    };
    const module = '/auth/assets/webauthn-login.js';
    expect(await ids()).toEqual([
      [expect.stringContaining(module), expect.arrayContaining([person.own.passkey.id, second.passkey.id])],
    ]);
    const removed = await browser.send('DELETE', '/auth/authenticators', {
      body: { id: person.own.authenticator },
    });
    expect(removed.status).toBe(204);
    expect(await ids()).toEqual([[expect.stringContaining(module), [second.passkey.id]]]);

    const alone = await discover(await visitor(app), person.own.passkey);
    expect([alone.status, alone.problem]).toEqual([401, 'wrong-credentials']);
    const pending = await pendingBrowser(app, person);
    const request = await challenged(pending, second.authenticator);
    expect(request).toMatchObject({ allowCredentials: [{ id: second.passkey.id }] });
    for (const authenticator of [person.own.authenticator, second.authenticator]) {
      const response = get(request, person.own.passkey);
      const answer = await pending.post('/auth/ceremony', { authenticator, response });
      expect([answer.status, answer.problem]).toEqual([401, 'wrong-response']);
    }
    expect((await discover(await visitor(app), second.passkey)).body).toMatchObject({ status: 'done' });
  });

  it('I-08 belong to one account: the same credential is not set up again, here or elsewhere', async () => {
    const credentialId = Buffer.alloc(32, 7);
    const [ada, eve] = [await register(app), await register(app)];
    await enrolPasskey(ada.browser, { credentialId });
    const { enrolment, options } = await beginPasskey(eve.browser);
    const { response } = create(options, { credentialId });
    const again = await eve.browser.post('/auth/enrolments/confirm', { enrolment, response });
    expect([again.status, again.problem]).toEqual([409, 'already-enrolled']);
    expect((await security(eve.browser)).authenticators).toHaveLength(1);
  });

  it('count on from where they are, and one that does not count is not asked to', async () => {
    const counting = await personWithPasskey(app, { signCount: 41 });
    for (let n = 0; n < 3; n += 1) await signInWithPasskey(app, counting);
    const [row] = await database.query('select counter from authenticators where id = $1', [
      counting.own.authenticator,
    ]);
    expect(Number(row?.['counter'])).toBe(44);
    const still = await personWithPasskey(app, { be: true, bs: true });
    for (let n = 0; n < 3; n += 1) await signInWithPasskey(app, still);
  });

  it('password managers find where passkeys are made, and where else they may be used', async () => {
    const origins = ['https://example.co.uk'];
    const options = { clock: app.clock, webauthn: { origins } };
    const related = await createPasskeyApp(database.open(), options, through);
    const anybody = related.browser();
    const page = 'http://localhost:3000/auth/security';
    expect((await anybody.get('/.well-known/passkey-endpoints')).body).toEqual({
      enroll: page,
      manage: page,
    });
    expect((await anybody.get('/.well-known/webauthn')).body).toEqual({
      origins: ['http://localhost:3000', ...origins],
    });
    await related.close();
  });

  it('a domain that fits no origin is told at start', async () => {
    const started = createPasskeyApp(database.open(), { webauthn: { rpId: 'example.org' } }, through);
    await expect(started).rejects.toMatchObject({ code: 'ERR_CONFIG_WEBAUTHN' });
  });

  it('a set-up can be tried again after an answer that was wrong', async () => {
    const person = await register(app);
    const { enrolment, options } = await beginPasskey(person.browser);
    const confirm = (response: unknown): ReturnType<typeof person.browser.post> =>
      person.browser.post('/auth/enrolments/confirm', { enrolment, response });
    const wrong = await confirm(create(options, { origin: 'http://localhost:1' }).response);
    expect([wrong.status, wrong.problem]).toEqual([401, 'wrong-response']);
    expect((await confirm(create(options).response)).status).toBe(201);
  });
});

/** Somebody else's relying party looks at the same bytes: what we store, and what we let in. */
describeWith('python3-fido2', 'passkeys, verified by python-fido2 as well', () => {
  let database: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
    database = await freshSqliteDatabase();
    app = await createPasskeyApp(database.open());
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  /** The key of an authenticator as it is in the database, opened. */
  async function storedKey(identifier: string, authenticator: string): Promise<string> {
    const { engine } = app.auth;
    const user = await app.auth.users.find(identifier);
    const account = user && (await engine.store.account(engine.realm, { id: user.id }));
    const record = account?.authenticators.find(({ id }) => id === authenticator);
    if (!account || !record) throw new Error('is not enrolled');
    const { data } = await openData(engine, account.user, record);
    return (data as { readonly publicKey: string }).publicKey;
  }

  it.each([-8, -7, -257] as const)('algorithm %i: both take the same, and refuse the same', async (alg) => {
    const site = { rpId: 'localhost', origin: 'http://localhost:3000' };
    const person = await register(app);
    const { enrolment, options } = await beginPasskey(person.browser);
    const { passkey, response } = create(options, { alg });
    const confirmed = await person.browser.post<ConfirmedView>('/auth/enrolments/confirm', {
      enrolment,
      response,
    });
    expect(confirmed.status).toBe(201);
    const authenticator = confirmed.body.authenticator.id;
    const publicKey = await storedKey(person.identifier, authenticator);

    const tampered: readonly GetKnobs[] = [
      {},
      { flip: { part: 'signature', bit: 200 } },
      { flip: { part: 'authenticatorData', bit: 290 } },
      { origin: 'http://localhost:3001' },
      { challenge: 'AAAA' },
      { rpId: 'evil.example' },
      { up: false },
      { type: 'webauthn.create' },
    ];
    const asked: Asserted[] = [];
    const ours: boolean[] = [];
    for (const knobs of tampered) {
      const browser = await pendingBrowser(app, person);
      const { challenge, ...request } = await challenged(browser, authenticator);
      const assertion = get({ challenge, ...request }, passkey, knobs);
      const answer = await browser.post('/auth/ceremony', { authenticator, response: assertion });
      ours.push(answer.status === 200);
      asked.push({ ...site, challenge, credentialId: passkey.id, publicKey, response: assertion });
    }
    const [registered, ...theirs] = askFido2([{ ...site, challenge: options.challenge, response }, ...asked]);
    expect(registered).toMatchObject({ verified: true, id: passkey.id });
    expect(ours).toEqual([true, ...tampered.slice(1).map(() => false)]);
    expect(theirs.map(({ verified }) => verified)).toEqual(ours);
  });
});
