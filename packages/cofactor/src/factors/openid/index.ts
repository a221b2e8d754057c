import { hash } from 'node:crypto';
import { unknownTime, type Requirement } from '../../assurance/index.ts';
import type {
  AskContext,
  Begun,
  ChallengeMaker,
  Discovery,
  EnrolContext,
  EnrolVerdict,
  FactorContext,
  FactorProvider,
  Held,
  Identified,
  Verdict,
} from '../../core/provider.ts';
import {
  assertionOf,
  enrolled,
  handleOf,
  newcomer,
  type Assertion,
  type LinkedIdentity,
} from './identity.ts';
import { IssuerFault } from '../../issuer/faults.ts';
import { Issuer, type SignedIn } from '../../issuer/issuer.ts';
import { checked, type OpenidOptions, type OpenidSettings } from './options.ts';
import { texts } from './texts.ts';
import { acrValuesFor, atBest, external, reportsOf } from './trust.ts';

export type { LinkedIdentity } from './identity.ts';
export type { OpenidOptions } from './options.ts';
export type { TrustedLevel, TrustRule } from './trust.ts';

/** What the page that people come back to sends: the authorization response. */
export interface OpenidResponse {
  readonly state: string;
  readonly code: string;
  readonly iss?: string;
}

/** What is kept of a request, sealed, until its response comes. */
export interface OpenidRequest {
  /**
   * Hash of the issuer that was asked: an answer is taken to no other, though the provider of this name may have another one
   * by then.
   */
  readonly asked: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
  /** When it was made, in milliseconds. */
  readonly at: number;
}

/** Where a page leads to. */
export interface OpenidView {
  readonly url: string;
}

type OpenidChallenge = OpenidRequest | Assertion;
type OpenidData = LinkedIdentity | OpenidRequest;

export interface OpenidProvider extends FactorProvider<
  OpenidData,
  OpenidResponse,
  OpenidResponse,
  OpenidChallenge
> {
  readonly challenge: Omit<ChallengeMaker<OpenidData, OpenidChallenge>, 'make'> & {
    make(
      context: AskContext,
      chosen: Held<OpenidData>,
    ): Promise<{ readonly data: OpenidRequest; readonly view: OpenidView }>;
  };
  readonly discover: Omit<Discovery<OpenidChallenge>, 'make' | 'identify'> & {
    make(
      context: Omit<AskContext, 'user' | 'hashes'>,
    ): Promise<{ readonly data: OpenidRequest; readonly view: OpenidView }>;
    identify(
      context: Omit<FactorContext, 'user' | 'hashes'>,
      challenge: OpenidChallenge,
      response: unknown,
    ): Promise<Identified<OpenidChallenge> | { readonly ok: false; readonly reason: 'wrong' }>;
  };
  begin(
    context: EnrolContext<OpenidData>,
  ): Promise<Begun<OpenidData> & { readonly data: OpenidRequest; readonly setup: OpenidView }>;
  confirm(
    context: FactorContext,
    data: OpenidData | null,
    response: OpenidResponse,
  ): Promise<EnrolVerdict<OpenidData>>;
  verify(
    context: FactorContext,
    authenticator: Held<OpenidData> & { readonly challenge: OpenidChallenge | null },
    response: OpenidResponse,
  ): Promise<Verdict<OpenidData>>;
}

const wrong = { ok: false, reason: 'wrong' } as const;

/**
 * Sign-in with an account at an OpenID Connect issuer: Google, Entra ID, Umbraco ID, Keycloak, any that has a discovery
 * document. Several may stand side by side, each under its own name.
 *
 * Authorization code with PKCE, state and nonce. An identity is known by `(issuer, subject)`, and by nothing else (I-18).
 * It is a first factor; `trust` says what of the issuer's own `acr` and `amr` counts for more. The redirect URI to register
 * is `https://app.example.com/auth/external/<name>`.
 *
 * @example
 * openid({ name: 'google', label: 'Google', issuer: 'https://accounts.google.com', clientId, clientSecret });
 *
 * @throws {CofactorError} `ERR_CONFIG_OPENID`; `ERR_PEER_MISSING` where `openid-client` is not installed
 */
