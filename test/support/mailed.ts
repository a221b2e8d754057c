import type { CofactorOptions, Store } from 'cofactor';
import { emailOtp } from 'cofactor/email-otp';
import { smtp } from 'cofactor/mail';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import type {
  ChallengeView,
  ConfirmedView,
  EnrolmentView,
  StepView,
} from '../../packages/cofactor/src/http/contract.ts';
import { createApp, register, signInWithPassword, type Person, type TestApp } from './app.ts';
import type { Answer, TestBrowser } from './browser.ts';
import { plainHasher } from './hasher.ts';
import { codeIn, startSmtp, type TestSmtp } from './smtp.ts';

/** An application that mails codes through a real server. */
export interface MailedApp extends TestApp {
  readonly mail: TestSmtp;
}

export async function createMailedApp(
  database: Store,
  options: Partial<CofactorOptions> = {},
  mail?: TestSmtp,
): Promise<MailedApp> {
  const server = mail ?? (await startSmtp());
  const app = await createApp(database, {
    name: 'Acme',
    mail: smtp(server.url),
    factors: [password({ hasher: plainHasher }), totp({ issuer: 'Test' }), emailOtp(), recoveryCodes()],
    ...options,
  });
  return {
    ...app,
    mail: server,
    async close() {
      await app.close();
      if (!mail) await server.close();
    },
  };
}

/** Somebody who is signed in, and gets codes at an address. */
export interface MailedPerson extends Person {
  readonly address: string;
}

export function beginEnrolment(
  browser: TestBrowser,
  address: unknown,
  provider = 'email-otp',
): Promise<Answer<EnrolmentView>> {
  return browser.post<EnrolmentView>('/auth/enrolments', { provider, input: { address } });
}

export function confirmEnrolment(
  browser: TestBrowser,
  enrolment: string,
  code: string,
): Promise<Answer<ConfirmedView>> {
  return browser.post<ConfirmedView>('/auth/enrolments/confirm', { enrolment, response: { code } });
}

/** Adds an address to somebody who is signed in with a fresh proof; returns the authenticator's id. */
export async function enrolAddress(app: MailedApp, browser: TestBrowser, address: string): Promise<string> {
  const begun = await beginEnrolment(browser, address);
  if (begun.status !== 201) throw new Error(`could not begin: ${begun.text}`);
  const code = codeIn(app.mail.last(address));
  const confirmed = await confirmEnrolment(browser, begun.body.enrolment, code);
  if (confirmed.status !== 201) throw new Error(`could not confirm: ${confirmed.text}`);
  return confirmed.body.authenticator.id;
}

let addresses = 0;

/** Registers somebody and adds an address of their own. */
export async function registerMailed(app: MailedApp): Promise<MailedPerson> {
  const person = await register(app);
  const address = `person${(addresses += 1)}@example.com`;
  person.authenticator = await enrolAddress(app, person.browser, address);
  return { ...person, address };
}

/** Has a code sent, in the ceremony of a browser. */
export function askForCode(browser: TestBrowser, authenticator: string): Promise<Answer<ChallengeView>> {
  return browser.post<ChallengeView>('/auth/challenges', { authenticator });
}

export function answerCode(
  browser: TestBrowser,
  authenticator: string,
  code: string,
): Promise<Answer<StepView>> {
  return browser.post('/auth/ceremony', { authenticator, response: { code } });
}

/** A new browser in which the password was right and a code is on its way; the code as the mail has it. */
export async function askedToSignIn(
  app: MailedApp,
  person: MailedPerson,
): Promise<{ readonly browser: TestBrowser; readonly code: string }> {
  const browser = app.browser();
  const first = await signInWithPassword(person, browser);
  if (first.body?.status !== 'more-needed') throw new Error(`no second step: ${first.text}`);
  const sent = await askForCode(browser, person.authenticator);
  if (sent.status !== 200) throw new Error(`no code was sent: ${sent.text}`);
  return { browser, code: codeIn(app.mail.last(person.address)) };
}

/** A code that is not this one. */
export function otherThan(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}
