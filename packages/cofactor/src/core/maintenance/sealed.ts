import { open, seal } from '../../base/keys/envelope.ts';
import type { Engine } from '../engine.ts';
import type { SealedRow, SealedTable } from '../maintenance-store.ts';

/**
 * What each table's envelopes are sealed for, in the same words as where they are sealed. A test opens one of each, and finds
 * whatever seals and is missing here.
 */
const places: Readonly<Record<SealedTable, (row: SealedRow) => string>> = {
  authenticators: ({ realm, user, id, of }) => `authenticators ${realm} ${user} ${id} ${of}`,
  enrolments: ({ realm, user, id }) => `enrolments ${realm} ${user} ${id}`,
  challenges: ({ realm, id }) => `challenges ${realm} ${id}`,
  email_tokens: ({ realm, id }) => `email_tokens ${realm} ${id}`,
  permit_tokens: ({ realm, id }) => `permit_tokens ${realm} ${id}`,
  operations: ({ realm, id }) => `operations ${realm} ${id}`,
  oidc_artifacts: ({ id }) => `oidc_artifacts ${id}`,
  oidc_keys: ({ realm, id, of }) => `oidc_keys ${realm} ${id} ${of}`,
  oidc_clients: ({ realm, id }) => `oidc_clients ${realm} ${id}`,
  webhooks: ({ realm, id }) => `webhooks ${realm} ${id}`,
  external_issuers: ({ realm, id }) => `external_issuers ${realm} ${id}`,
};

export const sealedTables: readonly SealedTable[] = Object.freeze(Object.keys(places) as SealedTable[]);

const envelope = /^v1\.([A-Za-z0-9_-]{1,32})\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const within = /"sealed":"(v1\.[A-Za-z0-9_.-]+)"/;

/** The envelope of a row: its whole column, or a member of what is in it. `null` where nothing is sealed. */
function envelopeOf(table: SealedTable, { value }: SealedRow): string | null {
  const found = table === 'oidc_artifacts' ? (within.exec(value)?.[1] ?? null) : value;
  return found !== null && envelope.test(found) ? found : null;
}

/** Id of the key that a row is sealed with. */
export function keyOf(table: SealedTable, row: SealedRow): string | null {
  const found = envelopeOf(table, row);
  return found === null ? null : (envelope.exec(found)?.[1] ?? null);
}

/** The column as it is with the newest key. Throws where the row cannot be opened. */
export function sealedAnew({ keys, config }: Engine, table: SealedTable, row: SealedRow): string {
  const before = envelopeOf(table, row) ?? '';
  const place = places[table](row);
  const after = seal(open(before, place, keys), place, keys, config.random);
  return row.value.replace(before, () => after);
}

/** Id of the key that a keyed hash or a MAC was made with: `id:...`. */
export function keyIdOf(made: string): string {
  return made.slice(0, made.indexOf(':'));
}
