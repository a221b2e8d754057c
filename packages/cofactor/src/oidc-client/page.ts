import { brand, escapeHtml } from '../web/html.ts';
import { acceptedLanguage, type Language } from '../web/language.ts';
import type { HttpRequest, HttpResponse } from '../web/message.ts';
import type { Context } from './context.ts';
import { clientTexts, type ClientTexts } from './texts.ts';

/** A way on: where it leads, and in which words. */
export interface Way {
  readonly href: string;
  readonly text: string;
  /** A button as well, where it is not the first way. */
  readonly isButton?: boolean;
}

/** What stands on a page, from top to bottom. */
export interface Shown {
  readonly status: number;
  readonly title: string;
  readonly words: readonly string[];
  /** HTML between the words and the ways. */
  readonly form?: string;
  /** The one that most people need comes first, and is the button to press, unless a form has that. Others are links. */
  readonly ways: readonly Way[];
  /** Where the page leads by itself. */
  readonly onTo?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A page that is whole without a script. */
export function page({ config: { base, name } }: Context, request: HttpRequest, shown: Shown): HttpResponse {
  const { status, title, words, form = '', ways, onTo, headers } = shown;
  const content = words.map((text) => `<p>${escapeHtml(text)}</p>`).join('') + form;
  const main = form === '' ? ways.slice(0, 1) : [];
  const others = ways.slice(main.length);
  const buttons = [
    ...main.map((way) => link('cf-button', way)),
    ...others.filter(({ isButton }) => isButton).map((way) => link('cf-button cf-quiet', way)),
  ];
  const links = others.filter(({ isButton }) => isButton !== true).map((way) => link('cf-link', way));
  const refresh =
    onTo === undefined ? '' : `<meta http-equiv="refresh" content="0;url=${escapeHtml(onTo)}">\n`;
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', vary: 'accept, accept-language', ...headers },
    body: `<!doctype html>
<html lang="${languageFor(request)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · ${escapeHtml(name)}</title>
${refresh}<link rel="icon" href="data:,">
<link rel="stylesheet" href="${base}/cofactor.css">
</head>
<body>
<main><div class="cf-card">${brand(name)}<h1>${escapeHtml(title)}</h1>${content}${list(buttons)}${links.length === 0 ? '' : `<div class="cf-ways">${links.join('')}</div>`}</div></main>
</body>
</html>
`,
  };
}

function link(className: string, { href, text }: Way): string {
  return `<a class="${className}" href="${escapeHtml(href)}">${escapeHtml(text)}</a>`;
}

/** Several ways, none of which is the one that most people need. */
export function choices(ways: readonly Way[]): string {
  return list(ways.map((way) => link('cf-button cf-quiet', way)));
}

/** Of one there is no list. */
function list(buttons: readonly string[]): string {
  if (buttons.length < 2) return buttons.map((button) => `<p>${button}</p>`).join('');
  return `<ul class="cf-choices">${buttons.map((button) => `<li>${button}</li>`).join('')}</ul>`;
}

export function textsFor(request: HttpRequest): ClientTexts {
  return clientTexts[languageFor(request)];
}

export function languageFor(request: HttpRequest): Language {
  return acceptedLanguage(request) ?? 'en';
}

export function startOf(texts: ClientTexts): Way {
  return { href: '/', text: texts.start };
}