export function openid(options: OpenidOptions): OpenidProvider {
  const settings = checked(options);
  const issuer = new Issuer(settings);
  const best = atBest(settings.trust, settings.issuer);

  async function ask(
    context: Omit<AskContext, 'user' | 'hashes' | 'wanted'>,
    {
      why,
      wanted,
      login,
    }: { readonly why: Why; readonly wanted?: Requirement; readonly login?: string | undefined },
  ): Promise<{ readonly request: OpenidRequest; readonly view: OpenidView }> {
    const { now, language } = context;
    const request = newRequest(settings, context, why);
    const { state, nonce, verifier, redirectUri } = request;
    const url = await issuer.authorizationUrl(
      {
        state,
        nonce,
        redirectUri,
        codeChallenge: hash('sha256', verifier, 'base64url'),
        language,
        loginHint: login,
        ...upstreamOf(settings, wanted),
      },
      now,
    );
    return { request, view: { url } };
  }

  /** Who signed in at the issuer in answer to a request; `null` where the response is none to it. */
  async function answered(
    context: Pick<FactorContext, 'now'>,
    request: OpenidRequest,
    response: OpenidResponse,
  ): Promise<{ readonly signedIn: SignedIn; readonly assertion: Assertion } | null> {
    const { now } = context;
    if (request.asked !== whom(settings)) return null;
    let signedIn: SignedIn;
    try {
      signedIn = await issuer.signedIn({ ...request, response }, now);
    } catch (error) {
      // What the person brought is not good. Whatever else goes wrong is thrown, so that somebody looks into it.
      if (error instanceof IssuerFault && error.kind === 'answer') return null;
      throw error;
    }
    const askedAt = new Date(request.at);
    return { signedIn, assertion: assertionOf(settings, signedIn.claims, { now, askedAt }) };
  }

  return Object.freeze<OpenidProvider>({
    name: settings.name,
    usage: 'first',
    multiple: true,
    proves: Object.freeze({ kind: 'know', amr: Object.freeze([external]) }),
    ...(best && { atBest: best }),
    response: responseSchema,
    view: Object.freeze({
      texts: texts(settings),
      // Never shown: both elements are our own.
      field: Object.freeze({ property: 'code', type: 'text', autocomplete: 'off', maxLength: 4096 }),
      setupElement: new URL('../../../assets/openid.js', import.meta.url),
      loginElement: new URL('../../../assets/openid-login.js', import.meta.url),
      order: 50,
      away: true,
    }),

    async begin(context) {
      const { request, view } = await ask(context, { why: 'enrol' });
      return { data: request, setup: view };
    },

    async confirm(context, data, response) {
      if (!isRequest(data)) return wrong;
      const found = await answered(context, data, response);
      if (!found) return wrong;
      return enrolled(context, found.assertion, await profileOf(found.signedIn));
    },

    challenge: Object.freeze<OpenidProvider['challenge']>({
      lifetime: 600,
      usedUpBy: 'answer',
      async make(context, { id, data }) {
        const login = isLinked(data) ? data.login : undefined;
        const asked = { why: `answer.${id}`, wanted: context.wanted, login } as const;
        const { request, view } = await ask(context, asked);
        return { data: request, view };
      },
    }),

    discover: Object.freeze<OpenidProvider['discover']>({
      async make(context) {
        const { request, view } = await ask(context, { why: 'discover', wanted: context.wanted });
        return { data: request, view };
      },
      // Only the issuer can say whose a code is.
      find: () => null,
      async identify(context, challenge, response) {
        if (!isRequest(challenge)) return wrong;
        const found = await answered(context, challenge, response as OpenidResponse);
        if (!found) return wrong;
        const { assertion, signedIn } = found;
        return {
          ok: true,
          handle: handleOf(context, assertion),
          challenge: assertion,
          newcomer: async () => newcomer(settings, context, assertion, await profileOf(signedIn)),
        };
      },
    }),

    async verify(context, { data, challenge }, response) {
      if (challenge === null || !isLinked(data)) return wrong;
      const assertion = isRequest(challenge)
        ? (await answered(context, challenge, response))?.assertion
        : challenge;
      if (assertion?.issuer !== data.issuer || assertion.subject !== data.subject) return wrong;
      const at = assertion.at === null ? unknownTime : new Date(assertion.at);
      return { ok: true, reports: reportsOf(assertion, { at, source: assertion.issuer }) };
    },

    adopt(context, foreign) {
      if (foreign.kind !== 'identity') return null;
      const { subject } = foreign;
      // OpenID Connect Core, 2: at most 255 characters of ASCII.
      if (!/^[\x21-\x7e]{1,255}$/.test(subject)) return { ok: false, reason: 'refused' };
      return enrolled(context, { issuer: settings.issuer, subject }, {});
    },

    // Nobody can be asked about by name: who does not bring a response of the issuer is answered at once.
    decoy: () => undefined,
  });
}

