import type { Cofactor } from '../core/cofactor.ts';
import type { Engine } from '../core/engine.ts';
import { newId, sha256 } from '../core/ids.ts';
import type { ImportRow } from '../core/import-store.ts';
import { canonicalAddress } from '../core/mail/address.ts';
import type { NewUser } from '../core/store.ts';
import { canonicalIdentifier } from '../core/users/identifier.ts';
import { adopt, type Adopted, type LeftBehind } from './adopt.ts';
import type { ForeignPerson, ForeignRow, ForeignSystem } from './foreign.ts';
import type { ImportSettings } from './options.ts';
import { ReportBuilder, type BroughtAccount, type ImportedRow, type ImportReport } from './report.ts';
import { RowFault, shownKey } from './row.ts';
import { openSource } from './source/open.ts';
import type { OpenSource } from './source/source.ts';

/**
 * Brings the accounts of another system over, one transaction each. What was done stays done: stopped or killed, the next
 * run goes on, and a run too many changes nothing.
 */
export async function run(
  { engine }: Cofactor,
  address: string,
  settings: ImportSettings,
  open: (source: OpenSource) => Promise<ForeignSystem>,
): Promise<ImportReport> {
  const source = await openSource(address);
  try {
    const system = await open(source);
    const report = new ReportBuilder();
    const importer = new Importer(engine, settings);
    let complete = true;
    for await (const row of system.people()) {
      if (settings.signal?.aborted === true) {
        complete = false;
        break;
      }
      const { result, account } = await importer.take(row);
      report.add(result, account);
      settings.onRow(result);
      settings.progress(report.counts);
    }
    const { name, dryRun } = settings;
    return report.report({ source: name, dryRun, complete, tables: system.tables }, system.skipped);
  } finally {
    await source.close();
  }
}

/** An account as it is to be made. */
interface Draft {
  readonly user: NewUser;
  readonly adopted: Adopted;
  readonly left: readonly LeftBehind[];
  readonly rolesLeft: readonly string[];
  /** Why nobody shall be able to sign in to it. */
  readonly locked: RowFault | null;
}

interface Taken {
  readonly result: ImportedRow;
  readonly account: BroughtAccount | null;
}

