import { CofactorError } from '../../base/errors.ts';
import type {
  AdminChange,
  AdminChangeResult,
  AdminCounts,
  AdminEdit,
  AdminState,
  AdminStore,
  IssuerRecord,
  LabelKind,
  ListedUser,
  ListUsers,
} from '../../core/admin-store.ts';
import type { AuditWriter, UserRecord } from '../../core/store.ts';
import { Rollback, type Dialect, type Driver, type Work } from './driver.ts';
import * as queries from './queries/admin.ts';
import { authenticatorsOf } from './queries/authenticators.ts';
import * as devices from './queries/devices.ts';
import * as sessions from './queries/sessions.ts';
import { tokenTables } from './queries/tokens.ts';
import * as users from './queries/users.ts';
import { accountOf, authenticatorOf, sessionRow, userOf } from './rows.ts';
import { append, applyEdit, isTaken, keepJoined } from './work.ts';

/** Greater than whatever goes on from a beginning: no name has it. */
const last = '\u{10ffff}';

/** What somebody in charge asks and does: the same statements on both databases. */
export class SqlAdminStore implements AdminStore {
  readonly #driver: Driver;
  readonly #dialect: Dialect;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#dialect = driver.dialect;
  }

  async count(realm: string): Promise<number> {
    const dialect = this.#dialect;
    return this.#driver.run(function* (): Work<number> {
      return Number((yield* queries.countUsers.first(dialect, { realm }))?.users ?? 0);
    });
  }

  async counts(realm: string): Promise<AdminCounts> {
    const dialect = this.#dialect;
    return this.#driver.run(function* (): Work<AdminCounts> {
      const all = yield* queries.countUsers.first(dialect, { realm });
      const off = yield* queries.countDisabled.first(dialect, { realm });
      const labels = [
        ...(yield* queries.countLabels.all(dialect, { realm, kind: 'provider' })),
        ...(yield* queries.countLabels.all(dialect, { realm, kind: 'usage' })),
      ];
      return {
        users: Number(all?.users ?? 0),
        disabled: Number(off?.disabled ?? 0),
        invited: Number(off?.invited ?? 0),
        labels: labels.map((row) => ({
          kind: row.kind as LabelKind,
          value: row.value,
          users: Number(row.users),
        })),
      };
    });
  }

  async list(list: ListUsers): Promise<readonly ListedUser[]> {
    const dialect = this.#dialect;
    const { realm, through, after, afterId, prefix, limit } = list;
    const from = after.startsWith(prefix) ? after : prefix;
    const window = { realm, after, from, until: prefix + last, limit };
    return this.#driver.run(function* (): Work<readonly ListedUser[]> {
      switch (through.by) {
        case 'name':
          return (yield* queries.usersByName.all(dialect, window)).map(listedByName);
        case 'disabled':
          return (yield* queries.usersDisabled.all(dialect, window)).map(listedByName);
        case 'address': {
          const rows = yield* queries.usersByAddress.all(dialect, { ...window, afterId });
          return rows.map((row) => ({ ...accountOf(row), key: row.email_canonical ?? '' }));
        }
        case 'label': {
          const { kind, value } = through;
          return (yield* queries.usersByLabel.all(dialect, { ...window, kind, value })).map(listedByName);
        }
      }
    });
  }

  async names(realm: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const dialect = this.#dialect;
    return this.#driver.group(function* (): Work<ReadonlyMap<string, string>> {
      const names = new Map<string, string>();
      for (const id of new Set(ids)) {
        const row = yield* queries.userName.first(dialect, { realm, id });
        if (row) names.set(id, row.identifier);
      }
      return names;
    });
  }

  async change<Refusal>(change: AdminChange<Refusal>): Promise<AdminChangeResult<Refusal>> {
    type Changed = AdminChangeResult<Refusal>;
    const dialect = this.#dialect;
    const { realm, userId: id } = change;
    const now = change.now.getTime();
    const work = function* (): Work<Changed> {
      const state = yield* stateOf(dialect, change);
      if (!state) throw new Rollback<Changed>({ changed: false, reason: 'unknown' });
      if (change.token) {
        const { kind, id: token } = change.token;
        if ((yield* tokenTables[kind].use.changes(dialect, { id: token, now })) !== 1) {
          throw new Rollback<Changed>({ changed: false, reason: 'outdated' });
        }
      }
      const edit = change.decide(state);
      if ('refusal' in edit) {
        throw new Rollback<Changed>({ changed: false, reason: 'refused', refusal: edit.refusal });
      }
      if (yield* isTaken(dialect, realm, id, edit)) {
        throw new Rollback<Changed>({ changed: false, reason: 'taken' });
      }
      const ended = yield* apply(dialect, state.user, edit, now);
      const row = (yield* users.accountById.first(dialect, { realm, id })) ?? null;
      for (const audit of edit.audit) yield* append(dialect, realm, audit);
      return { changed: true, user: row ? userOf(row) : state.user, ended };
    };
    try {
      return await this.#driver.transaction(work);
    } catch (error) {
      // Looked at, and taken by somebody else before it was written: only PostgreSQL lets that happen.
      if (error instanceof CofactorError && error.detail === '23505')
        return { changed: false, reason: 'taken' };
      throw error;
    }
  }

  async issuers(realm: string): Promise<readonly IssuerRecord[]> {
    const dialect = this.#dialect;
    return this.#driver.run(function* (): Work<readonly IssuerRecord[]> {
      return (yield* queries.issuers.all(dialect, { realm })).map((row) => ({
        realm: row.realm,
        id: row.id,
        data: row.data,
        secret: row.secret,
        createdAt: new Date(row.created_at),
        updatedAt: new Date(row.updated_at),
      }));
    });
  }

  async putIssuer(issuer: IssuerRecord, audit: AuditWriter): Promise<void> {
    const dialect = this.#dialect;
    await this.#driver.transaction(function* (): Work<void> {
      yield* queries.putIssuer.changes(dialect, {
        realm: issuer.realm,
        id: issuer.id,
        data: issuer.data,
        secret: issuer.secret,
        created_at: issuer.createdAt.getTime(),
        updated_at: issuer.updatedAt.getTime(),
      });
      yield* append(dialect, issuer.realm, audit);
    });
  }

  async dropIssuer(realm: string, id: string, audit: AuditWriter): Promise<boolean> {
    const dialect = this.#dialect;
    return this.#driver.transaction(function* (): Work<boolean> {
      if ((yield* queries.dropIssuer.changes(dialect, { realm, id })) !== 1) return false;
      yield* append(dialect, realm, audit);
      return true;
    });
  }
}

