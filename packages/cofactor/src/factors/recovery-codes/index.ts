import { CofactorError } from '../../base/errors.ts';
import type { Asked, EnrolVerdict, FactorContext, FactorProvider, Verdict } from '../../core/provider.ts';
import { makeCodes, normaliseAdopted, normaliseCode } from './code.ts';
import { texts } from './texts.ts';

export interface RecoveryCodesOptions {
  /** How many codes are made at a time: 8 to 20; 10 unless said. */
  readonly count?: number;
}

/** Between `begin` and `confirm` the hashes to come; afterwards nothing, because the core keeps them singly. */
export interface RecoveryCodesData {
  readonly hashes?: readonly string[];
  /** Whether they are of another system, which made shorter ones. */
  readonly adopted?: true;
}

export interface RecoveryCodesResponse {
  readonly code: string;
}

/** At set-up a person only says that the codes are in a safe place. */
export interface RecoveryCodesSaved {
  readonly saved: true;
}

export interface RecoveryCodesSetup {
  /** Shown once. */
  readonly codes: readonly string[];
}

export interface RecoveryCodesProvider extends FactorProvider<
  RecoveryCodesData,
  RecoveryCodesResponse,
  RecoveryCodesSaved
> {
  begin(context: FactorContext): { readonly data: RecoveryCodesData; readonly setup: RecoveryCodesSetup };
  confirm(
    context: FactorContext,
    data: RecoveryCodesData | null,
    response: RecoveryCodesSaved,
  ): EnrolVerdict<RecoveryCodesData>;
  verify(
    context: FactorContext,
    authenticator: Asked<RecoveryCodesData>,
    response: RecoveryCodesResponse,
  ): Verdict<RecoveryCodesData>;
}

/**
 * Single-use codes to keep on paper, which stand in for a lost second factor (look-up secrets, NIST SP 800-63B-4,
 * 3.1.2 and 4.2.1.1).
 *
 * Their `amr` is the private value `rec`. RFC 8176 has none for them: its `otp` means generated codes (RFC 4226,
 * RFC 6238), and whoever asks for `otp` wants to know that a device is there, which a sheet of paper does not show.
 *
 * @example
 * createCofactor({ factors: [password(), totp({ issuer: 'Acme' }), recoveryCodes()] });
 *
 * @throws {CofactorError} `ERR_CONFIG_RECOVERY_CODES`
 */
export function recoveryCodes(options: RecoveryCodesOptions = {}): RecoveryCodesProvider {
  const { count } = checked(options);
  return Object.freeze<RecoveryCodesProvider>({
    name: 'recovery-codes',
    usage: 'recovery',
    multiple: false,
    proves: Object.freeze({ kind: 'have', amr: Object.freeze(['rec']) }),
    response: responseSchema,
    confirmResponse: savedSchema,
    view: Object.freeze({
      texts,
      field: Object.freeze({
        property: 'code',
        type: 'text',
        inputMode: 'text',
        autocomplete: 'off',
        // 13 letters, and room for spaces or hyphens between every two.
        maxLength: 32,
      }),
      setupElement: new URL('../../../assets/recovery-codes.js', import.meta.url),
      // Last, wherever something else could be chosen.
      order: 100,
    }),

    begin(context) {
      const codes = makeCodes(count, (length) => context.random(length));
      return {
        data: { hashes: codes.map((code) => newestHash(context, normaliseCode(code))) },
        setup: { codes },
      };
    },

    confirm(_context, data, response) {
      const lookups = data?.hashes;
      if (lookups === undefined || lookups.length === 0 || response.saved !== true) {
        return { ok: false, reason: 'wrong' };
      }
      return { ok: true, data: {}, lookups };
    },

    verify(context, { data }, response) {
      const code = data.adopted === true ? normaliseAdopted(response.code) : normaliseCode(response.code);
      return code === null ? { ok: false, reason: 'wrong' } : { ok: true, spend: context.hashes(code) };
    },

    adopt(context, foreign) {
      if (foreign.kind !== 'single-use-codes') return null;
      const codes = new Set(foreign.codes.map(normaliseAdopted));
      if (codes.size === 0 || codes.size > mostAdopted || codes.has(null)) {
        return { ok: false, reason: 'refused' };
      }
      const lookups = [...codes].map((code) => newestHash(context, code));
      return { ok: true, data: { adopted: true }, lookups };
    },
  });
}

const responseSchema = Object.freeze({
  type: 'object',
  additionalProperties: false,
  required: Object.freeze(['code']),
  properties: Object.freeze({
    code: Object.freeze({ type: 'string', minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9 -]+$' }),
  }),
});

const savedSchema = Object.freeze({
  type: 'object',
  additionalProperties: false,
  required: Object.freeze(['saved']),
  properties: Object.freeze({ saved: Object.freeze({ const: true }) }),
});

/** More than any system gives out. */
const mostAdopted = 50;

/** Stored with the newest key only; `verify` also offers the hashes of older ones while keys rotate. */
function newestHash(context: FactorContext, normalised: string | null): string {
  const hash = normalised === null ? undefined : context.hashes(normalised)[0];
  if (hash === undefined)
    throw new CofactorError('ERR_KEY_UNKNOWN', 'There is no key to hash recovery codes with.');
  return hash;
}

function checked(options: RecoveryCodesOptions): { readonly count: number } {
  const { count = 10, ...unknown } = options;
  const [name] = Object.keys(unknown);
  if (name !== undefined) {
    throw new CofactorError('ERR_CONFIG_RECOVERY_CODES', `recoveryCodes() has no option ${name}`);
  }
  if (!Number.isInteger(count) || count < 8 || count > 20) {
    throw new CofactorError(
      'ERR_CONFIG_RECOVERY_CODES',
      `recoveryCodes({ count }) takes a whole number from 8 to 20, not ${String(count)}`,
    );
  }
  return Object.freeze({ count });
}
