import type {
  Begun,
  ChallengeMaker,
  Discovery,
  EnrolContext,
  EnrolVerdict,
  FactorContext,
  FactorProvider,
  Held,
  Verdict,
} from '../../core/provider.ts';
import { nameOf } from './aaguids.ts';
import { adopted } from './adopted.ts';
import { verifyAssertion, type Assertion, type AssertionResponse } from './assertion.ts';
import { encode } from './bytes.ts';
import { checked, type WebauthnOptions, type WebauthnSettings } from './options.ts';
import { aboutOf, isPasskey, proofOf, type Passkey, type PendingPasskey } from './passkey.ts';
import { verifyRegistration, type Registration, type RegistrationResponse } from './registration.ts';
import { passkeyEndpoints, relatedOrigins, relyingParty } from './relying-party.ts';
import {
  challengeLength,
  creationOptions,
  requestOptions,
  shortened,
  userHandleOf,
  type CreationOptions,
  type RequestOptions,
} from './requests.ts';
import { assertionSchema, registrationSchema } from './schemas.ts';
import { texts } from './texts.ts';

export type { AssertionResponse } from './assertion.ts';
export type { AttestationPolicy, Attested, WebauthnOptions, WebauthnSettings } from './options.ts';
export type { Passkey, PendingPasskey } from './passkey.ts';
export type { RegistrationResponse } from './registration.ts';
export { passkeyEndpoints, relatedOrigins } from './relying-party.ts';
export type { CreationOptions, RequestOptions } from './requests.ts';

export type WebauthnData = Passkey | PendingPasskey;

/** What is kept of a challenge, sealed. */
export interface WebauthnChallenge {
  /** Base64url of 32 random bytes. */
  readonly challenge: string;
  readonly userVerification: 'required' | 'preferred';
  /** Whether the passkey itself has to say whose it is, because nobody else did. */
  readonly discover: boolean;
}

/** What a page is given to have a challenge answered. */
export interface WebauthnRequest {
  readonly options: RequestOptions;
  /** Which of the offered authenticators a credential id stands for. */
  readonly credentials: readonly { readonly authenticator: string; readonly id: string }[];
}

/** What the Signal API is told after a change (WebAuthn 5.1.10). */
export interface WebauthnSignal {
  readonly rpId: string;
  readonly userId: string;
  readonly allAcceptedCredentialIds: readonly string[];
  readonly name: string;
  readonly displayName: string;
}

type HeldPasskey = Held<WebauthnData>;

export interface WebauthnProvider extends FactorProvider<
  WebauthnData,
  AssertionResponse,
  RegistrationResponse,
  WebauthnChallenge
> {
  readonly challenge: Omit<ChallengeMaker<WebauthnData, WebauthnChallenge>, 'make'> & {
    make(
      context: FactorContext,
      chosen: HeldPasskey,
      all: readonly HeldPasskey[],
    ): { readonly data: WebauthnChallenge; readonly view: WebauthnRequest };
  };
  readonly discover: Omit<Discovery<WebauthnChallenge>, 'make'> & {
    make(context: Omit<FactorContext, 'user' | 'hashes'>): {
      readonly data: WebauthnChallenge;
      readonly view: WebauthnRequest;
    };
  };
  begin(context: EnrolContext<WebauthnData>): Begun<WebauthnData> & {
    readonly data: PendingPasskey;
    readonly setup: { readonly options: CreationOptions };
  };
  confirm(
    context: FactorContext,
    data: WebauthnData | null,
    response: RegistrationResponse,
  ): Promise<EnrolVerdict<WebauthnData>>;
  verify(
    context: FactorContext,
    authenticator: HeldPasskey & { readonly challenge: WebauthnChallenge | null },
    response: AssertionResponse,
  ): Promise<Verdict<WebauthnData>>;
  signal(context: FactorContext, held: readonly HeldPasskey[]): WebauthnSignal;
  wellKnown(
    site: { readonly origin: string },
    base: string,
  ): { readonly webauthn: object; readonly 'passkey-endpoints': object };
}

