import { breathe } from '../../base/breathe.ts';
import type { Engine } from '../engine.ts';
import { paused, type WebhookRecord } from '../record-store.ts';
import type { AuditHead } from '../store.ts';
import { sealAnchor } from './anchors.ts';
import type { AuditFault } from './chain.ts';

export type PruneOutcome =
  | {
      readonly status: 'pruned';
      /** Rows removed. */
      readonly removed: number;
      /** The last row that is not kept any more: worth keeping elsewhere. `null` where all are kept. */
      readonly anchor: AuditHead | null;
      /** The webhook that has not delivered yet what would be old enough to go. */
      readonly heldBy?: string;
    }
  /** Nothing is removed of a chain that is not whole: it would remove the evidence. */
  | { readonly status: 'broken'; readonly removed: number; readonly fault: AuditFault };

/** Rows removed by one transaction. */
const atOnce = 1000;

/**
 * How long what is old enough to go stays for a webhook that is slow, in milliseconds. One that answers, but takes less than
 * happens, would otherwise keep everything for ever; it is paused, as one that does not answer is.
 */
const waitedForMs = 7 * 86_400_000;

/** Removes what is older, a piece at a time. Each piece is verified before it goes. */
export async function prune(engine: Engine, olderThan: Date): Promise<PruneOutcome> {
  const { store, realm, audit, config, keys } = engine;
  const now = config.clock.now();
  // What is written while this goes on stays.
  const limit = olderThan < now ? olderThan : now;
  const held = await slowest(engine, limit);
  let removed = 0;
  for (;;) {
    await breathe();
    const start = await audit.start(store);
    if ('fault' in start) return { status: 'broken', removed, fault: start };
    const rows = await store.auditRows(realm, start.seq, atOnce);
    const old = rows.findIndex(({ at }) => at >= limit);
    const piece = old === -1 ? rows : rows.slice(0, old);
    const ready = piece.filter(({ seq }) => held === undefined || seq <= held.position);
    const fault = audit.faultIn(ready, start);
    if (fault) return { status: 'broken', removed, fault };
    const last = ready.at(-1);
    if (!last) {
      const anchor = start.seq === 0 ? null : { seq: start.seq, mac: start.mac };
      return { status: 'pruned', removed, anchor, ...(piece.length > 0 && held && { heldBy: held.id }) };
    }
    const data = { removed: ready.length, before: limit.toISOString() };
    const anchor = sealAnchor(
      { realm, seq: last.seq, mac: last.mac, at: config.clock.now(), data: JSON.stringify(data) },
      keys,
    );
    const entry = audit.entry('audit-pruned', null, { ...data, through: last.seq, mac: last.mac });
    // Where another node was faster, its anchor is where this one goes on.
    if ((await store.record.prune(start.seq, anchor, entry)) === 'pruned') removed += ready.length;
    else if ((await audit.start(store)).seq === start.seq)
      return { status: 'broken', removed, fault: { seq: start.seq + 1, fault: 'missing' } };
  }
}

/** The webhook that what is old enough to go is kept for. Those that are too far behind are paused first. */
async function slowest(engine: Engine, limit: Date): Promise<WebhookRecord | undefined> {
  const { store, realm, audit } = engine;
  // Of a chain that is not whole nothing goes, so nobody is in the way.
  if ('fault' in (await audit.start(store))) return undefined;
  const waited: WebhookRecord[] = [];
  for (const webhook of await store.record.webhooks(realm)) {
    if (webhook.nextTry >= paused) continue;
    const [next] = await store.auditRows(realm, webhook.position, 1);
    const isTooFar = next !== undefined && next.at.getTime() < limit.getTime() - waitedForMs;
    // One that moved on in this very moment is looked at again next time.
    if (!isTooFar || !(await giveUp(engine, webhook))) waited.push(webhook);
  }
  return waited.sort((a, b) => a.position - b.position)[0];
}

async function giveUp({ store, audit, config }: Engine, webhook: WebhookRecord): Promise<boolean> {
  const { id, tries } = webhook;
  const error = 'too far behind';
  // What became of deliveries is for who delivers; this is why there are none any more.
  const state = JSON.stringify({ ...(JSON.parse(webhook.state) as object), lastError: error });
  const entry = audit.entry('webhook-paused', null, { webhook: id, tries, error });
  const given = await store.record.pauseWebhook({ ...webhook, state }, config.clock.now(), entry);
  if (given) config.log.warn({ webhook: id }, 'a webhook is too far behind what is kept, and is paused');
  return given;
}
