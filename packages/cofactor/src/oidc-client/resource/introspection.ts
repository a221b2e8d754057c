import { hash } from 'node:crypto';
import { ask, type Asking } from '../../issuer/ask.ts';
import { IssuerFault } from '../../issuer/faults.ts';
import { objectOf, type Published } from '../../issuer/published.ts';
import type { IntrospectionSettings, IssuerConfig, TokenClaims } from './options.ts';
import { factsOf, type Verified } from './token.ts';

const mostAnswerBytes = 65_536;
const mostKept = 10_000;

interface Kept {
  readonly claims: TokenClaims;
  readonly until: number;
}

/** Asks an issuer about tokens (RFC 7662). */
export class Introspection {
  readonly #issuer: IssuerConfig;
  readonly #settings: IntrospectionSettings;
  readonly #published: Published;
  readonly #asking: Asking;
  /** By the hash of the token: what is kept is of no use to who reads it. */
  readonly #kept = new Map<string, Kept>();

  constructor(issuer: IssuerConfig, settings: IntrospectionSettings, published: Published, asking: Asking) {
    this.#issuer = issuer;
    this.#settings = settings;
    this.#published = published;
    this.#asking = asking;
  }

  /** @throws what is the issuer's fault, or ours */
  async verify(token: string, now: Date): Promise<Verified> {
    const cacheMs = this.#settings.cache * 1000;
    if (cacheMs === 0) return this.#judged(await this.#ask(token, now), now);
    const key = hash('sha256', token, 'base64url');
    const kept = this.#kept.get(key);
    const isKept = kept !== undefined && now.getTime() < kept.until && kept.until <= now.getTime() + cacheMs;
    // A copy each: what one request does to its claims is nothing to the next.
    if (isKept) return this.#judged(structuredClone(kept.claims), now);
    const claims = await this.#ask(token, now);
    const verified = this.#judged(structuredClone(claims), now);
    // Anybody can make up tokens that are none; they are not kept.
    if (!('refused' in verified)) this.#keep(key, { claims, until: now.getTime() + cacheMs });
    return verified;
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.delete(key);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= mostKept && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, kept);
  }

  /** The answer, whatever it says. */
  async #ask(token: string, now: Date): Promise<TokenClaims> {
    const { introspection, takesBasic } = await this.#published.addresses(now);
    if (!introspection) throw new IssuerFault('away', 'no-introspection');
    const { clientId, clientSecret } = this.#settings;
    const form = new URLSearchParams({ token, token_type_hint: 'access_token' });
    const headers = new Headers({
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    });
    if (takesBasic) headers.set('authorization', basic(clientId, clientSecret));
    else {
      form.set('client_id', clientId);
      form.set('client_secret', clientSecret);
    }
    const question = { method: 'POST', headers, body: form.toString() };
    const { status, body } = await ask(this.#asking, introspection, question, mostAnswerBytes);
    const answer = objectOf(body);
    // Some refuse what they would never look up, such as a JWT. What is refused to us, and not of the token, is a fault.
    if (status === 400 && ofTheToken.includes(answer['error'])) return { active: false };
    if (status !== 200) throw new IssuerFault('away', `status-${status}${nameOf(answer['error'])}`);
    if (body === undefined || answer !== body) throw new IssuerFault('away', 'no-json');
    return answer;
  }

  #judged(claims: TokenClaims, now: Date): Verified {
    // Not `'true'`, and not 1.
    if (claims['active'] !== true) return { refused: 'inactive' };
    const { iss, aud, token_type: type } = claims;
    if (iss !== undefined && iss !== this.#issuer.issuer) return { refused: 'iss' };
    if (type !== undefined && !(typeof type === 'string' && type.toLowerCase() === 'bearer')) {
      return { refused: 'token_type' };
    }
    const { audience } = this.#issuer;
    // Without an audience it is the type that tells an access token from a refresh token, which has none.
    if (audience === null ? type === undefined : false) return { refused: 'token_type' };
    const fits = audience === null ? aud === undefined : [aud].flat().includes(audience);
    return fits ? factsOf(claims, now) : { refused: 'aud' };
  }
}

/** RFC 7662, 2.3; RFC 7009, 2.2.1. */
const ofTheToken: readonly unknown[] = ['unsupported_token_type', 'invalid_request', 'invalid_token'];

/** What an issuer calls an error, where that is a name. */
function nameOf(error: unknown): string {
  return typeof error === 'string' && /^[\w.-]{1,64}$/.test(error) ? ` ${error}` : '';
}

/** RFC 6749, 2.3.1: each part as in a form. */
function basic(clientId: string, clientSecret: string): string {
  const [id, secret] = [clientId, clientSecret].map((part) =>
    new URLSearchParams({ _: part }).toString().slice(2),
  );
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}
