import { assuranceOf, newest, type Assurance } from './assurance.ts';
import { unknownTime, type AuthenticationEvent } from './event.ts';
import { rankOf, standardLevels, type Level } from './levels.ts';
import type { Requirement } from './requirement.ts';

/** The answer to "are these events enough?", with what is missing where they are not. */
export type Assessment =
  | { readonly met: true; readonly assurance: Assurance }
  | { readonly met: false; readonly assurance: Assurance; readonly missing: Missing };

export interface Missing {
  /** The level is too low, or the proof that carries it too old. */
  readonly reason: 'too-weak' | 'too-old';
  /** What would have to be proved, as a requirement of its own. */
  readonly requirement: Requirement;
}

export interface AssessOptions {
  readonly levels?: readonly Level[];
  /** Proofs from this moment on are fresh whatever `maxAge` says: the start of the ceremony that asks. */
  readonly since?: Date;
}

/** A proof from further ahead than this is not believed: a clock was wrong, then or now. */
const clockToleranceMs = 60_000;

/**
 * Decides whether events meet a requirement. The one decision of Cofactor: the end of sign-in, route guards,
 * the OpenID Connect server and its clients all ask this function. Pure; never throws.
 *
 * @example
 * assess({ acr: 'mfa', maxAge: 900 }, session.events, new Date());
 */
export function assess(
  requirement: Requirement,
  events: readonly AuthenticationEvent[],
  now: Date,
  options: AssessOptions = {},
): Assessment {
  const levels = options.levels ?? standardLevels;
  const assurance = assuranceOf(events, levels);
  const wanted = requirement.acr ?? levels[0]?.acr ?? '';
  const level = levels[rankOf(wanted, levels)];
  const reached = assurance.acr === null ? -1 : rankOf(assurance.acr, levels);

  const strong =
    level !== undefined &&
    reached >= rankOf(wanted, levels) &&
    (requirement.amr ?? []).every((method) => assurance.amr.includes(method));
  if (!strong) return { met: false, assurance, missing: { reason: 'too-weak', requirement } };

  const believable = new Date(now.getTime() + clockToleranceMs);
  const { maxAge } = requirement;
  if (maxAge !== undefined && !isFresh(newest(events, level, believable), maxAge, now, options)) {
    return { met: false, assurance, missing: { reason: 'too-old', requirement } };
  }
  return { met: true, assurance };
}

function isFresh(at: Date | null, maxAge: number, now: Date, { since }: AssessOptions): boolean {
  if (at === null || at <= unknownTime) return false;
  if (since !== undefined && at >= since) return true;
  // A maximum age of 0 asks for a proof made for this very request, so an existing one is never enough.
  return maxAge > 0 && now.getTime() - at.getTime() <= maxAge * 1000;
}
