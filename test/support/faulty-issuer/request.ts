import type { Wanted } from './decide.ts';
import type { Fault } from './faults.ts';

type Has = (fault: Fault) => boolean;

/** What is wrong with a request, as its OAuth error; `null` where nothing is. */
export function wrongWith(query: URLSearchParams, has: Has): string | null {
  const names = [...query.keys()];
  if (names.length !== new Set(names).size && !has('parameters may come twice')) return 'invalid_request';
  if (query.get('response_type') !== 'code') return 'unsupported_response_type';
  const prompts = (query.get('prompt') ?? '').split(' ');
  if (prompts.includes('none') && prompts.length > 1) return 'invalid_request';
  const number = has('max_age is read as any number') ? /^(?!-)[0-9.ex]+$/ : /^(0|[1-9][0-9]{0,8})$/;
  if (!number.test(query.get('max_age') ?? '0')) return 'invalid_request';
  if (!/^[!-~ ]*$/.test(query.get('acr_values') ?? '')) return 'invalid_request';
  return query.has('claims') && !has('claims that are no JSON are left out')
    ? wrongClaims(query.get('claims') ?? '')
    : null;
}

function wrongClaims(text: string): string | null {
  try {
    const claims = JSON.parse(text) as {
      readonly id_token?: { readonly acr?: { readonly values?: unknown } };
    };
    const isObject = (value: unknown): boolean =>
      typeof value === 'object' && value !== null && !Array.isArray(value);
    const { id_token: part = {} } = claims;
    const { values = [] } = part.acr ?? {};
    return isObject(claims) && isObject(part) && Array.isArray(values) ? null : 'invalid_request';
  } catch {
    return 'invalid_request';
  }
}

/** What a request asks of the sign-in. `fallback` is the default level of its client. */
export function wantedOf(query: URLSearchParams, fallback: string | null, has: Has): Wanted {
  const acrValues = query.get('acr_values')?.split(' ');
  const { acr } = claimsOf(query.get('claims'));
  const values = [...(acr?.value === undefined ? [] : [acr.value]), ...(acr?.values ?? [])];
  const hidden =
    (acrValues && has('acr_values hides the essential acr')) ||
    (fallback !== null && has('a default of the client hides the essential acr'));
  const prompts = (query.get('prompt') ?? '').split(' ');
  const maxAge = query.get('max_age');
  const isZero = maxAge === '0' && !has('max_age=0 counts as none');
  return {
    essential: acr?.essential === true && !hidden ? values : null,
    voluntary: [
      ...(acrValues ?? (fallback === null ? [] : [fallback])),
      ...(acr?.essential === true ? [] : values),
    ],
    maxAge: maxAge === null || maxAge === '0' ? null : Number(maxAge),
    anew: isZero || prompts.includes('login'),
    none: prompts.includes('none'),
  };
}

interface AcrClaim {
  readonly essential?: boolean;
  readonly value?: string;
  readonly values?: readonly string[];
}

function claimsOf(text: string | null): { readonly acr?: AcrClaim | null } {
  try {
    return (JSON.parse(text ?? '{}') as { readonly id_token?: { readonly acr?: AcrClaim } }).id_token ?? {};
  } catch {
    return {};
  }
}
