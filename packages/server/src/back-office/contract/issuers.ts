// Issuers elsewhere that people may sign in with.

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
