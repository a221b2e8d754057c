import { CofactorError } from '../../base/errors.ts';

/** The levels that can be demanded. Of less than two factors there is nothing to set up. */
export const enforceableLevels = ['mfa', 'phr', 'phrh'] as const;
export type EnforceableLevel = (typeof enforceableLevels)[number];

/** Whom a rule is about: everybody of the realm, whoever has one of these roles or groups, or who signs in to a client. */
export type RuleScope =
  | { readonly everybody: true }
  | { readonly roles: readonly string[] }
  | { readonly groups: readonly string[] }
  /** Client ids of the OpenID Connect server of this realm. */
  | { readonly clients: readonly string[] };

/** What is demanded of whom, and from when on. Data: whether anybody meets it is worked out when somebody asks. */
export interface EnforcementRule {
  readonly id: string;
  readonly acr: EnforceableLevel;
  readonly who: RuleScope;
  /** From then on people are asked at each sign-in. */
  readonly from: Date;
  /** Days after `from` in which they may go on with less; whoever got their account later has them from then on. */
  readonly graceDays: number;
  /** For whoever looks after the rules. */
  readonly note: string;
}

/** A rule to be saved; one without an id is new. */
export type NewRule = Omit<EnforcementRule, 'id'> & { readonly id?: string };

const idShape = /^[A-Za-z0-9_-]{1,64}$/;
const mostNames = 100;
const longestName = 200;
const longestNote = 500;
export const mostGraceDays = 730;

/** What is wrong with a rule, in words; `null` where nothing is. It may come from a request, so it is looked at closely. */
export function wrongRule(rule: unknown): string | null {
  if (!isObject(rule)) return 'a rule is an object';
  const { id, acr, who, from, graceDays, note, ...unknown } = rule;
  const [misspelt] = Object.keys(unknown);
  if (misspelt !== undefined) return `a rule has no ${JSON.stringify(misspelt)}`;
  if (id !== undefined && !(typeof id === 'string' && idShape.test(id))) {
    return 'id takes 1 to 64 letters, digits, hyphens and underscores';
  }
  if (!enforceableLevels.some((level) => level === acr))
    return `acr takes one of ${enforceableLevels.join(', ')}`;
  if (!isScope(who)) {
    return 'who takes one of { everybody: true }, { roles }, { groups } and { clients }, each with a list of names';
  }
  if (!(from instanceof Date) || Number.isNaN(from.getTime())) return 'from takes a date';
  if (!Number.isInteger(graceDays) || (graceDays as number) < 0 || (graceDays as number) > mostGraceDays) {
    return `graceDays takes a whole number from 0 to ${mostGraceDays}`;
  }
  if (typeof note !== 'string' || note.length > longestNote)
    return `note takes at most ${longestNote} characters`;
  return null;
}

function isScope(who: unknown): who is RuleScope {
  if (!isObject(who)) return false;
  const entries = Object.entries(who);
  const [entry] = entries;
  if (entries.length !== 1 || !entry) return false;
  const [kind, value] = entry;
  if (kind === 'everybody') return value === true;
  if (!['roles', 'groups', 'clients'].includes(kind)) return false;
  return Array.isArray(value) && value.length > 0 && value.length <= mostNames && value.every(isName);
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && name !== '' && name.length <= longestName && !name.includes('\0');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A rule as it is stored. */
export function ruleText({ id, acr, who, from, graceDays, note }: EnforcementRule): string {
  return JSON.stringify({ id, acr, who, from: from.toISOString(), graceDays, note });
}

/**
 * The rules of a stored list of texts, set apart by commas. One that cannot be read, or that a newer version wrote, is not
 * left out: somebody would get by with less than is demanded of them (I-12).
 */
export function rulesOf(texts: string): readonly EnforcementRule[] {
  let stored: unknown;
  try {
    stored = JSON.parse(`[${texts}]`);
  } catch {
    throw unreadable('it is not JSON');
  }
  return Object.freeze((stored as unknown[]).map(ruleOf));
}

function ruleOf(stored: unknown): EnforcementRule {
  const { from: time, ...rest }: Readonly<Record<string, unknown>> = isObject(stored) ? stored : {};
  const rule: Readonly<Record<string, unknown>> = {
    ...rest,
    from: typeof time === 'string' ? new Date(time) : null,
  };
  const wrong = wrongRule(rule) ?? (rule['id'] === undefined ? 'it has no id' : null);
  if (wrong !== null) throw unreadable(wrong);
  return Object.freeze(rule as unknown as EnforcementRule);
}

function unreadable(detail: string): CofactorError {
  return new CofactorError('ERR_STORE_BROKEN', 'The service is not available at the moment.', {
    detail: `a rule of enforcement cannot be read: ${detail}`,
  });
}
