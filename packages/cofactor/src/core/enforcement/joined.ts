/**
 * When somebody first had a role or a group. Kept of those that they were given after their account was made, and of those
 * that were taken from them; what an account has had from its beginning needs no entry.
 */
export interface Joined {
  readonly kind: 'role' | 'group';
  readonly name: string;
  readonly at: Date;
}

/** What an account has at some time, by kind. */
export interface Labelled {
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly createdAt: Date;
  readonly joined: readonly Joined[];
}

/** More are not kept, as they come along with each session that is read. What has no entry counts from the beginning. */
const mostKept = 100;

/**
 * What is kept once somebody has these roles or groups and no others. An entry is never changed and never goes: who loses
 * something and gets it again has had it since the first time, so no days of grace begin anew by that.
 */
export function joinedAfter(
  before: Labelled,
  kind: Joined['kind'],
  wanted: readonly string[],
  now: Date,
): readonly Joined[] {
  const { joined, createdAt } = before;
  const had = kind === 'role' ? before.roles : before.groups;
  const known = new Set(joined.filter((one) => one.kind === kind).map(({ name }) => name));
  const taken = had.filter((name) => !wanted.includes(name) && !known.has(name));
  const given = wanted.filter((name) => !had.includes(name) && !known.has(name));
  const added = [
    ...[...new Set(taken)].map((name) => ({ kind, name, at: createdAt })),
    ...[...new Set(given)].map((name) => ({ kind, name, at: now })),
  ];
  return added.length === 0 ? joined : [...joined, ...added].slice(0, Math.max(mostKept, joined.length));
}

/**
 * Since when somebody has been one of those who have one of these roles or groups: since the first time that they had any of
 * them, so that to change one for another begins nothing anew either.
 */
export function joinedSince(subject: Labelled, kind: Joined['kind'], names: readonly string[]): Date {
  const { joined, createdAt } = subject;
  const has = kind === 'role' ? subject.roles : subject.groups;
  let since: Date | null = null;
  for (const name of names) {
    const entry = joined.find((one) => one.kind === kind && one.name === name);
    const at = entry?.at ?? (has.includes(name) ? createdAt : null);
    if (at !== null && (since === null || at < since)) since = at;
  }
  return since ?? createdAt;
}

/** As it is stored. */
export function joinedText(joined: readonly Joined[]): string {
  return JSON.stringify(joined.map(({ kind, name, at }) => [kind, name, at.getTime()]));
}

export function joinedOf(text: string): readonly Joined[] {
  if (text === '[]') return nothing;
  const stored = JSON.parse(text) as readonly (readonly [Joined['kind'], string, number])[];
  return stored.map(([kind, name, at]) => ({ kind, name, at: new Date(at) }));
}

const nothing: readonly never[] = Object.freeze([]);
