import type { JWTVerifyOptions } from 'jose';
import { objectOf, type Published } from '../../issuer/published.ts';
import { verifySigned } from '../../issuer/signed.ts';
import type { IssuerConfig, TokenClaims } from './options.ts';

/** Whose a token is and what was granted with it, and everything else that it says. */
export interface TokenFacts {
  readonly subject: string;
  /** `null` where the issuer does not say. */
  readonly clientId: string | null;
  readonly scopes: readonly string[];
  readonly claims: TokenClaims;
}

/** What came of looking at a token: facts, or by name why it is not good here. */
export type Verified = TokenFacts | { readonly refused: string };

/** By how much clocks may differ, in seconds. */
const tolerance = 60;

/** The two parts of a JWT that can be read. Nothing of it has been checked. */
export interface Unchecked {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What a token says before anything of it is checked; `null` where it is no JWT and says nothing. */
export function peek(token: string): Unchecked | null {
  const parts = token.split('.');
  const header = jsonOf(parts[0] ?? '');
  // Three parts are signed; five are encrypted, and say nothing but that.
  if (![3, 5].includes(parts.length) || typeof header['alg'] !== 'string') return null;
  return { header, payload: parts.length === 3 ? jsonOf(parts[1] ?? '') : {} };
}

/**
 * Checks a JWT of this issuer: its signature by the keys that the issuer publishes, and all it has to say (RFC 9068, 4;
 * RFC 8725).
 *
 * @throws what is the issuer's fault, or ours
 */
export async function verifyToken(
  token: string,
  { header }: Unchecked,
  issuer: IssuerConfig,
  published: Published,
  now: Date,
): Promise<Verified> {
  // What the token says of where a key is (`jku`, `jwk`, `x5u`) is not read at all.
  if (header['crit'] !== undefined) return { refused: 'crit' };
  if (!issuer.algorithms.includes(header['alg'] as string)) return { refused: 'algorithm' };
  const isAccessToken = issuer.tokens === 'rfc9068';
  const options: JWTVerifyOptions = {
    algorithms: [...issuer.algorithms],
    issuer: issuer.issuer,
    audience: issuer.audience ?? [],
    currentDate: now,
    clockTolerance: tolerance,
    requiredClaims: isAccessToken ? ['exp', 'sub', 'client_id', 'iat', 'jti'] : ['exp', 'sub'],
    ...(isAccessToken && { typ: 'at+jwt' }),
  };
  const verified = await verifySigned(token, options, published, now);
  if ('refused' in verified) return verified;
  const claims = verified.payload;
  const wrong = isAccessToken ? wrongInAccessToken(claims) : likeAnIdToken(header, claims);
  return wrong === null ? factsOf(claims, now) : { refused: wrong };
}

/** RFC 9068, 2.2: what there has to be beside what every JWT has. */
function wrongInAccessToken({ client_id: client, jti, iat }: TokenClaims): string | null {
  if (!isName(client)) return 'client_id';
  if (typeof jti !== 'string' || jti === '') return 'jti';
  return typeof iat === 'number' ? null : 'iat';
}

/** What an id_token has in it and an access token has no use for (OpenID Connect Core 2, 3.1.3.6, 3.3.2.11). */
const ofIdTokens = ['nonce', 'at_hash', 'c_hash', 's_hash'];

/**
 * Anything by which a JWT of an issuer that does not mark its access tokens could be something else of it: an id_token, a
 * logout token, a refresh token. Its audience is what tells most: an id_token's is the client that it was made for.
 */
function likeAnIdToken(header: TokenClaims, claims: TokenClaims): string | null {
  const [type, kind] = [header['typ'] ?? 'JWT', claims['typ'] ?? 'Bearer'];
  if (typeof type !== 'string' || !/^(?:application\/)?(?:at\+)?jwt$/i.test(type)) return 'typ';
  // Keycloak says it in a claim: ID, Refresh, Offline, Logout.
  if (typeof kind !== 'string' || kind.toLowerCase() !== 'bearer') return 'typ';
  if (ofIdTokens.some((name) => claims[name] !== undefined)) return 'id-token';
  // Back-Channel Logout 2.4, and whatever else tells of events (RFC 8417).
  if (claims['events'] !== undefined) return 'events';
  const audiences = [claims['aud']].flat();
  return clientsIn(claims).some((client) => audiences.includes(client)) ? 'id-token' : null;
}

/** The client, as issuers call it: RFC 9068; Core 2; Entra ID v1; Okta. */
function clientsIn({ client_id: client, azp, appid, cid }: TokenClaims): readonly unknown[] {
  return [client, azp, appid, cid].filter((name) => name !== undefined);
}

/**
 * Whose a token is, for one that was checked, or that its issuer told about. What only a key of the client makes good is
 * not good without it: the key is not asked for here (RFC 9449, 7.1; RFC 8705, 3).
 */
export function factsOf(claims: TokenClaims, now: Date): Verified {
  if (claims['cnf'] !== undefined) return { refused: 'sender-constrained' };
  const { sub, iat, exp, nbf } = claims;
  const seconds = now.getTime() / 1000;
  const isTime = (time: unknown): time is number => typeof time === 'number' && Number.isFinite(time);
  // Asked this way round, a clock that has no time believes nothing.
  if (exp !== undefined && !(isTime(exp) && seconds < exp + tolerance)) return { refused: 'expired' };
  if (iat !== undefined && !(isTime(iat) && iat <= seconds + tolerance)) return { refused: 'iat' };
  if (nbf !== undefined && !(isTime(nbf) && nbf <= seconds + tolerance)) return { refused: 'nbf' };
  const [client = null] = clientsIn(claims);
  // Who is told by introspection may be a client alone, which has no `sub` (RFC 7662, 2.2).
  const subject = sub === undefined ? client : sub;
  if (!isName(subject)) return { refused: 'sub' };
  if (client !== null && !isName(client)) return { refused: 'client_id' };
  const scopes = scopesOf(claims);
  return scopes ? { subject, clientId: client, scopes, claims: Object.freeze(claims) } : { refused: 'scope' };
}

/** RFC 9068, 2.2.3: one text. Entra ID and Okta say `scp`, and the latter a list. `null` where it is anything else. */
function scopesOf({ scope, scp }: TokenClaims): readonly string[] | null {
  const said = scope ?? scp ?? '';
  const scopes: unknown = typeof said === 'string' ? said.split(' ').filter(Boolean) : said;
  const isList = Array.isArray(scopes) && scopes.every((one) => typeof one === 'string');
  return isList ? Object.freeze(scopes) : null;
}

/** OpenID Connect Core 2: at most 255 ASCII characters. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[\x20-\x7e]{1,255}$/.test(value);
}

function jsonOf(part: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
  } catch {
    return {};
  }
}
