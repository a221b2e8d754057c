import type { Cofactor } from '../cofactor.ts';
import type { Engine } from '../engine.ts';
import type { LookupRow, SealedTable } from '../maintenance-store.ts';
import { keyIdOf, keyOf, sealedTables } from './sealed.ts';

/** What a key is still needed for, in one realm. */
export interface KeyUse {
  readonly id: string;
  readonly newest: boolean;
  /** `false` for one that something names, and that is not in the ring: what it protects is unusable. */
  readonly inRing: boolean;
  /** Stored secrets that are sealed with it, by table. `reEncrypt` seals them anew. */
  readonly sealed: Readonly<Partial<Record<SealedTable, number>>>;
  /** Unused single-use codes that are kept as hashes with it, and how many people have them. Only new codes replace them. */
  readonly codes: { readonly count: number; readonly people: number };
  /** Rows of the record that only it can verify. They go with retention, and are never written anew. */
  readonly audit: { readonly rows: number; readonly newest: number | null };
}

/** Whether anything is lost without this key. */
export function isNeeded({ newest, sealed, codes, audit }: KeyUse): boolean {
  return newest || Object.values(sealed).some((count) => count > 0) || codes.count > 0 || audit.rows > 0;
}

const page = 1000;

interface Counted {
  readonly sealed: Partial<Record<SealedTable, number>>;
  codes: number;
  readonly people: Set<string>;
  rows: number;
  newestRow: number | null;
}

/**
 * Looks through everything that names a key. The keys of the ring come first, newest first. A `sample` is the beginning of
 * each table: enough to find out that a key is missing, and not that one is needed no more.
 */
export async function keyUse(
  { engine }: Pick<Cofactor, 'engine'>,
  { sample = false }: { readonly sample?: boolean } = {},
): Promise<readonly KeyUse[]> {
  const { keys, store, realm } = engine;
  const found = new Map<string, Counted>();
  const of = (id: string): Counted => {
    let one = found.get(id);
    if (!one) found.set(id, (one = { sealed: {}, codes: 0, people: new Set(), rows: 0, newestRow: null }));
    return one;
  };
  for (const id of keys.ids) of(id);
  for (const table of sealedTables) {
    for await (const row of sealedRows(engine, table, sample)) {
      const id = keyOf(table, row);
      if (id !== null) of(id).sealed[table] = (of(id).sealed[table] ?? 0) + 1;
    }
  }
  let after: LookupRow | null = null;
  for (;;) {
    const rows: readonly LookupRow[] = await store.maintenance.lookups(after, page);
    for (const row of rows) {
      if (row.realm !== realm) continue;
      const one = of(keyIdOf(row.hash));
      one.codes += 1;
      one.people.add(row.user);
    }
    after = rows.at(-1) ?? null;
    if (sample || rows.length < page) break;
  }
  let seq = 0;
  for (;;) {
    const rows = await store.auditRows(realm, seq, page);
    for (const { mac, seq: number } of rows) {
      const one = of(keyIdOf(mac));
      one.rows += 1;
      one.newestRow = number;
    }
    seq = rows.at(-1)?.seq ?? seq;
    if (sample || rows.length < page) break;
  }
  for (const { seal } of await store.record.anchors(realm)) of(keyIdOf(seal)).rows += 1;
  return [...found].map(([id, one]) => ({
    id,
    newest: id === keys.newest,
    inRing: keys.ids.includes(id),
    sealed: one.sealed,
    codes: { count: one.codes, people: one.people.size },
    audit: { rows: one.rows, newest: one.newestRow },
  }));
}

/** The rows of a realm in which something may be sealed. */
async function* sealedRows(
  { store, realm }: Engine,
  table: SealedTable,
  sample: boolean,
): AsyncGenerator<Awaited<ReturnType<Engine['store']['maintenance']['sealed']>>[number], void, void> {
  let after = '';
  for (;;) {
    const rows = await store.maintenance.sealed(table, realm, after, page);
    for (const row of rows) if (row.realm === realm && row.value !== null) yield row;
    const last = rows.at(-1);
    if (sample || !last || rows.length < page) return;
    after = last.id;
  }
}
