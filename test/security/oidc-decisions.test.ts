import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OidcClient } from 'cofactor/oidc-server';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';
import { freshPostgresDatabase, freshSqliteDatabase, type TestDatabase } from '../support/app.ts';
import { plainHasher } from '../support/hasher.ts';
import { describeWith } from '../support/needs.ts';
import { cases, columns, rows, type NamedCase } from '../support/oidc-cases.ts';
import { createOidcApp, type TestOidc } from '../support/oidc.ts';
import { prepare, type Prepared } from '../support/oidc-people.ts';
import { expected, type Case } from '../support/oidc-reference.ts';
import { play } from '../support/oidc-story.ts';

/*
 * I-19, I-22: what clients ask of the sign-in, on live sessions of every strength and age, over HTTP. What should come of it
 * is said by a reference that shares no code with the server (`../support/oidc-reference.ts`).
 */

const clients: readonly OidcClient[] = ([null, 'mfa', 'phr'] as const).flatMap((minimum) =>
  ([null, 600, 0] as const).map((maxAge) => ({
    id: `from-${minimum ?? 'any'}-within-${maxAge ?? 'any'}`,
    name: 'Shop',
    secret: 'a-secret-of-at-least-32-characters-here',
    redirectUris: ['https://shop.example/callback'],
    firstParty: true,
    ...(minimum !== null && { minimumAcr: minimum }),
    ...(maxAge !== null && { maxAge }),
  })),
);

function clientOf({ asks: { minimum, clientMaxAge } }: Case): OidcClient {
  const id = `from-${minimum ?? 'any'}-within-${clientMaxAge ?? 'any'}`;
  return clients.find((client) => client.id === id) as OidcClient;
}

function decisions(fresh: () => Promise<TestDatabase>, all: readonly NamedCase[]): void {
  let database: TestDatabase;
  let test: TestOidc;
  let enforced: Case['asks']['enforced'] = null;
  beforeAll(async () => {
    database = await fresh();
    test = await createOidcApp(
      database.open(),
      { clients, enforce: () => (enforced === null ? null : { acr: enforced }) },
      {
        factors: [password({ hasher: plainHasher }), webauthn(), totp({ issuer: 'Test' }), recoveryCodes()],
        wrongPerMinute: 1_000_000,
      },
    );
  });
  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  for (const [title, batch] of batches(all)) {
    describe(title, () => {
      let people: readonly Prepared[];
      beforeAll(async () => {
        enforced = null;
        people = await prepare(test, batch, clientOf);
      });

      it.each(batch.map((one, index) => [one.title, one, index] as const))(
        '%s',
        async (_title, one, index) => {
          enforced = one.asks.enforced;
          const right = expected(one);
          const story = await play(test, one, people[index] as Prepared, {
            client: clientOf(one),
            setsUp: right.setsUp,
          });
          const { outcome } = right;
          const told =
            'error' in outcome
              ? outcome
              : {
                  acr: outcome.acr,
                  amr: outcome.amr,
                  auth_time: secondsOf(story.who.shownAt(outcome.authTime.factor, outcome.authTime.moment)),
                };
          const { first, pages, faults } = story;
          expect({ first, pages, outcome: story.outcome, faults }).toEqual({
            first: right.first,
            pages: right.pages,
            outcome: told,
            faults: [],
          });
          expect(new Set(pages).size, 'a page came twice').toBe(pages.length);
        },
      );
    });
  }
}

function secondsOf(at: Date | undefined): number {
  return Math.floor((at?.getTime() ?? Number.NaN) / 1000);
}

/** Cases that are prepared together: so many that what was shown a minute ago is not much older at the last one. */
function batches(all: readonly NamedCase[]): readonly (readonly [string, readonly NamedCase[]])[] {
  const bySession = Map.groupBy(all, ({ session }) => session);
  return [...bySession].flatMap(([session, some]) =>
    Array.from({ length: Math.ceil(some.length / 100) }, (_, n) => {
      return [`session: ${session}, ${n + 1}`, some.slice(n * 100, (n + 1) * 100)] as const;
    }),
  );
}

const all = cases();

describe('the cases', () => {
  it('are at least 400, each once', () => {
    expect(all.length).toBeGreaterThanOrEqual(400);
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
  });

  it.each(rows)('have every column of the table for a session %s', (session) => {
    for (const [column, variants] of Object.entries(columns)) {
      for (const asks of variants) {
        const found = all.filter(
          (one) =>
            one.session === session &&
            JSON.stringify(one.asks) ===
              JSON.stringify({ minimum: null, clientMaxAge: null, enforced: null, ...asks }),
        );
        expect(found.length, `${column} ${JSON.stringify(asks)}`).toBeGreaterThan(0);
      }
    }
  });

  it('end in every way there is', () => {
    const ends = all.map((one) => {
      const { first, outcome } = expected(one);
      return `${first}: ${'error' in outcome ? outcome.error : outcome.acr}`;
    });
    const firsts = ['code', 'sign-in', 'sign-in anew', 'step-up', 'enable', 'select', 'error'];
    for (const first of firsts) {
      expect(ends.filter((end) => end.startsWith(`${first}:`)).length, first).toBeGreaterThanOrEqual(10);
    }
    const errors = [
      'login_required',
      'unmet_authentication_requirements',
      'access_denied',
      'account_selection_required',
    ];
    for (const end of [...errors, 'pwd', 'mfa', 'phr', 'phrh']) {
      expect(ends.filter((one) => one.endsWith(`: ${end}`)).length, end).toBeGreaterThanOrEqual(10);
    }
  });
});

describe('I-19 I-22 decisions on SQLite', () => decisions(freshSqliteDatabase, all));

// Every so many-th one: all sessions, and each way in which one can end.
describeWith('PostgreSQL', 'I-19 I-22 decisions on PostgreSQL', () => {
  const some = all.filter((_one, index) => index % 9 === 0);
  it('are tried on at least 60 cases', () => expect(some.length).toBeGreaterThanOrEqual(60));
  decisions(freshPostgresDatabase, some);
});
