import { cleanName } from '../core/authenticators/rules.ts';
import type { Cell, SourceRow } from './source/source.ts';

/** Why a row is not brought over. */
export type RefusalReason =
  /** It has more or fewer cells than its table has columns, or one of them cannot be read; `detail` names the column. */
  | 'malformed'
  /** No id, or one that another row of the same source has. */
  | 'no-key'
  | 'key-twice'
  /** An earlier import brought this id over under another name: two sources are imported under one. */
  | 'key-of-another'
  /** No user name, or one that cannot be a name here. */
  | 'no-name'
  | 'name-malformed'
  /** An account here, or another row, has that name: nothing is overwritten. */
  | 'name-taken'
  /** Encrypted by the application (`ProtectPersonalData`): only that can export it. */
  | 'protected'
  /** Nothing that its person could begin a sign-in with came over; `detail` says what did not. */
  | 'no-first-factor'
  /** It asked for more than a first factor, and nothing of that came over; `detail` says what did not. */
  | 'second-factor-lost'
  /** An account of a program. */
  | 'not-a-person'
  /** A name, an address or a credential was taken by somebody else while it was written. */
  | 'taken';

/** A row that is not understood. Holds nothing of what stands in the row. */
export class RowFault extends Error {
  readonly reason: RefusalReason;
  readonly detail: string | null;

  constructor(reason: RefusalReason, detail: string | null = null) {
    super(reason);
    this.name = 'RowFault';
    this.reason = reason;
    this.detail = detail;
  }
}

/** Reads the cells of one row, strictly: what cannot be read makes the row a fault, and nothing is guessed. */
export class RowReader {
  readonly #cells: ReadonlyMap<string, Cell>;

  constructor(row: SourceRow) {
    if (row.cells === null) throw new RowFault('malformed', 'cells');
    this.#cells = row.cells;
  }

  cell(column: string): Cell {
    return this.#cells.get(column) ?? null;
  }

  /** Nothing and an empty text are the same. */
  text(column: string, longest = 4_096): string | null {
    const cell = this.cell(column);
    if (cell === null || cell === '') return null;
    // What no database of ours can store, and no person has typed.
    const wrong = typeof cell !== 'string' || cell.length > longest || !cell.isWellFormed();
    if (wrong || cell.includes('\0')) throw new RowFault('malformed', column);
    return cell;
  }

  /** A name on one line, e.g. of a role. */
  line(column: string, longest = 256): string | null {
    const text = this.text(column, longest);
    if (text !== null && /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)) throw new RowFault('malformed', column);
    return text;
  }

  boolean(column: string): boolean {
    switch (this.text(column)?.toLowerCase()) {
      case '1':
      case 't':
      case 'true':
        return true;
      case '0':
      case 'f':
      case 'false':
        return false;
      default:
        throw new RowFault('malformed', column);
    }
  }

  /** Milliseconds since 1970; `Infinity` for a time that never comes. */
  time(column: string): number | null {
    const text = this.text(column, 64);
    if (text === null) return null;
    if (/^infinity$/i.test(text)) return Infinity;
    const parts =
      /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?)? ?(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(
        text,
      );
    if (parts === null) throw new RowFault('malformed', column);
    const [, year, month, day, hour = '00', minute = '00', second = '00', zone = 'Z'] = parts;
    const offset =
      zone === 'Z' ? 'Z' : zone.length === 3 ? `${zone}:00` : zone.replace(/^(...)(\d\d)$/, '$1:$2');
    const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
    if (Number.isNaN(at)) throw new RowFault('malformed', column);
    return at;
  }

  /** An id of any kind, in the one form in which tables refer to it. */
  id(column: string): string | null {
    const text = this.text(column, 450);
    return text === null ? null : (guid(text) ?? text);
  }

  /** Bytes as they are, or as an export writes them: `0x...`, `\x...`, or Base64. */
  bytes(column: string): Uint8Array | null {
    const cell = this.cell(column);
    if (cell === null || cell === '') return null;
    const found = typeof cell === 'string' ? bytesOf(cell) : cell;
    if (found === null) throw new RowFault('malformed', column);
    return found;
  }
}

/** `null` for what is none of the ways to write bytes, or could be two of them. */
export function bytesOf(text: string): Uint8Array | null {
  const [, hex] = /^(?:0x|\\x)((?:[0-9a-f]{2})+)$/i.exec(text) ?? [];
  if (hex !== undefined) return Uint8Array.from(Buffer.from(hex, 'hex'));
  return /^(?:[0-9a-f]{2})+$/i.test(text) ? null : base64(text);
}

/** Base64, or base64url without padding, in its one spelling. */
export function base64(text: string): Uint8Array | null {
  for (const encoding of ['base64', 'base64url'] as const) {
    const bytes = Buffer.from(text, encoding);
    if (text !== '' && bytes.toString(encoding) === text) return Uint8Array.from(bytes);
  }
  return null;
}

/** A GUID in lower case and without braces; `null` for anything else. */
export function guid(text: string): string | null {
  const [, found] = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i.exec(text) ?? [];
  return found?.toLowerCase() ?? null;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base32 (RFC 4648, 6) in any case, padded or not; `null` where a letter or a bit is left over. */
export function base32(text: string): Uint8Array | null {
  const [, letters] = /^([A-Z2-7]+)={0,6}$/i.exec(text) ?? [];
  if (letters === undefined || letters.length > 1_024) return null;
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of letters.toUpperCase()) {
    value = (value << 5) | alphabet.indexOf(letter);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push(value >> bits);
    value &= (1 << bits) - 1;
  }
  return bits >= 5 || value !== 0 ? null : Uint8Array.from(bytes);
}

/** What may be told of a key of another system: ids and names on one line, nothing that could be anything else. */
export function shownKey(key: string | null): string | null {
  return key !== null && (guid(key) !== null || /^-?\d{1,19}$/.test(key) || cleanName(key) === key)
    ? key
    : null;
}
