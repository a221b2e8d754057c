import type { Engine } from '../core/engine.ts';
import type { Language } from '../web/language.ts';
import type { HttpResponse } from '../http/index.ts';
import { escapeHtml } from '../web/html.ts';
import { cardPage } from '../http/page.ts';
import { oidcTexts, say, type KnownScope, type OidcTexts } from './texts.ts';

/** What every page is made with. */
export interface Frame {
  readonly engine: Engine;
  /** Of the sign-in pages: their style is used. */
  readonly base: string;
  readonly language: Language;
}

/** A form of a page: where it goes, what it carries unseen, and its buttons; the first one is the one to press. */
export interface PageForm {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly buttons: readonly PageButton[];
  /** HTML before the buttons. */
  readonly fields?: string;
}

export interface PageButton {
  readonly text: string;
  readonly name?: string;
  readonly value?: string;
  readonly kind?: 'cf-quiet' | 'cf-link';
  /** What is read out in place of the text, and begins with it. */
  readonly label?: string;
}

/** The form of a page whose buttons are the page's own. */
export type BareForm = Omit<PageForm, 'buttons' | 'fields'>;

export function textsOf({ language }: Frame): OidcTexts {
  return oidcTexts[language];
}

export function oidcPage(
  frame: Frame,
  status: number,
  title: string,
  content: string,
  { wide = false }: { readonly wide?: boolean } = {},
): HttpResponse {
  return cardPage(frame, status, title, content, { sheet: 'oidc', wide });
}

export function formHtml({ action, hidden, buttons, fields = '' }: PageForm): string {
  const inputs = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return `<form class="cf-form" method="post" action="${escapeHtml(action)}">${inputs.join('')}${fields}${buttons.map(buttonHtml).join('')}</form>`;
}

function buttonHtml({ text, name, value, kind, label }: PageButton): string {
  const attributes = [
    `class="${kind === 'cf-link' ? kind : `cf-button${kind ? ` ${kind}` : ''}`}"`,
    ...(name === undefined ? [] : [`name="${escapeHtml(name)}"`, `value="${escapeHtml(value ?? '')}"`]),
    ...(label === undefined ? [] : [`aria-label="${escapeHtml(label)}"`]),
  ];
  return `<button ${attributes.join(' ')}>${escapeHtml(text)}</button>`;
}

export function linkHtml(href: string, text: string, kind?: 'cf-quiet'): string {
  return `<a class="cf-button${kind ? ` ${kind}` : ''}" href="${escapeHtml(href)}">${escapeHtml(text)}</a>`;
}

/** What can be done on a page: links and forms, the one to press first. */
export function actions(...parts: readonly string[]): string {
  return `<div class="cf-actions">${parts.join('')}</div>`;
}

export function paragraph(text: string, className = ''): string {
  return `<p${className ? ` class="${className}"` : ''}>${escapeHtml(text)}</p>`;
}

/**
 * The page of what went wrong. `detail` is for developers, in English, and holds nothing secret. `retry` is where the same can
 * be asked for once more.
 */
export function errorPage(
  frame: Frame,
  status: number,
  detail: string | null,
  retry: string | null = null,
): HttpResponse {
  const texts = textsOf(frame);
  const [title, words] =
    status >= 500
      ? [texts.unavailableTitle, texts.unavailableText]
      : status === 404
        ? [texts.missingTitle, texts.missingText]
        : detail !== null
          ? [texts.errorTitle, texts.errorText]
          : status === 403
            ? [texts.staleTitle, texts.staleText]
            : [texts.expiredTitle, texts.expiredText];
  const more =
    detail === null || status >= 500 || status === 404
      ? ''
      : `${paragraph(texts.errorDetail, 'cf-meta')}<p class="cf-detail" lang="en">${escapeHtml(detail)}</p>`;
  const again = retry === null ? '' : actions(linkHtml(retry, texts.retry));
  return oidcPage(frame, status, title, paragraph(words) + more + again);
}

