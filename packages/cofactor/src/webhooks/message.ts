import { createHash } from 'node:crypto';
import { dataOf } from '../core/audit/data.ts';
import type { Engine } from '../core/engine.ts';
import type { AuditRow } from '../core/store.ts';
import type { Outgoing } from './send.ts';
import type { Secret } from './state.ts';
import { signature } from './verify.ts';

/** An event as it is sent: the same words and the same id, however often. */
export interface Message {
  readonly id: string;
  readonly body: string;
}

/** What was recorded, as other systems read it. There is no secret in the record, so there is none in it (I-09). */
export function messageOf({ realm, seq, at, type, userId, data, mac }: AuditRow): Message {
  // With the MAC in it, so that another row under the same number, of a restored database, is another event.
  const id = `evt_${seq}_${createHash('sha256').update(mac).digest('base64url').slice(0, 22)}`;
  const told = { realm, seq, user: userId, details: dataOf(data) };
  return { id, body: JSON.stringify({ type, timestamp: at.toISOString(), data: told }) };
}

/** One that tells nothing but that it arrives. */
export function testMessage({ config, realm }: Engine, webhook: string): Message {
  const id = `evt_test_${Buffer.from(config.random.bytes(16)).toString('base64url')}`;
  const timestamp = config.clock.now().toISOString();
  return { id, body: JSON.stringify({ type: 'webhook-test', timestamp, data: { realm, webhook } }) };
}

/** The request: signed at the time of sending, with each secret that is good at that time. */
export function signed(
  { id, body }: Message,
  secrets: readonly Secret[],
  now: Date,
): Pick<Outgoing, 'headers' | 'body'> {
  const sentAt = Math.floor(now.getTime() / 1000);
  const good = secrets.filter(({ until }) => until === null || until > now.getTime());
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Cofactor',
      'webhook-id': id,
      'webhook-timestamp': String(sentAt),
      'webhook-signature': good.map(({ secret }) => signature(secret, id, sentAt, body)).join(' '),
    },
  };
}
