import type { Place } from '../foreign.ts';
import { RowFault, type RowReader } from '../row.ts';
import type { OpenSource } from '../source/source.ts';
import { Tables, type TableSpec } from '../tables.ts';
import { keyOf, keyOfNumber, required } from './keys.ts';

/** Only what tells the keys of accounts; an export of one kind may lack the tables of the other. */
const keyTables: Readonly<Record<'users' | 'members' | 'nodes', TableSpec>> = {
  users: { name: 'umbracoUser', columns: ['id'], perhaps: ['key'], optional: true },
  members: { name: 'cmsMember', columns: ['nodeid'], optional: true },
  nodes: { name: 'umbracoNode', columns: ['id', 'uniqueid'], optional: true },
};

/** Rows that belong neither to a user nor to a member, and which tables could not be asked. */
export interface OfNobody {
  readonly places: readonly Place[];
  readonly missing: readonly string[];
}

/**
 * One table has the second factors of users and of members. A database that went through version 14 may still know some
 * by the number that a user had before, and no account by it.
 */
export async function ofNobody(
  source: OpenSource,
  names: Readonly<Partial<Record<string, string>>>,
  owners: ReadonlyMap<string, readonly Place[]>,
): Promise<OfNobody> {
  const rest = new Map(owners);
  const missing: string[] = [];
  const found = await Tables.find(source, keyTables, { names, without: [] });
  if (rest.size > 0) {
    if (found.holds('users')) {
      const keyed = found.has('users', 'key');
      await eachRow(found, 'users', (row) => {
        rest.delete(keyed ? keyOf(row, 'key') : keyOfNumber(required(row.id('id'), 'id')));
      });
    } else missing.push('umbracoUser');
  }
  if (rest.size > 0) {
    if (found.holds('members') && found.holds('nodes')) {
      const members = new Set<string>();
      await eachRow(found, 'members', (row) => members.add(required(row.id('nodeid'), 'nodeid')));
      await eachRow(found, 'nodes', (row) => {
        if (members.has(row.id('id') ?? '')) rest.delete(keyOf(row, 'uniqueid'));
      });
    } else missing.push('cmsMember and umbracoNode');
  }
  return { places: [...rest.values()].flat(), missing };
}

/** An account whose key cannot be read is told of when the accounts are; a second factor of it is nobody's here. */
async function eachRow<Name extends string>(
  found: Tables<Name>,
  name: Name,
  take: (row: RowReader) => void,
): Promise<void> {
  for await (const { read } of found.rows(name)) {
    try {
      take(read());
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
    }
  }
}
