import type { AuditWriter } from './store.ts';

/**
 * What the OpenID Connect server asks of a database, beside the rest of the store. Ids of what a client or a browser holds
 * are SHA-256 of it; what belongs to a person or to a session is not found any more once that is over.
 */
export interface OidcStore {
  /**
   * Keeps an artifact; one of the same id gets the new payload and end, and stays as old as it is. Where it is made by using
   * another one up, both are done at once: `false`, and nothing kept, where that was used up before.
   */
  put(artifact: ArtifactRecord, consuming?: { readonly id: string; readonly now: Date }): Promise<boolean>;
  /** The same, unless there is one of that id already; `false` then. */
  add(artifact: ArtifactRecord): Promise<boolean>;
  /**
   * An artifact that is neither too old nor orphaned: its user's generation is the one it was made for (I-06), and the
   * session it is bound to has not ended, and was used after `quiet`. Consumed ones are found.
   */
  find(realm: string, id: string, now: Date, quiet: Date): Promise<FoundArtifact | null>;
  findByUserCode(realm: string, userCode: string, now: Date, quiet: Date): Promise<FoundArtifact | null>;
  /** Marks it as used; of several at once one gets `true`. */
  consume(realm: string, id: string, now: Date): Promise<boolean>;
  drop(realm: string, id: string): Promise<void>;
  /** Drops what a person granted, or what was granted to a client, or what the one granted to the other. */
  dropGrants(realm: string, of: { readonly user?: string; readonly client?: string }): Promise<number>;

  session(realm: string, id: string, now: Date): Promise<readonly FoundOidcSession[]>;
  putSession(session: OidcSessionRecord): Promise<void>;
  dropSession(realm: string, id: string): Promise<void>;
  /**
   * Takes what belongs to the sign-in of a session, if that is over: of several nodes one gets it. It stays, and is given again
   * after a minute, until it is dropped.
   */
  takeEnded(realm: string, session: string, now: Date): Promise<readonly EndedOidcSession[]>;
  /** The same for some that come after this id; `next` goes on from there. */
  takeAllEnded(
    realm: string,
    after: string,
    now: Date,
  ): Promise<{ readonly ended: readonly EndedOidcSession[]; readonly next: string | null }>;
  dropSessionOf(realm: string, id: string, clientId: string): Promise<void>;

  keys(realm: string): Promise<readonly SigningKeyRecord[]>;
  /** `false` where another node was faster. */
  addKey(key: SigningKeyRecord): Promise<boolean>;
  changeKeys(
    realm: string,
    change: { readonly add: readonly SigningKeyRecord[]; readonly drop: readonly string[] },
    audit: AuditWriter,
  ): Promise<void>;

  /** Replaces what was sealed with an older key, where it is still the same. */
  reseal(
    what: 'key' | 'client',
    row: { readonly realm: string; readonly id: string; readonly before: string; readonly after: string },
  ): Promise<void>;

  client(realm: string, id: string): Promise<ClientRecord | null>;
  clients(realm: string): Promise<readonly ClientRecord[]>;
  putClient(client: ClientRecord, audit: AuditWriter): Promise<void>;
  /** The same in place of `before` and of nothing else; `null`: where there is none. `false`, and nothing is written, otherwise. */
  replaceClient(before: ClientRecord | null, client: ClientRecord, audit: AuditWriter): Promise<boolean>;
  /** With everything that was granted to it. */
  dropClient(realm: string, id: string, audit: AuditWriter): Promise<boolean>;

  consent(realm: string, userId: string, clientId: string): Promise<ConsentRecord | null>;
  consents(realm: string, userId: string): Promise<readonly ConsentRecord[]>;
  putConsent(consent: ConsentRecord, audit: AuditWriter): Promise<void>;
  /** With everything that was granted by it; `false` where there was nothing. */
  withdrawConsent(realm: string, userId: string, clientId: string, audit: AuditWriter): Promise<boolean>;
}

/** Something that was issued: a code, a token, a grant, a request in progress. */
export interface ArtifactRecord {
  readonly id: string;
  readonly realm: string;
  readonly kind: string;
  /** JSON, without the value that the id is a hash of. */
  readonly payload: string;
  readonly clientId: string | null;
  /** Id of the grant that it is worth nothing without. */
  readonly grant: string | null;
  /** Whose it is, and the generation of that account it was made for. */
  readonly user: { readonly id: string; readonly generation: number } | null;
  /** The sign-in that it dies with. */
  readonly login: string | null;
  /** Keyed hash of what a person types from another device. */
  readonly userCode: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly consumedAt: Date | null;
}

/** An artifact, with the grant it belongs to, as it is asked for together. */
export interface FoundArtifact extends ArtifactRecord {
  /** JSON; `null` where the grant is gone, or there is none. */
  readonly grantPayload: string | null;
}

/** What one client has of a sign-in. */
export interface OidcSessionRecord {
  readonly id: string;
  /** Empty for what belongs to none. */
  readonly clientId: string;
  readonly realm: string;
  readonly userId: string | null;
  /** The sign-in it stands for; `null` for a browser in which nobody is signed in. */
  readonly login: string | null;
  /** JSON. */
  readonly data: string;
  /** Id of the grant that the client has in it. */
  readonly grant: string | null;
  readonly expiresAt: Date;
}

/** The same, with the grant. */
export interface FoundOidcSession extends OidcSessionRecord {
  /** JSON; `null` where the grant is gone, or there is none. */
  readonly grantPayload: string | null;
}

/** One whose sign-in is over, and how often it was taken to be told. */
export interface EndedOidcSession extends OidcSessionRecord {
  readonly tries: number;
}

export interface SigningKeyRecord {
  /** `kid`. */
  readonly id: string;
  readonly realm: string;
  readonly alg: string;
  /** Counts up with each rotation. */
  readonly seq: number;
  /** Private JWK, sealed (I-05). */
  readonly sealed: string;
  readonly createdAt: Date;
  /** From when on it signs. It is published before. */
  readonly activeAt: Date;
}

export interface ClientRecord {
  readonly id: string;
  readonly realm: string;
  /** JSON, as it was given, without the secret. */
  readonly data: string;
  /** Sealed. */
  readonly secret: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a person let a client have. */
export interface ConsentRecord {
  readonly realm: string;
  readonly userId: string;
  readonly clientId: string;
  /** JSON. */
  readonly data: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
