import type { Requirement } from '../assurance/index.ts';
import type { Ask } from './ask.ts';
import { saidLevels, type Dialect } from './dialect.ts';

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
  const level = levelAsked(dialect, acr);
  if (level === null) return null;
  const asksNothing = Object.keys(level).length === 0 && maxAge === undefined;
  if (asksNothing && amr.length > 0) return null;
  return {
    ...level,
    ...(maxAge !== undefined && { maxAge }),
    // Said both ways: there are issuers that take `max_age=0` for no age at all.
    ...(maxAge === 0 && { prompt: 'login' }),
  };
}

/** Any sign-in reaches the first rung. */
const firstRung = 'pwd';

function levelAsked(dialect: Dialect, acr: string | undefined): Pick<Ask, 'acrValues' | 'claims'> | null {
  if (acr === undefined || acr === firstRung) return {};
  const floor = saidLevels.findIndex((level) => level === acr);
  const asks = floor === -1 ? [] : saidLevels.slice(floor).flatMap((level) => dialect.asks?.[level] ?? []);
  const [lowest] = asks;
  if (lowest === undefined) return null;
  // One of `claims` only: of several essential ones each would have to be met.
  const { acrValues, claims } = lowest;
  const words = acrValues === undefined ? [] : asks.flatMap((ask) => ask.acrValues?.split(' ') ?? []);
  return {
    ...(words.length > 0 && { acrValues: [...new Set(words)].join(' ') }),
    ...(claims && { claims }),
  };
}
