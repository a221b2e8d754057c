import {
  assess,
  assuranceOf,
  rankOf,
  standardLevels,
  unknownTime,
  type AuthenticationEvent,
  type Requirement,
} from '../assurance/index.ts';
import type { Asked } from './asked.ts';

/** What the answer to a client says about the sign-in. */
export interface Standing {
  readonly acr: string;
  readonly amr: readonly string[];
  /** `null` where nobody knows: somebody else checked it, and does not say when. */
  readonly authTime: Date | null;
}

/** The state of things when a decision is needed. */
export interface Situation {
  /** Who is signed in in this browser, with what was proved; `null` where nobody is. */
  readonly session: { readonly userId: string; readonly events: readonly AuthenticationEvent[] } | null;
  readonly now: Date;
  /** When the request came that is gone on with; `null` for one that has just come. */
  readonly since: Date | null;
  /** Whether this is the last word: the person was asked, and came back with whatever there is now. */
  readonly final: boolean;
  /** What is asked of this person besides, e.g. for their role. */
  readonly enforced?: Requirement | null;
  /** Whether the person has said which account to use. */
  readonly selected?: boolean;
}

export type Decision =
  /** Good enough: this is what the client is told. */
  | { readonly do: 'pass'; readonly standing: Standing }
  /** Somebody has to sign in: nobody is, or it is the wrong person, or all has to be proved anew. */
  | { readonly do: 'sign-in'; readonly why: 'nobody' | 'anew' | 'somebody-else' }
  | { readonly do: 'select-account' }
  /** More has to be proved, or the same again. Any of these levels will do, the best first; none: a new proof is enough. */
  | {
      readonly do: 'step-up';
      readonly why: 'too-weak' | 'too-old';
      readonly wanted: readonly string[];
      readonly maxAge: number | null;
      /** Methods that have to be among those that were used, where the person has to have them. */
      readonly amr: readonly string[];
      /** Whether the client goes on with less where the person declines. */
      readonly optional: boolean;
    }
  /** There will be no code. */
  | { readonly do: 'refuse'; readonly error: RefusalCode; readonly description: string };

export type RefusalCode =
  'unmet_authentication_requirements' | 'login_required' | 'account_selection_required' | 'access_denied';

/**
 * Decides on an authorization request: the one decision behind `acr_values`, `claims`, `max_age`, `prompt`,
 * `id_token_hint` and the client's own terms (I-19). Pure. It is asked when the request comes, on each page in between, and
 * at the end, so nothing that happens on the way is taken on trust.
 */
export function decide(asked: Asked, situation: Situation): Decision {
  const { session, now, final, enforced = null, selected = false } = situation;
  const oldest = least(asked.maxAge, enforced?.maxAge ?? null);
  const since = sinceFor({ anew: asked.anew, maxAge: oldest }, situation.since, now);
  // Of a name that can be nobody's no page would make anything else.
  if (asked.subject === '') return refuse('login_required', 'there is nobody who was asked for');
  const floor = Math.max(...[asked.minimum, enforced?.acr].map(rankOfFloor));
  const essential = asked.essential?.filter((acr) => rankOf(acr) >= floor) ?? null;
  if (essential?.length === 0 || floor === Infinity) return refuse(unmet, 'the level cannot be reached here');

  if (!session) {
    return final ? refuse('access_denied', 'nobody signed in') : { do: 'sign-in', why: 'nobody' };
  }
  if (asked.subject !== null && asked.subject !== session.userId) {
    return final
      ? refuse('login_required', 'it is not the person that was asked for')
      : { do: 'sign-in', why: 'somebody-else' };
  }
  if (asked.selectAccount && !selected) {
    return final ? refuse('account_selection_required', 'no account was chosen') : { do: 'select-account' };
  }

  const maxAge = asked.anew ? 0 : oldest;
  const events = asked.anew
    ? session.events.filter(({ at }) => since !== null && at >= since)
    : counted(session.events, maxAge, since, now);
  const age = maxAge === null ? {} : { maxAge };
  const { amr = [] } = enforced ?? {};
  const meets = (requirement: Requirement, of = events): boolean =>
    assess({ ...requirement, ...age }, of, now, since ? { since } : {}).met;
  const reaches = (acr: string): boolean => meets({ acr });

  const isFresh = meets({});
  if (!isFresh && asked.anew) {
    return final ? refuse('login_required', 'nothing was proved anew') : { do: 'sign-in', why: 'anew' };
  }
  const minimum = standardLevels[floor]?.acr;
  const isEnough =
    isFresh &&
    (minimum === undefined || reaches(minimum)) &&
    (amr.length === 0 || meets({ amr })) &&
    (essential?.some(reaches) ?? true);
  const wishes = essential ?? asked.voluntary.filter((acr) => rankOf(acr) >= floor);
  if (isEnough && (final || wishes.length === 0 || wishes.some(reaches))) {
    return { do: 'pass', standing: standingOf(events, wishes.filter(reaches), now) };
  }
  if (final) {
    return isFresh
      ? refuse(unmet, 'the level was not reached')
      : refuse('login_required', 'the sign-in is too old');
  }
  const wanted = wishes.length > 0 ? wishes : minimum === undefined ? [] : [minimum];
  // Enough only together with what was proved before the request: all of it is asked for again.
  if (
    asked.anew &&
    (wanted.length === 0 ? [{}] : wanted.map((acr) => ({ acr }))).some((one) =>
      meets({ ...one, amr }, session.events),
    )
  ) {
    return { do: 'sign-in', why: 'anew' };
  }
  return { do: 'step-up', why: isFresh ? 'too-weak' : 'too-old', wanted, maxAge, amr, optional: isEnough };
}

