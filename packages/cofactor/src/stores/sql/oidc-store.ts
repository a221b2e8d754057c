import type {
  ArtifactRecord,
  ClientRecord,
  ConsentRecord,
  EndedOidcSession,
  FoundArtifact,
  FoundOidcSession,
  OidcSessionRecord,
  OidcStore,
  SigningKeyRecord,
} from '../../core/oidc-store.ts';
import type { AuditWriter } from '../../core/store.ts';
import type { Dialect, Driver, Work } from './driver.ts';
import * as queries from './queries/oidc.ts';
import type { Schema } from './schema.ts';
import { append } from './work.ts';

/** After this long a client may be told once more, in milliseconds. */
const tellAgainMs = 60_000;

/** What the OpenID Connect server keeps: the same statements on both databases. */
export class SqlOidcStore implements OidcStore {
  readonly #driver: Driver;
  readonly #dialect: Dialect;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#dialect = driver.dialect;
  }

  async put(
    artifact: ArtifactRecord,
    consuming?: { readonly id: string; readonly now: Date },
  ): Promise<boolean> {
    const dialect = this.#dialect;
    const values = artifactRow(artifact);
    return this.#driver.together(function* (): Work<boolean> {
      if (consuming) {
        const { id, now } = consuming;
        const slot = { realm: artifact.realm, id, now: now.getTime() };
        if ((yield* queries.consumeArtifact.changes(dialect, slot)) !== 1) return false;
      }
      yield* queries.putArtifact.changes(dialect, values);
      return true;
    });
  }

  async add(artifact: ArtifactRecord): Promise<boolean> {
    const values = artifactRow(artifact);
    return (await this.#run(() => queries.addArtifact.changes(this.#dialect, values))) === 1;
  }

  async find(realm: string, id: string, now: Date, quiet: Date): Promise<FoundArtifact | null> {
    const values = { realm, id, now: now.getTime(), quiet: quiet.getTime() };
    return aliveOf(await this.#run(() => queries.findArtifact.first(this.#dialect, values)));
  }

  async findByUserCode(
    realm: string,
    userCode: string,
    now: Date,
    quiet: Date,
  ): Promise<FoundArtifact | null> {
    const values = { realm, code: userCode, now: now.getTime(), quiet: quiet.getTime() };
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

  async session(realm: string, id: string, now: Date): Promise<readonly FoundOidcSession[]> {
    const values = { realm, id, now: now.getTime() };
    const rows = await this.#run(() => queries.findOidcSession.all(this.#dialect, values));
    return rows.map((row) => ({ ...sessionOf(row), grantPayload: row.grant_payload }));
  }

  async putSession({ userId, clientId, grant, expiresAt, ...same }: OidcSessionRecord): Promise<void> {
    const values = {
      ...same,
      user_id: userId,
      client_id: clientId,
      grant_id: grant,
      expires_at: expiresAt.getTime(),
    };
    await this.#run(() => queries.putOidcSession.changes(this.#dialect, values));
  }

  async dropSession(realm: string, id: string): Promise<void> {
    await this.#run(() => queries.dropOidcSession.changes(this.#dialect, { realm, id }));
  }

  async takeEnded(realm: string, session: string, now: Date): Promise<readonly EndedOidcSession[]> {
    const dialect = this.#dialect;
    const times = { now: now.getTime(), again: now.getTime() + tellAgainMs };
    return this.#run(function* () {
      const found = yield* queries.loginOfSession.first(dialect, { realm, id: session });
      const login = found?.login ?? session;
      const rows = yield* queries.takeEndedSession.all(dialect, { realm, login, ...times });
      return rows.map((row) => ({ ...sessionOf(row), tries: row.tries }));
    });
  }

  async takeAllEnded(
    realm: string,
    after: string,
    now: Date,
  ): Promise<{ readonly ended: readonly EndedOidcSession[]; readonly next: string | null }> {
    const dialect = this.#dialect;
    const times = { now: now.getTime(), again: now.getTime() + tellAgainMs };
    return this.#run(function* () {
      const rows = yield* queries.oidcSessionsAfter.all(dialect, { realm, after });
      const last = rows.at(-1)?.id;
      if (last === undefined) return { ended: [], next: null };
      const taken = yield* queries.takeEndedSessions.all(dialect, { realm, after, last, ...times });
      const ended = taken.map((row) => ({ ...sessionOf(row), tries: row.tries }));
      return { ended, next: rows.length < queries.sweepAtOnce ? null : last };
    });
  }

  async dropSessionOf(realm: string, id: string, client: string): Promise<void> {
    await this.#run(() => queries.dropOidcSessionPart.changes(this.#dialect, { realm, id, client }));
  }

  async keys(realm: string): Promise<readonly SigningKeyRecord[]> {
    const rows = await this.#run(() => queries.keysOf.all(this.#dialect, { realm }));
    return rows.map(({ created_at, active_at, ...same }) => ({
      ...same,
      createdAt: new Date(created_at),
      activeAt: new Date(active_at),
    }));
  }

  async addKey(key: SigningKeyRecord): Promise<boolean> {
    return (await this.#run(() => queries.insertKey.changes(this.#dialect, keyRow(key)))) === 1;
  }

  async changeKeys(
    realm: string,
    change: { readonly add: readonly SigningKeyRecord[]; readonly drop: readonly string[] },
    audit: AuditWriter,
  ): Promise<void> {
    const dialect = this.#dialect;
    await this.#driver.transaction(function* (): Work<void> {
      for (const key of change.add) yield* queries.insertKey.changes(dialect, keyRow(key));
      for (const id of change.drop) yield* queries.deleteKey.changes(dialect, { realm, id });
      yield* append(dialect, realm, audit);
    });
  }

  async reseal(
    what: 'key' | 'client',
    row: { readonly realm: string; readonly id: string; readonly before: string; readonly after: string },
  ): Promise<void> {
    const statement = what === 'key' ? queries.resealKey : queries.resealClient;
    await this.#run(() => statement.changes(this.#dialect, row));
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

  async replaceClient(
    before: ClientRecord | null,
    { createdAt, updatedAt, ...same }: ClientRecord,
    audit: AuditWriter,
  ): Promise<boolean> {
    const dialect = this.#dialect;
    const values = { ...same, created_at: createdAt.getTime(), updated_at: updatedAt.getTime() };
    const was = before && { dataBefore: before.data, secretBefore: before.secret ?? '' };
    return this.#driver.transaction(function* (): Work<boolean> {
      const changed = was
        ? yield* queries.replaceClient.changes(dialect, { ...values, ...was })
        : yield* queries.addClient.changes(dialect, values);
      if (changed === 1) yield* append(dialect, same.realm, audit);
      return changed === 1;
    });
  }

  async dropClient(realm: string, id: string, audit: AuditWriter): Promise<boolean> {
    const dialect = this.#dialect;
    return this.#driver.transaction(function* (): Work<boolean> {
      if ((yield* queries.deleteClient.changes(dialect, { realm, id })) !== 1) return false;
      yield* queries.dropGrantsOfClient.changes(dialect, { realm, client: id });
      yield* queries.deleteConsentsTo.changes(dialect, { realm, client: id });
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

function keyRow({ createdAt, activeAt, ...same }: SigningKeyRecord): Schema['oidc_keys'] {
  return { ...same, created_at: createdAt.getTime(), active_at: activeAt.getTime() };
}

function artifactRow(artifact: ArtifactRecord): Schema['oidc_artifacts'] {
  const { user, userCode, clientId, grant, createdAt, expiresAt, consumedAt: _never, ...same } = artifact;
  return {
    ...same,
    client_id: clientId,
    grant_id: grant,
    user_id: user?.id ?? null,
    generation: user?.generation ?? null,
    user_code: userCode,
    created_at: createdAt.getTime(),
    expires_at: expiresAt.getTime(),
    consumed_at: null,
  };
}

type ArtifactRow = Schema['oidc_artifacts'] & {
  readonly user_generation: number | null;
  readonly session_id: string | null;
  readonly grant_payload: string | null;
};

function aliveOf(row: ArtifactRow | undefined): FoundArtifact | null {
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
    grant: row.grant_id,
    grantPayload: row.grant_payload,
    user: row.user_id === null ? null : { id: row.user_id, generation: row.generation ?? -1 },
    login: row.login,
    userCode: row.user_code,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
    consumedAt: row.consumed_at === null ? null : new Date(row.consumed_at),
  };
}

function sessionOf(row: Schema['oidc_sessions']): OidcSessionRecord {
  const { id, client_id, realm, user_id, login, data, grant_id, expires_at } = row;
  return {
    id,
    clientId: client_id,
    realm,
    userId: user_id,
    login,
    data,
    grant: grant_id,
    expiresAt: new Date(expires_at),
  };
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
