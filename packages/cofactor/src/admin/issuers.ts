import { open, seal } from '../base/keys/envelope.ts';
import type { KeyRing } from '../base/keys/ring.ts';
import { errorName } from '../base/errors.ts';
import type { IssuerRecord } from '../core/admin-store.ts';
import type { Engine } from '../core/engine.ts';
import { recordName, whyNot, type Actor, type Charge } from './actor.ts';
import { done, refusedFor, type AdminDone, type AdminRefused } from './outcome.ts';

/** An issuer elsewhere that people may sign in with: what its provider is made with. */
export interface StoredIssuer {
  /** The name of the provider, which is stored with every linked account. */
  readonly name: string;
  /** The options of the provider but its name and its secret. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** `null` for a public client. */
  readonly clientSecret: string | null;
  readonly updatedAt: Date;
}

/**
 * The issuers of the database with their secrets, for the server to make providers of. One whose secret cannot be read is
 * left out, and told in the log: who has linked it cannot sign in with it, and nobody gets in by less (I-05).
 */
export async function issuersOf({ store, realm, keys, config }: Engine): Promise<readonly StoredIssuer[]> {
  const records = await store.admin.issuers(realm);
  return records.flatMap((record) => {
    try {
      return [issuerOf(realm, keys, record)];
    } catch (error) {
      config.log.error({ issuer: record.id, error: errorName(error) }, 'an issuer cannot be read');
      return [];
    }
  });
}

function issuerOf(realm: string, keys: KeyRing, record: IssuerRecord): StoredIssuer {
  const secret = open(record.secret, placeOf(realm, record.id), keys);
  return {
    name: record.id,
    settings: JSON.parse(record.data) as Record<string, unknown>,
    clientSecret: typeof secret === 'string' ? secret : null,
    updatedAt: record.updatedAt,
  };
}

export interface PutIssuer {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Left out: the one at hand stays. */
  readonly clientSecret?: string | null;
  /** Says what is wrong with it, as whoever makes the provider sees it; `null` where nothing is. */
  check(issuer: Omit<StoredIssuer, 'updatedAt'>): string | null;
}

/** Adds an issuer, or replaces it. Its secret is sealed, and never told again. */
export async function putIssuer(
  charge: Charge,
  actor: Actor,
  { name, settings, check, ...given }: PutIssuer,
): Promise<AdminDone | AdminRefused> {
  const { engine } = charge;
  const refusal = await whyNot(charge, actor, 'issuers.write', 'change');
  if (refusal) return refusal;
  const before = (await issuersOf(engine)).find((one) => one.name === name);
  // Whoever could lead the one at hand to an address of their own would get to see it.
  const isElsewhere = ['issuer', 'clientId'].some((key) => before?.settings[key] !== settings[key]);
  if (given.clientSecret === undefined && before && before.clientSecret !== null && isElsewhere) {
    return refusedFor('refused', {
      detail: 'clientSecret has to be given again with another issuer or clientId',
    });
  }
  const clientSecret = given.clientSecret === undefined ? (before?.clientSecret ?? null) : given.clientSecret;
  const wrong = check({ name, settings, clientSecret });
  if (wrong !== null) return refusedFor('refused', { detail: wrong });
  const { keys, config, store, realm, audit } = engine;
  const now = config.clock.now();
  const record: IssuerRecord = {
    realm,
    id: name,
    data: JSON.stringify(settings),
    secret: seal(clientSecret, placeOf(realm, name), keys, config.random),
    createdAt: now,
    updatedAt: now,
  };
  await store.admin.putIssuer(
    record,
    audit.entry('issuer-changed', null, { issuer: name, by: recordName(actor) }),
  );
  return done;
}

export async function removeIssuer(
  charge: Charge,
  actor: Actor,
  name: string,
): Promise<AdminDone | AdminRefused> {
  const { engine } = charge;
  const refusal = await whyNot(charge, actor, 'issuers.write', 'change');
  if (refusal) return refusal;
  const audit = engine.audit.entry('issuer-removed', null, { issuer: name, by: recordName(actor) });
  return (await engine.store.admin.dropIssuer(engine.realm, name, audit)) ? done : refusedFor('not-found');
}

function placeOf(realm: string, name: string): string {
  return `external_issuers ${realm} ${name}`;
}
