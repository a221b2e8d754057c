import type { StepOutcome } from '../core/ceremonies/outcome.ts';
import type { Cofactor } from '../core/cofactor.ts';
import { clearCookie, setCookie } from './cookies.ts';
import { newCsrf } from './csrf.ts';
import { afterSignIn } from './enforcement.ts';
import { safeReturnTo } from '../web/return-to.ts';

/**
 * What an application that handed over its own first factor answers with: the cookies of the outcome, and where
 * to send the person next. For a refusal it is `null`.
 */
export async function outcomeHeaders(
  auth: Cofactor,
  base: string,
  outcome: StepOutcome,
): Promise<{ readonly 'set-cookie': readonly string[]; readonly location: string } | null> {
  const { config } = auth.engine;
  switch (outcome.status) {
    case 'refused':
    case 'pending':
      return null;
    case 'enrol':
    case 'sign-in':
      return { 'set-cookie': [], location: safeReturnTo(outcome.returnTo, config.origin) };
    case 'more-needed': {
      const cookies = outcome.secret === null ? [] : [setCookie(config, 'ceremony', outcome.secret, 600)];
      return { 'set-cookie': cookies, location: `${base}/sign-in` };
    }
    case 'done': {
      const cookies =
        outcome.secret === null
          ? []
          : [
              setCookie(config, 'session', outcome.secret, config.session.absolute),
              // What was meant for whoever was here before is nothing to this person.
              newCsrf(auth.engine).cookie,
              ...(['ceremony', 'form', 'enrolment'] as const).map((kind) => clearCookie(config, kind)),
            ];
      // The application may well have it from an address, so it is checked where it is followed (I-25).
      const to = await afterSignIn({ engine: auth.engine, base }, outcome);
      return { 'set-cookie': cookies, location: safeReturnTo(to, config.origin) };
    }
  }
}
