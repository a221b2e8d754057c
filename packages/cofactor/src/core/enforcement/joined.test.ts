import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinedAfter, joinedOf, joinedSince, joinedText, type Joined, type Labelled } from './joined.ts';
import { demandsOn } from './rules.ts';

const day = (n: number): Date => new Date(Date.UTC(2030, 0, 1 + n));
const nobody: Labelled = { roles: [], groups: [], createdAt: day(0), joined: [] };

/** What an account is after it was given these roles and no others. */
function given(before: Labelled, roles: readonly string[], at: number): Labelled {
  return { ...before, roles, joined: joinedAfter(before, 'role', roles, day(at)) };
}

describe('since when somebody is one of those whom a rule is about', () => {
  it('I-14 since the role was given for the first time, however often it was taken away since', () => {
    const late = given(nobody, ['clerk'], 20);
    expect(joinedSince(late, 'role', ['clerk'])).toEqual(day(20));
    const again = given(given(late, [], 21), ['clerk'], 30);
    expect(joinedSince(again, 'role', ['clerk'])).toEqual(day(20));
    // Nor by another one of the same rule in its place, at once or later.
    expect(joinedSince(given(late, ['cashier'], 25), 'role', ['clerk', 'cashier'])).toEqual(day(20));
    const between = given(given(late, [], 21), ['cashier'], 30);
    expect(joinedSince(between, 'role', ['clerk', 'cashier'])).toEqual(day(20));
    expect(joinedSince(between, 'role', ['cashier'])).toEqual(day(30));
  });

  it('I-14 from the beginning where the account was made with it, also after it was gone for a while', () => {
    const old = { ...nobody, roles: ['clerk'] };
    expect(joinedSince(old, 'role', ['clerk'])).toEqual(day(0));
    expect(joinedSince(given(old, ['clerk', 'guest'], 5), 'role', ['clerk'])).toEqual(day(0));
    expect(joinedSince(given(given(old, [], 5), ['clerk'], 20), 'role', ['clerk'])).toEqual(day(0));
  });

  it('a group of the same name is something else', () => {
    const both = given({ ...nobody, groups: ['clerk'] }, ['clerk'], 20);
    expect(joinedSince(both, 'group', ['clerk'])).toEqual(day(0));
    expect(joinedSince(both, 'role', ['clerk'])).toEqual(day(20));
    expect(joinedAfter(both, 'group', [], day(21))).toContainEqual({
      kind: 'group',
      name: 'clerk',
      at: day(0),
    });
  });

  it('I-12 what there is no room for counts from the beginning, and makes no room for itself', () => {
    let account = nobody;
    for (let n = 0; n < 150; n += 1) account = given(account, [`role ${n}`], 10 + n);
    expect(account.joined).toHaveLength(100);
    expect(joinedSince(account, 'role', ['role 0'])).toEqual(day(10));
    expect(joinedSince(account, 'role', ['role 149'])).toEqual(day(0));
    expect(given(account, ['role 3'], 400).joined).toEqual(account.joined);
  });

  it('comes back from the database as it was, names that are no plain words included', () => {
    const joined: readonly Joined[] = [
      { kind: 'role', name: '__proto__', at: day(1) },
      { kind: 'group', name: 'a, "b"', at: day(2) },
    ];
    expect(joinedOf(joinedText(joined))).toEqual(joined);
    expect(joinedOf('[]')).toEqual([]);
    const twice = joinedAfter({ ...nobody, joined }, 'role', ['__proto__', 'constructor'], day(9));
    expect(twice).toEqual([...joined, { kind: 'role', name: 'constructor', at: day(9) }]);
  });

  it('never moves to a later time, whatever happens to the roles of an account', () => {
    const sets = fc.array(fc.subarray(['a', 'b', 'c', 'd']), { maxLength: 12 });
    fc.assert(
      fc.property(fc.subarray(['a', 'b', 'c', 'd']), sets, (first, changes) => {
        let account: Labelled = { ...nobody, roles: first };
        // What each is to be, written down by somebody who watched.
        const seen = new Map(first.map((role) => [role, day(0)]));
        for (const [n, roles] of changes.entries()) {
          account = given(account, roles, n + 1);
          for (const role of roles) if (!seen.has(role)) seen.set(role, day(n + 1));
          for (const role of roles) expect(joinedSince(account, 'role', [role])).toEqual(seen.get(role));
          if (!roles.includes('a') && !roles.includes('b')) continue;
          const either = ['a', 'b'].flatMap((role) => seen.get(role)?.getTime() ?? []);
          expect(joinedSince(account, 'role', ['a', 'b'])).toEqual(new Date(Math.min(...either)));
        }
      }),
    );
  });

  it('gives a rule’s days from then on, and from the day of the rule where that is later', () => {
    const rule = { id: 'r', acr: 'mfa', from: day(10), graceDays: 5, note: '' } as const;
    const dueOf = (subject: Labelled, who: { readonly roles: readonly string[] }): Date | undefined =>
      demandsOn([{ ...rule, who }], subject, day(50))[0]?.due;
    expect(dueOf(given(nobody, ['clerk'], 20), { roles: ['clerk'] })).toEqual(day(25));
    expect(dueOf(given(nobody, ['clerk'], 3), { roles: ['clerk'] })).toEqual(day(15));
    const everybody = demandsOn(
      [{ ...rule, who: { everybody: true } }],
      given(nobody, ['clerk'], 20),
      day(50),
    );
    expect(everybody[0]?.due).toEqual(day(15));
  });
});
