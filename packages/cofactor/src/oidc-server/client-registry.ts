import { hash } from 'node:crypto';
import type { ClientMetadata } from 'oidc-provider';
import type { Engine } from '../core/engine.ts';
import { CofactorError, errorName, wrongOption } from '../base/errors.ts';
import { isSealedWith, open, seal } from '../base/keys/envelope.ts';
import type { ClientRecord } from '../core/oidc-store.ts';
import type { AuditWriter } from '../core/store.ts';
import { checkClient, isClientId, metadataOf, type OidcClient } from './clients.ts';
import type { OidcConfig } from './options.ts';

/** How long what was read of a client is believed, in milliseconds: as long as a session is. */
const ttlMs = 1000;

/** The clients of configuration and database. */
export class ClientRegistry {
  readonly #engine: Engine;
  readonly #config: OidcConfig;
  readonly #configured: ReadonlyMap<string, OidcClient>;
  readonly #cache = new Map<string, { readonly client: OidcClient | null; readonly until: number }>();

  constructor(engine: Engine, config: OidcConfig) {
    this.#engine = engine;
    this.#config = config;
    this.#configured = new Map(config.clients.map((client) => [client.id, client]));
  }

  async find(id: string): Promise<OidcClient | null> {
    const configured = this.#configured.get(id);
    if (configured) return configured;
    // What cannot be an id is not asked for: a NUL, which PostgreSQL refuses, is in none.
    if (!isClientId(id)) return null;
    const { store, realm, config } = this.#engine;
    const now = config.clock.now().getTime();
    const known = this.#cache.get(id);
    if (known && now < known.until && known.until - now <= ttlMs) return known.client;
    const record = await store.oidc.client(realm, id);
    const client = record && this.#clientOf(record);
    if (record) await this.#sealAnew(record, client?.secret);
    if (this.#cache.size >= 1000) this.#cache.clear();
    this.#cache.set(id, { client, until: now + ttlMs });
    return client;
  }

  /** As oidc-provider wants it. */
  async metadata(id: string): Promise<ClientMetadata | undefined> {
    const client = await this.find(id);
    return client ? metadataOf(client) : undefined;
  }

  async list(): Promise<readonly OidcClient[]> {
    const { store, realm } = this.#engine;
    const stored = (await store.oidc.clients(realm)).flatMap((record) => {
      try {
        return [this.#clientOf(record)];
      } catch (error) {
        // One that cannot be read is no client (I-05), and hides none of the others.
        this.#engine.config.log.error(
          { client: record.id, error: errorName(error) },
          'a client cannot be read',
        );
        return [];
      }
    });
    return [...this.#configured.values(), ...stored.filter(({ id }) => !this.#configured.has(id))];
  }

  /** Whether it stands in the configuration, and cannot be changed here. */
  isConfigured(id: string): boolean {
    return this.#configured.has(id);
  }

  /** One of the database as it is there now, and what `replace` knows it by. */
  async stored(id: string): Promise<{ readonly client: OidcClient; readonly version: string } | null> {
    const record = isClientId(id) ? await this.#engine.store.oidc.client(this.#engine.realm, id) : null;
    return record && { client: this.#clientOf(record), version: versionOf(record) };
  }

  /** `by`: who does it, for the record. */
  async put(client: OidcClient, by?: string): Promise<OidcClient> {
    const { checked, record } = this.#checked(client);
    await this.#engine.store.oidc.putClient(record, this.#entry('client-changed', record.id, by));
    this.#cache.delete(record.id);
    return checked;
  }

  /** The same in place of the version that was read, or of none (`null`); `null`, and nothing is written, where it is another. */
  async replace(client: OidcClient, version: string | null, by?: string): Promise<OidcClient | null> {
    const { store, realm } = this.#engine;
    const { checked, record } = this.#checked(client);
    const before = await store.oidc.client(realm, record.id);
    if ((before && versionOf(before)) !== version) return null;
    const entry = this.#entry('client-changed', record.id, by);
    const replaced = await store.oidc.replaceClient(before, record, entry);
    this.#cache.delete(record.id);
    return replaced ? checked : null;
  }

  #checked(client: OidcClient): { readonly checked: OidcClient; readonly record: ClientRecord } {
    const { realm, keys, config } = this.#engine;
    const checked = checkClient(client, { production: config.production, scopes: this.#config.scopes });
    const { id, idTokenAlgorithm } = checked;
    if (this.#configured.has(id)) {
      throw wrongOption('ERR_CONFIG_OIDC_CLIENT', `client ${JSON.stringify(id)} stands in the configuration`);
    }
    if (idTokenAlgorithm !== undefined && !this.#config.algorithms.includes(idTokenAlgorithm)) {
      throw wrongOption(
        'ERR_CONFIG_OIDC_CLIENT',
        `client ${JSON.stringify(id)}: there is no key for ${idTokenAlgorithm}`,
      );
    }
    if (checked.hybrid === true && !this.#config.hybrid) {
      throw wrongOption(
        'ERR_CONFIG_OIDC_CLIENT',
        `client ${JSON.stringify(id)}: hybrid is not switched on for this server`,
      );
    }
    const { secret, ...data } = checked;
    const now = config.clock.now();
    const record: ClientRecord = {
      id,
      realm,
      // That it has a secret stands beside it: a client whose secret is lost must not pass for one that never had any.
      data: JSON.stringify({ ...data, hasSecret: secret !== undefined }),
      secret: secret === undefined ? null : seal(secret, placeOf(realm, id), keys, config.random),
      createdAt: now,
      updatedAt: now,
    };
    return { checked, record };
  }

  #entry(type: 'client-changed' | 'client-removed', client: string, by: string | undefined): AuditWriter {
    return this.#engine.audit.entry(type, null, { client, ...(by !== undefined && { by }) });
  }

  /** Its tokens are worth nothing from then on. */
  async drop(id: string, by?: string): Promise<boolean> {
    const { store, realm } = this.#engine;
    const dropped = await store.oidc.dropClient(realm, id, this.#entry('client-removed', id, by));
    this.#cache.delete(id);
    return dropped;
  }

  /** What was sealed with an older key of the ring is sealed with the newest when it is used (I-05). */
  async #sealAnew({ realm, id, secret: before }: ClientRecord, secret: string | undefined): Promise<void> {
    const { store, keys, config } = this.#engine;
    if (before === null || secret === undefined || isSealedWith(before, keys.newest)) return;
    const after = seal(secret, placeOf(realm, id), keys, config.random);
    await store.oidc.reseal('client', { realm, id, before, after });
  }

  #clientOf({ realm, id, data, secret }: ClientRecord): OidcClient {
    const { hasSecret, ...client } = JSON.parse(data) as OidcClient & { readonly hasSecret: boolean };
    if (hasSecret !== (secret !== null)) {
      throw new CofactorError('ERR_SECRET_UNREADABLE', 'A stored secret cannot be read.', {
        detail: `the secret of client ${JSON.stringify(id)} is gone, or not its own`,
      });
    }
    if (secret === null) return client;
    return { ...client, secret: open(secret, placeOf(realm, id), this.#engine.keys) as string };
  }
}

function placeOf(realm: string, id: string): string {
  return `oidc_clients ${realm} ${id}`;
}

/** Changes with whatever is stored, and tells nothing of it. */
function versionOf({ data, secret }: ClientRecord): string {
  return hash('sha256', JSON.stringify([data, secret]), 'base64url');
}
