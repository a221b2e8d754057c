import { CofactorError } from '../../base/errors.ts';
import type { Asked, EnrolVerdict, FactorContext, FactorProvider, Verdict } from '../../core/provider.ts';
import { decodeKey, encodeKey, matchingSteps, stepAt } from './code.ts';
import { otpauthUri } from './otpauth-uri.ts';
import { drawQr, type QrCode } from './qr.ts';
import { texts } from './texts.ts';

export interface TotpOptions {
  /** The name that stands over the code in the app: 1 to 64 characters, without a colon. */
  readonly issuer: string;
}

/** What is stored, encrypted by the core. */
export interface TotpData {
  /** The shared key, Base32. */
  readonly key: string;
}

export interface TotpResponse {
  readonly code: string;
}

/** What the set-up page shows. Never sent again once the enrolment is confirmed. */
export interface TotpSetup {
  /** For typing, upper-case Base32; grouping it is the page's work. */
  readonly key: string;
  readonly uri: string;
  readonly qr: QrCode;
}

export interface TotpProvider extends FactorProvider<TotpData, TotpResponse> {
  begin(context: FactorContext): Promise<{ readonly data: TotpData; readonly setup: TotpSetup }>;
  confirm(context: FactorContext, data: TotpData | null, response: TotpResponse): EnrolVerdict<TotpData>;
  verify(context: FactorContext, authenticator: Asked<TotpData>, response: TotpResponse): Verdict<TotpData>;
}

/** RFC 4226, 4 (R6) recommends 160 bits; NIST SP 800-63B-4, 3.1.4.1 asks for 112. */
const keyLength = 20;
/** What is stored or taken over: less is no secret, more is none that an app has. */
const shortestKey = 10;
const longestKey = 128;

/**
 * Codes from an authenticator app (RFC 6238): 6 digits, 30 seconds, SHA-1, one step to each side.
 *
 * None of these can be changed: several well-known apps ignore other values in the QR code without a word,
 * and show codes that never match.
 *
 * Not phishing-resistant: a code can be typed into the wrong page (NIST SP 800-63B-4, 3.2.5).
 *
 * @example
 * createCofactor({ factors: [password(), totp({ issuer: 'Acme' })] });
 *
 * @throws {CofactorError} `ERR_CONFIG_TOTP`
 */
export function totp(options: TotpOptions): TotpProvider {
  const { issuer } = checked(options);
  return Object.freeze<TotpProvider>({
    name: 'totp',
    usage: 'second',
    multiple: true,
    proves: Object.freeze({ kind: 'have', amr: Object.freeze(['otp']) }),
    response: responseSchema,
    view: Object.freeze({
      texts,
      field: Object.freeze({
        property: 'code',
        type: 'text',
        inputMode: 'numeric',
        autocomplete: 'one-time-code',
        // Room for the spaces that apps put between digits.
        maxLength: 9,
        length: 6,
      }),
      setupElement: new URL('../../../assets/totp.js', import.meta.url),
      // Before what has to be sent, and after what proves more.
      order: 20,
    }),

    async begin(context) {
      const key = encodeKey(context.random(keyLength));
      const uri = otpauthUri(issuer, context.user.identifier, key);
      return { data: { key }, setup: { key, uri, qr: await drawQr(uri) } };
    },

    confirm({ now }, data, { code }) {
      // The newest step that has this code, so that the code seen at set-up never signs anybody in.
      const step = data === null ? undefined : stepsOf(data, code, now).at(-1);
      return data === null || step === undefined
        ? { ok: false, reason: 'wrong' }
        : { ok: true, data, counter: step };
    },

    verify({ now }, { data, counter }, { code }) {
      const steps = stepsOf(data, code, now);
      // The oldest unused one: a chance twin in the next step then stays what it is, the next code.
      const step = steps.find((candidate) => candidate > counter);
      if (step !== undefined) return { ok: true, counter: step };
      return { ok: false, reason: steps.length > 0 ? 'replayed' : 'wrong' };
    },

    adopt({ now }, foreign) {
      if (foreign.kind !== 'time-based-key') return null;
      const { key } = foreign;
      if (key.length < shortestKey || key.length > longestKey) return { ok: false, reason: 'refused' };
      // No code that the other system may have seen already is taken here: neither of now nor of the next step.
      return { ok: true, data: { key: encodeKey(key) }, counter: stepAt(now) + 1 };
    },

    // A code of the next step is taken from a clock that is ahead, so it may have been used already.
    newestCounter: (now) => stepAt(now) + 1,
  });
}

const responseSchema = Object.freeze({
  type: 'object',
  additionalProperties: false,
  required: Object.freeze(['code']),
  properties: Object.freeze({
    // The lengths stand beside the pattern because `$` matches before a last line feed in some languages.
    code: Object.freeze({ type: 'string', minLength: 6, maxLength: 6, pattern: '^[0-9]{6}$' }),
  }),
});

/** Six ASCII digits and nothing else: checked here too, whatever the door let in. */
function stepsOf(data: TotpData, code: string, now: Date): readonly number[] {
  if (typeof code !== 'string' || code.length !== 6 || !/^[0-9]{6}$/.test(code)) return [];
  const key = decodeKey(data.key);
  // A key that is gone must never become a key that everybody knows.
  if (key.length < shortestKey)
    throw new CofactorError('ERR_SECRET_UNREADABLE', 'The key of an authenticator is too short.');
  return matchingSteps(key, code, now);
}

function checked(options: TotpOptions): TotpOptions {
  const { issuer, ...unknown } = options ?? {};
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new CofactorError('ERR_CONFIG_TOTP', `totp() has no option ${name}`);
  if (typeof issuer !== 'string' || !issuer.isWellFormed() || /[:\p{Cc}\p{Zl}\p{Zp}]/u.test(issuer)) {
    throw new CofactorError('ERR_CONFIG_TOTP', 'totp({ issuer }) takes a name on one line, without a colon');
  }
  const length = [...issuer.trim()].length;
  if (length < 1 || length > 64) {
    throw new CofactorError('ERR_CONFIG_TOTP', `totp({ issuer }) takes 1 to 64 characters, not ${length}`);
  }
  return Object.freeze({ issuer: issuer.trim() });
}
