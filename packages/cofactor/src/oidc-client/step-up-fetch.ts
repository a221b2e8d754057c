import { parseStepUpChallenge, type StepUpChallenge } from '../web/challenge.ts';

export type { StepUpChallenge } from '../web/challenge.ts';

export interface StepUpFetchOptions {
  /** The access token as it is now; `null` where there is none, and the request goes without. */
  readonly token: () => string | null | Promise<string | null>;
  /**
   * Has the person prove what is missing, e.g. by an authorization request with `acr_values` and `max_age` of the
   * challenge, and returns the new access token; `null` where they declined. What it throws is thrown on.
   */
  readonly stepUp: (challenge: StepUpChallenge) => Promise<string | null>;
  /** In place of the global `fetch`. */
  readonly fetch?: typeof fetch;
}

/** A step-up that is over, for the requests that were under way meanwhile. */
interface Finished {
  readonly challenge: string;
  readonly token: string;
  /** The how manieth it was. */
  readonly number: number;
}

/**
 * A `fetch` for the API that an access token is for. Where the API answers that more authentication is needed
 * (RFC 9470), it has the person step up and repeats the request, once. Requests that meet the same challenge at the same
 * time share one step-up. For browsers and servers.
 *
 * The token goes to the address that is asked, over https (or to localhost), and nowhere else: redirects are an error,
 * unless `redirect: 'manual'` hands them to the caller. Never ask it for an address that somebody else chose.
 *
 * @example
 * const call = createStepUpFetch({ token: () => session.token, stepUp: (challenge) => signInAgain(challenge) });
 * const answer = await call('https://api.example.com/refunds', { method: 'POST', body: '{}' });
 */
export function createStepUpFetch(options: StepUpFetchOptions): typeof fetch {
  const { token, stepUp, fetch: fetcher, ...unknown } = options;
  const [other] = Object.keys(unknown);
  if (other !== undefined) throw new TypeError(`createStepUpFetch has no option ${other}`);
  if (typeof token !== 'function') throw new TypeError('createStepUpFetch: token takes a function');
  if (typeof stepUp !== 'function') throw new TypeError('createStepUpFetch: stepUp takes a function');
  if (fetcher !== undefined && typeof fetcher !== 'function') {
    throw new TypeError('createStepUpFetch: fetch takes a function');
  }
  const underWay = new Map<string, Promise<string | null>>();
  let finished: Finished | null = null;
  let count = 0;

  /** A new token: of the step-up that is under way for this challenge, or ended since the request began, or of one more. */
  const tokenFor = async (
    challenge: StepUpChallenge,
    current: string | null,
    begun: number,
  ): Promise<string | null> => {
    const { acrValues = '', maxAge = '' } = challenge;
    // With whose token: one instance on a server may call for many people.
    const key = JSON.stringify([current, maxAge, acrValues]);
    if (finished?.challenge === key && finished.number > begun) return finished.token;
    let asked = underWay.get(key);
    if (!asked) {
      asked = Promise.resolve(challenge)
        .then(stepUp)
        .then((better) => {
          if (better !== null) finished = { challenge: key, token: better, number: (count += 1) };
          return better;
        })
        .finally(() => underWay.delete(key));
      underWay.set(key, asked);
    }
    return asked;
  };

  return async (input, init = {}) => {
    const request = typeof input === 'string' || input instanceof URL ? null : input;
    const address = addressOf(request?.url ?? input);
    // Looked up when it is called, as the page or a test may have put another in its place.
    const send = (bearer: string | null): Promise<Response> =>
      (fetcher ?? fetch)(request ?? address, {
        ...init,
        headers: headersOf(init.headers ?? request?.headers, bearer),
        redirect: (init.redirect ?? request?.redirect) === 'manual' ? 'manual' : 'error',
      });
    const current = await token();
    const begun = count;
    const answer = await send(current);
    if (answer.status !== 401) return answer;
    const challenge = parseStepUpChallenge(answer.headers.get('www-authenticate'));
    // What was sent is gone, and half a body is not sent again.
    if (!challenge || request?.bodyUsed === true || !canBeSentAgain(init.body)) return answer;
    const better = await tokenFor(challenge, current, begun);
    if (better === null) return answer;
    await answer.body?.cancel().catch(() => undefined);
    return send(better);
  };
}

/** The address, if a token may travel there (RFC 6750, 5.3). */
function addressOf(asked: unknown): string {
  const page = (globalThis as { readonly location?: { readonly href: string } }).location;
  const url = new URL(String(asked), page?.href);
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && local)) return url.href;
  throw new TypeError('A token is sent to https addresses only, and to localhost.');
}

/** The headers of the request, with this token in place of any other. */
function headersOf(given: RequestInit['headers'], token: string | null): Headers {
  const headers = new Headers(given);
  headers.delete('authorization');
  if (token === null) return headers;
  // RFC 6750, 2.1. Checked here, because who refuses it otherwise quotes it in the error (I-28).
  if (typeof token !== 'string' || !/^[\w\-.~+/]+=*$/.test(token)) {
    throw new TypeError('This is no access token: it has characters that none has.');
  }
  headers.set('authorization', `Bearer ${token}`);
  return headers;
}

/** Whether a body is there a second time: a stream is not. */
function canBeSentAgain(body: unknown): boolean {
  return (
    body === undefined ||
    body === null ||
    typeof body === 'string' ||
    body instanceof URLSearchParams ||
    body instanceof FormData ||
    body instanceof Blob ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body)
  );
}
