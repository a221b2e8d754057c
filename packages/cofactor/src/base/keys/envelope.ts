import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { CofactorError } from '../errors.ts';
import type { Random } from '../ports.ts';
import type { KeyRing } from './ring.ts';

/**
 * Seals a value as `v1.<key id>.<iv>.<ciphertext and tag>` (AES-256-GCM). `place` is authenticated with it, so
 * that an envelope which was moved to another row does not open there (I-05, A-211).
 */
export function seal(value: unknown, place: string, keys: KeyRing, random: Random): string {
  const iv = random.bytes(12);
  const cipher = createCipheriv('aes-256-gcm', keys.key('seal') as KeyObject, iv);
  cipher.setAAD(Buffer.from(place));
  const sealed = Buffer.concat([
    cipher.update(JSON.stringify(value), 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return `v1.${keys.newest}.${Buffer.from(iv).toString('base64url')}.${sealed.toString('base64url')}`;
}

/** Whether an envelope was sealed with the key of this id. */
export function isSealedWith(envelope: string, keyId: string): boolean {
  return envelope.startsWith(`v1.${keyId}.`);
}

/** Opens an envelope. Throws `ERR_KEY_UNKNOWN` or `ERR_SECRET_UNREADABLE`; both mean "unusable", never "absent". */
export function open(envelope: string, place: string, keys: KeyRing): unknown {
  const [version, keyId, iv, sealed] = envelope.split('.');
  if (version !== 'v1' || keyId === undefined || iv === undefined || sealed === undefined)
    throw unreadable('form');
  const key = keys.key('seal', keyId) as KeyObject;
  try {
    const bytes = Buffer.from(sealed, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), {
      authTagLength: 16,
    });
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(bytes.subarray(-16));
    const text = decipher.update(bytes.subarray(0, -16), undefined, 'utf8') + decipher.final('utf8');
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable('tag', cause);
  }
}

function unreadable(detail: string, cause?: unknown): CofactorError {
  return new CofactorError('ERR_SECRET_UNREADABLE', 'A stored secret cannot be read.', { detail, cause });
}
