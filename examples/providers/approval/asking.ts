import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Asker } from './requests.ts';

const asking = new AsyncLocalStorage<Asker | null>();

/**
 * Notes who sends a request for as long as it is handled. A provider sees no HTTP; this is how the application tells
 * its own one what to show on the page that approves. Call it before the plugin of Cofactor is registered.
 */
export function noteAskers(app: FastifyInstance): void {
  const askers = new WeakMap<FastifyRequest, Asker>();
  app.addHook('preHandler', async (request) => {
    if (request.method !== 'POST') return;
    const { session } = await request.visitor();
    askers.set(request, {
      userAgent: request.headers['user-agent'] ?? '',
      address: request.ip,
      session: session?.session.id ?? null,
    });
  });
  // With a callback: everything that is called from `done`, the handler too, is then inside.
  app.addHook('preHandler', (request, _reply, done) => asking.run(askers.get(request) ?? null, done));
}

/** Who sent the request that is being handled. */
export function asker(): Asker | null {
  return asking.getStore() ?? null;
}

/** A browser in words, as far as it tells: "Firefox on Windows". Anybody can call a browser anything. */
export function browserOf(userAgent: string): string {
  const named = (names: readonly (readonly [RegExp, string])[], other: string): string =>
    names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? other;
  const browser = named(
    [
      [/Edg\//, 'Edge'],
      [/OPR\//, 'Opera'],
      [/Firefox\//, 'Firefox'],
      [/Chrome\//, 'Chrome'],
      [/Safari\//, 'Safari'],
    ],
    'A browser',
  );
  const system = named(
    [
      [/Android/, 'Android'],
      [/iPhone|iPad/, 'iOS'],
      [/Windows/, 'Windows'],
      [/Mac OS X/, 'macOS'],
      [/Linux/, 'Linux'],
    ],
    'an unknown system',
  );
  return `${browser} on ${system}`;
}
