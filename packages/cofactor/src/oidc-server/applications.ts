import type { Engine } from '../core/engine.ts';
import type { HttpResponse } from '../http/index.ts';
import type { ClientRegistry } from './client-registry.ts';
import { withdraw } from './grants.ts';
import type { OidcConfig } from './options.ts';
import { applicationsPage, type Frame } from './pages.ts';

/** The page of what a person lets applications have. */
export async function applications(
  engine: Engine,
  config: OidcConfig,
  clients: ClientRegistry,
  frame: Frame,
  userId: string,
  csrf: string,
  removed: string | null,
): Promise<HttpResponse> {
  const consents = await engine.store.oidc.consents(engine.realm, userId);
  const listed = consents.map(async ({ clientId, data, createdAt }) => ({
    id: clientId,
    name: (await clients.find(clientId))?.name ?? clientId,
    wishes: JSON.parse(data) as readonly string[],
    since: createdAt,
  }));
  const action = `${config.base}/applications`;
  // Said only of what is so: anybody can lead here with any name.
  const gone = removed !== null && !consents.some(({ clientId }) => clientId === removed);
  const client = gone ? await clients.find(removed) : null;
  return applicationsPage(frame, {
    action,
    csrf,
    applications: await Promise.all(listed),
    removed: client?.name ?? null,
  });
}

export async function removeApplication(engine: Engine, userId: string, clientId: string): Promise<void> {
  // What cannot be an id is not asked for: a NUL, which PostgreSQL refuses, is in none.
  if (/^[A-Za-z0-9._~:/-]{1,128}$/.test(clientId)) await withdraw(engine, userId, clientId);
}
