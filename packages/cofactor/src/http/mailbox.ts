import { hash } from 'node:crypto';
import type { Mailbox, ReceivedMail } from '../core/mail/mailbox.ts';
import { assetVersion } from './asset.ts';
import type { HttpResponse } from '../web/message.ts';
import { brand, escapeHtml } from '../web/html.ts';
import { problem } from './problem.ts';
import type { Call } from './route.ts';

/**
 * The mails of a mailbox, for who develops: all of them, with `?mail=7` the words of one, with `&as=html` what a mail
 * program would show. For nobody else: there are codes in them (I-29).
 */
export function mailboxPage(
  mailbox: Mailbox,
  call: Pick<Call, 'base' | 'query'> & { readonly engine: { readonly config: { readonly name: string } } },
): HttpResponse {
  const messages = mailbox.messages();
  const wanted = call.query.get('mail');
  if (wanted === null) return page(call, 'Mailbox', list(messages));
  const mail = messages.find(({ number }) => String(number) === wanted);
  if (!mail) return problem('not-found');
  return call.query.get('as') === 'html' ? rendered(mail) : page(call, mail.subject, words(mail));
}

function list(messages: readonly ReceivedMail[]): string {
  if (messages.length === 0) return '<p class="cf-lead">Nothing was sent yet.</p>';
  const items = messages.map(
    ({ number, subject, to }) =>
      `<li class="cf-item"><div class="cf-item-text"><h3><a class="cf-link" href="?mail=${number}">${escapeHtml(subject)}</a></h3>` +
      `<p class="cf-meta">${escapeHtml(to)}</p></div></li>`,
  );
  return `<p class="cf-lead">Mails that would have been sent, newest first.</p><ul class="cf-list">${items.join('')}</ul>`;
}

function words({ number, to, text }: ReceivedMail): string {
  const paragraphs = text
    .trim()
    .split('\n\n')
    .map((paragraph) => `<p>${paragraph.split('\n').map(linked).join('<br>')}</p>`);
  return (
    `<p class="cf-lead">To ${escapeHtml(to)}</p>${paragraphs.join('')}` +
    `<div class="cf-ways"><a class="cf-link" href="?mail=${number}&amp;as=html">Show as HTML</a>` +
    `<a class="cf-link" href="?">All mails</a></div>`
  );
}

/** The address of a button stands on a line of its own. */
function linked(line: string): string {
  const words = escapeHtml(line);
  return /^https?:\/\/\S+$/.test(line) ? `<a class="cf-link" href="${words}">${words}</a>` : words;
}

function page(
  { base, engine }: Parameters<typeof mailboxPage>[1],
  title: string,
  content: string,
): HttpResponse {
  const name = escapeHtml(engine.config.name);
  return {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · ${name}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${base}/assets/cofactor.css?${assetVersion}">
<link rel="stylesheet" href="${base}/assets/account.css?${assetVersion}">
</head>
<body>
<main><div class="cf-card cf-wide">${brand(engine.config.name)}<h1>${escapeHtml(title)}</h1>${content}</div></main>
</body>
</html>
`,
  };
}

/**
 * A mail as it was sent, in a sandbox: it can run nothing, load nothing and knows no cookie. Its styles stand in
 * attributes, and those very ones are let through by their hashes, so that the rest of the policy stays strict (I-27).
 */
function rendered({ html }: ReceivedMail): HttpResponse {
  const styles = new Set([...html.matchAll(/ style="([^"]*)"/g)].map(([, style = '']) => style));
  const hashes = [...styles].map((style) => `'sha256-${hash('sha256', style, 'base64')}'`);
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': [
        "default-src 'none'",
        `style-src 'unsafe-hashes' ${hashes.join(' ')}`,
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        'sandbox',
      ].join('; '),
    },
    body: html,
  };
}
