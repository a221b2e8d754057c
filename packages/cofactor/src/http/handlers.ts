import { assuranceOf } from '../assurance/index.ts';
import { beginEnrolment, confirmEnrolment } from '../core/authenticators/enrol.ts';
import { manageRequirement } from '../core/ceremonies/offers.ts';
import { readCeremony, stepUp } from '../core/ceremonies/step-up.ts';
import { evaluateNamed } from '../core/cofactor.ts';
import type { Engine } from '../core/engine.ts';
import type { FactorProvider } from '../core/provider.ts';
import { signInByDiscovery } from '../core/ceremonies/discover.ts';
import { canDiscover, challenge, discoverChallenge } from '../core/ceremonies/challenge.ts';
import { signIn } from '../core/ceremonies/sign-in.ts';
import { sendConfirmation } from '../core/account/email.ts';
import { readOperation } from '../core/operations/operations.ts';
import { register } from '../core/users/register.ts';
import type {
  ChallengeBody,
  ChallengeView,
  ConfirmBody,
  ConfirmedView,
  ContextView,
  EnrolmentView,
  RegisterBody,
  SignInBody,
  StepUpBody,
} from './contract.ts';
import { served } from './asset.ts';
import { clearCookie, readCookie, setCookie } from './cookies.ts';
import { csrfToken } from './csrf.ts';
import { extensionsOf } from './extensions.ts';
import type { HttpResponse } from '../web/message.ts';
import { wordsPage } from './page.ts';
import { problem, problemOf } from './problem.ts';
import { safeReturnTo } from '../web/return-to.ts';
import { json, redirect, type Call } from './route.ts';
import { renewed, step } from './step.ts';
import { pageTexts } from './texts.ts';
import {
  authenticatorView,
  ceremonyView,
  providerBrief,
  loginAssetName,
  providerInfo,
  setupAssetName,
  userView,
} from './views.ts';

/** What routes do that takes more than a few lines, so that their table stays one to be read. */

export async function context(call: Call): Promise<HttpResponse> {
  const { view, cookie } = await contextView(call, call.query.get('return_to'));
  return json(200, view, cookie === null ? {} : { 'set-cookie': cookie });
}

/**
 * What a page needs before it can do anything, and the CSRF cookie of a browser that has none yet. `returnTo` is where it
 * leads to, as its address says.
 */
export async function contextView(
  call: Pick<Call, 'engine' | 'request' | 'base' | 'language' | 'session'>,
  returnTo: string | null = null,
): Promise<{ readonly view: ContextView; readonly cookie: string | null }> {
  const { engine, request, base, language, session } = call;
  const { token, cookie } = csrfToken(engine, request);
  const running = await readCeremony(engine, readCookie(engine.config, request, 'ceremony'), session);
  const assurance = session && assuranceOf(session.session.events);
  const purpose =
    returnTo === null ? null : await engine.purposes.find(safeReturnTo(returnTo, engine.config.origin));
  const view: ContextView = {
    csrf: token,
    product: { name: engine.config.name },
    application: purpose && purpose !== 'over' ? purpose.application : null,
    registration: engine.config.registration,
    offers: { remember: engine.config.rememberDevices, reset: engine.config.mail !== null },
    first: [...engine.config.providers.values()]
      .filter(({ usage, discover }) => (discover ? canDiscover(engine) : usage === 'first'))
      .map((one) => (engine.config.registration ? providerInfo : providerBrief)(engine, one, base, language)),
    ceremony: running && ceremonyView(engine, running, base, language),
    session: session && {
      user: userView(session.user),
      acr: assurance?.acr ?? '',
      amr: assurance?.amr ?? [],
    },
    language,
  };
  return { view, cookie };
}

export async function beginSignIn(call: Call): Promise<HttpResponse> {
  const { engine, client, session, request } = call;
  const { identifier, provider, response, returnTo } = call.body as SignInBody;
  const asked = { provider, response, client, session };
  if (identifier !== undefined) {
    return step(call, await signIn(engine, { identifier, ...asked, ...whereTo(call, returnTo) }));
  }
  const cookie = challengeCookie(engine.config.providers.get(provider));
  const secret = readCookie(engine.config, request, cookie);
  const back = returnTo === undefined ? undefined : whereTo(call, returnTo).returnTo;
  return step(call, await signInByDiscovery(engine, { secret, ...asked, returnTo: back }));
}

