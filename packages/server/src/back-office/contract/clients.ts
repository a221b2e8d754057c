// Applications: clients of the OpenID Connect server of a realm.

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
