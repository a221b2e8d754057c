import { assetVersion } from './asset.ts';
import { brand, escapeHtml } from '../web/html.ts';
import { languageNames, languages, type Language } from '../web/language.ts';
import type { Call } from './route.ts';
import type { HttpResponse } from '../web/message.ts';
import { pageTexts, type PageTexts } from './texts.ts';

/** The page around an element: what it needs and nothing else. Texts come with the element. */
export function page(call: Call, title: keyof PageTexts, element: string, script: string): HttpResponse {
  const { base, language } = call;
  const words = pageTexts[language];
  const name = escapeHtml(call.engine.config.name);
  // English is in the scripts. Asked for from here on, other texts are there before a script wants them.
  const texts = (language === 'en' ? [] : script === 'sign-in' ? [''] : ['', '-account']).map(
    (part) => `<link rel="modulepreload" href="${base}/assets/texts-${language}${part}.js">\n`,
  );
  // What only the account's own page shows is not waited for by who signs in.
  const more =
    script === 'security'
      ? `<link rel="stylesheet" href="${base}/assets/account.css?${assetVersion}">\n`
      : '';
  return {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', vary: 'accept, accept-language, cookie' },
    body: `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="cofactor-base" content="${base}">
<title>${escapeHtml(words[title])} · ${name}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${base}/assets/cofactor.css?${assetVersion}">
${more}<script type="module" src="${base}/assets/${script}.js?${assetVersion}"></script>
${texts.join('')}</head>
<body>
<main>${element}<noscript>${escapeHtml(words.noscript)}</noscript>
${languageButtons(language)}</main>
</body>
</html>
`,
  };
}

/** A page of words: a heading, a paragraph, and links to go on. */
export function wordsPage(
  call: Pick<Call, 'base' | 'language' | 'engine'>,
  status: number,
  title: string,
  words: string,
  links: readonly { readonly href: string; readonly text: string }[],
): HttpResponse {
  const anchors = links.map(
    ({ href, text }) => `<p><a class="cf-button" href="${escapeHtml(href)}">${escapeHtml(text)}</a></p>`,
  );
  return cardPage(call, status, title, `<p>${escapeHtml(words)}</p>${anchors.join('')}`);
}

/**
 * A page that is whole without a script: a card with a heading and this content, which is HTML already. `sheet` is the name of
 * a style sheet among the assets that it needs besides.
 */
export function cardPage(
  call: Pick<Call, 'base' | 'language' | 'engine'>,
  status: number,
  title: string,
  content: string,
  { sheet, wide = false }: { readonly sheet?: string; readonly wide?: boolean } = {},
): HttpResponse {
  const name = escapeHtml(call.engine.config.name);
  const sheets = ['cofactor', ...(sheet === undefined ? [] : [sheet])].map(
    (one) => `<link rel="stylesheet" href="${call.base}/assets/${one}.css?${assetVersion}">\n`,
  );
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', vary: 'accept, accept-language, cookie' },
    body: `<!doctype html>
<html lang="${call.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="cofactor-base" content="${call.base}">
<title>${escapeHtml(title)} · ${name}</title>
<link rel="icon" href="data:,">
${sheets.join('')}<script type="module" src="${call.base}/assets/languages.js?${assetVersion}"></script>
</head>
<body>
<main><div class="cf-card${wide ? ' cf-wide' : ''}">${brand(call.engine.config.name)}<h1>${escapeHtml(title)}</h1>${content}</div>
${languageButtons(call.language)}</main>
</body>
</html>
`,
  };
}

/** Buttons, since a list would be acted on while somebody without a mouse still looks through it. */
function languageButtons(current: Language): string {
  const buttons = languages.map((language) => {
    const mark = language === current ? ' aria-current="true"' : '';
    return `<button class="cf-link" lang="${language}"${mark}>${languageNames[language]}</button>`;
  });
  const label = escapeHtml(pageTexts[current].languages);
  return `<cofactor-languages role="group" aria-label="${label}">${buttons.join('')}</cofactor-languages>`;
}
