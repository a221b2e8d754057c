import type { Fault } from './faults.ts';

export const ladder = ['pwd', 'mfa'];

/** What was proved in a browser, in seconds. */
export interface Session {
  readonly user: string;
  readonly first: number;
  readonly second: number | null;
}

export interface Wanted {
  readonly essential: readonly string[] | null;
  readonly voluntary: readonly string[];
  readonly maxAge: number | null;
  readonly anew: boolean;
  readonly none: boolean;
}

export interface Standing {
  readonly acr: string;
  readonly amr: unknown;
  readonly auth_time: number;
}

export type Decision =
  | { readonly do: 'pass'; readonly standing: Standing }
  | { readonly do: 'ask'; readonly page: 'first' | 'second' }
  | { readonly do: 'refuse'; readonly error: string };

export interface Situation {
  readonly session: Session | null;
  readonly hasSecond: boolean;
  /** What was proved since the request came. */
  readonly proved: boolean;
  readonly declined: boolean;
  readonly minimum: string | null;
  readonly now: number;
}

type Has = (fault: Fault) => boolean;

/** The decision of a small issuer that is right, but for the fault it is given. */
export function decide(asked: Wanted, situation: Situation, has: Has): Decision {
  const { session, hasSecond, proved, declined, minimum, now } = situation;
  const floorHolds =
    minimum !== null && !(has('the minimum gives way to acr_values') && asked.voluntary.includes('pwd'));
  const wanted = floorHolds ? { ...asked, essential: asked.essential ?? [minimum], voluntary: [] } : asked;
  if (!session) return declined ? refuse('access_denied') : { do: 'ask', page: 'first' };
  const rank = (acr: string): number => rankOf(acr, has);
  const reached = session.second === null ? 0 : 1;
  const reaches = (acr: string): boolean => rank(acr) >= 0 && rank(acr) <= reached;

  const standing = standingOf(wanted, session, now, has);
  const anew = wanted.anew && !has('prompt=login is ignored');
  const tooOld =
    wanted.maxAge !== null && now - standing.auth_time > wanted.maxAge && !has('max_age is ignored');
  if ((anew || tooOld) && !proved) return declined ? refuse('login_required') : { do: 'ask', page: 'first' };

  const demanded = wanted.essential;
  if (demanded && !demanded.some(reaches)) {
    if (has('an essential acr is asked for again and again')) return { do: 'ask', page: 'first' };
    const refusable =
      declined && !has('a refused essential acr gives a code') && !has('the minimum gives way to a refusal');
    const impossible = !demanded.some((acr) => rank(acr) >= 0) || !hasSecond;
    if (refusable || (impossible && !has('an essential acr out of reach gives a code'))) {
      return refuse('unmet_authentication_requirements');
    }
    return declined || impossible ? { do: 'pass', standing } : { do: 'ask', page: 'second' };
  }
  const wishes = has('acr_values is ignored') ? [] : wanted.voluntary.filter((acr) => rank(acr) >= 0);
  const lowers = wanted.none && has('prompt=none lowers the level');
  if (wishes.length > 0 && !wishes.some(reaches) && !declined && hasSecond && !lowers) {
    return { do: 'ask', page: 'second' };
  }
  return { do: 'pass', standing };
}

function rankOf(acr: string, has: Has): number {
  if (has('acr is found within other words')) return ladder.findLastIndex((level) => acr.includes(level));
  return ladder.indexOf(has('acr is compared in lower case') ? acr.toLowerCase() : acr);
}

export function standingOf(wanted: Wanted, { first, second }: Session, now: number, has: Has): Standing {
  const named = [...(wanted.essential ?? []), ...wanted.voluntary];
  const reached = second === null ? 0 : 1;
  const rank = Math.max(...named.map((acr) => ladder.indexOf(acr)).filter((one) => one <= reached), -1);
  const level = rank < 0 ? reached : rank;
  return {
    acr: acrOf(wanted, ladder[level] ?? '', has),
    amr: amrOf(second !== null, has),
    auth_time: authTimeOf(level === 1 && second !== null ? second : first, first, now, has),
  };
}

function acrOf({ voluntary }: Wanted, acr: string, has: Has): string {
  if (has('acr is what was asked for')) return voluntary.at(0) ?? acr;
  if (has('an unknown level is claimed')) return voluntary.find((one) => one.startsWith('urn:')) ?? acr;
  if (has('acr is the higher level from the start') && voluntary.includes('pwd')) return 'phr';
  return acr;
}

function amrOf(both: boolean, has: Has): unknown {
  if (has('amr is missing')) return undefined;
  if (has('amr is a string')) return both ? 'mfa' : 'pwd';
  if (has('amr names a method twice')) return both ? ['pwd', 'otp', 'otp'] : ['pwd', 'pwd'];
  if (has('amr says mfa of a password')) return ['pwd', 'mfa'];
  return both && !has('amr does not change with a second factor') ? ['pwd', 'otp', 'mfa'] : ['pwd'];
}

function authTimeOf(right: number, first: number, now: number, has: Has): number {
  if (has('auth_time is the time of the answer')) return now;
  if (has('auth_time stays that of the first factor')) return first;
  return right;
}

function refuse(error: string): Decision {
  return { do: 'refuse', error };
}
