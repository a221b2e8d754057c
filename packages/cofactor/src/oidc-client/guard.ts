import { asksNobody, assess, type Policy, type Requirement } from '../assurance/index.ts';
import { isForeignChange } from '../web/foreign.ts';
import { insufficientAuthentication, type StepUpChallenge } from '../web/challenge.ts';
import { wantsPage, type HttpRequest, type HttpResponse } from '../web/message.ts';
import { pageAsked } from '../web/return-to.ts';
import { signInAddress } from './address.ts';
import { checkedAsk, sealedAsk, type Ask } from './ask.ts';
import type { Context } from './context.ts';
import { requestFor } from './request.ts';
import type { Config } from './options.ts';
import { pages } from './pages.ts';
import { problem } from './problem.ts';
import type { Refresher } from './refresh.ts';
import type { Session } from './session.ts';
import { begin, pageKey, shortKey, triedKey, withCookies } from './sign-in.ts';
import { decideFor, Visitor } from './visitor.ts';

/** What a guard decided: let the visitor in, with cookies for the answer, or answer with this instead. */
export type Guarded =
  { readonly visitor: Visitor; readonly cookies: readonly string[] } | { readonly response: HttpResponse };

/** What a guard wants: somebody who is signed in, and a policy that they meet. */
export interface Wanted {
  readonly policy: Policy | null;
  /** Asked of the issuer where this guard sends somebody there. */
  readonly ask?: Ask | undefined;
}

/** After this part of its idle time a session is written anew, in milliseconds. */
const renewAfterMs = 60_000;

/** Lets a visitor in without waiting for anything, where nothing has to be asked or written; `null` otherwise. */
export function admit(context: Context, { policy }: Wanted, request: HttpRequest): Visitor | null {
  const { config, sessions } = context;
  if (config.store || isForeignChange(config.origin, request)) return null;
  const now = config.clock.now();
  const session = sessions.read(request, now);
  if (!session || session instanceof Promise || isDue(config, session, now)) return null;
  if (!policy) return new Visitor(config, session);
  if (!asksNobody(policy)) return null;
  const decision = decideFor(config, policy, session, now);
  return 'allowed' in decision && decision.allowed ? new Visitor(config, session) : null;
}

/**
 * Guards a page or an API. People are led to sign in, once to prove more, and then to a page that says what is missing;
 * programs get 401 with what is missing in `WWW-Authenticate` (RFC 9470, section 3), or 403. Never throws.
 */
export async function guard(
  context: Context,
  refresher: Refresher,
  wanted: Wanted,
  request: HttpRequest,
): Promise<Guarded> {
  const { config } = context;
  try {
    if (isForeignChange(config.origin, request)) return { response: problem('csrf') };
    const held = await holder(context, refresher, request);
    if ('response' in held) return held;
    const { session, cookies } = held;
    const decision = wanted.policy ? await decideFor(config, wanted.policy, session) : { allowed: true };
    if (session && decision.allowed) return { visitor: new Visitor(config, session), cookies };
    const requirement = 'requirement' in decision ? decision.requirement : null;
    const response = session
      ? await refusal(context, request, session, requirement, wanted.ask)
      : await signInFirst(context, request, requirement, wanted.ask);
    return { response: withCookies(response, cookies) };
  } catch (error) {
    config.log.error({ error }, 'a guarded request failed');
    return { response: unavailable(context, request) };
  }
}

/** The session of a request, renewed and checked at the issuer where that is due. */
export async function holder(
  context: Context,
  refresher: Refresher,
  request: HttpRequest,
): Promise<
  | { readonly session: Session | null; readonly cookies: readonly string[] }
  | { readonly response: HttpResponse }
> {
  const { config, sessions } = context;
  const found = await sessions.read(request);
  if (!found) return { session: null, cookies: [] };
  const session = refresher.newest(found);
  const isBehind = session !== found;
  if (isToCheck(config, session, config.clock.now())) {
    const checked = await refresher.refresh(session, request);
    if ('session' in checked) return checked;
    if ('over' in checked) return { session: null, cookies: checked.cookies };
    if (config.session.whenAway === 'refuse') return { response: unavailable(context, request) };
  }
  const time = config.clock.now();
  if (!isBehind && !isToRenew(config, session, time)) return { session, cookies: [] };
  const now = time.getTime();
  const renewed = await sessions.renew(session, (data) => ({ ...data, seen: Math.max(data.seen, now) }));
  return renewed
    ? { session: renewed, cookies: sessions.handOut(renewed, request) }
    : { session: null, cookies: [] };
}

function isDue(config: Config, session: Session, now: Date): boolean {
  return isToRenew(config, session, now) || isToCheck(config, session, now);
}

function isToRenew({ session: times }: Config, { data }: Session, now: Date): boolean {
  return now.getTime() - data.seen >= Math.min(renewAfterMs, times.idle * 500);
}

function isToCheck({ session: { recheck } }: Config, { data }: Session, now: Date): boolean {
  if (recheck === null || data.tokens.refreshToken === null) return false;
  return now.getTime() - data.checked >= recheck * 1000;
}

