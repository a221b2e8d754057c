import { guid, RowFault, type RowReader } from '../row.ts';

/** The key of an account: a GUID. */
export function keyOf(row: RowReader, column: string): string {
  const key = guid(required(row.text(column, 64), column));
  return required(key, column);
}

/** Before version 14 an account had no key of its own: the one that was used is the number, in the bytes of a GUID. */
export function keyOfNumber(id: string): string {
  const number = Number(id);
  if (!/^-?\d{1,10}$/.test(id) || number !== Math.trunc(number) || Math.abs(number) > 2 ** 31) {
    throw new RowFault('malformed', 'id');
  }
  return `${(number >>> 0).toString(16).padStart(8, '0')}-0000-0000-0000-000000000000`;
}

export function required<T>(value: T | null, column: string): T {
  if (value === null) throw new RowFault('malformed', column);
  return value;
}
