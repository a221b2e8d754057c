import type { AuthenticationEvent, Requirement } from '../assurance/index.ts';
import type { AdminStore } from './admin-store.ts';
import type { Joined } from './enforcement/joined.ts';
import type { EnforcementStore } from './enforcement-store.ts';
import type { ImportStore } from './import-store.ts';
import type { MaintenanceStore } from './maintenance-store.ts';
import type { OidcStore } from './oidc-store.ts';
import type { OperationStore } from './operation-store.ts';
import type { About, Usage } from './provider.ts';
import type { RecordStore } from './record-store.ts';
import type { SetUpStore } from './set-up-store.ts';

/**
 * What the core needs of a database. Every operation that decides anything is atomic, in one statement or one
 * transaction; nothing is read first and marked later (I-04). Ids are the SHA-256 of what the browser holds.
 *
 * Any failure of the database is thrown as `CofactorError` with `ERR_STORE_UNAVAILABLE` or `ERR_STORE_BROKEN`.
 */
export interface Store {
  /** Brings the schema up to date; safe when several nodes do it at once. Gives the names of what it did. */
  migrate(): Promise<readonly string[]>;
  /** Answers where the database is there. */
  ping(): Promise<void>;
  close(): Promise<void>;
  /** `false` for a database that is gone with its process. */
  readonly durable: boolean;
  /** Statements executed so far, for measurements. */
  readonly statements: number;

  account(
    realm: string,
    by: { readonly id: string } | { readonly canonical: string },
  ): Promise<Account | null>;
  /** The account that has confirmed this address. */
  accountByEmail(realm: string, canonical: string): Promise<Account | null>;
  /** The account whose authenticator has this handle, and which one that is; it is unique over all users (I-08). */
  accountByHandle(realm: string, provider: string, handle: string): Promise<Discovered['found']>;
  createUser(
    user: NewUser,
    factors: readonly NewAuthenticator[],
    audit: AuditWriter,
  ): Promise<'created' | 'taken'>;

  reserveFirstTry(
    bucket: TryBucket,
  ): Promise<{ readonly allowed: true } | { readonly allowed: false; readonly until: Date }>;

  /** Gives a first try back that could not be judged. */
  releaseFirstTry(key: string): Promise<void>;

  createCeremony(ceremony: CeremonyRecord): Promise<void>;
  ceremony(realm: string, id: string): Promise<CeremonyRecord | null>;
  /** Takes one try of a ceremony and counts a failure of the authenticator in advance, or says why it cannot. */
  reserveAnswer(answer: ReserveAnswer): Promise<ReservedAnswer | CeremonyRefusal>;
  abandonCeremony(realm: string, id: string, now: Date): Promise<void>;
  /** Gives a try back for which there is no answer yet. */
  releaseCeremony(id: string): Promise<void>;

  /** Keeps a challenge in place of the one before it; `false` where that was sent after `before`. */
  putChallenge(challenge: ChallengeRecord, before: Date): Promise<boolean>;
  /** A challenge that is neither used nor too old. */
  challenge(realm: string, id: string, now: Date): Promise<ChallengeRecord | null>;
  /** The same, and uses it up. Of several at once one gets it. */
  takeChallenge(realm: string, id: string, now: Date): Promise<ChallengeRecord | null>;
  /**
   * Uses up the challenge of a sign-in in which nobody is known yet, and finds the account whose authenticator has the
   * handle that the answer names; a handle is unique over all users (I-08).
   */
  discover(answer: DiscoveryAnswer): Promise<Discovered>;
  /** Lets another one be sent at once. */
  challengeNotSent(challenge: ChallengeRecord): Promise<void>;
  /** Puts the one before back in place of one that was not sent, unless anything happened to that since. */
  restoreChallenge(before: ChallengeRecord, unsent: ChallengeRecord): Promise<void>;
  /** Takes the first of these places of a recipient that was free for `windowMs`; `false` where none was. */
  takeSend(recipient: string, places: readonly number[], windowMs: number, now: Date): Promise<boolean>;

  /** Whether a browser is remembered for this user as the account is now; counts as a use of it. */
  useDevice(device: {
    readonly realm: string;
    readonly id: string;
    readonly user: UserRecord;
    readonly now: Date;
  }): Promise<boolean>;
  devices(user: UserRecord, now: Date): Promise<readonly DeviceRecord[]>;
  deleteDevice(realm: string, userId: string, id: string, audit: AuditWriter): Promise<boolean>;

