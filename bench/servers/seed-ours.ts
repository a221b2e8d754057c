/** Fills a database of Cofactor with rows as its own registration and enrolment write them. */
import type { sealData } from '../../packages/cofactor/dist/core/engine.js';
import { passkey, passkeyPeople } from '../passkeys.ts';
import { encodeBase32, password, person } from '../people.ts';
import { batch, digest, openBulk, orderedId, type Row } from './bulk.ts';
import { hashers } from './hashers.ts';
import { cofactorOf } from './ours.options.ts';
import { readConfig } from './serve.ts';

const config = readConfig();
const auth = await cofactorOf(config);
await auth.start();
const { engine } = auth;
// Sealing is no part of the public interface, and must not become one for the sake of a benchmark.
const inner = await import(new URL('core/engine.js', import.meta.resolve('cofactor')).href);
const seal = (inner as { sealData: typeof sealData }).sealData;

const bulk = openBulk(config.database);
const hash = await hashers.argon2id.hash(password);
const now = Date.now();
const people = config.people ?? 0;
const copies = new Map<string, string | undefined>();

for (let at = 0; at < people; at += batch) {
  const users: Row[] = [];
  const authenticators: Row[] = [];
  const lookups: Row[] = [];
  const passkeys: Row[] = [];
  for (let index = at; index < Math.min(people, at + batch); index++) {
    const own = index % (config.crowdOnly?.every ?? 1) === 0;
    const { identifier, key } = person(index);
    const userId = `usr_${orderedId('user', index)}`;
    const times = { created_at: now, disabled_at: null };
    users.push({
      id: userId,
      realm: engine.realm,
      identifier,
      canonical: identifier,
      generation: 1,
      roles: '[]',
      ...times,
    });
    const add = (provider: string, usage: string, name: string, data: object): string => {
      const id = `aut_${orderedId(provider, index)}`;
      const counts = { counter: 0, failures: 0, failed_at: 0, created_at: now, last_used_at: null };
      const sealed =
        own || !copies.has(provider) ? seal(engine, { userId, id, provider }, data) : copies.get(provider);
      copies.set(provider, sealed);
      authenticators.push({ id, user_id: userId, provider, usage, name, data: sealed, ...counts });
      return id;
    };
    add('password', 'first', 'Password', { hash });
    add('totp', 'second', 'Authenticator app', { key: encodeBase32(key) });
    if (config.crowdOnly !== undefined) continue;
    if (index < passkeyPeople) passkeys.push(passkeyRow(index, userId));
    const recovery = add('recovery-codes', 'recovery', 'Recovery codes', {});
    for (let code = 0; code < 10; code++) {
      lookups.push({
        authenticator_id: recovery,
        hash: `bench:${digest(`code ${index} ${code}`)}`,
        used_at: null,
      });
    }
  }
  await bulk.insert('users', users);
  await bulk.insert('authenticators', authenticators);
  if (passkeys.length > 0) await bulk.insert('authenticators', passkeys);
  if (lookups.length > 0) await bulk.insert('lookup_secrets', lookups);
}
/** As its own enrolment writes it. */
function passkeyRow(index: number, userId: string): Row {
  const { id: credentialId, cose } = passkey(index);
  const id = `aut_${orderedId('passkey', index)}`;
  const data = {
    credentialId,
    publicKey: cose.toString('base64url'),
    backupEligible: true,
    backedUp: true,
    userVerified: true,
    transports: ['internal'],
    aaguid: '00000000-0000-0000-0000-000000000000',
  };
  const proves = { amr: ['swk'], userVerified: true, hardwareProtected: false };
  return {
    id,
    user_id: userId,
    provider: 'webauthn',
    usage: 'second',
    name: 'Passkey',
    data: seal(engine, { userId, id, provider: 'webauthn' }, data),
    counter: 0,
    failures: 0,
    failed_at: 0,
    created_at: now,
    last_used_at: null,
    handle: credentialId,
    about: JSON.stringify({ proves, note: 'synced' }),
  };
}

await auth.close();
await bulk.close();
process.exit();
