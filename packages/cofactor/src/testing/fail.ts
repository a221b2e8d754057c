import { inspect } from 'node:util';

/** Ends a test: the provider does not keep the contract. */
export function fail(what: string): never {
  throw new Error(what);
}

/** Ends a test unless something holds. */
export function expectThat(holds: boolean, what: string): asserts holds {
  if (!holds) fail(what);
}

/** A value as it is shown in the message of a failed test. */
export function show(value: unknown): string {
  const text = inspect(value, { depth: 4, breakLength: Infinity, maxStringLength: 80, maxArrayLength: 8 });
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}
