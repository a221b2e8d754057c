import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';
import { statement } from '../statement.ts';
import type { Schema } from '../schema.ts';

export const insertOperation = statement(
  'insert operation',
  (db, slot: Omit<Schema['operations'], 'proved_at' | 'used_at'>) =>
    db.insertInto('operations').values({
      id: slot.id,
      realm: slot.realm,
      user_id: slot.user_id,
      generation: slot.generation,
      session_id: slot.session_id,
      action: slot.action,
      digest: slot.digest,
      data: slot.data,
      created_at: slot.created_at,
      expires_at: slot.expires_at,
      proved_at: null,
      used_at: null,
    }),
);

export const findOperation = statement('find operation', (db, slot: { realm: string; id: string }) =>
  db.selectFrom('operations').selectAll().where('id', '=', slot.id).where('realm', '=', slot.realm),
);

/**
 * Whether the sign-in that it was begun in is alive, in whatever session it has come to by now, and its user as they were
 * (I-06, I-16).
 */
function inItsSignIn(
  eb: ExpressionBuilder<Schema, 'operations'>,
  slot: { readonly session: string; readonly now: number },
): Expression<SqlBool> {
  const generation = eb
    .selectFrom('users')
    .select('users.generation')
    .whereRef('users.id', '=', 'operations.user_id')
    .where('users.disabled_at', 'is', null);
  const login = eb
    .selectFrom('sessions')
    .select(sql<string>`coalesce(sessions.login, sessions.id)`.as('login'))
    .where('sessions.id', '=', slot.session)
    .whereRef('sessions.user_id', '=', 'operations.user_id')
    .where('sessions.ended_at', 'is', null)
    .where('sessions.expires_at', '>', slot.now);
  return eb.and([eb('generation', '=', generation), eb('session_id', '=', login)]);
}

/** Proved by a session of its sign-in that is alive, while its user is as it was when it was begun (I-06). */
export const proveOperation = statement(
  'prove operation',
  (db, slot: { realm: string; id: string; user: string; session: string; until: number; now: number }) =>
    db
      .updateTable('operations')
      .set({ proved_at: slot.now, expires_at: slot.until })
      .where('id', '=', slot.id)
      .where('realm', '=', slot.realm)
      .where('user_id', '=', slot.user)
      .where('proved_at', 'is', null)
      .where('expires_at', '>', slot.now)
      .where((eb) => inItsSignIn(eb, slot)),
);

/** Used once, and by nobody but who proved it, for nothing but what was proved (I-04, A-71). */
export const useOperation = statement(
  'use operation',
  (
    db,
    slot: {
      realm: string;
      id: string;
      user: string;
      session: string;
      action: string;
      digest: string;
      now: number;
    },
  ) =>
    db
      .updateTable('operations')
      .set({ used_at: slot.now })
      .where('id', '=', slot.id)
      .where('realm', '=', slot.realm)
      .where('user_id', '=', slot.user)
      .where('action', '=', slot.action)
      .where('digest', '=', slot.digest)
      .where('proved_at', 'is not', null)
      .where('used_at', 'is', null)
      .where('expires_at', '>', slot.now)
      .where((eb) => inItsSignIn(eb, slot)),
);
