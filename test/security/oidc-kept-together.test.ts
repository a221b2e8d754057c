import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ArtifactRecord } from '../../packages/cofactor/src/core/oidc-store.ts';
import type { Store } from '../../packages/cofactor/src/core/store.ts';
import { freshSqliteDatabase, onEachDatabase, type TestDatabase } from '../support/app.ts';

const now = new Date('2026-03-01T12:00:00Z');

const artifact = (id: string, change: Partial<ArtifactRecord> = {}): ArtifactRecord => ({
  id,
  realm: 'users',
  kind: 'AccessToken',
  payload: '{}',
  clientId: 'shop',
  grant: null,
  user: null,
  login: null,
  userCode: null,
  createdAt: now,
  expiresAt: new Date(now.getTime() + 60_000),
  consumedAt: null,
  ...change,
});

/** What many requests write at the same moment may share a commit; none of them may notice. */
onEachDatabase('what is kept of many requests at once', (fresh) => {
  let database: TestDatabase;
  let store: Store;
  let elsewhere: Store;
  beforeAll(async () => {
    database = await fresh();
    store = database.open();
    // A connection of its own, which sees nothing but what is committed.
    elsewhere = database.open();
  });
  afterAll(async () => {
    await Promise.all([store.close(), elsewhere.close()]);
    await database.drop();
  });

  const found = async (id: string, at = elsewhere): Promise<boolean> =>
    (await at.oidc.find('users', id, now, new Date(0))) !== null;
  const names = (prefix: string, count = 20): readonly string[] =>
    Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

  it('I-04 a code gives one of twenty requests a token, and leaves nothing of the others', async () => {
    await store.oidc.put(artifact('code', { kind: 'AuthorizationCode' }));
    const tokens = names('token');
    const kept = await Promise.all(tokens.map((id) => store.oidc.put(artifact(id), { id: 'code', now })));
    expect(kept.filter(Boolean)).toHaveLength(1);
    expect(await Promise.all(tokens.map((id) => found(id)))).toEqual(kept);
  });

  it('I-04 a code gives one of two nodes a token', async () => {
    await store.oidc.put(artifact('code of two', { kind: 'AuthorizationCode' }));
    const tokens = names('two');
    const kept = await Promise.all(
      tokens.map((id, index) =>
        (index % 2 ? store : elsewhere).oidc.put(artifact(id), { id: 'code of two', now }),
      ),
    );
    expect(kept.filter(Boolean)).toHaveLength(1);
    expect(await Promise.all(tokens.map((id) => found(id)))).toEqual(kept);
  });

  it('each is answered once it is there for everybody', async () => {
    await Promise.all(
      names('early').map(async (id) => {
        await store.oidc.put(artifact(id));
        expect(await found(id)).toBe(true);
      }),
    );
  });

  it('one that cannot be kept takes no other along', async () => {
    // What no column takes, in the middle of good ones.
    const bad = artifact('bad', { payload: null as unknown as string });
    const [before, refused, after] = await Promise.allSettled([
      store.oidc.put(artifact('before')),
      store.oidc.put(bad),
      store.oidc.put(artifact('after')),
    ]);
    expect([before.status, refused.status, after.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await Promise.all(['before', 'bad', 'after'].map((id) => found(id)))).toEqual([true, false, true]);
  });
});

it('what came before a SQLite database is closed is kept, what comes after is refused', async () => {
  const database = await freshSqliteDatabase();
  const closing = database.open();
  const late = ['late-0', 'late-1', 'late-2'];
  const kept = Promise.all(late.map((id) => closing.oidc.put(artifact(id))));
  await closing.close();
  expect(await kept).toEqual([true, true, true]);
  await expect(closing.oidc.put(artifact('later'))).rejects.toThrow('not available');
  const rows = await database.query('select id from oidc_artifacts order by id');
  expect(rows.map(({ id }) => id)).toEqual(late);
  await database.drop();
});
