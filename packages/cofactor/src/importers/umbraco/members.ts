import type { ForeignHeld, ForeignPerson, ForeignRow, ForeignSystem } from '../foreign.ts';
import { RowFault, type RowReader } from '../row.ts';
import type { OpenSource } from '../source/source.ts';
import { Lists, Tables } from '../tables.ts';
import { emailOf, hashOf, readHeld, type UmbracoSettings } from './held.ts';
import { keyOf, required } from './keys.ts';
import { memberTables, type MemberTable } from './tables.ts';

/** Groups that Umbraco makes for itself to guard pages. */
const internalGroup = '__umbracoRole';

/** Reads the members of a website. Their keys, and the names of their groups, stand among the nodes of its content. */
export async function umbracoMembers(
  source: OpenSource,
  settings: UmbracoSettings<MemberTable>,
): Promise<ForeignSystem> {
  const found = await Tables.find(source, memberTables, settings);
  const { keys, groups } = await readNodes(found);
  const held = await readHeld<MemberTable>(source, found, settings);
  return {
    tables: found.counts,
    skipped: found.skipped,
    async *people(): AsyncGenerator<ForeignRow> {
      for await (const { number: row, read } of found.rows('members')) {
        let key: string | null = null;
        try {
          const reader = read();
          const id = required(reader.id('nodeid'), 'nodeid');
          key = keys.get(id) ?? null;
          if (key === null) throw new RowFault('no-key');
          yield { row, key, person: personOf(reader, groups.of(id), held.of(key)) };
        } catch (error) {
          if (!(error instanceof RowFault)) throw error;
          yield { row, key, fault: error };
        }
      }
    },
  };
}

function personOf(row: RowReader, roles: readonly string[], held: readonly ForeignHeld[]): ForeignPerson {
  const identifier = row.text('loginname', 1_000);
  if (identifier === null) throw new RowFault('no-name');
  // Whether somebody is locked out may be nothing at all; whether they are approved may not.
  const isLocked = row.text('islockedout') !== null && row.boolean('islockedout');
  const isApproved = row.boolean('isapproved');
  return {
    identifier,
    email: emailOf(row, 'email'),
    disabled: isLocked || !isApproved,
    roles: [...new Set(roles)],
    claims: [],
    asksMore: held.some(({ what }) => what === 'time-based-key'),
    held: [...hashOf(row, 'password'), ...held],
  };
}

/** All of a site's content is in one table, so only what belongs to members is kept of it. */
async function readNodes(
  found: Tables<MemberTable>,
): Promise<{ readonly keys: ReadonlyMap<string, string>; readonly groups: Lists<string> }> {
  const members = new Set<string>();
  for await (const { read } of found.rows('members')) {
    const id = idIn(read);
    if (id !== null) members.add(id);
  }
  const links: (readonly [member: string, group: string])[] = [];
  await found.each('memberGroups', (row) => {
    links.push([required(row.id('member'), 'member'), required(row.id('membergroup'), 'membergroup')]);
  });
  const wanted = new Set(links.map(([, group]) => group));
  const keys = new Map<string, string>();
  const names = new Map<string, string>();
  await found.each('nodes', (row) => {
    const id = required(row.id('id'), 'id');
    if (members.has(id)) keys.set(id, keyOf(row, 'uniqueid'));
    if (wanted.has(id)) names.set(id, required(row.line('text'), 'text'));
  });
  const groups = new Lists<string>();
  for (const [member, group] of links) {
    const name = names.get(group);
    if (name !== undefined && !name.startsWith(internalGroup)) groups.add(member, name);
  }
  return { keys, groups };
}

/** A row that cannot be read is told of when the accounts are. */
function idIn(read: () => RowReader): string | null {
  try {
    return read().id('nodeid');
  } catch (error) {
    if (error instanceof RowFault) return null;
    throw error;
  }
}
