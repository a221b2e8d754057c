/**
 * The JSON of the back office: every request below `/admin/api`, and what it is answered with. Types only, shared by the
 * server, its pages (`packages/server/ui`) and tests.
 *
 * - Who asks is signed in to the realm `users`, with its session cookie; members of other realms are nobody here.
 * - Every request but GET carries `x-csrf-token` (of `GET /admin/api/context`, the same token as `GET /auth/context`),
 *   `content-type: application/json` and a body, `{}` where nothing is to be said; browsers add `Origin`.
 * - Times are ISO 8601 strings. Lists are never null. Unknown members of a body are refused.
 * - A segment of a path that is written `:name` is one segment, encoded with `encodeURIComponent`.
 * - Errors are problem details (RFC 9457): `BackOfficeProblem`.
 *
 * A route that is marked _confirmed_ needs a proof that is at most five minutes old, of the strongest kind that the
 * administrator's account has. Without it the answer is 401 `step-up-needed`. Then: `POST /auth/step-up
 * { "returnTo": "/admin/" }` (with no `policy`), answer the ceremony as pages of `/auth` do (`POST /auth/challenges`,
 * `POST /auth/ceremony`), and send the same request again.
 */

// ---------------------------------------------------------------------------------------------------------------
// Who is here, and what may be done

/** What somebody may do. Each route names the one that it needs. */
export type Permission =
  | 'users.read' /*        lists, accounts, what was recorded of an account */
  | 'users.create' /*      new accounts, invitations */
  | 'users.edit' /*        groups */
  | 'users.roles'
  | 'users.lock' /*        lock and unlock */
  | 'users.factors' /*     remove one, reset all, allow a first one */
  | 'users.sessions' /*    end sessions, forget devices */
  | 'users.delete'
  | 'clients.read'
  | 'clients.write'
  | 'issuers.read'
  | 'issuers.write'
  | 'enforcement.read'
  | 'enforcement.write'
  | 'webhooks.read'
  | 'webhooks.write'
  | 'audit.read'
  | 'extensions.read';

/** `GET /admin/api/context`: what every page needs first. 401 `not-signed-in`; 403 `forbidden` for who is not in charge. */
export interface BackOfficeContext {
  readonly csrf: string;
  readonly product: { readonly name: string };
  /** Path of the back office, `/admin`, and of the account pages of its administrators, `/auth`. */
  readonly base: string;
  readonly auth: string;
  readonly language: string;
  readonly me: {
    readonly id: string;
    readonly identifier: string;
    readonly roles: readonly string[];
    /** The role that counts here, e.g. `administrator`. */
    readonly role: string;
    readonly rank: number;
    readonly permissions: readonly Permission[];
    /** What this session proves now. */
    readonly acr: string;
    /** Whether the proof at hand is fresh enough for what is _confirmed_. */
    readonly confirmed: boolean;
  };
  readonly realms: readonly RealmView[];
  /** The roles that are in charge, highest first. */
  readonly roles: readonly RankedRole[];
}

export interface RealmView {
  /** `users`, `members`: the segment `:realm`. */
  readonly realm: string;
  /** Whether administrators are accounts of this realm. Elsewhere a role is only a word. */
  readonly inCharge: boolean;
  readonly providers: readonly ProviderName[];
  /** Whether there is an OpenID Connect server for it, and so `clients`. */
  readonly clients: boolean;
  /** Whether mails can be sent, and so invitations mailed. */
  readonly mail: boolean;
}

export interface ProviderName {
  readonly provider: string;
  readonly usage: 'first' | 'second' | 'recovery';
  /** In the language of the reader. */
  readonly name: string;
  /** An issuer elsewhere that vouches for people. */
  readonly external: boolean;
  readonly restricted: boolean;
}

export interface RankedRole {
  readonly role: string;
  readonly rank: number;
  readonly permissions: readonly Permission[];
}

