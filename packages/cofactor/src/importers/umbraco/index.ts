import type { Cofactor } from '../../core/cofactor.ts';
import { checkedNames, checkedOptions, checkedTables, oneOf, wrong, type ImportOptions } from '../options.ts';
import type { ImportReport } from '../report.ts';
import { run } from '../run.ts';
import { umbracoMembers } from './members.ts';
import { memberTables, userTables, type UmbracoTable } from './tables.ts';
import { umbracoUsers } from './users.ts';

export type { UmbracoTable } from './tables.ts';

export interface UmbracoImport extends ImportOptions {
  /** Whose accounts: those of the back office (`users`) or of the website (`members`). One realm takes one of them. */
  readonly accounts: 'users' | 'members';
  /**
   * Names of the two-factor providers that are authenticator apps made after Umbraco's own example, in which the key is
   * the text of the stored GUID. What other providers store only they know.
   */
  readonly authenticatorApps?: readonly string[];
  /**
   * Rows of second factors whose owner is neither a user nor a member, as an upgrade across version 14 may have left
   * them. `refuse` (the default) brings nothing over, and names them: somebody may have had them. `leave` them, and go on.
   */
  readonly secondFactorsOfNobody?: 'refuse' | 'leave';
  /** What the tables are called there, where they have other names. */
  readonly tables?: Readonly<Partial<Record<UmbracoTable, string>>>;
  /** Tables that are not there because nothing uses them. Others that are missing stop the import. */
  readonly without?: readonly UmbracoTable[];
}

/** What the example in Umbraco's documentation calls them. */
const usualApps = ['UmbracoAppAuthenticator', 'UmbracoUserAppAuthenticator'] as const;

/**
 * Brings accounts over from Umbraco 10 or later: names, confirmed addresses, groups (as roles), password hashes, keys of
 * authenticator apps, external logins; whoever is locked out or not approved stays it.
 *
 * The password provider has to know the hashes: `password({ verifiers: [umbracoHashes()] })`.
 *
 * @example
 * const report = await importUmbraco(auth, 'Umbraco.sqlite.db', { accounts: 'users', dryRun: true });
 *
 * @throws {CofactorError} `ERR_CONFIG_IMPORT`, `ERR_IMPORT_SOURCE`, and what the store throws. What is done is done: run
 * it again.
 */
export async function importUmbraco(
  auth: Cofactor,
  source: string,
  options: UmbracoImport,
): Promise<ImportReport> {
  const { accounts, authenticatorApps = usualApps, secondFactorsOfNobody: ofNobody, ...more } = options;
  const { tables: names, without, ...rest } = more;
  if (accounts !== 'users' && accounts !== 'members') throw wrong('accounts', "takes 'users' or 'members'");
  const apps = checkedNames('authenticatorApps', authenticatorApps);
  const settings = checkedOptions(auth, rest, `umbraco-${accounts}`);
  const secondFactorsOfNobody = oneOf('secondFactorsOfNobody', ofNobody, ['refuse', 'leave']);
  const own = { logins: settings.logins, apps, secondFactorsOfNobody };
  if (accounts === 'users') {
    const read = { ...checkedTables(known(userTables), { names, without }), ...own };
    return run(auth, source, settings, (opened) => umbracoUsers(opened, read));
  }
  const read = { ...checkedTables(known(memberTables), { names, without }), ...own };
  return run(auth, source, settings, (opened) => umbracoMembers(opened, read));
}

function known<Name extends string>(tables: Readonly<Record<Name, unknown>>): readonly Name[] {
  return Object.keys(tables) as Name[];
}
