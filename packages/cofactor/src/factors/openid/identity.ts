import { hash } from 'node:crypto';
import { canonicalAddress, maskAddress } from '../../core/mail/address.ts';
import type { FactorContext, Newcomer } from '../../core/provider.ts';
import type { Claims } from '../../issuer/issuer.ts';
import type { OpenidSettings } from './options.ts';
import { worthOf, type Worth } from './trust.ts';

/** An identity that is linked with an account. `(issuer, subject)` is all that it is known by (I-18). */
export interface LinkedIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** What its person is called over there, to be asked for by name; it decides nothing. */
  readonly login?: string;
}

/** What an issuer has said of a sign-in there, as far as it counts here. */
export interface Assertion extends Worth {
  readonly issuer: string;
  readonly subject: string;
  /** When the person signed in over there, in milliseconds; `null` where that is not known. */
  readonly at: number | null;
}

/** What the id_token says, held against the table of trust and our clock. */
export function assertionOf(
  settings: OpenidSettings,
  claims: Claims,
  { now, askedAt }: { readonly now: Date; readonly askedAt: Date },
): Assertion {
  return {
    issuer: settings.issuer,
    subject: claims.sub,
    at: signedInAt(claims['auth_time'], now, askedAt)?.getTime() ?? null,
    ...worthOf(settings.trust, claims),
  };
}

/** Two clocks may differ by this much, in milliseconds: the issuer's and ours. */
const clockToleranceMs = 10_000;

/**
 * When the person signed in at the issuer. Only whole seconds that have come are believed; everything else is not known,
 * and what is not known is never fresh. What lies a moment before the question was put is an answer to it, seen by another
 * clock.
 */
function signedInAt(authTime: unknown, now: Date, askedAt: Date): Date | null {
  if (typeof authTime !== 'number' || !Number.isSafeInteger(authTime) || authTime <= 0) return null;
  const at = authTime * 1000;
  if (at > now.getTime() + clockToleranceMs) return null;
  const asked = askedAt.getTime();
  const answered = at < asked && at >= asked - clockToleranceMs ? asked : at;
  return new Date(Math.min(answered, now.getTime()));
}

/** Unique over all users: the same subject at another issuer, or in another realm, is somebody else. */
export function handleOf(
  { realm }: Pick<FactorContext, 'realm'>,
  { issuer, subject }: Pick<LinkedIdentity, 'issuer' | 'subject'>,
): string {
  return hash('sha256', JSON.stringify([realm, issuer, subject]), 'base64url');
}

type Profile = Readonly<Record<string, unknown>>;

/** What is kept of an identity, and shown of it. */
export function enrolled(
  context: Pick<FactorContext, 'realm'>,
  assertion: Pick<Assertion, 'issuer' | 'subject'>,
  profile: Profile,
): Newcomer['enrolled'] & { readonly data: LinkedIdentity } {
  const { issuer, subject } = assertion;
  const address = addressIn(profile);
  const username = textIn(profile, 'preferred_username');
  const login = address ?? username;
  const hint = address === null ? username : maskAddress(address);
  return {
    ok: true,
    data: { issuer, subject, ...(login !== null && { login }) },
    handle: handleOf(context, assertion),
    ...(hint !== null && { about: { hint } }),
  };
}

/** What an identity says of its person, for one that is linked with no account. */
export function newcomer(
  settings: OpenidSettings,
  context: Pick<FactorContext, 'realm'>,
  assertion: Pick<Assertion, 'issuer' | 'subject'>,
  profile: Profile,
): Newcomer {
  // The boolean and nothing else: `"false"` is true wherever it is not compared.
  const email = profile['email_verified'] === true ? addressIn(profile) : null;
  const username = textIn(profile, 'preferred_username');
  const domain = email?.slice(email.lastIndexOf('@') + 1) ?? '';
  // A name that has an address in it may be somebody else's, and nobody has looked.
  const identifiers = [email, username?.includes('@') ? null : username].filter((name) => name !== null);
  return {
    enrolled: enrolled(context, assertion, profile),
    address: settings.authoritativeFor.has(domain) ? email : null,
    account: settings.accounts === 'create' ? { identifiers, email } : null,
  };
}

function addressIn({ email }: Profile): string | null {
  return typeof email === 'string' ? canonicalAddress(email) : null;
}

/** A text that can be shown: one line, not too long. */
function textIn(profile: Profile, claim: string): string | null {
  const value = profile[claim];
  return typeof value === 'string' && /^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u.test(value)
    ? value.trim() || null
    : null;
}
