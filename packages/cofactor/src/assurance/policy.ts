import { assess } from './assess.ts';
import { assuranceOf, type Assurance } from './assurance.ts';
import type { AuthenticationEvent } from './event.ts';
import { standardLevels, type Level } from './levels.ts';
import { strictest, type Requirement } from './requirement.ts';

/** A rule that guards pages, routes and clients. Made by the functions below; composable with `all` and `any`. */
export type Policy =
  | { readonly type: 'requirement'; readonly requirement: Requirement }
  | { readonly type: 'role'; readonly anyOf: readonly string[] }
  | { readonly type: 'check'; readonly name: string; readonly check: PolicyCheck }
  | { readonly type: 'all' | 'any'; readonly of: readonly Policy[] };

/** What a policy sees of the person who asks. */
export interface PolicySubject {
  readonly events: readonly AuthenticationEvent[];
  readonly roles: readonly string[];
  readonly now: Date;
  /** What the issuer says of them in the id_token of this sign-in, or in the access token; only in `cofactor/oidc-client`. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/**
 * A handler of the application's own. `true` allows, `false` denies; a `Requirement` denies and says what the
 * person could prove to be let in. A handler that throws denies (I-12).
 */
export type PolicyCheck = (
  subject: PolicySubject & { readonly assurance: Assurance },
) => boolean | Requirement | Promise<boolean | Requirement>;

/** The answer of a policy. `requirement` is set where proving more would help, `denied` where it would not. */
export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly requirement: Requirement }
  | { readonly allowed: false; readonly denied: string };

/** Asks for two factors. `requireMfa({ maxAge: 900 })` asks that the second one was shown in the last 15 minutes. */
export function requireMfa(options: { readonly maxAge?: number } = {}): Policy {
  return requireAcr('mfa', options);
}

/** Asks for a rung of the ladder, or a higher one. */
export function requireAcr(acr: string, options: { readonly maxAge?: number } = {}): Policy {
  // An option that is misspelt would leave the guard weaker than it reads.
  const known = typeof options === 'object' && options !== null;
  const unknown = known ? Object.keys(options).find((name) => name !== 'maxAge') : String(options);
  if (unknown !== undefined) throw new TypeError(`a policy takes { maxAge }, in seconds, and not ${unknown}`);
  return { type: 'requirement', requirement: { acr, ...maxAgeOf(options.maxAge) } };
}

/** Asks that every one of these methods was used, compared exactly: `requireClaim('amr', 'mfa')`. */
export function requireClaim(claim: 'amr', ...values: readonly string[]): Policy {
  if (claim !== 'amr') throw new TypeError(`requireClaim knows the claim 'amr' only, not ${String(claim)}`);
  if (values.length === 0) throw new TypeError('requireClaim needs at least one value');
  // `mfa` among the methods says the level too, in the words that challenges and authorization requests use.
  const level = values.includes('mfa') ? { acr: 'mfa' } : {};
  return { type: 'requirement', requirement: { ...level, amr: [...values] } };
}

/** Asks for a proof at most this many seconds old, at whatever level. */
export function requireFresh(maxAge: number): Policy {
  if (maxAge === undefined) throw new TypeError('requireFresh takes a number of seconds');
  return { type: 'requirement', requirement: { ...maxAgeOf(maxAge) } };
}

/** Asks for at least one of these roles. No proof can make up for a role that is missing. */
export function requireRole(...anyOf: readonly string[]): Policy {
  return { type: 'role', anyOf: [...anyOf] };
}

/** Asks a handler of the application's own; the name stands in logs and in the answer to who is denied. */
export function requireThat(name: string, check: PolicyCheck): Policy {
  return { type: 'check', name, check };
}

/** Allows where every one of these does; at least one, because "all of nothing" would let everybody in. */
export function all(...of: readonly Policy[]): Policy {
  if (of.length === 0) throw new TypeError('all needs at least one policy');
  return { type: 'all', of };
}

/** Allows where at least one of these does. */
export function any(...of: readonly Policy[]): Policy {
  if (of.length === 0) throw new TypeError('any needs at least one policy');
  return { type: 'any', of };
}

/** Evaluates a policy. A handler that throws, or answers with anything unexpected, denies. */
export async function evaluate(
  policy: Policy,
  subject: PolicySubject,
  levels: readonly Level[] = standardLevels,
): Promise<Decision> {
  return decide(policy, subject, levels);
}

/** The same, answered at once where no handler of the application is asked: for guards, which ask all the time. */
export function decide(
  policy: Policy,
  subject: PolicySubject,
  levels: readonly Level[] = standardLevels,
): Decision | Promise<Decision> {
  switch (policy.type) {
    case 'requirement': {
      const assessment = assess(policy.requirement, subject.events, subject.now, { levels });
      return assessment.met ? allowed : { allowed: false, requirement: policy.requirement };
    }
    case 'role':
      return policy.anyOf.some((role) => subject.roles.includes(role))
        ? allowed
        : { allowed: false, denied: `role ${policy.anyOf.join(' or ')}` };
    case 'check':
      return ask(policy.name, policy.check, subject, levels);
    case 'all':
      return together(policy.of, subject, levels, (parts) => every(parts, levels));
    case 'any':
      return together(policy.of, subject, levels, some);
    default:
      return { allowed: false, denied: 'unknown policy' };
  }
}

/** Whether a policy is decided by what is known, without a handler of the application. */
export function asksNobody(policy: Policy): boolean {
  if (policy.type === 'all' || policy.type === 'any') return policy.of.every(asksNobody);
  return policy.type !== 'check';
}

const allowed: Decision = Object.freeze({ allowed: true });

function together(
  of: readonly Policy[],
  subject: PolicySubject,
  levels: readonly Level[],
  join: (parts: readonly Decision[]) => Decision,
): Decision | Promise<Decision> {
  const parts = of.map((part) => decide(part, subject, levels));
  return parts.some((part) => part instanceof Promise)
    ? Promise.all(parts.map(async (part) => part)).then(join)
    : join(parts as readonly Decision[]);
}

async function ask(
  name: string,
  check: PolicyCheck,
  subject: PolicySubject,
  levels: readonly Level[],
): Promise<Decision> {
  try {
    const answer = await check({ ...subject, assurance: assuranceOf(subject.events, levels) });
    if (answer === true) return { allowed: true };
    if (typeof answer === 'object' && answer !== null) return { allowed: false, requirement: answer };
  } catch {
    // Fail closed: a broken handler lets nobody in.
  }
  return { allowed: false, denied: name };
}

/** A part that no proof can mend denies the whole; otherwise all that is missing is asked for at once. */
function every(parts: readonly Decision[], levels: readonly Level[]): Decision {
  let requirement: Requirement | undefined;
  for (const part of parts) {
    if (part.allowed) continue;
    if ('denied' in part) return part;
    requirement = requirement ? strictest(requirement, part.requirement, levels) : part.requirement;
  }
  return requirement ? { allowed: false, requirement } : { allowed: true };
}

function some(parts: readonly Decision[]): Decision {
  return (
    parts.find((part) => part.allowed) ??
    parts.find((part) => 'requirement' in part) ??
    parts[0] ?? { allowed: false, denied: 'any of nothing' }
  );
}

function maxAgeOf(maxAge: number | undefined): { readonly maxAge?: number } {
  if (maxAge === undefined) return {};
  if (!Number.isInteger(maxAge) || maxAge < 0) {
    throw new TypeError(`maxAge takes a whole number of seconds from 0 on, not ${String(maxAge)}`);
  }
  return { maxAge };
}
