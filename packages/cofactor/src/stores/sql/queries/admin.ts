import { statement } from '../statement.ts';

export const countUsers = statement('count users', (db, slot: { realm: string }) =>
  db
    .selectFrom('users')
    .select((eb) => eb.fn.countAll().as('users'))
    .where('realm', '=', slot.realm),
);
