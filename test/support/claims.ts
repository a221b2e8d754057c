/** Claims of id_tokens, honest and hostile, made by a generator that gives the same ones for the same seed. */

export interface MadeClaims {
  /** In words, for whoever has to find out what went wrong. */
  readonly what: readonly string[];
  readonly claims: Record<string, unknown>;
}

/** Mulberry32: small, and good enough to choose with. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

type Random = () => number;

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** What only looks like a value. */
const nearMisses: readonly ((value: string) => string)[] = [
  (value) => value.toUpperCase(),
  (value) => value.slice(0, 1).toUpperCase() + value.slice(1),
  (value) => `${value} `,
  (value) => ` ${value}`,
  (value) => `no${value}`,
  (value) => `${value}2`,
  (value) => `${value},pwd`,
  (value) => `pwd ${value}`,
  (value) => `${value}\u0000`,
  (value) => `${value}\u200b`,
  (value) => `\ufeff${value}`,
  // Cyrillic а and е, fullwidth letters, a letter made of two.
  (value) => value.replace('a', '\u0430').replace('e', '\u0435'),
  (value) => value.replace(/[a-z]/, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
  (value) => value.replace('a', 'a\u0308'),
  (value) => value.slice(0, -1),
  (value) => `"${value}"`,
  (value) => `["${value}"]`,
  (value) => value.replace(':', '%3A'),
];

const ordinary = [
  'pwd',
  'otp',
  'sms',
  'hwk',
  'swk',
  'fido',
  'mca',
  'user',
  'pin',
  'kba',
  'rsa',
  'fed',
  'none',
  '0',
  '1',
];
const odd = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'length',
  '\ud800',
  'x'.repeat(255),
  'x'.repeat(256),
  'm'.repeat(100_000),
  'wiaormfa',
  'urn:okta:loa:1fa:any',
  'urn:okta:loa:2fa:any:ifpossible',
  'urn:cognito:loa:3',
];

function text(random: Random, words: readonly string[]): string {
  const chance = random();
  if (chance < 0.4) return pick(random, words);
  if (chance < 0.65) return pick(random, nearMisses)(pick(random, words));
  return chance < 0.9 ? pick(random, ordinary) : pick(random, odd);
}

/** No text, and yet something that many a comparison would take for one. */
function noText(random: Random, word: string): unknown {
  return pick<() => unknown>(random, [
    () => [word],
    () => [[word]],
    () => ({ value: word }),
    () => ({ toString: () => word, valueOf: () => word }),
    () => new String(word),
    () => Symbol(word),
    () => null,
    () => undefined,
    () => true,
    () => 1,
    () => 0,
    () => NaN,
    () => 10n,
    () => () => word,
    () => new Set([word]),
    () => Buffer.from(word),
    () => new Proxy({}, { get: () => word }),
  ])();
}

function texts(random: Random, words: readonly string[], most: number): unknown[] {
  return Array.from({ length: Math.floor(random() * (most + 1)) }, () => text(random, words));
}

type Maker = readonly [what: string, make: (random: Random, words: readonly string[]) => unknown];

