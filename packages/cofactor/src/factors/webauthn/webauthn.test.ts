import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import {
  bitsOf,
  cbor,
  create,
  get,
  type AssertionJson,
  type CborValue,
  type CreateKnobs,
  type GetKnobs,
  type Part,
  type Passkey as SoftPasskey,
} from '../../../../../test/support/passkey.ts';
import { asked, contextOf } from '../../../../../test/support/provider.ts';
import type { EnrolContext, EnrolVerdict, FactorContext, Held, Verdict } from '../../core/provider.ts';
import {
  webauthn,
  type AssertionResponse,
  type Passkey,
  type WebauthnData,
  type WebauthnOptions,
  type WebauthnProvider,
} from './index.ts';

const provider = webauthn();
const wrong = { ok: false, reason: 'wrong' };
const userHandle = Buffer.from('usr_ada').toString('base64url');

function enrolContext(
  held: readonly Held<WebauthnData>[] = [],
  given: Partial<FactorContext> = {},
): EnrolContext<WebauthnData> {
  return { ...contextOf(given), held };
}

/** Begins a set-up and answers it. */
async function enrol(
  knobs: CreateKnobs = {},
  of: WebauthnProvider = provider,
  context: Partial<FactorContext> = {},
): Promise<{ passkey: SoftPasskey; verdict: EnrolVerdict<WebauthnData> }> {
  const { data, setup } = of.begin(enrolContext([], context));
  const { passkey, response } = create(setup.options, knobs);
  return { passkey, verdict: await of.confirm(contextOf(context), data, response) };
}

/** One that is enrolled: on its device, and as it is stored. */
async function enrolled(
  knobs: CreateKnobs = {},
): Promise<{ soft: SoftPasskey; stored: Passkey; counter: number }> {
  const { passkey: soft, verdict } = await enrol(knobs);
  if (!verdict.ok) throw new Error('was not enrolled');
  return { soft, stored: verdict.data as Passkey, counter: verdict.counter ?? 0 };
}

interface Situation {
  readonly context?: Partial<FactorContext>;
  readonly knobs?: GetKnobs;
  readonly counter?: number;
  readonly discover?: boolean;
  readonly of?: WebauthnProvider;
  readonly change?: (response: AssertionJson) => AssertionJson;
}

/** Asks with a challenge and has a passkey answer it. */
async function answer(
  soft: SoftPasskey,
  stored: Passkey,
  situation: Situation = {},
): Promise<Verdict<WebauthnData>> {
  const { of = provider, counter = 0, knobs, change = (response) => response } = situation;
  const context = contextOf(situation.context);
  const held = { id: 'aut_1', name: 'Mine', data: stored, counter };
  const { data, view } = situation.discover
    ? of.discover.make(context)
    : of.challenge.make(context, held, [held]);
  const response = change(get(view.options, soft, knobs));
  return of.verify(context, asked<WebauthnData, typeof data>(stored, counter, data), response);
}

