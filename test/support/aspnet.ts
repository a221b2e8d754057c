import { pbkdf2Sync, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import { create, type CreateKnobs, type Passkey } from './passkey.ts';

/**
 * Databases of ASP.NET Core Identity and of Umbraco, made from their published formats and from nothing of ours: the
 * same rows as SQLite, PostgreSQL and an export of SQL Server hold them.
 */

/** `max` is the time that never comes: how somebody is locked out for good. */
export type Value = string | number | boolean | Uint8Array | null;
type Kind = 'text' | 'int' | 'bool' | 'time' | 'bytes' | 'json';

export interface ForeignTable {
  readonly name: string;
  readonly columns: readonly (readonly [name: string, kind: Kind])[];
  readonly rows: readonly (readonly Value[])[];
}

const never = '9999-12-31 23:59:59.9999999';

export function writeSqlite(file: string, tables: readonly ForeignTable[]): void {
  const types = { text: 'TEXT', int: 'INTEGER', bool: 'INTEGER', time: 'TEXT', bytes: 'BLOB', json: 'TEXT' };
  const db = new Database(file);
  try {
    db.exec('pragma synchronous = off; begin');
    for (const { name, columns, rows } of tables) {
      db.exec(
        `create table "${name}" (${columns.map(([column, kind]) => `"${column}" ${types[kind]}`).join(', ')})`,
      );
      const insert = db.prepare(`insert into "${name}" values (${columns.map(() => '?').join(', ')})`);
      for (const row of rows) {
        insert.run(
          row.map((value, at) =>
            typeof value === 'boolean'
              ? Number(value)
              : value === 'max' && isTime(columns, at)
                ? `${never}+00:00`
                : value,
          ),
        );
      }
    }
    db.exec('commit');
  } finally {
    db.close();
  }
}

/** As SQL Server's tools export them: bits as digits, bytes in hexadecimal, nothing for NULL. */
export function writeCsv(folder: string, tables: readonly ForeignTable[]): void {
  mkdirSync(folder, { recursive: true });
  for (const { name, columns, rows } of tables) {
    const cell = (value: Value, at: number): string => {
      if (value === null) return '';
      if (typeof value === 'boolean') return value ? '1' : '0';
      if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex').toUpperCase()}`;
      const text = value === 'max' && isTime(columns, at) ? `${never} +00:00` : String(value);
      return /[",\r\n]|^NULL$|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const lines = [columns.map(([column]) => column), ...rows.map((row) => row.map(cell))];
    writeFileSync(
      join(folder, `${name}.csv`),
      `\ufeff${lines.map((line) => line.join(',')).join('\r\n')}\r\n`,
    );
  }
}

export async function writePostgres(url: string, tables: readonly ForeignTable[]): Promise<void> {
  const types = {
    text: 'text',
    int: 'integer',
    bool: 'boolean',
    time: 'timestamptz',
    bytes: 'bytea',
    json: 'jsonb',
  };
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const { name, columns, rows } of tables) {
      await client.query(
        `create table "${name}" (${columns.map(([column, kind]) => `"${column}" ${types[kind]}`).join(', ')})`,
      );
      const places = columns.map((_column, at) => `$${at + 1}`).join(', ');
      for (const row of rows) {
        const values = row.map((value, at) => (value === 'max' && isTime(columns, at) ? 'infinity' : value));
        await client.query(
          `insert into "${name}" values (${places})`,
          values.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value)),
        );
      }
    }
  } finally {
    await client.end();
  }
}

function isTime(columns: ForeignTable['columns'], at: number): boolean {
  return columns[at]?.[1] === 'time';
}

/** Somebody with an account there. */
export interface AspNetPerson {
  readonly id: string;
  readonly userName: string | null;
  readonly password?: string;
  /** In place of one of the password. */
  readonly hash?: string | null;
  readonly email?: string | null;
  readonly confirmed?: boolean;
  readonly phone?: string;
  readonly phoneConfirmed?: boolean;
  readonly twoFactor?: boolean;
  /** Base32. */
  readonly key?: string;
  /** As they stand in the table. */
  readonly codes?: string;
  readonly logins?: readonly (readonly [provider: string, key: string])[];
  readonly claims?: readonly (readonly [type: string, value: string])[];
  readonly roles?: readonly string[];
  readonly lockoutEnd?: string | null;
  readonly lockoutEnabled?: boolean;
  readonly passkeys?: readonly ForeignPasskey[];
}

