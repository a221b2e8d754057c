/*
 * What an OpenID Connect server with second factors has to do, written down a second time: from OpenID Connect Core, RFC 9470
 * and the house's rules, for a small world in which people show a few things at three moments. It shares no code with the
 * server, and is slow and plain on purpose. Where the two differ, one of them has a fault.
 */

/** What a person can show: something known, a code from an app, a passkey that is copied between devices, one that is not. */
export type Factor = 'password' | 'code' | 'synced' | 'hardware';

/** Twenty minutes before the request, about a minute before, or since it came. */
export type Moment = 'old' | 'lately' | 'now';

export interface Shown {
  readonly factor: Factor;
  readonly moment: Moment;
}

/** The levels, lowest first. */
const ladder = ['pwd', 'mfa', 'phr', 'phrh'];

/** The browser's sign-in when the request comes, and what it takes to have it. */
export const sessions = {
  none: [],
  pwd: [{ factor: 'password', moment: 'lately' }],
  mfa: [
    { factor: 'password', moment: 'lately' },
    { factor: 'code', moment: 'lately' },
  ],
  // By the passkey alone.
  phr: [{ factor: 'synced', moment: 'lately' }],
  phrh: [
    { factor: 'password', moment: 'lately' },
    { factor: 'hardware', moment: 'lately' },
  ],
  'stale pwd': [{ factor: 'password', moment: 'old' }],
  'stale mfa': [
    { factor: 'password', moment: 'old' },
    { factor: 'code', moment: 'old' },
  ],
  'stale phr': [{ factor: 'synced', moment: 'old' }],
  'stale phrh': [
    { factor: 'password', moment: 'old' },
    { factor: 'hardware', moment: 'old' },
  ],
  'new password': [
    { factor: 'code', moment: 'old' },
    { factor: 'password', moment: 'lately' },
  ],
  'new code': [
    { factor: 'password', moment: 'old' },
    { factor: 'code', moment: 'lately' },
  ],
} as const satisfies Record<string, readonly Shown[]>;

export type SessionKind = keyof typeof sessions;

export interface AcrWish {
  readonly essential?: boolean;
  readonly value?: string;
  readonly values?: readonly string[];
}

/** An authorization request, as far as it is about the sign-in, and the terms of the client that makes it. */
export interface Asks {
  readonly acrValues?: string;
  readonly claims?: {
    readonly id_token?: { readonly acr: AcrWish | null };
    readonly userinfo?: { readonly acr: AcrWish | null };
  };
  readonly maxAge?: 0 | 600 | 86_400;
  readonly prompt?: 'none' | 'login' | 'select_account' | 'consent';
  /** Whom `id_token_hint` names, and whom `claims.id_token.sub.value`. */
  readonly hint?: 'self' | 'other';
  readonly sub?: 'self' | 'other';
  readonly minimum: 'mfa' | 'phr' | null;
  readonly clientMaxAge: 0 | 600 | null;
  /** What the house asks of everybody who is signed in. */
  readonly enforced: 'mfa' | null;
}

/** On each page: does what is asked; turns away; leaves the page and calls up the end of the request; or turns away later. */
export type Does = 'completes' | 'declines' | 'skips' | 'declines the second';

export interface Case {
  readonly session: SessionKind;
  /** What the account has besides its password. */
  readonly enrolled: readonly Factor[];
  readonly asks: Asks;
  readonly does: Does;
}

export type Page = 'sign-in' | 'sign-in anew' | 'select' | 'step-up' | 'enable';

/** The end of a request: an error, or what the id_token says, its time as that of something shown. */
export type Outcome =
  | { readonly error: string }
  | { readonly acr: string; readonly amr: readonly string[]; readonly authTime: Shown };

export interface Expected {
  readonly first: Page | 'code' | 'error';
  /** All pages, in order. */
  readonly pages: readonly Page[];
  /** What the person sets up on the way, where they have to. */
  readonly setsUp: Factor | null;
  readonly outcome: Outcome;
}

