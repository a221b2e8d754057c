/**
 * What the claims of an id_token are worth, worked out a second time in the plainest way that can be thought of, for
 * tests. Nothing of `packages/` is used here, not even the ladder: what both got wrong in the same way would be right.
 */

/** A row of a dialect, as plain data. */
export interface ReferenceRule {
  readonly claim: string;
  readonly value: string;
  readonly level: string;
}

export interface ReferenceAnswer {
  readonly acr: 'pwd' | 'mfa' | 'phr' | 'phrh';
  readonly amr: readonly string[];
  /** In milliseconds; `null` where it is not known. */
  readonly authTime: number | null;
  readonly told: 'missing' | 'malformed' | 'future' | number;
  readonly decisions: {
    readonly mfa: boolean;
    readonly freshMfa: boolean;
    readonly amrMfa: boolean;
    readonly phr: boolean;
  };
}

const hasOwn = Object.prototype.hasOwnProperty;

export function referenceAnswer(
  claims: Record<string, unknown>,
  rules: readonly ReferenceRule[],
  nowMs: number,
): ReferenceAnswer {
  const amr = textsIn(claims, 'amr');
  const acrs = textsIn(claims, 'acrs');
  const acr = textIn(claims, 'acr');

  let height = 0;
  for (const rule of rules) {
    let said = false;
    if (rule.claim === 'acr') said = acr === rule.value;
    if (rule.claim === 'amr') said = amr.indexOf(rule.value) >= 0;
    if (rule.claim === 'acrs') said = acrs.indexOf(rule.value) >= 0;
    if (!said) continue;
    if (rule.level === 'mfa' && height < 1) height = 1;
    if (rule.level === 'phr' && height < 2) height = 2;
    if (rule.level === 'phrh' && height < 3) height = 3;
  }

  const methods: string[] = [];
  for (const one of amr) {
    if (one === 'mfa') continue;
    if (methods.indexOf(one) < 0) methods.push(one);
  }
  if (height > 0) methods.push('mfa');

  const told = timeIn(claims, nowMs);
  // The very first moment of 1970 is how "nobody knows" is written.
  const at = typeof told === 'number' && told > 0 ? told : null;
  const isFresh = at !== null && nowMs - at <= 900_000;
  const acrName = (['pwd', 'mfa', 'phr', 'phrh'] as const)[height] ?? 'pwd';
  return {
    acr: acrName,
    amr: methods,
    authTime: at,
    told,
    decisions: { mfa: height >= 1, freshMfa: height >= 1 && isFresh, amrMfa: height >= 1, phr: height >= 2 },
  };
}

/** In whole milliseconds. */
function timeIn(claims: Record<string, unknown>, nowMs: number): ReferenceAnswer['told'] {
  const seconds = plain(claims, 'auth_time');
  if (seconds === undefined) return 'missing';
  if (typeof seconds !== 'number') return 'malformed';
  if (seconds !== seconds || seconds === Infinity || seconds === -Infinity || seconds < 0) return 'malformed';
  const ms = seconds * 1000;
  if (ms > nowMs + 60_000) return 'future';
  return Math.floor(ms);
}

function textIn(claims: Record<string, unknown>, name: string): string | null {
  const value = plain(claims, name);
  if (typeof value !== 'string') return null;
  return value.length > 255 ? null : value;
}

function textsIn(claims: Record<string, unknown>, name: string): string[] {
  const list = plain(claims, name);
  let isList = false;
  try {
    isList = Array.isArray(list);
  } catch {
    return [];
  }
  if (!isList) return [];
  const holder = list as Record<string, unknown>;
  const length = plain(holder, 'length');
  if (typeof length !== 'number' || length > 256) return [];
  const texts: string[] = [];
  for (let place = 0; place < length; place += 1) {
    const text = textIn(holder, String(place));
    if (text === null) return [];
    texts.push(text);
  }
  return texts;
}

/** What is written in the object itself, as JSON would have it there. */
function plain(holder: Record<string, unknown>, name: string): unknown {
  try {
    if (!hasOwn.call(holder, name)) return undefined;
    const written = Object.getOwnPropertyDescriptor(holder, name);
    return written !== undefined && 'value' in written ? written.value : undefined;
  } catch {
    return undefined;
  }
}