export interface AspNetRole {
  readonly name: string;
  readonly claims?: readonly (readonly [type: string, value: string])[];
}

/** All tables of schema version 3, with columns that nothing reads and one that an application added. */
export function aspNetTables(
  people: readonly AspNetPerson[],
  roles: readonly AspNetRole[] = [],
): readonly ForeignTable[] {
  const roleIds = new Map(roles.map(({ name }) => [name, randomUUID()]));
  const each = <T>(
    list: (person: AspNetPerson) => readonly T[] | undefined,
    row: (id: string, one: T) => Value[],
  ) => people.flatMap((person) => (list(person) ?? []).map((one) => row(person.id, one)));
  const tokens = people.flatMap(({ id, key, codes }): Value[][] => [
    ...(key === undefined ? [] : [[id, '[AspNetUserStore]', 'AuthenticatorKey', key]]),
    ...(codes === undefined ? [] : [[id, '[AspNetUserStore]', 'RecoveryCodes', codes]]),
    [id, 'Google', 'access_token', 'ya29.something'],
  ]);
  return [
    {
      name: '__EFMigrationsHistory',
      columns: [
        ['MigrationId', 'text'],
        ['ProductVersion', 'text'],
      ],
      rows: [['00000000000000_CreateIdentitySchema', '10.0.0']],
    },
    {
      name: 'AspNetUsers',
      columns: [
        ['Id', 'text'],
        ['IsAdmin', 'bool'],
        ['UserName', 'text'],
        ['NormalizedUserName', 'text'],
        ['Email', 'text'],
        ['NormalizedEmail', 'text'],
        ['EmailConfirmed', 'bool'],
        ['PasswordHash', 'text'],
        ['SecurityStamp', 'text'],
        ['ConcurrencyStamp', 'text'],
        ['PhoneNumber', 'text'],
        ['PhoneNumberConfirmed', 'bool'],
        ['TwoFactorEnabled', 'bool'],
        ['LockoutEnd', 'time'],
        ['LockoutEnabled', 'bool'],
        ['AccessFailedCount', 'int'],
      ],
      rows: people.map((person) => [
        person.id,
        false,
        person.userName,
        person.userName?.toUpperCase() ?? null,
        person.email ?? null,
        person.email?.toUpperCase() ?? null,
        person.confirmed ?? false,
        person.hash === undefined && person.password !== undefined
          ? hashOf(person.password)
          : (person.hash ?? null),
        'QWERTYUIOPASDFGHJKLZXCVBNM234567',
        randomUUID(),
        person.phone ?? null,
        person.phoneConfirmed ?? false,
        person.twoFactor ?? false,
        person.lockoutEnd ?? null,
        person.lockoutEnabled ?? true,
        0,
      ]),
    },
    {
      name: 'AspNetRoles',
      columns: [
        ['Id', 'text'],
        ['Name', 'text'],
        ['NormalizedName', 'text'],
        ['ConcurrencyStamp', 'text'],
      ],
      rows: roles.map(({ name }) => [roleIds.get(name) ?? '', name, name.toUpperCase(), null]),
    },
    {
      name: 'AspNetUserRoles',
      columns: [
        ['UserId', 'text'],
        ['RoleId', 'text'],
      ],
      rows: each(
        (person) => person.roles,
        (id, name) => [id, roleIds.get(name) ?? 'gone'],
      ),
    },
    {
      name: 'AspNetUserClaims',
      columns: [
        ['Id', 'int'],
        ['UserId', 'text'],
        ['ClaimType', 'text'],
        ['ClaimValue', 'text'],
      ],
      rows: each(
        (person) => person.claims,
        (id, [type, value]) => [1, id, type, value],
      ),
    },
    {
      name: 'AspNetRoleClaims',
      columns: [
        ['Id', 'int'],
        ['RoleId', 'text'],
        ['ClaimType', 'text'],
        ['ClaimValue', 'text'],
      ],
      rows: roles.flatMap(({ name, claims = [] }) =>
        claims.map(([type, value]) => [1, roleIds.get(name) ?? '', type, value]),
      ),
    },
    {
      name: 'AspNetUserLogins',
      columns: [
        ['LoginProvider', 'text'],
        ['ProviderKey', 'text'],
        ['ProviderDisplayName', 'text'],
        ['UserId', 'text'],
      ],
      rows: each(
        (person) => person.logins,
        (id, [provider, key]) => [provider, key, provider, id],
      ),
    },
    {
      name: 'AspNetUserTokens',
      columns: [
        ['UserId', 'text'],
        ['LoginProvider', 'text'],
        ['Name', 'text'],
        ['Value', 'text'],
      ],
      rows: tokens,
    },
    {
      name: 'AspNetUserPasskeys',
      columns: [
        ['CredentialId', 'bytes'],
        ['UserId', 'text'],
        ['Data', 'json'],
      ],
      rows: each(
        (person) => person.passkeys,
        (id, { credentialId, data }) => [credentialId, id, data],
      ),
    },
  ];
}

