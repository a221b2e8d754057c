import { sql } from 'kysely';
import { rare } from './audit.ts';
import { statement, type Statement } from '../statement.ts';
import type { Schema } from '../schema.ts';

interface Slice {
  readonly realm: string;
  readonly type: string;
  readonly user: string;
  readonly after: number;
  readonly before_seq: number;
  readonly from_ms: number;
  readonly to_ms: number;
  readonly limit: number;
}

/** By what a page of the record is looked for. Each has the index that fits it. */
type By = 'all' | 'sign-ins' | 'type' | 'user' | 'user and type';

const auditPage = (by: By): Statement<Slice, Schema['audit']> =>
  statement(`audit page by ${by}`, (db, slot: Slice, dialect) =>
    db
      .selectFrom('audit')
      .selectAll()
      .where('realm', '=', slot.realm)
      .where('seq', '<', slot.before_seq)
      .where('seq', '>', slot.after)
      .where('at', '>=', slot.from_ms)
      .where('at', '<', slot.to_ms)
      .$if(by === 'user' || by === 'user and type', (query) =>
        query.where(rare(dialect, 'user_id', slot.user)),
      )
      .$if(by === 'user and type', (query) => query.where('type', '=', slot.type))
      .$if(by === 'type', (query) => query.where(rare(dialect, 'type', slot.type)))
      .$if(by === 'sign-ins', (query) => query.where('type', '=', sql.lit('signed-in')))
      // As it stands in the index, which leaves them out.
      .$if(by === 'type', (query) => query.where('type', '<>', sql.lit('signed-in')))
      .orderBy('seq', 'desc')
      .limit(sql<number>`${slot.limit}`),
  );

export const auditPages: Readonly<Record<By, Statement<Slice, Schema['audit']>>> = {
  all: auditPage('all'),
  'sign-ins': auditPage('sign-ins'),
  type: auditPage('type'),
  user: auditPage('user'),
  'user and type': auditPage('user and type'),
};

export const anchors = statement('audit anchors', (db, slot: { realm: string }) =>
  db.selectFrom('audit_anchors').selectAll().where('realm', '=', slot.realm).orderBy('seq', 'desc'),
);

export const insertAnchor = statement('insert audit anchor', (db, slot: Schema['audit_anchors']) =>
  db.insertInto('audit_anchors').values({
    realm: slot.realm,
    seq: slot.seq,
    mac: slot.mac,
    at: slot.at,
    data: slot.data,
    seal: slot.seal,
  }),
);

/** The newest says it all. */
export const dropAnchors = statement('drop audit anchors', (db, slot: { realm: string; seq: number }) =>
  db.deleteFrom('audit_anchors').where('realm', '=', slot.realm).where('seq', '<=', slot.seq),
);

export const dropRows = statement(
  'drop audit rows',
  (db, slot: { realm: string; after: number; seq: number }) =>
    db
      .deleteFrom('audit')
      .where('realm', '=', slot.realm)
      .where('seq', '>', slot.after)
      .where('seq', '<=', slot.seq),
);

export const webhooks = statement('webhooks', (db, slot: { realm: string }) =>
  db.selectFrom('webhooks').selectAll().where('realm', '=', slot.realm).orderBy('id'),
);

export const findWebhook = statement('find webhook', (db, slot: { realm: string; id: string }) =>
  db.selectFrom('webhooks').selectAll().where('realm', '=', slot.realm).where('id', '=', slot.id),
);

/** What becomes of deliveries is none of its business: a node may be in the middle of one. */
export const putWebhook = statement('put webhook', (db, slot: Schema['webhooks']) =>
  db
    .insertInto('webhooks')
    .values({
      realm: slot.realm,
      id: slot.id,
      data: slot.data,
      secret: slot.secret,
      position: slot.position,
      tries: slot.tries,
      next_try: slot.next_try,
      leased_until: slot.leased_until,
      state: slot.state,
      created_at: slot.created_at,
      updated_at: slot.updated_at,
    })
    .onConflict((conflict) =>
      conflict.columns(['realm', 'id']).doUpdateSet((eb) => ({
        data: eb.ref('excluded.data'),
        secret: eb.ref('excluded.secret'),
        updated_at: eb.ref('excluded.updated_at'),
      })),
    ),
);

export const deleteWebhook = statement('delete webhook', (db, slot: { realm: string; id: string }) =>
  db.deleteFrom('webhooks').where('realm', '=', slot.realm).where('id', '=', slot.id),
);

export const dueWebhooks = statement('due webhooks', (db, slot: { realm: string; now: number }) =>
  db
    .selectFrom('webhooks')
    .select('id')
    .where('realm', '=', slot.realm)
    .where('next_try', '<=', slot.now)
    .where('leased_until', '<=', slot.now)
    .where('position', '<', (eb) =>
      eb
        .selectFrom('audit_heads')
        .select('audit_heads.seq')
        .whereRef('audit_heads.realm', '=', 'webhooks.realm'),
    ),
);

export const leaseWebhook = statement(
  'lease webhook',
  (db, slot: { realm: string; id: string; now: number; until_ms: number }) =>
    db
      .updateTable('webhooks')
      .set({ leased_until: slot.until_ms })
      .where('realm', '=', slot.realm)
      .where('id', '=', slot.id)
      .where('next_try', '<=', slot.now)
      .where('leased_until', '<=', slot.now)
      .returningAll(),
);

export const advanceWebhook = statement(
  'advance webhook',
  (
    db,
    slot: {
      realm: string;
      id: string;
      lease_ms: number;
      until_ms: number;
      position: number;
      tries: number;
      next_try: number;
      state: string;
    },
  ) =>
    db
      .updateTable('webhooks')
      .set({
        position: slot.position,
        tries: slot.tries,
        next_try: slot.next_try,
        state: slot.state,
        leased_until: slot.until_ms,
      })
      .where('realm', '=', slot.realm)
      .where('id', '=', slot.id)
      .where('leased_until', '=', slot.lease_ms)
      .returningAll(),
);

/** With the lease taken from whichever node has it. */
export const pauseWebhook = statement(
  'pause webhook',
  (
    db,
    slot: { realm: string; id: string; position: number; state: string; paused_ms: number; now: number },
  ) =>
    db
      .updateTable('webhooks')
      .set({ next_try: slot.paused_ms, leased_until: 0, state: slot.state, updated_at: slot.now })
      .where('realm', '=', slot.realm)
      .where('id', '=', slot.id)
      .where('position', '=', slot.position)
      .where('next_try', '<', slot.paused_ms),
);

/** Only one that is paused, which no node has. */
export const resumeWebhook = statement(
  'resume webhook',
  (
    db,
    slot: { realm: string; id: string; position: number; state: string; paused_ms: number; now: number },
  ) =>
    db
      .updateTable('webhooks')
      .set({ position: slot.position, state: slot.state, tries: 0, next_try: 0, updated_at: slot.now })
      .where('realm', '=', slot.realm)
      .where('id', '=', slot.id)
      .where('next_try', '>=', slot.paused_ms),
);
