import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { Engine } from '../core/engine.ts';
import { askedOf, withTerms, type Asked } from './asked.ts';
import { currentCall, type OidcCall } from './call.ts';
import { termsOf } from './clients.ts';
import type { Decision } from './decide.ts';
import { decisionFor, type InteractionDetails } from './decision.ts';
import { isFirstParty, lackOf, wishesOf } from './grants.ts';
import type { OidcConfig } from './options.ts';

/**
 * The policy of oidc-provider in place of its own: one prompt, which asks `decide`. Its own checks never ask for `acr_values`,
 * lose an essential `acr`, take an old sign-in for a new one, and ask for what cannot be had until somebody gives up (I-22).
 */
export function createPolicy(engine: Engine, config: OidcConfig): interactionPolicy.Prompt[] {
  const { Check, Prompt } = interactionPolicy;
  const details = (ctx: KoaContextWithOIDC): Record<string, unknown> => {
    const client = clientOf(ctx);
    const kept: InteractionDetails = {
      asked: askedBy(ctx),
      clientId: client.clientId,
      wishes: isFirstParty(client) ? [] : wishesOf(ctx),
      askAgain: ctx.oidc.prompts.has('consent'),
    };
    return { ...kept };
  };
  const decided = (ctx: KoaContextWithOIDC): Promise<Decision> => decisionOn(ctx, engine, config);
  const check = (
    name: string,
    error: string,
    asks: (decision: Decision) => boolean,
  ): interactionPolicy.Check =>
    new Check(name, `${name.replaceAll('_', ' ')} is needed`, error, async (ctx) => {
      const decision = await decided(ctx);
      if (decision.do === 'refuse') throw refusal(decision.error, decision.description);
      return asks(decision);
    });

  const login = new Prompt(
    { name: 'login', requestable: true },
    details,
    check('sign_in', 'login_required', (decision) => decision.do === 'sign-in'),
    check(
      'newer_sign_in',
      'login_required',
      (decision) => decision.do === 'step-up' && decision.why === 'too-old',
    ),
    check(
      'stronger_sign_in',
      'unmet_authentication_requirements',
      (decision) => decision.do === 'step-up' && decision.why === 'too-weak',
    ),
  );
  // Whether it was fulfilled is seen by the time of the proofs, not by somebody saying so.
  login.checks.remove('login_prompt');

  const select = new Prompt(
    { name: 'select_account', requestable: true },
    details,
    check('account', 'account_selection_required', (decision) => decision.do === 'select-account'),
  );
  select.checks.remove('select_account_prompt');

  const consent = new Prompt(
    { name: 'consent', requestable: true },
    details,
    new Check('consent', 'consent is needed', 'consent_required', (ctx) => {
      if (lackOf(ctx).length === 0) return false;
      // Asked once: what was not granted then is not granted.
      if (isResumed(ctx)) throw new errors.AccessDenied('the person did not consent');
      return true;
    }),
  );
  consent.checks.remove('consent_prompt');
  return [login, select, consent];
}

export function isResumed(ctx: KoaContextWithOIDC): boolean {
  return ctx.oidc.route.endsWith('resume');
}

export function clientOf(ctx: KoaContextWithOIDC): NonNullable<KoaContextWithOIDC['oidc']['client']> {
  const { client } = ctx.oidc;
  if (client) return client;
  throw new TypeError('there is no client');
}

function refusal(error: string, description: string): Error {
  if (error === 'unmet_authentication_requirements') {
    return new errors.UnmetAuthenticationRequirements(description);
  }
  if (error === 'account_selection_required') return new errors.CustomOIDCProviderError(error, description);
  return error === 'login_required'
    ? new errors.LoginRequired(description)
    : new errors.AccessDenied(description);
}

const decisions = new WeakMap<KoaContextWithOIDC, Promise<Decision>>();

/** Once for a request: all checks go by the same decision. */
function decisionOn(ctx: KoaContextWithOIDC, engine: Engine, config: OidcConfig): Promise<Decision> {
  let decision = decisions.get(ctx);
  if (!decision) decisions.set(ctx, (decision = makeDecision(ctx, engine, config)));
  return decision;
}

async function makeDecision(ctx: KoaContextWithOIDC, engine: Engine, config: OidcConfig): Promise<Decision> {
  const call = currentCall();
  const resumed = isResumed(ctx);
  const { oidc } = ctx;
  const decision = await decisionFor(engine, config, call, {
    asked: askedBy(ctx),
    clientId: clientOf(ctx).clientId,
    since: resumed ? (call.interaction?.createdAt ?? null) : null,
    final: resumed,
    selected: resumed && hasChosen(oidc.result, call),
  });
  if (decision.do === 'pass') {
    const { acr, amr, authTime } = decision.standing;
    // What the code says, and with it every token made from it.
    oidc.session?.loginAccount({
      accountId: call.session?.user.id ?? '',
      loginTs: authTime === null ? 0 : Math.floor(authTime.getTime() / 1000),
      acr,
      amr: [...amr],
    });
    // What nobody knows is not told.
    if (authTime === null && oidc.session) delete (oidc.session as { loginTs?: number }).loginTs;
  }
  return decision;
}

/** Who signed in on the way has chosen, too. */
function hasChosen(result: unknown, { session, interaction }: OidcCall): boolean {
  const { selected } = (result ?? {}) as { readonly selected?: boolean };
  return (
    selected === true ||
    (session !== null && interaction !== null && session.session.createdAt >= interaction.createdAt)
  );
}

function askedBy(ctx: KoaContextWithOIDC): Asked {
  const { params = {}, entities } = ctx.oidc;
  const hint = entities.IdTokenHint?.payload['sub'];
  const call = currentCall();
  // On the way back the hint is not looked at again; what was asked is kept.
  const kept = isResumed(ctx) ? keptDetails(call) : null;
  const terms = termsOf(clientOf(ctx));
  // What the client takes may have changed meanwhile.
  if (kept) return withTerms(kept.asked, terms);
  return askedOf(params, terms, typeof hint === 'string' ? hint : null);
}

function keptDetails(call: OidcCall): InteractionDetails | null {
  if (!call.interaction) return null;
  const { prompt } = JSON.parse(call.interaction.payload) as { prompt?: { details?: InteractionDetails } };
  return prompt?.details ?? null;
}
