// Users and members.

/** `GET /admin/api/realms/:realm/users?...` (users.read). Every parameter can be left out; each at most once. */
export interface UsersQuery {
  /** The beginning of a user name or of an address; or a whole id, `usr_...`. 1 to 254 characters. */
  readonly search?: string;
  readonly filter?: UserFilter;
  /** Only who has this role, belongs to this group, has an authenticator of this provider. */
  readonly role?: string;
  readonly group?: string;
  readonly provider?: string;
  /** `next` of the page before. */
  readonly cursor?: string;
  /** 1 to 100; 50 if left out. */
  readonly limit?: number;
}
export type UserFilter = 'with-mfa' | 'without-mfa' | 'locked' | 'invited';

export interface UserList {
  /** By user name. */
  readonly users: readonly UserRow[];
  /** For `cursor`; `null` at the end. A page can be shorter than `limit` and still have a next one. */
  readonly next: string | null;
}

/** `invited`: nobody has accepted the invitation yet, so nobody can sign in. `locked`: nobody can until it is unlocked. */
export type UserStatus = 'active' | 'invited' | 'locked';

export interface UserRow {
  readonly id: string;
  readonly identifier: string;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly status: UserStatus;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  /** 0 for everybody who is not in charge. */
  readonly rank: number;
  readonly createdAt: string;
  readonly lastSignInAt: string | null;
  /** Whether a second step is asked at every sign-in. */
  readonly mfa: boolean;
  /** The highest level within reach with what is enrolled and usable, e.g. `mfa`; `null` where nothing is. */
  readonly reach: string | null;
  /** What is enrolled, one line a provider. */
  readonly factors: readonly FactorCount[];
}

export interface FactorCount {
  readonly provider: string;
  readonly name: string;
  readonly usage: 'first' | 'second' | 'recovery';
  readonly count: number;
}

/** `GET /admin/api/realms/:realm/users/:user` (users.read). */
export interface UserDetails extends UserRow {
  readonly language: string | null;
  readonly lockedAt: string | null;
  /** The invitation that waits to be accepted; `null` where none is open. */
  readonly invitation: { readonly expiresAt: string } | null;
  readonly authenticators: readonly AuthenticatorRow[];
  /** Empty, as `devices` is, for an account of a higher rank. */
  readonly sessions: readonly SessionRow[];
  readonly devices: readonly DeviceRow[];
  /** What is demanded of this account and from when on; `null` where nothing is. */
  readonly enforcement: EnforcementState | null;
  /** What another system said of this account when it was brought over. */
  readonly claims: readonly { readonly type: string; readonly value: string }[];
  /** What the one who asks may do to this account now. What is not in here would be answered with 403 or 409. */
  readonly may: readonly UserAction[];
}

export type UserAction =
  | 'set-roles'
  | 'set-groups'
  | 'lock'
  | 'unlock'
  | 'remove-authenticator'
  | 'reset-mfa'
  | 'end-sessions'
  | 'forget-devices'
  | 'invite'
  | 'withdraw-invitation'
  | 'permit'
  | 'delete';

/** Never what is in it: no key, no hash, no code. */
export interface AuthenticatorRow {
  readonly id: string;
  readonly provider: string;
  /** Of the provider, in the language of the reader. */
  readonly providerName: string;
  readonly usage: 'first' | 'second' | 'recovery';
  /** What its person calls it. */
  readonly name: string;
  readonly hint: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  /** Single-use secrets left, where it has them. */
  readonly remaining: number | null;
  /** `disabled`: too many wrong tries. `unavailable`: its provider is not registered any more. */
  readonly state: 'usable' | 'disabled' | 'unavailable';
  /** A linked account of another issuer. */
  readonly external: boolean;
  /** `false` for the last one that somebody can begin a sign-in with. */
  readonly removable: boolean;
}

export interface SessionRow {
  readonly id: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly expiresAt: string;
  readonly userAgent: string;
  readonly ip: string;
  readonly acr: string;
  readonly amr: readonly string[];
  /** The one that asks. */
  readonly current: boolean;
}

export interface DeviceRow {
  readonly id: string;
  readonly userAgent: string;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly expiresAt: string;
}

