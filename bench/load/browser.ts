/** What a browser adds to a connection: cookies, Origin, JSON. */
import { headers, type Answer, type Connection } from './connection.ts';

export class Browser {
  readonly origin: string;
  #connection: Connection;
  readonly #host: string;
  readonly #cookies = new Map<string, string>();

  constructor(connection: Connection, origin: string) {
    this.#connection = connection;
    this.origin = origin;
    this.#host = hostOf(origin);
  }

  get cookies(): string {
    return Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Goes on over another connection: servers close those that are idle for long. */
  over(connection: Connection): this {
    this.#connection = connection;
    return this;
  }

  async get(path: string, accept?: string): Promise<Answer> {
    return this.#keep(await this.#connection.exchange(getRequest(this.origin, path, this.cookies, accept)));
  }

  async post(path: string, body: object, extra: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.#send(path, 'application/json', JSON.stringify(body), extra);
  }

  /** Sends a form, as a page without scripts does. */
  async submit(path: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
    return this.#send(path, 'application/x-www-form-urlencoded', String(new URLSearchParams(fields)));
  }

  async #send(
    path: string,
    type: string,
    text: string,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const lines = Object.entries(extra).map(([name, value]) => `${name}: ${value}\r\n`);
    const cookies = this.#cookies.size === 0 ? '' : `Cookie: ${this.cookies}\r\n`;
    const request =
      `POST ${path} HTTP/1.1\r\nHost: ${this.#host}\r\nOrigin: ${this.origin}\r\n` +
      `User-Agent: ${userAgent}\r\nAccept: application/json\r\nSec-Fetch-Site: same-origin\r\n` +
      `Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n` +
      `${cookies}${lines.join('')}\r\n${text}`;
    return this.#keep(await this.#connection.exchange(request));
  }

  #keep(answer: Answer): Answer {
    for (const line of headers(answer.head, 'set-cookie')) {
      const [pair = '', ...attributes] = line.split(';');
      const at = pair.indexOf('=');
      const name = pair.slice(0, at).trim();
      const gone = attributes.some((text) => over.test(text));
      if (gone) this.#cookies.delete(name);
      else this.#cookies.set(name, pair.slice(at + 1).trim());
    }
    return answer;
  }
}

/** How servers say that a cookie is gone. */
const over = /^\s*(max-age\s*=\s*(0|-\d+)|expires\s*=.*\b1970\b.*)\s*$/i;

const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';

export function getRequest(
  origin: string,
  path: string,
  cookies: string,
  accept = 'application/json',
): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: ${hostOf(origin)}\r\nUser-Agent: ${userAgent}\r\nAccept: ${accept}\r\n` +
    `Sec-Fetch-Site: same-origin\r\n${cookies === '' ? '' : `Cookie: ${cookies}\r\n`}\r\n`
  );
}

const hostOf = (origin: string): string => origin.slice(origin.indexOf('//') + 2);

export function json(answer: Answer): unknown {
  return JSON.parse(answer.body.toString());
}
