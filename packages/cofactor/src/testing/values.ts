import { isDeepStrictEqual } from 'node:util';

/** A value as it comes back from the database. */
export function stored<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** Whether JSON can hold a value as it is. */
export function isJson(value: unknown): boolean {
  try {
    return isDeepStrictEqual(stored(value), value);
  } catch {
    return false;
  }
}

/** A text, number or other single value somewhere in a value, and where. */
export interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

export function leavesOf(value: unknown, path: readonly string[] = []): readonly Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([key, part]) => leavesOf(part, [...path, key]));
}

/** All texts in a value that are long enough not to be there by chance. */
export function textsOf(value: unknown, least = 4): readonly string[] {
  return leavesOf(value).flatMap(({ value: leaf }) =>
    typeof leaf === 'string' && leaf.length >= least ? [leaf] : [],
  );
}

/** A copy of a value with one part of it replaced. */
export function withLeaf(value: unknown, path: readonly string[], part: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return part;
  const inner = (value as Record<string, unknown>)[key];
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    string,
    unknown
  >;
  copy[key] = withLeaf(inner, rest, part);
  return copy;
}
