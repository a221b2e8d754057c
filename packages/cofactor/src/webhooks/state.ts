import { open, seal } from '../base/keys/envelope.ts';
import { paused, type WebhookRecord } from '../core/record-store.ts';
import type { Engine } from '../core/engine.ts';

/** What became of deliveries so far, as it is kept beside an endpoint. */
export interface State {
  readonly delivered: number;
  /** Events that it never got: left out on resuming, or not kept any more when it was their turn. */
  readonly missed: number;
  readonly failingSince: number | null;
  readonly lastDeliveredAt: number | null;
  readonly lastError: string | null;
}

export const begun: State = {
  delivered: 0,
  missed: 0,
  failingSince: null,
  lastDeliveredAt: null,
  lastError: null,
};

export function stateOf({ state }: Pick<WebhookRecord, 'state'>): State {
  return JSON.parse(state) as State;
}

export function isPaused({ nextTry }: Pick<WebhookRecord, 'nextTry'>): boolean {
  return nextTry >= paused;
}

/** Seconds until an event is tried again: soon at first, every four hours in the end. */
const delays = [5, 30, 120, 600, 1800, 3600, 7200, 14_400];
/** An endpoint that took nothing for so long is paused: nobody seems to be there. */
export const givenUpAfterMs: number = 3 * 86_400_000;

export function delayMs(tries: number): number {
  return (delays[Math.min(tries, delays.length) - 1] ?? 0) * 1000;
}

/** A secret and until when it signs, in milliseconds; `null` for the one that stays. */
export interface Secret {
  readonly secret: string;
  readonly until: number | null;
}

export function newWebhookSecret({ config }: Engine): string {
  return `whsec_${Buffer.from(config.random.bytes(32)).toString('base64')}`;
}

export function sealSecrets(engine: Engine, id: string, secrets: readonly Secret[]): string {
  return seal(secrets, placeOf(engine, id), engine.keys, engine.config.random);
}

/** @throws {CofactorError} `ERR_KEY_UNKNOWN`, `ERR_SECRET_UNREADABLE` */
export function openSecrets(
  engine: Engine,
  { id, secret }: Pick<WebhookRecord, 'id' | 'secret'>,
): readonly Secret[] {
  return open(secret, placeOf(engine, id), engine.keys) as readonly Secret[];
}

function placeOf({ realm }: Engine, id: string): string {
  return `webhooks ${realm} ${id}`;
}
