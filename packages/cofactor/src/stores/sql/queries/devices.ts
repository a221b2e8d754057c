import { statement } from '../statement.ts';
import type { Schema } from '../schema.ts';

export const insertDevice = statement('insert device', (db, slot: Schema['devices']) =>
  db.insertInto('devices').values({
    id: slot.id,
    realm: slot.realm,
    user_id: slot.user_id,
    generation: slot.generation,
    user_agent: slot.user_agent,
    created_at: slot.created_at,
    last_used_at: slot.last_used_at,
    expires_at: slot.expires_at,
  }),
);

/** A device counts for the user it was remembered for, as long as nothing of the account has changed (I-06, A-93). */
export const useDevice = statement(
  'use device',
  (db, slot: { realm: string; id: string; user: string; generation: number; now: number }) =>
    db
      .updateTable('devices')
      .set({ last_used_at: slot.now })
      .where('id', '=', slot.id)
      .where('realm', '=', slot.realm)
      .where('user_id', '=', slot.user)
      .where('generation', '=', slot.generation)
      .where('expires_at', '>', slot.now)
      .returning('id'),
);

export const devicesOf = statement(
  'devices of a user',
  (db, slot: { realm: string; user: string; generation: number; now: number }) =>
    db
      .selectFrom('devices')
      .selectAll()
      .where('user_id', '=', slot.user)
      .where('realm', '=', slot.realm)
      .where('generation', '=', slot.generation)
      .where('expires_at', '>', slot.now)
      .orderBy('last_used_at', 'desc'),
);

export const deleteDevice = statement('delete device', (db, slot: { id: string; user: string }) =>
  db.deleteFrom('devices').where('id', '=', slot.id).where('user_id', '=', slot.user),
);

export const deleteDevices = statement('delete devices of a user', (db, slot: { user: string }) =>
  db.deleteFrom('devices').where('user_id', '=', slot.user),
);