/** Whoever is asked for by somebody else's name has an authenticator app. */
const others: readonly Factor[] = ['code'];

interface State {
  readonly who: 'self' | 'other' | null;
  readonly shown: readonly Shown[];
  readonly enrolled: readonly Factor[];
  readonly chosen: boolean;
}

type Next =
  | { readonly outcome: Outcome }
  /** `error` is what becomes of it where nobody may be asked, or where the person does not go along. */
  | { readonly page: Page; readonly error: string; readonly target: readonly string[] };

export function expected({ session, enrolled, asks, does }: Case): Expected {
  let state: State = {
    who: session === 'none' ? null : 'self',
    shown: sessions[session],
    enrolled,
    chosen: false,
  };
  const pages: Page[] = [];
  let setsUp: Factor | null = null;
  for (;;) {
    const next = whatIsNext(asks, state);
    const end = (outcome: Outcome): Expected => {
      const first = pages[0] ?? ('error' in outcome ? 'error' : 'code');
      return { first, pages, setsUp, outcome };
    };
    if ('outcome' in next) return end(next.outcome);
    if (asks.prompt === 'none')
      return end({ error: next.error === 'access_denied' ? 'login_required' : next.error });
    pages.push(next.page);
    if (pages.length > 5) throw new Error(`asked too often: ${pages.join(', ')}`);
    const gives = does === 'completes' || (does === 'declines the second' && pages.length === 1);
    if (!gives) return end(lastWord(asks, state));
    if (next.page === 'enable') setsUp = missingFactor(next.target);
    state = afterwards(next.page, next.target, asks, state);
  }
}

/** What was asked, out of all that has a say. */
function read(
  asks: Asks,
  who: State['who'],
): Readonly<{
  /** The level below which nothing goes, as a place on the ladder; -1: none. */
  floor: number;
  essential: readonly string[] | null;
  wishes: readonly string[];
  limit: number;
  anew: boolean;
}> {
  const minimums = [asks.minimum, who === null ? null : asks.enforced];
  const floor = Math.max(...minimums.map((level) => (level === null ? -1 : ladder.indexOf(level))));
  const isPossible = (level: string): boolean => ladder.includes(level) && ladder.indexOf(level) >= floor;

  const named = ({ value, values = [] }: AcrWish): readonly string[] =>
    value === undefined ? values : [value, ...values];
  const acrs = [asks.claims?.id_token?.acr, asks.claims?.userinfo?.acr].filter((acr) => acr !== undefined);
  const musts = acrs.filter((acr) => acr?.essential === true && named(acr).length > 0) as readonly AcrWish[];
  // OpenID Connect Core 5.5.1.1: one of the values, or the attempt has failed. One sign-in answers for both tokens.
  const essential =
    musts.length === 0
      ? null
      : named(musts[0] ?? {}).filter(
          (level) => musts.every((acr) => named(acr).includes(level)) && isPossible(level),
        );
  const voluntary = acrs.filter((acr) => acr !== null && acr.essential !== true) as readonly AcrWish[];
  const wishes = [...(asks.acrValues?.split(' ') ?? []), ...voluntary.flatMap(named)].filter(isPossible);

  const limit = Math.min(asks.maxAge ?? Infinity, asks.clientMaxAge ?? Infinity);
  return { floor, essential, wishes, limit, anew: asks.prompt === 'login' || limit === 0 };
}