// ---------------------------------------------------------------------------------------------------------------
// Users and members

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
  readonly state: 'met' | 'ahead' | 'grace' | 'due';
  readonly acr: string;
  readonly rules: readonly string[];
  /** When it begins to be asked, and when it can be put off no longer. */
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
 * - `DELETE /admin/api/realms/:realm/users/:user/sessions` (users.sessions): all, and all remembered devices
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

// ---------------------------------------------------------------------------------------------------------------
// Applications: clients of the OpenID Connect server of a realm

/** `GET /admin/api/realms/:realm/clients` (clients.read). */
export interface ClientList {
  readonly clients: readonly ClientView[];
  /** What a client may be given, for forms. */
  readonly levels: readonly string[];
  readonly scopes: readonly string[];
  readonly algorithms: readonly string[];
  /** What applications are configured with. */
  readonly issuer: string;
}

/** What can be said of a client; `cofactor/oidc-server` explains each. */
export interface ClientFields {
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly postLogoutRedirectUris?: readonly string[];
  readonly backchannelLogoutUri?: string;
  readonly firstParty?: boolean;
  readonly minimumAcr?: string;
  readonly maxAge?: number;
  readonly scopes?: readonly string[];
  readonly deviceFlow?: boolean;
  readonly serviceAccount?: boolean;
  readonly hybrid?: boolean;
  readonly introspection?: boolean;
  readonly requirePushedRequests?: boolean;
  readonly requireDpop?: boolean;
  readonly idTokenAlgorithm?: string;
}

export interface ClientView extends ClientFields {
  readonly id: string;
  /** Whether it has a secret; what it is was shown when it was made. */
  readonly hasSecret: boolean;
  /** `configured`: stands in the settings, and can only be changed there. */
  readonly source: 'stored' | 'configured';
}

/** `POST /admin/api/realms/:realm/clients` (clients.write, _confirmed_) answers 201 `ClientMade`; 409 `taken`. */
export interface NewClientBody extends ClientFields {
  readonly id: string;
  /** Whether it gets a secret: `false` for applications that cannot keep one, or that have `jwks`. */
  readonly confidential: boolean;
}
export interface ClientMade {
  readonly client: ClientView;
  /** Shown once. */
  readonly secret: string | null;
}
/** `PUT /admin/api/realms/:realm/clients/:client` (clients.write, _confirmed_): replaces all but the secret; answers `ClientView`. */
export type ClientBody = ClientFields;
/** `POST /admin/api/realms/:realm/clients/:client/secret` (clients.write, _confirmed_; body `{}`): a new one; answers `ClientMade`. */
/** `DELETE /admin/api/realms/:realm/clients/:client` (clients.write, _confirmed_; body `{}`): 204; all its tokens are worth nothing. */

// ---------------------------------------------------------------------------------------------------------------
// Issuers elsewhere that people may sign in with

/** `GET /admin/api/realms/:realm/issuers` (issuers.read). */
export interface IssuerList {
  readonly issuers: readonly IssuerView[];
}

export interface IssuerFields {
  /** What people know it as. */
  readonly label: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly scope?: string;
  /** What its word counts for beyond a first factor. Whatever is not in here counts for nothing. */
  readonly trust?: readonly Readonly<Record<string, unknown>>[];
  readonly accounts?: 'existing' | 'create';
  readonly authoritativeFor?: readonly string[];
}

export interface IssuerView extends IssuerFields {
  /** Part of `redirectUri`, and stored with each linked account: it cannot be changed. */
  readonly name: string;
  readonly hasSecret: boolean;
  /** To be registered at the issuer. */
  readonly redirectUri: string;
  /** `configured`: stands in the settings, and can only be changed there. */
  readonly source: 'stored' | 'configured';
  /** Whether the server at work has it as it stands here; a change is taken up at the next start. */
  readonly inUse: boolean;
}

/** `PUT /admin/api/realms/:realm/issuers/:name` (issuers.write, _confirmed_): adds or replaces it; answers `IssuerView`. */
export interface IssuerBody extends IssuerFields {
  /** Left out: the one at hand stays. `null`: none, for a public client. */
  readonly clientSecret?: string | null;
}
/** `DELETE /admin/api/realms/:realm/issuers/:name` (issuers.write, _confirmed_; body `{}`): 204. */

