import { sql, type RawBuilder } from 'kysely';
import type { Dialect } from '../driver.ts';
import { statement } from '../statement.ts';
import type { Schema } from '../schema.ts';

/** Locks the head on PostgreSQL; SQLite's write transaction is lock enough and has no such clause. */
export const lockHead = statement('lock audit head', (db, slot: { realm: string }, dialect) =>
  db
    .selectFrom('audit_heads')
    .select(['seq', 'mac'])
    .where('realm', '=', slot.realm)
    .$if(dialect === 'postgres', (query) => query.forUpdate()),
);

export const findHead = statement('find audit head', (db, slot: { realm: string }) =>
  db.selectFrom('audit_heads').select(['seq', 'mac']).where('realm', '=', slot.realm),
);

export const insertHead = statement('insert audit head', (db, slot: { realm: string }) =>
  db
    .insertInto('audit_heads')
    .values({ realm: slot.realm, seq: 0, mac: '' })
    .onConflict((conflict) => conflict.column('realm').doNothing()),
);

/** A trigger moves the head along with it. */
export const insertAudit = statement('insert audit row', (db, slot: Schema['audit']) =>
  db.insertInto('audit').values({
    realm: slot.realm,
    seq: slot.seq,
    at: slot.at,
    type: slot.type,
    user_id: slot.user_id,
    data: slot.data,
    mac: slot.mac,
  }),
);

export const auditRows = statement(
  'audit rows',
  (db, slot: { realm: string; after: number; limit: number }) =>
    db
      .selectFrom('audit')
      .selectAll()
      .where('realm', '=', slot.realm)
      .where('seq', '>', slot.after)
      .orderBy('seq')
      .limit(sql<number>`${slot.limit}`),
);

export const auditOf = statement(
  'audit of a user',
  (db, slot: { realm: string; user: string; limit: number }, dialect) =>
    db
      .selectFrom('audit')
      .selectAll()
      .where('realm', '=', slot.realm)
      .where(rare(dialect, 'user_id', slot.user))
      .orderBy('seq', 'desc')
      .limit(slot.limit),
);

/** SQLite knows nothing of how many rows there are, and would walk all of them in their order rather than use the index. */
export function rare(dialect: Dialect, column: 'type' | 'user_id', slot: string): RawBuilder<boolean> {
  const equal = sql<boolean>`${sql.ref(column)} = ${slot}`;
  return dialect === 'sqlite' ? sql<boolean>`likelihood(${equal}, 0.0001)` : equal;
}
