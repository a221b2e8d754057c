import { timingSafeEqual } from 'node:crypto';
import type { Client, Engine } from '../engine.ts';
import { sha256 } from '../ids.ts';
import type { TryBucket } from '../store.ts';
import { limits } from './limits.ts';
import { networkOf } from './network.ts';

/**
 * The bucket in which first-factor tries on an account are counted. A browser that has signed in to it before
 * answers for itself; everybody else for their network. So who knows nothing but a user name slows down their
 * own network, and its owner gets in from a known browser whatever happens elsewhere (I-13). The same name in
 * another realm is somebody else's account.
 */
export function bucketFor(engine: Engine, canonical: string, client: Client, now: Date): TryBucket {
  const nonce = knownNonce(engine, canonical, client.known);
  const { realm } = engine;
  return {
    key: nameOf(realm, canonical, nonce === null ? 'network' : 'browser', nonce ?? networkOf(client.ip)),
    // A known browser has a budget of its own, and takes nothing from that of the account.
    subject: nonce === null ? nameOf(realm, canonical) : '',
    known: nonce !== null,
    subjectTries: limits.triesPerSubject,
    now,
  };
}

/** The value of the cookie that says "this browser has signed in to this account": no credential, only a name. */
export function knownBrowserCookie(engine: Engine, canonical: string): string {
  const nonce = Buffer.from(engine.config.random.bytes(16)).toString('base64url');
  return `${nonce}.${engine.keys.newest}.${engine.keys.hmac('browser', JSON.stringify([canonical, nonce]))}`;
}

/** Whether a cookie of that kind is this account's. */
export function isKnownBrowser(engine: Engine, canonical: string, cookie: string | undefined): boolean {
  return knownNonce(engine, canonical, cookie) !== null;
}

function knownNonce(engine: Engine, canonical: string, cookie: string | undefined): string | null {
  const [nonce = '', keyId = '', mac = ''] = cookie?.split('.') ?? [];
  if (!/^[A-Za-z0-9_-]{22}$/.test(nonce) || !engine.keys.ids.includes(keyId)) return null;
  const [expected, given] = [engine.keys.hmac('browser', JSON.stringify([canonical, nonce]), keyId), mac];
  if (expected.length !== given.length) return null;
  return timingSafeEqual(Buffer.from(expected), Buffer.from(given)) ? nonce : null;
}

/** Names of buckets are no secrets and outlive every key: a rotation must not reset what was counted. */
function nameOf(...parts: readonly string[]): string {
  return sha256(JSON.stringify(parts));
}
