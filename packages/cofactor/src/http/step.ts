import type { Config } from '../core/options.ts';
import { deviceLife } from '../core/ceremonies/devices.ts';
import type { StepOutcome } from '../core/ceremonies/outcome.ts';
import { isKnownBrowser, knownBrowserCookie } from '../core/limits/bucket.ts';
import type { StepView } from './contract.ts';
import { clearCookie, readCookie, setCookie } from './cookies.ts';
import { csrfToken } from './csrf.ts';
import type { HttpResponse } from '../web/message.ts';
import { problemOf } from './problem.ts';
import { safeReturnTo } from '../web/return-to.ts';
import { json, type Call } from './route.ts';
import { ceremonyView } from './views.ts';

const knownLifeSeconds = 180 * 86_400;
const ceremonyLifeSeconds = 600;

/** The answer to a step of a ceremony, with the cookies that go with it. */
export function step(call: Call, outcome: StepOutcome): HttpResponse {
  const { config } = call.engine;
  const answer = (view: StepView, headers: HttpResponse['headers'] = {}): HttpResponse =>
    json(200, view, headers);
  switch (outcome.status) {
    case 'refused':
      return problemOf(outcome);
    case 'pending':
      return answer({ status: 'pending', retryAfter: outcome.retryAfter });
    case 'enrol':
      return answer({ status: 'enrol', returnTo: enrolPage(call, outcome.returnTo) });
    case 'sign-in':
      return answer({
        status: 'enrol',
        returnTo: signInAddress(call.engine.config, call.base, outcome.returnTo),
      });
    case 'more-needed': {
      const view: StepView = {
        status: 'more-needed',
        ceremony: ceremonyView(call.engine, outcome, call.base, call.language),
      };
      return outcome.secret === null
        ? answer(view)
        : answer(view, { 'set-cookie': setCookie(config, 'ceremony', outcome.secret, ceremonyLifeSeconds) });
    }
    case 'done': {
      const view: StepView = { status: 'done', returnTo: safeReturnTo(outcome.returnTo, config.origin) };
      if (outcome.secret === null) return answer(view);
      const { 'set-cookie': cookies, ...headers } = renewed(call, outcome.secret);
      const known = readCookie(config, call.request, 'known');
      const { canonical } = outcome.user;
      return answer(view, {
        ...headers,
        'set-cookie': [
          ...cookies,
          clearCookie(config, 'ceremony'),
          ...(outcome.device === undefined ? [] : [setCookie(config, 'device', outcome.device, deviceLife)]),
          ...(isKnownBrowser(call.engine, canonical, known)
            ? []
            : [setCookie(config, 'known', knownBrowserCookie(call.engine, canonical), knownLifeSeconds)]),
        ],
      });
    }
  }
}

/** Where a person signs in, to come back from: our page, or the application's own. */
export function signInAddress(config: Config, base: string, returnTo: string): string {
  const page = config.signInPage ?? config.pages.signIn ?? `${base}/sign-in`;
  return `${page}?${String(new URLSearchParams({ return_to: returnTo }))}`;
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

/** The headers of a session that goes on under a new id: its cookie, and a CSRF token of its own. */
export function renewed(
  call: Call,
  secret: string,
): { readonly 'set-cookie': readonly string[]; readonly 'x-csrf-token': string } {
  const { config } = call.engine;
  const { token, cookie } = csrfToken(call.engine, call.request, true);
  return {
    'set-cookie': [
      setCookie(config, 'session', secret, config.session.absolute),
      ...(cookie === null ? [] : [cookie]),
    ],
    'x-csrf-token': token,
  };
}
