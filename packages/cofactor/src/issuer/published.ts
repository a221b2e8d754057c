import type { JWTVerifyGetKey } from 'jose';
import { peer } from '../base/peer.ts';
import { ask, type Asking } from './ask.ts';
import { IssuerFault } from './faults.ts';

/** What checks signatures. Loaded with the first token. */
export const jose: () => Promise<typeof import('jose')> = peer(
  'jose',
  'cofactor/oidc-client',
  () => import('jose'),
);

/** The addresses of an issuer, from its own document. */
export interface IssuerAddresses {
  readonly jwks: URL | null;
  readonly introspection: URL | null;
  /** Whether a client proves itself in the header, or else in the form. */
  readonly takesBasic: boolean;
}

/** How long a document is believed, and keys; milliseconds. */
const documentLifeMs = 3_600_000;
const keysLifeMs = 600_000;
/** A key that nobody knows makes us ask again, so often at most: tokens are made up by anybody. */
const unknownKeyMs = 30_000;
/** An issuer that failed is left alone for so long, and all who need it are told so at once. */
const failedMs = 5_000;

const mostDocumentBytes = 131_072;
const mostKeyBytes = 524_288;

interface Loaded<T> {
  readonly value: T;
  readonly at: number;
}

/**
 * What an issuer publishes: where its keys are, and the keys. Asked for when first needed, by one request at a time, and
 * kept for a while. A fault keeps what is there: keys are as good as their age says.
 */
export class Published {
  readonly #issuer: string;
  readonly #asking: Asking;
  #addresses: Loaded<IssuerAddresses> | null = null;
  #keys: Loaded<JWTVerifyGetKey> | null = null;
  #failed: { readonly fault: unknown; readonly at: number } | null = null;
  #loadingAddresses: Promise<IssuerAddresses> | null = null;
  #loadingKeys: Promise<JWTVerifyGetKey> | null = null;

  constructor(issuer: string, asking: Asking) {
    this.#issuer = issuer;
    this.#asking = asking;
  }

  /** @throws {IssuerFault} */
  async addresses(now: Date): Promise<IssuerAddresses> {
    if (this.#addresses && isYounger(this.#addresses, now, documentLifeMs)) return this.#addresses.value;
    this.#unlessFailed(now);
    this.#loadingAddresses ??= this.#noting(now, this.#discover())
      .then((value) => {
        this.#addresses = { value, at: now.getTime() };
        return value;
      })
      .finally(() => (this.#loadingAddresses = null));
    return this.#loadingAddresses;
  }

  /** Finds the key that a token names, among those of this issuer and no others. @throws {IssuerFault} */
  async keys(now: Date): Promise<JWTVerifyGetKey> {
    if (this.#keys && isYounger(this.#keys, now, keysLifeMs)) return this.#keys.value;
    return this.#load(now);
  }

  /** The keys as they are now, for a token whose key was not there; `null` where they were looked at just before. */
  async newerKeys(now: Date): Promise<JWTVerifyGetKey | null> {
    if (this.#loadingKeys) return this.#loadingKeys;
    if (this.#keys && isYounger(this.#keys, now, unknownKeyMs)) return null;
    return this.#load(now);
  }

  async #load(now: Date): Promise<JWTVerifyGetKey> {
    if (this.#loadingKeys) return this.#loadingKeys;
    this.#unlessFailed(now);
    this.#loadingKeys = this.#fetchKeys(now)
      .then((value) => {
        this.#keys = { value, at: now.getTime() };
        return value;
      })
      .finally(() => (this.#loadingKeys = null));
    return this.#loadingKeys;
  }

  async #fetchKeys(now: Date): Promise<JWTVerifyGetKey> {
    const { jwks } = await this.addresses(now);
    return this.#noting(now, this.#keysAt(jwks));
  }

  async #keysAt(url: URL | null): Promise<JWTVerifyGetKey> {
    if (!url) throw new IssuerFault('away', 'no-keys');
    const accept = { accept: 'application/jwk-set+json, application/json' };
    const { status, body } = await ask(this.#asking, url, { headers: accept }, mostKeyBytes);
    if (status !== 200) throw new IssuerFault('away', `status-${status}`);
    const { keys } = objectOf(body);
    if (!Array.isArray(keys)) throw new IssuerFault('away', 'no-keys');
    const { createLocalJWKSet } = await jose();
    // A secret key among them would be one that everybody knows.
    const known = (keys as unknown[]).filter((key) =>
      ['EC', 'RSA', 'OKP'].includes(objectOf(key)['kty'] as string),
    );
    return createLocalJWKSet({ keys: known as never });
  }

  /** OpenID Connect Discovery 4, or else RFC 8414, 3. */
  async #discover(): Promise<IssuerAddresses> {
    const { pathname, origin } = new URL(this.#issuer);
    const path = pathname.replace(/\/$/, '');
    const places = [
      `${origin}${path}/.well-known/openid-configuration`,
      `${origin}/.well-known/oauth-authorization-server${path}`,
    ];
    for (const place of places) {
      const accept = { accept: 'application/json' };
      const { status, body } = await ask(
        this.#asking,
        new URL(place),
        { headers: accept },
        mostDocumentBytes,
      );
      if (status === 404) continue;
      if (status !== 200) throw new IssuerFault('away', `status-${status}`);
      return this.#addressesIn(objectOf(body));
    }
    throw new IssuerFault('away', 'no-discovery-document');
  }

  #addressesIn(document: Readonly<Record<string, unknown>>): IssuerAddresses {
    if (document['issuer'] !== this.#issuer) throw new IssuerFault('away', 'document-of-another-issuer');
    const methods = document['introspection_endpoint_auth_methods_supported'];
    return {
      jwks: this.#addressOf(document['jwks_uri']),
      introspection: this.#addressOf(document['introspection_endpoint']),
      takesBasic: !Array.isArray(methods) || methods.includes('client_secret_basic'),
    };
  }

  /** An address that the document names. An issuer on https names no other, and none of this machine by http. */
  #addressOf(named: unknown): URL | null {
    if (named === undefined) return null;
    const url = typeof named === 'string' ? URL.parse(named) : null;
    const local = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '');
    const mayBeHttp = local && new URL(this.#issuer).protocol === 'http:';
    const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && mayBeHttp);
    if (!url || !safe || url.username !== '') throw new IssuerFault('away', 'unsafe-address');
    return url;
  }

  #unlessFailed(now: Date): void {
    if (this.#failed && isYounger(this.#failed, now, failedMs)) throw this.#failed.fault;
  }

  async #noting<T>(now: Date, asked: Promise<T>): Promise<T> {
    try {
      const value = await asked;
      this.#failed = null;
      return value;
    } catch (fault) {
      this.#failed = { fault, at: now.getTime() };
      throw fault;
    }
  }
}

/** A clock that was put back makes nothing older, and nothing younger than new. */
function isYounger({ at }: { readonly at: number }, now: Date, lifeMs: number): boolean {
  return Math.abs(now.getTime() - at) < lifeMs;
}

export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, unknown>>) : {};
}
