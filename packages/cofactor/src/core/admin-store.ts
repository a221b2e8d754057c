import type {
  Account,
  AuditWriter,
  AuthenticatorRecord,
  FactorEdit,
  SessionRecord,
  TokenKind,
  TokenRecord,
  UserRecord,
} from './store.ts';

/** What a back office and a command line ask of a database beyond what people do for themselves. */
export interface AdminStore {
  /** How many accounts a realm has. */
  count(realm: string): Promise<number>;
  /** How many have what, and how many cannot sign in. */
  counts(realm: string): Promise<AdminCounts>;
  /** Accounts in the order of their names, or of what stands in `by`; nothing secret is in them. */
  list(list: ListUsers): Promise<readonly ListedUser[]>;
  /** What accounts are called now, by id; those that are gone are left out. */
  names(realm: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;

  /**
   * Any change that one person makes to the account of another: locks the account, the account of who asks and those of
   * all who must not be gone, lets `decide` see them as they are then, and applies what it says. Of two that are at
   * work on each other at once, one finds that it is too late.
   */
  change<Refusal>(change: AdminChange<Refusal>): Promise<AdminChangeResult<Refusal>>;

  issuers(realm: string): Promise<readonly IssuerRecord[]>;
  putIssuer(issuer: IssuerRecord, audit: AuditWriter): Promise<void>;
  dropIssuer(realm: string, id: string, audit: AuditWriter): Promise<boolean>;
}

export interface AdminCounts {
  readonly users: number;
  readonly disabled: number;
  /** Disabled, and without anything to sign in with, here or at the application around. */
  readonly invited: number;
  readonly labels: readonly { readonly kind: LabelKind; readonly value: string; readonly users: number }[];
}

/** What accounts can be looked for by; `usage` is `second` or nothing. */
export type LabelKind = 'role' | 'group' | 'provider' | 'usage';

export interface ListUsers {
  readonly realm: string;
  /** What is gone through: all of them, those with a label, those who cannot sign in, those with an address. */
  readonly through:
    | { readonly by: 'name' | 'disabled' | 'address' }
    | { readonly by: 'label'; readonly kind: LabelKind; readonly value: string };
  /** Where it goes on: after this name (or address, and id), empty for the beginning. */
  readonly after: string;
  readonly afterId: string;
  /** The beginning of the name or address; empty for all. */
  readonly prefix: string;
  readonly limit: number;
}

export interface ListedUser extends Account {
  /** What it stands under in this list: its name, or its address. */
  readonly key: string;
}

export interface AdminChange<Refusal> {
  readonly realm: string;
  readonly userId: string;
  readonly now: Date;
  /** Who asks: the account and the session of it; `null` for who needs none. */
  readonly actor: { readonly realm: string; readonly userId: string; readonly session: string } | null;
  /** Those who have this role are locked too, so that nobody else stops having it meanwhile. */
  readonly keep: { readonly realm: string; readonly role: string } | null;
  /** Consumed by the change. */
  readonly token?: { readonly kind: TokenKind; readonly id: string };
  decide(state: AdminState): AdminEdit | { readonly refusal: Refusal };
}

/** How things stand inside the transaction. */
export interface AdminState {
  readonly user: UserRecord;
  readonly authenticators: readonly AuthenticatorRecord[];
  /** `null` where there is none, or it is over. */
  readonly actor: UserRecord | null;
  /** Everybody who has the role that somebody has to keep, and can sign in. */
  readonly keepers: readonly UserRecord[];
}

export interface AdminEdit extends FactorEdit {
  readonly groups?: readonly string[];
  /** Set: nobody signs in to it. `null`: somebody can again. */
  readonly disabledAt?: Date | null;
  /** Whether everything older of this account is dead from now on (I-06). */
  readonly renew: boolean;
  /** Sessions that end where not all of them do, and remembered browsers that are forgotten. */
  readonly endSessions?: 'all' | readonly string[];
  readonly forgetDevices?: 'all' | readonly string[];
  /** Links that are worth nothing any more. */
  readonly dropTokens?: readonly TokenKind[];
  /** Links that are good from now on, of the generation that the account has then. */
  readonly putTokens?: readonly {
    readonly kind: TokenKind;
    readonly token: Omit<TokenRecord, 'generation'>;
  }[];
  /** The session that begins with it. */
  readonly session?: (generation: number) => SessionRecord;
  readonly audit: readonly AuditWriter[];
}

export type AdminChangeResult<Refusal> =
  | { readonly changed: true; readonly user: UserRecord; readonly ended: readonly string[] }
  | { readonly changed: false; readonly reason: 'unknown' | 'outdated' | 'taken' }
  | { readonly changed: false; readonly reason: 'refused'; readonly refusal: Refusal };

/** An issuer elsewhere that people may sign in with. */
export interface IssuerRecord {
  readonly realm: string;
  /** The name of the provider that it is. */
  readonly id: string;
  /** JSON of its settings. */
  readonly data: string;
  /** Sealed; it holds `null` for a public client. */
  readonly secret: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
