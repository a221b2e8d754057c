import type { Requirement } from '../assurance/index.ts';
import { brand, escapeHtml } from '../web/html.ts';
import { acceptedLanguage, type Language } from '../web/language.ts';
import type { HttpRequest, HttpResponse } from '../web/message.ts';
import { signInAddress } from './address.ts';
import type { Context } from './context.ts';
import { requestFor } from './request.ts';
import type { Party } from './options.ts';
import { clientTexts, type ClientTexts } from './texts.ts';

/** A way on: where it leads, and in which words. The first one is the one that most people need. */
interface Way {
  readonly href: string;
  readonly text: string;
}

/** What somebody fell short of, where, and how it came to it. */
export interface Denial {
  readonly party: Party;
  readonly requirement: Requirement;
  readonly returnTo: string;
  /** `short`: the sign-in is too weak or too old. `refused`: the issuer was asked for more and said no. */
  readonly why: 'short' | 'refused';
}

type Page = (context: Context, request: HttpRequest) => HttpResponse;
type IssuerPage = (context: Context, request: HttpRequest, party: Party, returnTo: string) => HttpResponse;

interface Pages {
  readonly choose: (
    context: Context,
    request: HttpRequest,
    returnTo: string,
    requirement: Requirement | null,
  ) => HttpResponse;
  readonly denied: (context: Context, request: HttpRequest, denial: Denial) => HttpResponse;
  readonly forbidden: (context: Context, request: HttpRequest, returnTo: string) => HttpResponse;
  readonly turnedAway: IssuerPage;
  readonly refused: IssuerPage;
  readonly away: IssuerPage;
  readonly unknown: Page;
  readonly unavailable: Page;
  readonly switched: Page;
  readonly signOut: Page;
  readonly signedOut: Page;
}

/** What people see of the client. Whole without a script; words say what to do next. */
export const pages: Pages = {
  /** Which issuer, where there are several. */
  choose(context, request, returnTo, requirement) {
    const { config } = context;
    const texts = textsFor(request);
    const ways = [...config.parties.values()].map(({ name, label }) => ({
      href: signInAddress(config, returnTo, requirement, name),
      text: fill(texts.signInWith, { issuer: label }),
    }));
    return page(context, request, 200, texts.signIn, [texts.chooseText], ways);
  },

  denied(context, request, { party, requirement, returnTo, why }) {
    const { config } = context;
    const texts = textsFor(request);
    const values = { issuer: party.label, minutes: String(Math.ceil((requirement.maxAge ?? 0) / 60)) };
    const again = signInAddress(config, returnTo, requirement, party.name);
    if (config.deniedPage !== null) {
      const query = new URLSearchParams({ return_to: returnTo, sign_in: again });
      return { status: 303, headers: { location: `${config.deniedPage}?${query.toString()}` }, body: null };
    }
    // Only the age is asked for: any sign-in of now will do.
    if (requirement.acr === undefined && requirement.maxAge !== undefined) {
      const ways = [{ href: again, text: texts.oldAgain }, startOf(texts)];
      return page(context, request, 403, texts.old, [fill(texts.oldText, values)], ways);
    }
    const silent = requestFor(party.dialect, requirement) === null && party.dialect.says.length === 0;
    const words = silent
      ? [texts.silentText]
      : [why === 'refused' ? texts.refusedLevelText : texts.shortText, texts.shortHow];
    const ways = [
      ...(party.enableMfa === null || silent ? [] : [{ href: party.enableMfa, text: texts.enable }]),
      ...(silent ? [] : [{ href: again, text: texts.again }]),
      ...(silent && config.parties.size > 1
        ? [{ href: signInAddress(config, returnTo, requirement), text: texts.otherAccount }]
        : []),
      startOf(texts),
    ];
    return page(
      context,
      request,
      403,
      texts.short,
      words.map((text) => fill(text, values)),
      ways,
    );
  },

  /** No sign-in could help: a role is missing, or a rule of the application says no. */
  forbidden(context, request, returnTo) {
    const texts = textsFor(request);
    const query = new URLSearchParams({ switch: '1', return_to: returnTo });
    const other = `${context.config.base}/sign-in?${query.toString()}`;
    const ways = [{ href: other, text: texts.otherAccount }, startOf(texts)];
    return page(context, request, 403, texts.forbidden, [texts.forbiddenText], ways);
  },

  /** Cancelled, or not allowed over there. */
  turnedAway: (context, request, party, returnTo) =>
    issuerPage(context, request, {
      party,
      returnTo,
      status: 403,
      title: 'turnedAway',
      words: 'turnedAwayText',
    }),

  /** An answer that is not to be believed. */
  refused: (context, request, party, returnTo) =>
    issuerPage(context, request, { party, returnTo, status: 403, title: 'refused', words: 'refusedText' }),

  away(context, request, party, returnTo) {
    const shown = { party, returnTo, status: 503, title: 'away', words: 'awayText' } as const;
    const answer = issuerPage(context, request, shown);
    return { ...answer, headers: { ...answer.headers, 'retry-after': '5' } };
  },

  unknown(context, request) {
    const texts = textsFor(request);
    return page(context, request, 400, texts.unknown, [texts.unknownText], [startOf(texts)]);
  },

  unavailable(context, request) {
    const texts = textsFor(request);
    const answer = page(context, request, 503, texts.unavailable, [texts.unavailableText], [startOf(texts)]);
    return { ...answer, headers: { ...answer.headers, 'retry-after': '5' } };
  },

  switched(context, request) {
    const texts = textsFor(request);
    const ways = [{ href: '/', text: texts.goOn }];
    return page(context, request, 200, texts.switched, [texts.switchedText], ways);
  },

  signOut(context, request) {
    const texts = textsFor(request);
    const form = `<form method="post" action="${context.config.base}/sign-out"><p><button class="cf-button">${escapeHtml(texts.signOut)}</button></p></form>`;
    return page(context, request, 200, texts.signOut, [texts.signOutText], [startOf(texts)], form);
  },

  signedOut(context, request) {
    const texts = textsFor(request);
    return page(context, request, 200, texts.signedOut, [texts.signedOutText], [startOf(texts)]);
  },
};