/** How long a proof that was made for a request counts for it where the client takes none as old, in milliseconds. */
const graceMs = 60_000;

/**
 * From when on a proof counts whatever its age: since the request came, where all is asked anew. A page that was left open does
 * not make a proof younger than an age allows; it only may be a minute old, which is what it takes to go back.
 */
export function sinceFor(
  { anew, maxAge }: Pick<Asked, 'anew' | 'maxAge'>,
  since: Date | null,
  now: Date,
): Date | null {
  if (since === null || (anew && maxAge === null)) return since;
  const allowedMs = anew ? Math.max((maxAge ?? 0) * 1000, graceMs) : graceMs;
  return new Date(Math.max(since.getTime(), now.getTime() - allowedMs));
}

const unmet = 'unmet_authentication_requirements';

function refuse(error: RefusalCode, description: string): Decision {
  return { do: 'refuse', error, description };
}

/** The rung that must be reached; a level that nobody knows is reached by nothing (I-12). */
function rankOfFloor(acr: string | null | undefined): number {
  if (acr === null || acr === undefined) return -1;
  const rank = rankOf(acr);
  return rank < 0 ? Infinity : rank;
}

function least(one: number | null, other: number | null): number | null {
  return one === null ? other : other === null ? one : Math.min(one, other);
}

/**
 * The events that count where proofs may not be older than so many seconds. A possession that was shown too long ago is left
 * out, so that the level, the methods and the time that the client is told all belong together: a password typed again makes
 * a password's level, and not an old second factor look new. What one knows counts beside a new possession whenever it was
 * shown, and so does that an old one had checked its user. `assess` comes to the same levels with all of them.
 */
function counted(
  events: readonly AuthenticationEvent[],
  maxAge: number | null,
  since: Date | null,
  now: Date,
): readonly AuthenticationEvent[] {
  if (maxAge === null) return events;
  const isFresh = ({ at }: AuthenticationEvent): boolean =>
    (since !== null && at >= since) || (maxAge > 0 && now.getTime() - at.getTime() <= maxAge * 1000);
  return events.flatMap((event) => {
    if (event.kind === 'know' || isFresh(event)) return [event];
    return event.userVerified === true ? [verificationOf(event)] : [];
  });
}

/** What is left of a possession that is too old: that its user gave a PIN or the like. */
function verificationOf({ provider, authenticator, at, source }: AuthenticationEvent): AuthenticationEvent {
  return {
    provider,
    authenticator,
    kind: 'are',
    amr: ['user'],
    at,
    ...(source !== undefined && { source }),
  };
}

/** A proof from further ahead is not believed. */
const clockToleranceMs = 60_000;

/**
 * What the client is told: of the levels it named the highest that was reached, because it looks for those; the level itself
 * where it named none. The time is that of the newest proof which carries the level.
 */
function standingOf(events: readonly AuthenticationEvent[], reached: readonly string[], now: Date): Standing {
  const assurance = assuranceOf(events);
  const acr = reached.toSorted((a, b) => rankOf(b) - rankOf(a))[0] ?? assurance.acr;
  const level = standardLevels.find((one) => one.acr === acr);
  const believable = now.getTime() + clockToleranceMs;
  const times = events
    .filter((event) => level?.carriedBy(event) === true && event.at > unknownTime)
    .map(({ at }) => at.getTime())
    .filter((at) => at <= believable);
  if (acr === null) throw new TypeError('nothing was proved');
  return { acr, amr: assurance.amr, authTime: times.length === 0 ? null : new Date(Math.max(...times)) };
}
