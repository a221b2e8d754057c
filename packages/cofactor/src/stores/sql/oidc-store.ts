import type {
  ArtifactRecord,
  ClientRecord,
  ConsentRecord,
  OidcSessionRecord,
  OidcStore,
  SigningKeyRecord,
} from '../../core/oidc-store.ts';
import type { AuditWriter } from '../../core/store.ts';
import type { Dialect, Driver, Work } from './driver.ts';
import * as queries from './queries/oidc.ts';
import type { Schema } from './schema.ts';
import { append } from './work.ts';

/** What the OpenID Connect server keeps: the same statements on both databases. */
export class SqlOidcStore implements OidcStore {
  readonly #driver: Driver;
  readonly #dialect: Dialect;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#dialect = driver.dialect;
  }

  async put(artifact: ArtifactRecord): Promise<void> {
    const values = artifactRow(artifact);
    await this.#run(() => queries.putArtifact.changes(this.#dialect, values));
  }

  async add(artifact: ArtifactRecord): Promise<boolean> {
    const values = artifactRow(artifact);
    return (await this.#run(() => queries.addArtifact.changes(this.#dialect, values))) === 1;
  }

  async find(realm: string, id: string, now: Date): Promise<ArtifactRecord | null> {
    const values = { realm, id, now: now.getTime() };
    return aliveOf(await this.#run(() => queries.findArtifact.first(this.#dialect, values)));
  }

  async findByUserCode(realm: string, userCode: string, now: Date): Promise<ArtifactRecord | null> {
    const values = { realm, code: userCode, now: now.getTime() };
    return aliveOf(await this.#run(() => queries.findArtifactByUserCode.first(this.#dialect, values)));
  }

  async consume(realm: string, id: string, now: Date): Promise<boolean> {
    const values = { realm, id, now: now.getTime() };
    return (await this.#run(() => queries.consumeArtifact.changes(this.#dialect, values))) === 1;
  }

  async drop(realm: string, id: string): Promise<void> {
    await this.#run(() => queries.dropArtifact.changes(this.#dialect, { realm, id }));
  }

  async dropGrants(realm: string, of: { readonly user?: string; readonly client?: string }): Promise<number> {
    const { user, client } = of;
    const dialect = this.#dialect;
    return this.#run(() => {
      if (user !== undefined && client !== undefined)
        return queries.dropGrantsOfBoth.changes(dialect, { realm, user, client });
      if (user !== undefined) return queries.dropGrantsOfUser.changes(dialect, { realm, user });
      if (client !== undefined) return queries.dropGrantsOfClient.changes(dialect, { realm, client });
      throw new TypeError('whose grants?');
    });
  }

  async session(realm: string, id: string, now: Date): Promise<readonly OidcSessionRecord[]> {
    const values = { realm, id, now: now.getTime() };
    return (await this.#run(() => queries.findOidcSession.all(this.#dialect, values))).map(sessionOf);
  }

  async putSession({ userId, clientId, expiresAt, ...same }: OidcSessionRecord): Promise<void> {
    const values = { ...same, user_id: userId, client_id: clientId, expires_at: expiresAt.getTime() };
    await this.#run(() => queries.putOidcSession.changes(this.#dialect, values));
  }

  async dropSession(realm: string, id: string): Promise<void> {
    await this.#run(() => queries.dropOidcSession.changes(this.#dialect, { realm, id }));
  }

  async takeEnded(realm: string, session: string, now: Date): Promise<readonly OidcSessionRecord[]> {
    const dialect = this.#dialect;
    return this.#run(function* () {
      const found = yield* queries.loginOfSession.first(dialect, { realm, id: session });
      const login = found?.login ?? session;
      const rows = yield* queries.takeEndedSession.all(dialect, { realm, login, now: now.getTime() });
      return rows.map(sessionOf);
    });
  }

  async takeAllEnded(
    realm: string,
    after: string,
    now: Date,
  ): Promise<{ readonly ended: readonly OidcSessionRecord[]; readonly next: string | null }> {
    const dialect = this.#dialect;
    return this.#run(function* () {
      const rows = yield* queries.oidcSessionsAfter.all(dialect, { realm, after });
      const ended: OidcSessionRecord[] = [];
      for (const { login } of rows) {
        if (login === null) continue;
        const taken = yield* queries.takeEndedSession.all(dialect, { realm, login, now: now.getTime() });
        ended.push(...taken.map(sessionOf));
      }
      return { ended, next: rows.length < queries.sweepAtOnce ? null : (rows.at(-1)?.id ?? null) };
    });
  }

  async keys(realm: string): Promise<readonly SigningKeyRecord[]> {
    const rows = await this.#run(() => queries.keysOf.all(this.#dialect, { realm }));
    return rows.map(({ created_at, active_at, ...same }) => ({
      ...same,
      createdAt: new Date(created_at),
      activeAt: new Date(active_at),
    }));
  }

  async addKey({ createdAt, activeAt, ...same }: SigningKeyRecord): Promise<boolean> {
    const values = { ...same, created_at: createdAt.getTime(), active_at: activeAt.getTime() };
    return (await this.#run(() => queries.insertKey.changes(this.#dialect, values))) === 1;
  }

  async dropKey(realm: string, id: string): Promise<void> {
    await this.#run(() => queries.deleteKey.changes(this.#dialect, { realm, id }));
  }

  async client(realm: string, id: string): Promise<ClientRecord | null> {
    const row = await this.#run(() => queries.findClient.first(this.#dialect, { realm, id }));
    return row ? clientOf(row) : null;
  }

  async clients(realm: string): Promise<readonly ClientRecord[]> {
    return (await this.#run(() => queries.clientsOf.all(this.#dialect, { realm }))).map(clientOf);
  }

  async putClient({ createdAt, updatedAt, ...same }: ClientRecord, audit: AuditWriter): Promise<void> {
    const dialect = this.#dialect;
    const values = { ...same, created_at: createdAt.getTime(), updated_at: updatedAt.getTime() };
    await this.#driver.transaction(function* (): Work<void> {
      yield* queries.putClient.changes(dialect, values);
      yield* append(dialect, same.realm, audit);
    });
  }

  async dropClient(realm: string, id: string, audit: AuditWriter): Promise<boolean> {
    const dialect = this.#dialect;
    return this.#driver.transaction(function* (): Work<boolean> {
      if ((yield* queries.deleteClient.changes(dialect, { realm, id })) !== 1) return false;
      yield* queries.dropGrantsOfClient.changes(dialect, { realm, client: id });
      yield* append(dialect, realm, audit);
      return true;
    });
  }

  async consent(realm: string, user: string, client: string): Promise<ConsentRecord | null> {
    const row = await this.#run(() => queries.findConsent.first(this.#dialect, { realm, user, client }));
    return row ? consentOf(row) : null;
  }

  async consents(realm: string, user: string): Promise<readonly ConsentRecord[]> {
    return (await this.#run(() => queries.consentsOf.all(this.#dialect, { realm, user }))).map(consentOf);
  }

  async putConsent(consent: ConsentRecord, audit: AuditWriter): Promise<void> {
    const { realm, userId, clientId, data, createdAt, updatedAt } = consent;
    const dialect = this.#dialect;
    await this.#driver.transaction(function* (): Work<void> {
      yield* queries.putConsent.changes(dialect, {
        realm,
        user_id: userId,
        client_id: clientId,
        data,
        created_at: createdAt.getTime(),
        updated_at: updatedAt.getTime(),
      });
      yield* append(dialect, realm, audit);
    });
  }

  async withdrawConsent(realm: string, user: string, client: string, audit: AuditWriter): Promise<boolean> {
    const dialect = this.#dialect;
    return this.#driver.transaction(function* (): Work<boolean> {
      const dropped = yield* queries.deleteConsent.changes(dialect, { realm, user, client });
      const revoked = yield* queries.dropGrantsOfBoth.changes(dialect, { realm, user, client });
      if (dropped + revoked === 0) return false;
      yield* append(dialect, realm, audit);
      return true;
    });
  }

  #run<T>(work: () => Work<T>): Promise<T> {
    return this.#driver.run(work);
  }
}

