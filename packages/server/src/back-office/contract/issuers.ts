// Issuers elsewhere that people may sign in with.

/** `GET /admin/api/realms/:realm/issuers` (issuers.read): those of the settings, then those of the back office. */
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
  /**
   * Whether people can sign in with it as it stands here, at the node that answers. A change is taken up at once where it is
   * made, and within seconds at every other node.
   */
  readonly inUse: boolean;
  /** Why nobody can sign in with it, as long as it is stored like this; `null` where nothing is wrong. */
  readonly trouble: IssuerTrouble | null;
}

/**
 * `unreadable`: its secret cannot be read with the keys at hand; it has to be given again. `name-taken`: the settings have
 * something else of its name. `wrong`: no provider can be made of it, for the reason in `detail`, if it can be told.
 */
export interface IssuerTrouble {
  readonly why: 'unreadable' | 'name-taken' | 'wrong';
  readonly detail: string | null;
}

/** `PUT /admin/api/realms/:realm/issuers/:name` (issuers.write, _confirmed_): adds or replaces it; answers `IssuerView`. */
export interface IssuerBody extends IssuerFields {
  /** Left out: the one at hand stays. `null`: none, for a public client. */
  readonly clientSecret?: string | null;
}
/** `DELETE /admin/api/realms/:realm/issuers/:name` (issuers.write, _confirmed_; body `{}`): 204. */
