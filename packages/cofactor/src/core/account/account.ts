import { assuranceOf } from '../../assurance/index.ts';
import { mayManage } from '../authenticators/rules.ts';
import { refused, type Refused } from '../ceremonies/outcome.ts';
import type { Client, Engine } from '../engine.ts';
import { fallsShort } from '../enforcement/standing.ts';
import type { Account, FactorEdit, SessionWithUser, UserRecord } from '../store.ts';
import { canonicalIdentifier } from '../users/identifier.ts';
import { notify } from './mail.ts';

/** Rows of the record that a person gets to download. */
const recordRows = 1000;

/** Everything that is kept about a person, without what is secret even from them: hashes, keys, ids of cookies. */
export async function accountData(
  engine: Engine,
  asking: SessionWithUser,
): Promise<Refused | { readonly status: 'found'; readonly data: object }> {
  const { user } = asking;
  const { store, realm } = engine;
  const account = await store.account(realm, { id: user.id });
  if (!account) return refused('not-found');
  // Where more is demanded than was proved, this is a way around it to all there is.
  if (await fallsShort(engine, asking, account)) return refused('step-up-needed');
  return { status: 'found', data: await dataOf(engine, account) };
}

async function dataOf({ store, realm, config }: Engine, account: Account): Promise<object> {
  const { user } = account;
  const now = config.clock.now();
  const [sessions, devices, record] = await Promise.all([
    store.sessions(realm, user.id, now),
    store.devices(account.user, now),
    store.auditOf(realm, user.id, recordRows),
  ]);
  const { id, identifier, roles, email, emailVerifiedAt, language, createdAt } = account.user;
  return {
    exportedAt: now,
    account: { id, realm, identifier, roles, email, emailVerifiedAt, language, createdAt },
    authenticators: account.authenticators.map((one) => ({
      provider: one.provider,
      name: one.name,
      ...(one.about.hint !== undefined && { address: one.about.hint }),
      createdAt: one.createdAt,
      lastUsedAt: one.lastUsedAt,
    })),
    sessions: sessions.map((one) => ({
      userAgent: one.userAgent,
      ip: one.ip,
      acr: assuranceOf(one.events).acr,
      createdAt: one.createdAt,
      lastSeenAt: one.lastSeenAt,
    })),
    rememberedDevices: devices.map(({ userAgent, createdAt: since, lastUsedAt, expiresAt }) => ({
      userAgent,
      createdAt: since,
      lastUsedAt,
      expiresAt,
    })),
    record: record.map(({ at, type, data }) => ({ at, type, ...(JSON.parse(data) as object) })),
  };
}

/**
 * Deletes an account with everything that belongs to it; the record keeps that it existed, by its id alone. The name
 * is free again, and nothing of the old account works for whoever takes it.
 */
export async function deleteAccount(
  engine: Engine,
  request: { readonly session: SessionWithUser; readonly identifier: string; readonly client: Client },
): Promise<Refused | { readonly status: 'deleted' }> {
  const account = await engine.store.account(engine.realm, { id: request.session.user.id });
  if (!account) return refused('not-found');
  if (!mayManage(engine, account, request.session)) return refused('step-up-needed');
  if (await fallsShort(engine, request.session, account)) return refused('step-up-needed');
  const { user } = account;
  if (request.identifier !== user.identifier && canonicalIdentifier(request.identifier) !== user.canonical) {
    return refused('malformed');
  }
  const gone = await leave(engine, request.session);
  if (gone !== null) return gone;
  engine.events.emit('user-deleted', { user: { id: user.id, identifier: user.identifier } });
  notify(engine, user, 'account-deleted', { client: request.client });
  return { status: 'deleted' };
}

/** Ends an account for its own person, unless nobody would be left who may do everything. `null`: it is gone. */
async function leave(
  engine: Engine,
  { session, user }: Pick<SessionWithUser, 'session' | 'user'>,
): Promise<Refused | null> {
  const { role } = engine.kept;
  if (role === null || !user.roles.includes(role)) {
    return (await change(engine, user, 'user-deleted', { deleteUser: true })) ? null : refused('outdated');
  }
  const { realm } = engine;
  const result = await engine.store.admin.change<Refused>({
    realm,
    userId: user.id,
    now: engine.config.clock.now(),
    actor: { realm, userId: user.id, session: session.id },
    keep: { realm, role },
    decide({ actor, keepers }) {
      if (!actor) return { refusal: refused('outdated') };
      if (keepers.every(({ id }) => id === user.id)) return { refusal: refused('forbidden') };
      return { deleteUser: true, renew: true, audit: [engine.audit.entry('user-deleted', user.id)] };
    },
  });
  if (!result.changed) return result.reason === 'refused' ? result.refusal : refused('outdated');
  for (const id of result.ended) engine.cache.drop(id);
  return null;
}

/**
 * Gives a user these roles and no others. Everything that was proved for the old ones is over: sessions, remembered
 * devices, ceremonies (I-06). Returns false where the user is gone, or changed at the same moment.
 */
export async function setRoles(engine: Engine, userId: string, roles: readonly string[]): Promise<boolean> {
  const account = await engine.store.account(engine.realm, { id: userId });
  if (!account) return false;
  const { user } = account;
  const changed = await change(engine, user, 'roles-changed', { roles });
  if (changed) {
    engine.events.emit('roles-changed', { user: { id: user.id, identifier: user.identifier }, roles });
  }
  return changed;
}

/** A change of the account itself, after which none of its sessions goes on. */
async function change(
  engine: Engine,
  user: UserRecord,
  type: 'user-deleted' | 'roles-changed',
  edit: FactorEdit,
): Promise<boolean> {
  const changed = await engine.store.changeFactors<never>({
    realm: engine.realm,
    userId: user.id,
    generation: user.generation,
    now: engine.config.clock.now(),
    session: null,
    decide: () => edit,
    audit: engine.audit.entry(type, user.id, edit.roles ? { roles: edit.roles } : {}),
  });
  if (!changed.changed) return false;
  for (const id of changed.ended) engine.cache.drop(id);
  return true;
}
