import { CofactorError } from '../../base/errors.ts';

export function wrong(option: string, problem: string): CofactorError {
  return new CofactorError('ERR_CONFIG_OPENID', `openid({ ${option} }) ${problem}`);
}
