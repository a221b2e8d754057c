import type { Assurance } from '../assurance/index.ts';
import { errorName } from '../base/errors.ts';
import type { Log } from '../base/ports.ts';

export interface EventUser {
  readonly id: string;
  readonly identifier: string;
}

/** What an application can listen to with `auth.on(...)`. Sent after the change is in the database. */
export interface CofactorEvents {
  readonly 'user-created': { readonly user: EventUser };
  readonly 'signed-in': { readonly user: EventUser; readonly assurance: Assurance; readonly ip: string };
  readonly 'stepped-up': { readonly user: EventUser; readonly assurance: Assurance; readonly ip: string };
  /** Somebody confirmed a single operation (`auth.operations`), which is to be used now. */
  readonly 'operation-proved': {
    readonly user: EventUser;
    readonly operation: string;
    readonly assurance: Assurance;
    readonly ip: string;
  };
  readonly 'signed-out': { readonly user: EventUser };
  /** A right first factor was followed by a wrong second one: somebody may know the password. */
  readonly 'second-factor-failed': {
    readonly user: EventUser;
    readonly provider: string;
    readonly ip: string;
  };
  readonly 'authenticator-added': {
    readonly user: EventUser;
    readonly provider: string;
    readonly name: string;
  };
  readonly 'authenticator-removed': {
    readonly user: EventUser;
    readonly provider: string;
    readonly name: string;
  };
  readonly 'authenticator-replaced': {
    readonly user: EventUser;
    readonly provider: string;
    readonly name: string;
  };
  /**
   * Somebody has to answer a second factor that asks first: send `code` to `address` where the provider does not
   * (`send: 'event'`). Never log it. `address` and `code` are `null` for a provider that sends nothing.
   */
  readonly 'two-factor-requested': {
    readonly realm: string;
    readonly user: EventUser;
    readonly provider: string;
    readonly address: string | null;
    readonly code: string | null;
    readonly purpose: 'sign-in' | 'step-up' | 'enrolment';
    readonly expiresAt: Date;
  };
  readonly 'device-remembered': { readonly user: EventUser; readonly userAgent: string; readonly ip: string };
  readonly 'email-changed': { readonly user: EventUser; readonly email: string };
  readonly 'password-reset': { readonly user: EventUser };
  readonly 'roles-changed': { readonly user: EventUser; readonly roles: readonly string[] };
  readonly 'user-deleted': { readonly user: EventUser };
  /** Too many wrong tries: it stays unusable until it is enrolled anew. */
  readonly 'authenticator-disabled': { readonly user: EventUser; readonly provider: string };
  /** A stored secret cannot be read: a key is missing or the row was tampered with. Look into it now. */
  readonly alarm: { readonly user: EventUser | null; readonly provider: string; readonly code: string };
}

export type EventName = keyof CofactorEvents;
export type EventHandler<Name extends EventName> = (event: CofactorEvents[Name]) => void | Promise<void>;

/** Typed events. A handler that fails is logged and changes nothing for the person who signs in. */
export class EventHub {
  readonly #handlers = new Map<EventName, Set<EventHandler<never>>>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Adds a handler and returns the function that takes it away again. */
  on<Name extends EventName>(name: Name, handler: EventHandler<Name>): () => void {
    let handlers = this.#handlers.get(name);
    if (!handlers) this.#handlers.set(name, (handlers = new Set()));
    handlers.add(handler);
    return () => handlers.delete(handler);
  }

  /** Sends an event and says how many handlers there were and whether all did their work. */
  async emitAndWait<Name extends EventName>(
    name: Name,
    event: CofactorEvents[Name],
  ): Promise<{ readonly handlers: number; readonly failed: boolean }> {
    const handlers = [...(this.#handlers.get(name) ?? [])];
    const done = await Promise.all(
      handlers.map((handler) => this.#call(name, handler as EventHandler<Name>, event)),
    );
    return { handlers: handlers.length, failed: done.includes(false) };
  }

  emit<Name extends EventName>(name: Name, event: CofactorEvents[Name]): void {
    for (const handler of this.#handlers.get(name) ?? []) {
      void this.#call(name, handler as EventHandler<Name>, event);
    }
  }

  async #call<Name extends EventName>(
    name: Name,
    handler: EventHandler<Name>,
    event: CofactorEvents[Name],
  ): Promise<boolean> {
    try {
      await handler(event);
      return true;
    } catch (error) {
      // What a sender throws may quote the code that it was given (I-28).
      const told = name === 'two-factor-requested' ? errorName(error) : error;
      this.#log.error({ event: name, error: told }, 'a handler of an event failed');
      return false;
    }
  }
}
