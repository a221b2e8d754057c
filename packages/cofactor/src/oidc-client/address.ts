import type { Requirement } from '../assurance/index.ts';
import type { Config } from './options.ts';

/** Where somebody signs in, by hand, with at least this. */
export function signInAddress(
  { base }: Config,
  returnTo: string,
  requirement: Requirement | null,
  issuer?: string,
): string {
  const query = new URLSearchParams({
    ...(issuer !== undefined && { issuer }),
    ...(requirement?.acr !== undefined && { acr: requirement.acr }),
    ...(requirement?.maxAge !== undefined && { max_age: String(requirement.maxAge) }),
    return_to: returnTo,
  });
  return `${base}/sign-in?${query.toString()}`;
}