/** Looks at everything, in the order in which people are asked. */
function whatIsNext(asks: Asks, state: State): Next {
  const { floor, essential, wishes, limit, anew } = read(asks, state.who);
  const ask = (page: Page, error: string, target: readonly string[] = []): Next => ({ page, error, target });
  // Core 3.1.2.2: no token for anybody else than who was asked for. Nobody is two people.
  if (asks.hint && asks.sub && asks.hint !== asks.sub) return { outcome: { error: 'login_required' } };
  if (essential?.length === 0) return { outcome: { error: unmet } };
  if (state.who === null) return ask('sign-in', 'access_denied');
  if (![asks.hint ?? state.who, asks.sub ?? state.who].every((one) => one === state.who)) {
    return ask('sign-in anew', 'login_required');
  }
  // Core 3.1.2.1: where no choice was obtained, there is an error.
  if (asks.prompt === 'select_account' && !state.chosen) return ask('select', 'account_selection_required');

  const counted = whatCounts(state.shown, limit, anew);
  const isFresh = counted.some(({ moment }) => isRecent(moment, limit, anew));
  if (!isFresh && anew) return ask('sign-in anew', 'login_required');
  const target = essential ?? (wishes.length > 0 ? wishes : floor >= 0 ? [ladder[floor] ?? ''] : []);
  const stronger = (error: string): Next =>
    ask(
      target.length === 0 || target.some((level) => canReach(level, state.enrolled)) ? 'step-up' : 'enable',
      error,
      target,
    );
  if (!isFresh) return stronger('login_required');

  const level = levelOf(counted);
  const reaches = (wanted: string): boolean => ladder.indexOf(level) >= ladder.indexOf(wanted);
  const isEnough = ladder.indexOf(level) >= floor && (essential === null || essential.some(reaches));
  if (!isEnough) return stronger(unmet);
  if (essential === null && wishes.length > 0 && !wishes.some(reaches)) return stronger(unmet);
  return { outcome: told(counted, (essential ?? wishes).filter(reaches)) };
}

/** The person is back with what there is. Only a wish may be left unfulfilled, and then the truth is told (RFC 9470, 5). */
function lastWord(asks: Asks, state: State): Outcome {
  const next = whatIsNext(asks, state);
  if ('outcome' in next) return next.outcome;
  if (next.error !== unmet) return { error: next.error };
  const { floor, essential, limit, anew } = read(asks, state.who);
  const counted = whatCounts(state.shown, limit, anew);
  const level = levelOf(counted);
  return essential !== null || ladder.indexOf(level) < floor ? { error: unmet } : told(counted, []);
}

const unmet = 'unmet_authentication_requirements';

function isRecent(moment: Moment, limit: number, anew: boolean): boolean {
  if (moment === 'now') return true;
  if (anew) return false;
  return (moment === 'old' ? 1200 : 60) < limit;
}

/** Something that counts; of an old passkey only that it had checked its person, which is as good as something known. */
type Counted = Shown | { readonly factor: 'check'; readonly moment: Moment };

/**
 * Something held that was shown too long ago does not count; something known does, at whatever age. Where all is to be shown
 * anew, nothing counts that was shown before.
 */
function whatCounts(shown: readonly Shown[], limit: number, anew: boolean): readonly Counted[] {
  if (anew) return shown.filter(({ moment }) => moment === 'now');
  return shown.flatMap((one): readonly Counted[] => {
    if (one.factor === 'password' || isRecent(one.moment, limit, anew)) return [one];
    return one.factor === 'code' ? [] : [{ factor: 'check', moment: one.moment }];
  });
}

/** The level of things shown together. Passkeys check their person themselves, a code needs the password beside it. */
function levelOf(shown: readonly Counted[]): string {
  const has = (factor: Counted['factor']): boolean => shown.some((one) => one.factor === factor);
  if (has('hardware')) return 'phrh';
  if (has('synced')) return 'phr';
  return has('code') && (has('password') || has('check')) ? 'mfa' : 'pwd';
}

/** What can carry a level. */
const carriers: Readonly<Record<string, readonly Counted['factor'][]>> = {
  pwd: ['password', 'code', 'synced', 'hardware'],
  mfa: ['code', 'synced', 'hardware'],
  phr: ['synced', 'hardware'],
  phrh: ['hardware'],
};

const methods: Readonly<Record<Counted['factor'], readonly string[]>> = {
  check: ['user'],
  password: ['pwd'],
  code: ['otp'],
  synced: ['swk', 'user'],
  hardware: ['hwk', 'user'],
};

