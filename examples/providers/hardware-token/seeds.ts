import { readFile } from 'node:fs/promises';
import { canonical, type Seed } from './index.ts';

/**
 * Seeds from a file: `{ "HT-2204-0001": { "secret": "BASE32", "counter": 0 } }`. Read each time a token is set up, so
 * that tokens can be added while the server runs. Makers deliver seeds as PSKC (RFC 6030): turn that into this.
 *
 * Keep the file as you would a list of passwords. Once its tokens are set up it can go: each of them is then stored
 * with its account, sealed with the keys of `createCofactor`.
 */
export function seedsIn(file: string): (serial: string) => Promise<Seed | null> {
  return async (serial) => {
    const seeds = JSON.parse(await readFile(file, 'utf8')) as Readonly<Record<string, Seed>>;
    const found = Object.entries(seeds).find(([printed]) => canonical(printed) === serial);
    return found?.[1] ?? null;
  };
}
