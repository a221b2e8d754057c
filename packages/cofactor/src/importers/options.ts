import { wrongOption } from '../base/errors.ts';
import type { Cofactor } from '../core/cofactor.ts';
import type { ImportCounts, ImportedRow } from './report.ts';

export interface ImportOptions {
  /**
   * What the other system is called here (`aspnet-identity`, `umbraco-users`, `umbraco-members`). An account is known by
   * this and by its id there, so two systems of one kind need two names; keep it from one run to the next.
   */
  readonly name?: string;
  /** Reads everything, asks everything, writes nothing (false). */
  readonly dryRun?: boolean;
  /**
   * The accounts at issuers that come over: by what the other system calls an issuer, the name of the provider here that
   * is configured for it, e.g. `{ Google: 'google' }`. Only for issuers whose key is the `sub` that OpenID Connect tells.
   * None if left out.
   */
  readonly logins?: Readonly<Record<string, string>>;
  /**
   * What roles are called here, by their names there; `null` for one that does not come over. All others keep their
   * names, and with it whatever a role of that name may do here, but for those in `rolesInCharge`. E.g.
   * `{ Authors: 'writer', Guests: null }`.
   */
  readonly roles?: Readonly<Record<string, string | null>>;
  /**
   * Roles that are in charge here: they do not come over because an export has one of that name, only where `roles` names
   * it (`{ helpdesk: 'helpdesk' }`). `owner`, `administrator` and `helpdesk` if left out; an application whose own roles
   * are in charge names those.
   */
  readonly rolesInCharge?: readonly string[];
  /**
   * What to do with somebody who was asked for more than a first factor and of whose second factors none can be brought
   * over. `refuse` (the default) makes no account, and tries again the next time; `lock` makes one that nobody can sign
   * in to until somebody in charge has looked at it. None is made that asks for less (A-219).
   */
  readonly secondFactorLost?: 'refuse' | 'lock';
  /**
   * Addresses that nobody has confirmed. `leave` (the default) them: here a forgotten password can be reset over one,
   * and there it could not. `take` them all the same.
   */
  readonly unconfirmedAddresses?: 'leave' | 'take';
  /** Who brings them over, for the record. */
  readonly by?: string;
  /** Called after each row. */
  readonly progress?: (counts: ImportCounts) => void;
  /** Called with what became of each row. */
  readonly onRow?: (row: ImportedRow) => void;
  /** Stops between two rows; run it again to go on. */
  readonly signal?: AbortSignal;
}

/** The `standardRoles` of `cofactor/admin`, a room that this one does not know; a test holds the two together. */
export const rolesUsuallyInCharge: readonly string[] = Object.freeze(['owner', 'administrator', 'helpdesk']);

/** The options whole and checked. */
export interface ImportSettings {
  readonly name: string;
  readonly dryRun: boolean;
  readonly logins: Readonly<Record<string, string>>;
  readonly roles: ReadonlyMap<string, string | null>;
  readonly rolesInCharge: ReadonlySet<string>;
  readonly secondFactorLost: 'refuse' | 'lock';
  readonly unconfirmedAddresses: 'leave' | 'take';
  readonly by: string | null;
  readonly progress: (counts: ImportCounts) => void;
  readonly onRow: (row: ImportedRow) => void;
  readonly signal: AbortSignal | null;
}

