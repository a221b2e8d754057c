import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { webauthn, type WebauthnOptions } from 'cofactor/webauthn';
import type { CofactorOptions, Store } from 'cofactor';
import type {
  ChallengeView,
  ConfirmedView,
  EnrolmentView,
  SecurityView,
  StepView,
} from '../../packages/cofactor/src/http/contract.ts';
import type { AdapterName } from './adapters.ts';
import { createApp, register, signInWithPassword, type Person, type TestApp } from './app.ts';
import type { Answer, TestBrowser } from './browser.ts';
import { plainHasher } from './hasher.ts';
import {
  create,
  get,
  type CreateKnobs,
  type CreateOptions,
  type GetKnobs,
  type GetOptions,
  type Passkey,
} from './passkey.ts';

/** What people do with passkeys, as requests of a browser and a software authenticator. */

/** The usual application, with passkeys before the authenticator app. */
export function createPasskeyApp(
  database: Store,
  options: Partial<CofactorOptions> & { readonly webauthn?: WebauthnOptions } = {},
  through: { readonly adapter?: AdapterName } = {},
): Promise<TestApp> {
  const { webauthn: own, ...rest } = options;
  const factors = [
    password({ hasher: plainHasher }),
    webauthn(own),
    totp({ issuer: 'Test' }),
    recoveryCodes(),
  ];
  return createApp(database, { factors, ...rest }, through);
}

/** A passkey that is enrolled: on its device, and under which id the server knows it. */
export interface Enrolled {
  readonly passkey: Passkey;
  readonly authenticator: string;
  readonly confirmed: ConfirmedView;
}

/** Begins a set-up; throws where the server does not let it begin. */
export async function beginPasskey(
  browser: TestBrowser,
): Promise<{ readonly enrolment: string; readonly options: CreateOptions }> {
  const begun = await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'webauthn' });
  if (begun.status !== 201) throw new Error(`could not begin: ${begun.text}`);
  return { enrolment: begun.body.enrolment, options: begun.body.setup['options'] as CreateOptions };
}

/** Sets a passkey up, in a session that may. */
export async function enrolPasskey(
  browser: TestBrowser,
  knobs: CreateKnobs = {},
  name?: string,
): Promise<Enrolled> {
  const { enrolment, options } = await beginPasskey(browser);
  const { passkey, response } = create(options, knobs);
  const confirmed = await browser.post<ConfirmedView>('/auth/enrolments/confirm', {
    enrolment,
    response,
    ...(name !== undefined && { name }),
  });
  if (confirmed.status !== 201) throw new Error(`could not confirm: ${confirmed.text}`);
  return { passkey, authenticator: confirmed.body.authenticator.id, confirmed: confirmed.body };
}

/** Somebody who registered and has a passkey; their session is still at the level of the password. */
export async function personWithPasskey(
  app: TestApp,
  knobs: CreateKnobs = {},
): Promise<Person & { readonly own: Enrolled }> {
  const person = await register(app);
  return { ...person, own: await enrolPasskey(person.browser, knobs) };
}

/** Asks for the challenge of an authenticator in the ceremony of this browser. */
export async function challenged(browser: TestBrowser, authenticator: string): Promise<GetOptions> {
  const answer = await browser.post<ChallengeView>('/auth/challenges', { authenticator });
  if (answer.status !== 200 && answer.status !== 201) throw new Error(`no challenge: ${answer.text}`);
  return answer.body.view['options'] as GetOptions;
}

/** Asks for a challenge and answers it. */
export async function answerWith(
  browser: TestBrowser,
  { authenticator, passkey }: Pick<Enrolled, 'authenticator' | 'passkey'>,
  knobs: GetKnobs = {},
): Promise<Answer<StepView>> {
  const response = get(await challenged(browser, authenticator), passkey, knobs);
  return browser.post('/auth/ceremony', { authenticator, response });
}

/** A browser that has proved the password and is asked for more. */
export async function pendingBrowser(app: TestApp, person: Person): Promise<TestBrowser> {
  const browser = app.browser();
  const first = await signInWithPassword(person, browser);
  if (first.body?.status !== 'more-needed') throw new Error(`no second step: ${first.text}`);
  return browser;
}

/** Password and passkey, to a session. */
export async function signInWithPasskey(
  app: TestApp,
  person: Person & { readonly own: Pick<Enrolled, 'authenticator' | 'passkey'> },
  knobs: GetKnobs = {},
): Promise<TestBrowser> {
  const browser = await pendingBrowser(app, person);
  const answer = await answerWith(browser, person.own, knobs);
  if (answer.body?.status !== 'done') throw new Error(`second step failed: ${answer.text}`);
  return browser;
}

/** The challenge of a browser in which nobody is known. */
export async function discovering(browser: TestBrowser): Promise<GetOptions> {
  const answer = await browser.post<ChallengeView>('/auth/challenges', { provider: 'webauthn' });
  if (answer.status !== 200 && answer.status !== 201) throw new Error(`no challenge: ${answer.text}`);
  return answer.body.view['options'] as GetOptions;
}

/** Signs in by the passkey alone, in a browser that has opened the page. */
export async function discover(
  browser: TestBrowser,
  passkey: Passkey,
  knobs: GetKnobs = {},
): Promise<Answer<StepView>> {
  const response = get(await discovering(browser), passkey, knobs);
  return browser.post('/auth/sign-in', { provider: 'webauthn', response });
}

/** A browser that has the sign-in page open, and nothing else. */
export async function visitor(app: TestApp): Promise<TestBrowser> {
  const browser = app.browser();
  await browser.context();
  return browser;
}

export async function security(browser: TestBrowser): Promise<SecurityView> {
  return (await browser.get<SecurityView>('/auth/security')).body;
}

/** Who a browser is signed in as, and how. */
export async function who(browser: TestBrowser): Promise<unknown> {
  return (await browser.get('/who')).body;
}
