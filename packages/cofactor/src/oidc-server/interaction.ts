import type { Requirement } from '../assurance/index.ts';
import { assess, rankOf } from '../assurance/index.ts';
import { offersFor, signInRequirement } from '../core/ceremonies/offers.ts';
import type { Engine } from '../core/engine.ts';
import { sha256 } from '../core/ids.ts';
import type { ArtifactRecord } from '../core/oidc-store.ts';
import type { Purpose } from '../core/purposes.ts';
import { loginOf, unusedSince } from '../core/sessions/sessions.ts';
import type { SessionWithUser } from '../core/store.ts';
import { enrolmentAddress } from '../http/enforcement.ts';
import type { HttpResponse } from '../http/index.ts';
import { redirect } from '../http/route.ts';
import type { PageResponse } from './headers.ts';
import type { OidcCall } from './call.ts';
import type { ClientRegistry } from './client-registry.ts';
import { sinceFor, type Decision } from './decide.ts';
import { decisionFor, type InteractionDetails } from './decision.ts';
import { consent, consentedBy, missing } from './grants.ts';
import type { OidcConfig } from './options.ts';
import { consentPage, enablePage, errorPage, leftPage, selectPage, type Frame } from './pages.ts';

/** What the pages of a request in progress are made with. */
export interface InteractionContext {
  readonly engine: Engine;
  readonly config: OidcConfig;
  readonly clients: ClientRegistry;
  /** Ends the request with this result, and gives the address that goes on from there. */
  finish(uid: string, result: Readonly<Record<string, unknown>>): Promise<string>;
  /** Keeps what was chosen so far. */
  keep(uid: string, result: Readonly<Record<string, unknown>>): Promise<void>;
}

/** A request in progress, as it is kept. */
interface InProgress {
  readonly uid: string;
  readonly since: Date;
  readonly details: InteractionDetails;
  readonly application: string;
  readonly redirectUri: string | null;
  readonly loginHint: string | null;
  readonly result: Readonly<Record<string, unknown>>;
}

/**
 * The one page between an application and its answer. It looks at what is decided now and leads to whatever is still needed,
 * one after the other: signing in, a confirmation, setting something up, choosing an account, consent. Then it goes back.
 */
export async function interactionPage(
  context: InteractionContext,
  call: OidcCall,
  uid: string,
  query: URLSearchParams,
): Promise<PageResponse> {
  const { engine, config } = context;
  const frame: Frame = { engine, base: config.authBase, language: call.language };
  const request = await inProgress(context, call, uid);
  if (!request) return errorPage(frame, 400, null);
  const { application, redirectUri } = request;
  // A device is on its own way; there is nothing that its person could go back to.
  const goal = { application, isDevice: redirectUri === null };
  const here = `${config.base}/interaction/${uid}`;
  const decision = await decisionFor(engine, config, call, situationOf(request, call));
  const form = { action: here, hidden: { csrf: tokenOf(engine, call, uid) } };
  const page = (response: HttpResponse): PageResponse => leadingTo(response, redirectUri);

  if (call.session && isSettled(decision, request, call.session)) {
    const { user } = call.session;
    const wishes = await unconsented(engine, user.id, request);
    if (wishes.length === 0) return redirect(await context.finish(uid, request.result));
    const host = redirectUri === null ? null : new URL(redirectUri).host;
    return page(consentPage(frame, { application, user: user.identifier, wishes, host, form }));
  }
  switch (decision.do) {
    case 'refuse':
      return redirect(await context.finish(uid, request.result));
    case 'sign-in': {
      const address = signInPage(config, here, decision.why === 'nobody' ? null : 'login', request.loginHint);
      if (!query.has('left')) return redirect(address);
      return page(leftPage(frame, { ...goal, from: 'sign-in', optional: false, again: address, form }));
    }
    case 'select-account': {
      const user = call.session?.user.identifier ?? '';
      const other = signInPage(config, here, 'login', null);
      return page(selectPage(frame, { ...goal, user, form, other }));
    }
    case 'step-up': {
      if (!call.session) break;
      const { optional } = decision;
      const now = engine.config.clock.now();
      const since = sinceFor(request.details.asked, request.since, now) ?? now;
      const { requirement, reachable } = await requirementOf(engine, call.session, decision, since);
      const stepUp = `${config.authBase}/step-up?${String(new URLSearchParams({ return_to: here }))}`;
      if (!reachable) {
        const stronger = decision.amr.length > 0 || rankOf(requirement.acr ?? '') > rankOf('mfa');
        const enrolAddress = await enrolmentAddress({ engine, base: config.authBase }, call.session, here);
        const user = call.session.user.identifier;
        return page(enablePage(frame, { ...goal, user, stronger, optional, enrolAddress, form }));
      }
      // Taken alone, each proof would do; together they do not, so all of it is asked for again.
      if (assess(requirement, call.session.session.events, now, { since }).met) {
        return redirect(signInPage(config, here, 'login', request.loginHint));
      }
      if (!query.has('left')) return redirect(stepUp);
      return page(leftPage(frame, { ...goal, from: 'confirmation', optional, again: stepUp, form }));
    }
    case 'pass':
      break;
  }
  return errorPage(frame, 400, null);
}

