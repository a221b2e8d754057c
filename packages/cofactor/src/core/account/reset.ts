import { newAuthenticator } from '../authenticators/new.ts';
import { isChosen, proposeName } from '../authenticators/rules.ts';
import { refused, type Refused } from '../ceremonies/outcome.ts';
import { maySend } from '../ceremonies/deliver.ts';
import { ask, factorContext, sealData, type Client, type Engine } from '../engine.ts';
import { idOf, newSecret } from '../ids.ts';
import { check } from '../schema.ts';
import type { Account, AuthenticatorRecord, FactorEdit } from '../store.ts';
import { canonicalAddress } from '../mail/address.ts';
import { canonicalIdentifier } from '../users/identifier.ts';
import { notify } from './mail.ts';

/** How long the link of a mail that resets a password is good for, in milliseconds. */
const resetLifeMs = 3_600_000;

/**
 * Mails a link with which a forgotten first factor can be replaced. The answer is the same for everybody, and given
 * before anything is looked up, so that neither it nor its time says whether there is such an account (I-17).
 */
export function forgot(
  engine: Engine,
  request: { readonly identifier: string; readonly base: string; readonly client: Client },
): Refused | { readonly status: 'accepted' } {
  const { clock } = engine.config;
  const canonical = canonicalIdentifier(request.identifier);
  if (canonical === null) return refused('malformed');
  const retryAfter = engine.askers.wait(request.client.ip, clock.now());
  if (retryAfter > 0) return refused('too-many-tries', { retryAfter });
  engine.askers.add(request.client.ip, clock.now());
  engine.background.run('forgotten password', async () => {
    const account = await accountFor(engine, canonical, request.identifier);
    if (account) await sendLink(engine, account, request);
  });
  return { status: 'accepted' };
}

async function accountFor(engine: Engine, canonical: string, typed: string): Promise<Account | null> {
  const { store, realm } = engine;
  const address = canonicalAddress(typed.trim())?.toLowerCase();
  // Whoever confirmed the address comes first: somebody else may have taken it as a name.
  const account =
    (address === undefined ? null : await store.accountByEmail(realm, address)) ??
    (await store.account(realm, { canonical }));
  return account?.user.disabledAt === null ? account : null;
}

async function sendLink(
  engine: Engine,
  account: Account,
  { base, client }: { readonly base: string; readonly client: Client },
): Promise<void> {
  const { store, config } = engine;
  const { user } = account;
  const now = config.clock.now();
  if (user.email === null || !(await maySend(engine, user.email, 'forgot', now))) return;
  if (!mayReset(engine, account)) return notify(engine, user, 'forgot-password-impossible', { client });
  const { secret, id } = newSecret('rst', config.random);
  await store.putToken('reset', {
    id,
    realm: engine.realm,
    userId: user.id,
    generation: user.generation,
    data: '',
    createdAt: now,
    expiresAt: new Date(now.getTime() + resetLifeMs),
  });
  const requested = engine.audit.entry('reset-requested', user.id, { ip: client.ip });
  await store.appendAudit(engine.realm, requested);
  // In the fragment, which no browser sends anywhere (I-28).
  const link = `${config.origin.origin}${base}/reset#${secret}`;
  notify(engine, user, 'forgot-password', { link, lifetime: resetLifeMs / 1000, client }, user.email);
}

/**
 * An address counts once its owner has confirmed it. One that nobody confirmed may be anybody's: it can take over an
 * account that has nothing but a password, and never one with a second factor (I-15, A-109). Neither can a mailbox that
 * is the second factor: it would prove both.
 */
function mayReset({ config }: Engine, { user, authenticators }: Account): boolean {
  const seconds = authenticators.filter(({ usage }) => usage === 'second');
  // Who came with an identity of elsewhere need not own the mailbox that goes with it.
  if (authenticators.every(({ provider }) => isChosen(config.providers.get(provider)))) return true;
  if (user.emailVerifiedAt === null) return false;
  return seconds.length === 0 || seconds.some((one) => !isMailbox(one));
}

/** Whether the codes of an authenticator come by mail: one mailbox has many spellings, so all of them count as one. */
function isMailbox({ about }: AuthenticatorRecord): boolean {
  return about.byMail === true;
}

/**
 * Replaces a first factor with the link of a mail. It gives no session and ends every one there is; whatever second
 * factor the account has is asked for at the next sign-in as ever (I-15, A-105).
 */
export async function reset(
  engine: Engine,
  request: {
    readonly token: string;
    readonly provider: string;
    readonly response: unknown;
    readonly client: Client;
  },
): Promise<Refused | { readonly status: 'reset' }> {
  const { store, config } = engine;
  const now = config.clock.now();
  const provider = config.providers.get(request.provider);
  if (!isChosen(provider)) return refused('malformed');
  if (await check(provider.confirmResponse ?? provider.response, request.response))
    return refused('malformed');
  const retryAfter = engine.networks.wait(request.client.ip, now);
  if (retryAfter > 0) return refused('too-many-tries', { retryAfter });

  const id = idOf('rst', request.token);
  const token = id === null ? null : await store.token('reset', engine.realm, id, now);
  const account = token && (await store.account(engine.realm, { id: token.userId }));
  const alive = account?.user.generation === token?.generation && account?.user.disabledAt === null;
  if (!token || !account || !alive || !mayReset(engine, account)) {
    engine.networks.add(request.client.ip, now);
    return refused('token-unknown');
  }

  const { user, authenticators } = account;
  const old = authenticators.find((one) => one.provider === provider.name);
  const onlyFactor = authenticators.every((one) => one === old || one.usage === 'recovery');
  const context = factorContext(engine, user, { onlyFactor, language: request.client.language });
  const verdict = await ask(engine, user, provider, () => provider.confirm(context, null, request.response));
  if (!verdict.ok) {
    return refused('refused-response', verdict.text === undefined ? {} : { text: verdict.text });
  }
  const name = verdict.name ?? proposeName(provider, []);
  // What takes the place of an old one is sealed for that place.
  const added = old ? null : newAuthenticator(engine, user.id, provider, name, verdict, now);
  const confirmed = user.email !== null &&
    user.emailVerifiedAt === null && {
      email: { address: user.email, canonical: user.email.toLowerCase(), verifiedAt: now },
    };
  const changed = await store.changeFactors<Refused>({
    realm: engine.realm,
    userId: user.id,
    generation: user.generation,
    now,
    token: { kind: 'reset', id: token.id },
    session: null,
    decide: (current): FactorEdit | { readonly refusal: Refused } => {
      if (!mayReset(engine, { user, authenticators: current })) return { refusal: refused('token-unknown') };
      if (old && !current.some((one) => one.id === old.id)) return { refusal: refused('token-unknown') };
      const remove = current.filter((one) => isMailbox(one)).map((one) => one.id);
      return {
        ...(added && { add: [added] }),
        ...(old && { replace: [{ id: old.id, data: sealData(engine, old, verdict.data) }] }),
        remove,
        ...confirmed,
      };
    },
    audit: engine.audit.entry('password-reset', user.id, { provider: provider.name, ip: request.client.ip }),
  });
  if (!changed.changed) return refused('token-unknown');
  for (const ended of changed.ended) engine.cache.drop(ended);
  engine.events.emit('password-reset', { user: { id: user.id, identifier: user.identifier } });
  notify(engine, user, 'password-reset-done', { client: request.client }, user.email);
  return { status: 'reset' };
}
