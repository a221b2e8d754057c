import {
  expected,
  sessions,
  type Asks,
  type Case,
  type Does,
  type Factor,
  type SessionKind,
} from './oidc-reference.ts';

/** The cases that decisions are tried on: a table, all of whose rows are there, and pairs of everything with everything. */

type Enrolled = readonly Factor[];
type Claims = NonNullable<Asks['claims']>;

/** What the account can have, by what was shown for the session. */
const accounts: Readonly<Record<SessionKind, readonly Enrolled[]>> = {
  none: [[], ['code'], ['synced'], ['hardware'], ['code', 'synced']],
  pwd: [[], ['code'], ['synced'], ['hardware']],
  mfa: [['code'], ['code', 'synced']],
  phr: [['synced'], ['code', 'synced']],
  phrh: [['hardware']],
  'stale pwd': [[], ['code'], ['synced']],
  'stale mfa': [['code'], ['code', 'synced']],
  'stale phr': [['synced'], ['code', 'synced']],
  'stale phrh': [['hardware']],
  'new password': [['code'], ['code', 'synced']],
  'new code': [['code'], ['code', 'synced']],
};

const people: readonly Pick<Case, 'session' | 'enrolled'>[] = (
  Object.keys(sessions) as SessionKind[]
).flatMap((session) => accounts[session].map((enrolled) => ({ session, enrolled })));

const acrValues = ['mfa', 'phr', 'pwd', 'phrh', 'phr mfa', 'mfa phr', 'gold', 'gold mfa', 'MFA'] as const;

const claims = {
  'id_token: mfa!': { id_token: { acr: { essential: true, value: 'mfa' } } },
  'id_token: phr!': { id_token: { acr: { essential: true, value: 'phr' } } },
  'id_token: phr or mfa!': { id_token: { acr: { essential: true, values: ['phr', 'mfa'] } } },
  'id_token: pwd!': { id_token: { acr: { essential: true, values: ['pwd'] } } },
  'id_token: phrh!': { id_token: { acr: { essential: true, value: 'phrh' } } },
  'id_token: gold!': { id_token: { acr: { essential: true, values: ['gold'] } } },
  'id_token: gold or mfa!': { id_token: { acr: { essential: true, values: ['gold', 'mfa'] } } },
  'userinfo: mfa!': { userinfo: { acr: { essential: true, value: 'mfa' } } },
  'both: phr!': {
    id_token: { acr: { essential: true, values: ['mfa', 'phr'] } },
    userinfo: { acr: { essential: true, value: 'phr' } },
  },
  'both: nothing in common!': {
    id_token: { acr: { essential: true, value: 'mfa' } },
    userinfo: { acr: { essential: true, value: 'phr' } },
  },
  'id_token: mfa!, userinfo: phr': {
    id_token: { acr: { essential: true, value: 'mfa' } },
    userinfo: { acr: { value: 'phr' } },
  },
  'id_token: some!': { id_token: { acr: { essential: true } } },
  'id_token: some': { id_token: { acr: null } },
  'id_token: mfa': { id_token: { acr: { value: 'mfa' } } },
  'userinfo: phr or gold': { userinfo: { acr: { essential: false, values: ['phr', 'gold'] } } },
} as const satisfies Record<string, Claims>;

const nothing: Asks = { minimum: null, clientMaxAge: null, enforced: null };
const does: readonly Does[] = ['completes', 'declines', 'skips', 'declines the second'];

/** A named case. */
export interface NamedCase extends Case {
  readonly title: string;
}

/** The columns of the table: each is asked of each session. */
export const columns: Readonly<Record<string, readonly Partial<Asks>[]>> = {
  acr_values: [{ acrValues: 'mfa' }, { acrValues: 'phr' }],
  'essential acr': [{ claims: claims['id_token: mfa!'] }, { claims: claims['id_token: phr!'] }],
  max_age: [{ maxAge: 600 }, { maxAge: 0 }],
  'prompt=none': [
    { prompt: 'none' },
    { prompt: 'none', acrValues: 'mfa' },
    { prompt: 'none', claims: claims['id_token: phr!'] },
  ],
  'prompt=login': [{ prompt: 'login' }, { prompt: 'login', acrValues: 'phr mfa' }],
  'client minimum': [{ minimum: 'mfa' }, { minimum: 'phr' }],
};

