import { CofactorError } from '../base/errors.ts';

export function wrong(option: string, takes: string): CofactorError {
  return new CofactorError('ERR_CONFIG_OIDC_CLIENT', `createOidcClient({ ${option} }) ${takes}`);
}
