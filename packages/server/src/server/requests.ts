import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { currentRequest } from './log.ts';
import type { Registry } from './metrics/registry.ts';
import type { RoutePatterns } from './route-patterns.ts';
import { newRequestId } from './system.ts';

const wellFormed = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;

/**
 * The id of a request: that of a trusted proxy in front, where it gave one, or else a new one. Anybody else could choose one
 * that stands in the log already.
 */
export function requestIds(trustedProxies: readonly string[]): (raw: IncomingMessage) => string {
  const trusted = new BlockList();
  for (const entry of trustedProxies) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(prefix), family);
  }
  return ({ headers, socket }) => {
    const given = headers['x-request-id'];
    if (typeof given !== 'string' || !wellFormed.test(given)) return newRequestId();
    const from = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
    const family = isIP(from);
    const isTrusted = family !== 0 && trusted.check(from, family === 6 ? 'ipv6' : 'ipv4');
    return isTrusted ? given : newRequestId();
  };
}

/**
 * One line and one measurement for each request. The line has the pattern of the route and never the address: there are
 * secrets in some, and what somebody typed in others (I-28).
 */
export function watchRequests(
  app: FastifyInstance,
  {
    logger,
    registry,
    patterns,
  }: {
    readonly logger: Logger;
    readonly registry: Registry;
    readonly patterns: RoutePatterns;
  },
): void {
  // Looked up before anybody has it: who answers may change the address to what it calls itself.
  const found = new WeakMap<FastifyRequest, string>();
  app.addHook('onRequest', (request, reply, done) => {
    found.set(request, patterns.of(request));
    reply.raw.setHeader('x-request-id', request.id);
    currentRequest.run({ id: request.id }, done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = found.get(request) ?? 'none';
    const status = reply.raw.statusCode;
    const milliseconds = Math.round(reply.elapsedTime * 10) / 10;
    registry.observe('cofactor_http_request_duration_seconds', reply.elapsedTime / 1000, {
      method: request.method,
      route,
      status: `${Math.floor(status / 100)}xx`,
    });
    const line = { requestId: request.id, method: request.method, route, status, ms: milliseconds };
    // Whoever asks how it is does so every few seconds.
    if (route.startsWith('/health/')) logger.debug(line, 'request');
    else logger.info(line, 'request');
    done();
  });
}
