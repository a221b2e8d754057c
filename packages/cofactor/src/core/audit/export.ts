import type { AuditRow } from '../store.ts';
import { dataOf } from './data.ts';

/**
 * What a terminal or an editor would act on or not show, beyond what JSON escapes anyway: control characters of the second
 * kind, direction marks, other line ends.
 */
const active = /[\u007f-\u009f\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\ufeff]/gu;

/** One JSON object a line. It has the MAC too, so that what was taken away can be compared with what is still there. */
export function jsonLine({ realm, seq, at, type, userId, data, mac }: AuditRow): string {
  const entry = { realm, seq, at: at.toISOString(), type, user: userId, data: dataOf(data), mac };
  return `${escaped(JSON.stringify(entry))}\n`;
}

export const csvHead = '"seq","at","type","user","data","mac"\r\n';

/** RFC 4180, every field in quotation marks. */
export function csvLine({ seq, at, type, userId, data, mac }: AuditRow): string {
  const fields = [String(seq), at.toISOString(), type, userId ?? '', JSON.stringify(dataOf(data)), mac];
  return `${fields.map(csvField).join(',')}\r\n`;
}

/** What a spreadsheet would take for a formula begins with an apostrophe, which makes it a text (OWASP, CSV injection). */
function csvField(value: string): string {
  const text = escaped(value.replace(/[\p{Cc}]/gu, escapedCharacter));
  const guarded = /^[\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]/u.test(text) ? `'${text}` : text;
  return `"${guarded.replaceAll('"', '""')}"`;
}

function escaped(text: string): string {
  return text.replace(active, escapedCharacter);
}

function escapedCharacter(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
