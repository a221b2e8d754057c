import { statement } from '../statement.ts';

export const rules = statement('enforcement rules', (db, slot: { realm: string }) =>
  db.selectFrom('enforcement_rules').selectAll().where('realm', '=', slot.realm).orderBy('id'),
);
