import { statement } from '../statement.ts';
import type { Schema } from '../schema.ts';

/** Takes the place of an older one of the same ceremony and authenticator, unless that was sent a moment ago. */
export const putChallenge = statement(
  'put challenge',
  (db, slot: Omit<Schema['challenges'], 'used_at'> & { before: number }) =>
    db
      .insertInto('challenges')
      .values({
        id: slot.id,
        realm: slot.realm,
        provider: slot.provider,
        authenticator_id: slot.authenticator_id,
        data: slot.data,
        created_at: slot.created_at,
        sent_at: slot.sent_at,
        expires_at: slot.expires_at,
        used_at: null,
      })
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet({
            data: slot.data,
            created_at: slot.created_at,
            sent_at: slot.sent_at,
            expires_at: slot.expires_at,
            used_at: null,
          })
          .where('challenges.sent_at', '<=', slot.before),
      ),
);

export const findChallenge = statement(
  'find challenge',
  (db, slot: { realm: string; id: string; now: number }) =>
    db
      .selectFrom('challenges')
      .selectAll()
      .where('id', '=', slot.id)
      .where('realm', '=', slot.realm)
      .where('used_at', 'is', null)
      .where('expires_at', '>', slot.now),
);

/** Uses a challenge up: one answer gets it, whatever the answer is worth (I-21). */
export const takeChallenge = statement(
  'take challenge',
  (db, slot: { realm: string; id: string; now: number }) =>
    db
      .updateTable('challenges')
      .set({ used_at: slot.now })
      .where('id', '=', slot.id)
      .where('realm', '=', slot.realm)
      .where('used_at', 'is', null)
      .where('expires_at', '>', slot.now)
      .returningAll(),
);

/** Uses up the very challenge that was answered, and not one that took its place since. */
export const useChallenge = statement(
  'use challenge',
  (db, slot: { id: string; data: string; now: number }) =>
    db
      .updateTable('challenges')
      .set({ used_at: slot.now })
      .where('id', '=', slot.id)
      .where('data', '=', slot.data)
      .where('used_at', 'is', null),
);

/** What could not be sent may be asked for again at once. */
export const unsendChallenge = statement('challenge was not sent', (db, slot: { id: string; data: string }) =>
  db.updateTable('challenges').set({ sent_at: 0 }).where('id', '=', slot.id).where('data', '=', slot.data),
);

export const restoreChallenge = statement(
  'restore challenge',
  (db, slot: { id: string; unsent: string; data: string; created_at: number; expires_at: number }) =>
    db
      .updateTable('challenges')
      .set({ data: slot.data, created_at: slot.created_at, sent_at: 0, expires_at: slot.expires_at })
      .where('id', '=', slot.id)
      .where('data', '=', slot.unsent)
      .where('used_at', 'is', null),
);

/** Takes one of a recipient's places, if it was free for an hour. */
export const takeSend = statement(
  'take a place to send',
  (db, slot: { recipient: string; slot: number; now: number; quiet: number }) =>
    db
      .insertInto('sends')
      .values({ recipient: slot.recipient, slot: slot.slot, sent_at: slot.now })
      .onConflict((conflict) =>
        conflict
          .columns(['recipient', 'slot'])
          .doUpdateSet({ sent_at: slot.now })
          .where('sends.sent_at', '<=', slot.quiet),
      ),
);
