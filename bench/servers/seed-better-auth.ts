/** Fills a database of better-auth with rows as its own sign-up and enrolment write them. */
import { betterAuth } from 'better-auth';
import { symmetricEncrypt } from 'better-auth/crypto';
import { getMigrations } from 'better-auth/db/migration';
import { passkey, passkeyPeople } from '../passkeys.ts';
import { password, person } from '../people.ts';
import { betterAuthOptions, openDatabase } from './better-auth.options.ts';
import { batch, digest, openBulk, type Row } from './bulk.ts';
import { hashers } from './hashers.ts';
import { readConfig } from './serve.ts';

const config = readConfig();
const auth = betterAuth(betterAuthOptions(config, openDatabase(config.database)));
await (await getMigrations(auth.options)).runMigrations();
const { secretConfig } = await auth.$context;
const seal = (data: string): Promise<string> => symmetricEncrypt({ key: secretConfig, data });

const bulk = openBulk(config.database);
const stored = await hashers.argon2id.hash(password);
const now = new Date();
const times = { createdAt: now, updatedAt: now };
const id = (kind: string, index: number): string =>
  digest(`${kind} ${index}`).replace(/[-_]/g, 'x').slice(0, 32);
const backupCodes = await seal(
  JSON.stringify(Array.from({ length: 10 }, (_, index) => id('code', index).slice(0, 11))),
);
const people = config.people ?? 0;

for (let at = 0; at < people; at += batch) {
  const users: Row[] = [];
  const accounts: Row[] = [];
  const factors: Row[] = [];
  const passkeys: Row[] = [];
  for (let index = at; index < Math.min(people, at + batch); index++) {
    const { identifier: email, key } = person(index);
    const userId = id('user', index);
    users.push({ id: userId, name: email, email, emailVerified: true, twoFactorEnabled: true, ...times });
    const account = { accountId: userId, providerId: 'credential', userId, password: stored };
    accounts.push({ id: id('account', index), ...account, ...times });
    const factor = { secret: await seal(key), backupCodes, verified: true, failedVerificationCount: 0 };
    factors.push({ id: id('factor', index), userId, ...factor });
    if (index < passkeyPeople) {
      const { id: credentialID, cose } = passkey(index);
      passkeys.push({
        id: id('passkey', index),
        name: 'Passkey',
        publicKey: cose.toString('base64'),
        userId,
        credentialID,
        counter: 0,
        deviceType: 'multiDevice',
        backedUp: true,
        transports: 'internal',
        createdAt: now,
        aaguid: '00000000-0000-0000-0000-000000000000',
      });
    }
  }
  await bulk.insert('user', users);
  await bulk.insert('account', accounts);
  await bulk.insert('twoFactor', factors);
  if (passkeys.length > 0) await bulk.insert('passkey', passkeys);
}
await bulk.close();
process.exit();
