import { assetVersion } from './asset.ts';
import type { Call } from './route.ts';
import type { HttpResponse } from './message.ts';

/** The page around an element: what it needs and nothing else. Texts come with the element. */
export function page(call: Call, title: string, element: string, script: string): HttpResponse {
  const { base, language } = call;
  const name = escapeHtml(call.engine.config.name);
  return {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', vary: 'accept, accept-language' },
    body: `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="cofactor-base" content="${base}">
<title>${escapeHtml(title)} · ${name}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${base}/assets/cofactor.css?${assetVersion}">
<script type="module" src="${base}/assets/${script}.js?${assetVersion}"></script>
</head>
<body>
<main>${element}<noscript>This page needs JavaScript.</noscript></main>
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
  const name = escapeHtml(call.engine.config.name);
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', vary: 'accept, accept-language' },
    body: `<!doctype html>
<html lang="${call.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · ${name}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${call.base}/assets/cofactor.css?${assetVersion}">
</head>
<body>
<main><div class="cf-card"><p class="cf-product">${name}</p><h1>${escapeHtml(title)}</h1><p>${escapeHtml(words)}</p>${anchors.join('')}</div></main>
</body>
</html>
`,
  };
}

export function escapeHtml(value: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return value.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