describe('set-up', () => {
  test('I-03 A-163 the challenge is ours and new each time, the handle of the user tells nothing', () => {
    const [one, other] = [provider.begin(enrolContext()), provider.begin(enrolContext())];
    const { options } = one.setup;
    expect(Buffer.from(options.challenge, 'base64url')).toHaveLength(32);
    expect(one.data).toEqual({ challenge: options.challenge });
    expect(other.data).not.toEqual(one.data);
    expect(options).toMatchObject({
      rp: { id: 'localhost', name: 'Acme' },
      user: { id: userHandle, name: 'ada', displayName: 'ada' },
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
      attestation: 'none',
    });
  });

  test('I-21 offers Ed25519, P-256 and RSA, and nothing that the library would add', () => {
    expect(provider.begin(enrolContext()).setup.options.pubKeyCredParams).toEqual(
      [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })),
    );
  });

  test('A-181 leaves out what the person has already', async () => {
    const { stored } = await enrolled({ transports: ['usb', 'nfc'] });
    const held = { id: 'aut_1', name: 'Key', data: stored, counter: 0 };
    expect(provider.begin(enrolContext([held])).setup.options.excludeCredentials).toEqual([
      { type: 'public-key', id: stored.credentialId, transports: ['usb', 'nfc'] },
    ]);
  });

  test('a long name is cut where a character ends', () => {
    const { user } = provider.begin(
      enrolContext([], { user: { id: 'usr_ada', identifier: '👩'.repeat(300) } }),
    ).setup.options;
    expect([...user.name]).toHaveLength(64);
    expect(user.name.isWellFormed()).toBe(true);
  });

  test.each([-8, -7, -257] as const)('algorithm %i is enrolled and signs in', async (alg) => {
    const { soft, stored } = await enrolled({ alg });
    expect(await answer(soft, stored)).toEqual({
      ok: true,
      proves: { amr: ['hwk'], userVerified: true, hardwareProtected: true },
    });
  });

  test('I-08 is stored with its id as handle, its counter, and what is known of it', async () => {
    const { passkey, verdict } = await enrol({ signCount: 7, uv: false, transports: ['usb'] });
    expect(verdict).toEqual({
      ok: true,
      handle: passkey.id,
      counter: 7,
      about: {
        proves: { amr: ['hwk'], userVerified: false, hardwareProtected: true },
        note: 'device-bound',
      },
      data: {
        credentialId: passkey.id,
        publicKey: expect.stringMatching(/^[A-Za-z0-9_-]{100,}$/),
        backupEligible: false,
        backedUp: false,
        userVerified: false,
        transports: ['usb'],
        aaguid: '00000000-0000-0000-0000-000000000000',
      },
    });
  });

  test.each([
    [{ be: true, bs: true }, 'swk', false, 'synced'],
    [{ be: true, bs: false }, 'swk', false, 'not-synced'],
    [{ be: false, bs: false }, 'hwk', true, 'device-bound'],
  ])('%j is %s, in hardware: %s', async (flags, amr, hardwareProtected, note) => {
    const { verdict } = await enrol(flags);
    expect(verdict).toMatchObject({ about: { proves: { amr: [amr], hardwareProtected }, note } });
    for (const texts of Object.values(provider.view.texts)) expect(texts[note]).toBeTruthy();
  });

  test.each([
    ['fbfc3007-154e-4ecc-8c0b-6e020557d7bd', 'Apple Passwords'],
    ['08987058-cadc-4b81-b6e1-30de50dcbe96', 'Windows Hello'],
    ['00000000-0000-0000-0000-000000000000', undefined],
    ['01020304-0506-0708-0102-030405060708', undefined],
  ])('%s proposes the name %s', async (aaguid, name) => {
    const { verdict } = await enrol({ aaguid });
    expect((verdict as { name?: string }).name).toBe(name);
  });

  test('a passkey is stored once: who answers without having begun has none', async () => {
    const { options } = provider.begin(enrolContext()).setup;
    const { stored } = await enrolled();
    const { response } = create(options);
    expect(await provider.confirm(contextOf(), null, response)).toEqual(wrong);
    expect(await provider.confirm(contextOf(), stored, response)).toEqual(wrong);
  });

  test.each<[string, CreateKnobs]>([
    ['A-163 another challenge', { challenge: Buffer.alloc(32, 1).toString('base64url') }],
    ['an empty challenge', { challenge: '' }],
    ['the answer of a sign-in', { type: 'webauthn.get' }],
    ['A-165 another origin', { origin: 'https://localhost:3000' }],
    ['A-165 another port', { origin: 'http://localhost:3001' }],
    ['A-165 a sub-domain', { origin: 'http://a.localhost:3000' }],
    ['A-165 an origin that begins like ours', { origin: 'http://localhost:3000.evil.example' }],
    ['A-165 null', { origin: 'null' }],
    ['another relying party', { rpId: 'example.com' }],
    ['A-177 a frame of another site', { crossOrigin: true }],
    ['A-177 a frame, told oddly', { crossOrigin: 'true' }],
    ['A-177 a frame with its top', { crossOrigin: true, topOrigin: 'https://example.com' }],
    ['A-177 a top of our own', { topOrigin: 'http://localhost:3000' }],
    ['nobody present', { up: false }],
    ['backed up without being eligible', { bs: true }],
    ['A-184 a credential id of 0 bytes', { credentialId: Buffer.alloc(0), id: 'AA' }],
    ['A-184 a credential id of 1024 bytes', { credentialId: Buffer.alloc(1024, 1) }],
    ['another id beside the authenticator data', { id: Buffer.alloc(32, 9).toString('base64url') }],
    ['A-173 ES384', { alg: -35 }],
    ['A-173 ES256K', { alg: -47 }],
    ['A-173 PS256', { alg: -37 }],
    ['A-173 RS1', { alg: -65535 }],
    ['A-173 RSA of 1024 bits', { alg: -257, modulusLength: 1024 }],
    ['A-173 a point off the curve', { cose: (key) => new Map(key).set(-3, Buffer.alloc(32, 3)) }],
    ['A-173 RS1 that says it is RS256', { alg: -65535, cose: (key) => new Map(key).set(1, 2) }],
    ['a key without an algorithm', { cose: (key) => new Map([...key].filter(([label]) => label !== 3)) }],
    ['bytes after the authenticator data', { tail: Buffer.from('00', 'hex') }],
    ['A-175 a signature of its own that does not hold', { attestation: 'broken' }],
    ['client data that is no JSON', { clientData: 'AAAA' }],
    ['client data that is no object', { clientData: '[]' }],
    ['client data that is null', { clientData: 'null' }],
    ['client data that is not UTF-8', { clientData: Buffer.from('ff', 'hex') }],
  ])('is refused: %s', async (_name, knobs) => {
    expect((await enrol(knobs)).verdict).toEqual(wrong);
  });

  test('A-169 without user verification is refused where that is required, and only there', async () => {
    const required = { userVerification: 'required' } as const;
    expect((await enrol({ uv: false }, provider, required)).verdict).toEqual(wrong);
    expect((await enrol({ uv: true }, provider, required)).verdict).toMatchObject({ ok: true });
    expect((await enrol({ uv: false })).verdict).toMatchObject({ ok: true });
  });

  test('A-184 ids of 1 and of 1023 bytes are enrolled', async () => {
    for (const length of [1, 1023]) {
      expect((await enrol({ credentialId: Buffer.alloc(length, 5) })).verdict).toMatchObject({ ok: true });
    }
  });

  test('certificates that nobody asked for are not even looked at', async () => {
    expect((await enrol({ attestation: 'certificates' })).verdict).toMatchObject({ ok: true });
    const asking = webauthn({ attestation: { conveyance: 'direct' } });
    expect((await enrol({ attestation: 'certificates' }, asking)).verdict).toEqual(wrong);
  });
});

