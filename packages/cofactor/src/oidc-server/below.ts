import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { rankOf } from '../assurance/index.ts';
import { dueNow } from '../core/enforcement/rules.ts';
import type { Engine } from '../core/engine.ts';
import { termsOf } from './clients.ts';

/** What a code or a refresh token says of the sign-in it is of. */
interface Said {
  readonly acr: string;
  readonly amr: readonly string[];
}

/** As long as a guard believes a session, in milliseconds. */
const believedMs = 1000;

/**
 * Refuses a code or a refresh token whose sign-in is not enough any more: what its client takes may have changed since it was
 * issued, and so may what is demanded of its person.
 */
export async function refuseBelow(
  engine: Engine,
  { oidc: { client } }: KoaContextWithOIDC,
  userId: string,
  { acr, amr }: Said,
): Promise<void> {
  const { minimumAcr } = termsOf(client ?? {});
  if (minimumAcr !== null && rankOf(acr) < rankOf(minimumAcr)) {
    throw new errors.InvalidGrant('the sign-in is below what the client takes by now');
  }
  const rules = await engine.enforcement.lately(believedMs);
  if (rules.length === 0) return;
  const account = await engine.store.account(engine.realm, { id: userId });
  const subject = account && { ...account.user, client: client?.clientId ?? '' };
  const due = subject && dueNow(rules, subject, engine.config.clock.now());
  // A token may name less than was proved, where its client asked for less.
  if (!due?.acr || rankOf(acr) >= rankOf(due.acr) || (due.acr === 'mfa' && amr.includes('mfa'))) return;
  throw new errors.InvalidGrant('the sign-in is below what is demanded of its person by now');
}
