import { kindsOf, type AuthenticationEvent } from './event.ts';

/** One rung of the ladder. Rungs are ordered; the highest one reached is the session's `acr`. */
export interface Level {
  /** The `acr` value, compared exactly and case-sensitively. */
  readonly acr: string;
  /** The authenticator assurance level of NIST SP 800-63B-4 that this rung stands for. */
  readonly aal: 1 | 2 | 3;
  /** Whether these events, taken together, reach the rung. */
  reached(events: readonly AuthenticationEvent[]): boolean;
  /** Whether this event is one of those that make the rung: its time is the rung's `auth_time`. */
  carriedBy(event: AuthenticationEvent): boolean;
}

/**
 * Two different kinds of factor, one of which is possession (800-63B-4, 2.2.1: every permitted combination
 * has a physical authenticator in it; two of a kind, such as two one-time codes, stay one factor).
 */
function isMultiFactor(events: readonly AuthenticationEvent[]): boolean {
  const kinds = new Set(events.flatMap(kindsOf));
  return kinds.has('have') && kinds.size >= 2;
}

const isPossession = (event: AuthenticationEvent): boolean => event.kind === 'have';
const isPhishingResistant = (event: AuthenticationEvent): boolean =>
  isPossession(event) && event.phishingResistant === true;
const isHardwareProtected = (event: AuthenticationEvent): boolean =>
  isPhishingResistant(event) && event.hardwareProtected === true;

/** 800-63B-4, 2.3.1: such a key counts by itself only where it verified its user, else with something known beside it. */
function isCompleted(event: AuthenticationEvent, events: readonly AuthenticationEvent[]): boolean {
  return kindsOf(event).length > 1 || events.some((other) => other.kind === 'know');
}

/** The default ladder, lowest first: `pwd` < `mfa` < `phr` < `phrh` (the last two of the OpenID ACR registry). */
export const standardLevels: readonly Level[] = Object.freeze([
  { acr: 'pwd', aal: 1, reached: (events) => events.length > 0, carriedBy: () => true },
  { acr: 'mfa', aal: 2, reached: isMultiFactor, carriedBy: isPossession },
  {
    acr: 'phr',
    aal: 2,
    reached: (events) => isMultiFactor(events) && events.some(isPhishingResistant),
    carriedBy: isPhishingResistant,
  },
  {
    acr: 'phrh',
    aal: 3,
    reached: (events) => events.some((event) => isHardwareProtected(event) && isCompleted(event, events)),
    carriedBy: isHardwareProtected,
  },
] satisfies Level[]);

/** The place of an `acr` on the ladder, or -1 where the ladder does not know it. */
export function rankOf(acr: string, levels: readonly Level[] = standardLevels): number {
  if (levels === standardLevels) return standardRanks.get(acr) ?? -1;
  return levels.findIndex((level) => level.acr === acr);
}

/** Guards ask for each request. */
const standardRanks: ReadonlyMap<string, number> = new Map(
  standardLevels.map(({ acr }, rank) => [acr, rank]),
);
