import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChallengeView, StepView } from '../../packages/cofactor/src/http/contract.ts';
import {
  onEachDatabase,
  register,
  signInWithPassword,
  type Person,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { browserAt, startNodes, type Nodes } from '../support/nodes.ts';
import {
  bitsOf,
  create,
  get,
  type AssertionJson,
  type CreateKnobs,
  type GetKnobs,
  type Part,
} from '../support/passkey.ts';
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
  signInWithPasskey,
  visitor,
  type Enrolled,
} from '../support/passkey-flows.ts';
import { seed } from '../support/seed.ts';
import { auditTypes, cookieOf } from '../support/tables.ts';

const wrongResponse = [401, 'wrong-response'];
const wrongCredentials = [401, 'wrong-credentials'];
const outcome = ({ status, body, problem }: Answer<StepView>): unknown =>
  status === 200 ? body.status : [status, problem];

onEachDatabase('passkeys under attack', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let victim: Person & { readonly own: Enrolled };
  beforeAll(async () => {
    database = await fresh();
    // Attacks by the hundred come from one network here; what bounds them is tested elsewhere.
    app = await createPasskeyApp(database.open(), { wrongPerMinute: 100_000 });
    victim = await personWithPasskey(app);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });
  /** What earlier tries were counted for; no test of this file is about the waits that follow from it. */
  const forgive = async (): Promise<void> => {
    await database.query('update authenticators set failures = 0');
    await database.query('delete from limits');
  };
  beforeEach(forgive);

  const sessions = async (): Promise<number> =>
    Number((await database.query('select count(*) as n from sessions'))[0]?.['n']);
  const failuresOf = async ({ authenticator }: Enrolled): Promise<number> => {
    const [row] = await database.query('select failures from authenticators where id = $1', [authenticator]);
    return Number(row?.['failures']);
  };
  const send = (browser: TestBrowser, authenticator: string, response: unknown): Promise<Answer<StepView>> =>
    browser.post('/auth/ceremony', { authenticator, response });

  /** What an answer got that is none: no session, a try counted, the challenge gone. */
  const nothing = {
    answer: wrongResponse,
    session: '',
    sessions: 0,
    counted: 1,
    // The right answer to the same challenge comes too late then.
    afterwards: wrongResponse,
  };
  /** What the victim's sign-in comes to when it is answered like that. */
  async function attempt(
    knobs: GetKnobs,
    tamper: (response: AssertionJson) => unknown = (response) => response,
  ): Promise<unknown> {
    await forgive();
    const { authenticator, passkey } = victim.own;
    const browser = await pendingBrowser(app, victim);
    const before = await sessions();
    const request = await challenged(browser, authenticator);
    const answer = outcome(await send(browser, authenticator, tamper(get(request, passkey, knobs))));
    return {
      answer,
      session: cookieOf(browser, 'session'),
      sessions: (await sessions()) - before,
      counted: await failuresOf(victim.own),
      afterwards: outcome(await send(browser, authenticator, get(request, passkey))),
    };
  }

  describe('the challenge', () => {
    it('A-163 is the one that the server made, whatever the client sends along', async () => {
      const own = Buffer.alloc(32, 1).toString('base64url');
      expect(await attempt({ challenge: own })).toEqual(nothing);
      const browser = await pendingBrowser(app, victim);
      const response = get({ challenge: own, rpId: 'localhost' }, victim.own.passkey);
      const body = { authenticator: victim.own.authenticator, response };
      const inside = { ...body, response: { ...response, expectedChallenge: own } };
      expect(outcome(await browser.post('/auth/ceremony', inside))).toEqual([400, 'malformed']);
      for (const extra of [{ challenge: own }, { expectedChallenge: own }]) {
        const answer = await browser.post('/auth/ceremony', { ...body, ...extra });
        expect(outcome(answer)).toEqual([400, 'malformed']);
        const asked = await browser.post('/auth/challenges', {
          authenticator: victim.own.authenticator,
          ...extra,
        });
        expect([asked.status, asked.problem]).toEqual([400, 'malformed']);
      }
      // Nothing was asked for in this ceremony, so nothing can be answered.
      expect(outcome(await browser.post('/auth/ceremony', body))).toEqual(wrongResponse);
    });

    it('A-163 of a set-up is ours as well', async () => {
      const { browser } = await register(app);
      const { enrolment, options } = await beginPasskey(browser);
      const own = Buffer.alloc(32, 1).toString('base64url');
      const { response } = create(options, { challenge: own });
      const confirm = async (body: object): Promise<unknown> =>
        outcome(await browser.post('/auth/enrolments/confirm', body));
      expect(await confirm({ enrolment, response })).toEqual(wrongResponse);
      expect(await confirm({ enrolment, response, challenge: own })).toEqual([400, 'malformed']);
      const extended = { ...response, expectedChallenge: own };
      expect(await confirm({ enrolment, response: extended })).toEqual([400, 'malformed']);
      const begun = await browser.post('/auth/enrolments', { provider: 'webauthn', challenge: own });
      expect([begun.status, begun.problem]).toEqual([400, 'malformed']);
    });

    it('I-21 serves one answer: the same assertion does nothing a second time', async () => {
      const browser = await pendingBrowser(app, victim);
      const request = await challenged(browser, victim.own.authenticator);
      const response = get(request, victim.own.passkey);
      const other = await pendingBrowser(app, victim);
      await challenged(other, victim.own.authenticator);
      expect(outcome(await send(browser, victim.own.authenticator, response))).toBe('done');
      expect(outcome(await send(other, victim.own.authenticator, response))).toEqual(wrongResponse);
      const again = await pendingBrowser(app, victim);
      expect(outcome(await send(again, victim.own.authenticator, response))).toEqual(wrongResponse);
      // Nor as the answer of somebody whom nobody knows yet.
      const anybody = await visitor(app);
      await discovering(anybody);
      const alone = await anybody.post('/auth/sign-in', { provider: 'webauthn', response });
      expect(outcome(alone)).toEqual(wrongCredentials);
    });

    it('I-02 belongs to its ceremony: that of another one, or of the sign-in page, is not answered here', async () => {
      const [one, other] = [await pendingBrowser(app, victim), await pendingBrowser(app, victim)];
      const request = await challenged(one, victim.own.authenticator);
      await challenged(other, victim.own.authenticator);
      const swapped = await send(other, victim.own.authenticator, get(request, victim.own.passkey));
      expect(outcome(swapped)).toEqual(wrongResponse);
      const open = await discovering(other);
      const mixed = await send(other, victim.own.authenticator, get(open, victim.own.passkey));
      expect(outcome(mixed)).toEqual(wrongResponse);
      // And the other way round: the challenge of a ceremony begins no sign-in.
      const response = get(await challenged(one, victim.own.authenticator), victim.own.passkey);
      await discovering(one);
      const alone = await one.post('/auth/sign-in', { provider: 'webauthn', response });
      expect(outcome(alone)).toEqual(wrongCredentials);
    });

    it('I-02 of a sign-in page belongs to its browser', async () => {
      const [one, other] = [await visitor(app), await visitor(app)];
      const response = get(await discovering(one), victim.own.passkey);
      for (const browser of [other, one.fork()]) {
        await browser.context();
        const stolen = await browser.post('/auth/sign-in', { provider: 'webauthn', response });
        expect(outcome(stolen)).toEqual(wrongCredentials);
      }
      expect(outcome(await one.post('/auth/sign-in', { provider: 'webauthn', response }))).toBe('done');
    });

    it('I-21 is gone after five minutes', async () => {
      const [browser, anybody] = [await pendingBrowser(app, victim), await visitor(app)];
      const request = await challenged(browser, victim.own.authenticator);
      const open = await discovering(anybody);
      app.clock.advance(301);
      const late = await send(browser, victim.own.authenticator, get(request, victim.own.passkey));
      expect(outcome(late)).toEqual(wrongResponse);
      const response = get(open, victim.own.passkey);
      expect(outcome(await anybody.post('/auth/sign-in', { provider: 'webauthn', response }))).toEqual(
        wrongCredentials,
      );
    });

    it('I-21 a newer one ends the one before', async () => {
      const browser = await pendingBrowser(app, victim);
      const old = await challenged(browser, victim.own.authenticator);
      const request = await challenged(browser, victim.own.authenticator);
      expect(request.challenge).not.toBe(old.challenge);
      const answer = await send(browser, victim.own.authenticator, get(old, victim.own.passkey));
      expect(outcome(answer)).toEqual(wrongResponse);
    });
  });

  describe('where it was signed', () => {
    it.each([
      'https://example.com.evil',
      'http://localhost:3000.evil.example',
      'https://localhost:3000',
      'http://localhost',
      'http://localhost:3001',
      'http://sub.localhost:3000',
      'android:apk-key-hash:AAAA',
      'null',
      '',
      'http://l\u043ecalhost:3000',
      'HTTP://localhost:3000',
      'http://localhost:3000/',
    ])('A-165 the origin %j gets nowhere', async (origin) => {
      expect(await attempt({ origin })).toEqual(nothing);
      expect(outcome(await discover(await visitor(app), victim.own.passkey, { origin }))).toEqual(
        wrongCredentials,
      );
      const { browser } = await register(app);
      const { enrolment, options } = await beginPasskey(browser);
      const { response } = create(options, { origin });
      const confirmed = await browser.post('/auth/enrolments/confirm', { enrolment, response });
      expect(outcome(confirmed)).toEqual(wrongResponse);
    });

    it('A-165 a related origin is let in where it is listed, and only there', async () => {
      const related = 'https://example.co.uk';
      expect(await attempt({ origin: related })).toEqual(nothing);
      const clock = app.clock;
      const listing = await createPasskeyApp(database.open(), { clock, webauthn: { origins: [related] } });
      const browser = await pendingBrowser(listing, victim);
      expect(outcome(await answerWith(browser, victim.own, { origin: related }))).toBe('done');
      await listing.close();
    });

    it.each<[string, GetKnobs]>([
      ['crossOrigin', { crossOrigin: true }],
      ['crossOrigin with its top', { crossOrigin: true, topOrigin: 'https://evil.example' }],
      ['crossOrigin with us as its top', { crossOrigin: true, topOrigin: 'http://localhost:3000' }],
      ['a top without crossOrigin', { topOrigin: 'http://localhost:3000' }],
      ['crossOrigin as a text', { crossOrigin: 'true' }],
      ['another relying party', { rpId: 'evil.example' }],
      ['nobody present', { up: false }],
    ])('A-177 in a frame of another site: %s', async (_label, knobs) => {
      expect(await attempt(knobs)).toEqual(nothing);
    });
  });

  describe('whose passkey it is', () => {
    it("A-167 mine does not answer for somebody else, under my id, theirs, or another one's name", async () => {
      const eve = await personWithPasskey(app);
      const browser = await pendingBrowser(app, victim);
      const before = await sessions();
      const request = await challenged(browser, victim.own.authenticator);
      expect(request).toMatchObject({ allowCredentials: [{ id: victim.own.passkey.id }] });
      const tries: readonly [string, GetKnobs][] = [
        [eve.own.authenticator, {}],
        [victim.own.authenticator, {}],
        [victim.own.authenticator, { id: victim.own.passkey.id }],
        [victim.own.authenticator, { userHandle: victim.own.passkey.userHandle }],
        // Signed as it has to be, under another name.
        [victim.own.authenticator, { signer: victim.own.passkey, userHandle: null }],
      ];
      for (const [authenticator, knobs] of tries) {
        const other = await pendingBrowser(app, victim);
        const fresh = await challenged(other, victim.own.authenticator);
        const answer = await send(other, authenticator, get(fresh, eve.own.passkey, knobs));
        expect([knobs, outcome(answer)]).toEqual([knobs, wrongResponse]);
      }
      expect(await sessions()).toBe(before);
      expect(await failuresOf(victim.own)).toBe(4);
      expect(await failuresOf(eve.own)).toBe(0);
    });

    it('A-167 a passkey without a user name signs in whose it is, and nobody else', async () => {
      const eve = await personWithPasskey(app);
      const asVictim: readonly GetKnobs[] = [
        { userHandle: victim.own.passkey.userHandle },
        { id: victim.own.passkey.id },
        { id: victim.own.passkey.id, userHandle: victim.own.passkey.userHandle },
        { signer: victim.own.passkey },
        { userHandle: null },
      ];
      for (const knobs of asVictim) {
        const browser = await visitor(app);
        expect([knobs, outcome(await discover(browser, eve.own.passkey, knobs))]).toEqual([
          knobs,
          wrongCredentials,
        ]);
        expect(cookieOf(browser, 'session')).toBe('');
      }
      const browser = await visitor(app);
      await discover(browser, eve.own.passkey);
      expect((await browser.get('/who')).body).toMatchObject({ user: eve.identifier });
    });

    it('A-179 nobody learns from a challenge who has a passkey', async () => {
      const anybody = await visitor(app);
      const named = await anybody.post('/auth/challenges', {
        provider: 'webauthn',
        identifier: victim.identifier,
      });
      expect([named.status, named.problem]).toEqual([400, 'malformed']);
      for (let n = 0; n < 2; n += 1) {
        expect(await discovering(anybody)).not.toHaveProperty('allowCredentials');
      }
      const asked = async (browser: TestBrowser, authenticator: string): Promise<unknown> => {
        const { status, problem } = await browser.post('/auth/challenges', { authenticator });
        return [status, problem];
      };
      // Without a ceremony, and in one of somebody else, an id that exists is like one that does not.
      const unknown = `aut_${'A'.repeat(22)}`;
      const withoutCeremony = await asked(anybody, unknown);
      expect(await asked(anybody, victim.own.authenticator)).toEqual(withoutCeremony);
      const eve = await personWithPasskey(app);
      const pending = await pendingBrowser(app, eve);
      const inCeremony = await asked(pending, unknown);
      expect(await asked(pending, victim.own.authenticator)).toEqual(inCeremony);
      expect([withoutCeremony, inCeremony]).toEqual([
        [404, 'ceremony-unknown'],
        [400, 'malformed'],
      ]);
    });

    it('A-181 a set-up names the own passkeys and no others', async () => {
      const credentialId = Buffer.alloc(40, 3);
      const person = await personWithPasskey(app, { credentialId });
      const browser = await signInWithPasskey(app, person);
      const { options } = await beginPasskey(browser);
      expect(options).toMatchObject({ excludeCredentials: [{ id: credentialId.toString('base64url') }] });
      const { options: newcomer } = await beginPasskey((await register(app)).browser);
      expect(newcomer).toMatchObject({ excludeCredentials: [] });
    });
  });

  describe('what it has to say', () => {
    it('A-169 without user verification nobody signs in by it alone', async () => {
      const browser = await visitor(app);
      expect(outcome(await discover(browser, victim.own.passkey, { uv: false }))).toEqual(wrongCredentials);
      expect(cookieOf(browser, 'session')).toBe('');
      // Also where the page had asked for less: what counts is what the server asked for.
      const request = await discovering(browser);
      expect(request).toMatchObject({ userVerification: 'required' });
    });

    it('A-171 a counter that does not go on is a copy of the key, and is recorded', async () => {
      const person = await personWithPasskey(app, { signCount: 100 });
      await signInWithPasskey(app, person, { signCount: 105 });
      for (const signCount of [105, 104, 1, 0]) {
        const browser = await pendingBrowser(app, person);
        const before = (await auditTypes(database)).filter((type) => type === 'wrong-response').length;
        const answer = await answerWith(browser, person.own, { signCount });
        expect([signCount, outcome(answer)]).toEqual([signCount, wrongResponse]);
        expect(cookieOf(browser, 'session')).toBe('');
        const after = (await auditTypes(database)).filter((type) => type === 'wrong-response').length;
        expect(after).toBe(before + 1);
      }
      await signInWithPasskey(app, person, { signCount: 106 });
    });

    it('A-171 of two that counted the same at once, one gets in', async () => {
      const person = await personWithPasskey(app, { signCount: 1 });
      const before = await sessions();
      const made = await Promise.all(
        Array.from({ length: 6 }, async () => {
          const browser = await pendingBrowser(app, person);
          const request = await challenged(browser, person.own.authenticator);
          return [browser, get(request, person.own.passkey, { signCount: 2 })] as const;
        }),
      );
      const answers = await Promise.all(
        made.map(([browser, response]) => send(browser, person.own.authenticator, response)),
      );
      expect(answers.filter(({ body }) => body.status === 'done')).toHaveLength(1);
      expect(await sessions()).toBe(before + 1);
    });

    it.each<[string, CreateKnobs]>([
      ['RS1', { alg: -65535 }],
      ['RSA of 1024 bits', { alg: -257, modulusLength: 1024 }],
      ['ES256K', { alg: -47 }],
      ['ES384', { alg: -35 }],
      ['PS256', { alg: -37 }],
      ['a point off the curve', { cose: (key) => new Map(key).set(-3, Buffer.alloc(32, 3)) }],
      ['ES384 called ES256', { alg: -35, cose: (key) => new Map(key).set(3, -7) }],
      ['RS1 called RS256', { alg: -65535, modulusLength: 1024, cose: (key) => new Map(key).set(3, -257) }],
    ])('A-173 a key that was not offered is not set up: %s', async (_name, knobs) => {
      const { browser } = await register(app);
      const { enrolment, options } = await beginPasskey(browser);
      const { response } = create(options, knobs);
      const confirmed = await browser.post('/auth/enrolments/confirm', { enrolment, response });
      expect(outcome(confirmed)).toEqual(wrongResponse);
      expect((await browser.get('/auth/security')).text).not.toContain(response.id);
    });

    it.each<[number, CreateKnobs, unknown]>([
      [0, { credentialId: Buffer.alloc(0), id: 'AA' }, wrongResponse],
      [0, { credentialId: Buffer.alloc(0), id: '' }, [400, 'malformed']],
      [1024, { credentialId: Buffer.alloc(1024, 1) }, [400, 'malformed']],
      [1024, { credentialId: Buffer.alloc(1024, 1), id: 'AAAA' }, wrongResponse],
      [32, { id: 'AAAA' }, wrongResponse],
    ])('A-184 a credential id of %i bytes is not set up', async (_length, knobs, expected) => {
      const { browser } = await register(app);
      const { enrolment, options } = await beginPasskey(browser);
      const { response } = create(options, knobs);
      const confirmed = await browser.post('/auth/enrolments/confirm', { enrolment, response });
      expect(outcome(confirmed)).toEqual(expected);
    });

    it('I-21 it does not change from bound to synced', async () => {
      expect(await attempt({ be: true })).toEqual(nothing);
      expect(await attempt({ be: true, bs: true })).toEqual(nothing);
    });

    // Tracks: CVE-2026-0723
    it.each<[Part, readonly number[]]>([
      // Tag, lengths, both integers; flags and counter; type, challenge, origin, crossOrigin.
      ['signature', [0, 3, 8, 15, 16, 24, 39, 60, 200, 280, 300, 330, 400, 500, 550]],
      ['authenticatorData', [0, 7, 100, 255, 256, 257, 258, 259, 260, 261, 262, 263, 264, 280, 295]],
      ['clientDataJSON', [0, 5, 12, 100, 200, 260, 300, 400, 500, 600, 700, 800, 900, 1000]],
    ])(
      'A-175 one bit of %s turned over: no session, a try counted, the challenge gone',
      async (part, bits) => {
        const sample = bitsOf(get({ challenge: 'A'.repeat(43), rpId: 'localhost' }, victim.own.passkey))[
          part
        ];
        for (const bit of [...bits.filter((one) => one < sample - 24), sample - 9, sample - 17]) {
          expect([bit, await attempt({ flip: { part, bit } })]).toEqual([bit, nothing]);
        }
      },
    );

    it.each<Part>(['signature', 'authenticatorData', 'clientDataJSON'])(
      'A-175 one bit of %s turned over signs nobody in without a user name either',
      async (part) => {
        for (const bit of [4, 90, 258, 270]) {
          const browser = await visitor(app);
          const request = await discovering(browser);
          const response = get(request, victim.own.passkey, { flip: { part, bit } });
          const answer = await browser.post('/auth/sign-in', { provider: 'webauthn', response });
          expect([bit, outcome(answer)]).toEqual([bit, wrongCredentials]);
          expect(cookieOf(browser, 'session')).toBe('');
          const right = get(request, victim.own.passkey);
          const late = await browser.post('/auth/sign-in', { provider: 'webauthn', response: right });
          expect([bit, outcome(late)]).toEqual([bit, wrongCredentials]);
          await forgive();
        }
      },
    );

    it('A-175 what is no assertion at all is no try either, and what another provider takes is one', async () => {
      const odd: readonly ((response: AssertionJson) => unknown)[] = [
        () => ({}),
        ({ response, ...rest }) => ({ ...rest, response: { ...response, signature: '' } }),
        ({ response, ...rest }) => ({ ...rest, response: { ...response, verified: true } }),
        (response) => ({ ...response, type: 'password' }),
        (response) => ({ ...response, id: [response.id] }),
        (response) => ({ ...response, verified: true }),
        (response) =>
          JSON.parse(`{"__proto__":{"verified":true},${JSON.stringify(response).slice(1)}`) as unknown,
      ];
      const browser = await pendingBrowser(app, victim);
      const request = await challenged(browser, victim.own.authenticator);
      for (const change of odd) {
        const response = change(get(request, victim.own.passkey, { flip: { part: 'signature', bit: 99 } }));
        const answer = await send(browser, victim.own.authenticator, response);
        expect([String(change), outcome(answer)]).toEqual([String(change), [400, 'malformed']]);
      }
      expect(await failuresOf(victim.own)).toBe(0);
      expect(Reflect.get({}, 'verified')).toBeUndefined();
      expect(await attempt({}, () => ({ code: '123456' }))).toEqual(nothing);
    });
  });

  describe('between asking and answering', () => {
    it('A-183 the account was disabled', async () => {
      const person = await personWithPasskey(app);
      const [browser, anybody] = [await pendingBrowser(app, person), await visitor(app)];
      const request = await challenged(browser, person.own.authenticator);
      const open = await discovering(anybody);
      const at = app.clock.now().getTime();
      await database.query('update users set disabled_at = $1 where identifier = $2', [
        at,
        person.identifier,
      ]);
      const before = await sessions();
      const second = await send(browser, person.own.authenticator, get(request, person.own.passkey));
      expect(second.status).toBeGreaterThanOrEqual(400);
      const response = get(open, person.own.passkey);
      const alone = await anybody.post('/auth/sign-in', { provider: 'webauthn', response });
      expect(outcome(alone)).toEqual(wrongCredentials);
      expect(await sessions()).toBe(before);
    });

    it('A-183 the password or a factor was changed', async () => {
      const person = await personWithPasskey(app);
      const browser = await pendingBrowser(app, person);
      const request = await challenged(browser, person.own.authenticator);
      const { enrolment, options } = await beginPasskey(await signInWithPasskey(app, person));
      const bump = 'update users set generation = generation + 1 where identifier = $1';
      await database.query(bump, [person.identifier]);
      const before = await sessions();
      const answer = await send(browser, person.own.authenticator, get(request, person.own.passkey));
      expect(answer.status).toBeGreaterThanOrEqual(400);
      const { response } = create(options);
      const confirmed = await person.browser.post('/auth/enrolments/confirm', { enrolment, response });
      expect(confirmed.status).toBeGreaterThanOrEqual(400);
      expect(await sessions()).toBe(before);
    });

    it('A-183 the passkey was locked, or removed', async () => {
      const person = await personWithPasskey(app);
      const [browser, anybody] = [await pendingBrowser(app, person), await visitor(app)];
      const request = await challenged(browser, person.own.authenticator);
      const open = await discovering(anybody);
      const lock = 'update authenticators set failures = 100, failed_at = $1 where id = $2';
      await database.query(lock, [app.clock.now().getTime(), person.own.authenticator]);
      const answer = await send(browser, person.own.authenticator, get(request, person.own.passkey));
      expect(answer.status).toBe(429);
      const response = get(open, person.own.passkey);
      const alone = await anybody.post('/auth/sign-in', { provider: 'webauthn', response });
      expect([401, 429]).toContain(alone.status);
      expect(cookieOf(anybody, 'session')).toBe('');
    });

    it('A-185 nobody sets up a passkey without a session, or for an account they are only half in', async () => {
      const begin = async (browser: TestBrowser): Promise<unknown> =>
        outcome(await browser.post('/auth/enrolments', { provider: 'webauthn' }));
      expect(await begin(await visitor(app))).toEqual([401, 'not-signed-in']);
      expect(await begin(await pendingBrowser(app, victim))).toEqual([401, 'not-signed-in']);
      // The session of before it had a passkey: the password does not add a second one.
      expect(await begin(victim.browser)).toEqual([401, 'step-up-needed']);
      const browser = await signInWithPasskey(app, victim);
      expect((await browser.post('/auth/enrolments', { provider: 'webauthn' })).status).toBe(201);
      app.clock.advance(301);
      expect(await begin(browser)).toEqual([401, 'step-up-needed']);
    });

    it('A-185 the proof is asked for once more when the set-up is confirmed', async () => {
      const browser = await signInWithPasskey(app, victim);
      const { enrolment, options } = await beginPasskey(browser);
      app.clock.advance(301);
      const { response } = create(options);
      const confirmed = await browser.post('/auth/enrolments/confirm', { enrolment, response });
      expect(outcome(confirmed)).toEqual([401, 'step-up-needed']);
    });

    it('A-185 a set-up is confirmed in the session that began it, with a challenge of its own', async () => {
      const [ada, eve] = [await register(app), await register(app)];
      const [one, other] = [await beginPasskey(ada.browser), await beginPasskey(eve.browser)];
      const { response } = create(one.options);
      const confirm = async (browser: TestBrowser, enrolment: string): Promise<unknown> =>
        outcome(await browser.post('/auth/enrolments/confirm', { enrolment, response }));
      expect(await confirm(eve.browser, one.enrolment)).toEqual([404, 'enrolment-unknown']);
      expect(await confirm(eve.browser, other.enrolment)).toEqual(wrongResponse);
      // An assertion is no registration, and the other way round.
      const assertion = get({ challenge: one.options.challenge, rpId: 'localhost' }, victim.own.passkey);
      const asSetup = { enrolment: one.enrolment, response: assertion };
      expect(outcome(await ada.browser.post('/auth/enrolments/confirm', asSetup))).toEqual([
        400,
        'malformed',
      ]);
    });

    it('A-185 an account that exists is not registered over with a passkey', async () => {
      const anybody = await visitor(app);
      const { response } = create({
        challenge: 'AAAA',
        rp: { id: 'localhost' },
        user: { id: victim.own.passkey.userHandle },
      });
      const answer = await anybody.post('/auth/register', {
        identifier: victim.identifier,
        provider: 'webauthn',
        response,
      });
      expect(outcome(answer)).toEqual([400, 'malformed']);
    });
  });

  describe('races', () => {
    it('I-04 the same assertion sent twenty times at once gets one session', async () => {
      const browser = await pendingBrowser(app, victim);
      const response = get(await challenged(browser, victim.own.authenticator), victim.own.passkey);
      const before = await sessions();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () =>
          send(browser.fork({ withCookies: true }), victim.own.authenticator, response),
        ),
      );
      expect(answers.filter(({ body }) => body.status === 'done')).toHaveLength(1);
      expect(answers.every(({ status }) => [200, 401, 404, 409, 410, 429].includes(status))).toBe(true);
      expect(await sessions()).toBe(before + 1);
    });

    it('I-04 and so does one without a user name', async () => {
      const browser = await visitor(app);
      const response = get(await discovering(browser), victim.own.passkey);
      const before = await sessions();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () =>
          browser.fork({ withCookies: true }).post('/auth/sign-in', { provider: 'webauthn', response }),
        ),
      );
      expect(answers.filter(({ body }) => body.status === 'done')).toHaveLength(1);
      expect(await sessions()).toBe(before + 1);
    });

    it('I-08 the same credential set up twice at once is stored once', async () => {
      const credentialId = Buffer.from(`race ${database.address}`);
      const people = await Promise.all(Array.from({ length: 5 }, () => register(app)));
      const confirmed = await Promise.all(
        people.map(async ({ browser }) => {
          const { enrolment, options } = await beginPasskey(browser);
          const { response } = create(options, { credentialId });
          return browser.post('/auth/enrolments/confirm', { enrolment, response });
        }),
      );
      // One who comes too late to be told is refused all the same: by the index itself, which is an error.
      expect(confirmed.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(confirmed.every(({ status }) => [201, 409, 503].includes(status))).toBe(true);
      const handle = credentialId.toString('base64url');
      expect(await database.query('select id from authenticators where handle = $1', [handle])).toHaveLength(
        1,
      );
    });
  });
});

