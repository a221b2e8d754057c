import { createCofactor } from 'cofactor';
import { password } from 'cofactor/password';
import { sqlite } from 'cofactor/sqlite';
import { describe, expect, it } from 'vitest';
import {
  deviceAbortedPage,
  deviceCodePage,
  deviceConfirmPage,
  deviceDonePage,
  deviceWaitPage,
} from './device-pages.ts';
import { handOverPage } from './hand-over.ts';
import {
  applicationsPage,
  consentPage,
  enablePage,
  errorPage,
  leftPage,
  loggedOutPage,
  logoutPage,
  selectPage,
  wishTexts,
  type Frame,
} from './pages.ts';

const { engine } = createCofactor({
  factors: [password()],
  database: sqlite(':memory:'),
  name: 'Acme',
  origin: 'http://localhost:3000',
});
const frame: Frame = { engine, base: '/auth', language: 'en' };

/** What somebody would like to be more than words. */
const evil = `<img src=x onerror=alert(1)>"'&`;
const form = { action: `/oidc/interaction/${evil}`, hidden: { csrf: evil } };
const goal = { application: evil, isDevice: false };

const pages = {
  error: errorPage(frame, 400, evil, `/x?${evil}`),
  enable: enablePage(frame, {
    ...goal,
    user: evil,
    stronger: false,
    optional: false,
    enrolAddress: evil,
    form,
  }),
  left: leftPage(frame, { ...goal, from: 'confirmation', optional: false, again: evil, form }),
  select: selectPage(frame, { ...goal, user: evil, form, other: evil }),
  consent: consentPage(frame, {
    application: evil,
    user: evil,
    wishes: [evil, `claim:${evil}`, `https://api.example/${evil} ${evil}`],
    host: evil,
    form,
  }),
  applications: applicationsPage(frame, {
    action: evil,
    csrf: evil,
    applications: [{ id: evil, name: evil, wishes: [evil], since: new Date(0) }],
    removed: evil,
  }),
  logout: logoutPage(frame, { action: evil, xsrf: evil, application: evil, user: evil }),
  loggedOut: loggedOutPage(frame),
  deviceCode: deviceCodePage(frame, { action: evil, xsrf: evil, code: evil, problem: evil }),
  deviceConfirm: deviceConfirmPage(frame, {
    action: evil,
    xsrf: evil,
    code: evil,
    application: evil,
    browser: evil,
    system: evil,
    ip: evil,
    user: evil,
  }),
  deviceDone: deviceDonePage(frame),
  deviceAborted: deviceAbortedPage(frame, evil),
  deviceWait: deviceWaitPage(frame, evil, 30),
};

describe.each(Object.entries(pages))('%s', (_name, { body, headers }) => {
  it('shows words from elsewhere as words', () => {
    expect(String(body)).not.toContain('<img');
    expect(String(body)).not.toMatch(/="[^"]*[<>]/);
  });

  it('is a page in the language of its reader, and keeps to itself in caches', () => {
    expect(String(body)).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(headers['vary']).toContain('accept-language');
  });
});

describe('what went wrong', () => {
  const said = (page: ReturnType<typeof errorPage>): string =>
    /<h1>(.*?)<\/h1>/.exec(String(page.body))?.[1] ?? '';

  it('is told apart: what is over, what cannot be, what is not there, and what does not work now', () => {
    expect(said(errorPage(frame, 400, null))).toBe('This sign-in is no longer open');
    expect(said(errorPage(frame, 400, 'invalid_client: client is invalid'))).toBe('This did not work');
    expect(said(errorPage(frame, 403, null))).toBe('This page was open for too long');
    expect(said(errorPage(frame, 404, 'invalid_request: unrecognized route'))).toBe('There is nothing here');
    expect(said(errorPage(frame, 503, null))).toBe('This does not work at the moment');
  });

  it('tells developers in English, marked as such, and nobody what broke inside', () => {
    const detail = 'invalid_client: client is invalid';
    const german = String(errorPage({ ...frame, language: 'de' }, 400, detail).body);
    expect(german).toContain(`lang="en">${detail}<`);
    expect(String(errorPage(frame, 500, 'server_error: boom').body)).not.toContain('boom');
  });
});

describe('what an application would like to have', () => {
  it('stands in plain words, once where two things mean the same to a person', () => {
    const wishes = ['openid', 'email', 'claim:email', 'claim:email_verified', 'claim:preferred_username'];
    expect(wishTexts(frame, wishes)).toEqual([
      'know that it is you, and how you signed in',
      'see your e-mail address',
      'see your user name and your language',
    ]);
    expect(wishTexts(frame, ['https://api.example orders:read', 'claim:shoe_size', 'constructor'])).toEqual([
      'use “orders:read” at https://api.example',
      'see “shoe_size” of your account',
      'constructor',
    ]);
  });
});

describe('a form that a script sends', () => {
  const script = `<script>\n    document.forms[0].submit();\n  </script>`;
  const body = `<html><head><title>Submitting Callback</title>${script}</head><body><form method="post" action="https://shop.example/callback?a=1&amp;b=2"><input type="hidden" name="code" value="a&quot;b"/>\n<input type="hidden" name="iss" value="https://op.example"/><noscript>English</noscript></form></body></html>`;

  it('keeps its fields, its address and its script to the letter, and can be sent without it', () => {
    const page = handOverPage({ ...frame, language: 'de' }, body) ?? '';
    expect(page).toContain(script);
    expect(page).toContain('<form method="post" action="https://shop.example/callback?a=1&amp;b=2">');
    expect(page).toContain('<input type="hidden" name="code" value="a&quot;b"/>');
    expect(page).toContain('<input type="hidden" name="iss" value="https://op.example"/>');
    expect(page).toContain('<button class="cf-button">Weiter</button>');
    expect(page).not.toContain('English</noscript>');
  });

  it('is the only page that is made anew', () => {
    expect(handOverPage(frame, '<html><head><title>Else</title></head></html>')).toBeNull();
  });
});
