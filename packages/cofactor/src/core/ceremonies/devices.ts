import type { Client, Engine } from '../engine.ts';
import { idOf, newSecret } from '../ids.ts';
import type { DeviceRecord, UserRecord } from '../store.ts';
import { refused, type Refused } from './outcome.ts';

/** How long a browser is remembered, in seconds: fixed, so that using it does not make it last longer. */
export const deviceLife: number = 30 * 86_400;

/** A browser to be remembered, not yet stored; `null` where the site does not do that. */
export function rememberDevice(
  engine: Engine,
  user: Pick<UserRecord, 'id' | 'generation'>,
  client: Client,
): { readonly secret: string; readonly record: DeviceRecord } | null {
  if (!engine.config.rememberDevices) return null;
  const now = engine.config.clock.now();
  const { secret, id } = newSecret('dev', engine.config.random);
  const record: DeviceRecord = {
    id,
    realm: engine.realm,
    userId: user.id,
    generation: user.generation,
    userAgent: client.userAgent.slice(0, 256),
    createdAt: now,
    lastUsedAt: now,
    expiresAt: new Date(now.getTime() + deviceLife * 1000),
  };
  return { secret, record };
}

/**
 * Whether this browser is remembered for this account as it is now. It spares the second factor at sign-in and proves
 * nothing: the session has the first factor only, and what asks for more still gets it.
 */
export async function isRemembered(engine: Engine, user: UserRecord, client: Client): Promise<boolean> {
  const id = engine.config.rememberDevices ? idOf('dev', client.device) : null;
  if (id === null) return false;
  return engine.store.useDevice({ realm: engine.realm, id, user, now: engine.config.clock.now() });
}

export async function forgetDevice(
  engine: Engine,
  user: UserRecord,
  id: string,
): Promise<Refused | { readonly status: 'forgotten' }> {
  const entry = engine.audit.entry('device-forgotten', user.id);
  const gone = await engine.store.deleteDevice(engine.realm, user.id, id, entry);
  return gone ? { status: 'forgotten' } : refused('not-found');
}
