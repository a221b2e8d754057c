import { importAspNetIdentity } from 'cofactor/importers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { onEachDatabase } from '../support/app.ts';
import { ImportTests, typed } from '../support/aspnet-import.ts';
import {
  aspNetTables,
  hashOf,
  newKey,
  replaceCells,
  type ForeignTable,
  type Value,
} from '../support/aspnet.ts';

onEachDatabase('A-219 an import of anything at all', (fresh) => {
  const at = new ImportTests(fresh);

  it('whatever stands in the tables: it never throws, and nobody gets an account with less than they had', async () => {
    let run = 0;
    const seen = { imported: 0, locked: 0, refused: 0 };
    const mostly = (usual: fc.Arbitrary<Value>, otherwise: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
      fc.oneof({ weight: 7, arbitrary: usual }, { weight: 1, arbitrary: otherwise });
    const perhaps = (value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
      fc.option(value, { nil: undefined });
    const hash = hashOf(typed);
    const strange = fc.oneof(
      fc.constantFrom<Value>(null, '', 'max', '\0', 'a\nb', '+4512345678', 'a@example.com', newKey()),
      fc.constantFrom<Value>(
        hash,
        'aaaaaaaa;bbbbbbbb',
        'infinity',
        Buffer.from([0, 255]),
        -1,
        1.5,
        2,
        'perhaps',
      ),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    const flag = mostly(fc.constantFrom<Value>(0, 1, 'true', 'f'), strange);
    const ends = ['max', '2020-01-01 00:00:00+00:00', '2040-01-01 00:00:00+00:00'];
    const users = fc.array(
      fc.record({
        name: mostly(
          fc.integer({ min: 0, max: 9 }).map((n) => `n${n}`),
          strange,
        ),
        hash: mostly(fc.constant(hash), strange),
        email: strange,
        confirmed: flag,
        twoFactor: flag,
        key: perhaps(mostly(fc.constant(newKey()), strange)),
        codes: perhaps(mostly(fc.constant('aaaaaaaa;bbbbbbbb'), strange)),
        end: mostly(fc.constantFrom<Value>(null, null, null, ...ends), strange),
        lockable: flag,
        passkey: fc.oneof(
          { weight: 5, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: strange },
        ),
      }),
      { minLength: 1, maxLength: 5 },
    );
    const yes = (value: Value): boolean => ['1', 't', 'true'].includes(String(value).toLowerCase());

    await fc.assert(
      fc.asyncProperty(users, async (rows) => {
        run += 1;
        const id = (n: number): string => `fuzz-${run}-${n}`;
        const named = rows.map((row) =>
          /^n\d$/.test(String(row.name)) ? `fuzz-${run}-${String(row.name)}` : row.name,
        );
        const tables = aspNetTables(
          rows.map((_row, n) => ({ id: id(n), userName: 'x' })),
          [],
        ).map((table): ForeignTable => {
          if (table.name === 'AspNetUsers') {
            return replaceCells(table, (n) => ({
              UserName: named[n] ?? null,
              PasswordHash: rows[n]?.hash ?? null,
              Email: rows[n]?.email ?? null,
              EmailConfirmed: rows[n]?.confirmed ?? null,
              TwoFactorEnabled: rows[n]?.twoFactor ?? null,
              LockoutEnd: rows[n]?.end ?? null,
              LockoutEnabled: rows[n]?.lockable ?? null,
            }));
          }
          if (table.name === 'AspNetUserTokens') {
            const own = rows.flatMap(({ key, codes }, n): Value[][] => [
              ...(key === undefined ? [] : [[id(n), '[AspNetUserStore]', 'AuthenticatorKey', key]]),
              ...(codes === undefined ? [] : [[id(n), '[AspNetUserStore]', 'RecoveryCodes', codes]]),
            ]);
            return { ...table, rows: own };
          }
          if (table.name === 'AspNetUserPasskeys') {
            const own = rows.flatMap(({ passkey }, n) =>
              passkey === undefined ? [] : [[Buffer.from(id(n)), id(n), passkey]],
            );
            return { ...table, rows: own };
          }
          return table;
        });
        const { source, name } = at.sourceOf(tables);
        const lock = run % 2 === 0;
        const options = { name, ...(lock && { secondFactorLost: 'lock' as const }) };
        const rehearsed = await importAspNetIdentity(at.app.auth, source, { ...options, dryRun: true });
        const report = await importAspNetIdentity(at.app.auth, source, options);
        expect({ ...report, dryRun: true }).toEqual(rehearsed);
        expect(report.imported + report.refused).toBe(rows.length);
        for (const count of ['imported', 'locked', 'refused'] as const) seen[count] += report[count];
        const made = await at.database.query(
          'select row_key, detail from import_rows where source = $1 and outcome <> $2',
          [name, 'refused'],
        );
        expect(made).toHaveLength(report.imported);
        for (const { row_key: key, detail } of made) {
          const row = rows[Number(String(key).split('-').at(-1))];
          const { user: userId } = JSON.parse(String(detail)) as { user: string };
          const found = await at.app.auth.engine.store.account('users', { id: userId });
          if (!row || !found) throw new Error('an account of nobody');
          const dead = found.user.disabledAt !== null;
          const second = found.authenticators.some(({ usage }) => usage === 'second');
          expect(found.authenticators.some(({ usage }) => usage === 'first')).toBe(true);
          if (yes(row.twoFactor) || row.passkey !== undefined) expect(second || dead).toBe(true);
          if (yes(row.lockable) && (row.end === 'max' || String(row.end).startsWith('2040')))
            expect(dead).toBe(true);
          if (!yes(row.confirmed)) expect(found.user.email).toBeNull();
        }
      }),
      { numRuns: 60 },
    );
    // Or else it would have shown nothing.
    expect(Math.min(seen.imported, seen.refused)).toBeGreaterThan(20);
    expect(seen.locked).toBeGreaterThan(0);
  });
});
