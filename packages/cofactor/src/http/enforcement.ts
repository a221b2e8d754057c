import { rankOf } from '../assurance/index.ts';
import type { StepOutcome } from '../core/ceremonies/outcome.ts';
import { permitFor } from '../core/enforcement/permit.ts';
import { channelOf, prospectOf } from '../core/enforcement/prospects.ts';
import { standingOf, type Standing } from '../core/enforcement/standing.ts';
import type { Engine } from '../core/engine.ts';
import { maskAddress } from '../core/mail/address.ts';
import type { Account, SessionRecord, SessionWithUser } from '../core/store.ts';
import { escapeHtml } from '../web/html.ts';
import type { Language } from '../web/language.ts';
import type { HttpResponse } from '../web/message.ts';
import { safeReturnTo } from '../web/return-to.ts';
import { clearCookie } from './cookies.ts';
import { csrfToken } from './csrf.ts';
import { enforcementTexts } from './enforcement-texts.ts';
import { problemWords } from './form-texts.ts';
import { readNotice } from './notice.ts';
import { cardPage } from './page.ts';
import { problem } from './problem.ts';
import { redirect, type Call } from './route.ts';
import { pageTexts } from './texts.ts';
import { enrolPage, signInPage } from './ways.ts';

/** The page that asks for what is demanded of somebody, on the way to another. */
export function requiredPage(base: string, returnTo: string): string {
  return `${base}/required?${String(new URLSearchParams({ return_to: returnTo }))}`;
}

