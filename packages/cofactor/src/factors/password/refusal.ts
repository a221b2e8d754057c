import type { FactorContext } from '../../core/provider.ts';
import { isCommon } from './common.ts';
import { lengthOf } from './normalise.ts';
import type { PasswordSettings } from './options.ts';

/** Keys of the texts that say why. */
export type Refusal = 'too-short' | 'too-short-only' | 'too-long' | 'common' | 'contains-identifier';

export const longest = 256;

/**
 * Why a normalised password is not stored, or `null` where it may be. Length and guessability are all that counts:
 * no rules of composition (NIST SP 800-63B-4, 3.1.1.2).
 */
export async function refusalOf(
  password: string,
  { user, onlyFactor }: Pick<FactorContext, 'user' | 'onlyFactor'>,
  { minimum, blocked }: Pick<PasswordSettings, 'minimum' | 'blocked'>,
): Promise<Refusal | null> {
  const length = lengthOf(password);
  if (onlyFactor && length < minimum.only) return 'too-short-only';
  if (length < minimum.withSecondFactor) return 'too-short';
  if (length > longest) return 'too-long';
  if (containsIdentifier(password, user.identifier)) return 'contains-identifier';
  return isCommon(password) || (await blocked(password, user)) ? 'common' : null;
}

/** Shorter names stand in many words by chance. */
const shortestName = 4;

/** Whether the user name, or the part of an address before its `@`, stands in the password. */
function containsIdentifier(password: string, identifier: string): boolean {
  const folded = password.toLowerCase();
  const name = identifier.normalize('NFKC').toLowerCase();
  return [name, name.split('@')[0] ?? ''].some(
    (part) => lengthOf(part) >= shortestName && folded.includes(part),
  );
}
