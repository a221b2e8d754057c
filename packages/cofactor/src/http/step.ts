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
import { afterSignIn, enrolmentAddress } from './enforcement.ts';
import { signInAddress } from './ways.ts';
import { ceremonyView } from './views.ts';

const knownLifeSeconds = 180 * 86_400;
const ceremonyLifeSeconds = 600;

/** The answer to a step of a ceremony, with the cookies that go with it. */
export async function step(call: Call, outcome: StepOutcome): Promise<HttpResponse> {
  const { config } = call.engine;
  const answer = (view: StepView, headers: HttpResponse['headers'] = {}): HttpResponse =>
    json(200, view, headers);
  switch (outcome.status) {
    case 'refused':
      return problemOf(outcome);
    case 'pending':
      return answer({ status: 'pending', retryAfter: outcome.retryAfter });
    case 'enrol':
      return answer({
        status: 'enrol',
        returnTo: await enrolmentAddress(call, call.session, outcome.returnTo),
      });
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
      const to = outcome.purpose === 'sign-in' ? await afterSignIn(call, outcome) : outcome.returnTo;
      const view: StepView = { status: 'done', returnTo: safeReturnTo(to, config.origin) };
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
