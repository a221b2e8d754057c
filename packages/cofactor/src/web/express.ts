import type { IncomingMessage, ServerResponse } from 'node:http';
import { announcesMore, joined, mayHaveBody, type BodyFault, type BodyRead } from './body.ts';
import { maxBodyBytes, type HttpRequest, type HttpResponse } from './message.ts';

/**
 * A request of `node:http` with what Express, connect and their like add to it. Written down here, so that nobody
 * needs Express or its types for this.
 */
export interface NodeRequest extends IncomingMessage {
  /** The address as it came; `url` is what a router left of it. */
  readonly originalUrl?: string;
  /** What a body parser made of the body. */
  readonly body?: unknown;
}

/** Goes on: without an argument to what comes after, with one to the handler of errors. */
export type Next = (error?: unknown) => void;

/** What `app.use` and routes of Express take. */
export type Middleware = (request: NodeRequest, response: ServerResponse, next: Next) => void;

/** A request of Express as the routes see it; `body` is what `readBody` read. */
export function httpRequest(request: NodeRequest, body: Uint8Array | null = null): HttpRequest {
  return {
    method: request.method ?? 'GET',
    url: request.originalUrl ?? request.url ?? '/',
    headers: request.headers,
    body,
    // The other end of the connection, whatever "trust proxy" makes of it.
    remoteAddress: request.socket.remoteAddress ?? '',
  };
}

/**
 * Reads the body of a request, `maxBodyBytes` of it at most. It always ends: with the bytes, or with the reason why
 * there are none. What is left of a body that is too large is let go of; see `send`.
 */
export function readBody(request: NodeRequest): Promise<BodyRead> {
  return new Promise((resolve) => {
    if (!mayHaveBody(request.method ?? 'GET')) return resolve({ bytes: null });
    // A parser that keeps the bytes as they came is no trouble.
    if (request.body instanceof Uint8Array) {
      return resolve(request.body.length > maxBodyBytes ? { fault: 'too-large' } : { bytes: request.body });
    }
    if (request.readableDidRead) return resolve({ fault: 'already-read' });
    // Read to its end, and nothing was in it.
    if (request.readableEnded) return resolve({ bytes: null });
    if (request.destroyed) return resolve({ fault: 'cut-off' });
    if (announcesMore(request.headers['content-length'], maxBodyBytes))
      return resolve({ fault: 'too-large' });

    const pieces: Uint8Array[] = [];
    let length = 0;
    const take = (piece: Uint8Array): void => {
      length += piece.length;
      if (length > maxBodyBytes) fail('too-large');
      else pieces.push(piece);
    };
    const end = (): void => finish({ bytes: length === 0 ? null : joined(pieces, length) });
    const fail = (fault: BodyFault): void => finish({ fault });
    const cutOff = (): void => fail('cut-off');
    const finish = (read: BodyRead): void => {
      request.off('data', take).off('end', end).off('close', cutOff);
      resolve(read);
    };
    request.on('data', take).on('end', end).on('close', cutOff);
    // Stays: a connection that breaks later must not bring down the process.
    request.on('error', cutOff);
  });
}

/**
 * Answers with a response. Cookies go beside those that the application set; its other headers give way to ours.
 * Where there is an answer already, it stays.
 */
export function send(request: NodeRequest, response: ServerResponse, answer: HttpResponse): void {
  if (response.headersSent) return;
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) {
    if (name === 'set-cookie') response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
  if (hasUnwantedRest(request)) {
    // Not to be waited for, nor taken for the next request.
    if (request.httpVersionMajor < 2) response.setHeader('connection', 'close');
    request.resume();
  }
  // For HEAD, Node leaves out the body and keeps its length.
  if (answer.body === null) response.end();
  else response.setHeader('content-length', Buffer.byteLength(answer.body)).end(answer.body);
}

/** Whether more of a body is to come than anybody is going to read. One that nobody began to read Node lets go of itself. */
function hasUnwantedRest(request: NodeRequest): boolean {
  if (request.complete) return false;
  return request.readableDidRead || announcesMore(request.headers['content-length'], maxBodyBytes);
}
