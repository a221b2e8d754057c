import type { Client, Engine } from '../engine.ts';
import type { TryBucket } from '../store.ts';
import { limits } from './limits.ts';
import { networkOf } from './network.ts';

/**
 * The bucket in which first-factor tries on an account are counted. A browser that has signed in to it before
 * answers for itself; everybody else for their network. So who knows nothing but a user name slows down their
 * own network, and its owner gets in from a known browser whatever happens elsewhere (I-13).
 */
export function bucketFor(engine: Engine, canonical: string, client: Client, now: Date): TryBucket {
  const subject = engine.keys.hmac('hash', `tries ${canonical}`);
  const nonce = knownNonce(engine, canonical, client.known);
  const from = nonce === null ? `network ${networkOf(client.ip)}` : `browser ${nonce}`;
  return {
    key: engine.keys.hmac('hash', `tries ${canonical} ${from}`),
    subject,
    known: nonce !== null,
    subjectTries: limits.triesPerSubject,
    now,
  };
}

/** The value of the cookie that says "this browser has signed in to this account": no credential, only a name. */
export function knownBrowserCookie(engine: Engine, canonical: string): string {
  const nonce = Buffer.from(engine.config.random.bytes(16)).toString('base64url');
  return `${nonce}.${engine.keys.newest}.${engine.keys.hmac('browser', `${canonical} ${nonce}`)}`;
}

/** Whether a cookie of that kind is this account's. */
export function isKnownBrowser(engine: Engine, canonical: string, cookie: string | undefined): boolean {
  return knownNonce(engine, canonical, cookie) !== null;
}

function knownNonce(engine: Engine, canonical: string, cookie: string | undefined): string | null {
  const [nonce, keyId, mac] = cookie?.split('.') ?? [];
  if (nonce === undefined || keyId === undefined || mac === undefined || !engine.keys.ids.includes(keyId))
    return null;
  return engine.keys.hmac('browser', `${canonical} ${nonce}`, keyId) === mac ? nonce : null;
}