/** `PasswordHasher` of ASP.NET Core Identity, by its description: version 3 unless `version2` is asked for. */
export function hashOf(
  password: string,
  {
    prf = 2,
    iterations = 1_000,
    version2 = false,
  }: { prf?: 0 | 1 | 2; iterations?: number; version2?: boolean } = {},
): string {
  const salt = randomBytes(16);
  if (version2) {
    return Buffer.concat([Buffer.of(0), salt, pbkdf2Sync(password, salt, 1_000, 32, 'sha1')]).toString(
      'base64',
    );
  }
  const header = Buffer.alloc(13);
  header[0] = 1;
  header.writeUInt32BE(prf, 1);
  header.writeUInt32BE(iterations, 5);
  header.writeUInt32BE(16, 9);
  const subkey = pbkdf2Sync(password, salt, iterations, 32, ['sha1', 'sha256', 'sha512'][prf] ?? '');
  return Buffer.concat([header, salt, subkey]).toString('base64');
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new key as .NET makes one: 20 bytes, Base32. */
export function newKey(): string {
  return Array.from(randomBytes(32), (byte) => alphabet.charAt(byte % 32)).join('');
}

/** The Base32 of bytes, for an authenticator app to be given. */
export function base32Of(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => alphabet.charAt(parseInt(five.padEnd(5, '0'), 2)))
    .join('');
}

/** What .NET keeps of a passkey, and the passkey itself. */
export interface ForeignPasskey {
  readonly credentialId: Uint8Array;
  /** JSON. */
  readonly data: string;
  readonly passkey: Passkey;
}

/** A passkey that somebody made at the other site, which called them by their id there. */
export function passkeyOf(userId: string, knobs: CreateKnobs = {}, rpId = 'localhost'): ForeignPasskey {
  const user = { id: Buffer.from(userId).toString('base64url') };
  const challenge = randomBytes(32).toString('base64url');
  const { passkey, response } = create({ challenge, rp: { id: rpId }, user }, knobs);
  const attestationObject = Buffer.from(response.response.attestationObject, 'base64url');
  const publicKey = publicKeyIn(attestationObject, Buffer.from(passkey.id, 'base64url'));
  const data = {
    PublicKey: publicKey.toString('base64'),
    Name: 'Laptop',
    CreatedAt: '2026-01-02T03:04:05+00:00',
    SignCount: passkey.signCount,
    Transports: ['internal'],
    IsUserVerified: passkey.uv,
    IsBackupEligible: passkey.be,
    IsBackedUp: passkey.bs,
    AttestationObject: attestationObject.toString('base64'),
    ClientDataJson: Buffer.from(response.response.clientDataJSON, 'base64url').toString('base64'),
  };
  return { credentialId: Buffer.from(passkey.id, 'base64url'), data: JSON.stringify(data), passkey };
}

/** The key stands behind the id, at the end of what an attestation of `none` holds (WebAuthn 6.5.1). */
function publicKeyIn(attestationObject: Buffer, credentialId: Buffer): Buffer {
  return attestationObject.subarray(attestationObject.indexOf(credentialId) + credentialId.length);
}

/** Other cells in some rows of a table, by their columns. */
export function replaceCells(
  table: ForeignTable,
  cellsOf: (row: number) => Readonly<Partial<Record<string, Value>>>,
): ForeignTable {
  const names = table.columns.map(([name]) => name);
  const rows = table.rows.map((row, n) => {
    const cells = cellsOf(n);
    return row.map((value, at) => cells[names[at] ?? ''] ?? ((names[at] ?? '') in cells ? null : value));
  });
  return { ...table, rows };
}
