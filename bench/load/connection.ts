/**
 * One keep-alive HTTP/1.1 connection, hand-made: the load generator has one core, and must cost less than the
 * bare Fastify route that it measures. One request at a time, as a browser's connection would.
 */
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: Buffer;
}

export class Connection {
  #socket: Socket;
  #pending: Buffer | null = null;
  #resolve: ((answer: Answer) => void) | null = null;
  #reject: ((error: Error) => void) | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Connection(socket));
      });
    });
  }

  exchange(request: string | Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.send(request, resolve, reject);
    });
  }

  /** The same without a promise, for the busiest loop. */
  send(request: string | Buffer, resolve: (answer: Answer) => void, reject: (error: Error) => void): void {
    if (this.#resolve !== null) throw new Error('one request at a time');
    this.#resolve = resolve;
    this.#reject = reject;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const bytes = this.#pending === null ? chunk : Buffer.concat([this.#pending, chunk]);
    const answer = parse(bytes);
    if (answer === null) {
      this.#pending = bytes;
      return;
    }
    const resolve = this.#resolve;
    this.#pending = this.#resolve = this.#reject = null;
    resolve?.(answer);
  }

  #fail(error: Error): void {
    const reject = this.#reject;
    this.#resolve = this.#reject = null;
    reject?.(error);
  }
}

/** A whole answer, or `null` while some of it is still on its way. */
function parse(bytes: Buffer): Answer | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = bytes.toString('latin1', 0, end + 2);
  const status = Number(head.slice(9, 12));
  const length = header(head, 'content-length');
  if (length !== null) {
    const stop = end + 4 + Number(length);
    return bytes.length < stop ? null : { status, head, body: bytes.subarray(end + 4, stop) };
  }
  if (status === 204 || status === 304) return { status, head, body: Buffer.alloc(0) };
  const body = unchunk(bytes, end + 4);
  return body === null ? null : { status, head, body };
}

function unchunk(bytes: Buffer, start: number): Buffer | null {
  const parts: Buffer[] = [];
  for (let at = start; ;) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (bytes.length < line + 2 + size + 2) return null;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}

/** First value of a header in the head of an answer. */
export function header(head: string, name: string): string | null {
  const all = headers(head, name);
  return all[0] ?? null;
}

/** Every value of a header. */
export function headers(head: string, name: string): string[] {
  const values: string[] = [];
  for (let at = head.indexOf('\r\n'); at >= 0 && at + 2 < head.length;) {
    const next = head.indexOf('\r\n', at + 2);
    const colon = at + 2 + name.length;
    if (head.charCodeAt(colon) === 58 && head.slice(at + 2, colon).toLowerCase() === name) {
      values.push(head.slice(colon + 1, next).trim());
    }
    at = next;
  }
  return values;
}
