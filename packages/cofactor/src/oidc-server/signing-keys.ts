import { generateKeyPairSync, hash, type JsonWebKey } from 'node:crypto';
import type { Engine } from '../core/engine.ts';
import { isSealedWith, open, seal } from '../base/keys/envelope.ts';
import type { SigningKeyRecord } from '../core/oidc-store.ts';
import type { SigningAlgorithm } from './clients.ts';

export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly activeAt: Date;
  /** Private. */
  readonly jwk: JsonWebKey;
}

/** How long a new key is published before it signs, so that nobody sees a signature of a key unknown to them, in milliseconds. */
export const publishedBeforeMs = 3_600_000;
/** How long a key that was followed by another stays published: hints that it signed are worth as long, in milliseconds. */
export const publishedAfterMs: number = 30 * 86_400_000;

/**
 * The keys that tokens are signed with, one after the other for each algorithm. They are made here, sealed with the key ring
 * and shared by all nodes; the first that is there of several nodes counts.
 */
export async function loadKeys(
  engine: Engine,
  algorithms: readonly SigningAlgorithm[],
): Promise<readonly SigningKey[]> {
  const { store, realm, config } = engine;
  for (;;) {
    const records = await store.oidc.keys(realm);
    const missing = algorithms.filter((alg) => !records.some((one) => one.alg === alg));
    if (missing.length === 0) {
      await sealAnew(engine, records);
      return usable(engine, records, algorithms);
    }
    for (const alg of missing) await store.oidc.addKey(newKey(engine, alg, 0, config.clock.now()));
  }
}

/** Adds a key for each algorithm. It signs from an hour later on, when everybody has seen it; at once, if the old one got out. */
export async function rotateKeys(
  engine: Engine,
  algorithms: readonly SigningAlgorithm[],
  { immediately = false, by }: { readonly immediately?: boolean; readonly by?: string } = {},
): Promise<void> {
  const { store, realm, config } = engine;
  const now = config.clock.now();
  const activeAt = immediately ? now : new Date(now.getTime() + publishedBeforeMs);
  const records = await store.oidc.keys(realm);
  const add = algorithms.map((alg) => {
    const seq = Math.max(-1, ...records.filter((one) => one.alg === alg).map((one) => one.seq)) + 1;
    return newKey(engine, alg, seq, activeAt);
  });
  // What got out must not verify any more.
  const drop = (immediately ? records : retired(records, now)).map(({ id }) => id);
  const audit = engine.audit.entry('signing-keys-rotated', null, {
    immediately,
    ...(by !== undefined && { by }),
  });
  await store.oidc.changeKeys(realm, { add, drop }, audit);
}

/** What was sealed with an older key of the ring is sealed with the newest, so that the older one can go one day (I-05). */
async function sealAnew(engine: Engine, records: readonly SigningKeyRecord[]): Promise<void> {
  const { store, keys, config } = engine;
  for (const { realm, id, alg, sealed: before } of records) {
    if (isSealedWith(before, keys.newest)) continue;
    const place = placeOf(realm, id, alg);
    const after = seal(open(before, place, keys), place, keys, config.random);
    await store.oidc.reseal('key', { realm, id, before, after });
  }
}

/** Of each algorithm the one that signs comes first; oidc-provider takes that. */
function usable(
  engine: Engine,
  records: readonly SigningKeyRecord[],
  algorithms: readonly SigningAlgorithm[],
): readonly SigningKey[] {
  const now = engine.config.clock.now();
  const gone = new Set(retired(records, now));
  return algorithms.flatMap((alg) => {
    const own = records.filter((one) => one.alg === alg && !gone.has(one)).toSorted((a, b) => b.seq - a.seq);
    const signing = own.find((one) => one.activeAt <= now) ?? own.at(-1);
    return [...own]
      .sort((a, b) => Number(b === signing) - Number(a === signing))
      .map((one) => keyOf(engine, one));
  });
}

/** Those that another one has been signing instead of for long enough. */
function retired(records: readonly SigningKeyRecord[], now: Date): readonly SigningKeyRecord[] {
  return records.filter((one) =>
    records.some(
      (next) =>
        next.alg === one.alg &&
        next.seq > one.seq &&
        now.getTime() - next.activeAt.getTime() > publishedAfterMs,
    ),
  );
}

function newKey(engine: Engine, alg: SigningAlgorithm, seq: number, activeAt: Date): SigningKeyRecord {
  const { realm, keys, config } = engine;
  const jwk = generate(alg);
  const id = hash('sha256', JSON.stringify([jwk.kty, jwk.crv, jwk.x, jwk.y, jwk.n, jwk.e]), 'base64url');
  return {
    id,
    realm,
    alg,
    seq,
    sealed: seal(jwk, placeOf(realm, id, alg), keys, config.random),
    createdAt: config.clock.now(),
    activeAt,
  };
}

function generate(alg: SigningAlgorithm): JsonWebKey {
  const { privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : alg === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 3072 });
  return privateKey.export({ format: 'jwk' });
}

function keyOf(engine: Engine, { id, realm, alg, sealed, activeAt }: SigningKeyRecord): SigningKey {
  const jwk = open(sealed, placeOf(realm, id, alg), engine.keys) as JsonWebKey;
  return { kid: id, alg: alg as SigningAlgorithm, activeAt, jwk };
}

function placeOf(realm: string, id: string, alg: string): string {
  return `oidc_keys ${realm} ${id} ${alg}`;
}