const lists: readonly Maker[] = [
  ['a text', (random, words) => text(random, words)],
  ['a text of many', (_, words) => words.join(' ')],
  ['a text that is JSON', (_, words) => JSON.stringify(words)],
  ['a list in a list', (random, words) => [texts(random, words, 3)]],
  ['a list in an object', (random, words) => ({ amr: texts(random, words, 3) })],
  ['an object', (_, words) => Object.fromEntries(words.map((word) => [word, true]))],
  ['something like a list', (_, words) => ({ ...words, length: words.length })],
  ['a list with something else in it', (random, words) => spoilt(random, words)],
  ['a list with a hole', (random, words) => holed(random, words)],
  ['a list of holes', () => Object.assign([], { length: 3 })],
  ['a list with a value beside it', (_, words) => Object.assign(['pwd'], { mfa: true, '-1': words[0] })],
  ['a list of 256', (_, words) => [...many('pwd', 255), words[0]]],
  ['a list of 257', (_, words) => [...many('pwd', 256), words[0]]],
  ['a list of 70,000', (_, words) => many(words[0] ?? '', 70_000)],
  ['a list that never ends', () => Object.assign([], { length: 4_294_967_295 })],
  ['a set', (_, words) => new Set(words)],
  ['a map', (_, words) => new Map(words.map((word, place) => [place, word]))],
  ['bytes', () => new Uint8Array([109, 102, 97])],
  ['arguments', (_, words) => argumentsOf(...words)],
  ['a number', (random) => random() * 100],
  ['a boolean', (random) => random() < 0.5],
  ['null', () => null],
  ['undefined', () => undefined],
  ['a function', (_, words) => () => words],
  ['a list that says yes to everything', () => new Agreeing('pwd')],
  ['a list without a prototype', (random, words) => orphaned(texts(random, words, 3))],
  ['a list with getters', (_, words) => withGetter(words)],
  [
    'a list that throws',
    (_, words) => new Proxy([...words], { getOwnPropertyDescriptor: fails, get: fails }),
  ],
  ['a list that lies when asked', (_, words) => new Proxy(['pwd'], { get: () => words[0] })],
  ['a list that is gone', () => revoked()],
  ['a frozen list', (random, words) => Object.freeze(texts(random, words, 4))],
];

const acrs: readonly Maker[] = [
  ['something else', (random, words) => noText(random, pick(random, words))],
  ['a list', (_, words) => [...words]],
  ['many', (_, words) => words.join(' ')],
  ['a frozen text', (random, words) => Object.freeze(text(random, words))],
];

function spoilt(random: Random, words: readonly string[]): unknown[] {
  const list = [...texts(random, words, 3), pick(random, words)];
  list.splice(Math.floor(random() * (list.length + 1)), 0, noText(random, pick(random, words)));
  return list;
}

function holed(random: Random, words: readonly string[]): unknown[] {
  const list: unknown[] = [...words, 'pwd'];
  Reflect.deleteProperty(list, Math.floor(random() * list.length));
  return list;
}

function many(text: string, times: number): string[] {
  return Array.from({ length: times }, () => text);
}

function orphaned(list: unknown[]): unknown[] {
  Object.setPrototypeOf(list, null);
  return list;
}

function argumentsOf(..._: readonly string[]): unknown {
  return arguments;
}

/** Whoever calls the methods of a list that came from elsewhere is told what it wants to hear. */
class Agreeing extends Array<string> {
  override includes(): boolean {
    return true;
  }
  override some(): boolean {
    return true;
  }
  override indexOf(): number {
    return 0;
  }
}

function withGetter(words: readonly string[]): unknown[] {
  return Object.defineProperty(['pwd', 'otp'], 1, { get: () => words[0], enumerable: true });
}

function fails(): never {
  throw new Error('not to be looked at');
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable<unknown[]>(['mfa'], {});
  revoke();
  return proxy;
}

/** Times at the edges of what is believed, and what is no time. */
function times(nowMs: number): readonly (readonly [what: string, make: () => unknown])[] {
  const now = nowMs / 1000;
  const ahead = [0, 1, 0.5, 59, 59.5, 60, 60.5, 61, 3600, 1e9];
  const ago = [1, 0.25, 30, 899, 899.5, 900, 900.5, 901, 3600, 86_400];
  const early = [0, -0, 0.0001, 0.001, 1, -1, -0.001, -now];
  const late = [now * 1000, now * 1e6, 1e12, 8.64e12, 8.65e12, 1e21, 2 ** 31, 2 ** 53];
  const ends = [Number.MAX_VALUE, Number.MIN_VALUE, NaN, Infinity, -Infinity];
  const around = [...ahead.map((by) => now + by), ...ago.map((by) => now - by)];
  const numbers = [...around, ...early, ...late, ...ends];
  return [
    ...numbers.map((number) => [String(number), () => number] as const),
    ['a text', () => String(now)],
    ['a date in text', () => new Date(nowMs).toISOString()],
    ['an empty text', () => ''],
    ['a date', () => new Date(nowMs)],
    ['a list', () => [now]],
    ['a boxed number', () => new Number(now)],
    ['a bigint', () => BigInt(Math.floor(now))],
    ['an object that counts', () => ({ valueOf: () => now })],
    ['true', () => true],
    ['null', () => null],
    ['undefined', () => undefined],
  ];
}

