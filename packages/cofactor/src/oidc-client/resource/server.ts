import {
  assuranceOf,
  decide,
  type Assurance,
  type Decision,
  type Policy,
  type PolicySubject,
  type Requirement,
} from '../../assurance/index.ts';
import { CofactorError, errorName } from '../../base/errors.ts';
import { isList } from '../../base/options.ts';
import { assertPeer } from '../../base/peer.ts';
import { policiesOf } from '../../base/policies.ts';
import { IssuerFault } from '../../issuer/faults.ts';
import { Published } from '../../issuer/published.ts';
import type { StepUpChallenge } from '../../web/challenge.ts';
import type { HttpRequest, HttpResponse } from '../../web/message.ts';
import type { Dialect, SaidLevel } from '../dialect.ts';
import { eventsOf } from '../said.ts';
import { answers } from './answers.ts';
import { Introspection } from './introspection.ts';
import {
  checkedResourceServer,
  type IssuerConfig,
  type ResourceConfig,
  type ResourceServerOptions,
  type TokenClaims,
} from './options.ts';
import { peek, verifyToken, type TokenFacts, type Unchecked, type Verified } from './token.ts';

/** Who calls an API, and what the token that came along proves. */
export interface Bearer {
  /** The issuer of the token. With `subject` it is who this is; `subject` alone is nobody. */
  readonly issuer: string;
  readonly subject: string;
  /** The client that has the token; `null` where its issuer does not say. */
  readonly clientId: string | null;
  readonly scopes: readonly string[];
  /** Everything that the token says, checked in form and signature only. */
  readonly claims: TokenClaims;
  readonly assurance: Assurance;
  /** Whether a policy would let this bearer in: for parts of an answer, by the same rule as the guard. */
  allows(policy: string | Policy): Promise<boolean>;
}

/** What a route asks for beside a policy. */
export interface GuardOptions {
  /** Scopes that must all have been granted. */
  readonly scopes?: readonly string[];
}

/** What a guard decided: let the bearer in, or answer with this instead. */
export type GuardedBearer = { readonly bearer: Bearer } | { readonly response: HttpResponse };

/** Guards of one API. */
export interface ResourceServer {
  /**
   * Guards a route: by a good token at least, by a policy and scopes where they are given. Who falls short in level or age
   * is told what to prove (RFC 9470, 3).
   *
   * @throws {CofactorError} `ERR_POLICY_UNKNOWN` for a name that is not in `policies`
   */
  guard(request: HttpRequest, policy?: string | Policy, options?: GuardOptions): Promise<GuardedBearer>;
  /** The same, checked when a route is defined and not at its first request. */
  guardOf(policy?: string | Policy, options?: GuardOptions): (request: HttpRequest) => Promise<GuardedBearer>;
}

/**
 * Makes the guards of an API that takes access tokens: JWTs (RFC 9068), or tokens that their issuer is asked about
 * (RFC 7662). Tokens that are bound to a key of their client (`cnf`) are refused: the proof of the key is not checked.
 *
 * @throws {CofactorError} `ERR_CONFIG_RESOURCE_SERVER`, `ERR_CONFIG_POLICIES`, `ERR_PEER_MISSING`
 * @example
 * const api = createResourceServer({
 *   issuers: [{ issuer: 'https://id.example/oidc', audience: 'https://api.example' }],
 *   policies: { Refunds: requireMfa({ maxAge: 300 }) },
 * });
 * const guarded = await api.guard(request, 'Refunds', { scopes: ['orders:refund'] });
 */
export function createResourceServer(options: ResourceServerOptions): ResourceServer {
  const config = checkedResourceServer(options);
  if (config.issuers.some(({ tokens }) => typeof tokens === 'string'))
    assertPeer('jose', 'cofactor/oidc-client');
  const parties = config.issuers.map((issuer) => new Party(issuer, config));
  return Object.freeze({
    guard: async (request, policy, wanted) => new Guard(config, parties, policy, wanted).answer(request),
    guardOf(policy, wanted) {
      const guard = new Guard(config, parties, policy, wanted);
      return (request) => guard.answer(request);
    },
  } satisfies ResourceServer);
}

