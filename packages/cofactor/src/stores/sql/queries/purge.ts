import { sql } from 'kysely';
import { statement, type Statement } from '../statement.ts';

/** Rows removed by one statement. */
export const atOnce = 500;

type Table =
  | 'ceremonies'
  | 'enrolments'
  | 'sessions'
  | 'challenges'
  | 'devices'
  | 'reset_tokens'
  | 'email_tokens'
  | 'invite_tokens'
  | 'permit_tokens'
  | 'setup_tokens'
  | 'operations'
  | 'oidc_artifacts'
  | 'oidc_sessions';

const purgeExpired = (table: Table) =>
  statement(`purge ${table}`, (db, slot: { before: number }) =>
    db
      .deleteFrom(table)
      .where('id', 'in', (eb) =>
        eb.selectFrom(table).select('id').where('expires_at', '<', slot.before).limit(sql.lit(atOnce)),
      ),
  );

export const purgesByExpiry: readonly Statement<{ before: number }, unknown>[] = (
  [
    'ceremonies',
    'enrolments',
    'sessions',
    'devices',
    'reset_tokens',
    'email_tokens',
    'invite_tokens',
    'permit_tokens',
    'setup_tokens',
    'operations',
    'oidc_sessions',
  ] satisfies Table[]
).map(purgeExpired);
/** Nobody asks for an old one: they go as soon as they are over, because strangers can have them made. */
export const purgeChallenges: Statement<{ before: number }, unknown> = purgeExpired('challenges');
export const purgeArtifacts: Statement<{ before: number }, unknown> = purgeExpired('oidc_artifacts');
/** Of browsers in which nobody is signed in. */
export const purgeStrangers: Statement<{ before: number }, unknown> = statement(
  'purge openid sessions of nobody',
  (db, slot: { before: number }) =>
    db
      .deleteFrom('oidc_sessions')
      .where('login', 'is', null)
      .where('id', 'in', (eb) =>
        eb
          .selectFrom('oidc_sessions')
          .select('id')
          .where('expires_at', '<', slot.before)
          .where('login', 'is', null)
          .limit(sql.lit(atOnce)),
      ),
);
/** The places of a recipient are few, so all of one go at once. */
export const purgeSends = statement('purge sends', (db, slot: { before: number }) =>
  db.deleteFrom('sends').where('sent_at', '<', slot.before),
);
export const purgeLimits = statement('purge limits', (db, slot: { before: number }) =>
  db
    .deleteFrom('limits')
    .where('bucket', 'in', (eb) =>
      eb.selectFrom('limits').select('bucket').where('tried_at', '<', slot.before).limit(sql.lit(atOnce)),
    ),
);
