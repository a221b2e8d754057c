import { randomBytes, randomUUID } from 'node:crypto';
import type { Random } from 'cofactor';

/** What the server takes from the system itself: this is the only file of it that does (I-10). */
export const systemRandom: Random = { bytes: (length) => randomBytes(length) };

/** An id for a request: it names it in the log, and opens nothing. */
export function newRequestId(): string {
  return randomUUID();
}
