import { CofactorError } from '../../base/errors.ts';
import { delayAfter } from '../../core/limits/limits.ts';
import type {
  AcceptedAnswer,
  Account,
  AuditHead,
  AuditRow,
  AuditWriter,
  AuthenticatorRecord,
  CeremonyRecord,
  CeremonyRefusal,
  ChallengeRecord,
  DeviceRecord,
  Discovered,
  DiscoveryAnswer,
  EndSessions,
  EnrolmentRecord,
  FactorChange,
  FactorChangeResult,
  NewAuthenticator,
  NewUser,
  ReserveAnswer,
  ReservedAnswer,
  SessionRecord,
  SessionWithUser,
  Store,
  TokenKind,
  TokenRecord,
  TryBucket,
  TryRefusal,
  UserRecord,
} from '../../core/store.ts';
import { Rollback, type Dialect, type Driver, type Work } from './driver.ts';
import { migrate } from './migrations.ts';
import { SqlAdminStore } from './admin-store.ts';
import { SqlEnforcementStore } from './enforcement-store.ts';
import { SqlImportStore } from './import-store.ts';
import { SqlMaintenanceStore } from './maintenance-store.ts';
import { SqlOidcStore } from './oidc-store.ts';
import { proveOperation, SqlOperationStore } from './operation-store.ts';
import { purge } from './purge.ts';
import { SqlRecordStore } from './record-store.ts';
import { SqlSetUpStore } from './set-up-store.ts';
import * as audits from './queries/audit.ts';
import * as authenticators from './queries/authenticators.ts';
import * as ceremonies from './queries/ceremonies.ts';
import * as challenges from './queries/challenges.ts';
import * as devices from './queries/devices.ts';
import * as buckets from './queries/limits.ts';
import * as sessions from './queries/sessions.ts';
import { tokenTables } from './queries/tokens.ts';
import * as users from './queries/users.ts';
import {
  accountOf,
  authenticatorOf,
  ceremonyOf,
  ceremonyRow,
  challengeOf,
  deviceOf,
  enrolmentOf,
  enrolmentRow,
  eventsToText,
  sessionOf,
  sessionRow,
  sessionWithUserOf,
  tokenOf,
  tokenRow,
} from './rows.ts';
import {
  accountByHandle,
  append,
  applyEdit,
  auditRowOf,
  createUser,
  insertDevice,
  isTaken,
  reserveAuthenticator,
  settleAuthenticator,
} from './work.ts';

/** SQLSTATE of PostgreSQL. */
const uniqueViolation = '23505';

/** Looked at, and taken by somebody else before it was written: only PostgreSQL lets that happen. */
function isTakenMeanwhile(error: unknown): boolean {
  return error instanceof CofactorError && error.detail === uniqueViolation;
}

/**
 * The one implementation of the store port: the same statements on both databases. Longer than other files,
 * because it is one port: each method is a few lines that name the statements it is made of.
 */