function told(counted: readonly Counted[], reached: readonly string[]): Outcome {
  const level = levelOf(counted);
  const acr = ladder.findLast((one) => reached.includes(one)) ?? level;
  const amr = new Set(counted.flatMap(({ factor }) => methods[factor]));
  if (level !== 'pwd') amr.add('mfa');
  const ages: readonly Moment[] = ['old', 'lately', 'now'];
  const newest = ages.flatMap((age) =>
    counted.filter(({ factor, moment }) => moment === age && (carriers[acr] ?? []).includes(factor)),
  );
  const authTime = newest.at(-1);
  if (!authTime || authTime.factor === 'check') throw new Error('told of something that was not shown');
  return { acr, amr: [...amr].sort(), authTime };
}

function canReach(level: string, enrolled: readonly Factor[]): boolean {
  return level === 'pwd' || enrolled.some((factor) => (carriers[level] ?? []).includes(factor));
}

/** Who has nothing for it sets up the least that will do. */
function missingFactor(target: readonly string[]): Factor {
  if (target.includes('mfa')) return 'code';
  return target.includes('phr') ? 'synced' : 'hardware';
}

/** How things stand when the person has done what a page asked. */
function afterwards(page: Page, target: readonly string[], asks: Asks, state: State): State {
  switch (page) {
    case 'sign-in':
    case 'sign-in anew': {
      const named = [asks.hint, asks.sub].includes('other') ? 'other' : 'self';
      const enrolled = named === 'other' ? others : state.enrolled;
      const second = byHabit(enrolled);
      const shown: readonly Shown[] = [
        { factor: 'password', moment: 'now' },
        ...(second === null ? [] : [{ factor: second, moment: 'now' } as const]),
      ];
      return { who: named, shown, enrolled, chosen: true };
    }
    case 'select':
      return { ...state, chosen: true };
    case 'enable': {
      const added = missingFactor(target);
      // Changing what one signs in with takes a proof of the last five minutes: of a second factor where there is one. People
      // take the strongest they have for that.
      const proof = habit.findLast((factor) => state.enrolled.includes(factor)) ?? 'password';
      const carries = (factor: Factor): boolean => proof === 'password' || factor !== 'password';
      const isFresh = state.shown.some(({ factor, moment }) => carries(factor) && moment !== 'old');
      const shown = isFresh ? state.shown : showing(state.shown, proof);
      return { ...state, shown, enrolled: [...state.enrolled, added] };
    }
    case 'step-up':
      return { ...state, shown: showing(state.shown, whatHelps(target, asks, state)) };
  }
}

/** Whoever has a choice takes the code they are used to. */
const habit: readonly Factor[] = ['code', 'synced', 'hardware'];

function byHabit(enrolled: readonly Factor[]): Factor | null {
  return habit.find((factor) => enrolled.includes(factor)) ?? null;
}

/**
 * The one thing that gets there, for the first of the levels that the account can reach. Who has a second factor is asked for
 * it, also where a password would do.
 */
function whatHelps(target: readonly string[], asks: Asks, state: State): Factor {
  const { limit, anew } = read(asks, state.who);
  const own = byHabit(state.enrolled) === null ? 'pwd' : 'mfa';
  const first = target.find((level) => canReach(level, state.enrolled)) ?? 'pwd';
  const level = ladder.indexOf(first) > ladder.indexOf(own) ? first : own;
  const helps = (factor: Factor): boolean => {
    const counted = whatCounts(showing(state.shown, factor), limit, anew);
    return ladder.indexOf(levelOf(counted)) >= ladder.indexOf(level);
  };
  const candidates: readonly Factor[] = own === 'pwd' ? ['password'] : habit;
  const factor = candidates.filter((one) => one === 'password' || state.enrolled.includes(one)).find(helps);
  if (!factor) throw new Error(`nothing helps to ${level}`);
  return factor;
}

/** Shown once more, it takes the place of the last time. */
function showing(shown: readonly Shown[], factor: Factor): readonly Shown[] {
  return [...shown.filter((one) => one.factor !== factor), { factor, moment: 'now' }];
}