onEachDatabase('passkeys at two processes', (fresh) => {
  let database: TestDatabase;
  let nodes: Nodes;
  beforeAll(async () => {
    database = await fresh();
    nodes = await startNodes(database, 2);
  });
  afterAll(async () => {
    await nodes?.stop();
    await database.drop();
  });

  it.each(['after a password', 'without a user name'])(
    'I-04 the same assertion sent to both of them, ten times each, gets one session: %s',
    async (way) => {
      const [one, two] = nodes.servers;
      const [person] = await seed(nodes.local.auth, 1, 0);
      if (!one || !two || !person) throw new Error('not started');
      const signIn = async (browser: TestBrowser): Promise<TestBrowser> => {
        await signInWithPassword({ ...person, browser } as unknown as Person, browser);
        return browser;
      };
      const own = await enrolPasskey(await signIn(await browserAt(one)));
      const alone = way === 'without a user name';
      const browser = alone ? await browserAt(one) : await signIn(await browserAt(one));
      const request = alone ? await discovering(browser) : await challenged(browser, own.authenticator);
      const response = get(request, own.passkey);
      const browsers = await Promise.all(
        Array.from({ length: 20 }, (_, n) => browserAt(n % 2 === 0 ? one : two, browser)),
      );
      const answers = await Promise.all(
        browsers.map((each) =>
          alone
            ? each.post('/auth/sign-in', { provider: 'webauthn', response })
            : each.post('/auth/ceremony', { authenticator: own.authenticator, response }),
        ),
      );
      expect(answers.filter(({ body }) => body?.status === 'done')).toHaveLength(1);
      const signedIn = await database.query(
        "select seq from audit where type = 'signed-in' and user_id = $1",
        [person.id],
      );
      // Once with the password, to set the passkey up, and once by it.
      expect(signedIn).toHaveLength(2);
    },
  );

  it('I-02 a challenge that one process made is answered at the other', async () => {
    const [one, two] = nodes.servers;
    if (!one || !two) throw new Error('not started');
    const asked = await (
      await browserAt(one)
    ).post<ChallengeView>('/auth/challenges', { provider: 'webauthn' });
    expect(asked.status).toBe(200);
    const [person] = await seed(nodes.local.auth, 1, 0);
    if (!person) throw new Error('nobody');
    const setUp = await browserAt(one);
    await signInWithPassword({ ...person, browser: setUp } as unknown as Person, setUp);
    const own = await enrolPasskey(setUp);
    const browser = await browserAt(one);
    const response = get(await discovering(browser), own.passkey);
    const elsewhere = await browserAt(two, browser);
    const answer = await elsewhere.post('/auth/sign-in', { provider: 'webauthn', response });
    expect(answer.body?.status).toBe('done');
  });
});
