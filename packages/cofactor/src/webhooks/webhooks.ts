import type { Cofactor } from '../core/cofactor.ts';
import { wrongOption as wrong } from '../base/errors.ts';
import type { WebhookRecord } from '../core/record-store.ts';
import { Delivery } from './delivery.ts';
import { signed, testMessage } from './message.ts';
import { addressRule } from './networks.ts';
import { post } from './send.ts';
import { checkSettings, type Kept, type WebhookSettings } from './settings.ts';
import {
  begun,
  isPaused,
  newWebhookSecret,
  openSecrets,
  sealSecrets,
  stateOf,
  type Secret,
} from './state.ts';

export interface WebhooksOptions {
  /**
   * Networks of one's own that webhooks may lead to, e.g. `['10.1.2.0/24']` (none). Other private, loopback and link-local
   * addresses are refused, whatever name leads there.
   */
  readonly allowNetworks?: readonly string[];
  /** Milliseconds between two looks for what is to be delivered (1000). */
  readonly every?: number;
}

export interface Webhook {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly types: '*' | readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** How an endpoint is doing. */
export interface WebhookStatus {
  /**
   * `paused`: took nothing for three days, said that it is gone (410), or was seven days behind what is kept. Nothing is kept
   * for it.
   */
  readonly state: 'idle' | 'delivering' | 'retrying' | 'paused';
  /** Number of the last event that it has, or that is none of its. */
  readonly position: number;
  /** Rows of the record after that, of whatever type. */
  readonly behind: number;
  readonly delivered: number;
  /** Events that it never got: left out on resuming, or no longer kept when it was their turn. */
  readonly missed: number;
  /** Failures in a row. */
  readonly tries: number;
  readonly failingSince: Date | null;
  readonly nextTry: Date | null;
  readonly lastDeliveredAt: Date | null;
  /** In a few words, e.g. `status 500`, `timed out`, `address refused`, `too far behind`. */
  readonly lastError: string | null;
}

/** What happens in a realm, told to other systems by signed requests. */
export interface Webhooks {
  list(): Promise<readonly Webhook[]>;
  /**
   * Makes one, or changes it; `by` is the id of whoever does, for the record. It is told what happens from then on. The
   * secret is handed out when it is made, and never again.
   *
   * @throws {CofactorError} `ERR_CONFIG_WEBHOOKS`
   */
  put(
    settings: WebhookSettings,
    by?: string,
  ): Promise<{ readonly webhook: Webhook; readonly secret: string | null }>;
  remove(id: string, by?: string): Promise<boolean>;
  status(id: string): Promise<WebhookStatus | null>;
  /** Sends an event `webhook-test`, once, and says what came of it. */
  test(id: string): Promise<{ readonly ok: boolean; readonly error: string | null } | null>;
  /** Lets one that is paused go on where it was; `skip` leaves the event out that it could not take. */
  resume(id: string, options?: { readonly skip?: boolean; readonly by?: string }): Promise<boolean>;
  /** Delivers what there is to deliver, and says how many requests were answered well. `start` sees to it. */
  deliver(): Promise<number>;
  start(): void;
  /** Waits for requests on their way, ten seconds at most. What is not delivered yet is next time. */
  stop(): Promise<void>;
}

const secretLivesMs = 86_400_000;

/**
 * Tells other systems what happens, by requests that are signed as Standard Webhooks says. What is recorded is what is
 * told: the record is written in the transaction of what happened, so nothing is told that did not happen, and nothing is
 * lost that did. Each endpoint gets its events in order and at least once, from one node at a time.
 *
 * @example
 * const webhooks = createWebhooks(auth);
 * const { secret } = await webhooks.put({ name: 'Alerts', url: 'https://alerts.example.com/in', types: '*' });
 * webhooks.start();
 *
 * @throws {CofactorError} `ERR_CONFIG_WEBHOOKS`
 */
export function createWebhooks(
  { engine }: Pick<Cofactor, 'engine'>,
  { allowNetworks = [], every = 1000, ...unknown }: WebhooksOptions = {},
): Webhooks {
  const { config, store, realm, audit } = engine;
  const [other] = Object.keys(unknown);
  if (other !== undefined) throw wrong('ERR_CONFIG_WEBHOOKS', `there is no option ${JSON.stringify(other)}`);
  const mayReach = Array.isArray(allowNetworks) ? addressRule(allowNetworks) : null;
  if (!mayReach) throw wrong('ERR_CONFIG_WEBHOOKS', "allowNetworks takes networks, e.g. ['10.1.2.0/24']");
  if (!Number.isInteger(every) || every < 10 || every > 3_600_000)
    throw wrong('ERR_CONFIG_WEBHOOKS', 'every takes milliseconds from 10 to 3600000');

  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  const running = new Map<string, Promise<number>>();

  const deliverTo = async (id: string): Promise<number> => {
    try {
      return (await (await Delivery.take(engine, id, mayReach, () => stopping))?.run()) ?? 0;
    } catch (error) {
      // The lease lapses, and then it is tried again from where it was noted.
      config.log.error({ webhook: id, error }, 'a webhook cannot be delivered');
      return 0;
    } finally {
      running.delete(id);
    }
  };
  const deliver = async (): Promise<number> => {
    if (stopping) return 0;
    const due = await store.record.dueWebhooks(realm, config.clock.now());
    for (const id of due) if (!running.has(id)) running.set(id, deliverTo(id));
    const counts = await Promise.all(due.map((id) => running.get(id) ?? Promise.resolve(0)));
    return counts.reduce((sum, one) => sum + one, 0);
  };
  const look = (): void => {
    deliver().catch((error: unknown) =>
      config.log.warn({ error }, 'could not look for what is to be delivered'),
    );
  };

  return Object.freeze<Webhooks>({
    list: async () => (await store.record.webhooks(realm)).map(webhookOf),

    async put(settings, by) {
      const kept = checkSettings(settings, { production: config.production, mayReach });
      const id = settings.id ?? `whk_${Buffer.from(config.random.bytes(12)).toString('base64url')}`;
      const now = config.clock.now();
      const before = await store.record.webhook(realm, id);
      const secret = before && settings.newSecret !== true ? null : newWebhookSecret(engine);
      const old = before && secret !== null ? olderSecrets(before, now) : [];
      const record: WebhookRecord = {
        realm,
        id,
        data: JSON.stringify(kept),
        secret:
          secret === null && before
            ? before.secret
            : sealSecrets(engine, id, [{ secret: secret ?? '', until: null }, ...old]),
        position: before?.position ?? (await store.auditHead(realm)).seq,
        tries: 0,
        nextTry: new Date(0),
        leasedUntil: new Date(0),
        state: JSON.stringify(begun),
        createdAt: before?.createdAt ?? now,
        updatedAt: now,
      };
      await store.record.putWebhook(
        record,
        audit.entry('webhook-changed', null, { webhook: id, ...(by !== undefined && { by }) }),
      );
      return { webhook: webhookOf(record), secret };
    },

    remove: (id, by) =>
      store.record.deleteWebhook(
        realm,
        id,
        audit.entry('webhook-removed', null, { webhook: id, ...(by !== undefined && { by }) }),
      ),

    async status(id) {
      const record = await store.record.webhook(realm, id);
      if (!record) return null;
      const { failingSince, lastDeliveredAt, ...state } = stateOf(record);
      const { position, tries, nextTry } = record;
      const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
      return {
        ...state,
        state: nowOf(record),
        position,
        behind: Math.max(0, (await store.auditHead(realm)).seq - position),
        tries,
        failingSince: dateOf(failingSince),
        nextTry: tries > 0 && !isPaused(record) ? nextTry : null,
        lastDeliveredAt: dateOf(lastDeliveredAt),
      };
    },

    async test(id) {
      const record = await store.record.webhook(realm, id);
      if (!record) return null;
      const { url } = JSON.parse(record.data) as Kept;
      const message = signed(testMessage(engine, id), openSecrets(engine, record), config.clock.now());
      const { ok, error } = await post({ url: new URL(url), ...message, mayReach });
      return { ok, error };
    },

    async resume(id, { skip = false, by } = {}) {
      const record = await store.record.webhook(realm, id);
      if (!record || !isPaused(record)) return false;
      const state = { ...stateOf(record), failingSince: null };
      const missing = skip ? await nextEvent(record) : null;
      return store.record.resumeWebhook(
        {
          realm,
          id,
          position: missing ?? record.position,
          state: JSON.stringify({ ...state, missed: state.missed + (missing === null ? 0 : 1) }),
        },
        config.clock.now(),
        audit.entry('webhook-resumed', null, { webhook: id, skip, ...(by !== undefined && { by }) }),
      );
    },

    deliver,

    start() {
      stopping = false;
      clearInterval(timer);
      timer = setInterval(look, every).unref();
    },

    async stop() {
      stopping = true;
      clearInterval(timer);
      await Promise.all(running.values());
    },
  });

  /** Those that go on to sign for a while. One that cannot be read signs nothing anyway. */
  function olderSecrets(before: WebhookRecord, now: Date): readonly Secret[] {
    try {
      const until = now.getTime() + secretLivesMs;
      return openSecrets(engine, before)
        .filter((one) => one.until === null)
        .map(({ secret }) => ({ secret, until }));
    } catch {
      return [];
    }
  }

  function nowOf(record: WebhookRecord): WebhookStatus['state'] {
    if (isPaused(record)) return 'paused';
    if (record.leasedUntil > config.clock.now()) return 'delivering';
    return record.tries > 0 ? 'retrying' : 'idle';
  }

  /** Number of the event that it was paused at: the first of its types. */
  async function nextEvent({ position, data }: WebhookRecord): Promise<number | null> {
    const { types } = JSON.parse(data) as Kept;
    for (let after = position; ;) {
      const rows = await store.auditRows(realm, after, 100);
      const found = rows.find(({ type }) => types === '*' || types.includes(type));
      if (found) return found.seq;
      const last = rows.at(-1);
      if (!last) return null;
      after = last.seq;
    }
  }
}

function webhookOf({ id, data, createdAt, updatedAt }: WebhookRecord): Webhook {
  return { id, ...(JSON.parse(data) as Kept), createdAt, updatedAt };
}