  /** Keeps what a link in a mail stands for; an older one of the same user and kind is gone. */
  putToken(kind: TokenKind, token: TokenRecord): Promise<void>;
  token(kind: TokenKind, realm: string, id: string, now: Date): Promise<TokenRecord | null>;
  newestToken(kind: TokenKind, userId: string, now: Date): Promise<TokenRecord | null>;

  /** Counts a failure in advance and hands out the authenticator; `settle` undoes it, `release` takes one back. */
  reserveAuthenticator(
    userId: string,
    id: string,
    disableAt: number,
    now: Date,
  ): Promise<AuthenticatorRecord | TryRefusal>;
  releaseAuthenticator(id: string): Promise<void>;
  /** Applies a right answer: the authenticator settled, the ceremony advanced or ended in a session. */
  accept(answer: AcceptedAnswer): Promise<'accepted' | 'replayed' | 'wrong' | 'used'>;

  session(realm: string, id: string): Promise<SessionWithUser | null>;
  sessions(realm: string, userId: string, now: Date): Promise<readonly SessionRecord[]>;
  touchSession(id: string, now: Date): Promise<void>;
  /** Ends sessions of a user: one, all, or all but one. Returns the ids that were alive. */
  endSessions(which: EndSessions, now: Date, audit: AuditWriter): Promise<readonly string[]>;

  createEnrolment(enrolment: EnrolmentRecord): Promise<void>;
  enrolment(realm: string, id: string, userId: string, now: Date): Promise<EnrolmentRecord | null>;
  reserveEnrolment(
    realm: string,
    id: string,
    userId: string,
    tries: number,
    now: Date,
  ): Promise<EnrolmentRecord | null>;
  /** Any change of a user's authenticators: locks the user, lets `decide` see them, and applies what it says. */
  changeFactors<Refusal>(change: FactorChange<Refusal>): Promise<FactorChangeResult<Refusal>>;
  renameAuthenticator(
    realm: string,
    userId: string,
    id: string,
    name: string,
    audit: AuditWriter,
  ): Promise<boolean>;

  setLanguage(userId: string, language: string): Promise<void>;

  appendAudit(realm: string, audit: AuditWriter): Promise<void>;
  /** What was recorded about a user, newest first. */
  auditOf(realm: string, userId: string, limit: number): Promise<readonly AuditRow[]>;
  auditRows(realm: string, afterSeq: number, limit: number): Promise<readonly AuditRow[]>;
  auditHead(realm: string): Promise<AuditHead>;

  /** What the OpenID Connect server keeps. */
  readonly oidc: OidcStore;
  /** What somebody in charge asks and does. */
  readonly admin: AdminStore;
  /** What is demanded of whom, and from when on. */
  readonly enforcement: EnforcementStore;
  /** Single operations that somebody confirms. */
  readonly operations: OperationStore;
  /** Who is told of what was recorded, and what of the record is no longer kept. */
  readonly record: RecordStore;
  /** What was brought over from another system. */
  readonly imports: ImportStore;
  /** What the tools of who runs a server ask. */
  readonly maintenance: MaintenanceStore;
  /** How the first account in charge is made. */
  readonly setUp: SetUpStore;

  /** Forgets what is over: ended ceremonies, enrolments, sessions and quiet buckets. */
  purge(now: Date): Promise<void>;
}

export interface UserRecord {
  readonly id: string;
  readonly realm: string;
  /** As the person typed it when registering. */
  readonly identifier: string;
  /** Of I-07: one per realm. */
  readonly canonical: string;
  /** Goes up with every change of password or factor; everything that carries an older number is dead (I-06). */
  readonly generation: number;
  readonly roles: readonly string[];
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
  /** Where mails go (I-07). What nobody has confirmed is used for nothing but asking to confirm it. */
  readonly email: string | null;
  readonly emailVerifiedAt: Date | null;
  /** The language that mails are written in. */
  readonly language: string | null;
  /** What somebody belongs to beside their roles, e.g. `finance`; rules can be about them. */
  readonly groups: readonly string[];
  /** What another system said of them, kept as it was. Decides nothing here. */
  readonly claims: readonly UserClaim[];
  /** Since when they have, or had, the roles and groups that came and went after the account was made. */
  readonly joined: readonly Joined[];
}
export interface UserClaim {
  readonly type: string;
  readonly value: string;
}
/** What is said of a user in ceremonies, events and pages. */
export type UserRef = Pick<UserRecord, 'id' | 'identifier' | 'canonical'>;
export type NewUser = Pick<
  UserRecord,
  'id' | 'realm' | 'identifier' | 'canonical' | 'roles' | 'createdAt' | 'email' | 'language'
