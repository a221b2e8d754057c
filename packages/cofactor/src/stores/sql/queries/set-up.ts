import { statement } from '../statement.ts';

export const someoneWithRole = statement('someone with role', (db, slot: { realm: string; role: string }) =>
  db
    .selectFrom('user_labels')
    .select('user_id')
    .where('realm', '=', slot.realm)
    .where('kind', '=', 'role')
    .where('value', '=', slot.role)
    .limit(1),
);

export const insertLink = statement(
  'insert set-up link',
  (db, slot: { id: string; realm: string; created_at: number; expires_at: number }) =>
    db.insertInto('setup_tokens').values({
      id: slot.id,
      realm: slot.realm,
      created_at: slot.created_at,
      expires_at: slot.expires_at,
      used_at: null,
    }),
);

export const findLink = statement(
  'find set-up link',
  (db, slot: { realm: string; id: string; now: number }) =>
    db
      .selectFrom('setup_tokens')
      .select('id')
      .where('id', '=', slot.id)
      .where('realm', '=', slot.realm)
      .where('used_at', 'is', null)
      .where('expires_at', '>', slot.now),
);

export const useLink = statement('use set-up link', (db, slot: { realm: string; id: string; now: number }) =>
  db
    .updateTable('setup_tokens')
    .set({ used_at: slot.now })
    .where('id', '=', slot.id)
    .where('realm', '=', slot.realm)
    .where('used_at', 'is', null)
    .where('expires_at', '>', slot.now),
);

export const dropLinks = statement('drop set-up links', (db, slot: { realm: string }) =>
  db.deleteFrom('setup_tokens').where('realm', '=', slot.realm),
);
