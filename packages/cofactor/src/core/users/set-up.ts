import { assuranceOf } from '../../assurance/index.ts';
import { refused, type StepOutcome } from '../ceremonies/outcome.ts';
import type { Client, Engine } from '../engine.ts';
import { idOf, newSecret } from '../ids.ts';
import { newSession } from '../sessions/sessions.ts';
import { prepareUser } from './register.ts';

/** How long the link is worth anything, in milliseconds. */
const linkLifeMs = 60 * 60_000;

/**
 * Makes the secret of the link by which the first account with a role is made, in place of every older one; `null` where
 * an account has the role. Whoever has the secret becomes that account, so it goes nowhere but to who runs the server.
 */
export async function makeSetUpLink(engine: Engine, role: string): Promise<string | null> {
  const { store, realm, config, audit } = engine;
  if (await store.setUp.hasRole(realm, role)) return null;
  const now = config.clock.now();
  const { secret, id } = newSecret('sut', config.random);
  const link = { id, realm, createdAt: now, expiresAt: new Date(now.getTime() + linkLifeMs) };
  const made = await store.setUp.put(link, role, audit.entry('set-up-link-made', null, { role }));
  return made ? secret : null;
}

export interface SetUp {
  /** Of the link. */
  readonly secret: string;
  /** The role of the account that is made. */
  readonly role: string;
  readonly identifier: string;
  readonly provider: string;
  readonly response: unknown;
  readonly returnTo: string;
  readonly client: Client;
}

/** Makes the first account with a role and signs it in. Of several at once one does it; the others find the link used. */
export async function setUp(engine: Engine, request: SetUp): Promise<StepOutcome> {
  const { store, realm, config, audit, networks } = engine;
  const { client, role } = request;
  const began = config.clock.now();
  const retryAfter = networks.wait(client.ip, began);
  if (retryAfter > 0) return refused('too-many-tries', { retryAfter });
  const link = idOf('sut', request.secret);
  // Before anything is hashed for somebody who has no link.
  if (link === null || !(await store.setUp.isOpen(realm, link, began))) {
    networks.add(client.ip, began);
    return refused('token-unknown');
  }
  const { language } = client;
  const { identifier, provider, response } = request;
  const prepared = await prepareUser(engine, {
    identifier,
    provider,
    response,
    roles: [role],
    ...(language !== undefined && { language }),
  });
  if ('status' in prepared) return prepared;
  const { user, authenticator, event } = prepared;
  const { secret, session } = newSession(engine, user, [event], null, client);
  const made = await store.setUp.use({
    link,
    role,
    user,
    factors: [authenticator],
    created: audit.entry('user-created', user.id, { provider, roles: [role], source: 'set-up' }),
    session,
    signedIn: audit.entry('signed-in', user.id, { amr: event.amr, ip: client.ip }),
    now: config.clock.now(),
  });
  if (made === 'taken') return refused('identifier-taken');
  if (made === 'unknown') return refused('token-unknown');
  config.meter.count('sessions', { realm });
  engine.events.emit('user-created', { user });
  engine.events.emit('signed-in', { user, assurance: assuranceOf([event]), ip: client.ip });
  return { status: 'done', purpose: 'sign-in', secret, session, user, returnTo: request.returnTo };
}
