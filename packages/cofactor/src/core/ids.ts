import { hash } from 'node:crypto';
import type { Random } from '../base/ports.ts';

/** What an id is an id of. The prefix is part of the secret, so no id is ever taken for one of another kind (I-02). */
export type IdKind =
  'ses' | 'cer' | 'enr' | 'csrf' | 'cha' | 'dev' | 'rst' | 'adr' | 'prm' | 'inv' | 'brw' | 'sut';

/** A new 256-bit secret for a cookie or a body, e.g. `ses_...`, and the SHA-256 that the database holds. */
export function newSecret(kind: IdKind, random: Random): { readonly secret: string; readonly id: string } {
  const secret = `${kind}_${Buffer.from(random.bytes(32)).toString('base64url')}`;
  return { secret, id: sha256(secret) };
}

const shape = /^[A-Za-z0-9_-]{43}$/;

/** The stored id of a secret that came from outside, or `null` where it cannot be one of this kind. */
export function idOf(kind: IdKind, secret: string | undefined): string | null {
  if (secret === undefined || !secret.startsWith(`${kind}_`) || !shape.test(secret.slice(kind.length + 1)))
    return null;
  return sha256(secret);
}

/** A public id of a record, e.g. `usr_...`: 128 random bits, not a secret. */
export function newId(kind: 'usr' | 'aut' | 'opr' | 'rul', random: Random): string {
  return `${kind}_${Buffer.from(random.bytes(16)).toString('base64url')}`;
}

export function sha256(value: string): string {
  return hash('sha256', value, 'base64url');
}
