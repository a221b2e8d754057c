import type { Requirement } from '../assurance/index.ts';
import type { Config } from './options.ts';

/** Where somebody signs in, by hand, with at least this. `ask` is what a route asks besides, sealed. */
export function signInAddress(
  { base }: Config,
  returnTo: string,
  requirement: Requirement | null,
  { issuer, ask }: { readonly issuer?: string | undefined; readonly ask?: string | null | undefined } = {},
): string {
  const query = new URLSearchParams({
    ...(issuer !== undefined && { issuer }),
    ...(requirement?.acr !== undefined && { acr: requirement.acr }),
    ...(requirement?.maxAge !== undefined && { max_age: String(requirement.maxAge) }),
    ...(typeof ask === 'string' && { ask }),
    return_to: returnTo,
  });
  return `${base}/sign-in?${query.toString()}`;
}
