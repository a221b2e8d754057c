import { CofactorError } from '../base/errors.ts';

export function wrong(option: string, takes: string): CofactorError {
  return new CofactorError('ERR_CONFIG_OIDC_CLIENT', `createOidcClient({ ${option} }) ${takes}`);
}

/** Whether there are options in it; programs without types pass anything. */
export function isOptions(given: unknown): boolean {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}
