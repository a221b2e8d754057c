import type { AuthenticationEvent } from '../../assurance/index.ts';
import type { Client, Engine } from '../engine.ts';
import { idOf, newSecret } from '../ids.ts';
import type { SessionRecord, SessionWithUser, UserRecord } from '../store.ts';

/**
 * A new session, not yet stored, and the secret that its cookie holds. One that goes on from another (a step-up, a change
 * of factors) lasts no longer than that would have, and belongs to the same sign-in. One that takes the place of another of
 * the same person belongs to the same sign-in too: whoever hangs on that hears of no end.
 */
export function newSession(
  engine: Engine,
  user: Pick<UserRecord, 'id' | 'generation'>,
  events: readonly AuthenticationEvent[],
  limitKey: string | null,
  client: Client,
  before?: Pick<SessionRecord, 'id' | 'login' | 'expiresAt'>,
  replaces?: Pick<SessionRecord, 'id' | 'login' | 'userId'> | null,
): { readonly secret: string; readonly session: SessionRecord } {
  const { clock, random, session: life } = engine.config;
  const now = clock.now();
  const { secret, id } = newSecret('ses', random);
  const session: SessionRecord = {
    id,
    realm: engine.realm,
    userId: user.id,
    generation: user.generation,
    events,
    limitKey,
    userAgent: client.userAgent.slice(0, 256),
    ip: client.ip.slice(0, 64),
    createdAt: now,
    lastSeenAt: now,
    expiresAt: before?.expiresAt ?? new Date(now.getTime() + life.absolute * 1000),
    login: before ? loginOf(before) : replaces?.userId === user.id ? loginOf(replaces) : null,
  };
  return { secret, session };
}

/** The sign-in that a session belongs to: what it goes on from, or itself. */
export function loginOf({ id, login }: Pick<SessionRecord, 'id' | 'login'>): string {
  return login ?? id;
}

/** How old the stored time of the last visit may get before it is written again, in milliseconds. */
function touchEveryMs({ config }: Engine): number {
  return Math.min(60_000, config.session.idle * 100);
}

/**
 * The session of a cookie, or `null`: unknown, ended, too old, idle for too long, or older than a change of its
 * user's password or factors (I-06). `live` reads the database whatever is cached.
 */
export async function readSession(
  engine: Engine,
  secret: string | undefined,
  options: { readonly live?: boolean } = {},
): Promise<SessionWithUser | null> {
  const id = idOf('ses', secret);
  if (id === null) return null;
  const { cache, store, config } = engine;
  const now = config.clock.now();
  // Before the database is read: what is dropped while that goes on is not kept, neither here nor below.
  const epoch = cache.epoch;
  let found = options.live === true ? undefined : cache.get(id, now.getTime());
  if (!found) {
    found = (await store.session(engine.realm, id)) ?? undefined;
    if (!found) {
      cache.forget(id);
      return null;
    }
    cache.set(id, found, now.getTime(), epoch);
  }
  if (!isAlive(engine, found, now)) return null;
  if (now.getTime() - found.session.lastSeenAt.getTime() > touchEveryMs(engine)) {
    const touched = { ...found, session: { ...found.session, lastSeenAt: now } };
    cache.set(id, touched, now.getTime(), epoch);
    await store.touchSession(id, now);
    return touched;
  }
  return found;
}

/** The session of a cookie where it is cached and nothing is to be written: the way most guarded requests go. */
export function cachedSession(engine: Engine, secret: string | undefined): SessionWithUser | null {
  const id = idOf('ses', secret);
  if (id === null) return null;
  const now = engine.config.clock.now();
  const found = engine.cache.get(id, now.getTime());
  if (!found || !isAlive(engine, found, now)) return null;
  return now.getTime() - found.session.lastSeenAt.getTime() > touchEveryMs(engine) ? null : found;
}

/** A session that was not used since then is over (`session.idle`). */
export function unusedSince({ config }: Engine): Date {
  return new Date(config.clock.now().getTime() - config.session.idle * 1000);
}

function isAlive(engine: Engine, { session, user }: SessionWithUser, now: Date): boolean {
  const idleMs = now.getTime() - session.lastSeenAt.getTime();
  return (
    now < session.expiresAt &&
    idleMs < engine.config.session.idle * 1000 &&
    session.generation === user.generation &&
    user.disabledAt === null
  );
}

/** The sessions of a user that are alive, the newest first. */
export async function listSessions(engine: Engine, user: UserRecord): Promise<readonly SessionRecord[]> {
  const now = engine.config.clock.now();
  const sessions = await engine.store.sessions(engine.realm, user.id, now);
  return sessions
    .filter((session) => isAlive(engine, { session, user }, now))
    .sort((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime());
}

/** Ends one session of a user (`only`), all, or all but one (`except`). Returns how many it ended. */
export async function endSessions(
  engine: Engine,
  user: UserRecord,
  which: { readonly only?: string; readonly except?: string },
  type: 'signed-out' | 'sessions-ended',
): Promise<number> {
  const now = engine.config.clock.now();
  const scope = { realm: engine.realm, userId: user.id, ...which };
  const ended = await engine.store.endSessions(scope, now, engine.audit.entry(type, user.id));
  for (const id of ended) engine.cache.drop(id);
  if (type === 'signed-out') engine.events.emit('signed-out', { user });
  return ended.length;
}
