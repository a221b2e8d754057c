import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpRequest, HttpResponse } from './message.ts';

/** A request of Fastify as the routes see it; the body is there where it was read as bytes. */
export function httpRequest(request: FastifyRequest): HttpRequest {
  return {
    method: request.method,
    url: request.raw.url ?? '/',
    headers: request.raw.headers,
    body: Buffer.isBuffer(request.body) ? request.body : null,
    remoteAddress: request.raw.socket.remoteAddress ?? '',
  };
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
