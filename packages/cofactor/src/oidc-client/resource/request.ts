import type { HttpRequest } from '../../web/message.ts';
import type { Bearer } from './server.ts';

/**
 * The request with every `Authorization` header that was sent: of several, Node keeps the first and does not say so, and
 * what stands in front may have looked at another.
 */
export function withEveryAuthorization(request: HttpRequest, rawHeaders: readonly string[]): HttpRequest {
  const sent = rawHeaders.filter(
    (_value, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'authorization',
  );
  if (sent.length <= 1) return request;
  const { method, url, body, remoteAddress, headers } = request;
  return { method, url, body, remoteAddress, headers: { ...headers, authorization: sent } };
}

const bearers = new WeakMap<object, Bearer>();

/** Remembers who makes a request of a server, for its handler. */
export function keep(request: object, bearer: Bearer): void {
  bearers.set(request, bearer);
}

export function bearerOf(request: object): Bearer {
  const bearer = bearers.get(request);
  // Nobody is better told so at once than taken for somebody.
  if (!bearer) throw new Error('This route is not guarded by requireBearer.');
  return bearer;
}