/** Of one account: rules that are about it, worst first. */
export interface EnforcementState {
  /** `met`: it has what is demanded. `grace`: asked at each sign-in. `due`: enrolling is the only way on. */
  readonly state: 'met' | 'announced' | 'grace' | 'due';
  /** The strongest level that is demanded or announced. */
  readonly acr: string;
  /** When it begins to be asked, and when it can be put off no longer; `null` for what is due already. */
  readonly from: string | null;
  readonly due: string | null;
}

/**
 * `POST /admin/api/realms/:realm/users` (users.create, _confirmed_) answers 201 `InvitedView`. Nobody chooses a password
 * for somebody else: the account waits until its person opens the link.
 */
export interface InviteBody {
  readonly identifier: string;
  /** Where mails go; the identifier, where that is an address. */
  readonly email?: string;
  readonly roles?: readonly string[];
  readonly groups?: readonly string[];
  readonly language?: string;
  readonly by: InviteBy;
}
/** `mail`: sent to the address, and shown to nobody else. `link`: in the answer, once, to be handed over. */
export type InviteBy = 'mail' | 'link';

export interface InvitedView {
  readonly user: UserDetails;
  readonly invitation: LinkView;
}
/** A link that was made. */
export interface LinkView {
  /** Shown once; `null` where it was mailed. */
  readonly link: string | null;
  /** The address it was mailed to, with dots in it. */
  readonly sentTo: string | null;
  readonly expiresAt: string;
}

/**
 * `POST /admin/api/realms/:realm/users/:user/invitation` (users.create, _confirmed_): a new link, the one before is worth
 * nothing then. Answers `LinkView`. `DELETE` of the same (users.create, _confirmed_; body `{}`) withdraws it: 204.
 */
export interface InvitationBody {
  readonly by: InviteBy;
}

/**
 * `POST /admin/api/realms/:realm/users/:user/permit` (users.factors, _confirmed_): a link with which this person, signed
 * in, may enrol a second factor where one is demanded and none is there. Answers `LinkView`.
 */
export interface PermitBody {
  readonly by: InviteBy;
  readonly reason: string;
}

/** `PUT /admin/api/realms/:realm/users/:user/roles` (users.roles, _confirmed_): 204. All of their sessions end. */
export interface RolesBody {
  readonly roles: readonly string[];
  readonly reason: string;
}
/** `PUT /admin/api/realms/:realm/users/:user/groups` (users.edit, _confirmed_): 204. */
export interface GroupsBody {
  readonly groups: readonly string[];
}

/**
 * The body of each of these, all _confirmed_, all answered with 204. A reason is 1 to 500 characters, and is recorded.
 *
 * - `POST   /admin/api/realms/:realm/users/:user/lock` (users.lock)
 * - `POST   /admin/api/realms/:realm/users/:user/unlock` (users.lock)
 * - `DELETE /admin/api/realms/:realm/users/:user/authenticators/:authenticator` (users.factors): also unlinks an account
 *   of another issuer
 * - `POST   /admin/api/realms/:realm/users/:user/reset-mfa` (users.factors): every second factor and recovery code goes
 * - `DELETE /admin/api/realms/:realm/users/:user/sessions` (users.sessions): all, with remembered devices and the tokens of applications
 * - `DELETE /admin/api/realms/:realm/users/:user/sessions/:session` (users.sessions)
 * - `DELETE /admin/api/realms/:realm/users/:user/devices` (users.sessions)
 * - `DELETE /admin/api/realms/:realm/users/:user/devices/:device` (users.sessions)
 */
export interface ReasonBody {
  readonly reason: string;
}

/** `DELETE /admin/api/realms/:realm/users/:user` (users.delete, _confirmed_): 204. */
export interface DeleteUserBody {
  /** Typed once more; another one is refused with 400. */
  readonly identifier: string;
  readonly reason: string;
}

/** `GET /admin/api/realms/:realm/summary` (users.read): counts, at most a minute old. */
export interface RealmSummary {
  readonly users: number;
  readonly withMfa: number;
  readonly locked: number;
  readonly invited: number;
  /** How many accounts have an authenticator of each. */
  readonly byProvider: readonly {
    readonly provider: string;
    readonly name: string;
    readonly users: number;
  }[];
  readonly at: string;
}
