import type { Place } from './foreign.ts';
import { unusable } from './source/source.ts';

/** How many rows a message names. */
const named = 20;

/**
 * Rows that say who has a second factor. One that is overlooked would make its owner's account look like one that never
 * had any, so each of them has an owner, or nothing is brought over at all (A-219).
 */
export class SecondFactorRows {
  readonly #owners = new Map<string, Place[]>();
  readonly #ownerless: (Place & { readonly column: string | null })[] = [];

  belongs(owner: string, place: Place): void {
    const places = this.#owners.get(owner);
    if (places) places.push(place);
    else this.#owners.set(owner, [place]);
  }

  /** It cannot be read whose row it is. */
  ownerless(place: Place, column: string | null): void {
    this.#ownerless.push({ ...place, column });
  }

  /** By whom they belong to. */
  get owners(): ReadonlyMap<string, readonly Place[]> {
    return this.#owners;
  }

  /** @throws {CofactorError} `ERR_IMPORT_SOURCE` where it cannot be told whose a row is. */
  requireOwners(): void {
    if (this.#ownerless.length === 0) return;
    const rows = listOf(this.#ownerless.map((one) => [one.table, `${one.row} (${one.column ?? 'cells'})`]));
    throw unusable(
      `Nothing was brought over: of these rows it cannot be read whose second factor they are, and that account would look like one that has none. Correct them. ${rows}`,
    );
  }
}

/** Which rows they are, table by table: `umbracoTwoFactorLogin 1, 2`. */
export function rowsNamed(places: readonly Place[]): string {
  return listOf(places.map(({ table, row }) => [table, String(row)]));
}

function listOf(rows: readonly (readonly [table: string, row: string])[]): string {
  const tables = new Map<string, string[]>();
  for (const [table, row] of rows.slice(0, named)) tables.set(table, [...(tables.get(table) ?? []), row]);
  const lists = [...tables].map(([table, numbers]) => `${table} ${numbers.join(', ')}`);
  return `${lists.join('; ')}${rows.length > named ? `, and ${rows.length - named} more` : ''}`;
}
