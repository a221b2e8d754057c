import { rankOf } from '../assurance/index.ts';

/**
 * What one authorization request asks of the sign-in, put together from everything that has a say: the parameters of the
 * request and the client's own terms. Made once, checked strictly, and decided on by `decide`.
 */
export interface Asked {
  /** Levels of which one has to be reached, or there is no code. Only those that the ladder has. `null`: none is asked. */
  readonly essential: readonly string[] | null;
  /** Levels the client would like, in its order (OpenID Connect Core 3.1.2.1, `acr_values`). Only those that there are. */
  readonly voluntary: readonly string[];
  /** The lowest level the client takes, whatever the request says. */
  readonly minimum: string | null;
  /** Seconds. The smaller one of the request's and the client's. */
  readonly maxAge: number | null;
  /** Everything is to be proved anew: `prompt=login`, or `max_age=0`. */
  readonly anew: boolean;
  readonly selectAccount: boolean;
  /** Who it has to be (`id_token_hint`, or `claims.id_token.sub.value`). */
  readonly subject: string | null;
}

/** The parameters that have to do with authentication, as they came. */
export interface AskedParameters {
  readonly acr_values?: unknown;
  readonly claims?: unknown;
  readonly max_age?: unknown;
  readonly prompt?: unknown;
}

/** What a client takes, as it was registered. */
export interface ClientTerms {
  readonly minimumAcr: string | null;
  readonly maxAge: number | null;
}

/** What is wrong with the parameters, in words for the client's developer (`invalid_request`); `null` where nothing is. */
export function malformedParameter(parameters: AskedParameters): string | null {
  const { acr_values: acrValues, max_age: maxAge, claims } = parameters;
  if (acrValues !== undefined && !isAcrValues(acrValues)) {
    return 'acr_values takes values that are separated by single spaces';
  }
  if (maxAge !== undefined && (typeof maxAge !== 'string' || !/^(0|[1-9][0-9]{0,8})$/.test(maxAge))) {
    return 'max_age takes a number of seconds';
  }
  return claims === undefined ? null : malformedClaims(claims);
}

/** As in RFC 6749, appendix A.4, for scopes: printable, no quotation marks, no backslash. */
const token = /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/;

function isAcrValues(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const values = value.split(' ');
  return values.length <= 20 && values.every((one) => token.test(one));
}

/** Nothing that can be asked for is half as deep; what copies it later would run out of stack. */
const deepest = 16;

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((one) => isDeeperThan(levels - 1, one));
}

function malformedClaims(text: unknown): string | null {
  let claims: unknown;
  try {
    claims = typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return 'claims is not JSON';
  }
  if (!isObject(claims)) return 'claims takes a JSON object';
  if (isDeeperThan(deepest, claims)) return 'claims is nested too deeply';
  for (const part of ['id_token', 'userinfo']) {
    const wanted = claims[part];
    if (wanted === undefined) continue;
    if (!isObject(wanted)) return `claims.${part} takes an object`;
    for (const [name, value] of Object.entries(wanted)) {
      if (value !== null && !isObject(value)) return `claims.${part}.${name} takes null or an object`;
    }
    const { acr } = wanted;
    if (isObject(acr)) {
      const { essential, value, values } = acr;
      if (essential !== undefined && typeof essential !== 'boolean') {
        return `claims.${part}.acr.essential takes true or false`;
      }
      if (value !== undefined && !isAcr(value)) return `claims.${part}.acr.value takes a string`;
      if (values !== undefined && !(Array.isArray(values) && values.length > 0 && values.every(isAcr))) {
        return `claims.${part}.acr.values takes a list of strings`;
      }
    }
    const { sub } = wanted;
    if (isObject(sub) && sub['value'] !== undefined && typeof sub['value'] !== 'string') {
      return `claims.${part}.sub.value takes a string`;
    }
  }
  return null;
}

/**
 * Puts together what is asked. The parameters have been checked; levels are compared exactly, and what the ladder does not
 * know cannot be reached: as an essential value it leaves nothing that can, as a voluntary one it is no wish at all.
 */
export function askedOf(
  parameters: AskedParameters,
  terms: ClientTerms,
  hintedSubject: string | null,
): Asked {
  const claims = typeof parameters.claims === 'string' ? (JSON.parse(parameters.claims) as Claims) : {};
  const wishes = [claims.id_token, claims.userinfo].map((part) => {
    const { essential, value, values = [] } = part?.acr ?? {};
    return { essential: essential === true, values: value === undefined ? values : [value, ...values] };
  });
  // Asked for in both answers, it has to suit both.
  const essentials = wishes.filter(({ essential, values }) => essential && values.length > 0);
  const essential =
    essentials.length === 0
      ? null
      : (essentials[0]?.values ?? []).filter((acr) =>
          essentials.every(({ values }) => values.includes(acr) && isKnown(acr)),
        );
  const acrValues = typeof parameters.acr_values === 'string' ? parameters.acr_values.split(' ') : [];
  const voluntary = [
    ...acrValues,
    ...wishes.filter((wish) => !wish.essential).flatMap(({ values }) => values),
  ].filter(isKnown);

  const prompts = typeof parameters.prompt === 'string' ? parameters.prompt.split(' ') : [];
  const ages = [
    ...(typeof parameters.max_age === 'string' ? [Number(parameters.max_age)] : []),
    ...(terms.maxAge === null ? [] : [terms.maxAge]),
  ];
  const maxAge = ages.length === 0 ? null : Math.min(...ages);
  return {
    essential: essential && [...new Set(essential)],
    voluntary: [...new Set(voluntary)],
    minimum: terms.minimumAcr,
    maxAge: maxAge === 0 ? null : maxAge,
    anew: maxAge === 0 || prompts.includes('login'),
    selectAccount: prompts.includes('select_account'),
    subject: subjectOf(hintedSubject, claims.id_token?.sub?.value ?? null),
  };
}

/** What was asked, of a client whose terms are these by now. */
export function withTerms(asked: Asked, { minimumAcr, maxAge }: ClientTerms): Asked {
  const least = [asked.maxAge, maxAge].filter((one) => one !== null);
  return {
    ...asked,
    minimum: minimumAcr,
    maxAge: least.length === 0 ? null : Math.min(...least) || null,
    anew: asked.anew || maxAge === 0,
  };
}

/** Where the two differ, it can be nobody. */
function subjectOf(hinted: string | null, claimed: string | null): string | null {
  if (hinted === null || claimed === null) return hinted ?? claimed;
  return hinted === claimed ? hinted : '';
}

interface Claims {
  readonly id_token?: ClaimsPart;
  readonly userinfo?: ClaimsPart;
}
interface ClaimsPart {
  readonly acr?: {
    readonly essential?: boolean;
    readonly value?: string;
    readonly values?: readonly string[];
  } | null;
  readonly sub?: { readonly value?: string } | null;
}

const isKnown = (acr: string): boolean => rankOf(acr) >= 0;

function isAcr(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 200;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