/**
 * Passkeys and security keys (WebAuthn): Ed25519, ECDSA P-256 and RSA, on their own (`discover`, with user
 * verification) or after another factor.
 *
 * Phishing-resistant: what is signed names the origin, and a browser signs for no other (NIST SP 800-63B-4, 3.2.5.2).
 * One that verified its user is two factors in one, one that noticed a touch is one. Unless `attestation` asks for
 * proof, what an authenticator says about itself (model, hardware, verification) is taken as said.
 *
 * @example
 * createCofactor({ origin: 'https://app.example.com', factors: [password(), webauthn({ rpId: 'example.com' })] });
 *
 * @throws {CofactorError} `ERR_CONFIG_WEBAUTHN`; `ERR_PEER_MISSING` where `@simplewebauthn/server` is not installed
 */
export function webauthn(options: WebauthnOptions = {}): WebauthnProvider {
  const settings = checked(options);
  return Object.freeze<WebauthnProvider>({
    name: 'webauthn',
    usage: 'second',
    multiple: true,
    proves: Object.freeze({ kind: 'have', amr: Object.freeze(['hwk']), phishingResistant: true }),
    response: assertionSchema,
    confirmResponse: registrationSchema,
    view: Object.freeze({
      texts,
      // Never shown: both elements are our own. An API client fills it in with what a browser returned.
      field: Object.freeze({ property: 'id', type: 'text', autocomplete: 'off', maxLength: 1364 }),
      setupElement: new URL('../../../assets/webauthn.js', import.meta.url),
      loginElement: new URL('../../../assets/webauthn-login.js', import.meta.url),
      // First, wherever something else could be chosen: the least work, and the most it proves.
      order: 10,
    }),

    begin(context) {
      const challenge = newChallenge(context);
      const { user, held, userVerification } = context;
      const party = relyingParty(settings, context.site);
      const attestation = settings.conveyance;
      const asked = { challenge, user, held, userVerification, attestation };
      return { data: { challenge }, setup: { options: creationOptions(party, asked) } };
    },

    async confirm(context, data, response) {
      if (data === null || isPasskey(data)) return { ok: false, reason: 'wrong' };
      const { challenge } = data;
      const registration = await verifyRegistration(response, {
        party: relyingParty(settings, context.site),
        challenge,
        userVerification: context.userVerification,
        attested: settings.conveyance !== 'none',
      });
      if (registration === null) return { ok: false, reason: 'wrong' };
      if (!(await isAccepted(settings, registration))) {
        return { ok: false, reason: 'refused', text: 'setup-refused' };
      }
      return enrolled(registration);
    },

    challenge: Object.freeze<WebauthnProvider['challenge']>({
      lifetime: 300,
      usedUpBy: 'answer',
      shared: true,
      make(context, _chosen, all) {
        const { userVerification } = context;
        const challenge = newChallenge(context);
        const party = relyingParty(settings, context.site);
        const credentials = all.flatMap(({ id, data }) =>
          isPasskey(data) ? [{ authenticator: id, id: data.credentialId }] : [],
        );
        return {
          data: { challenge, userVerification, discover: false },
          view: { options: requestOptions(party, { challenge, held: all, userVerification }), credentials },
        };
      },
    }),

    discover: Object.freeze<WebauthnProvider['discover']>({
      make(context) {
        const challenge = newChallenge(context);
        const userVerification = 'required';
        const party = relyingParty(settings, context.site);
        return {
          data: { challenge, userVerification, discover: true },
          view: { options: requestOptions(party, { challenge, userVerification }), credentials: [] },
        };
      },
      find(response) {
        const id = (response as Partial<AssertionResponse> | null)?.id;
        return typeof id === 'string' && /^[A-Za-z0-9_-]{2,1364}$/.test(id) ? id : null;
      },
    }),

    async verify(context, { data, counter, challenge }, response) {
      const wrong = { ok: false, reason: 'wrong' } as const;
      if (challenge === null || !isPasskey(data)) return wrong;
      // Neither is among what is signed (I-21, A-167).
      if (response.id !== data.credentialId || !isTheirs(context, data, challenge, response)) return wrong;
      const assertion = verifyAssertion(response, data, {
        party: relyingParty(settings, context.site),
        challenge: challenge.challenge,
        userVerification: stricter(context.userVerification, challenge.userVerification),
      });
      if (assertion === null || assertion.backupEligible !== data.backupEligible) return wrong;
      if (isCloned(assertion.signCount, counter)) return wrong;
      return proved(data, assertion);
    },

    adopt: (context, foreign) =>
      foreign.kind === 'credential' ? adopted(foreign, relyingParty(settings, context.site)) : null,

    signal(context, held) {
      const shown = shortened(context.user.identifier);
      return {
        rpId: relyingParty(settings, context.site).id,
        userId: userHandleOf(context.user),
        allAcceptedCredentialIds: held.flatMap(({ data }) => (isPasskey(data) ? [data.credentialId] : [])),
        name: shown,
        displayName: shown,
      };
    },

    wellKnown(site, base) {
      // Asked for when the site starts: a domain that fits no origin is told then, not to the first visitor.
      const { origins } = relyingParty(settings, { ...site, name: '' });
      return {
        webauthn: relatedOrigins({ origins }, site),
        'passkey-endpoints': passkeyEndpoints(site, base),
      };
    },
  });
}

