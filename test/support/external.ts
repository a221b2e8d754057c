import type { CofactorOptions, Store } from 'cofactor';
import { openid, type OpenidOptions } from 'cofactor/openid';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import type {
  ChallengeView,
  ConfirmedView,
  EnrolmentView,
  SecurityView,
  StepView,
} from '../../packages/cofactor/src/http/contract.ts';
import { returned } from '../../packages/cofactor/src/elements/returned.ts';
import type { AdapterName } from './adapters.ts';
import { createApp, type TestApp } from './app.ts';
import type { Answer, TestBrowser } from './browser.ts';
import { TestClock } from './clock.ts';
import { plainHasher } from './hasher.ts';
import { clientSecret, Upstream, UpstreamBrowser } from './upstream.ts';

/** The site of the tests, and an issuer at which people have accounts. */
export interface ExternalApp {
  readonly app: TestApp;
  readonly upstream: Upstream;
  readonly clock: TestClock;
  close(): Promise<void>;
}

/** The same redirect URI for every provider that a test may name. */
const origin = 'http://localhost:3000';
export const names = ['acme-id', 'second', 'members'] as const;

export async function createExternalApp(
  database: Store,
  options: Partial<OpenidOptions> = {},
  more: Partial<CofactorOptions> = {},
  through: { readonly adapter?: AdapterName } = {},
): Promise<ExternalApp> {
  const clock = new TestClock();
  const upstream = await Upstream.start({ clock, redirectUris: redirectUris() });
  const factors = [
    password({ hasher: plainHasher }),
    totp({ issuer: 'Test' }),
    recoveryCodes(),
    openid(optionsFor(upstream, options)),
  ];
  const app = await createApp(database, { clock, factors, ...more }, through);
  return {
    app,
    upstream,
    clock,
    async close() {
      await app.close();
      await upstream.close();
    },
  };
}

export function redirectUris(site = origin): readonly string[] {
  return names.flatMap((name) => [`${site}/auth/external/${name}`, `${site}/members/external/${name}`]);
}

export function optionsFor(upstream: Upstream, more: Partial<OpenidOptions> = {}): OpenidOptions {
  return {
    name: 'acme-id',
    label: 'Acme ID',
    issuer: upstream.issuer,
    clientId: upstream.clientId,
    clientSecret,
    ...more,
  };
}

/** A person with a browser: cookies here, and cookies at the issuer. */
export interface Visitor {
  readonly browser: TestBrowser;
  readonly there: UpstreamBrowser;
}

export function visitor({ app }: Pick<ExternalApp, 'app'>): Visitor {
  return { browser: app.browser(), there: new UpstreamBrowser() };
}

/** What the sign-in page does when its button is pressed: the address that it leads to. */
export async function leave(
  { browser }: Visitor,
  { provider = 'acme-id', returnTo }: { readonly provider?: string; readonly returnTo?: string } = {},
): Promise<string> {
  await browser.context();
  const answer = await browser.post<ChallengeView>('/auth/challenges', { provider, returnTo });
  if (answer.status !== 200) throw new Error(`could not leave: ${answer.text}`);
  return String(answer.body.view['url']);
}

/** What the page does that people come back to: the answer of the route it sends the response to. */
export async function comeBack<Body = StepView>({ browser }: Visitor, back: URL): Promise<Answer<Body>> {
  const page = await browser.page(back.pathname);
  if (page.status !== 200) throw new Error(`there is no page at ${back.pathname}`);
  const came = returned(back.search);
  if (!came?.response) throw new Error(`not a response: ${back.search}`);
  const { why, authenticator, response } = came;
  await browser.context();
  if (why === 'enrol') return browser.post<Body>('/auth/enrolments/confirm', { response });
  if (why === 'answer') return browser.post<Body>('/auth/ceremony', { authenticator, response });
  return browser.post<Body>('/auth/sign-in', { provider: back.pathname.split('/').at(-1), response });
}

/** There and back. */
export async function signIn(
  person: Visitor,
  options: { readonly provider?: string; readonly returnTo?: string } = {},
): Promise<Answer<StepView>> {
  return comeBack(person, await person.there.visit(await leave(person, options)));
}

/** Links the identity of whoever signs in at the issuer with the account that is signed in here. */
export async function link(person: Visitor, provider = 'acme-id'): Promise<Answer<ConfirmedView>> {
  const begun = await person.browser.post<EnrolmentView>('/auth/enrolments', { provider });
  if (begun.status !== 201) throw new Error(`could not begin: ${begun.text}`);
  return comeBack(person, await person.there.visit(String(begun.body.setup['url'])));
}

/** Answers the ceremony in progress with the first external identity that it offers. */
export async function answerAbroad(person: Visitor, step: StepView): Promise<Answer<StepView>> {
  return comeBack(person, await person.there.visit(await leaveFor(person, step)));
}

/** The address that a ceremony leads to. */
export async function leaveFor({ browser }: Visitor, step: StepView): Promise<string> {
  if (step.status !== 'more-needed') throw new Error(`nothing is asked: ${step.status}`);
  const offer = step.ceremony.offers.find(({ provider }) => provider.discover && provider.usage === 'first');
  const asked = await browser.post<ChallengeView>('/auth/challenges', {
    authenticator: offer?.authenticator,
  });
  if (asked.status !== 200) throw new Error(`could not leave: ${asked.text}`);
  return String(asked.body.view['url']);
}

export async function security({ browser }: Visitor): Promise<SecurityView> {
  return (await browser.get<SecurityView>('/auth/security')).body;
}

export async function who({ browser }: Pick<Visitor, 'browser'>): Promise<{
  readonly user: string | null;
  readonly acr: string | null;
  readonly amr: readonly string[];
}> {
  return (await browser.get<{ user: string | null; acr: string | null; amr: string[] }>('/who')).body;
}
