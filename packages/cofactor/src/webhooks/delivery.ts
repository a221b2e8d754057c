import type { Engine } from '../core/engine.ts';
import { paused, type WebhookRecord } from '../core/record-store.ts';
import type { AuditRow, AuditWriter } from '../core/store.ts';
import { messageOf, signed } from './message.ts';
import type { AddressRule } from './networks.ts';
import { post, type Sent } from './send.ts';
import type { Kept } from './settings.ts';
import { delayMs, givenUpAfterMs, openSecrets, stateOf, type State } from './state.ts';

/** How long one node has an endpoint to itself; renewed with each event, and longer than one can take. */
const leaseMs = 60_000;
const atOnce = 100;

/** How far an endpoint is, as it goes along. */
interface Progress {
  readonly position: number;
  readonly tries: number;
  readonly nextTry: Date;
  readonly state: State;
}

/**
 * Delivers to one endpoint, in the order of the record, whatever there is, and returns how many requests were answered well.
 * Where a node ends in the middle, another goes on after the lease with the event that was not noted as delivered: each is
 * sent at least once.
 */
export class Delivery {
  readonly #engine: Engine;
  #webhook: WebhookRecord;
  readonly #mayReach: AddressRule;
  readonly #stopping: () => boolean;
  #lease: Date;

  private constructor(
    engine: Engine,
    webhook: WebhookRecord,
    mayReach: AddressRule,
    stopping: () => boolean,
  ) {
    this.#engine = engine;
    this.#webhook = webhook;
    this.#mayReach = mayReach;
    this.#stopping = stopping;
    this.#lease = webhook.leasedUntil;
  }

  /** `null` where another node has it. */
  static async take(
    engine: Engine,
    id: string,
    mayReach: AddressRule,
    stopping: () => boolean,
  ): Promise<Delivery | null> {
    const now = engine.config.clock.now();
    const until = new Date(now.getTime() + leaseMs);
    const webhook = await engine.store.record.leaseWebhook(engine.realm, id, now, until);
    return webhook && new Delivery(engine, webhook, mayReach, stopping);
  }

  async run(): Promise<number> {
    const { store, realm } = this.#engine;
    const { position, tries, nextTry } = this.#webhook;
    let progress: Progress = { position, tries, nextTry, state: stateOf(this.#webhook) };
    let delivered = 0;
    for (;;) {
      const rows = await store.auditRows(realm, progress.position, atOnce);
      for (const row of rows) {
        if (this.#stopping()) break;
        progress = withGap(progress, row.seq);
        const { types } = JSON.parse(this.#webhook.data) as Kept;
        if (types !== '*' && !types.includes(row.type)) {
          progress = { ...progress, position: row.seq };
          continue;
        }
        const sent = await this.#send(row);
        if (!sent.ok) {
          await this.#failed(progress, sent);
          return delivered;
        }
        delivered += 1;
        progress = this.#succeeded(progress, row);
        // Somebody else has it by now, or it is gone.
        if (!(await this.#note(progress))) return delivered;
      }
      if (rows.length < atOnce || this.#stopping()) {
        await this.#note(progress, { release: true });
        return delivered;
      }
      if (!(await this.#note(progress))) return delivered;
    }
  }

  async #send(row: AuditRow): Promise<Sent> {
    const { url } = JSON.parse(this.#webhook.data) as Kept;
    try {
      const secrets = openSecrets(this.#engine, this.#webhook);
      const message = signed(messageOf(row), secrets, this.#engine.config.clock.now());
      return await post({ url: new URL(url), ...message, mayReach: this.#mayReach });
    } catch (error) {
      this.#engine.config.log.error({ webhook: this.#webhook.id, error }, 'a webhook cannot be signed');
      return { ok: false, error: 'secret unreadable', gone: false };
    }
  }

  #succeeded({ state }: Progress, { seq }: AuditRow): Progress {
    const now = this.#engine.config.clock.now();
    return {
      position: seq,
      tries: 0,
      nextTry: now,
      state: {
        ...state,
        delivered: state.delivered + 1,
        failingSince: null,
        lastDeliveredAt: now.getTime(),
        lastError: null,
      },
    };
  }

  async #failed({ position, tries, state }: Progress, { error, gone }: Sent): Promise<void> {
    const { config, audit } = this.#engine;
    const { id } = this.#webhook;
    const now = config.clock.now().getTime();
    const failingSince = state.failingSince ?? now;
    const over = gone || now - failingSince >= givenUpAfterMs;
    const next = {
      position,
      tries: tries + 1,
      nextTry: over ? paused : new Date(now + delayMs(tries + 1)),
      state: { ...state, failingSince, lastError: error },
    };
    config.log.warn(
      { webhook: id, tries: next.tries, error, paused: over },
      'a webhook did not take an event',
    );
    const entry = over
      ? audit.entry('webhook-paused', null, { webhook: id, tries: next.tries, error })
      : undefined;
    await this.#note(next, { release: true, ...(entry && { entry }) });
  }

  async #note(
    { state, ...progress }: Progress,
    { release = false, entry }: { readonly release?: boolean; readonly entry?: AuditWriter } = {},
  ): Promise<boolean> {
    const { store, realm, config } = this.#engine;
    const now = config.clock.now().getTime();
    // Later than the one before in any case: it is what tells this lease from others.
    const until = new Date(release ? 0 : Math.max(now + leaseMs, this.#lease.getTime() + 1));
    const { id } = this.#webhook;
    const text = JSON.stringify(state);
    const advance = { realm, id, lease: this.#lease, until, ...progress, state: text };
    const noted = await store.record.advanceWebhook(advance, entry);
    if (!noted) return false;
    this.#webhook = noted;
    this.#lease = until;
    return true;
  }
}

/** Rows that are not kept any more when it is their turn are missed, and counted. */
function withGap(progress: Progress, seq: number): Progress {
  const { position, state } = progress;
  const missed = seq - position - 1;
  if (missed <= 0) return progress;
  return { ...progress, position: seq - 1, state: { ...state, missed: state.missed + missed } };
}
