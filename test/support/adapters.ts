import { serveExpress } from './adapters/express.ts';
import { serveFastify } from './adapters/fastify.ts';
import { serveFetch } from './adapters/fetch.ts';
import type { MountedRealm, Served } from './adapters/served.ts';

/** The ways into an application: `fetch` stands for whatever answers a `Request`, and is tried in Hono. */
export type AdapterName = 'fastify' | 'express' | 'fetch';

/** An application with these realms, the first of which is meant where none is named. */
export function serve(adapter: AdapterName, realms: readonly MountedRealm[]): Promise<Served> {
  switch (adapter) {
    case 'fastify':
      return serveFastify(realms);
    case 'express':
      return serveExpress(realms);
    case 'fetch':
      return serveFetch(realms);
  }
}