describe('a policy for authenticators', () => {
  const aaguid = 'ee882879-721c-4913-9775-3dfcce97072a';
  const policy = (attestation: NonNullable<WebauthnOptions['attestation']>): WebauthnProvider =>
    webauthn({ attestation });

  test('asks the browser as it is told to', () => {
    const asking = policy({ conveyance: 'enterprise' });
    expect(asking.begin(enrolContext()).setup.options.attestation).toBe('enterprise');
  });

  test('is told what is known and decides', async () => {
    const seen: unknown[] = [];
    const accept = (attested: unknown): boolean => seen.push(attested) > 0;
    await enrol({ aaguid, attestation: 'self', be: true }, policy({ conveyance: 'direct', accept }));
    expect(seen).toEqual([
      // The key signed for itself: whatever model it claims to be.
      { aaguid, fmt: 'packed', certified: false, backupEligible: true, userVerified: true },
    ]);
    const { verdict } = await enrol({ aaguid }, policy({ accept: ({ fmt }) => fmt !== 'none' }));
    expect(verdict).toEqual({ ok: false, reason: 'refused', text: 'setup-refused' });
  });

  test('takes nothing but true for an answer, and does not hide what it throws', async () => {
    const { verdict } = await enrol({}, policy({ accept: () => 'yes' as unknown as boolean }));
    expect(verdict).toMatchObject({ ok: false, reason: 'refused' });
    const broken = policy({
      accept: () => {
        throw new Error('the list is away');
      },
    });
    await expect(enrol({}, broken)).rejects.toThrow('the list is away');
  });
});

