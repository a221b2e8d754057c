import { breathe } from '../../base/breathe.ts';
import { csvHead, csvLine, jsonLine } from './export.ts';
import type { AuditFault } from './chain.ts';
import { dataOf } from './data.ts';
import { prune, type PruneOutcome } from './retention.ts';
import type { Engine } from '../engine.ts';
import type { AuditFilter } from '../record-store.ts';
import type { AuditHead, AuditRow } from '../store.ts';

/** One thing that happened, for people and programs to read. */
export interface AuditEntry {
  readonly seq: number;
  readonly at: Date;
  readonly type: string;
  /** Id of the user that it is about. */
  readonly user: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface AuditPage {
  /** The newest first. */
  readonly entries: readonly AuditEntry[];
  /** Pass it as `before` for the next page; `null` where there is none. */
  readonly next: number | null;
}

/** `auth.audit`: what happened in this realm. */
export interface Audit {
  /** A page of what was recorded, the newest first: 50 rows, 500 at most. */
  page(options?: AuditFilter & { readonly before?: number; readonly limit?: number }): Promise<AuditPage>;
  /** All of it as text, in pieces, the newest first. Nothing in it does anything in a terminal or a spreadsheet. */
  export(options: AuditFilter & { readonly format: 'jsonl' | 'csv' }): AsyncGenerator<string, void, void>;
  /**
   * Removes what is older, and keeps an anchor, sealed, that the rest is verified from. What a webhook has not delivered
   * yet stays, unless that is paused.
   */
  prune(options: { readonly olderThan: Date }): Promise<PruneOutcome>;
  /** As `auth.verifyAudit`. */
  verify(anchor?: AuditHead): Promise<AuditFault | null>;
  /** As `auth.auditHead`. */
  head(): Promise<AuditHead>;
}

export function recordOf(engine: Engine): Audit {
  return {
    page: ({ before, limit = 50, ...filter } = {}) =>
      page(
        engine,
        filter,
        wholeNumber(before, Number.MAX_SAFE_INTEGER),
        Math.max(1, Math.min(500, wholeNumber(limit, 50))),
      ),
    export: ({ format, ...filter }) => exported(engine, filter, format),
    prune: ({ olderThan }) => prune(engine, olderThan),
    verify: (anchor) => engine.audit.verify(engine.store, anchor),
    head: () => engine.store.auditHead(engine.realm),
  };
}

/** What comes out of an address may be no number at all. */
function wholeNumber(value: number | undefined, otherwise: number): number {
  return Number.isSafeInteger(value) ? (value as number) : otherwise;
}

async function page(engine: Engine, filter: AuditFilter, before: number, limit: number): Promise<AuditPage> {
  const rows = await pageOf(engine, filter, before, limit + 1);
  const shown = rows.slice(0, limit);
  const next = rows.length > limit ? (shown.at(-1)?.seq ?? null) : null;
  return { entries: shown.map(entryOf), next };
}

async function* exported(
  engine: Engine,
  filter: AuditFilter,
  format: 'jsonl' | 'csv',
): AsyncGenerator<string, void, void> {
  if (format === 'csv') yield csvHead;
  const line = format === 'csv' ? csvLine : jsonLine;
  let before = Number.MAX_SAFE_INTEGER;
  for (;;) {
    await breathe();
    const rows = await pageOf(engine, filter, before, 500);
    if (rows.length === 0) return;
    yield rows.map(line).join('');
    before = rows.at(-1)?.seq ?? 0;
  }
}

/** As many rows as that, if there are as many. Of several types, each has an index of its own to come by. */
async function pageOf(
  engine: Engine,
  { types, user, from, to }: AuditFilter,
  before: number,
  limit: number,
): Promise<readonly AuditRow[]> {
  const { store, realm } = engine;
  const slice = {
    from: from ?? new Date(0),
    to: to ?? forever,
    after: from ? await lastBefore(engine, from.getTime() - toleranceMs) : Number.MIN_SAFE_INTEGER,
    before: to ? Math.min(before, (await lastBefore(engine, to.getTime() + toleranceMs)) + 1) : before,
    limit,
    ...(user !== undefined && { user }),
  };
  if (types === undefined) return store.record.auditPage(realm, slice);
  const found: AuditRow[] = [];
  for (const type of new Set(types)) found.push(...(await store.record.auditPage(realm, { ...slice, type })));
  return found.sort((a, b) => b.seq - a.seq).slice(0, limit);
}

const forever = new Date(8.64e15);
/** Rows are in the order of their times, but for what the clocks of several nodes differ. */
const toleranceMs = 600_000;

/**
 * Number of the last row that is older, found by halving: an index by time would be one more to write at every sign-in, for
 * a question that is asked now and then.
 */
async function lastBefore({ store, realm }: Engine, ms: number): Promise<number> {
  let low = 0;
  let high = (await store.auditHead(realm)).seq;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const [row] = await store.auditRows(realm, middle - 1, 1);
    if (row && row.at.getTime() < ms) low = Math.max(middle, Math.min(row.seq, high));
    else high = middle - 1;
  }
  return low;
}

function entryOf({ seq, at, type, userId, data }: AuditRow): AuditEntry {
  return { seq, at, type, user: userId, data: dataOf(data) };
}
