/** What a resource says is missing (RFC 9470, section 3): levels by name, and the greatest age of the proof, in seconds. */
export interface StepUpChallenge {
  readonly acrValues?: string;
  readonly maxAge?: number;
}

const insufficient = 'insufficient_user_authentication';

/** The value of `WWW-Authenticate` for a session or token that is too weak or too old. */
export function insufficientAuthentication({ acrValues, maxAge }: StepUpChallenge): string {
  const parameters = [
    `error="${insufficient}"`,
    'error_description="More authentication is needed for this."',
    // Methods have no parameter in a challenge; levels do.
    ...(acrValues === undefined ? [] : [`acr_values="${acrValues.replace(/["\\]/g, '\\$&')}"`]),
    ...(maxAge === undefined ? [] : [`max_age="${maxAge}"`]),
  ];
  return `Bearer ${parameters.join(', ')}`;
}

/** One challenge of a `WWW-Authenticate`; `null` for a parameter that is there twice, of which none is believed. */
interface Challenge {
  readonly scheme: string;
  readonly parameters: Map<string, string | null>;
}

/** More than any server has to say, and the most seconds that are one: about 31 years. */
const [longest, mostDigits] = [8192, 9];

/** RFC 9110, 11.2 and 5.6: a token, a parameter with its value in quotes or without, and credentials in one piece. */
const token = /[!#$%&'*+\-.^_`|~\w]+/y;
const parameter =
  /([!#$%&'*+\-.^_`|~\w]+)[ \t]*=[ \t]*(?:"((?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*)"|([!#$%&'*+\-.^_`|~\w]+))[ \t]*(?=,|$)/y;
const token68 = /[\w\-.~+/]+=*[ \t]*(?=,|$)/y;

/**
 * Reads what a resource wants from the `WWW-Authenticate` of its 401; `null` where it wants something else, or where
 * that cannot be told for sure: a header that is not well-formed, a parameter that is there twice, two such challenges, a
 * value that means nothing. Names are compared in whatever case, values exactly. Never throws.
 *
 * @example
 * parseStepUpChallenge(response.headers.get('www-authenticate')); // { acrValues: 'mfa', maxAge: 300 }
 */
export function parseStepUpChallenge(header: string | null | undefined): StepUpChallenge | null {
  if (typeof header !== 'string' || header.length > longest) return null;
  const wanted = challengesOf(header)?.filter(
    ({ scheme, parameters }) => scheme === 'bearer' && parameters.get('error') === insufficient,
  );
  const [challenge, another] = wanted ?? [];
  if (!challenge || another) return null;
  const { parameters } = challenge;
  const [acrValues, maxAge] = [parameters.get('acr_values'), parameters.get('max_age')];
  // One that was sent twice is `null`, and no value is.
  if (acrValues !== undefined && !isListOfValues(acrValues)) return null;
  if (maxAge !== undefined && !isSeconds(maxAge)) return null;
  return {
    ...(acrValues !== undefined && { acrValues }),
    ...(maxAge !== undefined && { maxAge: Number(maxAge) }),
  };
}

/** One or more values with a space between them (OpenID Connect Core 3.1.2.1). */
function isListOfValues(value: string | null): value is string {
  return value !== null && value.length <= 1024 && /^[!-~]+(?: [!-~]+)*$/.test(value);
}

function isSeconds(value: string | null): value is string {
  return value !== null && value.length <= mostDigits && /^[0-9]+$/.test(value);
}

/** All challenges of a header (RFC 9110, 11.6.1), or `null` where it is not well-formed. */
function challengesOf(header: string): readonly Challenge[] | null {
  const challenges: Challenge[] = [];
  /** The one whose parameters come next. */
  let open: Challenge | null = null;
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(header);
    if (found) at = pattern.lastIndex;
    return found;
  };
  for (;;) {
    // Empty members of a list count for nothing (RFC 9110, 5.6.1).
    while (header[at] === ',' || header[at] === ' ' || header[at] === '\t') at += 1;
    if (at === header.length) return challenges;
    const pair: RegExpExecArray | null = open && take(parameter);
    if (open && pair) {
      const [, name = '', quoted, plain = ''] = pair;
      const key = name.toLowerCase();
      const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
      open.parameters.set(key, open.parameters.has(key) ? null : value);
      continue;
    }
    const scheme = take(token)?.[0];
    if (scheme === undefined) return null;
    const challenge: Challenge = { scheme: scheme.toLowerCase(), parameters: new Map() };
    challenges.push(challenge);
    open = null;
    if (at === header.length || header[at] === ',') continue;
    if (header[at] !== ' ') return null;
    while (header[at] === ' ') at += 1;
    // What has credentials in one piece has no parameters beside them.
    if (!take(token68)) open = challenge;
  }
}
