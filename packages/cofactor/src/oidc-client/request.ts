import type { Requirement } from '../assurance/index.ts';
import type { Ask } from './ask.ts';
import { saidLevels, type Dialect, type SaidLevel } from './dialect.ts';

/**
 * How this issuer is asked for what a policy requires; `null` where it cannot be asked, so that sending somebody there
 * would change nothing: the dialect has no words for the level, or what is wanted are methods alone.
 *
 * What stands for the level comes first, then what stands for higher ones, "in order of preference" (OpenID Connect
 * Core 3.1.2.1): an issuer that compares exactly then need not ask anew whoever has proved more. It is a wish; what
 * comes back is decided on like anything else that was said.
 */
export function requestFor(dialect: Dialect, requirement: Requirement): Ask | null {
  const { acr, amr = [], maxAge } = requirement;
  const words = wordsFor(dialect, acr);
  // An issuer that says the level without being asked says it again of whoever signs in anew.
  if (words === null && (maxAge === undefined || !isHeard(dialect, acr))) return null;
  const asksNothing = words !== null && Object.keys(words).length === 0 && maxAge === undefined;
  if (asksNothing && amr.length > 0) return null;
  return {
    ...words,
    ...(maxAge !== undefined && { maxAge }),
    // Said both ways: there are issuers that take `max_age=0` for no age at all.
    ...(maxAge === 0 && { prompt: 'login' }),
  };
}

/** Any sign-in reaches the first rung. */
export const firstRung = 'pwd';

function wordsFor(dialect: Dialect, acr: string | undefined): Pick<Ask, 'acrValues' | 'claims'> | null {
  if (acr === undefined || acr === firstRung) return {};
  const asks = levelsFrom(acr).flatMap((level) => dialect.asks?.[level] ?? []);
  const [lowest] = asks;
  if (lowest === undefined) return null;
  // One of `claims` only: of several essential ones each would have to be met.
  const { acrValues, claims } = lowest;
  const values = acrValues === undefined ? [] : asks.flatMap((ask) => ask.acrValues?.split(' ') ?? []);
  return {
    ...(values.length > 0 && { acrValues: [...new Set(values)].join(' ') }),
    ...(claims && { claims }),
  };
}

/** Whether the issuer has a word for the level, or for a higher one. */
export function isHeard({ says }: Dialect, acr: string | undefined): boolean {
  const levels = levelsFrom(acr);
  return says.some(({ level }) => levels.includes(level));
}

/** The level and those above it; none where nobody knows it. */
function levelsFrom(acr: string | undefined): readonly SaidLevel[] {
  const floor = saidLevels.findIndex((level) => level === acr);
  return floor === -1 ? [] : saidLevels.slice(floor);
}