/** What is known of somebody who signed in; asked for only where the id_token has no address. */
async function profileOf({ claims, profile }: SignedIn): Promise<Readonly<Record<string, unknown>>> {
  return claims['email'] === undefined ? profile() : claims;
}

/** What a request is for. It stands in the `state`, so that the page which people come back to knows what to do with it. */
type Why = 'discover' | 'enrol' | `answer.${string}`;

function newRequest(
  settings: OpenidSettings,
  { random, now, site, base }: Omit<AskContext, 'user' | 'hashes' | 'wanted'>,
  why: Why,
): OpenidRequest {
  const secret = (): string => Buffer.from(random(32)).toString('base64url');
  return {
    asked: whom(settings),
    state: `${why}.${secret()}`,
    nonce: secret(),
    verifier: secret(),
    // One for each issuer, so that none can have the response of another sent to it (RFC 9700, 4.4).
    redirectUri: `${site.origin}${base}/external/${settings.name}`,
    at: now.getTime(),
  };
}

function whom({ issuer }: OpenidSettings): string {
  return hash('sha256', issuer, 'base64url');
}

/** What has to be proved here, in the words of the issuer where the table has some. */
function upstreamOf(
  { trust }: OpenidSettings,
  { acr, maxAge }: Requirement = {},
): {
  readonly acrValues: string | undefined;
  readonly maxAge: number | undefined;
  readonly prompt: string | undefined;
} {
  return {
    acrValues: acrValuesFor(trust, acr),
    maxAge,
    // Not all issuers take an age of 0 for what it is.
    prompt: maxAge === 0 ? 'login' : undefined,
  };
}

/** Exactly as it is stored: a row that was changed must not be taken for either. */
function isRequest(value: unknown): value is OpenidRequest {
  const { asked, state, nonce, verifier, redirectUri, at } = (value ?? {}) as Partial<OpenidRequest>;
  const texts = [asked, state, nonce, verifier, redirectUri];
  return texts.every((text) => typeof text === 'string' && text.length >= 16) && typeof at === 'number';
}

function isLinked(value: unknown): value is LinkedIdentity {
  const { issuer, subject } = (value ?? {}) as Partial<LinkedIdentity>;
  return typeof issuer === 'string' && typeof subject === 'string' && subject !== '';
}

const text = (maxLength: number): object => ({ type: 'string', minLength: 1, maxLength });

const responseSchema: FactorProvider['response'] = Object.freeze({
  type: 'object',
  additionalProperties: false,
  required: ['state', 'code'],
  // RFC 6749, 4.1.2, and RFC 9207. What else an issuer sends along is not for us.
  properties: { state: text(256), code: text(4096), iss: text(2048) },
});
