import type { ForeignHeld } from '../foreign.ts';
import { guid, RowFault, type RowReader } from '../row.ts';
import { rowsNamed, SecondFactorRows } from '../second-factors.ts';
import { unusable, type OpenSource } from '../source/source.ts';
import { Lists, type TableOptions, type Tables } from '../tables.ts';
import { keyOf, required } from './keys.ts';
import { ofNobody } from './owners.ts';

export interface UmbracoSettings<Name extends string> extends TableOptions<Name> {
  readonly logins: Readonly<Record<string, string>>;
  /** Names of two-factor providers whose key is the text of a GUID. */
  readonly apps: ReadonlySet<string>;
  readonly secondFactorsOfNobody: 'refuse' | 'leave';
}

/**
 * What both kinds of account hold beside a password, by the key of the account. It throws where a row of second factors
 * is nobody's.
 */
export async function readHeld<Name extends string>(
  source: OpenSource,
  found: Tables<Name | 'externalLogins' | 'twoFactorLogins'>,
  { logins, apps, names, secondFactorsOfNobody }: UmbracoSettings<Name>,
): Promise<Lists<ForeignHeld>> {
  const secondFactors = new SecondFactorRows();
  const held = new Lists<ForeignHeld>();
  await found.each('externalLogins', (row) => {
    const key = keyOf(row, 'userormemberkey');
    const from = required(row.line('loginprovider', 400), 'loginprovider');
    const subject = required(row.text('providerkey'), 'providerkey');
    const provider = Object.hasOwn(logins, from) ? (logins[from] ?? null) : null;
    held.add(key, { what: 'identity', factor: { kind: 'identity', subject }, provider, from });
  });
  await found.each(
    'twoFactorLogins',
    (row, place) => {
      const key = keyOf(row, 'userormemberkey');
      secondFactors.belongs(key, place);
      // A row is there as soon as somebody has switched it on, and gone once they switch it off.
      held.add(key, { what: 'time-based-key', factor: keyIn(row, apps) });
    },
    // What else is wrong with a row makes its key unreadable, and its owner no less.
    (fault, place) => secondFactors.ownerless(place, fault.detail),
  );
  secondFactors.requireOwners();
  const { places, missing } = await ofNobody(source, names, secondFactors.owners);
  if (places.length > 0 && secondFactorsOfNobody === 'refuse') {
    const where =
      missing.length > 0
        ? `; there is no ${missing.join(', ')}, where they may have one: export that too`
        : ', so whoever they were for would come over without one';
    throw unusable(
      `Nothing was brought over: these rows are second factors of nobody who has an account${where}. Correct them, or go on without them: secondFactorsOfNobody: 'leave'. ${rowsNamed(places)}`,
    );
  }
  for (const place of places) {
    found.skipped.push({ ...place, reason: 'no-account', column: 'userormemberkey' });
  }
  return held;
}

function keyIn(row: RowReader, apps: ReadonlySet<string>): ForeignHeld['factor'] {
  try {
    const name = row.text('providername', 400);
    const secret = row.text('secret', 400);
    if (name === null || secret === null || !apps.has(name) || guid(secret) === null) return null;
    // The bytes of the text as it stands there: neither those of the GUID, nor Base32.
    return { kind: 'time-based-key', key: new TextEncoder().encode(secret) };
  } catch (error) {
    if (error instanceof RowFault) return null;
    throw error;
  }
}

/** Begins what stands for the password of an account that has none. */
const nothingSet = '___UIDEMPTYPWORD__';
const knownAlgorithms = new Set([
  'PBKDF2.ASPNETCORE.V3',
  'PBKDF2.ASPNETCORE.V2',
  'HMACSHA256',
  'HMACSHA1',
  'Unknown',
]);

/** The hash of a password; one of an algorithm that is not known here is there, and cannot be read. */
export function hashOf(row: RowReader, column: string): readonly ForeignHeld[] {
  const hash = row.text(column, 1_000);
  if (hash === null || hash.startsWith(nothingSet)) return [];
  const factor = isKnown(row.text('passwordconfig', 500)) ? ({ kind: 'password-hash', hash } as const) : null;
  return [{ what: 'password-hash', factor }];
}

function isKnown(config: string | null): boolean {
  if (config === null) return true;
  try {
    const value = JSON.parse(config) as { readonly hashAlgorithm?: unknown } | null;
    const algorithm = value?.hashAlgorithm ?? 'Unknown';
    return typeof algorithm === 'string' && knownAlgorithms.has(algorithm);
  } catch {
    return false;
  }
}

export function emailOf(
  row: RowReader,
  column: string,
): { readonly address: string; readonly confirmed: boolean } | null {
  const address = row.text(column, 1_000);
  return address === null ? null : { address, confirmed: row.time('emailconfirmeddate') !== null };
}
