import { unknownTime, type AuthenticationEvent } from './event.ts';
import { standardLevels, type Level } from './levels.ts';

/** What a list of events proves, in the words of OpenID Connect Core 2 and RFC 8176. */
export interface Assurance {
  /** The highest rung of the ladder that was reached, or `null` where nothing was proved. */
  readonly acr: string | null;
  /** Every method used, and `mfa` where they are more than one factor together. */
  readonly amr: readonly string[];
  /** NIST SP 800-63B-4 level; 0 where nothing was proved. */
  readonly aal: 0 | 1 | 2 | 3;
  /**
   * The newest proof that carries `acr`: re-entering the password does not renew an old second factor. `null` where
   * nothing was proved, or where nobody knows when.
   */
  readonly authTime: Date | null;
}

const nothing: Assurance = Object.freeze({ acr: null, amr: Object.freeze([]), aal: 0, authTime: null });

/**
 * Derives `acr`, `amr`, AAL and `auth_time` from authentication events. Pure; never throws.
 *
 * @example
 * assuranceOf([passwordEvent, totpEvent]); // { acr: 'mfa', amr: ['pwd', 'otp', 'mfa'], aal: 2, authTime }
 */
export function assuranceOf(
  events: readonly AuthenticationEvent[],
  levels: readonly Level[] = standardLevels,
): Assurance {
  // A frozen list cannot come to prove anything else, so it is worked out once; every guarded request asks.
  const lasting = levels === standardLevels && Object.isFrozen(events);
  const known = lasting ? worked.get(events) : undefined;
  if (known) return known;
  const assurance = workOut(events, levels);
  if (lasting) worked.set(events, assurance);
  return assurance;
}

const worked = new WeakMap<readonly AuthenticationEvent[], Assurance>();

function workOut(events: readonly AuthenticationEvent[], levels: readonly Level[]): Assurance {
  const level = levels.findLast((candidate) => candidate.reached(events));
  if (!level) return nothing;
  const amr = new Set(events.flatMap((event) => event.amr));
  // Derived below, never taken over from whoever reported the event.
  amr.delete('mfa');
  if (events.some((event) => event.userVerified === true)) amr.add('user');
  if (level.aal >= 2) amr.add('mfa');
  const at = newest(events, level);
  return Object.freeze({
    acr: level.acr,
    amr: Object.freeze([...amr]),
    aal: level.aal,
    authTime: at !== null && at > unknownTime ? at : null,
  });
}

/** The time of the newest event that carries the level, of those no later than `until`; `null` where none does. */
export function newest(events: readonly AuthenticationEvent[], level: Level, until?: Date): Date | null {
  let at: Date | null = null;
  for (const event of events) {
    if (until !== undefined && event.at > until) continue;
    if (level.carriedBy(event) && (at === null || event.at > at)) at = event.at;
  }
  return at;
}