async function signInFirst(
  context: Context,
  request: HttpRequest,
  requirement: Requirement | null,
  ask: Ask | undefined,
): Promise<HttpResponse> {
  const { config } = context;
  if (!wantsPage(request)) {
    const answer = problem('not-signed-in', { sign_in: signInAddress(config, '/', null) });
    return { ...answer, headers: { ...answer.headers, 'www-authenticate': 'Bearer' } };
  }
  const returnTo = pageAsked(request, config.origin);
  const [party, another] = config.parties.values();
  // Who may choose is asked. What this route asks goes along, so that nobody takes it out of the link.
  if (!party || another) {
    const location = signInAddress(config, returnTo, requirement, { ask: ask && sealedAsk(config, ask) });
    return { status: 303, headers: { location }, body: null };
  }
  return begin(context, request, { party, returnTo, requirement, ask, automatic: true, session: null });
}

async function refusal(
  context: Context,
  request: HttpRequest,
  session: Session,
  requirement: Requirement | null,
  ask: Ask | undefined,
): Promise<HttpResponse> {
  const { config } = context;
  const { party, data, events } = session;
  const now = config.clock.now();
  // A handler can ask for what is there already; to prove it again would change nothing.
  if (!requirement || assess(requirement, events, now).met) {
    config.log.info({ issuer: party.name }, 'denied by policy');
    return wantsPage(request)
      ? pages.forbidden(context, request, pageAsked(request, config.origin))
      : problem('forbidden');
  }
  if (!wantsPage(request)) return insufficient(config, session, requirement);
  const returnTo = pageAsked(request, config.origin);
  const inItsWords = requestFor(party.dialect, requirement);
  const isBackFromThere = data.ledFrom === pageKey(returnTo) && now.getTime() - data.since < sameAgainMs;
  const isTried = isBackFromThere || data.tried.includes(triedKey(requirement));
  if (config.stepUp && inItsWords && !isTried) {
    return begin(context, request, { party, returnTo, requirement, ask, automatic: true, session });
  }
  const why = isTried ? 'tried' : 'short';
  return pages.denied(context, request, { party, requirement, returnTo, session, why });
}

/** So soon after a sign-in, a page or an API that asks for more again would ask for ever; in milliseconds. */
const sameAgainMs = 60_000;

/**
 * What an API answered with (RFC 9470), handed on: a person is sent to the issuer once with what the API wants, and back
 * to the page; a program gets the challenge.
 */
export async function handOn(
  context: Context,
  request: HttpRequest,
  challenge: StepUpChallenge,
): Promise<HttpResponse> {
  const { config, sessions } = context;
  const { acrValues, maxAge } = challenge;
  if (!wantsPage(request)) {
    const answer = problem('step-up-needed');
    const told = insufficientAuthentication(challenge);
    return { ...answer, headers: { ...answer.headers, 'www-authenticate': told } };
  }
  const session = await sessions.read(request);
  const [first] = config.parties.values();
  const party = session?.party ?? first;
  const returnTo = pageAsked(request, config.origin);
  if (!party) return problem('not-found');
  const key = shortKey(`api/${acrValues ?? ''}/${maxAge ?? ''}`);
  const age = config.clock.now().getTime() - (session?.data.since ?? 0);
  if (session?.data.tried.includes(key) === true && age < sameAgainMs) {
    const requirement = { acr: 'mfa', ...(maxAge !== undefined && { maxAge }) };
    return pages.denied(context, request, { party, requirement, returnTo, session, why: 'refused' });
  }
  const ask = askOf(challenge);
  // What no issuer could be asked for.
  if (!ask) return pages.forbidden(context, request, returnTo);
  return begin(context, request, {
    party,
    returnTo,
    requirement: null,
    ask,
    automatic: true,
    session,
    challenge: key,
  });
}

function askOf({ acrValues, maxAge }: StepUpChallenge): Ask | null {
  try {
    return checkedAsk({
      ...(acrValues !== undefined && { acrValues }),
      ...(maxAge !== undefined && { maxAge }),
    });
  } catch {
    return null;
  }
}

/** The challenge of RFC 9470, in the words of the issuer that could prove it. */
function insufficient(config: Config, { party }: Session, requirement: Requirement): HttpResponse {
  const asked = requestFor(party.dialect, requirement);
  const acrValues = asked?.acrValues ?? requirement.acr;
  const { maxAge } = requirement;
  const challenge = insufficientAuthentication({
    ...(acrValues !== undefined && { acrValues }),
    ...(maxAge !== undefined && { maxAge }),
  });
  const answer = problem('step-up-needed', {
    sign_in: signInAddress(config, '/', requirement, { issuer: party.name }),
  });
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': challenge } };
}

export function unavailable(context: Context, request: HttpRequest): HttpResponse {
  if (wantsPage(request)) return pages.unavailable(context, request);
  return problem('unavailable', { retryAfter: 5 });
}
