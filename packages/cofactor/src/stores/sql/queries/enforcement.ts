import { sql } from 'kysely';
import type { Schema } from '../schema.ts';
import { statement } from '../statement.ts';
import { accounts } from './users.ts';

export const rules = statement('enforcement rules', (db, slot: { realm: string }) =>
  db.selectFrom('enforcement_rules').selectAll().where('realm', '=', slot.realm).orderBy('id'),
);

export const putRule = statement('put enforcement rule', (db, slot: Schema['enforcement_rules']) =>
  db
    .insertInto('enforcement_rules')
    .values({
      realm: slot.realm,
      id: slot.id,
      data: slot.data,
      created_at: slot.created_at,
      updated_at: slot.updated_at,
    })
    .onConflict((conflict) =>
      conflict.columns(['realm', 'id']).doUpdateSet((eb) => ({
        data: eb.ref('excluded.data'),
        updated_at: eb.ref('excluded.updated_at'),
      })),
    ),
);

export const dropRule = statement('drop enforcement rule', (db, slot: { realm: string; id: string }) =>
  db.deleteFrom('enforcement_rules').where('realm', '=', slot.realm).where('id', '=', slot.id),
);

/** Accounts in the order of their ids, with what waits for them: a link of theirs lets somebody enrol first. */
export const walkAccounts = statement(
  'walk accounts',
  (db, slot: { realm: string; after: string; limit: number; now: number }, dialect) =>
    accounts(db, dialect)
      .select((eb) =>
        sql<number>`case when ${eb.or([
          eb.exists(
            eb
              .selectFrom('invite_tokens as i')
              .select('i.id')
              .whereRef('i.user_id', '=', 'users.id')
              .whereRef('i.generation', '=', 'users.generation')
              .where('i.used_at', 'is', null)
              .where('i.expires_at', '>', slot.now),
          ),
          eb.exists(
            eb
              .selectFrom('permit_tokens as p')
              .select('p.id')
              .whereRef('p.user_id', '=', 'users.id')
              .whereRef('p.generation', '=', 'users.generation')
              .where('p.used_at', 'is', null)
              .where('p.expires_at', '>', slot.now),
          ),
        ])} then 1 else 0 end`.as('invited'),
      )
      .where('users.realm', '=', slot.realm)
      .where('users.id', '>', slot.after)
      .where('users.disabled_at', 'is', null)
      .orderBy('users.id')
      .limit(slot.limit),
);
