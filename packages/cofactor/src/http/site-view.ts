import { readEnrolment } from '../core/authenticators/enrol.ts';
import type { Cofactor } from '../core/cofactor.ts';
import type { Engine } from '../core/engine.ts';
import { readSession } from '../core/sessions/sessions.ts';
import type { SessionWithUser } from '../core/store.ts';
import type {
  CeremonyView,
  ConfirmedView,
  ContextView,
  EnrolmentView,
  Offer,
  ProblemName,
  ProviderInfo,
  SecurityView,
} from './contract.ts';
import { clearCookie, readCookie } from './cookies.ts';
import { problemWords } from './form-texts.ts';
import { contextView } from './handlers.ts';
import type { Language } from '../web/language.ts';
import { languageOf } from './language.ts';
import type { HttpRequest } from '../web/message.ts';
import { readNotice, type Notice } from './notice.ts';
import { safeReturnTo } from '../web/return-to.ts';
import { providerInfo, securityView } from './views.ts';

/** What a page that the site renders itself has to know. Everything in it is made for this reader, and current. */
export interface SiteView extends Pick<
  ContextView,
  'csrf' | 'product' | 'registration' | 'offers' | 'session'
> {
  /**
   * To be sent with the page: cookies, `no-store`, and a referrer policy under which browsers say where a form came
   * from. Without them the forms on the page are refused.
   */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly language: Language;
  /** The path of the routes, e.g. `/auth`. */
  readonly base: string;
  /** What a sign-in can begin with, as far as a form can answer it. */
  readonly first: readonly ProviderInfo[];
  /**
   * The sign-in or step-up in progress, with what a form can answer of it. `chosen` is the one that `?with=` of the
   * page's address names, or else the one that was answered a moment ago, or else the first.
   */
  readonly ceremony: (CeremonyView & { readonly chosen: Offer | null }) | null;
  /** What protects the account; `addable` has what a form can set up. */
  readonly security: SecurityView | null;
  /** The set-up in progress. Its secret is in a cookie; the form that confirms it does not carry it. */
  readonly enrolment: Omit<EnrolmentView, 'enrolment'> | null;
  /** What went wrong with the form that led here, once. */
  readonly problem: SiteProblem | null;
  /** Recovery that was made with the form that led here, once. */
  readonly issued: ConfirmedView['issued'];
  /** Where `?return_to=` of the page's address leads, if that is a path of this site; else `null`. */
  readonly returnTo: string | null;
  /** What there is besides, and needs a page with JavaScript: `{base}/sign-in` or `{base}/security`. */
  readonly scripted: readonly ProviderInfo[];
}

export interface SiteProblem {
  readonly name: ProblemName | 'pending';
  /** In the language of the reader. */
  readonly words: string;
  /** Which part of the form it was, as JSON pointer (`/identifier`, `/response`), where that is known. */
  readonly pointer?: string;
  readonly retryAfter?: number;
  readonly triesLeft?: number;
  /** The user name that was typed into that form. */
  readonly identifier?: string;
}

export interface SiteViewOptions {
  /** For a site in one language; that of the reader if left out. */
  readonly language?: Language;
}

/**
 * Everything that a page of the site's own needs, in one call: for pages that are made on the server and work without
 * JavaScript, with form posts to the usual routes.
 *
 * What was shown once (`problem`, `issued`) is gone with `headers`. Never put `csrf` into an address, and never cache
 * the page.
 *
 * @example
 * app.get('/login', async (request, reply) => {
 *   const view = await request.account();
 *   return reply.headers(view.headers).type('text/html').send(`
 *     <p role="alert">${escape(view.problem?.words ?? '')}</p>
 *     <form method="post" action="${view.base}/sign-in">
 *       <input type="hidden" name="csrf" value="${view.csrf}">
 *       <input type="hidden" name="provider" value="password">
 *       <input type="hidden" name="_next" value="/login/code"><input type="hidden" name="_back" value="/login">
 *       <label>E-mail <input name="identifier" autocomplete="username" required></label>
 *       <label>Password <input name="response.password" type="password" required></label>
 *       <button>Sign in</button>
 *     </form>`);
 * });
 */