/** An issuer, and how its tokens are looked at. */
class Party {
  readonly issuer: IssuerConfig;
  readonly introspection: Introspection | null;
  readonly #published: Published;

  constructor(issuer: IssuerConfig, config: ResourceConfig) {
    this.issuer = issuer;
    this.#published = new Published(issuer.issuer, config);
    this.introspection =
      typeof issuer.tokens === 'string'
        ? null
        : new Introspection(issuer, issuer.tokens, this.#published, config);
  }

  async verify(token: string, said: Unchecked | null, now: Date): Promise<Verified> {
    if (this.introspection) return this.introspection.verify(token, now);
    return said ? verifyToken(token, said, this.issuer, this.#published, now) : { refused: 'malformed' };
  }
}

class Guard {
  readonly #config: ResourceConfig;
  readonly #parties: readonly Party[];
  readonly #policy: Policy | null;
  readonly #name: string | null;
  readonly #scopes: readonly string[];

  constructor(
    config: ResourceConfig,
    parties: readonly Party[],
    policy: string | Policy | undefined,
    options: GuardOptions = {},
  ) {
    const { scopes = [], ...unknown } = options;
    const [other] = Object.keys(unknown);
    if (other !== undefined) throw new TypeError(`a guard takes { scopes }, and not ${other}`);
    if (!isList(scopes) || !scopes.every(isScope)) throw new TypeError('a guard takes scopes as a list');
    this.#config = config;
    this.#parties = parties;
    this.#policy = policy === undefined ? null : policyOf(config, policy);
    this.#name = typeof policy === 'string' ? policy : null;
    this.#scopes = [...scopes];
  }

  /** Never throws: what is broken lets nobody in (I-12). */
  async answer(request: HttpRequest): Promise<GuardedBearer> {
    const { log } = this.#config;
    try {
      return await this.#decide(request);
    } catch (error) {
      // By its name: what was thrown may quote the token (I-28).
      if (!(error instanceof IssuerFault)) log.error({ code: errorName(error) }, 'a guard failed');
      return { response: answers.unavailable() };
    }
  }

  async #decide(request: HttpRequest): Promise<GuardedBearer> {
    const { clock, log, roles } = this.#config;
    const sent = tokenOf(request);
    if (sent === null) return { response: answers.notSignedIn() };
    if ('refused' in sent) {
      log.info({ reason: sent.refused }, 'an access token was refused');
      return { response: sent.refused === 'two-headers' ? answers.malformed() : answers.invalidToken() };
    }
    const now = clock.now();
    const { party, verified } = await this.#verify(sent.token, now);
    if (!party || 'refused' in verified) {
      const issuer = party?.issuer.issuer;
      const reason = 'refused' in verified ? verified.refused : 'iss';
      log.info({ reason, ...(issuer !== undefined && { issuer }) }, 'an access token was refused');
      return { response: answers.invalidToken() };
    }
    const { issuer, dialect } = party.issuer;
    const events = isOfNobody(verified) ? [] : eventsOf(verified.claims, dialect, now, issuer);
    const { claims } = verified;
    const subject = { events, roles: rolesOf(roles(claims, issuer)), claims };
    const bearer = this.#bearer(issuer, verified, subject);
    if (!this.#scopes.every((scope) => verified.scopes.includes(scope))) {
      return { response: answers.insufficientScope(this.#scopes) };
    }
    const decision: Decision = this.#policy
      ? await decide(this.#policy, { ...subject, now })
      : { allowed: true };
    if (decision.allowed) return { bearer };
    if ('denied' in decision) {
      log.info({ policy: this.#name, denied: decision.denied, issuer }, 'denied by policy');
      return { response: answers.forbidden() };
    }
    return { response: answers.stepUpNeeded(challengeFor(decision.requirement, dialect)) };
  }

  /** By the issuer that the token names, of those that are configured; nobody else is asked for anything. */
  async #verify(token: string, now: Date): Promise<{ readonly party?: Party; readonly verified: Verified }> {
    const said = peek(token);
    if (said?.header['enc'] !== undefined) return { verified: { refused: 'encrypted' } };
    const party = said
      ? this.#parties.find(({ issuer }) => issuer.issuer === said.payload['iss'])
      : this.#parties.find(({ introspection }) => introspection !== null);
    if (!party) return { verified: { refused: said ? 'unknown-issuer' : 'malformed' } };
    try {
      return { party, verified: await party.verify(token, said, now) };
    } catch (error) {
      if (!(error instanceof IssuerFault)) throw error;
      this.#config.log.warn(
        { reason: error.message, issuer: party.issuer.issuer },
        'an access token could not be checked',
      );
      throw error;
    }
  }

  #bearer(
    issuer: string,
    { subject, clientId, scopes, claims }: TokenFacts,
    proved: Omit<PolicySubject, 'now'>,
  ): Bearer {
    const config = this.#config;
    return Object.freeze({
      issuer,
      subject,
      clientId,
      scopes,
      claims,
      assurance: assuranceOf(proved.events),
      async allows(policy) {
        const { allowed } = await decide(policyOf(config, policy), { ...proved, now: config.clock.now() });
        return allowed;
      },
    } satisfies Bearer);
  }
}

/** RFC 6749, 3.3. */
function isScope(scope: unknown): boolean {
  return typeof scope === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope);
}

/** More than any token needs; what is longer is not looked at. */
const longestHeader = 8192;

/** The token of the `Authorization` header, which is the only place that one is taken from (RFC 6750, 2; RFC 9700, 4.3.2). */
function tokenOf({ headers }: HttpRequest): { readonly token: string } | { readonly refused: string } | null {
  const sent = [headers['authorization']].flat().filter((value) => value !== undefined);
  if (sent.length > 1) return { refused: 'two-headers' };
  const [value] = sent;
  if (value === undefined || !/^bearer(?: |$)/i.test(value)) return null;
  if (value.length > longestHeader) return { refused: 'too-large' };
  const token = /^bearer +([\w\-.~+/]+=*) *$/i.exec(value)?.[1];
  return token === undefined ? { refused: 'malformed' } : { token };
}

/**
 * A token that a client got for itself proves nothing of a person: nobody signed in (RFC 9068, 2.2; Entra ID's and Auth0's
 * words for the same).
 */
function isOfNobody({ subject, clientId, claims }: TokenFacts): boolean {
  return subject === clientId || claims['idtyp'] === 'app' || claims['gty'] === 'client-credentials';
}

function rolesOf(given: readonly string[]): readonly string[] {
  if (isList(given) && given.every((role) => typeof role === 'string')) return given;
  throw new TypeError('roles takes a function that returns a list of texts');
}

/** What is missing, in the words that the issuer is asked with, where it has some of its own. */
function challengeFor({ acr, maxAge }: Requirement, { asks }: Dialect): StepUpChallenge {
  const acrValues = acr === undefined ? undefined : (asks?.[acr as SaidLevel]?.acrValues ?? acr);
  return { ...(acrValues !== undefined && { acrValues }), ...(maxAge !== undefined && { maxAge }) };
}

const checked = new WeakSet<Policy>();

function policyOf({ policies }: ResourceConfig, policy: string | Policy): Policy {
  if (typeof policy === 'string') {
    const named = policies.get(policy);
    if (named) return named;
    throw new CofactorError(
      'ERR_POLICY_UNKNOWN',
      'This address is guarded by a policy that does not exist.',
      {
        detail: `policies has no ${JSON.stringify(policy)}`,
      },
    );
  }
  if (!checked.has(policy)) {
    policiesOf({ 'the policy of a guard': policy });
    checked.add(policy);
  }
  return policy;
}
