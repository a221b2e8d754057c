import { joinedAfter, joinedOf, joinedText, type Joined } from '../../core/enforcement/joined.ts';
import { delayAfter } from '../../core/limits/limits.ts';
import type {
  AcceptedAnswer,
  AuditRow,
  AuditWriter,
  AuthenticatorRecord,
  DeviceRecord,
  Discovered,
  FactorEdit,
  NewAuthenticator,
  NewUser,
  TryRefusal,
} from '../../core/store.ts';
import { Rollback, type Dialect, type Work } from './driver.ts';
import * as audits from './queries/audit.ts';
import * as authenticators from './queries/authenticators.ts';
import * as challenges from './queries/challenges.ts';
import * as devices from './queries/devices.ts';
import * as users from './queries/users.ts';
import { accountOf, authenticatorOf } from './rows.ts';
import type { Schema } from './schema.ts';

/** Pieces of work that several operations of the store are made of. Each runs inside what its caller began. */

export function* reserveAuthenticator(
  dialect: Dialect,
  user: string,
  id: string,
  disableAt: number,
  now: number,
): Work<AuthenticatorRecord | TryRefusal> {
  const row = yield* authenticators.reserveAuthenticator.first(dialect, { id, user, disableAt, now });
  if (row) return authenticatorOf(row);
  const tries = yield* authenticators.authenticatorTries.first(dialect, { id, user });
  if (!tries) return { refused: 'unknown' };
  if (tries.usage !== 'first' && tries.failures >= disableAt) return { refused: 'disabled' };
  const counted = tries.usage === 'first' ? tries.failures : (tries.together ?? 0);
  return { refused: 'blocked', until: new Date(tries.failed_at + delayAfter(counted) * 1000) };
}

export function* settleAuthenticator(
  dialect: Dialect,
  settle: NonNullable<AcceptedAnswer['settle']>,
  now: number,
): Work<void> {
  const id = settle.authenticator;
  const settled =
    settle.counter === undefined
      ? yield* authenticators.settle.changes(dialect, { id, now })
      : yield* authenticators.settleCounter.changes(dialect, { id, now, counter: settle.counter });
  if (settled !== 1) throw new Rollback('replayed');
  if (settle.challenge) {
    const { id: challenge, data } = settle.challenge;
    const used = yield* challenges.useChallenge.changes(dialect, { id: challenge, data, now });
    if (used !== 1) throw new Rollback('replayed');
  }
  if (settle.about)
    yield* authenticators.setAbout.changes(dialect, { id, about: JSON.stringify(settle.about) });
  if (settle.data !== undefined) yield* authenticators.setData.changes(dialect, { id, ...settle.data });
  if (settle.spend) yield* spend(dialect, id, settle.spend, now);
}

function* spend(dialect: Dialect, authenticator: string, hashes: readonly string[], now: number): Work<void> {
  for (const hash of hashes) {
    if ((yield* authenticators.spendLookup.changes(dialect, { authenticator, hash, now })) === 1) return;
  }
  for (const hash of hashes) {
    if (yield* authenticators.findLookup.first(dialect, { authenticator, hash }))
      throw new Rollback('replayed');
  }
  throw new Rollback('wrong');
}

export function* applyEdit(dialect: Dialect, user: string, edit: FactorEdit, now: number): Work<void> {
  for (const id of edit.remove ?? [])
    yield* authenticators.deleteAuthenticator.changes(dialect, { id, user });
  for (const { id, data } of edit.replace ?? []) {
    yield* authenticators.resetFailures.changes(dialect, { id, data, now });
  }
  yield* addAuthenticators(dialect, edit.add ?? []);
  if (edit.email) {
    const { address: email, canonical: emailCanonical, verifiedAt } = edit.email;
    const verified = verifiedAt?.getTime() ?? null;
    yield* users.setEmail.changes(dialect, { id: user, email, emailCanonical, verified });
  }
  if (edit.identifier) yield* users.setIdentifier.changes(dialect, { id: user, ...edit.identifier });
  if (edit.roles) {
    yield* keepJoined(dialect, user, { kind: 'role', wanted: edit.roles }, now);
    yield* users.setRoles.changes(dialect, { id: user, roles: JSON.stringify(edit.roles) });
  }
}

/** Keeps when somebody got what they are about to get, inside a transaction that has locked their account. */
export function* keepJoined(
  dialect: Dialect,
  id: string,
  { kind, wanted }: { readonly kind: Joined['kind']; readonly wanted: readonly string[] },
  now: number,
): Work<void> {
  const row = yield* users.labelsOf.first(dialect, { id });
  if (!row) return;
  const before = {
    roles: JSON.parse(row.roles) as string[],
    groups: JSON.parse(row.groups) as string[],
    createdAt: new Date(row.created_at),
    joined: joinedOf(row.joined),
  };
  const after = joinedAfter(before, kind, wanted, new Date(now));
  if (after !== before.joined) yield* users.setJoined.changes(dialect, { id, joined: joinedText(after) });
}

