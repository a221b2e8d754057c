import { errorName } from '../../base/errors.ts';
import { isSealed, sealAnchor } from '../audit/anchors.ts';
import type { Cofactor } from '../cofactor.ts';
import type { SealedRow, SealedTable } from '../maintenance-store.ts';
import { keyIdOf, keyOf, sealedAnew, sealedTables } from './sealed.ts';

export interface ReEncryptOptions {
  /** Called after each step, with how many rows of how many were looked at. */
  readonly progress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Rows of a step (200). */
  readonly batch?: number;
  /** Stops between two steps. What is sealed anew by then stays so; the next run goes on. */
  readonly signal?: AbortSignal;
  /** Who does it, for the record. */
  readonly by?: string;
}

export interface ReEncrypted {
  /** Sealed anew by this run. */
  readonly resealed: number;
  /** Those that had the newest key already. */
  readonly current: number;
  /** Changed by somebody else at the same moment, who sealed it anew or will at the next run. */
  readonly passedBy: number;
  /** What cannot be opened, and why: its key is missing, or it was tampered with. It stays as it is (I-05). */
  readonly unreadable: readonly {
    readonly table: SealedTable | 'audit_anchors';
    readonly id: string;
    readonly why: string;
  }[];
  readonly stopped: boolean;
}

/**
 * Seals everything of a realm with the newest key that is sealed with an older one. It may be stopped or killed at any moment
 * and run again: each row says which key it needs, and none is ever without one. People go on signing in meanwhile: a row
 * is written only where it is still what was read.
 *
 * Every process that uses the database has to know the newest key before.
 */
export async function reEncrypt(
  { engine }: Pick<Cofactor, 'engine'>,
  options: ReEncryptOptions = {},
): Promise<ReEncrypted> {
  const { store, realm, keys } = engine;
  const { maintenance } = store;
  const { batch = 200, progress, signal, by } = options;
  const counts = await maintenance.countSealed();
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
  let [done, resealed, current, passedBy] = [0, 0, 0, 0];
  const unreadable: ReEncrypted['unreadable'][number][] = [];

  for (const table of sealedTables) {
    let after = '';
    for (;;) {
      if (signal?.aborted) return finished(true);
      const rows = await maintenance.sealed(table, realm, after, batch);
      const changes: { row: SealedRow; value: string }[] = [];
      for (const row of rows) {
        const key = row.realm === realm && row.value !== null ? keyOf(table, row) : null;
        if (key === null) continue;
        if (key === keys.newest) current += 1;
        else {
          try {
            changes.push({ row, value: sealedAnew(engine, table, row) });
          } catch (error) {
            unreadable.push({ table, id: row.id, why: errorName(error) });
          }
        }
      }
      const changed = changes.length === 0 ? 0 : await maintenance.reseal(table, changes);
      resealed += changed;
      passedBy += changes.length - changed;
      done += rows.length;
      progress?.({ done: Math.min(done, total), total });
      const last = rows.at(-1);
      if (!last || rows.length < batch) break;
      after = last.id;
    }
  }
  for (const anchor of await store.record.anchors(realm)) {
    if (keyIdOf(anchor.seal) === keys.newest) current += 1;
    else if (!isSealed(anchor, keys)) {
      unreadable.push({ table: 'audit_anchors', id: String(anchor.seq), why: 'ERR_SECRET_UNREADABLE' });
    } else if (await maintenance.resealAnchor(anchor, sealAnchor(anchor, keys).seal)) resealed += 1;
    else passedBy += 1;
  }
  return finished(false);

  async function finished(stopped: boolean): Promise<ReEncrypted> {
    if (resealed > 0) {
      const data = { key: keys.newest, secrets: resealed, ...(by !== undefined && { by }) };
      const entry = engine.audit.entry('secrets-sealed-anew', null, data);
      await store.appendAudit(realm, entry);
    }
    return { resealed, current, passedBy, unreadable, stopped };
  }
}