> & {
  /** Set where somebody in charge of the address says that it is theirs. */
  readonly emailVerifiedAt?: Date | null;
  readonly groups?: readonly string[];
  readonly claims?: readonly UserClaim[];
  /** Set for an account that nobody can sign in to yet. */
  readonly disabledAt?: Date | null;
};

export interface AuthenticatorRecord {
  readonly id: string;
  readonly userId: string;
  readonly provider: string;
  readonly usage: Usage;
  readonly name: string;
  /** Sealed (I-05). */
  readonly data: string;
  readonly counter: number;
  /** Consecutive failures, tries in progress included. */
  readonly failures: number;
  readonly failedAt: Date;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  /** Unused single-use secrets; `null` where the authenticator has none. */
  readonly remaining: number | null;
  readonly about: About;
}
export type NewAuthenticator = Pick<
  AuthenticatorRecord,
  'id' | 'userId' | 'provider' | 'usage' | 'name' | 'data' | 'counter' | 'createdAt'
> & { readonly lookups?: readonly string[]; readonly handle?: string; readonly about?: About };

export interface Account {
  readonly user: UserRecord;
  readonly authenticators: readonly AuthenticatorRecord[];
  /** The realm's rules of enforcement when this was read (`RuleBook`); left out where it was not read from the database. */
  readonly rules?: string | null;
}

export interface TryBucket {
  readonly key: string;
  /** What the bucket's tries are about; all buckets of one subject together have a budget too. */
  readonly subject: string;
  /** A browser that has signed in before answers for itself only. */
  readonly known: boolean;
  readonly subjectTries: number;
  readonly now: Date;
}
export type TryRefusal =
  { readonly refused: 'unknown' | 'disabled' } | { readonly refused: 'blocked'; readonly until: Date };

export type CeremonyPurpose = 'sign-in' | 'step-up';
export interface CeremonyRecord {
  readonly id: string;
  readonly realm: string;
  readonly purpose: CeremonyPurpose;
  readonly user: UserRef;
  readonly generation: number;
  readonly requirement: Requirement;
  /** Name of the policy that asked, for the page to say. */
  readonly policy: string | null;
  /** Name of the application that asked, where it was not a policy. */
  readonly application: string | null;
  /** The single operation that a step-up is for; it then proves that and nothing else. */
  readonly operation: string | null;
  readonly events: readonly AuthenticationEvent[];
  /** The session a step-up began from. */
  readonly session: string | null;
  readonly returnTo: string;
  readonly limitKey: string | null;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly consumedAt: Date | null;
}
export interface ReserveAnswer {
  readonly realm: string;
  readonly ceremony: string;
  /** The session of the browser that answers: a step-up belongs to the one it began from. */
  readonly session: string | null;
  readonly authenticator: string;
  /** Tries that a ceremony has. */
  readonly tries: number;
  /** Consecutive failures from which on a second factor stays unusable. */
  readonly disableAt: number;
  readonly now: Date;
}
export interface ReservedAnswer {
  readonly ceremony: CeremonyRecord;
  readonly tried: AuthenticatorRecord | TryRefusal;
}
export type CeremonyRefusal = 'unknown' | 'used' | 'expired' | 'exhausted';

export interface SessionRecord {
  readonly id: string;
  readonly realm: string;
  readonly userId: string;
  readonly generation: number;
  readonly events: readonly AuthenticationEvent[];
  readonly limitKey: string | null;
  readonly userAgent: string;
  readonly ip: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  /** Absolute end, whatever happens. */
  readonly expiresAt: Date;
  /** Id of the session that this one goes on from, by step-ups and changes of factors, back to the sign-in. */
  readonly login: string | null;
}
export interface SessionWithUser {
  readonly session: SessionRecord;
  readonly user: UserRecord;
  /** As in `Account`. */
  readonly rules?: string | null;
}
export interface EndSessions {
  readonly realm: string;
  readonly userId: string;
  readonly only?: string;
  readonly except?: string;
}

