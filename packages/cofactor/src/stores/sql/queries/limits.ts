import { sql } from 'kysely';
import { limits } from '../../../core/limits/limits.ts';
import { statement } from '../statement.ts';
import { delayOf } from './authenticators.ts';

/**
 * Whether a session came of the bucket since its last try. One from the future does not count: after a clock
 * went back it would wipe the slate before every try.
 */
const completed = (now: number): ReturnType<typeof sql<boolean>> =>
  sql<boolean>`exists (select 1 from sessions as s where s.limit_key = limits.bucket
    and s.created_at >= limits.tried_at and s.created_at <= cast(${now} as bigint))`;

/**
 * An account over its budget is not closed, which would be a way to lock its owner out: it takes one try a minute
 * from all networks together.
 */
export const overBudgetMs = 60_000;

/**
 * Counts a first-factor try before it is looked at. A bucket starts again where it was quiet for a day, and
 * where a sign-in or step-up was completed from it since the last try; so success needs no statement of its own.
 */
export const reserveTry = statement(
  'reserve first try',
  (
    db,
    slot: {
      bucket: string;
      subject: string;
      known: number;
      subjectTries: number;
      now: number;
      quiet: number;
    },
  ) =>
    db
      .insertInto('limits')
      .columns(['bucket', 'subject', 'tries', 'tried_at'])
      .expression(
        db
          .selectNoFrom([
            sql<string>`cast(${slot.bucket} as text)`.as('bucket'),
            sql<string>`cast(${slot.subject} as text)`.as('subject'),
            sql<number>`1`.as('tries'),
            sql<number>`cast(${slot.now} as bigint)`.as('tried_at'),
          ])
          .where(
            sql<boolean>`(cast(${slot.known} as bigint) = 1 or (select coalesce(sum(l.tries), 0) from limits as l
              where l.subject = cast(${slot.subject} as text) and l.tried_at > cast(${slot.quiet} as bigint))
              < cast(${slot.subjectTries} as bigint)
              or cast(${slot.now} as bigint) - ${sql.lit(overBudgetMs)} >= (
                select max(l.tried_at) from limits as l where l.subject = cast(${slot.subject} as text)))`,
          ),
      )
      .onConflict((conflict) =>
        conflict
          .column('bucket')
          .doUpdateSet({
            tries: sql<number>`case when limits.tried_at < cast(${slot.quiet} as bigint) or ${completed(slot.now)}
              then 1 else limits.tries + 1 end`,
            tried_at: slot.now,
          })
          .where(
            sql<boolean>`(limits.tries < ${sql.lit(limits.slowFrom)}
              or cast(${slot.now} as bigint) >= limits.tried_at + ${sql.raw(delayOf('limits.tries'))}
              or ${completed(slot.now)})`,
          ),
      )
      .returning('tries'),
);

export const releaseTry = statement('release first try', (db, slot: { bucket: string }) =>
  db
    .updateTable('limits')
    .set((eb) => ({ tries: eb('tries', '-', 1) }))
    .where('bucket', '=', slot.bucket)
    .where('tries', '>', 0),
);

export const findBucket = statement('find bucket', (db, slot: { bucket: string }) =>
  db.selectFrom('limits').select(['tries', 'tried_at']).where('bucket', '=', slot.bucket),
);

/** How long a bucket is remembered, in milliseconds. */
export const quietMs: number = limits.forgetAfter * 1000;