/** The rows of the table. */
export const rows: readonly SessionKind[] = ['none', 'pwd', 'mfa', 'phr', 'stale mfa'];

/** What would go wrong most easily. */
const traps: readonly Pick<Case, 'session' | 'enrolled' | 'asks'>[] = [
  // A code beside a passkey that is too old: where the page and the end count differently, it is asked for ever.
  ...[
    { maxAge: 600 } as const,
    { maxAge: 600, acrValues: 'mfa' } as const,
    { minimum: 'mfa', clientMaxAge: 600 } as const,
  ].map((asks) => ({
    session: 'stale phr' as const,
    enrolled: ['code', 'synced'] as const,
    asks: { ...nothing, ...asks },
  })),
  // A new password makes no old code look new, and is no second factor beside it.
  ...[
    { maxAge: 600 } as const,
    { maxAge: 600, acrValues: 'mfa' } as const,
    { maxAge: 600, acrValues: 'pwd' } as const,
  ].map((asks) => ({
    session: 'new password' as const,
    enrolled: ['code'] as const,
    asks: { ...nothing, ...asks },
  })),
  // The level that was asked for is told with its own time, and not with that of a higher one.
  { session: 'new password', enrolled: ['code'], asks: { ...nothing, acrValues: 'pwd' } },
  { session: 'new password', enrolled: ['code'], asks: { ...nothing, acrValues: 'pwd mfa' } },
  // An essential acr is not lost beside acr_values (I-22), nor below what the client takes.
  {
    session: 'pwd',
    enrolled: ['code'],
    asks: { ...nothing, acrValues: 'pwd', claims: claims['id_token: mfa!'] },
  },
  {
    session: 'mfa',
    enrolled: ['code'],
    asks: { ...nothing, minimum: 'mfa', claims: claims['id_token: pwd!'] },
  },
  { session: 'phr', enrolled: ['synced'], asks: { ...nothing, minimum: 'mfa', acrValues: 'pwd' } },
];

/** All cases, the same each time. */
export function cases(): readonly NamedCase[] {
  const found = new Map<string, NamedCase>();
  const add = (one: Case): void => {
    // Who is not asked can neither turn away nor skip anything.
    const asked = expected({ ...one, does: 'completes' }).pages.length;
    const least = { completes: 0, declines: 1, skips: 1, 'declines the second': 2 }[one.does];
    const settled: Case = asked < least ? { ...one, does: 'completes' } : one;
    const title = titleOf(settled);
    if (!found.has(title)) found.set(title, { ...settled, title });
  };
  for (const session of rows) {
    for (const column of Object.values(columns)) {
      for (const asks of column) {
        for (const enrolled of accounts[session]) {
          add({ session, enrolled, asks: { ...nothing, ...asks }, does: 'completes' });
        }
        add({
          session,
          enrolled: accounts[session][0] ?? [],
          asks: { ...nothing, ...asks },
          does: 'declines',
        });
      }
    }
  }
  for (const trap of traps) for (const doing of does) add({ ...trap, does: doing });
  for (const one of pairs()) add(one);
  return [...found.values()];
}

/** What a case can be made of; the first choice of each is "nothing", and comes up more often. */
const choices = {
  who: people,
  acrValues: [undefined, ...acrValues],
  claims: [undefined, ...(Object.keys(claims) as (keyof typeof claims)[])],
  maxAge: [undefined, 0, 600, 86_400],
  prompt: [undefined, 'none', 'login', 'select_account', 'consent'],
  hint: [undefined, 'self', 'other'],
  sub: [undefined, 'self', 'other'],
  minimum: [null, 'mfa', 'phr'],
  clientMaxAge: [null, 600, 0],
  enforced: [null, 'mfa'],
  does,
} as const;
type Choices = typeof choices;
type Name = keyof Choices;
const names = Object.keys(choices) as Name[];
type Picked = Readonly<Record<Name, number>>;

