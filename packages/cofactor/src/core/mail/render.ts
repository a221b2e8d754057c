import { CofactorError } from '../../base/errors.ts';
import type { Mail } from '../../base/ports.ts';
import type { MailContent } from '../provider.ts';
import { canonicalAddress } from './address.ts';
import { textsFor } from './languages.ts';
import { fill, oneLine } from './words.ts';

/** Whose mail it is. */
export interface MailSite {
  readonly name: string;
  /** The configured address of the site, never that of a request (I-26). */
  readonly origin: string;
}

/**
 * Makes a mail of its content: text and HTML with the same words in the same order, the code first, the address of
 * the button in full, and who it is from. Nothing in it is loaded from elsewhere or tells that it was read.
 *
 * The recipient is one stored address and the subject one line, so that neither can add a header.
 *
 * @throws {CofactorError} `ERR_MAIL_FAILED` for a recipient that is no address, or a link that is not http(s).
 */
export function renderMail(site: MailSite, wanted: string, content: MailContent, to: string): Mail {
  if (canonicalAddress(to) !== to) throw refusal('The recipient of a mail is not one canonical address.');
  const href = content.link && linkAddress(content.link.href);
  const { language, texts } = textsFor(wanted);
  const subject = oneLine(content.subject, 128);
  const code = content.code === undefined ? undefined : oneLine(content.code, 32);
  const paragraphs = content.paragraphs.map((paragraph) => oneLine(paragraph, 2000));
  const button = content.link && { href: href ?? '', text: oneLine(content.link.text, 128) };
  const footer = fill(texts.footer, { site: oneLine(site.name, 64), origin: site.origin, to });

  const text = [
    ...(code === undefined ? [] : [code]),
    ...paragraphs,
    ...(button ? [`${button.text}\n${button.href}`] : []),
    footer,
  ].join('\n\n');
  const body = [
    ...(code === undefined ? [] : [`<p style="${codeStyle}">${escape(code)}</p>`]),
    ...paragraphs.map((paragraph) => `<p style="${paragraphStyle}">${escape(paragraph)}</p>`),
    ...(button ? [buttonHtml(button.href, button.text)] : []),
    `<p style="${footerStyle}">${escape(footer)}</p>`,
  ].join('\n');
  return { to, subject, text: `${text}\n`, html: page(language, subject, body) };
}

/** Colours are those of the reader's own mail program, which knows whether it is dark there. */
function page(language: string, subject: string, body: string): string {
  return `<!doctype html>
<html lang="${escape(language)}" style="color-scheme: light dark">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escape(subject)}</title>
</head>
<body style="${bodyStyle}">
<div style="${columnStyle}">
${body}
</div>
</body>
</html>
`;
}

function buttonHtml(href: string, text: string): string {
  const address = escape(href);
  return (
    `<p style="${paragraphStyle}"><a href="${address}" style="${buttonStyle}">${escape(text)}</a></p>\n` +
    `<p style="${addressStyle}">${address}</p>`
  );
}

const font = "font-family: system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
const bodyStyle = `margin: 0; padding: 24px 16px; font-size: 16px; line-height: 1.5; ${font}`;
const columnStyle = 'max-width: 480px; margin: 0 auto; overflow-wrap: anywhere';
const paragraphStyle = 'margin: 0 0 16px';
const codeStyle =
  'margin: 0 0 16px; font-size: 32px; line-height: 1.25; font-weight: 600; letter-spacing: 0.15em; font-family: ui-monospace, Menlo, Consolas, monospace';
// White on this green is 7.2:1, in light and in dark.
const buttonStyle =
  'display: inline-block; padding: 12px 20px; border-radius: 10px; background-color: #0b6259; color: #ffffff; font-weight: 600; text-decoration: none';
const addressStyle = 'margin: 0 0 16px; font-size: 14px';
const footerStyle =
  'margin: 32px 0 0; padding: 16px 0 0; border-top: 1px solid rgba(128, 128, 128, 0.4); font-size: 14px';

function linkAddress(href: string): string {
  const url = URL.parse(href);
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url.href;
  throw refusal('The link of a mail is not an address of a page.');
}

function refusal(message: string): CofactorError {
  return new CofactorError('ERR_MAIL_FAILED', message);
}

function escape(value: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return value.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
