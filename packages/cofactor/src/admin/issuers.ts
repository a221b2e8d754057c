import { open, seal } from '../base/keys/envelope.ts';
import type { KeyRing } from '../base/keys/ring.ts';
import type { IssuerRecord } from '../core/admin-store.ts';
import type { Engine } from '../core/engine.ts';
import { recordName, whyNot, type Actor, type Charge } from './actor.ts';
import { done, refusedFor, type AdminDone, type AdminRefused } from './outcome.ts';

/** An issuer elsewhere that people may sign in with: what its provider is made with. */
export interface StoredIssuer {
  readonly readable: true;
  /** The name of the provider, which is stored with every linked account. */
  readonly name: string;
  /** The options of the provider but its name and its secret. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** `null` for a public client. */
  readonly clientSecret: string | null;
  readonly updatedAt: Date;
}

/**
 * One whose secret cannot be read: its key is gone, or somebody changed the row. No provider is made of it, so who has linked
 * it cannot sign in with it, and nobody gets in by less (I-05).
 */
export interface UnreadableIssuer {
  readonly readable: false;
  readonly name: string;
  /** As far as they can be read. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly updatedAt: Date;
}

/** The issuers of the database with their secrets, for the server to make providers of. */
export async function issuersOf({
  store,
  realm,
  keys,
}: Engine): Promise<readonly (StoredIssuer | UnreadableIssuer)[]> {
  return (await store.admin.issuers(realm)).map((record) => issuerOf(realm, keys, record));
}

function issuerOf(realm: string, keys: KeyRing, record: IssuerRecord): StoredIssuer | UnreadableIssuer {
  const { id: name, data, updatedAt } = record;
  const settings = settingsIn(data);
  try {
    const clientSecret = open(record.secret, placeOf(realm, name), keys);
    if (settings !== null && (clientSecret === null || typeof clientSecret === 'string')) {
      return { readable: true, name, settings, clientSecret, updatedAt };
    }
  } catch {
    // Whoever asks for them says so, and says it once.
  }
  return { readable: false, name, settings: settings ?? {}, updatedAt };
}

function settingsIn(data: string): StoredIssuer['settings'] | null {
  try {
    const settings: unknown = JSON.parse(data);
    return typeof settings === 'object' && settings !== null && !Array.isArray(settings)
      ? (settings as StoredIssuer['settings'])
      : null;
  } catch {
    return null;
  }
}

export interface PutIssuer {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Left out: the one at hand stays. */
  readonly clientSecret?: string | null;
  /** Says what is wrong with it, as whoever makes the provider sees it; `null` where nothing is. */
  check(issuer: Pick<StoredIssuer, 'name' | 'settings' | 'clientSecret'>): string | null;
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
  const kept = before?.readable ? before.clientSecret : null;
  // One that cannot be read is none that could stay, and nobody has said that there is to be none.
  if (given.clientSecret === undefined && before?.readable === false) {
    return refusedFor('refused', {
      detail: 'clientSecret has to be given again: the one at hand cannot be read',
    });
  }
  // Whoever could lead the one at hand to an address of their own would get to see it.
  const isElsewhere = ['issuer', 'clientId'].some((key) => before?.settings[key] !== settings[key]);
  if (given.clientSecret === undefined && kept !== null && isElsewhere) {
    return refusedFor('refused', {
      detail: 'clientSecret has to be given again with another issuer or clientId',
    });
  }
  const clientSecret = given.clientSecret === undefined ? kept : given.clientSecret;
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
