import type { Cofactor } from '../../core/cofactor.ts';
import { checkedOptions, checkedTables, type ImportOptions } from '../options.ts';
import type { ImportReport } from '../report.ts';
import { run } from '../run.ts';
import { aspNetIdentity } from './system.ts';
import { tables, type AspNetIdentityTable } from './tables.ts';

export type { AspNetIdentityTable } from './tables.ts';

export interface AspNetIdentityImport extends ImportOptions {
  /** What the tables are called there, where they have other names, e.g. `{ users: 'Users' }`. */
  readonly tables?: Readonly<Partial<Record<AspNetIdentityTable, string>>>;
  /** Tables that are not there because nothing uses them. Others that are missing stop the import. */
  readonly without?: readonly AspNetIdentityTable[];
}

/**
 * Brings accounts over from ASP.NET Core Identity: names, confirmed addresses, roles, claims, password hashes,
 * authenticator keys, recovery codes, external logins, passkeys, phone numbers; whoever is locked out for good stays it.
 *
 * `source` is a file of SQLite, a URL of PostgreSQL, or a folder of CSV files, one a table (from SQL Server, for example).
 * The password provider has to know the hashes: `password({ verifiers: [aspNetIdentityHashes()] })`.
 *
 * @example
 * const report = await importAspNetIdentity(auth, 'identity.db', { dryRun: true });
 *
 * @throws {CofactorError} `ERR_CONFIG_IMPORT`, `ERR_IMPORT_SOURCE`, and what the store throws. What is done is done: run
 * it again.
 */
export async function importAspNetIdentity(
  auth: Cofactor,
  source: string,
  options: AspNetIdentityImport = {},
): Promise<ImportReport> {
  const { tables: names, without, ...rest } = options;
  const settings = checkedOptions(auth, rest, 'aspnet-identity');
  const known = Object.keys(tables) as AspNetIdentityTable[];
  const { logins } = settings;
  const { clock } = auth.engine.config;
  const read = { ...checkedTables(known, { names, without }), logins, clock };
  return run(auth, source, settings, (opened) => aspNetIdentity(opened, read));
}
