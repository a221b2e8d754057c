import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  createCofactor,
  type Cofactor,
  type FactorProvider,
  type Mailer,
  type RingKey,
  type Store,
} from 'cofactor';
import type { OidcServer } from 'cofactor/oidc-server';
import { openDatabase } from '../server/database.ts';
import { factorsFor } from '../server/factors.ts';
import { keysFor } from '../server/keys.ts';
import { mailerFor } from '../server/mailer.ts';
import { originFor } from '../server/origin.ts';
import type { Settings } from '../settings/table.ts';
import { CommandError } from './exits.ts';
import type { Io } from './io.ts';

/** The realms of the settings on their database, without anything that answers requests. */
export interface OpenRealms {
  readonly database: Store;
  readonly realms: ReadonlyMap<string, Cofactor>;
  /** The realm of this name. Ends the command where there is none. */
  realm(name: string): Cofactor;
  /**
   * The same, and the members of a database that has some although they are switched off: their secrets need keys, and their
   * sessions could be back.
   */
  every(): Promise<ReadonlyMap<string, Cofactor>>;
  /** The OpenID Connect server of a realm. */
  oidc(name: string): Promise<OidcServer>;
  close(): Promise<void>;
}

const places = {
  users: { base: '/auth', oidc: '/oidc' },
  members: { base: '/members', oidc: '/members-oidc' },
} as const;

type RealmName = keyof typeof places;

export async function openRealms(
  settings: Settings,
  io: Io,
  { migrate }: { readonly migrate: boolean },
): Promise<OpenRealms> {
  refuseLostKeys(settings);
  const keys = keysFor(settings, io.random);
  const origin = originFor(settings);
  const factors = await factorsFor(settings);
  const mail = await mailerFor(settings);
  const database = await openDatabase(settings);
  try {
    if (migrate) await prepare(database);
    return await realmsOn(database, settings, io, { keys, origin, factors, mail });
  } catch (error) {
    await database.close().catch(() => undefined);
    throw error;
  }
}

interface Shared {
  readonly keys: readonly RingKey[];
  readonly origin: string;
  readonly factors: readonly FactorProvider[];
  readonly mail: Mailer | null;
}

async function realmsOn(
  database: Store,
  settings: Settings,
  io: Io,
  { keys, origin, factors, mail }: Shared,
): Promise<OpenRealms> {
  const create = (realm: RealmName): Cofactor => {
    const auth = createCofactor({
      realm,
      name: settings.name,
      origin,
      database,
      factors,
      keys,
      profile: settings.profile,
      clock: io.clock,
      random: io.random,
      ...(settings.environment !== null && { environment: settings.environment }),
      ...(mail && { mail }),
      log: {
        info: () => undefined,
        warn: (_details, message) => void io.stderr.write(`${message}\n`),
        error: (_details, message) => void io.stderr.write(`${message}\n`),
      },
    });
    // Where its pages are: links lead there.
    auth.engine.mount.base = places[realm].base;
    return auth;
  };
  /** With the issuers that its database has, as the server has them. */
  const make = async (realm: RealmName): Promise<Cofactor> => {
    const auth = create(realm);
    if ((await database.maintenance.migrations()).waiting.length > 0) return auth;
    if ((await database.admin.issuers(realm)).length === 0) return auth;
    const [{ StoredIssuers }, { pino }] = await Promise.all([import('../server/issuers.ts'), import('pino')]);
    const logger = pino({ level: 'warn', base: null }, pino.destination(2));
    await new StoredIssuers(auth, logger, { factors }).read();
    return auth;
  };
  const realms = new Map<string, Cofactor>();
  for (const name of settings.members ? (['users', 'members'] as const) : (['users'] as const)) {
    realms.set(name, await make(name));
  }
  const realm = (name: string): Cofactor => {
    const found = realms.get(name);
    if (found) return found;
    throw new CommandError(
      'not-found',
      `There is no realm ${name}.`,
      'Realms are: users, and members where the setting members is true.',
    );
  };
  return {
    database,
    realms,
    realm,
    async every() {
      if (settings.members || !(await hasMembers(database))) return realms;
      return new Map([...realms, ['members', await make('members')]]);
    },
    async oidc(name) {
      const { createOidcServer } = await import('cofactor/oidc-server');
      const auth = realm(name);
      const { base, oidc } = places[name as RealmName];
      return createOidcServer(auth, {
        base: oidc,
        authBase: base,
        clients: name === 'users' ? settings.clients : [],
        resources: settings.resources,
      });
    },
    async close() {
      // Mails on their way go out first.
      for (const auth of realms.values()) await auth.engine.background.settledWithin(10_000);
      await database.close();
    },
  };
}

/** A database that is new is made ready; one that is in use is not changed by the way. */
async function prepare(database: Store): Promise<void> {
  const { done, waiting } = await database.maintenance.migrations();
  if (waiting.length === 0) return;
  if (done.length > 0) {
    throw new CommandError(
      'refused',
      'The database was made by an older version.',
      'Bring it up to date first: cofactor migrate',
    );
  }
  await database.migrate();
}

async function hasMembers(database: Store): Promise<boolean> {
  const [accounts, keys, { seq }] = await Promise.all([
    database.admin.count('members'),
    database.oidc.keys('members'),
    database.auditHead('members'),
  ]);
  return accounts > 0 || keys.length > 0 || seq > 0;
}

/** A database whose keys are gone must not get new ones by the way: nothing in it could be read with them. */
export function refuseLostKeys(settings: Settings): void {
  const file = sqliteFileOf(settings);
  const keys = join(settings.data, 'keys.json');
  if (settings.keys !== null || file === null || !existsSync(file) || existsSync(keys)) return;
  throw new CommandError(
    'settings',
    `${file} is there, and ${keys} is not: what protects its secrets is missing.`,
    'Put keys.json back from where it was backed up, or set keys.',
  );
}

/** The file of the database; `null` for PostgreSQL and for memory. */
export function sqliteFileOf({ database, data }: Settings): string | null {
  if (database === null) return join(data, 'cofactor.db');
  return database === ':memory:' || /^postgres(ql)?:/.test(database) ? null : database;
}
