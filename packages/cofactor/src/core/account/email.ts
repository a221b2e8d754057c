import { changeFactors, type FactorsChanged } from '../authenticators/change.ts';
import { mayManage } from '../authenticators/rules.ts';
import { mayOffer } from '../ceremonies/deliver.ts';
import { refused, type Refused } from '../ceremonies/outcome.ts';
import type { Client, Engine } from '../engine.ts';
import { isHeldBack, leavePermit } from '../enforcement/permit.ts';
import { idOf, newSecret } from '../ids.ts';
import { open, seal } from '../../base/keys/envelope.ts';
import type { SessionWithUser, TokenRecord, UserRecord } from '../store.ts';
import { canonicalAddress, maskAddress } from '../mail/address.ts';
import { canonicalIdentifier } from '../users/identifier.ts';
import { notify } from './mail.ts';

/** How long an address has to be confirmed, in milliseconds. */
const confirmLifeMs = 24 * 3_600_000;

type Accepted = { readonly status: 'accepted' };

/**
 * Begins to change the address that mails go to: the new one gets a link, and nothing changes before it is followed
 * in a session of the same account. Whether another account has the address is not said.
 */
export async function changeEmail(
  engine: Engine,
  request: {
    readonly session: SessionWithUser;
    readonly email: string;
    readonly base: string;
    readonly client: Client;
  },
): Promise<Refused | Accepted> {
  const address = canonicalAddress(request.email.trim());
  if (address === null) return refused('malformed');
  const account = await engine.store.account(engine.realm, { id: request.session.user.id });
  if (!account) return refused('not-found');
  if (!mayManage(engine, account, request.session)) return refused('step-up-needed');
  // The address is what shows that it is its owner who sets the first factor up, so it does not change before.
  if (address !== account.user.email && (await isHeldBack(engine, request.session, account)))
    return refused('permit-needed');
  return sendLink(engine, account.user, address, request);
}

/** Sends the link for the address at hand, or the one that waits to be confirmed, once more. */
export async function sendConfirmation(
  engine: Engine,
  request: { readonly user: UserRecord; readonly base: string; readonly client: Client },
): Promise<Refused | Accepted> {
  const { user } = request;
  const address = (await pendingEmail(engine, user)) ?? (user.emailVerifiedAt === null ? user.email : null);
  return address === null ? refused('not-found') : sendLink(engine, user, address, request);
}

/** The address that waits to be confirmed in place of the one at hand. */
export async function pendingEmail(engine: Engine, user: UserRecord): Promise<string | null> {
  const token = await engine.store.newestToken('email', user.id, engine.config.clock.now());
  if (!token || token.generation !== user.generation) return null;
  const address = addressOf(engine, token);
  return address === user.email ? null : address;
}

async function sendLink(
  engine: Engine,
  user: UserRecord,
  address: string,
  { base, client }: { readonly base: string; readonly client: Client },
): Promise<Refused | Accepted> {
  const { config, store } = engine;
  const now = config.clock.now();
  const may = await mayOffer(engine, user, address, now);
  if (may === 'over') return refused('too-many-tries', { retryAfter: 600 });
  // Not told: it would say that others have asked for this address too.
  if (may === 'full') return { status: 'accepted' };
  const { secret, id } = newSecret('adr', config.random);
  await store.putToken('email', {
    id,
    realm: engine.realm,
    userId: user.id,
    generation: user.generation,
    data: seal(address, placeOf(engine, id), engine.keys, config.random),
    createdAt: now,
    expiresAt: new Date(now.getTime() + confirmLifeMs),
  });
  const requested = engine.audit.entry('email-requested', user.id, { ip: client.ip });
  await store.appendAudit(engine.realm, requested);
  const link = `${config.origin.origin}${base}/confirm-email#${secret}`;
  const kind = address === user.email || user.email === null ? 'confirm-email' : 'change-email';
  notify(engine, user, kind, { link, lifetime: confirmLifeMs / 1000, client }, address);
  return { status: 'accepted' };
}

/**
 * Confirms an address with the link that was mailed to it, in a session of the account that asked: whoever owns the
 * mailbox alone gets nothing. The address before it is told.
 */
export async function confirmEmail(
  engine: Engine,
  request: { readonly session: SessionWithUser; readonly token: string; readonly client: Client },
): Promise<Refused | FactorsChanged> {
  const { store, config } = engine;
  const { user } = request.session;
  const now = config.clock.now();
  const id = idOf('adr', request.token);
  const token = id === null ? null : await store.token('email', engine.realm, id, now);
  if (!token || token.userId !== user.id || token.generation !== user.generation) {
    return refused('token-unknown');
  }
  const address = addressOf(engine, token);
  const account = await store.account(engine.realm, { id: user.id });
  if (!account) return refused('not-found');
  const heldBack = await isHeldBack(engine, request.session, account);
  // Asked for before anything was demanded, as above.
  if (heldBack && address !== account.user.email) return refused('permit-needed');
  // Who signs in with the address goes on doing so with the new one.
  const canonical = canonicalIdentifier(address) ?? '';
  const before = user.email === null ? null : canonicalIdentifier(user.email);
  const follows = user.canonical === before && canonical !== before;
  const changed = await changeFactors(engine, {
    session: request.session,
    client: request.client,
    token: { kind: 'email', id: token.id },
    audit: { type: 'email-changed', data: { ip: request.client.ip } },
    taken: 'identifier-taken',
    decide: () => ({
      email: { address, canonical: address.toLowerCase(), verifiedAt: now },
      ...(follows && { identifier: { identifier: address, canonical } }),
    }),
  });
  if (changed.status !== 'changed') return changed;
  // Whoever reads these mails is who they are: they need not be sent another link to set something up.
  if (heldBack) await leavePermit(engine, changed.session, 'address');
  engine.events.emit('email-changed', {
    user: { id: user.id, identifier: follows ? address : user.identifier },
    email: address,
  });
  const { client } = request;
  if (user.emailVerifiedAt !== null && user.email !== address) {
    notify(engine, user, 'email-changed', { client, address: maskAddress(address) }, user.email);
  }
  notify(engine, user, 'email-confirmed', { client }, address);
  return changed;
}

function addressOf(engine: Engine, token: TokenRecord): string {
  return String(open(token.data, placeOf(engine, token.id), engine.keys));
}

function placeOf(engine: Engine, id: string): string {
  return `email_tokens ${engine.realm} ${id}`;
}
