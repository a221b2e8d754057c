import { CofactorError, type CountName, type Mailer, type Meter, type Store } from 'cofactor';
import type { HashQueueObserver } from 'cofactor/password';
import type { MetricName } from './names.ts';
import type { Registry } from './registry.ts';

const names: Readonly<Record<CountName, MetricName>> = {
  'sign-ins': 'cofactor_sign_ins_total',
  'step-ups': 'cofactor_step_ups_total',
  sessions: 'cofactor_sessions_total',
  lockouts: 'cofactor_lockouts_total',
};

/** What the library counts. */
export function meterOn(registry: Registry): Meter {
  return { count: (name, labels) => registry.count(names[name], labels) };
}

/** How the queue goes in which passwords wait to be hashed. */
export function queueObserverOn(registry: Registry): HashQueueObserver {
  return {
    depth: (waiting) => registry.set('cofactor_hash_queue_depth', waiting),
    waited: (milliseconds) => registry.observe('cofactor_hash_queue_wait_seconds', milliseconds / 1000),
    refused: () => registry.count('cofactor_hash_queue_refusals_total'),
  };
}

/** A mailer whose mails are counted. */
export function countedMailer(mailer: Mailer, registry: Registry): Mailer {
  // In front of it and not in its place: a mailbox has pages of its own.
  const send: Mailer['send'] = async (mail) => {
    try {
      await mailer.send(mail);
      registry.count('cofactor_mails_total', { result: 'sent' });
    } catch (error) {
      registry.count('cofactor_mails_total', { result: 'failed' });
      throw error;
    }
  };
  return Object.create(mailer, { send: { value: send, enumerable: true } }) as Mailer;
}

/** A store whose failures are counted, those of its parts included. */
export function countedStore(store: Store, registry: Registry): Store {
  const failed = (error: unknown): never => {
    if (error instanceof CofactorError && error.code.startsWith('ERR_STORE_')) {
      const kind = error.code === 'ERR_STORE_UNAVAILABLE' ? 'unavailable' : 'broken';
      registry.count('cofactor_database_errors_total', { kind });
    }
    throw error;
  };
  return observed(store, failed);
}

function observed<T extends object>(target: T, failed: (error: unknown) => never): T {
  const kept = new Map<PropertyKey, unknown>();
  return new Proxy(target, {
    get(_target, name) {
      if (kept.has(name)) return kept.get(name);
      // Of the store itself, which has private members.
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value === 'function') {
        const method = (...args: readonly unknown[]): unknown => {
          const answer: unknown = Reflect.apply(value, target, args);
          return answer instanceof Promise ? answer.catch(failed) : answer;
        };
        kept.set(name, method);
        return method;
      }
      if (typeof value !== 'object' || value === null) return value;
      const part = observed(value, failed);
      kept.set(name, part);
      return part;
    },
  });
}
