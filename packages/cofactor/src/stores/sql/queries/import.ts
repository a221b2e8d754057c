import { statement } from '../statement.ts';

interface Row {
  realm: string;
  source: string;
  row_key: string;
  outcome: string;
  detail: string;
  at: number;
}

export const findImportRow = statement(
  'import row',
  (db, slot: { realm: string; source: string; row_key: string }) =>
    db
      .selectFrom('import_rows')
      .select(['outcome', 'detail', 'at'])
      .where('realm', '=', slot.realm)
      .where('source', '=', slot.source)
      .where('row_key', '=', slot.row_key),
);

/** Notes what became of a row; changes nothing where it was brought over before. */
export const putImportRow = statement('put import row', (db, slot: Row) =>
  db
    .insertInto('import_rows')
    .values({
      realm: slot.realm,
      source: slot.source,
      row_key: slot.row_key,
      outcome: slot.outcome,
      detail: slot.detail,
      at: slot.at,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['realm', 'source', 'row_key'])
        .doUpdateSet((eb) => ({
          outcome: eb.ref('excluded.outcome'),
          detail: eb.ref('excluded.detail'),
          at: eb.ref('excluded.at'),
        }))
        .where('import_rows.outcome', '=', 'refused'),
    ),
);
