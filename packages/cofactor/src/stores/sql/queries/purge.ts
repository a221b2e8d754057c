import { statement } from '../statement.ts';

export const purgeCeremonies = statement('purge ceremonies', (db, slot: { before: number }) =>
  db.deleteFrom('ceremonies').where('expires_at', '<', slot.before),
);
export const purgeEnrolments = statement('purge enrolments', (db, slot: { before: number }) =>
  db.deleteFrom('enrolments').where('expires_at', '<', slot.before),
);
export const purgeSessions = statement('purge sessions', (db, slot: { before: number }) =>
  db.deleteFrom('sessions').where('expires_at', '<', slot.before),
);
export const purgeLimits = statement('purge limits', (db, slot: { before: number }) =>
  db.deleteFrom('limits').where('tried_at', '<', slot.before),
);
