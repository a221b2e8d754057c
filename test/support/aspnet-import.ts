import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { CofactorOptions } from 'cofactor';
import { importAspNetIdentity, type AspNetIdentityImport, type ImportReport } from 'cofactor/importers';
import { aspNetIdentityHashes, password, type PasswordProvider } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';
import { afterAll, beforeAll } from 'vitest';
import type { Account } from '../../packages/cofactor/src/core/store.ts';
import { createApp, signInWithPassword, type TestApp, type TestDatabase } from './app.ts';
import { aspNetTables, writeSqlite, type AspNetPerson, type ForeignTable } from './aspnet.ts';
import { plainHasher } from './hasher.ts';

/** The password that people of these tests had before. */
export const typed = 'the one they had before';

/** A password provider that knows the hashes of ASP.NET Core Identity, and makes none that take time. */
export const knowingPasswords = (): PasswordProvider =>
  password({ hasher: plainHasher, verifiers: [aspNetIdentityHashes()] });

/** An application to import into, and sources to import from. */
export class ImportTests {
  database!: TestDatabase;
  app!: TestApp;
  /** Everything that was logged. */
  logged = '';
  readonly folder: string = mkdtempSync(join(tmpdir(), 'cofactor-import-'));
  #runs = 0;
  #names = 0;

  /** Call it in a `describe`: it begins before the first test, and cleans up after the last one. */
  constructor(fresh: () => Promise<TestDatabase>) {
    beforeAll(async () => {
      this.database = await fresh();
      this.app = await this.open([knowingPasswords(), webauthn(), totp({ issuer: 'Test' }), recoveryCodes()]);
      await this.app.auth.engine.store.migrate();
    });
    afterAll(async () => {
      await this.app.close();
      await this.database.drop();
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** Another application on the same database. */
  open(factors: CofactorOptions['factors']): Promise<TestApp> {
    const log = (details: object, message: string): void => {
      this.logged += inspect([details, message], { depth: 12 });
    };
    return createApp(this.database.open(), { factors, log: { info: log, warn: log, error: log } });
  }

  /** A name that nobody has yet. */
  newName(): string {
    return `somebody-${(this.#names += 1)}`;
  }

  /** A source of its own, under a name of its own. */
  sourceOf(tables: readonly ForeignTable[]): { readonly source: string; readonly name: string } {
    this.#runs += 1;
    const source = join(this.folder, `${this.#runs}.db`);
    writeSqlite(source, tables);
    return { source, name: `run-${this.#runs}` };
  }

  /** Imports people, each time from a source of its own. */
  bring(
    people: readonly AspNetPerson[],
    options: AspNetIdentityImport = {},
    into: TestApp = this.app,
  ): Promise<ImportReport> {
    const { source, name } = this.sourceOf(aspNetTables(people));
    return importAspNetIdentity(into.auth, source, { name, ...options });
  }

  async account(name: string): Promise<Account | null> {
    const user = await this.app.auth.users.find(name);
    return user && this.app.auth.engine.store.account('users', { id: user.id });
  }

  /** What comes of a password: the status of the step, or of the problem. */
  async signsIn(identifier: string, word: string = typed): Promise<string | number> {
    const person = { identifier, password: word } as Parameters<typeof signInWithPassword>[0];
    return (await signInWithPassword(person, this.app.browser())).body.status;
  }
}