/**
 * Rows in which every two choices stand together at least once. Each is made for a pair that did not come up yet, and is the
 * one of some random ones that has the most of these.
 */
function pairs(): readonly Case[] {
  const random = randomOf(20_260_401);
  const missing = new Map<string, Partial<Picked>>();
  for (const [at, one] of names.entries()) {
    for (const other of names.slice(at + 1)) {
      for (const [i] of choices[one].entries()) {
        for (const [j] of choices[other].entries())
          missing.set(`${one} ${i} ${other} ${j}`, { [one]: i, [other]: j });
      }
    }
  }
  const pairsOf = (picked: Picked): readonly string[] =>
    names.flatMap((one, at) =>
      names.slice(at + 1).map((other) => `${one} ${picked[one]} ${other} ${picked[other]}`),
    );
  const gain = (picked: Picked): number => pairsOf(picked).filter((pair) => missing.has(pair)).length;
  const all: Case[] = [];
  for (const pair of missing.values()) {
    const [best] = Array.from({ length: 12 }, () => ({ ...pick(random), ...pair }))
      .map((picked) => ({ picked, gain: gain(picked) }))
      .sort((a, b) => b.gain - a.gain);
    if (!best) break;
    for (const done of pairsOf(best.picked)) missing.delete(done);
    all.push(caseOf(best.picked));
  }
  return all;
}

function pick(random: () => number): Picked {
  const picked = names.map((name) => {
    const { length } = choices[name];
    const isLeftOut = name !== 'who' && name !== 'does' && random() < 0.6;
    return [name, isLeftOut ? 0 : Math.floor(random() * length)] as const;
  });
  return Object.fromEntries(picked) as Record<Name, number>;
}

function caseOf(picked: Picked): Case {
  const at = <N extends Name>(name: N): Choices[N][number] => choices[name][picked[name]];
  const { session, enrolled } = at('who');
  const claim = at('claims');
  const [minimum, clientMaxAge] = [at('minimum'), at('clientMaxAge')];
  // A client that takes nobody with a password alone, or asks anew each time, has no token yet to name anybody by.
  const hasToken = minimum === null && clientMaxAge !== 0;
  const asks: Asks = {
    ...optional('acrValues', at('acrValues')),
    ...optional('claims', claim && claims[claim]),
    ...optional('maxAge', at('maxAge')),
    ...optional('prompt', at('prompt')),
    ...optional('hint', hasToken ? at('hint') : undefined),
    ...optional('sub', hasToken ? at('sub') : (at('sub') ?? at('hint'))),
    minimum,
    clientMaxAge,
    enforced: at('enforced'),
  };
  return { session, enrolled, asks, does: at('does') };
}

function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value };
}

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function titleOf({ session, enrolled, asks, does: doing }: Case): string {
  const claim = Object.entries(claims).find(([, one]) => one === asks.claims)?.[0];
  const parts = [
    asks.acrValues && `acr_values=${asks.acrValues}`,
    claim && `claims ${claim}`,
    asks.maxAge !== undefined && `max_age=${asks.maxAge}`,
    asks.prompt && `prompt=${asks.prompt}`,
    asks.hint && `hint=${asks.hint}`,
    asks.sub && `sub=${asks.sub}`,
    asks.minimum && `client from ${asks.minimum}`,
    asks.clientMaxAge !== null && `client within ${asks.clientMaxAge} s`,
    asks.enforced && `house from ${asks.enforced}`,
  ].filter(Boolean);
  const account = ['password', ...enrolled].join('+');
  return `${session} (${account}), ${parts.join(', ') || 'nothing'}: ${doing}`;
}
