import type { PageKind } from '../config.ts';
import {
  PageError,
  pause,
  takenAt,
  type Action,
  type Driver,
  type DriverOptions,
  type Place,
  type Taken,
} from './driver.ts';
import { elementsOf, find, requestOf } from './html.ts';
import { HttpBrowser, type Arrival } from './http.ts';

/** The parts of the JSON of Cofactor's routes that are needed here. */
type Step =
  | { readonly status: 'done' | 'enrol'; readonly returnTo: string }
  | { readonly status: 'more-needed'; readonly ceremony: { readonly offers: readonly Offer[] } };

interface Offer {
  readonly authenticator: string;
  readonly provider: { readonly provider: string; readonly usage: 'first' | 'second' | 'recovery' };
}

/** What is asked on the sign-in pages, which draw themselves with scripts: their routes are called as the scripts would. */
interface Asked {
  readonly page: Arrival;
  readonly returnTo: string;
  /** `null` for the first page of a sign-in, where a name is asked for. */
  readonly offers: readonly Offer[] | null;
}

/**
 * Answers the pages of Cofactor by the routes behind them. Accounts have `username`, `password`, and `totp` where they
 * have an authenticator app.
 */
export function cofactorDriver(options: DriverOptions): Driver {
  const { account, codes } = options;
  const browser = new HttpBrowser(options);
  let asked: Asked | null = null;
  let shown: Arrival | null = null;

  async function arrive(arrival: Arrival): Promise<Place> {
    asked = null;
    shown = arrival;
    const url = new URL(arrival.url);
    const returnTo = url.searchParams.get('return_to') ?? '/';
    if (!arrival.callback && arrival.status === 200) {
      if (url.pathname.endsWith('/sign-in')) asked = { page: arrival, returnTo, offers: null };
      if (url.pathname.endsWith('/step-up')) return beginStepUp(arrival, returnTo);
    }
    return placeOf(arrival, kindOf(arrival, asked));
  }

  async function beginStepUp(page: Arrival, returnTo: string): Promise<Place> {
    const { step } = await call(page, 'step-up', { returnTo });
    return next({ page, returnTo, offers: null }, step);
  }

  async function next(before: Asked, step: Step): Promise<Place> {
    const { page } = before;
    if (step.status !== 'more-needed')
      return arrive(await browser.open(new URL(step.returnTo, page.url).href));
    asked = { ...before, offers: step.ceremony.offers };
    return placeOf(page, kindOf(page, asked));
  }

  /** Calls a route beside the page. What it refuses is said as it is: no account here answers wrongly. */
  async function call(
    page: Arrival,
    route: string,
    body: object,
  ): Promise<{ readonly step: Step; readonly taken: Taken }> {
    const beside = (name: string): string => new URL(name, page.url).href;
    const json = { accept: 'application/json', 'content-type': 'application/json' };
    const context = await browser.send(beside('context'), { headers: json });
    const { csrf } = (await context.json()) as { readonly csrf: string };
    const headers = { ...json, 'x-csrf-token': csrf, origin: new URL(page.url).origin };
    const began = Date.now();
    const response = await browser.send(beside(route), {
      method: 'POST',
      body: JSON.stringify(body),
      headers,
    });
    const answer: unknown = await response.json();
    if (!response.ok)
      throw new PageError(`POST ${route} answers ${response.status}: ${JSON.stringify(answer)}`);
    return { step: answer as Step, taken: takenAt(response.headers.get('date'), began) };
  }

  async function prove({
    page,
    returnTo,
    offers,
  }: Asked): Promise<{ readonly step: Step; readonly taken: Taken }> {
    const { username = '', password = '', totp = '' } = account.values;
    if (!offers) {
      const response = { password };
      return call(page, 'sign-in', { identifier: username, provider: 'password', response, returnTo });
    }
    const offer = offers.find(({ provider }) => ['totp', 'password'].includes(provider.provider));
    if (!offer) throw new PageError('neither a password nor an authenticator app is asked for');
    const response = offer.provider.provider === 'totp' ? { code: await codes.next(totp) } : { password };
    return call(page, 'ceremony', { authenticator: offer.authenticator, response });
  }

  /** A button of the pages between the application and its answer, which are plain forms. */
  async function press(arrival: Arrival, choice: string): Promise<Arrival> {
    const elements = elementsOf(arrival.text);
    const button = find(elements, `button[name=choice][value=${choice}]`);
    if (!button) throw new PageError(`the page "${arrival.title}" has no button "${choice}"`);
    const { url, method, body } = requestOf(button, elements, new Map(), arrival.url);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(url).origin };
    const response = await browser.send(url, { method, headers, ...(body !== null && { body }) });
    return browser.follow(url, response);
  }

  async function answer(action: Action): Promise<Place & { readonly taken: Taken }> {
    const now = takenAt(null, Date.now());
    if (asked && action.how === 'prove') {
      const before = asked;
      const { step, taken } = await prove(before);
      if (action.hold > 0) await pause(action.hold);
      return { ...(await next(before, step)), taken };
    }
    if (!shown) throw new PageError('no page is open');
    // Who turns away from the sign-in pages comes back to the page in between, which offers to go on without.
    const between = asked ? await browser.open(new URL(`${asked.returnTo}?left=1`, shown.url).href) : shown;
    if (between.callback) return { ...(await arrive(between)), taken: now };
    return { ...(await arrive(await press(between, choiceOf(action)))), taken: now };
  }

  return {
    open: async (url) => arrive(await browser.open(url)),
    act: answer,
    close: () => Promise.resolve(),
  };
}

function kindOf({ text, status }: Arrival, asked: Asked | null): PageKind | null {
  if (asked)
    return asked.offers?.some(({ provider }) => provider.usage === 'second') ? 'secondFactor' : 'firstFactor';
  const elements = elementsOf(text);
  const has = (choice: string): boolean => find(elements, `button[name=choice][value=${choice}]`) !== null;
  if (status !== 200) return null;
  // "This application needs a second factor": there is none to answer with.
  return has('allow') ? 'consent' : has('this') ? 'passage' : has('decline') ? 'secondFactor' : null;
}

function choiceOf({ kind, how }: Action): string {
  if (kind === 'consent') return how === 'prove' ? 'allow' : 'deny';
  if (kind === 'passage') return 'this';
  if (how === 'prove') throw new PageError('this account has nothing to answer with');
  return 'decline';
}

function placeOf({ callback, url, status, title }: Arrival, kind: PageKind | null): Place {
  return { callback, url, status, title, kind };
}
