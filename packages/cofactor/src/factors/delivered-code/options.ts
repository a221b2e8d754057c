import { CofactorError, type CofactorErrorCode } from '../../base/errors.ts';

/** Refuses an option that is not there, and a `send` that is neither a function nor `'event'`. */
export function checkSender(
  maker: string,
  code: CofactorErrorCode,
  options: { readonly send?: unknown },
  needed: boolean,
): void {
  const { send, ...unknown } = options ?? {};
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new CofactorError(code, `${maker}() has no option ${name}`);
  const fits = typeof send === 'function' || send === 'event' || (send === undefined && !needed);
  if (!fits) throw new CofactorError(code, `${maker}({ send }) takes a function, or 'event'`);
}
