import { sql } from 'kysely';
import { statement } from '../statement.ts';

/** Rows removed by one statement. */
export const atOnce = 500;

type Table = 'ceremonies' | 'enrolments' | 'sessions';

const purgeExpired = (table: Table) =>
  statement(`purge ${table}`, (db, slot: { before: number }) =>
    db
      .deleteFrom(table)
      .where('id', 'in', (eb) =>
        eb.selectFrom(table).select('id').where('expires_at', '<', slot.before).limit(sql.lit(atOnce)),
      ),
  );

export const purgeCeremonies = purgeExpired('ceremonies');
export const purgeEnrolments = purgeExpired('enrolments');
export const purgeSessions = purgeExpired('sessions');
export const purgeLimits = statement('purge limits', (db, slot: { before: number }) =>
  db
    .deleteFrom('limits')
    .where('bucket', 'in', (eb) =>
      eb.selectFrom('limits').select('bucket').where('tried_at', '<', slot.before).limit(sql.lit(atOnce)),
    ),
);