class Importer {
  readonly #engine: Engine;
  readonly #settings: ImportSettings;
  readonly #keys = new Set<string>();
  /** What a rehearsal would have written. */
  readonly #rehearsed = {
    names: new Set<string>(),
    addresses: new Set<string>(),
    handles: new Set<string>(),
  };

  constructor(engine: Engine, settings: ImportSettings) {
    this.#engine = engine;
    this.#settings = settings;
  }

  async take(row: ForeignRow): Promise<Taken> {
    const { key } = row;
    try {
      if (key === null) throw 'fault' in row ? row.fault : new RowFault('no-key');
      if (this.#keys.has(key)) throw new RowFault('key-twice');
      this.#keys.add(key);
      const before = await this.#before(key);
      if ('fault' in row) {
        // What came over while it could be read is here all the same.
        if (before) return taken(row, 'already');
        throw row.fault;
      }
      const canonical = nameOf(row.person);
      if (before) {
        if (before !== sha256(canonical)) throw new RowFault('key-of-another');
        return taken(row, 'already');
      }
      const draft = await this.#draft(row.person, canonical);
      const made = this.#settings.dryRun ? this.#rehearse(draft) : await this.#write(key, draft);
      if (made === 'taken') throw new RowFault('taken');
      if (made === 'done') return taken(row, 'already');
      return taken(row, draft.locked ? 'locked' : 'imported', draft.locked, draft);
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
      // Another import of the same source may have been faster.
      if (key !== null && isTaken(error) && (await this.#before(key))) return taken(row, 'already');
      if (key !== null && !this.#settings.dryRun && mayNote(error)) {
        await this.#engine.store.imports.note(this.#rowOf(key, 'refused', { reason: error.reason }));
      }
      return taken(row, 'refused', error);
    }
  }

  /** What the account was called by which this row came over; `null` where it did not. */
  async #before(key: string): Promise<string | null> {
    const { store, realm } = this.#engine;
    const row = await store.imports.row(realm, this.#settings.name, key);
    if (row === null || row.outcome === 'refused') return null;
    const { as } = JSON.parse(row.detail) as { readonly as: string };
    return as;
  }

  async #draft(person: ForeignPerson, canonical: string): Promise<Draft> {
    const { store, realm, config } = this.#engine;
    const identifier = person.identifier.normalize('NFKC').trim();
    const asAddress = canonicalAddress(identifier);
    const isTaken =
      this.#rehearsed.names.has(canonical) ||
      (await store.account(realm, { canonical })) !== null ||
      // A name that is somebody's confirmed address is theirs.
      (asAddress !== null && (await this.#isConfirmed(asAddress)));
    if (isTaken) throw new RowFault('name-taken');
    const id = newId('usr', config.random);
    const adopted = await adopt(this.#engine, { id, identifier }, person.held, (provider, handle) =>
      this.#isHandleTaken(provider, handle),
    );
    const lost = [...new Set(adopted.left.map(({ what }) => what))].join(', ') || null;
    if (!adopted.begins) throw new RowFault('no-first-factor', lost);
    const fault = person.asksMore && !adopted.second ? new RowFault('second-factor-lost', lost) : null;
    if (fault && this.#settings.secondFactorLost === 'refuse') throw fault;
    const { email, left } = await this.#address(person);
    const now = config.clock.now();
    const user: NewUser = {
      id,
      realm,
      identifier,
      canonical,
      roles: this.#rolesOf(person.roles.filter((role) => !this.#isLeft(role))),
      claims: person.claims,
      createdAt: now,
      disabledAt: person.disabled || fault ? now : null,
      email,
      emailVerifiedAt: email !== null && person.email?.confirmed === true ? now : null,
      language: null,
    };
    const rolesLeft = person.roles.filter((role) => this.#isLeft(role));
    return { user, adopted, left: [...adopted.left, ...left], rolesLeft, locked: fault };
  }

  /** Where mails go; what cannot be taken is left behind, and the account comes over without it. */
  async #address({ email }: ForeignPerson): Promise<{ email: string | null; left: readonly LeftBehind[] }> {
    const without = (why: LeftBehind['why']) => ({ email: null, left: [{ what: 'address', why }] as const });
    if (email === null) return { email: null, left: [] };
    const address = canonicalAddress(email.address.trim());
    if (address === null) return without('unreadable');
    if (!email.confirmed && this.#settings.unconfirmedAddresses === 'leave') return without('unconfirmed');
    return (await this.#isConfirmed(address)) ? without('taken') : { email: address, left: [] };
  }

  /** Whether it is the address of an account that is here, or of an earlier row. */
  async #isConfirmed(address: string): Promise<boolean> {
    const { store, realm } = this.#engine;
    return this.#rehearsed.addresses.has(address) || (await store.accountByEmail(realm, address)) !== null;
  }

  /** Being in charge there is nothing here, unless whoever runs this says so. */
  #isLeft(role: string): boolean {
    return this.#settings.rolesInCharge.has(role) && !this.#settings.roles.has(role);
  }

  #rolesOf(roles: readonly string[]): readonly string[] {
    const named = roles.map((role) => {
      const here = this.#settings.roles.get(role);
      return here === undefined ? role : here;
    });
    return [...new Set(named.filter((role) => role !== null))];
  }

  async #isHandleTaken(provider: string, handle: string): Promise<boolean> {
    if (this.#rehearsed.handles.has(`${provider} ${handle}`)) return true;
    const { store, realm } = this.#engine;
    return (await store.accountByHandle(realm, provider, handle)) !== null;
  }

  #rehearse({ user, adopted }: Draft): 'created' {
    const { names, addresses, handles } = this.#rehearsed;
    names.add(user.canonical);
    if (user.email !== null && user.emailVerifiedAt) addresses.add(user.email);
    for (const { provider, handle } of adopted.factors) {
      if (handle !== undefined) handles.add(`${provider} ${handle}`);
    }
    return 'created';
  }

  async #write(key: string, { user, adopted, locked }: Draft): Promise<'created' | 'taken' | 'done'> {
    const { store, audit } = this.#engine;
    const outcome = locked ? 'locked' : 'imported';
    const factors = adopted.factors.map(({ provider }) => provider);
    const entry = audit.entry('user-imported', user.id, {
      source: this.#settings.name,
      factors,
      ...(locked && { locked: locked.reason }),
      ...(this.#settings.by !== null && { by: this.#settings.by }),
    });
    const row = this.#rowOf(key, outcome, { user: user.id, as: sha256(user.canonical) });
    return store.imports.create(row, user, adopted.factors, entry);
  }

  #rowOf(key: string, outcome: ImportRow['outcome'], detail: object): ImportRow {
    const { realm, config } = this.#engine;
    const at = config.clock.now();
    return { realm, source: this.#settings.name, key, outcome, detail: JSON.stringify(detail), at };
  }
}

function isTaken({ reason }: RowFault): boolean {
  return reason === 'taken' || reason === 'name-taken';
}

/** A second row of one key says nothing about the first. */
function mayNote({ reason }: RowFault): boolean {
  return reason !== 'key-twice' && reason !== 'key-of-another';
}

function nameOf({ identifier }: ForeignPerson): string {
  const canonical = canonicalIdentifier(identifier);
  if (canonical === null) throw new RowFault('name-malformed');
  return canonical;
}

function taken(
  { row, key }: ForeignRow,
  outcome: ImportedRow['outcome'],
  why: RowFault | null = null,
  draft: Draft | null = null,
): Taken {
  return {
    result: {
      row,
      key: shownKey(key),
      outcome,
      reason: why?.reason ?? null,
      detail: why?.detail ?? null,
      left: draft?.left ?? [],
    },
    account: draft && {
      kinds: draft.adopted.kinds,
      roles: draft.user.roles,
      rolesLeft: draft.rolesLeft,
    },
  };
}
