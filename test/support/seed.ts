import type { Cofactor, FactorProvider } from 'cofactor';
import { factorContext, sealData } from '../../packages/cofactor/src/core/engine.ts';
import { newId } from '../../packages/cofactor/src/core/ids.ts';
import type { NewAuthenticator, NewUser } from '../../packages/cofactor/src/core/store.ts';
import { quickCode } from './codes.ts';

/** Somebody who is enrolled and has never signed in. */
export interface Seeded {
  readonly id: string;
  readonly identifier: string;
  readonly password: string;
  /** Base32 keys of the authenticator apps, and their authenticators in the same order. */
  readonly keys: readonly string[];
  readonly apps: readonly string[];
  readonly recovery: readonly string[];
  readonly recoveryAuthenticator: string;
}

/**
 * Puts people with a password, authenticator apps and recovery codes straight into the database, through the
 * store and the providers: for servers in other processes, and for more people than a test wants to register.
 */
export async function seed(auth: Cofactor, count: number, apps = 1): Promise<readonly Seeded[]> {
  const people: Seeded[] = [];
  for (let n = 0; n < count; n += 1) people.push(await seedOne(auth, apps));
  return people;
}

/** One person with this account; without an app there are no recovery codes either. */
export function seedPerson(auth: Cofactor, apps: number, account: Partial<NewUser>): Promise<Seeded> {
  return seedOne(auth, apps, account);
}

let seeded = 0;

async function seedOne(auth: Cofactor, apps: number, account: Partial<NewUser> = {}): Promise<Seeded> {
  const { engine } = auth;
  const { clock, random } = engine.config;
  seeded += 1;
  const id = newId('usr', random);
  const identifier = `seeded-${seeded}`;
  const password = `quiet harbour ${(seeded * 7919).toString(36)} lantern`;
  const context = factorContext(engine, { id, identifier });
  const factors: NewAuthenticator[] = [];
  const add = async (name: string, data: unknown, response: unknown): Promise<string> => {
    const provider = providerOf(auth, name);
    const verdict = await provider.confirm(context, data, response);
    if (!verdict.ok) throw new Error(`${name} was not confirmed`);
    const authenticator = { id: newId('aut', random), userId: id, provider: name };
    factors.push({
      ...authenticator,
      usage: provider.usage,
      name,
      data: sealData(engine, authenticator, verdict.data),
      // As if set up long ago, so that the code of this very moment is not used up.
      counter: 0,
      createdAt: clock.now(),
      ...(verdict.lookups && { lookups: verdict.lookups }),
    });
    return authenticator.id;
  };

  await add('password', null, { password });
  const keys: string[] = [];
  const ids: string[] = [];
  for (let n = 0; n < apps; n += 1) {
    const data = { key: (await begin(auth, 'totp', context)).setup['key'] as string };
    keys.push(data.key);
    ids.push(await add('totp', data, { code: quickCode(data.key, context.now) }));
  }
  let recovery: readonly string[] = [];
  let recoveryAuthenticator = '';
  if (apps > 0) {
    const codes = await begin(auth, 'recovery-codes', context);
    recoveryAuthenticator = await add('recovery-codes', codes.data, { saved: true });
    recovery = codes.setup['codes'] as string[];
  }

  const user = {
    id,
    realm: engine.realm,
    identifier,
    canonical: identifier,
    roles: [],
    createdAt: clock.now(),
    email: null,
    language: null,
    ...account,
  };
  await engine.store.createUser(user, factors, engine.audit.entry('user-created', id));
  return { id, identifier, password, keys, apps: ids, recovery, recoveryAuthenticator };
}

function providerOf(auth: Cofactor, name: string): FactorProvider {
  const provider = auth.engine.config.providers.get(name);
  if (!provider) throw new Error(`there is no provider ${name}`);
  return provider;
}

async function begin(
  auth: Cofactor,
  name: string,
  context: ReturnType<typeof factorContext>,
): Promise<{ data: unknown; setup: Record<string, unknown> }> {
  const begun = await providerOf(auth, name).begin?.({ ...context, base: '/auth', held: [] }, undefined);
  if (!begun || 'refused' in begun) throw new Error(`${name} has no set-up`);
  return { data: begun.data, setup: begun.setup as Record<string, unknown> };
}
