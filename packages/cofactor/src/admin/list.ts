import { assuranceOf } from '../assurance/index.ts';
import { breathe } from '../base/breathe.ts';
import { isWaiting } from '../core/account/invitation.ts';
import { isUsable } from '../core/ceremonies/offers.ts';
import { expectedEvent, type Engine } from '../core/engine.ts';
import type { ListedUser, ListUsers } from '../core/admin-store.ts';
import type { Account, UserRecord } from '../core/store.ts';
import { rankIn, type Charge } from './actor.ts';

export type UserFilter = 'with-mfa' | 'without-mfa' | 'locked' | 'invited';

/** Whom to list. Everything that is named has to fit. */
export interface UserSearch {
  /** The beginning of a name or an address, or a whole id. */
  readonly search?: string;
  readonly filter?: UserFilter;
  readonly role?: string;
  readonly group?: string;
  /** Who has an authenticator of this provider. */
  readonly provider?: string;
  /** `next` of the page before. */
  readonly cursor?: string;
  /** 1 to 100 (50). */
  readonly limit?: number;
}

/** `invited`: nobody has accepted the invitation yet. `locked`: nobody can sign in until it is unlocked. */
export type UserStatus = 'active' | 'invited' | 'locked';

/** An account in short: who has a second step, and by what. */
export interface UserSummary {
  readonly user: UserRecord;
  readonly status: UserStatus;
  readonly rank: number;
  /** When something of it was last proved. */
  readonly lastSignInAt: Date | null;
  /** Whether a second step is asked at every sign-in. */
  readonly mfa: boolean;
  /** The highest level within reach with what is enrolled and usable. */
  readonly reach: string | null;
  readonly factors: readonly {
    readonly provider: string;
    readonly usage: 'first' | 'second' | 'recovery';
    readonly count: number;
  }[];
}

export interface UserPage {
  readonly users: readonly UserSummary[];
  readonly next: string | null;
}

/** Accounts looked at for one page, where most of them do not fit: who wants more asks for the next page. */
const mostLookedAt = 5_000;
const atOnce = 500;

/**
 * A page of accounts in the order of their names, then those whose address begins with what was looked for. It goes
 * through the shortest of the lists that the database keeps, from where the page before ended, and never from the start.
 * `null` for a cursor that is none of ours.
 */
export async function listUsers(charge: Charge, asked: UserSearch): Promise<UserPage | null> {
  const { engine } = charge;
  const limit = asked.limit ?? 50;
  const place = asked.cursor === undefined ? start : placeOf(asked.cursor);
  if (!place) return null;
  const search = asked.search?.normalize('NFKC').trim().toLowerCase() ?? '';
  // PostgreSQL cannot even be asked for a NUL; it is in nothing that we keep.
  if (search.includes('\0')) return { users: [], next: null };
  if (/^usr_[a-z0-9_-]{22}$/.test(search)) return byId(charge, asked, asked.search?.trim() ?? '');
  const found: UserSummary[] = [];
  let looked = 0;
  let at: Place | null = place;
  while (at && found.length < limit && looked < mostLookedAt) {
    if (looked > 0) await breathe();
    const here: Place = at;
    const window = passes(asked, here) ? limit - found.length : atOnce;
    const rows = await engine.store.admin.list(windowOf(engine, asked, here, search, window));
    looked += rows.length;
    let end: ListedUser | undefined;
    for (const row of rows) {
      if (found.length === limit) break;
      end = row;
      // Found by its name already.
      const isKnown = here.by === 'address' && row.user.canonical.startsWith(search);
      if (!isKnown && fits(asked, row)) found.push(summaryOf(charge, row));
    }
    if (end && (rows.length === window || end !== rows.at(-1))) {
      at = { by: here.by, after: end.key, afterId: end.user.id };
    } else at = here.by === 'name' && search !== '' ? { ...start, by: 'address' } : null;
  }
  return { users: found, next: at && cursorOf(at) };
}

async function byId(charge: Charge, asked: UserSearch, id: string): Promise<UserPage> {
  const account = await charge.engine.store.account(charge.engine.realm, { id });
  const row = account && { ...account, key: account.user.canonical };
  return { users: row && fits(asked, row) ? [summaryOf(charge, row)] : [], next: null };
}

interface Place {
  /** By name, then by address. */
  readonly by: 'name' | 'address';
  readonly after: string;
  readonly afterId: string;
}
const start: Place = { by: 'name', after: '', afterId: '' };

function cursorOf({ by, after, afterId }: Place): string {
  return Buffer.from(JSON.stringify([by, after, afterId])).toString('base64url');
}

