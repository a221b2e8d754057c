import { rankOf, standardLevels, type Level } from './levels.ts';

/** What a page, a client or a policy asks of a session. Plain data: it can be stored, sent and compared. */
export interface Requirement {
  /** The lowest rung that is good enough; a higher one is too. */
  readonly acr?: string;
  /** Methods that must all have been used (RFC 8176). */
  readonly amr?: readonly string[];
  /** Greatest age, in seconds, of the proof that carries the level; 0 asks for a new one each time. */
  readonly maxAge?: number;
}

/**
 * One requirement that is met only when both are. It may ask for more than the two: of two ages the smaller one
 * then counts for the proof of the higher level.
 */
export function strictest(
  one: Requirement,
  other: Requirement,
  levels: readonly Level[] = standardLevels,
): Requirement {
  const acr = [one.acr, other.acr]
    .filter((value) => value !== undefined)
    // An acr the ladder does not know can never be met, so it is the stricter one.
    .sort((a, b) => height(b, levels) - height(a, levels))[0];
  const amr = [...new Set([...(one.amr ?? []), ...(other.amr ?? [])])];
  const maxAge = Math.min(one.maxAge ?? Infinity, other.maxAge ?? Infinity);
  return {
    ...(acr !== undefined && { acr }),
    ...(amr.length > 0 && { amr }),
    ...(maxAge !== Infinity && { maxAge }),
  };
}

function height(acr: string, levels: readonly Level[]): number {
  const rank = rankOf(acr, levels);
  return rank === -1 ? Infinity : rank;
}
