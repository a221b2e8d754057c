// Who is here, and what may be done.

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