interface Shown {
  readonly party: Party;
  readonly returnTo: string;
  readonly status: number;
  readonly title: 'turnedAway' | 'refused' | 'away';
  readonly words: 'turnedAwayText' | 'refusedText' | 'awayText';
}

/** Something went wrong at an issuer: what, and the way to try again. */
function issuerPage(context: Context, request: HttpRequest, shown: Shown): HttpResponse {
  const { party, returnTo, status } = shown;
  const texts = textsFor(request);
  const values = { issuer: party.label };
  const again = signInAddress(context.config, returnTo, null, party.name);
  const ways = [{ href: again, text: texts.tryAgain }, startOf(texts)];
  return page(
    context,
    request,
    status,
    fill(texts[shown.title], values),
    [fill(texts[shown.words], values)],
    ways,
  );
}

function textsFor(request: HttpRequest): ClientTexts {
  return clientTexts[languageFor(request)] ?? clientTexts.en;
}

function languageFor(request: HttpRequest): Language {
  return acceptedLanguage(request) ?? 'en';
}

function startOf(texts: ClientTexts): Way {
  return { href: '/', text: texts.start };
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? '');
}

function page(
  { config: { base, name } }: Context,
  request: HttpRequest,
  status: number,
  title: string,
  words: readonly string[],
  ways: readonly Way[],
  form = '',
): HttpResponse {
  const paragraphs = words.map((text) => `<p>${escapeHtml(text)}</p>`).join('');
  const links = ways.map(
    ({ href, text }, at) =>
      `<p><a class="${at === 0 && form === '' ? 'cf-button' : 'cf-link'}" href="${escapeHtml(href)}">${escapeHtml(text)}</a></p>`,
  );
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', vary: 'accept, accept-language' },
    body: `<!doctype html>
<html lang="${languageFor(request)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · ${escapeHtml(name)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${base}/cofactor.css">
</head>
<body>
<main><div class="cf-card">${brand(name)}<h1>${escapeHtml(title)}</h1>${paragraphs}${form}${links.join('')}</div></main>
</body>
</html>
`,
  };
}