function placeOf(cursor: string): Place | null {
  try {
    const value = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown;
    if (!Array.isArray(value) || value.length !== 3) return null;
    const [by, after, afterId] = value as readonly unknown[];
    const texts = typeof after === 'string' && typeof afterId === 'string';
    if ((by !== 'name' && by !== 'address') || !texts || /\0/.test(after + afterId)) return null;
    return { by, after, afterId };
  } catch {
    return null;
  }
}

/** The list that is gone through: the one that the fewest accounts are likely to be in. */
function windowOf(
  { realm }: Engine,
  asked: UserSearch,
  place: Place,
  search: string,
  limit: number,
): ListUsers {
  const { by, after, afterId } = place;
  const through: ListUsers['through'] = by === 'address' ? { by } : (leading(asked) ?? { by: 'name' });
  return { realm, through, after, afterId, prefix: search, limit };
}

function leading({ role, group, provider, filter }: UserSearch): ListUsers['through'] | null {
  if (role !== undefined) return { by: 'label', kind: 'role', value: role };
  if (group !== undefined) return { by: 'label', kind: 'group', value: group };
  if (filter === 'locked' || filter === 'invited') return { by: 'disabled' };
  if (provider !== undefined) return { by: 'label', kind: 'provider', value: provider };
  return filter === 'with-mfa' ? { by: 'label', kind: 'usage', value: 'second' } : null;
}

/** Whether whatever stands in that list fits. */
function passes(asked: UserSearch, { by }: Place): boolean {
  const wanted = [asked.role, asked.group, asked.provider, asked.filter].filter((one) => one !== undefined);
  if (wanted.length === 0) return by === 'name';
  return by === 'name' && wanted.length === 1 && (asked.filter === undefined || asked.filter === 'with-mfa');
}

function fits({ role, group, provider, filter }: UserSearch, account: Account): boolean {
  const { user, authenticators } = account;
  if (role !== undefined && !user.roles.includes(role)) return false;
  if (group !== undefined && !user.groups.includes(group)) return false;
  if (provider !== undefined && !authenticators.some((one) => one.provider === provider)) return false;
  switch (filter) {
    case undefined:
      return true;
    case 'with-mfa':
      return hasMfa(account);
    case 'without-mfa':
      return !hasMfa(account);
    default:
      return statusOf(account) === filter;
  }
}

export function statusOf(account: Account): UserStatus {
  if (account.user.disabledAt === null) return 'active';
  return isWaiting(account) ? 'invited' : 'locked';
}

function hasMfa({ authenticators }: Account): boolean {
  return authenticators.some(({ usage }) => usage === 'second');
}

export function summaryOf(charge: Charge, account: Account | ListedUser): UserSummary {
  const { user, authenticators } = account;
  const times = authenticators.flatMap(({ lastUsedAt }) => (lastUsedAt ? [lastUsedAt.getTime()] : []));
  const factors = new Map<string, { usage: 'first' | 'second' | 'recovery'; count: number }>();
  for (const { provider, usage } of inOrder(authenticators)) {
    factors.set(provider, { usage, count: (factors.get(provider)?.count ?? 0) + 1 });
  }
  return {
    user,
    status: statusOf(account),
    rank: rankIn(charge, user.roles),
    lastSignInAt: times.length > 0 ? new Date(Math.max(...times)) : null,
    mfa: hasMfa(account),
    reach: reachOf(charge.engine, account),
    factors: [...factors].map(([provider, { usage, count }]) => ({ provider, usage, count })),
  };
}

const usageOrder = { first: 0, second: 1, recovery: 2 };

/** What a sign-in begins with, what is asked next, and what stands in for it; what was there first comes first. */
export function inOrder(authenticators: Account['authenticators']): Account['authenticators'] {
  return authenticators.toSorted(
    (a, b) =>
      usageOrder[a.usage] - usageOrder[b.usage] ||
      a.createdAt.getTime() - b.createdAt.getTime() ||
      (a.id < b.id ? -1 : 1),
  );
}

/** The highest level that all that is usable would come to. */
export function reachOf(engine: Engine, { authenticators }: Account): string | null {
  const now = engine.config.clock.now();
  const events = authenticators.flatMap((one) => {
    const provider = engine.config.providers.get(one.provider);
    // Recovery is used up, so nothing lasting comes of it.
    return provider && one.usage !== 'recovery' && isUsable(one) ? [expectedEvent(provider, one, now)] : [];
  });
  return assuranceOf(events).acr;
}
