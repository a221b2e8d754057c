import type { JWTVerifyGetKey, JWTVerifyOptions, JWTVerifyResult } from 'jose';
import { IssuerFault } from './faults.ts';
import { jose, type Published } from './published.ts';

type JoseErrors = (typeof import('jose'))['errors'];

/** Keys that are tried where a token does not name its own. */
const mostTries = 8;

/**
 * Checks a signature by the keys of an issuer, and the claims by these options.
 *
 * @throws what is the issuer's fault, or ours
 */
export async function verifySigned(
  token: string,
  options: JWTVerifyOptions,
  published: Published,
  now: Date,
): Promise<JWTVerifyResult | { readonly refused: string }> {
  const keys = await published.keys(now);
  return (await verifyWith(keys, token, options)) ?? again(token, options, published, now);
}

/** The key was not there: the issuer may have a new one. */
async function again(
  token: string,
  options: JWTVerifyOptions,
  published: Published,
  now: Date,
): Promise<JWTVerifyResult | { readonly refused: string }> {
  const newer = await published.newerKeys(now);
  return (newer && (await verifyWith(newer, token, options))) ?? { refused: 'unknown-key' };
}

/** `null` where there is no such key. */
async function verifyWith(
  keys: JWTVerifyGetKey,
  token: string,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult | { readonly refused: string } | null> {
  const { jwtVerify, errors } = await jose();
  try {
    return await jwtVerify(token, keys, options);
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return null;
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) return refusalOf(error, errors);
    let tries = 0;
    for await (const key of error) {
      const result = await jwtVerify(token, key, options).catch((thrown: unknown) =>
        refusalOf(thrown, errors),
      );
      if (!('refused' in result) || result.refused !== 'signature') return result;
      if ((tries += 1) === mostTries) break;
    }
    return { refused: 'signature' };
  }
}

/** The claims that a token may be refused for, as they are named in the log. */
const named = ['iss', 'aud', 'typ', 'exp', 'nbf', 'iat', 'sub', 'client_id', 'jti'];

/** What is wrong with the token. What is wrong with a key of the issuer is thrown on. */
function refusalOf(error: unknown, errors: JoseErrors): { readonly refused: string } {
  if (error instanceof errors.JWTExpired) return { refused: 'expired' };
  if (error instanceof errors.JWTClaimValidationFailed) {
    return { refused: named.find((name) => name === error.claim) ?? 'claims' };
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return { refused: 'signature' };
  const unsupported = [errors.JOSEAlgNotAllowed, errors.JOSENotSupported];
  if (unsupported.some((one) => error instanceof one)) return { refused: 'algorithm' };
  const malformed = [errors.JWTInvalid, errors.JWSInvalid];
  if (malformed.some((one) => error instanceof one)) return { refused: 'malformed' };
  throw error instanceof IssuerFault ? error : new IssuerFault('away', 'bad-key');
}