export class SqlStore implements Store {
  readonly #driver: Driver;
  readonly #dialect: Dialect;
  readonly oidc: SqlOidcStore;
  readonly admin: SqlAdminStore;
  readonly enforcement: SqlEnforcementStore;
  readonly operations: SqlOperationStore;
  readonly record: SqlRecordStore;
  readonly imports: SqlImportStore;
  readonly maintenance: SqlMaintenanceStore;
  readonly setUp: SqlSetUpStore;
  #closing: Promise<void> | undefined;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#dialect = driver.dialect;
    this.oidc = new SqlOidcStore(driver);
    this.admin = new SqlAdminStore(driver);
    this.enforcement = new SqlEnforcementStore(driver);
    this.operations = new SqlOperationStore(driver);
    this.record = new SqlRecordStore(driver);
    this.imports = new SqlImportStore(driver);
    this.maintenance = new SqlMaintenanceStore(driver);
    this.setUp = new SqlSetUpStore(driver);
  }

  get durable(): boolean {
    return this.#driver.durable;
  }
  get statements(): number {
    return this.#driver.statements;
  }
  migrate(): Promise<readonly string[]> {
    return migrate(this.#driver);
  }
  async ping(): Promise<void> {
    await this.#driver.run(function* (): Work<void> {
      yield { sql: 'select 1', values: [] };
    });
  }
  /** As often as one likes: several realms may share a store. */
  close(): Promise<void> {
    return (this.#closing ??= this.#driver.close());
  }

  // Users

  async account(realm: string, by: { id: string } | { canonical: string }): Promise<Account | null> {
    const dialect = this.#dialect;
    return this.#driver.run(function* (): Work<Account | null> {
      const row =
        'id' in by
          ? yield* users.accountById.first(dialect, { realm, id: by.id })
          : yield* users.accountByCanonical.first(dialect, { realm, canonical: by.canonical });
      return row ? accountOf(row) : null;
    });
  }

  async accountByEmail(realm: string, canonical: string): Promise<Account | null> {
    // One statement whether there is one or not: how long it takes tells nobody.
    const row = await this.#run(() => users.accountByEmail.first(this.#dialect, { realm, email: canonical }));
    return row ? accountOf(row) : null;
  }

  async accountByHandle(realm: string, provider: string, handle: string): Promise<Discovered['found']> {
    const dialect = this.#dialect;
    return this.#driver.group(() => accountByHandle(dialect, realm, provider, handle));
  }

  async setLanguage(userId: string, language: string): Promise<void> {
    await this.#run(() => users.setLanguage.changes(this.#dialect, { id: userId, language }));
  }

  async createUser(
    user: NewUser,
    factors: readonly NewAuthenticator[],
    audit: AuditWriter,
  ): Promise<'created' | 'taken'> {
    const dialect = this.#dialect;
    try {
      return await this.#driver.transaction(() => createUser(dialect, user, factors, audit));
    } catch (error) {
      if (isTakenMeanwhile(error)) return 'taken';
      throw error;
    }
  }

  // Tries

  async reserveFirstTry(bucket: TryBucket): Promise<{ allowed: true } | { allowed: false; until: Date }> {
    const dialect = this.#dialect;
    const now = bucket.now.getTime();
    return this.#driver.run(function* (): Work<{ allowed: true } | { allowed: false; until: Date }> {
      const reserved = yield* buckets.reserveTry.first(dialect, {
        bucket: bucket.key,
        subject: bucket.subject,
        known: bucket.known ? 1 : 0,
        subjectTries: bucket.subjectTries,
        now,
        quiet: now - buckets.quietMs,
      });
      if (reserved) return { allowed: true };
      const row = yield* buckets.findBucket.first(dialect, { bucket: bucket.key });
      const until = row ? row.tried_at + delayAfter(row.tries) * 1000 : 0;
      // With nothing of its own to wait for, it is the account as a whole that is over its budget.
      return { allowed: false, until: new Date(until > now ? until : now + buckets.overBudgetMs) };
    });
  }

  async releaseFirstTry(key: string): Promise<void> {
    await this.#run(() => buckets.releaseTry.changes(this.#dialect, { bucket: key }));
  }

  async reserveAuthenticator(
    userId: string,
    id: string,
    disableAt: number,
    now: Date,
  ): Promise<AuthenticatorRecord | TryRefusal> {
    const dialect = this.#dialect;
    return this.#driver.run(() => reserveAuthenticator(dialect, userId, id, disableAt, now.getTime()));
  }

  async releaseAuthenticator(id: string): Promise<void> {
    await this.#run(() => authenticators.releaseAuthenticator.changes(this.#dialect, { id }));
  }

  // Ceremonies

  async createCeremony(ceremony: CeremonyRecord): Promise<void> {
    await this.#run(() => ceremonies.insertCeremony.changes(this.#dialect, ceremonyRow(ceremony)));
  }

  async ceremony(realm: string, id: string): Promise<CeremonyRecord | null> {
    const row = await this.#run(() => ceremonies.findCeremony.first(this.#dialect, { realm, id }));
    return row ? ceremonyOf(row) : null;
  }

  async reserveAnswer(answer: ReserveAnswer): Promise<ReservedAnswer | CeremonyRefusal> {
    const dialect = this.#dialect;
    const now = answer.now.getTime();
    return this.#driver.group(function* (): Work<ReservedAnswer | CeremonyRefusal> {
      const { realm, ceremony: id, tries, disableAt } = answer;
      const taken = yield* ceremonies.reserveCeremony.first(dialect, { realm, id, tries, now });
      if (!taken) {
        const row = yield* ceremonies.findCeremony.first(dialect, { realm, id });
        if (!row) return 'unknown';
        if (row.consumed_at !== null) return 'used';
        // What is left: its time is up, or its user changed since, which ends it just the same.
        return row.expires_at > now && row.attempts >= tries ? 'exhausted' : 'expired';
      }
      const ceremony = ceremonyOf(taken);
      if (ceremony.session !== null && ceremony.session !== answer.session) return 'unknown';
      const { user } = ceremony;
      const tried = yield* reserveAuthenticator(dialect, user.id, answer.authenticator, disableAt, now);
      return { ceremony, tried };
    });
  }

  async abandonCeremony(realm: string, id: string, now: Date): Promise<void> {
    await this.#run(() =>
      ceremonies.abandonCeremony.changes(this.#dialect, { realm, id, now: now.getTime() }),
    );
  }

  async releaseCeremony(id: string): Promise<void> {
    await this.#run(() => ceremonies.releaseCeremony.changes(this.#dialect, { id }));
  }

  // Challenges

  async putChallenge(challenge: ChallengeRecord, before: Date): Promise<boolean> {
    const { id, realm, provider, authenticator, data, createdAt, sentAt, expiresAt } = challenge;
    const values = {
      id,
      realm,
      provider,
      authenticator_id: authenticator,
      data,
      created_at: createdAt.getTime(),
      sent_at: sentAt?.getTime() ?? 0,
      expires_at: expiresAt.getTime(),
      before: before.getTime(),
    };
    return (await this.#driver.together(() => challenges.putChallenge.changes(this.#dialect, values))) === 1;
  }

  async challenge(realm: string, id: string, now: Date): Promise<ChallengeRecord | null> {
    const values = { realm, id, now: now.getTime() };
    const row = await this.#run(() => challenges.findChallenge.first(this.#dialect, values));
    return row ? challengeOf(row) : null;
  }

  async takeChallenge(realm: string, id: string, now: Date): Promise<ChallengeRecord | null> {
    const values = { realm, id, now: now.getTime() };
    const row = await this.#run(() => challenges.takeChallenge.first(this.#dialect, values));
    return row ? challengeOf(row) : null;
  }

  async discover({ realm, challenge: id, provider, handle, now }: DiscoveryAnswer): Promise<Discovered> {
    const dialect = this.#dialect;
    return this.#driver.together(function* (): Work<Discovered> {
      const taken = yield* challenges.takeChallenge.first(dialect, { realm, id, now: now.getTime() });
      const challenge = taken ? challengeOf(taken) : null;
      return { challenge, found: yield* accountByHandle(dialect, realm, provider, handle) };
    });
  }

  async challengeNotSent({ id, data }: ChallengeRecord): Promise<void> {
    await this.#run(() => challenges.unsendChallenge.changes(this.#dialect, { id, data }));
  }

  async restoreChallenge(before: ChallengeRecord, unsent: ChallengeRecord): Promise<void> {
    const values = {
      id: unsent.id,
      unsent: unsent.data,
      data: before.data,
      created_at: before.createdAt.getTime(),
      expires_at: before.expiresAt.getTime(),
    };
    await this.#run(() => challenges.restoreChallenge.changes(this.#dialect, values));
  }

  async takeSend(
    recipient: string,
    places: readonly number[],
    windowMs: number,
    now: Date,
  ): Promise<boolean> {
    const dialect = this.#dialect;
    return this.#driver.run(function* (): Work<boolean> {
      for (const slot of places) {
        const values = { recipient, slot, now: now.getTime(), quiet: now.getTime() - windowMs };
        if ((yield* challenges.takeSend.changes(dialect, values)) === 1) return true;
      }
      return false;
    });
  }

  // Devices

  async useDevice({
    realm,
    id,
    user,
    now,
  }: {
    realm: string;
    id: string;
    user: UserRecord;
    now: Date;
  }): Promise<boolean> {
    const values = { realm, id, user: user.id, generation: user.generation, now: now.getTime() };
    return (await this.#run(() => devices.useDevice.first(this.#dialect, values))) !== undefined;
  }

  async devices(user: UserRecord, now: Date): Promise<readonly DeviceRecord[]> {
    const { realm, id, generation } = user;
    const values = { realm, user: id, generation, now: now.getTime() };
    return (await this.#run(() => devices.devicesOf.all(this.#dialect, values))).map(deviceOf);
  }

  async deleteDevice(realm: string, userId: string, id: string, audit: AuditWriter): Promise<boolean> {
    const dialect = this.#dialect;
    return this.#driver.transaction(function* (): Work<boolean> {
      if ((yield* devices.deleteDevice.changes(dialect, { id, user: userId })) !== 1) return false;
      yield* append(dialect, realm, audit);
      return true;
    });
  }

  // What links in mails stand for

  async putToken(kind: TokenKind, token: TokenRecord): Promise<void> {
    const dialect = this.#dialect;
    const row = tokenRow(token);
    await this.#driver.transaction(function* (): Work<void> {
      yield* tokenTables[kind].drop.changes(dialect, { user: token.userId });
      yield* tokenTables[kind].insert.changes(dialect, row);
    });
  }

  async token(kind: TokenKind, realm: string, id: string, now: Date): Promise<TokenRecord | null> {
    const values = { realm, id, now: now.getTime() };
    const row = await this.#run(() => tokenTables[kind].find.first(this.#dialect, values));
    return row ? tokenOf(row) : null;
  }

  async newestToken(kind: TokenKind, userId: string, now: Date): Promise<TokenRecord | null> {
    const values = { user: userId, now: now.getTime() };
    const row = await this.#run(() => tokenTables[kind].newest.first(this.#dialect, values));
    return row ? tokenOf(row) : null;
  }

  async accept(answer: AcceptedAnswer): Promise<'accepted' | 'replayed' | 'wrong' | 'used'> {
    type Outcome = 'accepted' | 'replayed' | 'wrong' | 'used';
    const dialect = this.#dialect;
    const now = answer.now.getTime();
    return this.#driver.transaction(function* (): Work<Outcome> {
      const { settle, ceremony, next } = answer;
      if (settle) yield* settleAuthenticator(dialect, settle, now);
      if ('ceremony' in next) {
        if (!ceremony) {
          yield* ceremonies.insertCeremony.changes(dialect, ceremonyRow(next.ceremony));
          return 'accepted';
        }
        const before = eventsToText(ceremony.events);
        const events = eventsToText(next.ceremony.events);
        const advanced = yield* ceremonies.advanceCeremony.changes(dialect, {
          id: ceremony.id,
          before,
          events,
        });
        if (advanced !== 1) throw new Rollback('used');
        return 'accepted';
      }
      if (ceremony) {
        if ((yield* ceremonies.consumeCeremony.changes(dialect, { id: ceremony.id, now })) !== 1) {
          throw new Rollback('used');
        }
        if (ceremony.session !== null && 'session' in next) {
          const old = { id: ceremony.session, user: ceremony.user.id, now };
          if ((yield* sessions.endSession.changes(dialect, old)) !== 1) throw new Rollback('used');
        }
      }
      if ('operation' in next) {
        if (!ceremony) throw new Rollback('used');
        yield* proveOperation(dialect, ceremony, next.operation, now);
        yield* append(dialect, ceremony.realm, next.audit);
        return 'accepted';
      }
      if (next.replaces) {
        const { id, userId: user } = next.replaces;
        yield* sessions.endSession.changes(dialect, { id, user, now });
      }
      yield* sessions.insertSession.changes(dialect, sessionRow(next.session));
      if (next.device) yield* insertDevice(dialect, next.device);
      yield* append(dialect, next.session.realm, next.audit);
      return 'accepted';
    });
  }

  // Sessions

  async session(realm: string, id: string): Promise<SessionWithUser | null> {
    const row = await this.#run(() => sessions.findSession.first(this.#dialect, { realm, id }));
    return row ? sessionWithUserOf(row) : null;
  }

  async sessions(realm: string, userId: string, now: Date): Promise<readonly SessionRecord[]> {
    const values = { realm, user: userId, now: now.getTime() };
    return (await this.#run(() => sessions.sessionsOf.all(this.#dialect, values))).map(sessionOf);
  }

  async touchSession(id: string, now: Date): Promise<void> {
    await this.#run(() => sessions.touchSession.changes(this.#dialect, { id, now: now.getTime() }));
  }

  async endSessions(which: EndSessions, now: Date, audit: AuditWriter): Promise<readonly string[]> {
    const dialect = this.#dialect;
    return this.#driver.transaction(function* (): Work<readonly string[]> {
      const { realm, userId: user } = which;
      const rows =
        which.only === undefined
          ? yield* sessions.endSessions.all(dialect, {
              realm,
              user,
              except: which.except ?? '',
              now: now.getTime(),
            })
          : yield* sessions.endSession.all(dialect, { id: which.only, user, now: now.getTime() });
      // Who ends what is signed in elsewhere means the browsers that need no second factor too.
      if (which.only === undefined) yield* devices.deleteDevices.changes(dialect, { user });
      if (rows.length > 0) yield* append(dialect, realm, audit);
      return rows.map((row) => row.id);
    });
  }

  // Enrolment and change of authenticators

  async createEnrolment(enrolment: EnrolmentRecord): Promise<void> {
    await this.#run(() => ceremonies.insertEnrolment.changes(this.#dialect, enrolmentRow(enrolment)));
  }

  async enrolment(realm: string, id: string, userId: string, now: Date): Promise<EnrolmentRecord | null> {
    const values = { realm, id, user: userId, now: now.getTime() };
    const row = await this.#run(() => ceremonies.findEnrolment.first(this.#dialect, values));
    return row ? enrolmentOf(row) : null;
  }

  async reserveEnrolment(
    realm: string,
    id: string,
    userId: string,
    tries: number,
    now: Date,
  ): Promise<EnrolmentRecord | null> {
    const values = { realm, id, user: userId, tries, now: now.getTime() };
    const row = await this.#run(() => ceremonies.reserveEnrolment.first(this.#dialect, values));
    return row ? enrolmentOf(row) : null;
  }

  async changeFactors<Refusal>(change: FactorChange<Refusal>): Promise<FactorChangeResult<Refusal>> {
    type Changed = FactorChangeResult<Refusal>;
    const outdated: Changed = { changed: false, reason: 'outdated' };
    const dialect = this.#dialect;
    const { realm, userId: user, generation } = change;
    const now = change.now.getTime();
    const work = function* (): Work<Changed> {
      // First of all, so that of two changes at once the later one waits here and then finds itself outdated.
      if ((yield* users.nextGeneration.changes(dialect, { realm, id: user, generation })) !== 1) {
        throw new Rollback(outdated);
      }
      if (change.enrolment !== undefined) {
        const consumed = yield* ceremonies.consumeEnrolment.changes(dialect, { id: change.enrolment, now });
        if (consumed !== 1) throw new Rollback(outdated);
      }
      if (change.token) {
        const { kind, id } = change.token;
        if ((yield* tokenTables[kind].use.changes(dialect, { id, now })) !== 1) throw new Rollback(outdated);
      }
      const before = yield* authenticators.authenticatorsOf.all(dialect, { user });
      const edit = change.decide(before.map((row) => authenticatorOf(row)));
      if ('refusal' in edit) {
        throw new Rollback<Changed>({ changed: false, reason: 'refused', refusal: edit.refusal });
      }
      if (yield* isTaken(dialect, realm, user, edit)) {
        throw new Rollback<Changed>({ changed: false, reason: 'taken' });
      }
      yield* applyEdit(dialect, user, edit, now);
      const alive = yield* sessions.endSessions.all(dialect, { realm, user, except: '', now });
      const ended = alive.map((row) => row.id);
      if (edit.deleteUser) yield* users.deleteUser.changes(dialect, { id: user });
      let session: SessionRecord | null = null;
      if (change.session && !edit.deleteUser) {
        if (!ended.includes(change.session.old)) throw new Rollback(outdated);
        session = change.session.next(generation + 1);
        yield* sessions.insertSession.changes(dialect, sessionRow(session));
      }
      yield* append(dialect, realm, change.audit);
      return { changed: true, session, ended };
    };
    try {
      return await this.#driver.transaction(work);
    } catch (error) {
      if (isTakenMeanwhile(error)) return { changed: false, reason: 'taken' };
      throw error;
    }
  }

  async renameAuthenticator(
    realm: string,
    userId: string,
    id: string,
    name: string,
    audit: AuditWriter,
  ): Promise<boolean> {
    const dialect = this.#dialect;
    return this.#driver.transaction(function* (): Work<boolean> {
      if ((yield* authenticators.renameAuthenticator.changes(dialect, { id, user: userId, name })) !== 1)
        return false;
      yield* append(dialect, realm, audit);
      return true;
    });
  }

  // Audit

  async appendAudit(realm: string, audit: AuditWriter): Promise<void> {
    const dialect = this.#dialect;
    await this.#driver.transaction(function* (): Work<void> {
      yield* append(dialect, realm, audit);
    });
  }

  async auditRows(realm: string, afterSeq: number, limit: number): Promise<readonly AuditRow[]> {
    const rows = await this.#run(() =>
      audits.auditRows.all(this.#dialect, { realm, after: afterSeq, limit }),
    );
    return rows.map(auditRowOf);
  }

  async auditOf(realm: string, userId: string, limit: number): Promise<readonly AuditRow[]> {
    const rows = await this.#run(() => audits.auditOf.all(this.#dialect, { realm, user: userId, limit }));
    return rows.map(auditRowOf);
  }

  async auditHead(realm: string): Promise<AuditHead> {
    return (await this.#run(() => audits.findHead.first(this.#dialect, { realm }))) ?? { seq: 0, mac: '' };
  }

  purge(now: Date): Promise<void> {
    return purge(this.#driver, now);
  }

  #run<T>(work: () => Work<T>): Promise<T> {
    return this.#driver.run(work);
  }
}
