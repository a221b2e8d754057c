/** Cofactor as an operator would set it up for production, behind a proxy that speaks https. */
import type { Cofactor } from 'cofactor';
import { createCofactor, requireMfa } from 'cofactor';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';
import { argon2Cost } from '../people.ts';
import { hashers } from './hashers.ts';
import type { DatabaseConfig, ServerConfig } from './protocol.ts';

/** The store's module is loaded only where it is used: its driver is a peer. */
async function store(config: DatabaseConfig) {
  if (config.kind === 'postgres')
    return (await import('cofactor/postgres')).postgres(config.url, { prepared: true });
  if (config.kind === 'sqlite') return (await import('cofactor/sqlite')).sqlite(config.file);
  throw new Error('Cofactor needs a database');
}

const cost = { memory: argon2Cost.memoryCost, passes: argon2Cost.timeCost, lanes: argon2Cost.parallelism };

/** @param clock lets the benchmark put the time forward, so that the same people can sign in again */
export async function cofactorOf(config: ServerConfig, clock = { now: () => new Date() }): Promise<Cofactor> {
  const constant = { ...hashers.constant, needsRehash: () => false };
  return createCofactor({
    name: 'Bench',
    origin: config.origin,
    environment: 'production',
    keys: [
      { id: 'bench', secret: Buffer.from('the key of a benchmark, of no use elsewhere').toString('base64') },
    ],
    database: await store(config.database),
    factors: [
      password(config.hasher === 'constant' ? { hasher: constant } : { cost }),
      totp({ issuer: 'Bench' }),
      recoveryCodes(),
      ...(config.passkeys === true ? [webauthn()] : []),
    ],
    policies: { Mfa: requireMfa() },
    log: { info: () => undefined, warn: () => undefined, error: oncePerCode() },
    clock,
  });
}

/** Errors belong to be seen, but a storm that is turned away (503) is one line and not a thousand. */
function oncePerCode(): (details: object, message: string) => void {
  const told = new Set<string>();
  return (details, message) => {
    const code = 'code' in details ? String(details.code) : message;
    if (told.has(code)) return;
    told.add(code);
    console.error(code === 'ERR_HASH_QUEUE_FULL' ? `${message}: ${code} (told once)` : details, message);
  };
}