function challengeCookie(provider: FactorProvider | undefined): 'external' | 'challenge' {
  return provider?.view.away ? 'external' : 'challenge';
}

export async function createAccount(call: Call): Promise<HttpResponse> {
  const { engine, base, client, session } = call;
  const body = call.body as RegisterBody;
  const outcome = await register(engine, { ...body, ...whereTo(call, body.returnTo), client, session });
  if (outcome.status === 'done' && engine.config.mail) {
    // Where the name is an address, it is asked to confirm itself.
    const { id } = outcome.user;
    engine.background.run('confirmation', async () => {
      const account = await engine.store.account(engine.realm, { id });
      if (account) await sendConfirmation(engine, { user: account.user, base, client });
    });
  }
  return step(call, outcome);
}

export async function beginChallenge(call: Call): Promise<HttpResponse> {
  const { engine, base, client, session, request } = call;
  const { config } = engine;
  const { authenticator, provider, returnTo } = call.body as ChallengeBody;
  if ((authenticator === undefined) === (provider === undefined)) return problem('malformed');
  const secret = readCookie(config, request, 'ceremony');
  const outcome =
    authenticator === undefined
      ? await discoverChallenge(engine, {
          provider: provider ?? '',
          ...whereTo(call, returnTo),
          base,
          client,
        })
      : await challenge(engine, { secret, session, authenticator, base, client });
  if (outcome.status === 'refused') return problemOf(outcome);
  const view: ChallengeView = {
    provider: outcome.provider.name,
    view: outcome.view as Record<string, unknown>,
    expiresAt: outcome.expiresAt.toISOString(),
    ...(outcome.resendAfter !== null && { resendAfter: outcome.resendAfter }),
  };
  if (outcome.secret === null) return json(200, view);
  const life = outcome.provider.challenge?.lifetime ?? 300;
  const cookie = challengeCookie(outcome.provider);
  return json(200, view, { 'set-cookie': setCookie(config, cookie, outcome.secret, life) });
}

export async function beginStepUp(call: Call): Promise<HttpResponse> {
  const { engine, base } = call;
  const session = sessionOf(call);
  const { policy, anew = false, ...body } = call.body as StepUpBody;
  const { returnTo: back } = whereTo(call, body.returnTo);
  const account = await accountOf(call);
  if (!account) return problem('not-found');
  if (policy === undefined) {
    const purpose = await engine.purposes.find(back, session);
    if (purpose === 'over')
      return step(call, { status: 'done', purpose: 'step-up', secret: null, ...session, returnTo: back });
    const asked = purpose ?? { requirement: manageRequirement(account) };
    // Nothing that was proved before counts then, whoever asks.
    const more = anew ? { requirement: { ...asked.requirement, maxAge: 0 }, since: null } : {};
    return step(call, await stepUp(engine, { ...asked, ...more, session, policy: null, returnTo: back }));
  }
  // A name that came from an address: one that does not exist is a wrong link, not a broken server.
  if (!engine.config.policies.has(policy)) return problem('not-found');
  const decision = await evaluateNamed(engine, policy, session);
  if (decision.allowed)
    return step(call, { status: 'done', purpose: 'step-up', secret: null, ...session, returnTo: back });
  if ('denied' in decision) return step(call, { status: 'enrol', returnTo: `${base}/denied` });
  return step(
    call,
    await stepUp(engine, { session, requirement: decision.requirement, policy, returnTo: back }),
  );
}

/**
 * Where the confirmation of an operation leads back to: on to the application, which asks whether it is worth anything. Until
 * it is proved or given up, to the page where it is.
 */
export async function operation(call: Call): Promise<HttpResponse> {
  const { engine, base, rest, query, language } = call;
  const found = await readOperation(engine, sessionOf(call), rest);
  if (!found) {
    const { operationOver, operationOverText, start } = pageTexts[language];
    return wordsPage(call, 404, operationOver, operationOverText, [{ href: '/', text: start }]);
  }
  if (found.waits && !query.has('left')) {
    const page = engine.config.pages.stepUp ?? `${base}/step-up`;
    const back = new URLSearchParams({ return_to: `${base}/operations/${rest}` });
    return redirect(`${page}?${String(back)}`);
  }
  const to = new URL(safeReturnTo(found.returnTo, engine.config.origin), engine.config.origin);
  to.searchParams.set('operation', rest);
  return redirect(safeReturnTo(`${to.pathname}${to.search}${to.hash}`, engine.config.origin));
}

