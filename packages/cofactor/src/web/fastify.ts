import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpRequest, HttpResponse } from './message.ts';

/** A request of Fastify as the routes see it; the body is there where it was read as bytes. */
export function httpRequest(request: FastifyRequest): HttpRequest {
  return new Seen(request);
}

/** Guards make one for every request, and most of them never ask for the address. */
class Seen implements HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: HttpRequest['headers'];
  readonly #request: FastifyRequest;

  constructor(request: FastifyRequest) {
    const { raw } = request;
    this.method = raw.method ?? 'GET';
    this.url = raw.url ?? '/';
    this.headers = raw.headers;
    this.#request = request;
  }

  get body(): Uint8Array | null {
    const { body } = this.#request;
    return Buffer.isBuffer(body) ? body : null;
  }

  get remoteAddress(): string {
    return this.#request.raw.socket.remoteAddress ?? '';
  }
}

export function send(reply: FastifyReply, response: HttpResponse): FastifyReply {
  return (
    reply
      .code(response.status)
      .headers(response.headers as Record<string, string | string[]>)
      // `null` would go out as JSON.
      .send(response.body ?? undefined)
  );
}
