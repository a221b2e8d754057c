import { createWebhooks, type Webhooks } from 'cofactor/webhooks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createApp, onEachDatabase, type TestApp, type TestDatabase } from '../support/app.ts';
import { seqOf, startToldSystem, status, type ToldSystem } from '../support/webhooks.ts';

const day = 86_400;

// What is old goes, whoever is told of it: a receiver that answers, but takes less than happens, would keep it for ever.
onEachDatabase('how long the record waits for a webhook', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let other: TestApp;
  let system: ToldSystem;
  let webhooks: Webhooks;
  const allowNetworks = ['127.0.0.1'];
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open());
    other = await createApp(database.open(), { clock: app.clock });
    await app.auth.start();
    webhooks = createWebhooks(app.auth, { allowNetworks });
    system = await startToldSystem();
    await webhooks.put({ id: 'slow', name: 'Slow', url: system.origin, types: '*' });
  });
  afterEach(async () => {
    await app.close();
    await other.close();
    await system.close();
    await database.drop();
  });

  const happens = async (times: number): Promise<void> => {
    const { store, audit } = app.auth.engine;
    for (let n = 0; n < times; n += 1) {
      await store.appendAudit('users', audit.entry('signed-in', null, { ip: '192.0.2.1' }));
    }
  };
  const daysAgo = (days: number): Date => new Date(app.clock.now().getTime() - days * day * 1000);
  const oldest = async (): Promise<number> => {
    const [row] = await app.auth.engine.store.auditRows('users', 0, 1);
    return (app.clock.now().getTime() - (row?.at.getTime() ?? 0)) / 1000 / day;
  };
  const told = async (type: string): Promise<readonly object[]> => {
    const { entries } = await app.auth.audit.page({ types: [type], limit: 100 });
    return entries.map(({ data }) => data);
  };
  /** Everything is taken in the end, and nothing twice; but only so much of it, each time that there is something to take. */
  const takes = (events: number): void => {
    let left = events;
    system.answer = (_told, response) => {
      left -= 1;
      response.writeHead(left >= 0 ? 204 : 503).end();
    };
  };

  it('is bounded where one answers but falls behind, and everybody is told that it was given up', async () => {
    // Three things a day, of which it takes one; it never fails for three days on end.
    let pausedOn = 0;
    for (let today = 1; today <= (pausedOn === 0 ? 40 : pausedOn + 5); today += 1) {
      await happens(3);
      takes(1);
      await webhooks.deliver();
      app.clock.advance(day);
      const outcome = await app.auth.audit.prune({ olderThan: daysAgo(10) });
      expect(outcome.status).toBe('pruned');
      expect(await oldest()).toBeLessThan(10 + 7 + 1.01);
      const { state, tries } = (await webhooks.status('slow')) ?? expect.fail('gone');
      if (pausedOn === 0 && state === 'paused') pausedOn = today;
      expect(state === 'paused').toBe(pausedOn > 0);
      if (state !== 'paused') expect(tries).toBeLessThanOrEqual(1);
    }
    // It is one third as fast: on day n it is at what happened on day n/3, and 17 days are what it may lag behind.
    expect(pausedOn).toBeGreaterThan(20);
    expect(pausedOn).toBeLessThan(30);
    expect(await webhooks.status('slow')).toMatchObject({ state: 'paused', lastError: 'too far behind' });
    expect(await told('webhook-paused')).toEqual([
      expect.objectContaining({ webhook: 'slow', error: 'too far behind' }),
    ]);
    expect(await oldest()).toBeLessThan(10 + 1.01);
    expect(await app.auth.verifyAudit()).toBeNull();

    // Whoever resumes it gets what is still kept, and a count of what is not; and it is not given up at once again.
    system.told.length = 0;
    system.answer = status(204);
    expect(await webhooks.resume('slow')).toBe(true);
    expect(await app.auth.audit.prune({ olderThan: daysAgo(10) })).toMatchObject({ status: 'pruned' });
    await webhooks.deliver();
    const { missed, behind, state } = (await webhooks.status('slow')) ?? expect.fail('gone');
    expect([state, behind]).toEqual(['idle', 0]);
    const head = (await app.auth.auditHead()).seq;
    const [first] = system.told;
    expect(first && seqOf(first)).toBe(head - system.told.length + 1);
    expect(missed).toBeGreaterThan(10);
  });

  it('is seven days at most, to the second; who is not that far behind is waited for', async () => {
    await happens(2);
    takes(1);
    await webhooks.deliver();
    app.clock.advance(17 * day);
    expect(await app.auth.audit.prune({ olderThan: daysAgo(10) })).toMatchObject({
      status: 'pruned',
      heldBy: 'slow',
    });
    expect(await webhooks.status('slow')).toMatchObject({ state: 'retrying', missed: 0 });
    app.clock.advance(1);
    const outcome = await app.auth.audit.prune({ olderThan: daysAgo(10) });
    expect(outcome).not.toHaveProperty('heldBy');
    expect(await webhooks.status('slow')).toMatchObject({ state: 'paused', lastError: 'too far behind' });
  });

  it('does not depend on anybody who delivers: one that no process tells any more is given up, too', async () => {
    await happens(1);
    app.clock.advance(18 * day);
    expect(await app.auth.audit.prune({ olderThan: daysAgo(10) })).toMatchObject({ status: 'pruned' });
    expect(await told('webhook-paused')).toHaveLength(1);
    expect(await oldest()).toBeLessThan(1);
  });

  it('I-04 a node in the middle of a delivery does not bring it back, and two that prune give it up once', async () => {
    await happens(3);
    app.clock.advance(18 * day);
    const prune = (one: TestApp) => one.auth.audit.prune({ olderThan: daysAgo(10) });
    system.answer = (_told, response) => {
      void Promise.all([prune(app), prune(other), prune(app)]).finally(() => response.writeHead(204).end());
    };
    // It was answered well, and that counts for nothing any more.
    await webhooks.deliver();
    expect(system.told).toHaveLength(1);
    expect(await webhooks.status('slow')).toMatchObject({ state: 'paused', delivered: 0 });
    await webhooks.deliver();
    expect(system.told).toHaveLength(1);
    expect(await told('webhook-paused')).toHaveLength(1);
    expect(await app.auth.verifyAudit()).toBeNull();
  });

  it('who keeps up is told of the other one, and goes on', async () => {
    const quick = await startToldSystem();
    await webhooks.put({ id: 'quick', name: 'Quick', url: quick.origin, types: ['webhook-paused'] });
    await happens(3);
    takes(0);
    await webhooks.deliver();
    app.clock.advance(18 * day);
    await app.auth.audit.prune({ olderThan: daysAgo(10) });
    expect(await webhooks.status('quick')).toMatchObject({ state: 'idle' });
    await webhooks.deliver();
    expect(quick.told.map(({ body }) => JSON.parse(body) as object)).toMatchObject([
      { type: 'webhook-paused', data: { details: { webhook: 'slow', error: 'too far behind' } } },
    ]);
    await quick.close();
  });
});