export async function enrol(call: Call): Promise<HttpResponse> {
  const { provider, input, returnTo } = call.body as {
    provider: string;
    input?: unknown;
    returnTo?: string;
  };
  const outcome = await beginEnrolment(call.engine, {
    session: sessionOf(call),
    provider,
    ...(input !== undefined && { input }),
    ...whereTo(call, returnTo),
    base: call.base,
    client: call.client,
  });
  if (outcome.status === 'refused') return problemOf(outcome);
  const view: EnrolmentView = {
    enrolment: outcome.secret,
    provider: providerInfo(call.engine, outcome.provider, call.base, call.language),
    setup: outcome.setup as Record<string, unknown>,
    proposedName: outcome.proposedName,
    expiresAt: outcome.expiresAt.toISOString(),
    ...(outcome.sent && { sent: true }),
  };
  if (!outcome.provider.view.away) return json(201, view);
  // The page goes, and the one that people come back to has nowhere else to know it from.
  const life = Math.round((outcome.expiresAt.getTime() - call.engine.config.clock.now().getTime()) / 1000);
  return json(201, view, {
    'set-cookie': setCookie(call.engine.config, 'enrolment', outcome.secret, life),
  });
}

export async function confirm(call: Call): Promise<HttpResponse> {
  const { engine, base, language, client } = call;
  const { enrolment, ...body } = call.body as ConfirmBody;
  const secret = enrolment ?? readCookie(engine.config, call.request, 'enrolment');
  if (secret === undefined) return problem('malformed', { pointer: '/enrolment' });
  const asked = { session: sessionOf(call), ...body, enrolment: secret, base, client };
  const outcome = await confirmEnrolment(engine, asked);
  if (outcome.status === 'refused') return problemOf(outcome);
  const record = {
    ...outcome.authenticator,
    failures: 0,
    failedAt: new Date(0),
    lastUsedAt: null,
    remaining: null,
    about: outcome.authenticator.about ?? {},
  };
  const view: ConfirmedView = {
    authenticator: authenticatorView(
      engine,
      record,
      { authenticators: [record], minimum: engine.config.minimum },
      base,
      language,
    ),
    issued: outcome.issued.map((made) => ({
      provider: providerInfo(engine, made.provider, base, language),
      setup: made.setup as Record<string, unknown>,
    })),
    returnTo: safeReturnTo(outcome.returnTo, engine.config.origin),
  };
  const headers = renewed(call, outcome.secret);
  if (enrolment !== undefined) return json(201, view, headers);
  const cookies = [...headers['set-cookie'], clearCookie(engine.config, 'enrolment')];
  return json(201, view, { ...headers, 'set-cookie': cookies });
}

export function accountOf(call: Call): ReturnType<Engine['store']['account']> {
  return call.engine.store.account(call.engine.realm, { id: sessionOf(call).user.id });
}

/** The session that the route's level promised. */
export function sessionOf(call: Call): NonNullable<Call['session']> {
  if (call.session) return call.session;
  throw new TypeError('this route needs the level signed-in');
}

export function whereTo(call: Call, value: string | undefined): { readonly returnTo: string } {
  return { returnTo: safeReturnTo(value ?? '/', call.engine.config.origin) };
}

export function setupAssets(engine: Engine): ReadonlyMap<string, URL> {
  const assets = new Map<string, URL>();
  for (const one of engine.config.providers.values()) {
    if (one.view.setupElement) assets.set(setupAssetName(one), one.view.setupElement);
    if (one.view.loginElement) assets.set(loginAssetName(one), one.view.loginElement);
  }
  return assets;
}

/** A file of one of the application's packages. */
export async function extensionFile({ engine, rest, request }: Call): Promise<HttpResponse> {
  const file = extensionsOf(engine).files.get(rest);
  return file ? served(file, request, { kept: engine.config.production }) : problem('not-found');
}
