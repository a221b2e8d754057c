import type { TokenKind } from '../../../core/store.ts';
import { statement, type Statement } from '../statement.ts';
import type { TokenTable } from '../schema.ts';

type Table = 'reset_tokens' | 'email_tokens' | 'invite_tokens' | 'permit_tokens';
type NewToken = Omit<TokenTable, 'used_at'>;
interface Tokens {
  readonly insert: Statement<NewToken, unknown>;
  readonly find: Statement<{ realm: string; id: string; now: number }, TokenTable>;
  readonly use: Statement<{ id: string; now: number }, unknown>;
  readonly newest: Statement<{ user: string; now: number }, TokenTable>;
  /** An account has one link of a kind: the newest. */
  readonly drop: Statement<{ user: string }, unknown>;
}

function tokens(table: Table): Tokens {
  return {
    insert: statement(`insert ${table}`, (db, slot: NewToken) =>
      db.insertInto(table).values({
        id: slot.id,
        realm: slot.realm,
        user_id: slot.user_id,
        generation: slot.generation,
        data: slot.data,
        created_at: slot.created_at,
        expires_at: slot.expires_at,
        used_at: null,
      }),
    ),
    find: statement(`find ${table}`, (db, slot: { realm: string; id: string; now: number }) =>
      db
        .selectFrom(table)
        .selectAll()
        .where('id', '=', slot.id)
        .where('realm', '=', slot.realm)
        .where('used_at', 'is', null)
        .where('expires_at', '>', slot.now),
    ),
    use: statement(`use ${table}`, (db, slot: { id: string; now: number }) =>
      db
        .updateTable(table)
        .set({ used_at: slot.now })
        .where('id', '=', slot.id)
        .where('used_at', 'is', null)
        .where('expires_at', '>', slot.now),
    ),
    newest: statement(`newest ${table}`, (db, slot: { user: string; now: number }) =>
      db
        .selectFrom(table)
        .selectAll()
        .where('user_id', '=', slot.user)
        .where('used_at', 'is', null)
        .where('expires_at', '>', slot.now)
        .orderBy('created_at', 'desc'),
    ),
    drop: statement(`drop ${table}`, (db, slot: { user: string }) =>
      db.deleteFrom(table).where('user_id', '=', slot.user),
    ),
  };
}

/**
 * What links in mails stand for: `reset` a forgotten password, `email` an address to be confirmed, `invite` an account
 * that waits for its person, `permit` a first second factor where one is demanded.
 */
export const tokenTables: Readonly<Record<TokenKind, Tokens>> = {
  reset: tokens('reset_tokens'),
  email: tokens('email_tokens'),
  invite: tokens('invite_tokens'),
  permit: tokens('permit_tokens'),
};