/** @throws {CofactorError} `ERR_CONFIG_IMPORT` */
export function checkedOptions(
  auth: Cofactor,
  {
    name,
    dryRun,
    logins,
    roles,
    rolesInCharge,
    secondFactorLost,
    unconfirmedAddresses,
    ...rest
  }: ImportOptions,
  defaultName: string,
): ImportSettings {
  const { by, progress, onRow, signal, ...unknown } = rest;
  const [other] = Object.keys(unknown);
  if (other !== undefined) throw wrong(other, 'is not an option');
  if (dryRun !== undefined && typeof dryRun !== 'boolean') throw wrong('dryRun', 'takes true or false');
  if (name !== undefined && (typeof name !== 'string' || !/^[a-z0-9][a-z0-9.-]{0,63}$/.test(name))) {
    throw wrong('name', 'takes 1 to 64 lower-case letters, digits, dots and hyphens');
  }
  return {
    name: name ?? defaultName,
    dryRun: dryRun ?? false,
    logins: checkedLogins(auth, logins),
    roles: checkedRoles(roles),
    rolesInCharge: checkedNames('rolesInCharge', rolesInCharge ?? rolesUsuallyInCharge),
    secondFactorLost: oneOf('secondFactorLost', secondFactorLost, ['refuse', 'lock']),
    unconfirmedAddresses: oneOf('unconfirmedAddresses', unconfirmedAddresses, ['leave', 'take']),
    by: by ?? null,
    progress: aFunction('progress', progress),
    onRow: aFunction('onRow', onRow),
    signal: signal ?? null,
  };
}

function checkedLogins({ engine }: Cofactor, logins: unknown = {}): Readonly<Record<string, string>> {
  if (typeof logins !== 'object' || logins === null || Array.isArray(logins)) {
    throw wrong('logins', "takes names of issuers there and of providers here, e.g. { Google: 'google' }");
  }
  for (const [from, to] of Object.entries(logins)) {
    const provider = engine.config.providers.get(to as string);
    if (!provider?.adopt || provider.usage !== 'first') {
      throw wrong('logins', `names no provider of this realm for ${JSON.stringify(from)}`);
    }
  }
  return Object.freeze({ ...(logins as Record<string, string>) });
}

function checkedRoles(roles: unknown = {}): ReadonlyMap<string, string | null> {
  const takes = "takes names of roles there and here, e.g. { Admins: 'editor', Guests: null }";
  if (typeof roles !== 'object' || roles === null || Array.isArray(roles)) throw wrong('roles', takes);
  const entries = Object.entries(roles as Record<string, unknown>);
  const fits = (pair: [string, unknown]): pair is [string, string | null] =>
    pair[1] === null || (typeof pair[1] === 'string' && pair[1] !== '');
  if (!entries.every(fits)) throw wrong('roles', takes);
  return new Map(entries);
}

export function checkedNames(option: string, names: unknown): ReadonlySet<string> {
  const isName = (name: unknown): name is string => typeof name === 'string';
  if (!Array.isArray(names) || !names.every(isName)) throw wrong(option, 'takes a list of names');
  return new Set(names);
}

/** The first one is the default. */
export function oneOf<T extends string>(name: string, value: T | undefined, all: readonly [T, ...T[]]): T {
  if (value === undefined) return all[0];
  if (all.includes(value)) return value;
  throw wrong(name, `takes ${all.map((one) => `'${one}'`).join(' or ')}`);
}

function aFunction<T>(name: string, value: ((given: T) => void) | undefined): (given: T) => void {
  if (value === undefined) return () => undefined;
  if (typeof value === 'function') return value;
  throw wrong(name, 'takes a function');
}

export function wrong(option: string, problem: string): Error {
  return wrongOption('ERR_CONFIG_IMPORT', `import({ ${option} }) ${problem}`);
}

/** Names of tables: the part of the options that each system checks by what tables it has. */
export function checkedTables<Name extends string>(
  known: readonly Name[],
  { names = {}, without = [] }: { readonly names?: unknown; readonly without?: unknown },
): { readonly names: Readonly<Partial<Record<Name, string>>>; readonly without: readonly Name[] } {
  const isKnown = (name: unknown): name is Name => known.includes(name as Name);
  const takes = `knows ${known.join(', ')}`;
  if (!Array.isArray(without) || !without.every(isKnown)) throw wrong('without', takes);
  const entries = typeof names === 'object' && names !== null ? Object.entries(names) : [['', null]];
  if (!entries.every(([name, to]) => isKnown(name) && typeof to === 'string' && to !== '')) {
    throw wrong('tables', takes);
  }
  return { names: Object.fromEntries(entries) as Partial<Record<Name, string>>, without };
}
