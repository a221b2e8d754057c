import { CofactorError } from '../../base/errors.ts';
import { assertPeer, peer } from '../../base/peer.ts';

const name = '@simplewebauthn/server';
const neededBy = 'cofactor/webauthn';

assertPeer(name, neededBy);

/** What verifies set-ups. Loaded with the first of them: it takes longer to load than all the rest of a start. */
export const server: () => Promise<typeof import('@simplewebauthn/server')> = peer(
  name,
  neededBy,
  () => import('@simplewebauthn/server'),
);

/** CBOR of set-ups, as the same library reads it: two readers of one message would see two messages. */
export const helpers: () => Promise<typeof import('@simplewebauthn/server/helpers')> = peer(
  name,
  neededBy,
  () => import('@simplewebauthn/server/helpers'),
);

/**
 * What `read` makes of a response, or `null` where the response is not what it claims to be. The library says both
 * "this does not fit" and "this is no CBOR" by throwing, and a parser that is led astray trips over whatever comes
 * first; none of that may look like an outage, because an outage is not counted as a try. Call it around the
 * library only: what is wrong with this machine or with our own code is passed on.
 */
export async function unlessMalformed<T>(read: () => T | Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (isOurs(error)) throw error;
    return null;
  }
}

/** By name, because the library exports neither class. */
const ours: readonly string[] = ['MissingWebCrypto', 'ReferenceError'];

function isOurs(error: unknown): boolean {
  return error instanceof CofactorError || (error instanceof Error && ours.includes(error.name));
}
