import type { ForeignHeld, ForeignPerson, ForeignRow, ForeignSystem } from '../foreign.ts';
import { RowFault, type RowReader } from '../row.ts';
import type { OpenSource } from '../source/source.ts';
import { Lists, Tables } from '../tables.ts';
import { emailOf, hashOf, readHeld, type UmbracoSettings } from './held.ts';
import { keyOf, keyOfNumber, required } from './keys.ts';
import { userTables, type UserTable } from './tables.ts';

/** Reads the accounts of Umbraco's back office. */
export async function umbracoUsers(
  source: OpenSource,
  settings: UmbracoSettings<UserTable>,
): Promise<ForeignSystem> {
  const found = await Tables.find(source, userTables, settings);
  const groups = await readGroups(found);
  const held = await readHeld<UserTable>(source, found, settings);
  const hasKey = found.has('users', 'key');
  const hasKind = found.has('users', 'kind');
  return {
    tables: found.counts,
    skipped: found.skipped,
    async *people(): AsyncGenerator<ForeignRow> {
      for await (const { number: row, read } of found.rows('users')) {
        let key: string | null = null;
        try {
          const reader = read();
          const id = required(reader.id('id'), 'id');
          key = hasKey ? keyOf(reader, 'key') : keyOfNumber(id);
          // Since version 15 there are accounts of programs, whose kind is another than 0.
          if (hasKind && reader.text('kind') !== '0') throw new RowFault('not-a-person');
          const own = [...held.of(key), ...(hasKey ? byNumber(held, id) : [])];
          yield { row, key, person: personOf(reader, groups.of(id), own) };
        } catch (error) {
          if (!(error instanceof RowFault)) throw error;
          yield { row, key, fault: error };
        }
      }
    },
  };
}

function personOf(row: RowReader, roles: readonly string[], held: readonly ForeignHeld[]): ForeignPerson {
  const identifier = row.text('userlogin', 256);
  if (identifier === null) throw new RowFault('no-name');
  // `userNoConsole` is what a lock-out sets.
  const flags = [row.boolean('userdisabled'), row.boolean('usernoconsole')];
  return {
    identifier,
    email: emailOf(row, 'useremail'),
    disabled: flags.includes(true),
    roles: [...new Set(roles)],
    claims: [],
    asksMore: held.some(({ what }) => what === 'time-based-key'),
    held: [...hashOf(row, 'userpassword'), ...held],
  };
}

/**
 * What an upgrade left under the number that somebody was known by. Umbraco asks for it no more, but they set it up: it
 * stands for something that was lost, so that their account does not come over with a password alone.
 */
function byNumber(held: Lists<ForeignHeld>, id: string): readonly ForeignHeld[] {
  const left = held.of(keyOfNumber(id)).filter(({ what }) => what === 'time-based-key');
  return left.map((one) => ({ ...one, factor: null }));
}

async function readGroups(found: Tables<UserTable>): Promise<Lists<string>> {
  const names = new Map<string, string>();
  const groups = new Lists<string>();
  await found.each('groups', (row) => {
    names.set(required(row.id('id'), 'id'), required(row.line('usergroupalias'), 'usergroupalias'));
  });
  await found.each('userGroups', (row) => {
    const name = names.get(required(row.id('usergroupid'), 'usergroupid'));
    if (name === undefined) return 'unknown-role';
    groups.add(required(row.id('userid'), 'userid'), name);
    return undefined;
  });
  return groups;
}
