import type { Cofactor } from 'cofactor';
import {
  cardPage,
  csrfToken,
  escapeHtml,
  languageOf,
  securityHeaders,
  type HttpRequest,
  type HttpResponse,
} from 'cofactor/http';
import { setUpTexts } from './texts.ts';

/** What stands in the form, and what is wrong with it. */
export interface SetUpForm {
  readonly token: string;
  readonly identifier: string;
  readonly problem: { readonly field: 'token' | 'identifier' | 'password'; readonly words: string } | null;
}

export const emptyForm: SetUpForm = Object.freeze({ token: '', identifier: '', problem: null });

/**
 * The page on which the first account is made. The secret stands behind `#` in the link, which no browser sends anywhere: a
 * script takes it from there, and who has none pastes it.
 */
export function setUpPage(
  auth: Cofactor,
  request: HttpRequest,
  status: number,
  { token, identifier, problem }: SetUpForm,
): HttpResponse {
  const { engine } = auth;
  const language = languageOf(engine.config, request);
  const texts = setUpTexts[language];
  const { token: csrf, cookie } = csrfToken(engine, request);
  const inputs = [
    input('token', texts.token, texts.tokenHint, token, 'autocomplete="off" spellcheck="false"', problem),
    input(
      'identifier',
      texts.identifier,
      null,
      identifier,
      'autocomplete="username" autocapitalize="none" maxlength="254"',
      problem,
    ),
    input(
      'password',
      texts.password,
      texts.passwordHint,
      '',
      'type="password" autocomplete="new-password" maxlength="1024"',
      problem,
    ),
  ];
  const content = `<p>${escapeHtml(texts.intro)}</p>
<form class="cf-form" method="post" action="/admin/set-up" id="cf-set-up">
<input type="hidden" name="csrf" value="${escapeHtml(csrf)}">
${inputs.join('\n')}
<button class="cf-button">${escapeHtml(texts.submit)}</button>
</form>
<script type="module" src="/admin/set-up.js"></script>`;
  const page = cardPage({ base: '/auth', language, engine }, status, texts.title, content);
  return {
    ...page,
    headers: {
      ...securityHeaders(engine.config.origin),
      // Without a referrer browsers send forms with `Origin: null`, which would say nothing.
      'referrer-policy': 'same-origin',
      ...page.headers,
      ...(cookie !== null && { 'set-cookie': cookie }),
    },
  };
}

function input(
  name: 'token' | 'identifier' | 'password',
  label: string,
  hint: string | null,
  value: string,
  attributes: string,
  problem: SetUpForm['problem'],
): string {
  const wrong = problem?.field === name ? problem.words : null;
  const described = [wrong === null ? '' : `cf-${name}-error`, hint === null ? '' : `cf-${name}-hint`]
    .filter(Boolean)
    .join(' ');
  const more = [
    `value="${escapeHtml(value)}"`,
    described === '' ? '' : `aria-describedby="${described}"`,
    wrong === null ? '' : 'aria-invalid="true" autofocus',
    attributes,
  ];
  return [
    `<div class="cf-field" data-field="${name}">`,
    `<label for="cf-${name}">${escapeHtml(label)}</label>`,
    `<div class="cf-input-row"><input class="cf-input" id="cf-${name}" name="${name}" required ${more.filter(Boolean).join(' ')}></div>`,
    wrong === null ? '' : `<p id="cf-${name}-error" class="cf-error">${escapeHtml(wrong)}</p>`,
    hint === null ? '' : `<p id="cf-${name}-hint" class="cf-meta">${escapeHtml(hint)}</p>`,
    '</div>',
  ]
    .filter(Boolean)
    .join('\n');
}

/** Takes the secret out of the address, where nobody needs to see it any more. */
export const setUpScript = `const field = document.querySelector('#cf-token');
const given = location.hash.slice(1);
if (given.startsWith('sut_')) {
  field.value = given;
  history.replaceState(null, '', location.pathname);
}
if (field.value !== '' && field.getAttribute('aria-invalid') === null) {
  field.closest('[data-field]').hidden = true;
  const next = document.querySelector('[aria-invalid]') ?? document.querySelector('#cf-identifier');
  next.focus();
}
`;
