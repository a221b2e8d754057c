import type { Clock, Cofactor } from 'cofactor';
import { createWebhooks, type Webhooks } from 'cofactor/webhooks';
import type { Logger } from 'pino';
import type { Settings } from '../settings/table.ts';
import { lookEveryMs, type StoredIssuers } from './issuers.ts';
import type { Repeat } from './system.ts';

/**
 * What a node does beside answering: telling other systems what happened, forgetting what need not be kept, and looking for
 * issuers that were changed at another node.
 */
export interface Duties {
  /** By realm. */
  readonly webhooks: ReadonlyMap<string, Webhooks>;
  start(): void;
  /** Waits for what is on its way. */
  stop(): Promise<void>;
}

/** This machine and private networks; never link-local addresses, where clouds hand out credentials. */
const privateNetworks: readonly string[] = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::1/128',
  'fc00::/7',
];
const pruneEveryMs = 3_600_000;
const dayMs = 86_400_000;

export function dutiesOf(
  {
    realms,
    issuers,
  }: { readonly realms: ReadonlyMap<string, Cofactor>; readonly issuers: ReadonlyMap<string, StoredIssuers> },
  settings: Settings,
  logger: Logger,
  repeat: Repeat,
): Duties {
  const allowNetworks = settings.webhooksToPrivateNetworks ? privateNetworks : [];
  const webhooks = new Map(
    [...realms].map(([name, auth]) => [name, createWebhooks(auth, { allowNetworks })] as const),
  );
  let timer: NodeJS.Timeout | undefined;
  let stopLooking: () => Promise<void> = () => Promise.resolve();
  let pruning: Promise<void> = Promise.resolve();
  const prune = (): void => {
    pruning = pruneAll(realms, settings.auditDays, logger);
  };
  return {
    webhooks,
    start() {
      for (const one of webhooks.values()) one.start();
      stopLooking = repeat(lookEveryMs, async () => {
        await Promise.all([...issuers.values()].map((one) => one.refresh()));
      });
      if (settings.auditDays === 0) return;
      prune();
      timer = setInterval(prune, pruneEveryMs).unref();
    },
    async stop() {
      clearInterval(timer);
      await Promise.all([pruning, stopLooking(), ...[...webhooks.values()].map((one) => one.stop())]);
    },
  };
}

/** Removes from the record what is older than the settings keep it. A chain that is not whole is left as it is. */
async function pruneAll(realms: ReadonlyMap<string, Cofactor>, days: number, logger: Logger): Promise<void> {
  for (const [realm, auth] of realms) {
    const { clock }: { readonly clock: Clock } = auth.engine.config;
    try {
      const olderThan = new Date(clock.now().getTime() - days * dayMs);
      const outcome = await auth.audit.prune({ olderThan });
      if (outcome.status === 'broken')
        logger.error({ realm, fault: outcome.fault }, 'the record is not whole, so nothing of it is removed');
      else if (outcome.removed > 0) logger.info({ realm, removed: outcome.removed }, 'old records removed');
      if (outcome.status === 'pruned' && outcome.heldBy !== undefined)
        logger.warn(
          { realm, webhook: outcome.heldBy },
          'old records stay until a webhook has been told of them',
        );
    } catch (error) {
      logger.warn({ realm, error }, 'old records could not be removed');
    }
  }
}