/** Ways in which an object can have a claim without having it. */
const holders: readonly (readonly [
  what: string,
  hold: (claims: Record<string, unknown>) => Record<string, unknown>,
])[] = [
  ['inherited', (claims) => Object.create(claims) as Record<string, unknown>],
  [
    'as __proto__ of JSON',
    (claims) => JSON.parse(`{"__proto__":${json(claims)}}`) as Record<string, unknown>,
  ],
  ['by getters', (claims) => getters(claims)],
  ['through a proxy that answers', (claims) => new Proxy({}, { get: (_, name) => claims[String(name)] })],
  ['through a proxy that throws', (claims) => new Proxy(claims, { getOwnPropertyDescriptor: fails })],
  ['without a prototype', (claims) => Object.assign(Object.create(null) as Record<string, unknown>, claims)],
  ['frozen', (claims) => Object.freeze(claims)],
  ['hidden', (claims) => hidden(claims)],
  ['in other letters', (claims) => renamed(claims, (name) => name.toUpperCase())],
  ['under an address', (claims) => renamed(claims, (name) => `http://schemas.example/claims/${name}`)],
];

function json(claims: Record<string, unknown>): string {
  try {
    return JSON.stringify(claims);
  } catch {
    return '{"amr":["mfa"]}';
  }
}

function getters(claims: Record<string, unknown>): Record<string, unknown> {
  const holder = {};
  for (const [name, value] of Object.entries(claims))
    Object.defineProperty(holder, name, { get: () => value });
  return holder;
}

function hidden(claims: Record<string, unknown>): Record<string, unknown> {
  const holder = {};
  for (const [name, value] of Object.entries(claims)) Object.defineProperty(holder, name, { value });
  return holder;
}

function renamed(claims: Record<string, unknown>, rename: (name: string) => string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [rename(name), value]));
}

/** One set of claims. About half are of an honest shape, so that both answers come up. */
export function makeClaims(random: Random, words: readonly string[], nowMs: number): MadeClaims {
  const claims: Record<string, unknown> = { iss: 'https://issuer.example', sub: 'ada' };
  const what: string[] = [];
  const some = [pick(random, words), pick(random, words)];
  for (const name of ['amr', 'acrs'] as const) {
    const chance = random();
    if (chance < (name === 'amr' ? 0.1 : 0.5)) continue;
    if (chance < 0.65) {
      claims[name] = texts(random, words, 5);
      what.push(`${name}: texts`);
    } else {
      const [kind, make] = pick(random, lists);
      claims[name] = make(random, some);
      what.push(`${name}: ${kind}`);
    }
  }
  const chance = random();
  if (chance < 0.5) claims['acr'] = text(random, words);
  if (chance > 0.8) {
    const [kind, make] = pick(random, acrs);
    claims['acr'] = make(random, some);
    what.push(`acr: ${kind}`);
  }
  if (random() < 0.9) {
    const [kind, make] = pick(random, times(nowMs));
    claims['auth_time'] = make();
    what.push(`auth_time: ${kind}`);
  }
  if (random() < 0.85) return { what, claims };
  const [how, hold] = pick(random, holders);
  return { what: [...what, how], claims: hold(claims) };
}

/** The kinds of shapes there are, for tests that want to have seen all of them. */
export const shapes: readonly string[] = [
  ...lists.map(([what]) => `amr: ${what}`),
  ...lists.map(([what]) => `acrs: ${what}`),
  ...acrs.map(([what]) => `acr: ${what}`),
  ...times(1e12).flatMap(([what]) => (/^[a-z]/.test(what) ? [`auth_time: ${what}`] : [])),
  ...holders.map(([what]) => what),
];