export interface AcceptedAnswer {
  /** The ceremony that was answered; `null` for the first answer of a sign-in, which has none yet. */
  readonly ceremony: CeremonyRecord | null;
  readonly now: Date;
  readonly settle: {
    readonly authenticator: string;
    /** New data, written only where the old is still what was read: a password may have changed meanwhile. */
    readonly data?: { readonly before: string; readonly after: string };
    readonly counter?: number;
    readonly spend?: readonly string[];
    /** The challenge that was answered, where only a right answer uses it up. */
    readonly challenge?: ChallengeRecord;
    readonly about?: About;
  } | null;
  /** What comes of it: the session that takes the ceremony's place, the ceremony that goes on, or a proved operation. */
  readonly next:
    | {
        readonly session: SessionRecord;
        readonly audit: AuditWriter;
        /** The session that the same browser had until now: it ends (I-16). */
        readonly replaces?: SessionRecord;
        /** The browser is remembered from now on. */
        readonly device?: DeviceRecord;
      }
    | { readonly ceremony: CeremonyRecord }
    | { readonly operation: { readonly id: string; readonly until: Date }; readonly audit: AuditWriter };
}

export interface ChallengeRecord {
  readonly id: string;
  readonly realm: string;
  readonly provider: string;
  /** Empty where it is not tied to one. */
  readonly authenticator: string;
  /** Sealed. */
  readonly data: string;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  readonly expiresAt: Date;
}

export interface DiscoveryAnswer {
  readonly realm: string;
  /** Empty where the browser has none. */
  readonly challenge: string;
  readonly provider: string;
  readonly handle: string;
  readonly now: Date;
}
export interface Discovered {
  readonly challenge: ChallengeRecord | null;
  readonly found: { readonly account: Account; readonly authenticator: AuthenticatorRecord } | null;
}

/** A browser in which the second factor is not asked for at sign-in. */
export interface DeviceRecord {
  readonly id: string;
  readonly realm: string;
  readonly userId: string;
  readonly generation: number;
  readonly userAgent: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
}

export type TokenKind = 'reset' | 'email' | 'invite' | 'permit';
export interface TokenRecord {
  readonly id: string;
  readonly realm: string;
  readonly userId: string;
  readonly generation: number;
  /** Sealed. */
  readonly data: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface EnrolmentRecord {
  readonly id: string;
  readonly realm: string;
  readonly userId: string;
  readonly generation: number;
  readonly session: string;
  readonly provider: string;
  /** Sealed. */
  readonly data: string;
  readonly returnTo: string;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface FactorChange<Refusal> {
  readonly realm: string;
  readonly userId: string;
  /** The generation the decision was made on; a newer one refuses the change. */
  readonly generation: number;
  readonly now: Date;
  /** Consumed by the change. */
  readonly enrolment?: string;
  /** The link of a mail, consumed by the change. */
  readonly token?: { readonly kind: TokenKind; readonly id: string };
  /**
   * The session that asks: ended, and continued by a new one with the user's new generation. `null`: all of the
   * user's sessions end.
   */
  readonly session: { readonly old: string; readonly next: (generation: number) => SessionRecord } | null;
  decide(authenticators: readonly AuthenticatorRecord[]): FactorEdit | { readonly refusal: Refusal };
  readonly audit: AuditWriter;
}
export interface FactorEdit {
  readonly add?: readonly NewAuthenticator[];
  readonly remove?: readonly string[];
  readonly replace?: readonly { readonly id: string; readonly data: string }[];
  readonly email?: { readonly address: string; readonly canonical: string; readonly verifiedAt: Date | null };
  readonly identifier?: { readonly identifier: string; readonly canonical: string };
  readonly roles?: readonly string[];
  /** The account itself, with everything that belongs to it. */
  readonly deleteUser?: true;
}
export type FactorChangeResult<Refusal> =
  | { readonly changed: true; readonly session: SessionRecord | null; readonly ended: readonly string[] }
  | { readonly changed: false; readonly reason: 'outdated' | 'taken' }
  | { readonly changed: false; readonly reason: 'refused'; readonly refusal: Refusal };

/** Makes the next row of the chain from the one before it; called inside the transaction, so it is synchronous. */
export type AuditWriter = (previous: AuditHead) => AuditRow;
export interface AuditHead {
  readonly seq: number;
  readonly mac: string;
}
export interface AuditRow {
  readonly realm: string;
  readonly seq: number;
  readonly at: Date;
  readonly type: string;
  readonly userId: string | null;
  readonly data: string;
  readonly mac: string;
}