export async function siteView(
  auth: Cofactor,
  base: string,
  request: HttpRequest,
  options: SiteViewOptions = {},
): Promise<SiteView> {
  const { engine } = auth;
  const { config } = engine;
  const language = options.language ?? languageOf(config, request);
  const session = await readSession(engine, readCookie(config, request, 'session'), { live: true });
  const call = { engine, base, request, language, session };
  const { view: context, cookie } = await contextView(call);
  const account = session && (await engine.store.account(engine.realm, { id: session.user.id }));
  const security = session && account ? await securityView(call, account, session) : null;
  const enrolment = session && (await enrolmentOf(call, session));
  const notice = readNotice(engine, request);
  const cookies = [
    ...(cookie === null ? [] : [cookie]),
    ...(readCookie(config, request, 'form') === undefined ? [] : [clearCookie(config, 'form')]),
  ];
  const { csrf, product, registration, offers, ceremony } = context;
  const returnTo = inAddress(request, 'return_to');
  const all = [...context.first, ...(ceremony?.offers ?? []).map(({ provider }) => provider)];
  const forForms = (provider: ProviderInfo): boolean => isForForms(engine, provider);
  const scripted = [...all, ...(security?.addable ?? [])].filter((provider) => !forForms(provider));
  return {
    csrf,
    product,
    registration,
    offers,
    language,
    base,
    session: context.session,
    headers: {
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      ...(cookies.length > 0 && { 'set-cookie': cookies }),
    },
    first: context.first.filter(forForms),
    ceremony: ceremony && ceremonyFor(call, ceremony, notice),
    security: security && { ...security, addable: security.addable.filter(forForms) },
    enrolment,
    problem: notice?.problem ? problemOf(call, notice.problem, { ceremony, security, enrolment }) : null,
    issued: session ? issuedOf(call, notice) : [],
    returnTo: returnTo === null ? null : safeReturnTo(returnTo, config.origin),
    scripted: [...new Map(scripted.map((provider) => [provider.provider, provider])).values()],
  };
}

interface Reading {
  readonly engine: Engine;
  readonly base: string;
  readonly request: HttpRequest;
  readonly language: Language;
}

/** Whether one field and a button are enough to answer it. What brings an element for that needs a script. */
function isForForms({ config }: Engine, { provider: name }: ProviderInfo): boolean {
  const provider = config.providers.get(name);
  if (!provider || provider.view.loginElement) return false;
  const required = (provider.response['required'] ?? []) as readonly string[];
  return required.every((property) => property === provider.view.field.property);
}

function ceremonyFor(
  { engine, request }: Reading,
  ceremony: CeremonyView,
  notice: Notice | null,
): NonNullable<SiteView['ceremony']> {
  const offers = ceremony.offers.filter(({ provider }) => isForForms(engine, provider));
  const wanted = inAddress(request, 'with');
  const find = (id: string | null | undefined): Offer | undefined =>
    offers.find(({ authenticator }) => authenticator === id);
  const chosen = find(wanted) ?? find(notice?.problem?.authenticator) ?? offers[0] ?? null;
  return { ...ceremony, offers, chosen };
}

function inAddress({ url }: HttpRequest, name: string): string | null {
  const mark = url.indexOf('?');
  return mark === -1 ? null : new URLSearchParams(url.slice(mark)).get(name);
}

async function enrolmentOf(
  { engine, base, request, language }: Reading,
  session: SessionWithUser,
): Promise<SiteView['enrolment']> {
  const secret = readCookie(engine.config, request, 'enrolment');
  const found = await readEnrolment(engine, secret, session, language);
  return (
    found && {
      provider: providerInfo(engine, found.provider, base, language),
      setup: found.setup as Record<string, unknown>,
      proposedName: found.proposedName,
      expiresAt: found.expiresAt.toISOString(),
    }
  );
}

function problemOf(
  { engine, base, language }: Reading,
  problem: NonNullable<Notice['problem']>,
  { ceremony, security, enrolment }: Pick<ContextView, 'ceremony'> & Pick<SiteView, 'security' | 'enrolment'>,
): SiteProblem {
  const { name, pointer, retryAfter, triesLeft, identifier } = problem;
  const named = engine.config.providers.get(problem.provider ?? '');
  const asked =
    named?.name ??
    ceremony?.offers.find(({ authenticator }) => authenticator === problem.authenticator)?.provider
      .provider ??
    security?.authenticators.find(({ id }) => id === problem.authenticator)?.provider.provider ??
    enrolment?.provider.provider;
  const provider = engine.config.providers.get(asked ?? '');
  return {
    name,
    words: problemWords(
      problem,
      provider ? providerInfo(engine, provider, base, language).texts : {},
      language,
    ),
    ...(pointer !== undefined && { pointer }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(triesLeft !== undefined && { triesLeft }),
    ...(identifier !== undefined && { identifier }),
  };
}

function issuedOf({ engine, base, language }: Reading, notice: Notice | null): SiteView['issued'] {
  return (notice?.issued ?? []).flatMap(({ provider, setup }) => {
    const found = engine.config.providers.get(provider);
    return found ? [{ provider: providerInfo(engine, found, base, language), setup }] : [];
  });
}