/** A path of the pages that somebody who has to set something up is on already. */
function isOnTheWay({ config }: Engine, base: string, returnTo: string): boolean {
  const [path] = returnTo.split(/[?#]/, 1);
  return [`${base}/required`, `${base}/permit`, `${base}/security`, config.pages.security].includes(path);
}

/**
 * Where somebody goes who has just signed in: on, or first to the page that asks for what is demanded of them and that they
 * have not got. It asks only; what keeps anybody out are the guards.
 */
export async function afterSignIn(
  { engine, base }: Pick<Call, 'engine' | 'base'>,
  { session, user, returnTo }: Pick<StepOutcome & { status: 'done' }, 'session' | 'user' | 'returnTo'>,
): Promise<string> {
  if ((await engine.enforcement.lately()).length === 0 || isOnTheWay(engine, base, returnTo)) return returnTo;
  const account = await engine.store.account(engine.realm, { id: user.id });
  if (!account) return returnTo;
  const standing = await standingFor(engine, account, session, returnTo);
  return standing ? requiredPage(base, returnTo) : returnTo;
}

/** What is demanded of somebody on the way to a path, which may be that of a client. */
async function standingFor(
  engine: Engine,
  account: Account,
  session: SessionRecord,
  returnTo: string,
): Promise<Standing | null> {
  const rules = await engine.enforcement.for(account);
  const isAboutClients = rules.some(({ who }) => 'clients' in who);
  const purpose = isAboutClients
    ? await engine.purposes.find(returnTo, { session, user: account.user, rules: account.rules ?? null })
    : null;
  const client = purpose && purpose !== 'over' ? purpose.client : undefined;
  return standingOf(engine, rules, account, session, client);
}

/**
 * Where an account that has nothing to meet a requirement with sets something up. Under a rule that has begun it takes a
 * permit, and the way there leads past the page that has one sent.
 */
export async function enrolmentAddress(
  { base, engine }: Pick<Call, 'base' | 'engine'>,
  asking: SessionWithUser | null,
  returnTo: string,
): Promise<string> {
  const page = enrolPage({ base, engine }, returnTo);
  if (!asking || page === returnTo || (await engine.enforcement.lately()).length === 0) return page;
  const account = await engine.store.account(engine.realm, { id: asking.user.id });
  const held = account !== null && (await permitFor(engine, asking, account)) === null;
  return held ? requiredPage(base, returnTo) : page;
}

/** How it goes on from the page: at once, by a link in a mail, or by somebody in charge. */
type Way = 'open' | 'mail' | 'confirmation' | 'ask';

/** The page itself: whole without a script. Who has what it takes by now is led on. */
export async function required(call: Call): Promise<HttpResponse> {
  const { engine, base, query } = call;
  const { session: asking } = call;
  if (!asking) return problem('not-signed-in');
  const account = await engine.store.account(engine.realm, { id: asking.user.id });
  if (!account) return problem('not-found');
  const wanted = safeReturnTo(query.get('return_to') ?? '/', engine.config.origin);
  const returnTo = isOnTheWay(engine, base, wanted) ? '/' : wanted;
  const permit = await permitFor(engine, asking, account);
  const standing = await standingFor(engine, account, asking.session, returnTo);
  if (standing) {
    const away = standing.state === 'grace' ? 'later' : 'sign-out';
    return requiredCard(call, { account, standing, permitted: permit !== null, returnTo, away });
  }
  const prospect = prospectOf(engine, account, 'mfa', false);
  if (permit !== null || prospect.state === 'meets') return redirect(returnTo);
  // A policy asks for what no rule does; where a rule has begun, the way to it leads past here all the same.
  const asked = { acr: 'mfa', state: 'due', due: engine.config.clock.now(), prospect } as const;
  return requiredCard(call, { account, standing: asked, permitted: false, returnTo, away: 'start' });
}

interface Shown {
  readonly account: Account;
  readonly standing: Standing;
  /** Whether this session may set something up now. */
  readonly permitted: boolean;
  readonly returnTo: string;
  /** What can be done in place of it. */
  readonly away: 'later' | 'sign-out' | 'start';
}

function wayOf(engine: Engine, { account, standing: { prospect }, permitted }: Shown): Way {
  if (prospect.state === 'cannot' && prospect.because !== 'no-channel') return 'ask';
  return permitted ? 'open' : (channelOf(engine, account.user) ?? 'ask');
}

function requiredCard(call: Call, shown: Shown): HttpResponse {
  const { engine, base, language, request } = call;
  const { account, standing, returnTo } = shown;
  const texts = enforcementTexts[language];
  const { token, cookie } = csrfToken(engine, request);
  const notice = readNotice(engine, request);
  const strong = rankOf(standing.acr) > rankOf('mfa');
  const grace = standing.state === 'grace';
  const isThisYear = standing.due.getUTCFullYear() === engine.config.clock.now().getUTCFullYear();
  const say = (text: string): string =>
    fill(text, {
      site: engine.config.name,
      user: account.user.identifier,
      address: maskAddress(account.user.email ?? ''),
      date: dateText(standing.due, language, true),
      day: dateText(standing.due, language, !isThisYear),
    });

  const here = requiredPage(base, returnTo);
  const sent = call.query.has('sent');
  const sendForm = (action: string): string =>
    formHtml(
      `${base}${action}`,
      {
        csrf: token,
        _next: `${here}&sent`,
        _back: here,
        ...(action === '/permit/mail' && { returnTo }),
      },
      sent ? texts.sendAgain : texts.sendLink,
      sent ? ' cf-quiet' : '',
    );
  const way = wayOf(engine, shown);
  const ways: Readonly<Record<Way, { readonly words: string; readonly act: string }>> = {
    open: { words: '', act: linkHtml(enrolPage(call, returnTo), texts.setUp) },
    mail: { words: texts.mail, act: sendForm('/permit/mail') },
    confirmation: { words: texts.confirmation, act: sendForm('/email/confirmation') },
    ask: { words: texts.ask, act: '' },
  };
  const aways: Readonly<Record<Shown['away'], string>> = {
    later: linkHtml(returnTo, say(texts.notNow), ' cf-quiet'),
    'sign-out': formHtml(
      `${base}/sign-out`,
      { csrf: token, _next: signInPage(engine.config, base) },
      texts.signOut,
      ' cf-quiet',
    ),
    start: linkHtml('/', pageTexts[language].start, ' cf-quiet'),
  };
  const [reason, reasonStrong] = grace ? [texts.grace, texts.graceStrong] : [texts.due, texts.dueStrong];
  const wasSent = sent && (way === 'mail' || way === 'confirmation');
  const content = [
    alertHtml(notice?.problem ? problemWords(notice.problem, {}, language) : ''),
    paragraph(say(strong ? reasonStrong : reason)),
    paragraph(say(wasSent ? texts.mailed : ways[way].words), wasSent ? 'cf-sent' : ''),
    paragraph(say(texts.signedInAs), 'cf-meta'),
    `<div class="cf-actions">${ways[way].act}${aways[shown.away]}</div>`,
  ];
  const page = cardPage(call, 200, strong ? texts.titleStrong : texts.title, content.join(''), {
    sheet: 'oidc',
  });
  const cookies = [
    ...(cookie === null ? [] : [cookie]),
    ...(notice ? [clearCookie(engine.config, 'form')] : []),
  ];
  return {
    ...page,
    headers: {
      ...page.headers,
      // Without it browsers do not say where a form came from, and it is refused.
      'referrer-policy': 'same-origin',
      ...(cookies.length > 0 && { 'set-cookie': cookies }),
    },
  };
}

/** A day as people say it, without its year where that is not needed. */
function dateText(date: Date, language: Language, withYear: boolean): string {
  const year = withYear ? ({ year: 'numeric' } as const) : {};
  const parts = { day: 'numeric', month: 'long', ...year, timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat(language, parts).format(date);
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, key: string) => values[key] ?? placeholder);
}

function paragraph(words: string, name = ''): string {
  if (words === '') return '';
  const attributes = name === 'cf-sent' ? ' class="cf-sent" role="status"' : name && ` class="${name}"`;
  return `<p${attributes}>${escapeHtml(words)}</p>`;
}

function alertHtml(words: string): string {
  return words === '' ? '' : `<div class="cf-alert" role="alert"><p>${escapeHtml(words)}</p></div>`;
}

function linkHtml(href: string, text: string, kind = ''): string {
  return `<a class="cf-button${kind}" href="${escapeHtml(href)}">${escapeHtml(text)}</a>`;
}

function formHtml(action: string, hidden: Readonly<Record<string, string>>, text: string, kind = ''): string {
  const inputs = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
  );
  return `<form class="cf-form" method="post" action="${escapeHtml(action)}">${inputs.join('')}<button class="cf-button${kind}">${escapeHtml(text)}</button></form>`;
}