/** The article's "enable MFA" page: the application needs, or asks for, what the account does not have. */
export function enablePage(
  frame: Frame,
  page: Goal & {
    readonly user: string;
    /** Whether it takes more than any second factor. */
    readonly stronger: boolean;
    /** Whether the application goes on with less. */
    readonly optional: boolean;
    readonly enrolAddress: string;
    readonly form: BareForm;
  },
): HttpResponse {
  const texts = textsOf(frame);
  const { application, user, stronger, optional } = page;
  const [title, words] = optional
    ? [texts.enableOptionalTitle, texts.enableOptional]
    : stronger
      ? [texts.enableStrongerTitle, texts.enableStronger]
      : [texts.enableTitle, texts.enableText];
  return oidcPage(
    frame,
    200,
    say(title, { application }),
    paragraph(say(words, { application })) +
      paragraph(say(texts.signedInAs, { user }), 'cf-meta') +
      actions(linkHtml(page.enrolAddress, texts.enable), declineForm(texts, page)),
  );
}

/** Somebody turned away from a confirmation or a sign-in. */
export function leftPage(
  frame: Frame,
  page: Goal & {
    readonly from: 'sign-in' | 'confirmation';
    readonly optional: boolean;
    readonly again: string;
    readonly form: BareForm;
  },
): HttpResponse {
  const texts = textsOf(frame);
  const { application, from, optional } = page;
  const isSignIn = from === 'sign-in';
  const words = isSignIn ? texts.signInText : optional ? texts.leftOptional : texts.leftText;
  return oidcPage(
    frame,
    200,
    say(texts.leftTitle, { application }),
    paragraph(say(words, { application })) +
      actions(linkHtml(page.again, isSignIn ? texts.signIn : texts.tryAgain), declineForm(texts, page)),
  );
}

/** Whom a page leads back to. */
interface Goal {
  readonly application: string;
  /** A device without a browser, which waits somewhere else. */
  readonly isDevice: boolean;
}

function declineForm(
  texts: OidcTexts,
  { optional, form, ...goal }: Goal & { readonly optional: boolean; readonly form: BareForm },
): string {
  const text = optional ? texts.without : backText(texts, goal);
  return formHtml({ ...form, buttons: [{ text, name: 'choice', value: 'decline', kind: 'cf-quiet' }] });
}

function backText(texts: OidcTexts, { application, isDevice }: Goal): string {
  return isDevice ? texts.deviceAbort : say(texts.decline, { application });
}

export function selectPage(
  frame: Frame,
  page: Goal & {
    readonly user: string;
    readonly form: BareForm;
    /** Where another account is chosen. */
    readonly other: string;
  },
): HttpResponse {
  const texts = textsOf(frame);
  const { application, user, form, other } = page;
  const choose = (button: PageButton): string => formHtml({ ...form, buttons: [button] });
  return oidcPage(
    frame,
    200,
    texts.selectTitle,
    paragraph(say(texts.selectText, { application })) +
      actions(
        choose({ text: say(texts.selectThis, { user }), name: 'choice', value: 'this' }),
        linkHtml(other, texts.selectOther, 'cf-quiet'),
        choose({ text: backText(texts, page), name: 'choice', value: 'deny', kind: 'cf-link' }),
      ),
  );
}

/** What an application would like to have, line by line in plain words; what means the same to a person stands once. */
export function wishTexts(frame: Frame, wishes: readonly string[]): readonly string[] {
  const texts = textsOf(frame);
  const lines = wishes.map((wish) => {
    const [first = '', scope] = wish.split(' ');
    if (scope !== undefined) return say(texts.scopeAt, { scope, resource: first });
    const claim = /^claim:(.*)/.exec(wish)?.[1];
    const known = claim === undefined ? wish : (scopeOfClaim[claim] ?? '');
    if (Object.hasOwn(texts.scopes, known)) return texts.scopes[known as KnownScope];
    return claim === undefined ? wish : say(texts.claim, { claim });
  });
  return [...new Set(lines)];
}

/** The scope that has the words for a claim. */
const scopeOfClaim: Readonly<Partial<Record<string, KnownScope>>> = {
  preferred_username: 'profile',
  locale: 'profile',
  email: 'email',
  email_verified: 'email',
  roles: 'roles',
};

