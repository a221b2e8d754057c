/** What the parameters of an operation may be made of: what JSON has. */
export type ParameterValue =
  string | number | boolean | null | readonly ParameterValue[] | { readonly [name: string]: ParameterValue };
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** Begins with a letter, so that `__proto__` is none. */
const parameterName = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const maxDepth = 5;
const maxLength = 4096;

/**
 * The one way to write parameters down: the names in order, nothing in between, each value as its own type, so that
 * `1` and `"1"` differ and the order of names does not matter. `null` for what is no JSON, too deep or too long.
 */
export function canonicalParameters(parameters: unknown): string | null {
  if (!isPlain(parameters)) return null;
  const text = canonical(parameters, 1);
  return text !== null && text.length <= maxLength ? text : null;
}

function canonical(value: unknown, depth: number): string | null {
  if (depth > maxDepth) return null;
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : null;
  if (typeof value === 'string') {
    return value.length <= maxLength && value.isWellFormed() ? JSON.stringify(value) : null;
  }
  if (Array.isArray(value)) {
    // Written as Array.from, so that a hole is `undefined`, and refused.
    return joined(
      '[',
      ']',
      value.length,
      Array.from(value as readonly unknown[], (one) => canonical(one, depth + 1)),
    );
  }
  if (!isPlain(value)) return null;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = entries.map(([name, one]) => {
    const text = parameterName.test(name) ? canonical(one, depth + 1) : null;
    return text === null ? null : `${JSON.stringify(name)}:${text}`;
  });
  return joined('{', '}', entries.length, parts);
}

const maxMembers = 64;

function joined(
  before: string,
  after: string,
  count: number,
  parts: readonly (string | null)[],
): string | null {
  if (count > maxMembers || parts.includes(null)) return null;
  return `${before}${parts.join(',')}${after}`;
}

/** An object as JSON has them: no class, no getter, nothing hidden. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Reflect.ownKeys(value).every((name) => {
    const descriptor = Object.getOwnPropertyDescriptor(value, name);
    return typeof name === 'string' && descriptor?.enumerable === true && 'value' in descriptor;
  });
}

/** What would let a text look like another one: control and direction marks, line ends, what is not seen at all. */
const deceptive = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}\u00ad\u200b\u2060\ufeff\u{e0000}-\u{e007f}]/u;

/** One line that a person can read as it is. */
export function isLine(value: unknown, maxLength: number): value is string {
  return (
    typeof value === 'string' &&
    value.trim() !== '' &&
    value.length <= maxLength &&
    value.isWellFormed() &&
    !deceptive.test(value)
  );
}

/** The parameters as lines for a person: `amount: 100.00`. What is no text is said as JSON. */
export function parameterLines(parameters: Parameters): readonly string[] {
  return Object.entries(parameters).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : (canonical(value, 2) ?? '')}`,
  );
}
