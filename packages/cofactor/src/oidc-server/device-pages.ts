import { problemWords } from '../http/form-texts.ts';
import type { HttpResponse } from '../http/index.ts';
import { escapeHtml } from '../web/html.ts';
import { actions, formHtml, linkHtml, oidcPage, paragraph, textsOf, type Frame } from './pages.ts';
import { say } from './texts.ts';

/** Asks for the code that a device shows. */
export function deviceCodePage(
  frame: Frame,
  page: {
    readonly action: string;
    readonly xsrf: string;
    readonly code: string;
    readonly problem: string | null;
  },
): HttpResponse {
  const texts = textsOf(frame);
  const { problem } = page;
  const error = problem === null ? '' : `<p id="cf-code-error" class="cf-error">${escapeHtml(problem)}</p>`;
  const described = problem === null ? 'cf-code-hint' : 'cf-code-error cf-code-hint';
  const attributes = [
    'id="cf-code" class="cf-input cf-input-code" name="user_code"',
    `value="${escapeHtml(page.code)}"`,
    'autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="20" required autofocus',
    `aria-describedby="${described}"`,
    ...(problem === null ? [] : ['aria-invalid="true"']),
  ];
  const fields = `<div class="cf-field"><label for="cf-code">${escapeHtml(texts.deviceCode)}</label><div class="cf-input-row"><input ${attributes.join(' ')}></div>${error}<p id="cf-code-hint" class="cf-hint">${escapeHtml(texts.deviceHint)}</p></div>`;
  return oidcPage(
    frame,
    problem === null ? 200 : 400,
    texts.deviceTitle,
    paragraph(texts.deviceText, 'cf-lead') +
      formHtml({
        action: page.action,
        hidden: { xsrf: page.xsrf },
        fields,
        buttons: [{ text: texts.continue }],
      }),
  );
}

/** Asks whether a device is to be signed in: whose it is, what for, and where it asked from (RFC 8628, 3.3 and 5.4). */
export function deviceConfirmPage(
  frame: Frame,
  page: {
    readonly action: string;
    readonly xsrf: string;
    readonly code: string;
    readonly application: string;
    readonly browser: string | undefined;
    readonly system: string | undefined;
    readonly ip: string | undefined;
    readonly user: string;
  },
): HttpResponse {
  const texts = textsOf(frame);
  const { application, browser, system, ip, user } = page;
  const device = browser && system ? say(texts.deviceOn, { browser, system }) : (browser ?? system);
  const place = [device, ip].filter(Boolean).join(', ');
  return oidcPage(
    frame,
    200,
    say(texts.deviceConfirmTitle, { application }),
    paragraph(texts.deviceConfirmText) +
      `<p class="cf-device-code" translate="no">${escapeHtml(page.code)}</p>` +
      (place === '' ? '' : paragraph(say(texts.devicePlace, { place }), 'cf-meta')) +
      paragraph(say(texts.signedInAs, { user }), 'cf-meta') +
      paragraph(texts.deviceWarning, 'cf-warning') +
      actions(
        formHtml({
          action: page.action,
          hidden: { xsrf: page.xsrf, user_code: page.code },
          buttons: [
            { text: texts.deviceConfirm, name: 'confirm', value: 'yes' },
            { text: texts.deviceAbort, name: 'abort', value: 'yes', kind: 'cf-quiet' },
          ],
        }),
      ),
  );
}

export function deviceDonePage(frame: Frame): HttpResponse {
  const texts = textsOf(frame);
  return oidcPage(frame, 200, texts.deviceDoneTitle, paragraph(texts.deviceDoneText));
}

/** Of whatever the person turned away from: the device, or the confirmation that it needed. */
export function deviceAbortedPage(frame: Frame, again: string): HttpResponse {
  const texts = textsOf(frame);
  return oidcPage(
    frame,
    200,
    texts.deviceAbortedTitle,
    paragraph(texts.deviceAbortedText) + actions(linkHtml(again, texts.deviceAgain, 'cf-quiet')),
  );
}

/** After too many wrong codes. */
export function deviceWaitPage(frame: Frame, again: string, seconds: number): HttpResponse {
  const texts = textsOf(frame);
  const words = problemWords({ name: 'too-many-tries', retryAfter: seconds }, {}, frame.language);
  const page = oidcPage(
    frame,
    429,
    texts.deviceTitle,
    paragraph(words) + actions(linkHtml(again, texts.deviceAgain, 'cf-quiet')),
  );
  return { ...page, headers: { ...page.headers, 'retry-after': String(seconds) } };
}