// ---------------------------------------------------------------------------------------------------------------
// What is demanded of whom

/** `GET /admin/api/realms/:realm/enforcement` (enforcement.read). */
export interface RuleList {
  readonly rules: readonly RuleView[];
  /** What can be demanded, lowest first. */
  readonly levels: readonly string[];
}

export interface RuleBody {
  /** Whom it is about. `realm`: everybody; `client`: whoever signs in to that application. */
  readonly subject:
    { readonly kind: 'realm' } | { readonly kind: 'role' | 'group' | 'client'; readonly value: string };
  /** E.g. `mfa`, or `phr` for what cannot be phished. */
  readonly acr: string;
  /** From when on people are asked at each sign-in. */
  readonly from: string;
  /** Until when they can put it off; the same as `from` for no grace at all. */
  readonly until: string;
  /** What it is for, for other administrators. */
  readonly note?: string;
}

export interface RuleView extends RuleBody {
  readonly id: string;
  readonly state: 'ahead' | 'grace' | 'due';
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** `POST /admin/api/realms/:realm/enforcement/preview` (enforcement.read) with a `RuleBody`: nothing is saved. */
export interface RulePreview {
  /** How many accounts it is about, have what it demands, have to enrol first, and could not comply. */
  readonly affected: number;
  readonly compliant: number;
  readonly toEnrol: number;
  readonly unable: number;
  /** The first of those who could not comply, and why. */
  readonly examples: readonly {
    readonly id: string;
    readonly identifier: string;
    readonly why: string;
  }[];
  /** Whether the one who asks could not go on: it is refused when it is saved (409 `locks-you-out`). */
  readonly locksYouOut: boolean;
}

/**
 * `POST /admin/api/realms/:realm/enforcement` with a `RuleBody` answers 201 `RuleView`;
 * `PUT /admin/api/realms/:realm/enforcement/:rule` with a `RuleBody` answers `RuleView`;
 * `DELETE /admin/api/realms/:realm/enforcement/:rule` (body `{}`) answers 204. All enforcement.write and _confirmed_.
 */

// ---------------------------------------------------------------------------------------------------------------
// Who is told of what happens

/** `GET /admin/api/realms/:realm/webhooks` (webhooks.read). */
export interface WebhookList {
  readonly webhooks: readonly WebhookView[];
  /** Types of events there are, for forms. */
  readonly types: readonly string[];
}

export interface WebhookBody {
  readonly url: string;
  /** The events it is told of; empty: all. */
  readonly types: readonly string[];
  readonly enabled: boolean;
  readonly note?: string;
}

export interface WebhookView extends WebhookBody {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Number of the last row of the record that it has, and of the newest there is. */
  readonly delivered: number;
  readonly newest: number;
  /** Tries in vain since the last success, and when the next one is due. */
  readonly failures: number;
  readonly nextTryAt: string | null;
}

/** `POST /admin/api/realms/:realm/webhooks` with a `WebhookBody` (webhooks.write, _confirmed_) answers 201 with this. */
export interface WebhookMade {
  readonly webhook: WebhookView;
  /** What deliveries are signed with. Shown once. */
  readonly secret: string;
}
/**
 * `PUT /admin/api/realms/:realm/webhooks/:webhook` with a `WebhookBody` answers `WebhookView`;
 * `POST /admin/api/realms/:realm/webhooks/:webhook/secret` (body `{}`) answers `WebhookMade`;
 * `DELETE /admin/api/realms/:realm/webhooks/:webhook` (body `{}`) answers 204. All webhooks.write and _confirmed_.
 */

// ---------------------------------------------------------------------------------------------------------------
// The record

/**
 * `GET /admin/api/realms/:realm/audit?...` (audit.read), newest first; and
 * `GET /admin/api/realms/:realm/users/:user/audit?before=&limit=` (users.read) of one account.
 */
export interface AuditQuery {
  readonly type?: string;
  /** Id of the account it is about. */
  readonly user?: string;
  /** Times, ISO 8601: from the first on, before the second. */
  readonly from?: string;
  readonly to?: string;
  /** `next` of the page before. */
  readonly before?: number;
  /** 1 to 200; 50 if left out. */
  readonly limit?: number;
}

export interface AuditPage {
  readonly rows: readonly AuditView[];
  /** For `before`; `null` at the end. A page can be shorter than `limit` and still have a next one. */
  readonly next: number | null;
}

export interface AuditView {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly user: string | null;
  /** What the account is called now; `null` where it is gone. */
  readonly identifier: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * `GET /admin/api/realms/:realm/audit/export?format=csv|jsonl&...` (audit.read), oldest first, with the parameters of
 * `AuditQuery` but `before` and `limit`, and `after=<seq>`: a file of at most 10,000 rows. Where there are more, the header
 * `x-cofactor-next` has the `after` of the next file.
 */
export type AuditFormat = 'csv' | 'jsonl';

/** `GET /admin/api/realms/:realm/audit/verify` (audit.read): walks all of it. */
export interface AuditVerified {
  /** The first row that is not as it was written; `null` where all is well. */
  readonly fault: { readonly seq: number; readonly fault: 'missing' | 'altered' } | null;
  /** To be kept somewhere else: only an older one of these shows that the end was cut off. */
  readonly head: { readonly seq: number; readonly mac: string };
}

// ---------------------------------------------------------------------------------------------------------------
// Packages that bring elements to the pages

/** `GET /admin/api/realms/:realm/extensions` (extensions.read). */
export interface ExtensionList {
  readonly packages: readonly ExtensionPackage[];
}
export interface ExtensionPackage {
  /** Of its folder. */
  readonly name: string;
  readonly state: 'in-use' | 'wrong';
  /** What is wrong with its manifest; then nothing of it is served, and its providers have their own pages. */
  readonly problem: string | null;
  readonly extensions: readonly {
    readonly alias: string;
    readonly provider: string;
    readonly label: string | null;
    readonly setupElement: string | null;
    readonly loginElement: string | null;
  }[];
}

// ---------------------------------------------------------------------------------------------------------------

/** Every error. `type` is stable; `detail` is words for the reader. */
export interface BackOfficeProblem {
  readonly type: `urn:cofactor:problem:${BackOfficeProblemName}`;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Which part of the request was wrong (JSON pointer), where that is known. */
  readonly pointer?: string;
  readonly retryAfter?: number;
}

export type BackOfficeProblemName =
  | 'malformed' /*            400 the request is not what the schema says */
  | 'csrf' /*                 403 token or Origin missing or wrong */
  | 'not-signed-in' /*        401 */
  | 'step-up-needed' /*       401 the proof at hand is too weak or too old; see the top of this file */
  | 'forbidden' /*            403 the permission is missing */
  | 'higher-rank' /*          403 the account, or a role that would be given, is above one's own */
  | 'own-account' /*          403 nobody does this to themselves this way */
  | 'not-found' /*            404 */
  | 'last-owner' /*           409 somebody has to be left who may do everything */
  | 'last-authenticator' /*   409 nothing would be left to sign in with */
  | 'identifier-taken' /*     409 there is an account of that name */
  | 'taken' /*                409 there is a client, issuer ... of that id */
  | 'configured' /*           409 it stands in the settings, and can only be changed there */
  | 'outdated' /*             409 somebody else changed it at the same moment: load it again */
  | 'wrong-state' /*          409 not for an account in this state, e.g. unlocking one that is not locked */
  | 'no-mail' /*              409 there is no address, or no mailer, to send it with */
  | 'locks-you-out' /*        409 the one who saves it could not go on */
  | 'refused' /*              422 `detail` says what is wrong, e.g. with the settings of a client */
  | 'too-many-tries' /*       429 with Retry-After */
  | 'unavailable'; /*         503 the database is away */