function wishList(frame: Frame, wishes: readonly string[]): string {
  const lines = wishTexts(frame, wishes).map((line) => `<li>${escapeHtml(line)}</li>`);
  return `<ul class="cf-wishes">${lines.join('')}</ul>`;
}

export function consentPage(
  frame: Frame,
  page: {
    readonly application: string;
    readonly user: string;
    readonly wishes: readonly string[];
    /** Where the browser goes afterwards; `null` where it stays here. */
    readonly host: string | null;
    readonly form: BareForm;
  },
): HttpResponse {
  const texts = textsOf(frame);
  const { application, user, host, form } = page;
  return oidcPage(
    frame,
    200,
    say(texts.consentTitle, { application }),
    paragraph(say(texts.consentText, { application })) +
      wishList(frame, page.wishes) +
      (host === null ? '' : paragraph(say(texts.consentGoesTo, { host }), 'cf-meta')) +
      paragraph(say(texts.signedInAs, { user }), 'cf-meta') +
      actions(
        formHtml({
          ...form,
          buttons: [
            { text: texts.allow, name: 'choice', value: 'allow' },
            { text: texts.deny, name: 'choice', value: 'deny', kind: 'cf-quiet' },
          ],
        }),
      ),
  );
}

export function logoutPage(
  frame: Frame,
  page: {
    readonly action: string;
    readonly xsrf: string;
    readonly application: string | null;
    readonly user: string;
  },
): HttpResponse {
  const texts = textsOf(frame);
  const { application } = page;
  const words = application === null ? texts.logoutTextUnknown : say(texts.logoutText, { application });
  return oidcPage(
    frame,
    200,
    texts.logoutTitle,
    paragraph(words) +
      paragraph(say(texts.signedInAs, { user: page.user }), 'cf-meta') +
      actions(
        formHtml({
          action: page.action,
          hidden: { xsrf: page.xsrf },
          buttons: [
            { text: texts.logout, name: 'logout', value: 'yes' },
            { text: texts.stay, kind: 'cf-quiet' },
          ],
        }),
      ),
  );
}

export function loggedOutPage(frame: Frame): HttpResponse {
  const texts = textsOf(frame);
  return oidcPage(frame, 200, texts.loggedOutTitle, paragraph(texts.loggedOutText));
}

export interface ListedApplication {
  readonly id: string;
  readonly name: string;
  readonly wishes: readonly string[];
  readonly since: Date;
}

/** What a person let applications have, with a button to take each back. */
export function applicationsPage(
  frame: Frame,
  page: {
    readonly action: string;
    readonly csrf: string;
    readonly applications: readonly ListedApplication[];
    /** What was taken back a moment ago, by its name. */
    readonly removed: string | null;
  },
): HttpResponse {
  const texts = textsOf(frame);
  const date = new Intl.DateTimeFormat(frame.language, { dateStyle: 'medium' });
  const items = page.applications.map(({ id, name, wishes, since }) => {
    const application = name;
    const form = formHtml({
      action: page.action,
      hidden: { csrf: page.csrf, client: id },
      buttons: [
        { text: texts.appsRemove, kind: 'cf-quiet', label: say(texts.appsRemoveOf, { application }) },
      ],
    });
    const facts = paragraph(say(texts.appsSince, { date: date.format(since) }), 'cf-meta');
    return `<section class="cf-app"><h2>${escapeHtml(name)}</h2>${facts}${wishList(frame, wishes)}${form}</section>`;
  });
  const { removed } = page;
  const notice =
    removed === null
      ? ''
      : `<p class="cf-notice" role="status">${escapeHtml(say(texts.appsRemoved, { application: removed }))}</p>`;
  const back = `<p class="cf-aside"><a class="cf-link" href="${escapeHtml(frame.base)}/security">${escapeHtml(texts.appsBack)}</a></p>`;
  return oidcPage(
    frame,
    200,
    texts.appsTitle,
    notice + paragraph(items.length === 0 ? texts.appsNone : texts.appsText) + items.join('') + back,
    { wide: true },
  );
}
