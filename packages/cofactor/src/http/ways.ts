import type { Config } from '../core/options.ts';
import type { Call } from './route.ts';

/** Where a person signs in: our page, or the application's own. */
export function signInPage(config: Config, base: string): string {
  return config.signInPage ?? config.pages.signIn ?? `${base}/sign-in`;
}

/** Where a person signs in, to come back from: our page, or the application's own. */
export function signInAddress(config: Config, base: string, returnTo: string): string {
  return `${signInPage(config, base)}?${String(new URLSearchParams({ return_to: returnTo }))}`;
}

/** Where a person confirms what a policy asks. */
export function stepUpAddress(config: Config, base: string, policy: string, returnTo: string): string {
  const page = config.pages.stepUp ?? `${base}/step-up`;
  return `${page}?${String(new URLSearchParams({ policy, return_to: returnTo }))}`;
}

/** Where an account that has nothing to meet a policy with sets something up, and comes back from. */
export function enrolPage({ base, engine }: Pick<Call, 'base' | 'engine'>, returnTo: string): string {
  const page = engine.config.pages.security ?? `${base}/security`;
  const [path] = returnTo.split(/[?#]/, 1);
  // Pages that do not lead here again.
  if (path === page || path === `${base}/security` || path === `${base}/denied`) return returnTo;
  return `${page}?${String(new URLSearchParams({ return_to: returnTo }))}`;
}
