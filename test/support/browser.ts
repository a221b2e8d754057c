import type { FastifyInstance } from 'fastify';
import type { ContextView, Problem, StepView } from '../../packages/cofactor/src/http/contract.ts';

export interface Answer<Body = unknown> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly text: string;
  /** The JSON of the answer, or `undefined`. */
  readonly body: Body;
  /** The problem's name, e.g. `wrong-response`; `null` where the answer is none. */
  readonly problem: string | null;
}

export interface Send {
  readonly body?: unknown;
  /** In place of the usual ones; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Sent as it is, in place of `body`. */
  readonly raw?: string | Buffer;
  readonly ip?: string;
}

/** How a request gets to a server: straight into a Fastify instance, or over the network. */
export type Transport = (
  method: string,
  path: string,
  headers: Record<string, string>,
  payload: string | Buffer | undefined,
  ip: string,
) => Promise<{
  status: number;
  headers: Record<string, string | string[] | number | undefined>;
  cookies: string[];
  text: string;
}>;

export function inject(app: FastifyInstance): Transport {
  return async (method, url, headers, payload, remoteAddress) => {
    const answer = await app.inject({
      method: method as 'GET',
      url,
      headers,
      remoteAddress,
      ...(payload !== undefined && { payload }),
    });
    const cookies = [answer.headers['set-cookie'] ?? []].flat();
    return { status: answer.statusCode, headers: answer.headers, cookies, text: answer.payload };
  };
}

export function network(origin: string): Transport {
  return async (method, path, headers, payload) => {
    const answer = await fetch(origin + path, {
      method,
      headers,
      redirect: 'manual',
      ...(payload !== undefined && { body: payload as string }),
    });
    const cookies = answer.headers.getSetCookie();
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      cookies,
      text: await answer.text(),
    };
  };
}

/** A browser without a screen: keeps cookies as one does, and knows the CSRF token of the page it is on. */
export class TestBrowser {
  readonly cookies = new Map<string, string>();
  /** Every `Set-Cookie` it was sent. */
  readonly setCookies: string[] = [];
  readonly origin: string;
  ip = '192.0.2.1';
  csrf = '';
  readonly #transport: Transport;

  constructor(transport: Transport, origin: string) {
    this.#transport = transport;
    this.origin = origin;
  }

  /** Another browser on the same server, with a copy of the cookies or without any. */
  fork(options: { readonly withCookies?: boolean } = {}): TestBrowser {
    const other = new TestBrowser(this.#transport, this.origin);
    if (options.withCookies) for (const [name, value] of this.cookies) other.cookies.set(name, value);
    other.csrf = options.withCookies ? this.csrf : '';
    return other;
  }

  async send<Body = unknown>(method: string, path: string, options: Send = {}): Promise<Answer<Body>> {
    const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'test browser' };
    if (this.cookies.size > 0) {
      headers['cookie'] = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    }
    if (method !== 'GET' && method !== 'HEAD') {
      headers['origin'] = this.origin;
      headers['x-csrf-token'] = this.csrf;
    }
    let payload: string | Buffer | undefined = options.raw;
    if (options.body !== undefined) payload = JSON.stringify(options.body);
    if (payload !== undefined) headers['content-type'] = 'application/json';
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      if (value === undefined) delete headers[name];
      else headers[name] = value;
    }
    const answer = await this.#transport(method, path, headers, payload, options.ip ?? this.ip);
    for (const cookie of answer.cookies) this.#keep(cookie);
    const renewed = answer.headers['x-csrf-token'];
    if (typeof renewed === 'string') this.csrf = renewed;
    let body: unknown;
    try {
      body = JSON.parse(answer.text);
    } catch {
      body = undefined;
    }
    const type = (body as Problem | undefined)?.type;
    const problem = typeof type === 'string' ? (/^urn:cofactor:problem:(.+)$/.exec(type)?.[1] ?? null) : null;
    return { status: answer.status, headers: answer.headers, text: answer.text, body: body as Body, problem };
  }

  get<Body = unknown>(path: string, options?: Send): Promise<Answer<Body>> {
    return this.send('GET', path, options);
  }
  /** A page, as a person would open it. */
  page(path: string): Promise<Answer> {
    return this.send('GET', path, { headers: { accept: 'text/html,application/xhtml+xml' } });
  }
  post<Body = StepView>(path: string, body?: unknown, options: Send = {}): Promise<Answer<Body>> {
    return this.send('POST', path, body === undefined ? options : { ...options, body });
  }

  /** Opens a page: fetches the context and with it the CSRF token. */
  async context(): Promise<ContextView> {
    const { body } = await this.get<ContextView>('/auth/context');
    this.csrf = body.csrf;
    return body;
  }

  #keep(cookie: string): void {
    this.setCookies.push(cookie);
    const [pair = '', ...attributes] = cookie.split(';');
    const name = pair.slice(0, pair.indexOf('='));
    if (attributes.some((attribute) => attribute.trim() === 'Max-Age=0')) this.cookies.delete(name);
    else this.cookies.set(name, pair.slice(pair.indexOf('=') + 1));
  }
}
