import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from './registry.ts';

export interface MetricsServer {
  /** E.g. `http://localhost:9464/metrics`. */
  readonly address: string;
  close(): Promise<void>;
}

/** Serves `/metrics` on a port of its own, which nobody but who watches should reach. */
export async function serveMetrics(registry: Registry, host: string, port: number): Promise<MetricsServer> {
  const server: Server = createServer((request, response) => {
    const isAsked = request.url === '/metrics' && (request.method === 'GET' || request.method === 'HEAD');
    const text = isAsked ? registry.text() : 'Not found\n';
    response.writeHead(isAsked ? 200 : 404, {
      'content-type': isAsked ? 'text/plain; version=0.0.4; charset=utf-8' : 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.end(request.method === 'HEAD' ? undefined : text);
  });
  server.headersTimeout = 5000;
  server.listen({ host, port });
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  const named = host.includes(':') ? `[${host}]` : host;
  return {
    address: `http://${named}:${taken}/metrics`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
