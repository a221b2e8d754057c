import type { Requirement } from '../assurance/index.ts';
import { escapeHtml } from '../web/html.ts';
import type { HttpRequest, HttpResponse } from '../web/message.ts';
import { safeReturnTo } from '../web/return-to.ts';
import { signInAddress } from './address.ts';
import type { Context } from './context.ts';
import { deniedPage, leadToOwnPage, type Denial } from './denied.ts';
import type { Config, Party } from './options.ts';
import { choices, page, startOf, textsFor, type Way } from './page.ts';
import { say, type ClientTexts } from './texts.ts';

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
  readonly leaving: (
    context: Context,
    request: HttpRequest,
    address: string,
    to?: 'sign-in' | 'sign-out',
  ) => HttpResponse;
  readonly signedOut: Page;
}

/** What people see of the client. Whole without a script; words say what to do next. */
export const pages: Pages = {
  /** Which issuer, where there are several. */
  choose(context, request, returnTo, requirement) {
    const { config } = context;
    const texts = textsFor(request);
    // Somebody who wants to be somebody else still does.
    const anew = isSwitch(config, request) ? '&switch=1' : '';
    const ways = [...config.parties.values()].map(({ name, label }) => ({
      href: `${signInAddress(config, returnTo, requirement, { issuer: name, ask: askIn(request) })}${anew}`,
      text: label,
    }));
    const { signIn: title, chooseText } = texts;
    return page(context, request, { status: 200, title, words: [chooseText], form: choices(ways), ways: [] });
  },

  denied: deniedPage,

  /** No sign-in could help: a role is missing, or a rule of the application says no. */
  forbidden(context, request, returnTo) {
    const { config } = context;
    const other = otherAccount(config, returnTo);
    const instead = leadToOwnPage(config, request, 'forbidden', other);
    if (instead) return instead;
    const texts = textsFor(request);
    const ways = [{ href: other, text: texts.otherAccount }, startOf(texts)];
    const { forbidden: title, forbiddenText } = texts;
    return page(context, request, { status: 403, title, words: [forbiddenText], ways });
  },

  /** Cancelled, or not allowed over there. */
  turnedAway: (context, request, party, returnTo) =>
    issuerPage(context, request, { party, returnTo, status: 403, text: 'turnedAway' }),

  /** An answer that is not to be believed. */
  refused: (context, request, party, returnTo) =>
    issuerPage(context, request, { party, returnTo, status: 403, text: 'refused' }),

  away: (context, request, party, returnTo) =>
    issuerPage(context, request, { party, returnTo, status: 503, text: 'away' }),

  unknown(context, request) {
    const texts = textsFor(request);
    const { unknown: title, unknownText } = texts;
    return page(context, request, { status: 400, title, words: [unknownText], ways: [startOf(texts)] });
  },

  unavailable(context, request) {
    const texts = textsFor(request);
    const { unavailable: title, unavailableText } = texts;
    const here = safeReturnTo(request.url, context.config.origin);
    const again = request.method === 'GET' ? [{ href: here, text: texts.tryAgain }] : [];
    const ways = [...again, startOf(texts)];
    return page(context, request, { status: 503, title, words: [unavailableText], ways, headers: soon });
  },

  /** Another person than before came back from a step-up. */
  switched(context, request) {
    const texts = textsFor(request);
    const { switched: title, switchedText } = texts;
    const ways = [
      { href: '/', text: texts.goOn },
      { href: otherAccount(context.config, '/'), text: texts.otherAccount },
    ];
    return page(context, request, { status: 200, title, words: [switchedText], ways });
  },

  signOut(context, request) {
    const texts = textsFor(request);
    const { base, name } = context.config;
    const button = `<p><button class="cf-button">${escapeHtml(texts.signOut)}</button></p>`;
    return page(context, request, {
      status: 200,
      title: texts.signOutTitle,
      words: [say(texts.signOutText, { application: name })],
      form: `<form method="post" action="${base}/sign-out">${button}</form>`,
      ways: [{ href: '/', text: texts.stay }],
      // Under `no-referrer` a browser sends the form as somebody unknown's, with `Origin: null` (Fetch, 3.2).
      headers: { 'referrer-policy': 'same-origin' },
    });
  },

  /**
   * On to an issuer after a form was sent. A redirect would not get there: browsers hold it against the `form-action` of the
   * page that the form stood on (CSP Level 3, 6.4.2).
   */
  leaving(context, request, address, to = 'sign-in') {
    const texts = textsFor(request);
    const text = to === 'sign-in' ? texts.leavingSignIn : texts.leavingSignOut;
    const words = [say(text, { application: context.config.name })];
    const ways: readonly Way[] = [{ href: address, text: texts.continue }];
    return page(context, request, { status: 200, title: texts.leaving, words, ways, onTo: address });
  },

  signedOut(context, request) {
    const texts = textsFor(request);
    const words = [say(texts.signedOutText, { application: context.config.name })];
    return page(context, request, { status: 200, title: texts.signedOut, words, ways: [startOf(texts)] });
  },
};

/** What the route that led here asks besides, sealed: it stays in the links. */
function askIn({ url }: HttpRequest): string | null {
  return new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('ask');
}

/** For programs that look after us, and for who reloads. */
const soon = { 'retry-after': '5' } as const;

interface Trouble {
  readonly party: Party;
  readonly returnTo: string;
  readonly status: 403 | 503;
  readonly text: 'turnedAway' | 'refused' | 'away';
}

/** Something went wrong at an issuer: what, the way to try again, and another issuer where there is one. */
function issuerPage(
  context: Context,
  request: HttpRequest,
  { party, returnTo, status, text }: Trouble,
): HttpResponse {
  const { config } = context;
  const texts: ClientTexts = textsFor(request);
  const values = { issuer: party.label };
  const again = { href: signInAddress(config, returnTo, null, { issuer: party.name }), text: texts.tryAgain };
  const others =
    config.parties.size > 1
      ? [{ href: signInAddress(config, returnTo, null), text: texts.otherAccount }]
      : [];
  return page(context, request, {
    status,
    title: say(texts[text], values),
    words: [say(texts[`${text}Text`], values)],
    ways: [again, ...others, startOf(texts)],
    ...(status === 503 && { headers: soon }),
  });
}

/** To be somebody else: the issuer asks who it is, also where it knows somebody. */
function otherAccount({ base }: Config, returnTo: string): string {
  const query = new URLSearchParams({ switch: '1', return_to: returnTo });
  return `${base}/sign-in?${query.toString()}`;
}

function isSwitch({ origin }: Config, request: HttpRequest): boolean {
  return URL.parse(request.url, origin.href)?.searchParams.get('switch') === '1';
}