function listedByName(row: Parameters<typeof accountOf>[0]): ListedUser {
  return { ...accountOf(row), key: row.canonical };
}

/** Locks everybody whom a change is about, and tells how things stand with them then; `null` where there is no account. */
function* stateOf(dialect: Dialect, change: AdminChange<unknown>): Work<AdminState | null> {
  const { realm, userId, actor, keep } = change;
  const rows = yield* queries.lockPeople.all(dialect, {
    user: userId,
    actor: actor?.userId ?? '',
    realm: keep?.realm ?? '',
    role: keep?.role ?? '',
  });
  const people = rows.map((row) => userOf(row));
  const user = people.find((one) => one.id === userId && one.realm === realm);
  if (!user) return null;
  const asking = people.find((one) => one.id === actor?.userId && one.realm === actor.realm) ?? null;
  const authenticators = yield* authenticatorsOf.all(dialect, { user: userId });
  return {
    user,
    authenticators: authenticators.map((row) => authenticatorOf(row)),
    actor: asking && actor && (yield* isAlive(dialect, asking, actor.session, change.now)) ? asking : null,
    keepers: people.filter(
      (one) => keep !== null && one.realm === keep.realm && one.roles.includes(keep.role) && !one.disabledAt,
    ),
  };
}

function* isAlive(dialect: Dialect, user: UserRecord, session: string, now: Date): Work<boolean> {
  const slot = { id: session, user: user.id, now: now.getTime() };
  const row = yield* queries.liveSession.first(dialect, slot);
  return user.disabledAt === null && row?.generation === user.generation;
}

/** Returns the sessions that ended with it. */
function* apply(dialect: Dialect, user: UserRecord, edit: AdminEdit, now: number): Work<readonly string[]> {
  const { id, realm } = user;
  if (edit.renew) yield* queries.renew.changes(dialect, { id });
  yield* applyEdit(dialect, id, edit, now);
  if (edit.groups) {
    yield* keepJoined(dialect, id, { kind: 'group', wanted: edit.groups }, now);
    yield* queries.setGroups.changes(dialect, { id, groups: JSON.stringify(edit.groups) });
  }
  if (edit.disabledAt !== undefined) {
    yield* queries.setDisabled.changes(dialect, { id, at: edit.disabledAt?.getTime() ?? null });
  }
  const ended: string[] = [];
  if (edit.renew || edit.endSessions === 'all') {
    const rows = yield* sessions.endSessions.all(dialect, { realm, user: id, except: '', now });
    ended.push(...rows.map((row) => row.id));
  } else {
    for (const session of edit.endSessions ?? []) {
      const rows = yield* sessions.endSession.all(dialect, { id: session, user: id, now });
      ended.push(...rows.map((row) => row.id));
    }
  }
  if (edit.renew || edit.forgetDevices === 'all') yield* devices.deleteDevices.changes(dialect, { user: id });
  else {
    for (const device of edit.forgetDevices ?? []) {
      yield* devices.deleteDevice.changes(dialect, { id: device, user: id });
    }
  }
  for (const kind of edit.dropTokens ?? []) yield* tokenTables[kind].drop.changes(dialect, { user: id });
  if (edit.deleteUser) {
    yield* users.deleteUser.changes(dialect, { id });
    return ended;
  }
  const generation = user.generation + (edit.renew ? 1 : 0);
  for (const { kind, token } of edit.putTokens ?? []) {
    yield* tokenTables[kind].drop.changes(dialect, { user: id });
    yield* tokenTables[kind].insert.changes(dialect, {
      id: token.id,
      realm,
      user_id: id,
      generation,
      data: token.data,
      created_at: token.createdAt.getTime(),
      expires_at: token.expiresAt.getTime(),
    });
  }
  if (edit.session) yield* sessions.insertSession.changes(dialect, sessionRow(edit.session(generation)));
  return ended;
}