/** Whether nothing more has to be proved: it is enough, or this person declined what the application can do without. */
function isSettled(decision: Decision, { result }: InProgress, { user }: SessionWithUser): boolean {
  if (decision.do === 'step-up') return decision.optional && result['declined'] === user.id;
  return decision.do === 'pass';
}

/** A button on one of these pages was pressed. */
export async function interactionChoice(
  context: InteractionContext,
  call: OidcCall,
  uid: string,
  body: URLSearchParams,
): Promise<PageResponse> {
  const { engine, config } = context;
  const request = await inProgress(context, call, uid);
  if (!request || body.get('csrf') !== tokenOf(engine, call, uid)) {
    return errorPage({ engine, base: config.authBase, language: call.language }, 400, null);
  }
  const here = `${config.base}/interaction/${uid}`;
  const { session } = call;
  switch (body.get('choice')) {
    case 'decline': {
      const decision = await decisionFor(engine, config, call, situationOf(request, call));
      if (decision.do !== 'step-up' || !decision.optional) {
        return redirect(await context.finish(uid, request.result));
      }
      // It goes on with less, and there may be a consent to ask for.
      await context.keep(uid, { ...request.result, declined: session?.user.id });
      return redirect(here);
    }
    case 'deny':
      return redirect(
        await context.finish(uid, {
          error: 'access_denied',
          error_description: 'the person did not consent',
        }),
      );
    case 'this':
      await context.keep(uid, { ...request.result, selected: true });
      return redirect(here);
    case 'allow': {
      const decision = await decisionFor(engine, config, call, situationOf(request, call));
      // Nobody agrees to anything for somebody who has not proved yet to be who they are.
      if (session && isSettled(decision, request, session)) {
        const wishes = await unconsented(engine, session.user.id, request);
        if (wishes.length > 0) await consent(engine, session.user.id, request.details.clientId, wishes);
        await context.keep(uid, { ...request.result, consent: { user: session.user.id } });
      }
      return redirect(here);
    }
    default:
      return redirect(here);
  }
}

async function unconsented(
  engine: Engine,
  userId: string,
  { details, result }: InProgress,
): Promise<readonly string[]> {
  const { user } = (result['consent'] ?? {}) as { readonly user?: string };
  if (details.askAgain && user !== userId) return details.wishes;
  return missing(details.wishes, await consentedBy(engine, userId, details.clientId));
}

function situationOf(request: InProgress, { session }: OidcCall): Parameters<typeof decisionFor>[3] {
  const { details, since, result } = request;
  return {
    asked: details.asked,
    clientId: details.clientId,
    since,
    final: false,
    // Who signed in on the way has chosen.
    selected: result['selected'] === true || (session !== null && session.session.createdAt >= since),
  };
}

/** Of a browser's own; another one's is not there. */
async function inProgress(
  context: InteractionContext,
  call: OidcCall,
  uid: string,
): Promise<InProgress | null> {
  const artifact = await findInteraction(context.engine, uid);
  if (!artifact || call.browser === null) return null;
  const payload = JSON.parse(artifact.payload) as KeptInteraction;
  return payload.browser === call.browser ? readInteraction(context.clients, uid, artifact) : null;
}

interface KeptInteraction {
  readonly browser?: string;
  readonly prompt?: { readonly details?: InteractionDetails };
  readonly params?: { readonly redirect_uri?: string; readonly login_hint?: string };
  readonly result?: Readonly<Record<string, unknown>>;
}

async function findInteraction(engine: Engine, uid: string): Promise<ArtifactRecord | null> {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(uid)) return null;
  const { store, realm, config } = engine;
  return store.oidc.find(realm, sha256(`Interaction ${uid}`), config.clock.now(), unusedSince(engine));
}

