import type { FactorContext, FactorProvider } from 'cofactor';
import { deviceOf, every, lifetime, type ApprovalRequests, type Asker } from './requests.ts';
import { texts } from './texts.ts';

export interface ApprovalOptions {
  /** Where questions wait for their answer; the page that approves has the same one. */
  readonly requests: ApprovalRequests;
  /** Who asks, of the request that is being handled right now. */
  readonly asker?: () => Asker | null;
  /** Tells a device that it has something to approve, e.g. by a push message; it is then told what on the page. */
  readonly notify?: (user: { readonly id: string }) => Promise<void>;
}

interface Device {
  /** SHA-256 of the key that the browser keeps. */
  readonly device: string;
}

/** What is kept of a question, sealed by Cofactor. */
interface Asking {
  /** `null` where somebody else asked a moment ago. */
  readonly request: string | null;
  readonly ticket: string;
}

/**
 * A device of the same person says yes: out-of-band, with a number that is shown here and typed there.
 *
 * Who has the password and asks at three in the morning gets no yes out of a sleepy person: without the number on the
 * screen of who asks there is none, and a wrong one is a no. Not phishing-resistant all the same (SP 800-63B-4, 3.2.5):
 * a page in the middle can show the number too.
 */
export function approval(
  options: ApprovalOptions,
): FactorProvider<Device, { readonly ticket: string }, { readonly key: string }, Asking> {
  const { requests, asker, notify } = options;
  return {
    name: 'approval',
    usage: 'second',
    multiple: true,
    proves: { kind: 'have', amr: ['oob'] },
    response: schemaOf('ticket'),
    confirmResponse: schemaOf('key'),
    view: {
      texts,
      field: { property: 'ticket', type: 'text', autocomplete: 'off', maxLength: 43 },
      order: 30,
    },

    // The browser in which this is set up is the one that approves later on: it keeps the key.
    begin({ random, user }) {
      const key = encode(random(32));
      return { data: { device: deviceOf(key) }, setup: { key, place: user.id } };
    },

    confirm(_context, data, { key }) {
      if (data === null || deviceOf(key) !== data.device) return { ok: false, reason: 'wrong' };
      return { ok: true, data };
    },

    challenge: {
      lifetime,
      // Polling is no answer; only a yes uses the question up.
      usedUpBy: 'success',
      every,
      make({ random, user, now }, { data: { device } }) {
        const ticket = encode(random(32));
        const again = requests.wait(user.id, now);
        if (again > 0) return { data: { request: null, ticket }, view: { again, ticket } };
        const request = encode(random(16));
        const number = twoDigits(random);
        const expiresAt = new Date(now.getTime() + lifetime * 1000);
        requests.open({
          id: request,
          user: user.id,
          device,
          number,
          asker: asker?.() ?? null,
          askedAt: now,
          expiresAt,
        });
        return {
          data: { request, ticket },
          view: { number, ticket },
          // Sent, so that Cofactor sees to it that nobody is asked all the time.
          deliver: { address: device, code: request },
        };
      },
    },

    verify({ user, now }, { data, challenge }, { ticket }) {
      if (challenge === null || challenge.request === null || ticket !== challenge.ticket)
        return { ok: false, reason: 'wrong' };
      switch (requests.state(user.id, challenge.request, data.device, now)) {
        case 'approved':
          return { ok: true };
        case 'open':
          return { ok: false, reason: 'pending' };
        case 'over':
          return { ok: false, reason: 'wrong' };
      }
    },

    async send({ user }) {
      await notify?.(user);
    },
  };
}

/** 32 bytes in base64url. */
function schemaOf(property: string): FactorProvider['response'] {
  const value = { type: 'string', minLength: 43, maxLength: 43, pattern: '^[A-Za-z0-9_-]{43}$' };
  return {
    type: 'object',
    additionalProperties: false,
    required: [property],
    properties: { [property]: value },
  };
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

/** From 10 to 99, each as likely as any other: bytes that would favour some are drawn again. */
function twoDigits(random: FactorContext['random']): string {
  for (;;) {
    const [byte = 255] = random(1);
    if (byte < 180) return String(10 + (byte % 90));
  }
}
