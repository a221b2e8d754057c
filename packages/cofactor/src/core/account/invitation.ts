import { assuranceOf } from '../../assurance/index.ts';
import type { AdminEdit, AdminState } from '../admin-store.ts';
import { newAuthenticator } from '../authenticators/new.ts';
import { isChosen, proposeName } from '../authenticators/rules.ts';
import { refused, type Refused, type StepOutcome } from '../ceremonies/outcome.ts';
import { leavePermit } from '../enforcement/permit.ts';
import { ask, eventOf, factorContext, type Client, type Engine } from '../engine.ts';
import { idOf, newSecret } from '../ids.ts';
import { check } from '../schema.ts';
import { newSession } from '../sessions/sessions.ts';
import type { Account, SessionRecord, SessionWithUser, TokenRecord, UserRecord } from '../store.ts';
import { isHostIdentifier } from '../users/identifier.ts';
import { notify } from './mail.ts';

/**
 * An invited account is one that somebody in charge has made: it has a name, perhaps roles, and nothing to sign in with.
 * Whoever opens the link chooses a first factor, and is signed in. Nobody chooses one for somebody else (ASVS 6.4.6).
 */

/** How long an invitation can be accepted, in milliseconds. */
const inviteLifeMs = 7 * 24 * 3_600_000;

export interface InvitationLink {
  readonly token: Omit<TokenRecord, 'generation'>;
  readonly link: string;
  readonly expiresAt: Date;
}

/** What a new link stands for; it is worth something once the token is kept. `by` says whether it proves a mailbox. */
export function newInvitation(engine: Engine, userId: string, by: 'mail' | 'link'): InvitationLink {
  const { clock, random, origin } = engine.config;
  const now = clock.now();
  const { secret, id } = newSecret('inv', random);
  const expiresAt = new Date(now.getTime() + inviteLifeMs);
  return {
    token: { id, realm: engine.realm, userId, data: by, createdAt: now, expiresAt },
    // In the fragment, which no browser sends anywhere (I-28).
    link: `${origin.origin}${engine.mount.base}/invitation#${secret}`,
    expiresAt,
  };
}

/** Mails it. That it may be is for the caller to look at: there is a mailer, and an address. */
export function mailInvitation(engine: Engine, user: UserRecord, { link }: InvitationLink): void {
  notify(engine, user, 'invitation', { link, lifetime: inviteLifeMs / 1000 }, user.email);
}

/** The invitation that waits for somebody; `null` where none does. */
export async function openInvitation(engine: Engine, user: UserRecord): Promise<TokenRecord | null> {
  const token = await engine.store.newestToken('invite', user.id, engine.config.clock.now());
  return token?.generation === user.generation ? token : null;
}

/** Whom a link is for, for its page to say. */
export async function invitedBy(
  engine: Engine,
  request: { readonly token: string; readonly client: Client },
): Promise<Refused | { readonly status: 'invited'; readonly user: UserRecord }> {
  const found = await find(engine, request);
  return 'status' in found ? found : { status: 'invited', user: found.account.user };
}

async function find(
  engine: Engine,
  { token: secret, client }: { readonly token: string; readonly client: Client },
): Promise<Refused | { readonly account: Account; readonly token: TokenRecord }> {
  const { store, realm, config } = engine;
  const now = config.clock.now();
  const retryAfter = engine.networks.wait(client.ip, now);
  if (retryAfter > 0) return refused('too-many-tries', { retryAfter });
  const id = idOf('inv', secret);
  const token = id === null ? null : await store.token('invite', realm, id, now);
  const account = token && (await store.account(realm, { id: token.userId }));
  if (!token || !account || !isWaiting(account) || token.generation !== account.user.generation) {
    engine.networks.add(client.ip, now);
    return refused('token-unknown');
  }
  return { account, token };
}

/**
 * Whether an account waits for its person: nothing but an invitation makes one that has nothing to sign in with. The
 * accounts of the application around have nothing here either, and nobody is to take them over by a link.
 */
export function isWaiting({ user, authenticators }: Pick<AdminState, 'user' | 'authenticators'>): boolean {
  return user.disabledAt !== null && authenticators.length === 0 && !isHostIdentifier(user.canonical);
}

/**
 * Accepts an invitation: the person chooses what they sign in with from now on, and is signed in with it. What is demanded
 * of them beyond that they may set up in this very sign-in: the invitation is the permit for it.
 */
export async function acceptInvitation(
  engine: Engine,
  request: {
    readonly token: string;
    readonly provider: string;
    readonly response: unknown;
    readonly client: Client;
    /** The session that the browser has already; the new one takes its place. */
    readonly session?: SessionWithUser | null;
  },
): Promise<StepOutcome> {
  const { config } = engine;
  const { client } = request;
  const provider = config.providers.get(request.provider);
  if (!isChosen(provider)) return refused('malformed');
  if (await check(provider.confirmResponse ?? provider.response, request.response))
    return refused('malformed');
  const found = await find(engine, request);
  if ('status' in found) return found;
  const { token, account } = found;
  const context = factorContext(engine, account.user, { onlyFactor: true, language: client.language });
  const verdict = await ask(engine, account.user, provider, () =>
    provider.confirm(context, null, request.response),
  );
  if (!verdict.ok) {
    return refused('refused-response', verdict.text === undefined ? {} : { text: verdict.text });
  }

  const now = config.clock.now();
  const name = verdict.name ?? proposeName(provider, [], client.language);
  const chosen = newAuthenticator(engine, account.user.id, provider, name, verdict, now);
  const event = eventOf(provider, chosen.id, now);
  let begun: { readonly secret: string; readonly session: SessionRecord } | undefined;
  const accept = (state: AdminState): AdminEdit | { readonly refusal: Refused } => {
    if (!isWaiting(state)) return { refusal: refused('token-unknown') };
    const { user } = state;
    return {
      add: [chosen],
      disabledAt: null,
      renew: true,
      // Whoever followed the link of a mail has read it.
      ...(token.data === 'mail' &&
        user.email !== null && {
          email: { address: user.email, canonical: user.email.toLowerCase(), verifiedAt: now },
        }),
      session: (generation) => {
        begun = newSession(engine, { id: user.id, generation }, [event], null, client);
        return begun.session;
      },
      audit: [
        engine.audit.entry('invitation-accepted', user.id, { provider: provider.name, ip: client.ip }),
        engine.audit.entry('signed-in', user.id, { amr: event.amr, ip: client.ip }),
      ],
    };
  };
  const changed = await engine.store.admin.change<Refused>({
    realm: engine.realm,
    userId: account.user.id,
    now,
    actor: null,
    keep: null,
    token: { kind: 'invite', id: token.id },
    decide: accept,
  });
  if (!changed.changed || !begun) return refused('token-unknown');
  const { user } = changed;
  await replace(engine, request.session ?? null);
  await leavePermit(engine, begun.session, 'invite');
  engine.events.emit('signed-in', { user, assurance: assuranceOf([event]), ip: client.ip });
  return { status: 'done', purpose: 'sign-in', ...begun, user, returnTo: `${engine.mount.base}/security` };
}

/** Whoever was signed in to this browser is not any more (I-16). */
async function replace(engine: Engine, before: SessionWithUser | null): Promise<void> {
  if (!before) return;
  const { session, user } = before;
  const which = { realm: engine.realm, userId: user.id, only: session.id };
  const now = engine.config.clock.now();
  await engine.store.endSessions(which, now, engine.audit.entry('signed-out', user.id));
  engine.cache.drop(session.id);
}
