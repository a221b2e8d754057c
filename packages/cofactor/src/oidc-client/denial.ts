import { assess, unknownTime, type Requirement } from '../assurance/index.ts';
import { saidLevels, type Dialect, type SaidLevel } from './dialect.ts';
import { firstRung, isHeard } from './request.ts';
import type { Session } from './session.ts';

/**
 * What is missing, in the terms in which a person is told: a level, a certain way of signing in (methods, or a level that
 * nobody knows), or nothing but a sign-in that is recent enough.
 */
export type Lack = SaidLevel | 'method' | 'age';

/** The first thing that somebody has to do something about; of nobody it is taken that everything is missing. */
export function lackOf(requirement: Requirement, session: Session | null, now: Date): Lack {
  const { amr = [], maxAge } = requirement;
  const acr = acrOf(requirement);
  const level = saidLevels.find((one) => one === acr);
  const isShown = (part: Requirement): boolean => session !== null && assess(part, session.events, now).met;
  if (acr !== undefined && acr !== firstRung && !isShown({ acr })) return level ?? 'method';
  if (namesMethods(requirement) && !isShown({ amr })) return 'method';
  if (maxAge !== undefined && !isShown(requirement)) return 'age';
  // All of it was shown: it is somebody else who wants more, such as an API.
  return level ?? 'method';
}

/** Whether anything that this issuer says could make up for it. Which methods it names, nobody knows beforehand. */
export function canConfirm(dialect: Dialect, requirement: Requirement): boolean {
  const acr = acrOf(requirement);
  return acr === undefined || acr === firstRung || isHeard(dialect, acr);
}

/** Whether methods are required that no level stands for: nobody can be asked for them. */
export function namesMethods({ amr = [] }: Requirement): boolean {
  return amr.some((method) => method !== 'mfa');
}

/** `mfa` among the methods is derived from the level, and says no more than that. */
function acrOf({ acr, amr = [] }: Requirement): string | undefined {
  return acr ?? (amr.includes('mfa') ? 'mfa' : undefined);
}

/** Whether the issuer said when it signed this person in. */
export function hasTime({ events }: Session): boolean {
  return events.some(({ at }) => at > unknownTime);
}
