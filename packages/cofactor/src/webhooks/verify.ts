import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a receiver learns. */
export interface WebhookEvent {
  /** The same each time that this event is sent: what has been seen before is to be answered well and left alone. */
  readonly id: string;
  readonly type: string;
  /** When it happened. */
  readonly timestamp: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A request that is older or from further ahead may be one that somebody kept. */
const toleranceMs = 300_000;
const secretShape = /^whsec_([A-Za-z0-9+/]{32,128}={0,2})$/;

/**
 * For receivers: the event, where the request is genuine and of now; else `null`. Hand in the body as it came, before
 * anything parses it.
 *
 * @see https://www.standardwebhooks.com
 *
 * @example
 * const event = verifyWebhook(secret, request.headers, body, new Date());
 * if (!event) return reply.code(400).send();
 *
 * @throws {TypeError} where the secret is none
 */
export function verifyWebhook(
  secret: string,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  body: string | Uint8Array,
  now: Date,
): WebhookEvent | null {
  const [id, sentAt, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => {
    const value = headers[name];
    return typeof value === 'string' ? value : '';
  }) as [string, string, string];
  if (id === '' || !/^\d{1,12}$/.test(sentAt)) return null;
  if (Math.abs(now.getTime() - Number(sentAt) * 1000) > toleranceMs) return null;
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  const right = Buffer.from(signature(secret, id, Number(sentAt), text));
  const genuine = signatures.split(' ').some((one) => {
    const given = Buffer.from(one);
    return given.length === right.length && timingSafeEqual(given, right);
  });
  return genuine ? eventOf(id, text) : null;
}

/** `v1,` and the HMAC-SHA-256 of id, time of sending and body, which hang together by it. */
export function signature(secret: string, id: string, sentAt: number, body: string): string {
  const key = secretShape.exec(secret)?.[1];
  if (key === undefined) throw new TypeError('the secret of a webhook begins with whsec_');
  const mac = createHmac('sha256', Buffer.from(key, 'base64')).update(`${id}.${sentAt}.${body}`);
  return `v1,${mac.digest('base64')}`;
}

function eventOf(id: string, text: string): WebhookEvent | null {
  try {
    const { type, timestamp, data } = JSON.parse(text) as Record<string, unknown>;
    const at = new Date(String(timestamp));
    if (typeof type !== 'string' || typeof data !== 'object' || data === null || Number.isNaN(at.getTime()))
      return null;
    return { id, type, timestamp: at, data: data as Record<string, unknown> };
  } catch {
    return null;
  }
}
