import type { KeyRing } from '../../base/keys/ring.ts';
import type { AnchorRecord } from '../record-store.ts';

/**
 * What stands in place of rows that are no longer kept: number and MAC of the last of them, sealed with the key that the
 * database does not have. Nobody who only writes to the database can move one, so that rows that are missing without one
 * are missed.
 */
export function sealAnchor(anchor: Omit<AnchorRecord, 'seal'>, keys: KeyRing): AnchorRecord {
  return { ...anchor, seal: sealOf(anchor, keys, keys.newest) };
}

export function isSealed({ seal, ...anchor }: AnchorRecord, keys: KeyRing): boolean {
  const keyId = seal.slice(0, seal.indexOf(':'));
  return keys.ids.includes(keyId) && seal === sealOf(anchor, keys, keyId);
}

/** Begins with a word that no MAC of a row begins with, so that neither can be taken for the other. */
function sealOf(
  { realm, seq, mac, at, data }: Omit<AnchorRecord, 'seal'>,
  keys: KeyRing,
  keyId: string,
): string {
  return `${keyId}:${keys.hmac('audit', JSON.stringify(['anchor', realm, seq, mac, at.getTime(), data]), keyId)}`;
}
