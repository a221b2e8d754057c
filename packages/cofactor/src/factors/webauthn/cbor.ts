import { isAscii } from 'node:buffer';

/** What the messages of authenticators are made of. */
type Cbor = number | boolean | string | Uint8Array | readonly Cbor[] | CborMap;
export type CborMap = ReadonlyMap<number | string, Cbor>;

interface Item {
  readonly value: Cbor;
  /** Where the next one begins. */
  readonly end: number;
}

/** How deep lists and maps may lie in each other (CTAP 2.2, 8). */
const mostLevels = 4;

/** How many bytes a number takes that does not fit into the first one, and the least that needs as many. */
const widths: ReadonlyMap<number, { readonly width: number; readonly least: number }> = new Map([
  [24, { width: 1, least: 24 }],
  [25, { width: 2, least: 2 ** 8 }],
  [26, { width: 4, least: 2 ** 16 }],
]);

/**
 * The one CBOR item (RFC 8949) that the bytes are, in the form that CTAP 2.2, 8 has authenticators write: shortest
 * numbers, definite lengths, no tags, no key twice. `null` for all else, a byte too many included. Left out besides is
 * what no key and no extension has: floats, numbers above 32 bits, texts that are not ASCII. The order of keys is free,
 * because authenticators get it wrong.
 */
export function decodeCbor(bytes: Uint8Array): Cbor | null {
  const item = itemAt(bytes, 0, 0);
  return item !== null && item.end === bytes.length ? item.value : null;
}

function itemAt(bytes: Uint8Array, at: number, level: number): Item | null {
  const head = headAt(bytes, at);
  if (head === null || level > mostLevels) return null;
  const { major, argument, end } = head;
  switch (major) {
    case 0:
      return { value: argument, end };
    case 1:
      return { value: -1 - argument, end };
    case 2:
      return stretch(bytes, end, argument);
    case 3:
      return text(bytes, end, argument);
    case 4:
      return list(bytes, end, argument, level + 1);
    case 5:
      return map(bytes, end, argument, level + 1);
    case 7:
      return argument === 20 || argument === 21 ? { value: argument === 21, end } : null;
    default:
      return null;
  }
}

function headAt(
  bytes: Uint8Array,
  at: number,
): { readonly major: number; readonly argument: number; readonly end: number } | null {
  const first = bytes[at];
  if (first === undefined) return null;
  const [major, short] = [first >> 5, first & 0x1f];
  if (short < 24) return { major, argument: short, end: at + 1 };
  const long = widths.get(short);
  if (long === undefined) return null;
  const end = at + 1 + long.width;
  if (end > bytes.length) return null;
  const argument = bytes.subarray(at + 1, end).reduce((sum, byte) => sum * 256 + byte, 0);
  return argument >= long.least ? { major, argument, end } : null;
}

function stretch(bytes: Uint8Array, at: number, length: number): Item | null {
  const end = at + length;
  return end <= bytes.length ? { value: bytes.subarray(at, end), end } : null;
}

function text(bytes: Uint8Array, at: number, length: number): Item | null {
  const end = at + length;
  const written = bytes.subarray(at, end);
  return end <= bytes.length && isAscii(written)
    ? { value: Buffer.from(written).toString('latin1'), end }
    : null;
}

function list(bytes: Uint8Array, at: number, count: number, level: number): Item | null {
  const value: Cbor[] = [];
  let end = at;
  while (value.length < count) {
    const item = itemAt(bytes, end, level);
    if (item === null) return null;
    value.push(item.value);
    end = item.end;
  }
  return { value, end };
}

function map(bytes: Uint8Array, at: number, count: number, level: number): Item | null {
  const value = new Map<number | string, Cbor>();
  let end = at;
  while (value.size < count) {
    const key = itemAt(bytes, end, level);
    if (key === null || (typeof key.value !== 'number' && typeof key.value !== 'string')) return null;
    const item = value.has(key.value) ? null : itemAt(bytes, key.end, level);
    if (item === null) return null;
    value.set(key.value, item.value);
    end = item.end;
  }
  return { value, end };
}