/** Made here, never by a client (I-03, A-163). */
function newChallenge({ random }: Pick<FactorContext, 'random'>): string {
  return encode(random(challengeLength));
}

function stricter(
  one: FactorContext['userVerification'],
  other: FactorContext['userVerification'],
): FactorContext['userVerification'] {
  return one === 'required' ? one : other;
}

/** Whether the passkey says that it is this user's; it must say so where nothing else does (WebAuthn 7.2, step 6). */
function isTheirs(
  { user }: FactorContext,
  passkey: Passkey,
  { discover }: WebauthnChallenge,
  { response: { userHandle } }: AssertionResponse,
): boolean {
  if (userHandle === undefined) return !discover;
  return userHandle === (passkey.userHandle ?? userHandleOf(user));
}

/**
 * Whether a copy of the key has been used: a counter that does not move on (WebAuthn 6.1.1, A-171). Who never counts
 * answers zero each time, which is the rule for synced passkeys.
 */
function isCloned(signCount: number, stored: number): boolean {
  return (signCount > 0 || stored > 0) && signCount <= stored;
}

/** An application's own check: what throws, or answers anything but `true`, does not let a key in. */
async function isAccepted(
  { accept }: WebauthnSettings,
  { passkey: { aaguid, backupEligible, userVerified }, fmt, certified }: Registration,
): Promise<boolean> {
  return (await accept(Object.freeze({ aaguid, fmt, certified, backupEligible, userVerified }))) === true;
}

function enrolled({ passkey, signCount }: Registration): EnrolVerdict<WebauthnData> {
  const name = nameOf(passkey.aaguid);
  return {
    ok: true,
    data: passkey,
    counter: signCount,
    handle: passkey.credentialId,
    about: aboutOf(passkey),
    ...(name !== undefined && { name }),
  };
}

function proved(passkey: Passkey, assertion: Assertion): Verdict<WebauthnData> {
  const { signCount, backedUp } = assertion;
  const userVerified = passkey.userVerified || assertion.userVerified;
  const changed = backedUp !== passkey.backedUp || userVerified !== passkey.userVerified;
  const now: Passkey = { ...passkey, backedUp, userVerified };
  return {
    ok: true,
    proves: proofOf(passkey, assertion.userVerified),
    // Zero is not greater than zero: the core would take it for a replay.
    ...(signCount > 0 && { counter: signCount }),
    ...(changed && { data: now, about: aboutOf(now) }),
  };
}