async function readInteraction(
  clients: ClientRegistry,
  uid: string,
  artifact: ArtifactRecord,
): Promise<InProgress | null> {
  const { prompt, params, result } = JSON.parse(artifact.payload) as KeptInteraction;
  const details = prompt?.details;
  const client = details && (await clients.find(details.clientId));
  if (!details || !client) return null;
  return {
    uid,
    since: artifact.createdAt,
    details,
    application: client.name,
    redirectUri: params?.redirect_uri ?? null,
    loginHint: params?.login_hint ?? null,
    result: result ?? {},
  };
}

/** What people are on the way to who were sent to the sign-in pages by an application. */
export function purposeFinder(
  engine: Engine,
  config: OidcConfig,
  clients: ClientRegistry,
): (path: string, session: SessionWithUser | null) => Promise<Purpose | null> {
  return async (path, session) => {
    const uid = /^[^?#]*\/([A-Za-z0-9_-]{1,64})(?:[?#]|$)/.exec(path)?.[1];
    const artifact = uid === undefined ? null : await findInteraction(engine, uid);
    const request = artifact && uid !== undefined ? await readInteraction(clients, uid, artifact) : null;
    if (!request) return null;
    const { asked, clientId } = request.details;
    const { since, application } = request;
    if (!session) {
      const wanted = asked.essential ?? (asked.voluntary.length > 0 ? asked.voluntary : [asked.minimum]);
      const maxAge = asked.anew ? 0 : asked.maxAge;
      const [acr] = wanted;
      return {
        application,
        client: clientId,
        since,
        requirement: { ...(typeof acr === 'string' && { acr }), ...(maxAge !== null && { maxAge }) },
      };
    }
    const decision = await decisionFor(
      engine,
      config,
      { session },
      { asked, clientId, since, final: false, selected: true },
    );
    if (decision.do !== 'step-up') {
      const account = await engine.store.account(engine.realm, { id: session.user.id });
      return account && { application, client: clientId, since, requirement: signInRequirement(account) };
    }
    const fresh = sinceFor(asked, since, engine.config.clock.now());
    const { requirement } = await requirementOf(engine, session, decision, fresh ?? since);
    return { application, client: clientId, since: fresh, requirement };
  };
}

/**
 * What a person is asked for: of the levels that would do the first that their account can reach, and never less than it can
 * give at sign-in. Where it can reach none, the lowest.
 */
async function requirementOf(
  engine: Engine,
  { session, user }: SessionWithUser,
  decision: Extract<Decision, { do: 'step-up' }>,
  since: Date,
): Promise<{ readonly requirement: Requirement; readonly reachable: boolean }> {
  const account = await engine.store.account(engine.realm, { id: user.id });
  if (!account) return { requirement: {}, reachable: false };
  const own = signInRequirement(account).acr ?? 'pwd';
  const age = {
    ...(decision.maxAge !== null && { maxAge: decision.maxAge }),
    ...(decision.amr.length > 0 && { amr: decision.amr }),
  };
  const levels = decision.wanted.length === 0 ? [own] : decision.wanted;
  const candidates = levels.map((acr) => ({ acr: rankOf(acr) < rankOf(own) ? own : acr, ...age }));
  const reachable = candidates.find(
    (requirement) => offersFor(engine, account, requirement, session.events, since).length > 0,
  );
  if (reachable) return { requirement: reachable, reachable: true };
  const [lowest = {}] = candidates.toSorted((a, b) => rankOf(a.acr) - rankOf(b.acr));
  // Something is enrolled that would do and cannot be used now: the page of the confirmation says so, nobody sets up anew.
  const asksMore = decision.amr.length > 0 || rankOf((lowest as Requirement).acr ?? '') > rankOf('mfa');
  const isOutage = own === 'mfa' && !asksMore;
  return { requirement: lowest, reachable: isOutage };
}

function signInPage(
  config: OidcConfig,
  returnTo: string,
  prompt: string | null,
  hint: string | null,
): string {
  const query = new URLSearchParams({
    return_to: returnTo,
    ...(prompt !== null && { prompt }),
    ...(hint !== null && hint.length <= 254 && { login_hint: hint }),
  });
  return `${config.authBase}/sign-in?${String(query)}`;
}

/** What shows that a form is from a page of this browser for this request. */
function tokenOf(engine: Engine, call: OidcCall, uid: string): string {
  const login = call.session ? loginOf(call.session.session) : '';
  return engine.keys.hmac('csrf', `${call.browser ?? ''} ${login} ${uid}`);
}

/** Browsers hold what a form leads to against the policy of its page, redirects included. */
function leadingTo(response: HttpResponse, uri: string | null): PageResponse {
  return { ...response, formTarget: uri };
}
