import { notify } from '../account/mail.ts';
import { newAuthenticator } from '../authenticators/new.ts';
import { canAdd, proposeName } from '../authenticators/rules.ts';
import { ask, type Client, type Engine } from '../engine.ts';
import { newId } from '../ids.ts';
import { canonicalAddress } from '../mail/address.ts';
import type { FactorProvider, Identified, Newcomer } from '../provider.ts';
import type { Account, AuthenticatorRecord, NewUser } from '../store.ts';
import { canonicalIdentifier, isHostIdentifier } from '../users/identifier.ts';
import { refused, type Refused } from './outcome.ts';

interface Linked {
  readonly account: Account;
  readonly authenticator: AuthenticatorRecord;
}

/**
 * The account of somebody whose identity is linked with none: the one that has confirmed an address which is theirs beyond
 * doubt, or a new one where the provider lets new people in. Everybody else is told the same, whatever accounts there
 * are: to sign in another way and link it.
 */
export async function accountOfNewcomer(
  engine: Engine,
  provider: FactorProvider,
  identified: Identified,
  client: Client,
): Promise<Linked | Refused> {
  const { newcomer: known } = await ask(engine, null, provider, async () => {
    const newcomer = (await identified.newcomer?.()) ?? null;
    return { ok: true, newcomer } as const;
  });
  const { handle } = identified;
  // What is stored must be found again, or everybody who comes this way would be new each time.
  if (!known || known.enrolled.handle !== handle) return stranger(engine, provider, client);
  const newcomer = { ...known, handle };
  return (
    (await linkByAddress(engine, provider, newcomer, client)) ??
    (await createAccount(engine, provider, newcomer, client)) ??
    stranger(engine, provider, client)
  );
}

type Known = Newcomer & { readonly handle: string };

/** There is no account for this identity. It costs as much as a wrong answer does. */
async function stranger(engine: Engine, provider: FactorProvider, client: Client): Promise<Refused> {
  engine.networks.add(client.ip, engine.config.clock.now());
  const data = { provider: provider.name, ip: client.ip };
  await engine.store.appendAudit(engine.realm, engine.audit.entry('identity-unknown', null, data));
  return refused('not-linked');
}

/**
 * Links an identity with the account that has confirmed its address. Not with one that nobody confirmed, which may be
 * anybody's; not where there is a second factor: it would stand in the way of nothing any more; and not where the account
 * has a role.
 */
async function linkByAddress(
  engine: Engine,
  provider: FactorProvider,
  { address, enrolled, handle }: Known,
  client: Client,
): Promise<Linked | null> {
  const { store, realm } = engine;
  const account = await accountWith(engine, address);
  if (!account || !mayLink(account)) return null;
  const { user } = account;
  const now = engine.config.clock.now();
  const name = enrolled.name ?? proposeName(provider, account.authenticators);
  const added = newAuthenticator(engine, user.id, provider, name, enrolled, now);
  const data = { provider: provider.name, authenticator: added.id, by: 'address', ip: client.ip };
  const changed = await store.changeFactors<null>({
    realm,
    userId: user.id,
    generation: user.generation,
    now,
    session: null,
    decide: (current) =>
      mayLink({ user, authenticators: current }) && canAdd(current, provider)
        ? { add: [added] }
        : { refusal: null },
    audit: engine.audit.entry('authenticator-added', user.id, data),
  });
  if (changed.changed) {
    for (const id of changed.ended) engine.cache.drop(id);
    engine.events.emit('authenticator-added', { user, provider: provider.name, name });
    notify(engine, user, 'authenticator-added', { provider: provider.name, name, client });
  }
  // Also where another request of the same person was faster.
  return store.accountByHandle(realm, provider.name, handle);
}

async function accountWith(engine: Engine, address: string | null): Promise<Account | null> {
  const canonical = address === null ? null : canonicalAddress(address);
  return canonical === null ? null : engine.store.accountByEmail(engine.realm, canonical.toLowerCase());
}

/**
 * Whether an address is enough. Not for an account with a role, whichever it is: what a role is good for is the
 * application's to say, the back office of another process included, so none is taken for harmless here. An issuer that is
 * wrong, or taken over, would make itself an administrator. These link in a session of their own, with a fresh proof
 * (I-18). Roles that are given meanwhile raise the generation, on which the change depends.
 */
function mayLink({ user, authenticators }: Account): boolean {
  return (
    user.disabledAt === null &&
    user.roles.length === 0 &&
    !isHostIdentifier(user.canonical) &&
    authenticators.every(({ usage }) => usage === 'first')
  );
}

/** Makes an account, where the provider lets people in whom nobody knows. None that exists is touched. */
async function createAccount(
  engine: Engine,
  provider: FactorProvider,
  newcomer: Known,
  client: Client,
): Promise<Linked | null> {
  const { store, config, realm } = engine;
  const { account: wanted, address, enrolled, handle } = newcomer;
  if (!wanted) return null;
  const now = config.clock.now();
  const email = wanted.email === null ? null : canonicalAddress(wanted.email);
  // Whoever has confirmed the address has an account: they link it, and do not get a second one by accident.
  if ((await accountWith(engine, email)) || (await accountWith(engine, address))) return null;
  const sure = email !== null && address !== null && canonicalAddress(address) === email;
  engine.networks.add(client.ip, now);

  for (const identifier of namesFor(engine, provider, wanted.identifiers)) {
    const canonical = canonicalIdentifier(identifier);
    const asAddress = canonicalAddress(identifier);
    // A name that reads as the address of somebody else is not for them.
    if (canonical === null || (asAddress !== null && asAddress !== email)) continue;
    const id = newId('usr', config.random);
    const user: NewUser = {
      id,
      realm,
      identifier: identifier.normalize('NFKC').trim(),
      canonical,
      roles: [],
      createdAt: now,
      email,
      emailVerifiedAt: sure ? now : null,
      language: client.language ?? null,
    };
    const name = enrolled.name ?? proposeName(provider, []);
    const authenticator = newAuthenticator(engine, id, provider, name, enrolled, now);
    const data = { provider: provider.name, ip: client.ip };
    const created = await store.createUser(
      user,
      [authenticator],
      engine.audit.entry('user-created', id, data),
    );
    if (created === 'created')
      engine.events.emit('user-created', { user: { id, identifier: user.identifier } });
    // Not only where it was made here: another request of the same person may have been faster.
    const found = await store.accountByHandle(realm, provider.name, handle);
    if (found) return found;
  }
  return null;
}

/** The names to try, and one that nobody has in the end. */
function* namesFor(
  { config }: Engine,
  provider: FactorProvider,
  identifiers: readonly string[],
): Generator<string> {
  yield* identifiers;
  const [first = provider.name] = identifiers;
  // Without what would make an address of it: somebody else may have that one.
  const stem = first.replace(/@.*$/u, '') || provider.name;
  yield stem;
  for (let n = 2; n < 10; n += 1) yield `${stem}-${n}`;
  for (let n = 0; n < 3; n += 1) yield `${stem}-${Buffer.from(config.random.bytes(5)).toString('hex')}`;
}