describe('sign-in', () => {
  test('asks for the passkeys of this user and says which authenticator is which', async () => {
    const [one, other] = [await enrolled(), await enrolled({ transports: ['usb'] })];
    const held = [one, other].map(({ stored }, n) => ({
      id: `aut_${n}`,
      name: '',
      data: stored,
      counter: 0,
    }));
    const [first] = held;
    if (!first) throw new Error('none');
    const { data, view } = provider.challenge.make(contextOf(), first, held);
    expect(Buffer.from(data.challenge, 'base64url')).toHaveLength(32);
    expect(data).toMatchObject({ userVerification: 'preferred', discover: false });
    expect(view.options).toMatchObject({
      challenge: data.challenge,
      rpId: 'localhost',
      userVerification: 'preferred',
      allowCredentials: [
        { id: one.soft.id, transports: ['internal'] },
        { id: other.soft.id, transports: ['usb'] },
      ],
    });
    expect(view.credentials).toEqual([
      { authenticator: 'aut_0', id: one.soft.id },
      { authenticator: 'aut_1', id: other.soft.id },
    ]);
    const again = provider.challenge.make(contextOf(), first, held);
    expect(again.data.challenge).not.toBe(data.challenge);
  });

  test('I-01 says of each use whether it verified its user', async () => {
    const { soft, stored } = await enrolled();
    const verdict = await answer(soft, stored, { knobs: { uv: false } });
    expect(verdict).toEqual({
      ok: true,
      proves: { amr: ['hwk'], userVerified: false, hardwareProtected: true },
    });
  });

  test('A-169 user verification is required where the context or the challenge says so', async () => {
    const { soft, stored } = await enrolled();
    const required = { userVerification: 'required' } as const;
    expect(await answer(soft, stored, { context: required, knobs: { uv: false } })).toEqual(wrong);
    expect(await answer(soft, stored, { context: required })).toMatchObject({ ok: true });
    const open = provider.discover.make(contextOf());
    const asks = get(open.view.options, soft, { uv: false });
    expect(await provider.verify(contextOf(), asked(stored, 0, open.data), asks)).toEqual(wrong);
    // It was asked for while it was not needed, and is needed when it comes.
    const held = { id: 'aut_1', name: '', data: stored, counter: 0 };
    const made = provider.challenge.make(contextOf(), held, [held]);
    const response = get(made.view.options, soft, { uv: false });
    const late = contextOf(required);
    expect(await provider.verify(late, asked(stored, 0, made.data), response)).toEqual(wrong);
  });

  test('A-163 who answers without a challenge, or another one, is wrong', async () => {
    const { soft, stored } = await enrolled();
    const { view } = provider.discover.make(contextOf());
    const response = get(view.options, soft);
    expect(await provider.verify(contextOf(), asked(stored, 0, null), response)).toEqual(wrong);
    const { data } = provider.discover.make(contextOf());
    expect(await provider.verify(contextOf(), asked(stored, 0, data), response)).toEqual(wrong);
  });

  test('A-167 the passkey of somebody else does not answer, by its own id or by that of the victim', async () => {
    const [ada, eve] = [await enrolled(), await enrolled()];
    expect(await answer(eve.soft, ada.stored)).toEqual(wrong);
    expect(await answer(eve.soft, ada.stored, { knobs: { id: ada.soft.id } })).toEqual(wrong);
    expect(await answer(ada.soft, ada.stored, { knobs: { signer: eve.soft } })).toEqual(wrong);
    // Right key, and the name of another one beside it.
    expect(await answer(ada.soft, ada.stored, { knobs: { id: eve.soft.id } })).toEqual(wrong);
  });

  test('the passkey that says it is of another user is not theirs', async () => {
    const { soft, stored } = await enrolled();
    const eve = Buffer.from('usr_eve').toString('base64url');
    expect(await answer(soft, stored, { knobs: { userHandle: eve } })).toEqual(wrong);
    expect(await answer(soft, stored, { knobs: { userHandle: null } })).toMatchObject({ ok: true });
    expect(await answer(soft, stored, { discover: true })).toMatchObject({ ok: true });
    expect(await answer(soft, stored, { discover: true, knobs: { userHandle: eve } })).toEqual(wrong);
    expect(await answer(soft, stored, { discover: true, knobs: { userHandle: null } })).toEqual(wrong);
  });

  test.each<[string, GetKnobs]>([
    ['the answer of a set-up', { type: 'webauthn.create' }],
    ['A-165 another origin', { origin: 'https://localhost:3000' }],
    ['A-165 another port', { origin: 'http://localhost:3001' }],
    ['A-165 the same in capitals', { origin: 'http://LOCALHOST:3000' }],
    ['A-165 with a slash', { origin: 'http://localhost:3000/' }],
    ['A-165 an app', { origin: 'android:apk-key-hash:AAAA' }],
    ['A-165 a letter that looks the same', { origin: 'http://l\u043ecalhost:3000' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['A-177 a frame of another site', { crossOrigin: true }],
    ['A-177 a frame, told oddly', { crossOrigin: 1 }],
    ['A-177 a frame with its top', { crossOrigin: true, topOrigin: 'https://example.com' }],
    ['A-177 a top of our own', { topOrigin: 'http://localhost:3000' }],
    ['nobody present', { up: false }],
    ['A passkey that may now be copied', { be: true }],
    ['backed up without being eligible', { bs: true }],
    ['bytes after the authenticator data', { tail: Buffer.from('00', 'hex') }],
    ['client data that is no object', { clientData: '7' }],
  ])('is wrong: %s', async (_name, knobs) => {
    const { soft, stored } = await enrolled();
    expect(await answer(soft, stored, { knobs })).toEqual(wrong);
  });

  test('I-21 a synced passkey that says it is bound now is wrong', async () => {
    const { soft, stored } = await enrolled({ be: true, bs: true });
    expect(await answer(soft, stored, { knobs: { be: false, bs: false } })).toEqual(wrong);
  });

  test('A-165 a related origin is let in where it is listed, and nothing else with it', async () => {
    const related = webauthn({ origins: ['https://example.co.uk'] });
    const { soft, stored } = await enrolled();
    const from = (origin: string, of: WebauthnProvider): Promise<Verdict<WebauthnData>> =>
      answer(soft, stored, { of, knobs: { origin } });
    expect(await from('https://example.co.uk', related)).toMatchObject({ ok: true });
    expect(await from('http://localhost:3000', related)).toMatchObject({ ok: true });
    expect(await from('https://example.co.uk', provider)).toEqual(wrong);
    expect(await from('https://example.co.uk.evil.example', related)).toEqual(wrong);
    expect(await from('http://example.co.uk', related)).toEqual(wrong);
  });

  test.each([
    ['RS1', { alg: -65535 }],
    ['RSA of 1024 bits', { alg: -257, modulusLength: 1024 }],
    ['ES384', { alg: -35 }],
  ] as const)('A-173 a stored key that was never offered verifies nothing: %s', async (_name, knobs) => {
    // As if it had got into the database by another door.
    let key: Parameters<typeof cbor>[0] = '';
    const cose = (made: Map<number, CborValue>): Map<number, CborValue> => ((key = made), made);
    const options = provider.begin(enrolContext()).setup.options;
    const { passkey } = create(options, { ...knobs, cose });
    const { stored } = await enrolled();
    const publicKey = cbor(key).toString('base64url');
    expect(await answer(passkey, { ...stored, credentialId: passkey.id, publicKey })).toEqual(wrong);
  });

  test('A-13 a stored key that is gone verifies nothing', async () => {
    const { soft, stored } = await enrolled();
    for (const publicKey of ['', 'oA', 'AAAA']) {
      expect(await answer(soft, { ...stored, publicKey })).toEqual(wrong);
    }
  });
});

describe('I-21 A-171 the counter', () => {
  test.each([
    [0, 0, undefined],
    [0, 1, 1],
    [5, 6, 6],
    [5, 4_294_967_295, 4_294_967_295],
  ])('stored %i, reported %i is right and leaves %s', async (counter, signCount, left) => {
    const { soft, stored } = await enrolled();
    const verdict = await answer(soft, stored, { counter, knobs: { signCount } });
    expect(verdict).toMatchObject({ ok: true });
    expect((verdict as { counter?: number }).counter).toBe(left);
  });

  test.each([
    [5, 5],
    [5, 4],
    [5, 0],
    [1, 0],
  ])('stored %i, reported %i is a copy of the key', async (counter, signCount) => {
    const { soft, stored } = await enrolled();
    expect(await answer(soft, stored, { counter, knobs: { signCount } })).toEqual(wrong);
  });
});

describe('what is known of a passkey', () => {
  test('changes with its backup and with the first verification of its user', async () => {
    const { soft, stored } = await enrolled({ be: true, bs: false, uv: false });
    const verdict = await answer(soft, stored, { knobs: { bs: true, uv: true } });
    expect(verdict).toEqual({
      ok: true,
      proves: { amr: ['swk'], userVerified: true, hardwareProtected: false },
      data: { ...stored, backedUp: true, userVerified: true },
      about: { proves: { amr: ['swk'], userVerified: true, hardwareProtected: false }, note: 'synced' },
    });
  });

  test('stays where nothing changed, and where its user was not verified this time', async () => {
    const { soft, stored } = await enrolled({ be: true, bs: true });
    for (const uv of [true, false]) {
      const verdict = await answer(soft, stored, { knobs: { uv } });
      expect(verdict).toMatchObject({ ok: true, proves: { userVerified: uv } });
      expect(verdict).not.toHaveProperty('data');
      expect(verdict).not.toHaveProperty('about');
    }
  });

  test('the device is told which are left, by the names that browsers take', async () => {
    const { stored } = await enrolled();
    const held = [{ id: 'aut_1', name: 'Mine', data: stored, counter: 0 }];
    expect(provider.signal(contextOf(), held)).toEqual({
      rpId: 'localhost',
      userId: userHandle,
      allAcceptedCredentialIds: [stored.credentialId],
      name: 'ada',
      displayName: 'ada',
    });
    expect(provider.signal(contextOf(), []).allAcceptedCredentialIds).toEqual([]);
  });
});

describe('without a user name', () => {
  test('A-179 names no credential, and requires user verification', () => {
    const { data, view } = provider.discover.make(contextOf());
    expect(view.options).not.toHaveProperty('allowCredentials');
    expect(view.options.userVerification).toBe('required');
    expect(view.credentials).toEqual([]);
    expect(data).toMatchObject({ userVerification: 'required', discover: true });
  });

  test.each([
    [{ id: 'AAAA' }, 'AAAA'],
    [{ id: 'A'.repeat(1365) }, null],
    [{ id: '' }, null],
    [{ id: 'a b' }, null],
    [{ id: ['AAAA'] }, null],
    [{}, null],
    [null, null],
    ['AAAA', null],
  ])('in %j is found %s', (response, id) => {
    expect(provider.discover.find(response)).toBe(id);
  });
});

describe('A-175', () => {
  test('one bit turned over, anywhere, is wrong', async () => {
    for (const alg of [-8, -7] as const) {
      const { soft, stored } = await enrolled({ alg });
      const held = { id: 'aut_1', name: '', data: stored, counter: 0 };
      const made = provider.challenge.make(contextOf(), held, [held]);
      const bits = bitsOf(get(made.view.options, soft));
      for (const part of Object.keys(bits) as Part[]) {
        for (let bit = 0; bit < bits[part]; bit += part === 'clientDataJSON' ? 5 : 1) {
          const response = get(made.view.options, soft, { flip: { part, bit } });
          const verdict = await provider.verify(contextOf(), asked(stored, 0, made.data), response);
          expect([alg, part, bit, verdict]).toEqual([alg, part, bit, wrong]);
        }
      }
    }
  });

  test('whatever is sent, the answer is wrong, and never an outage', async () => {
    const { soft, stored } = await enrolled();
    const base64url = (minLength: number): fc.Arbitrary<string> =>
      fc.uint8Array({ minLength, maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('base64url'));
    const made = provider.discover.make(contextOf());
    const right = get(made.view.options, soft).response;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          clientDataJSON: fc.oneof(base64url(2), fc.constant(right.clientDataJSON)),
          authenticatorData: base64url(37),
          signature: base64url(8),
          userHandle: fc.oneof(base64url(1), fc.constant(userHandle)),
        }),
        async (response) => {
          const sent = { ...get(made.view.options, soft), response } as AssertionResponse;
          expect(await provider.verify(contextOf(), asked(stored, 0, made.data), sent)).toEqual(wrong);
        },
      ),
      { numRuns: 300 },
    );
    await fc.assert(
      fc.asyncProperty(base64url(37), fc.boolean(), async (attestationObject, direct) => {
        const of = direct ? webauthn({ attestation: { conveyance: 'direct' } }) : provider;
        const { data, setup } = of.begin(enrolContext());
        const { response } = create(setup.options);
        const sent = { ...response, response: { ...response.response, attestationObject } };
        expect(await of.confirm(contextOf(), data, sent)).toEqual(wrong);
      }),
      { numRuns: 300 },
    );
  });

  test('one byte changed of what an attestation signs is wrong; of the rest it changes nothing', async () => {
    const attesting = webauthn({ attestation: { conveyance: 'direct' } });
    const { data, setup } = attesting.begin(enrolContext());
    const { response } = create(setup.options, { attestation: 'self', alg: -8 });
    const whole = Buffer.from(response.response.attestationObject, 'base64url');
    const confirm = (bytes: Buffer): Promise<EnrolVerdict<WebauthnData>> =>
      attesting.confirm(contextOf(), data, {
        ...response,
        response: { ...response.response, attestationObject: bytes.toString('base64url') },
      });
    const untouched = await confirm(whole);
    expect(untouched).toMatchObject({ ok: true });
    const signed = whole.indexOf('authData') + 'authData'.length;
    for (let at = 0; at < whole.length; at += 1) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const bytes = Buffer.from(whole);
        bytes.writeUInt8(bytes.readUInt8(at) ^ mask, at);
        const verdict = await confirm(bytes);
        if (at >= signed || verdict.ok === false) expect([at, mask, verdict]).toEqual([at, mask, wrong]);
        else expect([at, mask, verdict]).toEqual([at, mask, untouched]);
      }
    }
  });
});
