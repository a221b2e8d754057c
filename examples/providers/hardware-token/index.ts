import { HOTP, Secret } from 'otpauth';
import type { FactorProvider, MaybePromise } from 'cofactor';
import { texts } from './texts.ts';

/** The secret of a token, as whoever made the token delivered it. */
export interface Seed {
  /** Base32, 16 bytes or more (RFC 4226, 4, R6). */
  readonly secret: string;
  /** How often it was pressed already (0). */
  readonly counter?: number;
}

export interface HardwareTokenOptions {
  /**
   * The seed of the token with this serial number (letters and digits), from wherever the application imported it;
   * `null` where there is no such token. Called once, when the token is set up.
   */
  readonly seedOf: (serial: string) => MaybePromise<Seed | null>;
  /** How many presses ahead a code may be, because tokens are pressed in pockets too (10). */
  readonly lookAhead?: number;
  /** How many presses ahead two codes in a row may be (1000). */
  readonly resync?: number;
}

/** What is stored, sealed by Cofactor. The counter is kept beside it: the first press that was not used yet. */
interface TokenData {
  readonly serial: string;
  readonly secret: string;
}

/** What is kept until the set-up is confirmed. */
interface PendingToken extends TokenData {
  readonly from: number;
}

interface Codes {
  readonly code: string;
  /** The code after that one: for a token that ran away. */
  readonly next?: string;
}

/**
 * Hardware tokens with a button: 6 digits, one code for each press (HOTP, RFC 4226).
 *
 * Neither side knows the time. The server remembers how often the token was pressed, looks some presses ahead, and
 * is brought to the right place with two codes in a row where that was not enough (7.4). It never goes back.
 */
export function hardwareToken(options: HardwareTokenOptions): FactorProvider<TokenData, Codes> {
  const { seedOf, lookAhead = 10, resync = 1000 } = options;
  return {
    name: 'hardware-token',
    usage: 'second',
    multiple: true,
    proves: { kind: 'have', amr: ['otp'] },
    input: {
      schema: {
        type: 'object',
        additionalProperties: false,
        required: ['serial'],
        properties: { serial: { type: 'string', minLength: 1, maxLength: 32 } },
      },
      field: { property: 'serial', type: 'text', autocomplete: 'off', maxLength: 32 },
    },
    response: schemaOf(['code'], { code, next: code }),
    confirmResponse: schemaOf(['code', 'next'], { code, next: code }),
    view: {
      texts,
      field: {
        property: 'code',
        type: 'text',
        inputMode: 'numeric',
        autocomplete: 'one-time-code',
        maxLength: 9,
        length: 6,
      },
      order: 40,
    },

    async begin({ held }, input) {
      const serial = canonical((input as { readonly serial: string }).serial);
      if (held.some(({ data }) => data.serial === serial)) return { refused: 'serial-held' };
      const seed = serial === '' ? null : await seedOf(serial);
      if (!seed) return { refused: 'serial-unknown' };
      const data: PendingToken = { serial, secret: seed.secret, from: seed.counter ?? 0 };
      keyOf(data);
      // The person has the secret in their hand. It never comes near the browser.
      return { data, setup: { serial } };
    },

    confirm(_context, data, response) {
      if (data === null || !isPending(data)) return { ok: false, reason: 'wrong' };
      const at = find(data, data.from, resync, response);
      if (at === null) return { ok: false, reason: 'wrong' };
      const { serial, secret } = data;
      // A token belongs to one person: by its handle Cofactor refuses it to anybody else.
      return { ok: true, data: { serial, secret }, counter: at + 2, handle: serial, name: serial };
    },

    verify(_context, { data, counter }, response) {
      const inARow = response.next === undefined ? 1 : 2;
      const at = find(data, counter, inARow === 1 ? lookAhead : resync, response);
      if (at !== null) return { ok: true, counter: at + inARow };
      // Sent twice by a double click, or typed again: no guess, so it need not count as one.
      const again = counter > 0 && inARow === 1 && response.code === codeAt(keyOf(data), counter - 1);
      return { ok: false, reason: again ? 'replayed' : 'wrong' };
    },
  };
}

const code = { type: 'string', minLength: 6, maxLength: 6, pattern: '^[0-9]{6}$' } as const;

function schemaOf(required: readonly string[], properties: object): FactorProvider['response'] {
  return { type: 'object', additionalProperties: false, required, properties };
}

/** The press from which on the codes are right: the first one in the window, never one that was used. */
function find(data: TokenData, from: number, window: number, { code, next }: Codes): number | null {
  const key = keyOf(data);
  for (let at = from; at < from + window; at += 1) {
    if (codeAt(key, at) === code && (next === undefined || codeAt(key, at + 1) === next)) return at;
  }
  return null;
}

function codeAt(secret: Secret, counter: number): string {
  return HOTP.generate({ secret, counter, digits: 6, algorithm: 'SHA1' });
}

/** A secret that is gone or short must never become one that everybody knows. */
function keyOf({ secret }: TokenData): Secret {
  const key = Secret.fromBase32(secret);
  if (key.bytes.length < 16) throw new Error('The seed of a token is shorter than 16 bytes.');
  return key;
}

function isPending(data: TokenData): data is PendingToken {
  return 'from' in data && typeof data.from === 'number';
}

/** As it is printed, however it is typed: without spaces and hyphens, in capitals. */
export function canonical(serial: string): string {
  return serial.toUpperCase().replace(/[^A-Z0-9]/g, '');
}
