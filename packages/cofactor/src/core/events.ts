import type { Assurance } from '../assurance/index.ts';
import type { Log } from './ports.ts';

export interface EventUser {
  readonly id: string;
  readonly identifier: string;
}

/** What an application can listen to with `auth.on(...)`. Sent after the change is in the database. */
export interface CofactorEvents {
  readonly 'user-created': { readonly user: EventUser };
  readonly 'signed-in': { readonly user: EventUser; readonly assurance: Assurance; readonly ip: string };
  readonly 'stepped-up': { readonly user: EventUser; readonly assurance: Assurance; readonly ip: string };
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

  emit<Name extends EventName>(name: Name, event: CofactorEvents[Name]): void {
    for (const handler of this.#handlers.get(name) ?? []) {
      void this.#call(name, handler as EventHandler<Name>, event);
    }
  }

  async #call<Name extends EventName>(
    name: Name,
    handler: EventHandler<Name>,
    event: CofactorEvents[Name],
  ): Promise<void> {
    try {
      await handler(event);
    } catch (error) {
      this.#log.error({ event: name, error }, 'a handler of an event failed');
    }
  }
}