/** Whether what is to be unique belongs to somebody else already: a name, an address, a credential (I-07, I-08). */
export function* isTaken(dialect: Dialect, realm: string, user: string, edit: FactorEdit): Work<boolean> {
  if (edit.email?.verifiedAt) {
    const owner = yield* users.userByEmail.first(dialect, { realm, email: edit.email.canonical });
    if (owner && owner.id !== user) return true;
  }
  if (edit.identifier) {
    const { canonical } = edit.identifier;
    const owner = yield* users.accountByCanonical.first(dialect, { realm, canonical });
    if (owner && owner.id !== user) return true;
  }
  return yield* hasTakenHandle(dialect, edit.add ?? []);
}

/** Makes an account with its factors, where neither its name nor its address nor a factor is somebody's already. */
export function* createUser(
  dialect: Dialect,
  user: NewUser,
  factors: readonly NewAuthenticator[],
  audit: AuditWriter,
): Work<'created' | 'taken'> {
  const { realm } = user;
  const email = user.email?.toLowerCase();
  // A name that is somebody's confirmed address is theirs.
  if (email !== undefined && (yield* users.userByEmail.first(dialect, { realm, email }))) return 'taken';
  if (yield* hasTakenHandle(dialect, factors)) return 'taken';
  const inserted = yield* users.insertUser.changes(dialect, {
    ...user,
    roles: JSON.stringify(user.roles),
    now: user.createdAt.getTime(),
    emailCanonical: email ?? null,
    emailVerifiedAt: user.emailVerifiedAt?.getTime() ?? null,
    groups: JSON.stringify(user.groups ?? []),
    claims: JSON.stringify(user.claims ?? []),
    disabledAt: user.disabledAt?.getTime() ?? null,
  });
  if (inserted !== 1) throw new Rollback('taken');
  yield* addAuthenticators(dialect, factors);
  yield* append(dialect, realm, audit);
  return 'created';
}

/** Whether one of these authenticators is somebody's already. */
function* hasTakenHandle(dialect: Dialect, added: readonly NewAuthenticator[]): Work<boolean> {
  for (const { provider, handle } of added) {
    if (handle === undefined) continue;
    if (yield* authenticators.byHandle.first(dialect, { provider, handle })) return true;
  }
  return false;
}

/** The account with the one authenticator in the world that has this handle (I-08). */
export function* accountByHandle(
  dialect: Dialect,
  realm: string,
  provider: string,
  handle: string,
): Work<Discovered['found']> {
  const row = yield* users.accountByHandle.first(dialect, { realm, provider, handle });
  if (!row) return null;
  const account = accountOf(row);
  const authenticator = account.authenticators.find((one) => one.id === row.found);
  return authenticator ? { account, authenticator } : null;
}

export function* insertDevice(dialect: Dialect, device: DeviceRecord): Work<void> {
  yield* devices.insertDevice.changes(dialect, {
    id: device.id,
    realm: device.realm,
    user_id: device.userId,
    generation: device.generation,
    user_agent: device.userAgent,
    created_at: device.createdAt.getTime(),
    last_used_at: device.lastUsedAt.getTime(),
    expires_at: device.expiresAt.getTime(),
  });
}

export function auditRowOf(row: Schema['audit']): AuditRow {
  return {
    realm: row.realm,
    seq: row.seq,
    at: new Date(row.at),
    type: row.type,
    userId: row.user_id,
    data: row.data,
    mac: row.mac,
  };
}

export function* addAuthenticators(dialect: Dialect, added: readonly NewAuthenticator[]): Work<void> {
  for (const { lookups = [], userId, createdAt, handle = null, about = {}, ...authenticator } of added) {
    const values = {
      ...authenticator,
      user: userId,
      now: createdAt.getTime(),
      handle,
      about: JSON.stringify(about),
    };
    yield* authenticators.insertAuthenticator.changes(dialect, values);
    for (const hash of lookups) {
      yield* authenticators.insertLookup.changes(dialect, { authenticator: authenticator.id, hash });
    }
  }
}

/** Appends to the audit chain: the last thing a transaction does, because it locks the chain's head. */
export function* append(dialect: Dialect, realm: string, audit: AuditWriter): Work<void> {
  let head = yield* audits.lockHead.first(dialect, { realm });
  if (!head) {
    yield* audits.insertHead.changes(dialect, { realm });
    head = (yield* audits.lockHead.first(dialect, { realm })) ?? { seq: 0, mac: '' };
  }
  const row = audit(head);
  yield* audits.insertAudit.changes(dialect, {
    realm: row.realm,
    seq: row.seq,
    at: row.at.getTime(),
    type: row.type,
    user_id: row.userId,
    data: row.data,
    mac: row.mac,
  });
}
