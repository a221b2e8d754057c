import { CofactorError } from '../../base/errors.ts';
import type { Asked, EnrolVerdict, FactorContext, FactorProvider, Verdict } from '../../core/provider.ts';
import { normalisePassword } from './normalise.ts';
import { checked, type PasswordOptions, type PasswordSettings } from './options.ts';
import { refusalOf } from './refusal.ts';
import { texts } from './texts.ts';

export { aspNetIdentityHashes, type ForeignHashOptions } from './foreign/aspnet-identity.ts';
export { umbracoHashes } from './foreign/umbraco.ts';
export {
  createHashQueue,
  type HashQueue,
  type HashQueueObserver,
  type HashQueueOptions,
} from './hash-queue.ts';
export type { PasswordCost, PasswordHasher } from './hasher.ts';
export type { PasswordBlocklist, PasswordOptions, PasswordVerifier } from './options.ts';

export interface PasswordData {
  /** PHC string of argon2id, or what an older system stored. */
  readonly hash: string;
}

export interface PasswordResponse {
  readonly password: string;
}

export interface PasswordProvider extends FactorProvider<PasswordData, PasswordResponse> {
  confirm(
    context: FactorContext,
    data: PasswordData | null,
    response: PasswordResponse,
  ): Promise<EnrolVerdict<PasswordData>>;
  verify(
    context: FactorContext,
    authenticator: Asked<PasswordData>,
    response: PasswordResponse,
  ): Promise<Verdict<PasswordData>>;
  decoy(context: FactorContext, response: PasswordResponse): Promise<void>;
}

/**
 * A password, hashed with argon2id.
 *
 * @example
 * createCofactor({ factors: [password()] });
 *
 * @throws {CofactorError} `ERR_CONFIG_PASSWORD`; its methods `ERR_HASH_QUEUE_FULL` and `ERR_PEER_MISSING`
 */
export function password(options: PasswordOptions = {}): PasswordProvider {
  const settings = checked(options);
  const { hasher, queue } = settings;
  let decoyHash: string | undefined;
  /** Takes as long as checking a password does. Making the hash does too, so the first time is no slower. */
  async function spendTime(typed: string): Promise<void> {
    if (decoyHash === undefined) decoyHash = await queue.run(() => hasher.hash(decoyPassword));
    else await queue.run(() => hasher.verify(decoyHash ?? '', typed));
  }

  return Object.freeze<PasswordProvider>({
    name: 'password',
    usage: 'first',
    multiple: false,
    proves: Object.freeze({ kind: 'know', amr: Object.freeze(['pwd']) }),
    response: responseSchema,
    view: Object.freeze({
      texts: texts(settings.minimum),
      field: Object.freeze({
        property: 'password',
        type: 'password',
        autocomplete: 'current-password',
        // More than can be stored, so that a long one is refused in words and not cut off by the field.
        maxLength: 1024,
      }),
    }),

    async confirm(context, _data, response) {
      const typed = normalisePassword(response.password);
      if (typed === null) return { ok: false, reason: 'refused', text: 'not-text' };
      const text = await refusalOf(typed, context, settings);
      if (text !== null) return { ok: false, reason: 'refused', text };
      return { ok: true, data: { hash: await queue.run(() => hasher.hash(typed)) } };
    },

    async verify(_context, { data: { hash } }, response) {
      // What is no text was never stored; it is checked all the same, because that takes the same time.
      const typed = normalisePassword(response.password);
      const older = settings.verifiers.find((verifier) => verifier.matches(hash));
      const right = await queue.run(() =>
        older ? older.verify(hash, response.password) : hasher.verify(hash, typed ?? ''),
      );
      const outdated = older !== undefined || hasher.needsRehash(hash);
      if (!right || typed === null) {
        // An older hash is checked in another time than nobody's; one more makes up for the difference (I-17).
        if (outdated) await spendTime(typed ?? '');
        return { ok: false, reason: 'wrong' };
      }
      if (!outdated) return { ok: true };
      return { ok: true, ...(await renewed(typed, settings)) };
    },

    // A hash that nothing here can check would be a password that is never right.
    adopt(_context, foreign) {
      if (foreign.kind !== 'password-hash') return null;
      const { hash } = foreign;
      const known = settings.verifiers.some((verifier) => verifier.matches(hash));
      return known ? { ok: true, data: { hash } } : { ok: false, reason: 'refused' };
    },

    async decoy(_context, response) {
      await spendTime(normalisePassword(response.password) ?? '');
    },
  });
}

/** Nobody's password: whether somebody types it makes no difference, because a decoy answers nothing. */
const decoyPassword = 'nobody has this password';

const responseSchema = Object.freeze({
  type: 'object',
  additionalProperties: false,
  required: Object.freeze(['password']),
  properties: Object.freeze({
    password: Object.freeze({ type: 'string', minLength: 1, maxLength: 1024 }),
  }),
});

/** A new hash of a right password. In a rush it is left for the next sign-in: this one succeeded. */
async function renewed(
  typed: string,
  { hasher, queue }: PasswordSettings,
): Promise<{ readonly data?: PasswordData }> {
  try {
    return { data: { hash: await queue.run(() => hasher.hash(typed)) } };
  } catch (error) {
    if (error instanceof CofactorError && error.code === 'ERR_HASH_QUEUE_FULL') return {};
    throw error;
  }
}