function artifactRow(artifact: ArtifactRecord): Schema['oidc_artifacts'] {
  const { user, userCode, clientId, createdAt, expiresAt, consumedAt: _never, ...same } = artifact;
  return {
    ...same,
    client_id: clientId,
    user_id: user?.id ?? null,
    generation: user?.generation ?? null,
    user_code: userCode,
    created_at: createdAt.getTime(),
    expires_at: expiresAt.getTime(),
    consumed_at: null,
  };
}

type FoundArtifact = Schema['oidc_artifacts'] & {
  readonly user_generation: number | null;
  readonly session_id: string | null;
};

function aliveOf(row: FoundArtifact | undefined): ArtifactRecord | null {
  if (!row) return null;
  if (row.user_id !== null && (row.generation === null || row.user_generation !== row.generation))
    return null;
  if (row.login !== null && row.session_id === null) return null;
  return {
    id: row.id,
    realm: row.realm,
    kind: row.kind,
    payload: row.payload,
    clientId: row.client_id,
    user: row.user_id === null ? null : { id: row.user_id, generation: row.generation ?? -1 },
    login: row.login,
    userCode: row.user_code,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
    consumedAt: row.consumed_at === null ? null : new Date(row.consumed_at),
  };
}

function sessionOf(row: Schema['oidc_sessions']): OidcSessionRecord {
  const { id, client_id, realm, user_id, login, data, expires_at } = row;
  return { id, clientId: client_id, realm, userId: user_id, login, data, expiresAt: new Date(expires_at) };
}

function clientOf(row: Schema['oidc_clients']): ClientRecord {
  const { id, realm, data, secret, created_at, updated_at } = row;
  return { id, realm, data, secret, createdAt: new Date(created_at), updatedAt: new Date(updated_at) };
}

function consentOf(row: Schema['oidc_consents']): ConsentRecord {
  const { realm, user_id, client_id, data, created_at, updated_at } = row;
  return {
    realm,
    userId: user_id,
    clientId: client_id,
    data,
    createdAt: new Date(created_at),
    updatedAt: new Date(updated_at),
  };
}
