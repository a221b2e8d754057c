import { UsageError } from '../config.ts';
import { CookieJar } from './cookies.ts';
import { isAttacker, isCallback, PageError, type DriverOptions } from './driver.ts';
import { titleOf } from './html.ts';

/** What came after all redirects: a page, or the address of the client. */
export interface Arrival {
  readonly callback: URL | null;
  readonly url: string;
  readonly status: number;
  readonly title: string;
  readonly text: string;
}

export interface Send {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A browser without scripts: cookies, redirects, and no further than the address of the client. */
export class HttpBrowser {
  readonly #cookies = new CookieJar();
  readonly #options: DriverOptions;

  constructor(options: DriverOptions) {
    this.#options = options;
    for (const [name, value] of Object.entries(options.account.cookies)) {
      this.#cookies.set(new URL(options.config.issuer), `${name}=${value}; Path=/`);
    }
  }

  async send(url: string, { method = 'GET', body, headers = {} }: Send = {}): Promise<Response> {
    const cookie = this.#cookies.header(new URL(url));
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        redirect: 'manual',
        headers: { accept: 'text/html,application/xhtml+xml', ...(cookie && { cookie }), ...headers },
        signal: AbortSignal.timeout(this.#options.config.timeout * 1000),
        ...(body !== undefined && { body }),
      });
    } catch (error) {
      const { name, message, cause } = error as Error;
      const { timeout } = this.#options.config;
      if (name === 'TimeoutError') throw new PageError(`${url} gave no answer within ${timeout} s`);
      const why = cause instanceof Error ? cause.message : message;
      throw new UsageError(`${new URL(url).origin} is not to be reached: ${why}`);
    }
    for (const header of response.headers.getSetCookie()) this.#cookies.set(new URL(url), header);
    return response;
  }

  /** Goes where a response leads, as far as a page or the client. */
  async follow(from: string, first: Response): Promise<Arrival> {
    let url = from;
    let response = first;
    for (let hops = 0; hops < 20; hops += 1) {
      const { status, headers } = response;
      const location = headers.get('location');
      if (status < 300 || status >= 400 || location === null) {
        const text = await response.text();
        return { callback: null, url, status, title: titleOf(text), text };
      }
      await response.body?.cancel();
      const next = new URL(location, url);
      if (isCallback(next, this.#options.redirectUris)) {
        return { callback: next, url, status, title: '', text: '' };
      }
      if (!/^https?:$/.test(next.protocol) || isAttacker(next)) {
        return { callback: null, url: next.href, status, title: 'not gone to', text: '' };
      }
      url = next.href;
      response = await this.send(url);
    }
    return { callback: null, url, status: response.status, title: 'too many redirects', text: '' };
  }

  async open(url: string): Promise<Arrival> {
    return this.follow(url, await this.send(url));
  }
}
