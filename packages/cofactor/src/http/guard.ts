import {
  assess,
  asksNobody,
  decide,
  type Assurance,
  type Decision,
  type Policy,
  type Requirement,
} from '../assurance/index.ts';
import { offersFor } from '../core/ceremonies/offers.ts';
import { evaluateNamed, policyNamed, withDemands, type Cofactor } from '../core/cofactor.ts';
import type { NewOperation, UsedOperation } from '../core/operations/operations.ts';
import { cachedSession, readSession } from '../core/sessions/sessions.ts';
import type { SessionWithUser, UserRecord } from '../core/store.ts';
import { readCookie } from './cookies.ts';
import { languageOf } from './language.ts';
import { isForeignChange } from '../web/foreign.ts';
import { insufficientAuthentication } from '../web/challenge.ts';
import { wantsPage, type HttpRequest, type HttpResponse } from '../web/message.ts';
import { wordsPage } from './page.ts';
import { pageTexts } from './texts.ts';
import { problem, problemOfError } from './problem.ts';
import { pageAsked } from '../web/return-to.ts';
import { redirect } from './route.ts';
import { secured } from '../web/security-headers.ts';
import { enrolmentAddress } from './enforcement.ts';
import { signInAddress, stepUpAddress } from './ways.ts';

/** What the application's own handlers know of who asks: nobody, or a session and what it proves. */
export class Visitor {
  readonly session: SessionWithUser | null;
  readonly #auth: Cofactor;

  constructor(auth: Cofactor, session: SessionWithUser | null) {
    this.#auth = auth;
    this.session = session;
  }

  get user(): UserRecord | null {
    return this.session?.user ?? null;
  }

  get assurance(): Assurance | null {
    return this.session && this.#auth.assurance(this.session);
  }

  /** Whether a policy would let this visitor in: for menus and buttons, by the same rule as the guard. */
  async allows(policy: string): Promise<boolean> {
    return this.session !== null && (await evaluateNamed(this.#auth.engine, policy, this.session)).allowed;
  }

  /**
   * Has this visitor confirm one operation: redirect to `location`. `null` where nobody is signed in. See
   * `auth.operations.begin`.
   */
  async confirm(
    operation: Omit<NewOperation, 'session'>,
  ): Promise<{ readonly id: string; readonly location: string } | null> {
    return this.session && this.#auth.operations.begin({ ...operation, session: this.session });
  }

  /** Whether this visitor has confirmed exactly this: true once. See `auth.operations.use`. */
  async confirmed(operation: Omit<UsedOperation, 'session'>): Promise<boolean> {
    return this.session !== null && this.#auth.operations.use({ ...operation, session: this.session });
  }
}

/** Reads who asks. A database that is away is an error, never "nobody". */
export async function visitorOf(auth: Cofactor, request: HttpRequest): Promise<Visitor> {
  const { engine } = auth;
  return new Visitor(auth, await readSession(engine, readCookie(engine.config, request, 'session')));
}

/**
 * Lets a visitor in without waiting for anything, where the session is cached and the policy needs no handler;
 * `null` sends the request the long way round, through `guard`.
 */
export function admit(auth: Cofactor, policy: Policy, request: HttpRequest): Visitor | null {
  const { engine } = auth;
  if (isForeignChange(auth.engine.config.origin, request)) return null;
  const session = cachedSession(engine, readCookie(engine.config, request, 'session'));
  if (!session) return null;
  const { events } = session.session;
  const now = engine.config.clock.now();
  const rules = engine.enforcement.withoutFault(session);
  if (!rules || !asksNobody(policy)) return null;
  const subject = { events, roles: session.user.roles, now };
  const decision = decide(withDemands(policy, rules, session.user, now), subject);
  return 'allowed' in decision && decision.allowed ? new Visitor(auth, session) : null;
}

/** What a guard decided: let the visitor in, or answer with this instead. */
export type Guarded = { readonly visitor: Visitor } | { readonly response: HttpResponse };

/**
 * Guards a page or an API by a named policy. People are led to sign in, to step up or to set something up, and
 * back; programs get 401 with what is missing in `WWW-Authenticate` (RFC 9470, section 3), or 403.
 */
export async function guard(
  auth: Cofactor,
  base: string,
  policy: string,
  request: HttpRequest,
): Promise<Guarded> {
  const { engine } = auth;
  try {
    if (isForeignChange(auth.engine.config.origin, request))
      return { response: secured(engine.config.origin, problem('csrf')) };
    const visitor = await visitorOf(auth, request);
    if (!visitor.session)
      return { response: secured(engine.config.origin, signInFirst(auth, base, request)) };
    const decision = await evaluateNamed(engine, policy, visitor.session);
    if (decision.allowed) return { visitor };
    return {
      response: secured(
        engine.config.origin,
        await refusal(auth, base, policy, request, visitor.session, decision),
      ),
    };
  } catch (error) {
    return { response: secured(engine.config.origin, problemOfError(error, engine.config.log)) };
  }
}

function signInFirst(auth: Cofactor, base: string, request: HttpRequest): HttpResponse {
  if (wantsPage(request)) {
    return redirect(signInAddress(auth.engine.config, base, pageAsked(request, auth.engine.config.origin)));
  }
  const answer = problem('not-signed-in');
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': 'Bearer' } };
}

async function refusal(
  auth: Cofactor,
  base: string,
  policy: string,
  request: HttpRequest,
  session: SessionWithUser,
  decision: Decision & { readonly allowed: false },
): Promise<HttpResponse> {
  const { engine } = auth;
  const page = wantsPage(request);
  if ('denied' in decision) {
    engine.config.log.info({ policy, denied: decision.denied, user: session.user.id }, 'denied by policy');
    if (!page) return problem('forbidden');
    const language = languageOf(engine.config, request);
    const { denied, deniedText, start } = pageTexts[language];
    return wordsPage({ base, engine, language }, 403, denied, deniedText, [{ href: '/', text: start }]);
  }
  if (!page) return insufficient(decision.requirement);
  const returnTo = pageAsked(request, auth.engine.config.origin);
  const account = await engine.store.account(engine.realm, { id: session.user.id });
  const now = engine.config.clock.now();
  const canStepUp =
    account !== null &&
    offersFor(engine, account, decision.requirement, session.session.events, now).length > 0;
  const enrolled = account?.authenticators.some(({ usage }) => usage === 'second') === true;
  // Something enrolled that cannot be used is for the step-up page to say; setting up anew is for who has nothing.
  if (!canStepUp && !enrolled) {
    const assessment = assess(decision.requirement, session.session.events, now);
    const again = !assessment.met && assessment.missing.reason === 'too-old';
    if (again) return redirect(signInAddress(engine.config, base, returnTo));
    return redirect(await enrolmentAddress({ base, engine }, session, returnTo));
  }
  return redirect(stepUpAddress(engine.config, base, policy, returnTo));
}

/** The challenge of RFC 9470 to a session that is too weak or too old. */
function insufficient({ acr, maxAge }: Requirement): HttpResponse {
  const answer = problem('step-up-needed');
  const challenge = insufficientAuthentication({
    ...(acr !== undefined && { acrValues: acr }),
    ...(maxAge !== undefined && { maxAge }),
  });
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': challenge } };
}

/** The policy of a name. Fails at start, and not at the first visit, where a guard names one that does not exist. */
export function policyFor(auth: Cofactor, name: string): Policy {
  return policyNamed(auth.engine, name);
}
