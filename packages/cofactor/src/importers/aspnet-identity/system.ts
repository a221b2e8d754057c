import type { Clock } from '../../base/ports.ts';
import type { UserClaim } from '../../core/store.ts';
import type { ForeignHeld, ForeignPerson, ForeignRow, ForeignSystem } from '../foreign.ts';
import { base32, RowFault, type RowReader } from '../row.ts';
import type { OpenSource } from '../source/source.ts';
import { SecondFactorRows } from '../second-factors.ts';
import { Lists, Tables, type TableOptions } from '../tables.ts';
import { credentialOf } from './passkey.ts';
import { tables, type AspNetIdentityTable } from './tables.ts';

export interface AspNetIdentitySettings extends TableOptions<AspNetIdentityTable> {
  /** `LoginProvider`, and the provider here that knows the same people. */
  readonly logins: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

/** What the store of ASP.NET Core Identity keeps under its own name, among what other issuers gave it. */
const ownStore = '[AspNetUserStore]';

/** Failures lock an account for minutes. Whatever lasts longer was meant. */
const failuresLockMs = 24 * 60 * 60 * 1000;

/** A text that a protector of personal data wrote: the id of a key, and what it encrypted. */
const ciphertext = /^[\w-]+:[\w+/-]{40,}={0,2}$/;

/** Reads a database of ASP.NET Core Identity: all but the accounts at once, those one by one. */
export async function aspNetIdentity(
  source: OpenSource,
  settings: AspNetIdentitySettings,
): Promise<ForeignSystem> {
  const found = await Tables.find(source, tables, settings);
  const roles = await readRoles(found);
  const claims = await readClaims(found);
  const { held, damaged } = await readHeld(found, settings);
  return {
    tables: found.counts,
    skipped: found.skipped,
    async *people(): AsyncGenerator<ForeignRow> {
      for await (const { number: row, read } of found.rows('users')) {
        let key: string | null = null;
        try {
          const reader = read();
          key = reader.id('id');
          if (key === null) throw new RowFault('no-key');
          const own = roles.of(key);
          const said = [...claims.of(key), ...own.flatMap(({ claims: more }) => more)];
          const names = unique(own.map(({ name }) => name));
          const person = personOf(reader, held.of(key), damaged.has(key), settings.clock.now());
          yield { row, key, person: { ...person, roles: names, claims: uniqueClaims(said) } };
        } catch (error) {
          if (!(error instanceof RowFault)) throw error;
          yield { row, key, fault: error };
        }
      }
    },
  };
}

function personOf(
  row: RowReader,
  held: readonly ForeignHeld[],
  /** Whether there is a row of theirs that may be a key, and that cannot be read. */
  damaged: boolean,
  now: Date,
): Omit<ForeignPerson, 'roles' | 'claims'> {
  const identifier = row.text('username', 256);
  if (identifier === null) throw new RowFault('no-name');
  if (ciphertext.test(identifier)) throw new RowFault('protected');
  const address = row.text('email', 256);
  const confirmed = address !== null && row.boolean('emailconfirmed');
  const asked = row.boolean('twofactorenabled');
  const hash = row.text('passwordhash', 1_024);
  const more = held.filter(({ what }) => what === 'credential');
  return {
    identifier,
    email: address === null ? null : { address, confirmed },
    disabled: isLocked(row, now),
    // A key is there for everybody who ever opened the page; it counts where the second factor is switched on (3.2).
    asksMore: asked || damaged || more.length > 0,
    held: [
      ...(hash === null ? [] : [{ what: 'password-hash', factor: { kind: 'password-hash', hash } } as const]),
      ...unambiguous(held).filter(
        ({ what }) => asked || damaged || what === 'identity' || what === 'credential',
      ),
      ...(asked ? sentCodes(row, confirmed ? address : null) : []),
    ],
  };
}

/** Of two keys nobody can say which one is in the app. */
function unambiguous(held: readonly ForeignHeld[]): readonly ForeignHeld[] {
  const keys = held.filter(({ what }) => what === 'time-based-key').length;
  return held.map((one) => (keys > 1 && one.what === 'time-based-key' ? { ...one, factor: null } : one));
}

/** Where codes were sent: to a confirmed phone number, and by mail where there is nothing else. */
function sentCodes(row: RowReader, address: string | null): readonly ForeignHeld[] {
  const phone = row.text('phonenumber', 256);
  const held: ForeignHeld[] = [];
  if (phone !== null && row.boolean('phonenumberconfirmed')) {
    held.push({ what: 'phone-number', factor: { kind: 'phone-number', address: phone } });
  }
  if (address !== null) {
    held.push({ what: 'mail-address', factor: { kind: 'mail-address', address }, lastResort: true });
  }
  return held;
}

function isLocked(row: RowReader, now: Date): boolean {
  const enabled = row.boolean('lockoutenabled');
  const until = row.time('lockoutend');
  return enabled && until !== null && until > now.getTime() + failuresLockMs;
}

interface Role {
  readonly name: string;
  readonly claims: readonly UserClaim[];
}

async function readRoles(found: Tables<AspNetIdentityTable>): Promise<Lists<Role>> {
  const names = new Map<string, string>();
  const claims = new Lists<UserClaim>();
  const roles = new Lists<Role>();
  await found.each('roles', (row) => {
    const id = required(row.id('id'), 'id');
    names.set(id, required(row.line('name'), 'name'));
  });
  await found.each('roleClaims', (row) => {
    const id = required(row.id('roleid'), 'roleid');
    if (!names.has(id)) return 'unknown-role';
    claims.add(id, claimOf(row));
    return undefined;
  });
  await found.each('userRoles', (row) => {
    const user = required(row.id('userid'), 'userid');
    const id = required(row.id('roleid'), 'roleid');
    const name = names.get(id);
    if (name === undefined) return 'unknown-role';
    roles.add(user, { name, claims: claims.of(id) });
    return undefined;
  });
  return roles;
}

async function readClaims(found: Tables<AspNetIdentityTable>): Promise<Lists<UserClaim>> {
  const claims = new Lists<UserClaim>();
  await found.each('userClaims', (row) => {
    claims.add(required(row.id('userid'), 'userid'), claimOf(row));
  });
  return claims;
}

function claimOf(row: RowReader): UserClaim {
  return { type: required(row.line('claimtype', 512), 'claimtype'), value: row.text('claimvalue') ?? '' };
}

async function readHeld(
  found: Tables<AspNetIdentityTable>,
  { logins }: AspNetIdentitySettings,
): Promise<{ readonly held: Lists<ForeignHeld>; readonly damaged: ReadonlySet<string> }> {
  const held = new Lists<ForeignHeld>();
  const secondFactors = new SecondFactorRows();
  const damaged = new Set<string>();
  await found.each(
    'userTokens',
    (row) => {
      // The others are what issuers gave out, which is nothing to sign in with.
      if (row.text('loginprovider', 450) !== ownStore) return;
      const user = required(row.id('userid'), 'userid');
      const name = row.text('name', 450);
      if (name === 'AuthenticatorKey') {
        const key = base32(row.text('value', 8_192) ?? '');
        held.add(user, { what: 'time-based-key', factor: key && { kind: 'time-based-key', key } });
      } else if (name === 'RecoveryCodes') {
        const value = unreadable(() => row.text('value', 8_192));
        const codes = value?.split(';').filter((code) => code !== '') ?? [];
        const factor = value === undefined ? null : ({ kind: 'single-use-codes', codes } as const);
        if (value === undefined || codes.length > 0) held.add(user, { what: 'single-use-codes', factor });
      }
    },
    (fault, place, row) => {
      const name = row ? unreadable(() => row.text('name', 450)) : undefined;
      if (name !== undefined && name !== 'AuthenticatorKey') return;
      const user = row && unreadable(() => row.id('userid'));
      if (!user) return secondFactors.ownerless(place, fault.detail);
      damaged.add(user);
      held.add(user, { what: 'time-based-key', factor: null });
    },
  );
  await found.each('userLogins', (row) => {
    const user = required(row.id('userid'), 'userid');
    const from = required(row.line('loginprovider', 450), 'loginprovider');
    const subject = required(row.text('providerkey', 450), 'providerkey');
    const provider = Object.hasOwn(logins, from) ? (logins[from] ?? null) : null;
    held.add(user, { what: 'identity', factor: { kind: 'identity', subject }, provider, from });
  });
  await found.each(
    'userPasskeys',
    (row) => {
      // Also what the credential calls its user: the id as .NET writes it, in whatever case a database keeps it.
      const user = required(row.id('userid'), 'userid');
      const factor = unreadable(() => {
        const id = row.bytes('credentialid');
        const data = row.text('data', 1_048_576);
        return id === null || data === null ? null : credentialOf(id, user, data);
      });
      held.add(user, { what: 'credential', factor: factor ?? null });
    },
    (fault, place) => secondFactors.ownerless(place, fault.detail),
  );
  secondFactors.requireOwners();
  return { held, damaged };
}

/** A value whose owner is known even where it cannot be read: `undefined` then. */
function unreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RowFault) return undefined;
    throw error;
  }
}

function required<T>(value: T | null, column: string): T {
  if (value === null) throw new RowFault('malformed', column);
  return value;
}

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];

function uniqueClaims(claims: readonly UserClaim[]): readonly UserClaim[] {
  return [...new Map(claims.map((claim) => [JSON.stringify([claim.type, claim.value]), claim])).values()];
}
