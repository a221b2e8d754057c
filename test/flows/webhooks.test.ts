import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createWebhooks, verifyWebhook, type Webhooks } from 'cofactor/webhooks';
import { createApp, onEachDatabase, register, type TestApp, type TestDatabase } from '../support/app.ts';
import { seqOf, standardSignature, startToldSystem, status, type ToldSystem } from '../support/webhooks.ts';

onEachDatabase('webhooks', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let other: TestApp;
  let system: ToldSystem;
  let webhooks: Webhooks;
  let second: Webhooks;
  let hooks = 0;
  let id = '';
  let secret = '';
  const allowNetworks = ['127.0.0.0/8'];
  beforeAll(async () => {
    database = await fresh();
    app = await createApp(database.open());
    other = await createApp(database.open(), { clock: app.clock });
    webhooks = createWebhooks(app.auth, { allowNetworks, every: 10 });
    second = createWebhooks(other.auth, { allowNetworks });
  });
  afterAll(async () => {
    await app.close();
    await other.close();
    await database.drop();
  });
  beforeEach(async () => {
    system = await startToldSystem();
    hooks += 1;
    id = `hook-${hooks}`;
    const made = await webhooks.put({ id, name: 'Alerts', url: `${system.origin}/in?key=a`, types: '*' });
    secret = made.secret ?? expect.fail('no secret');
    // Of its own making, which it is told too.
    await webhooks.deliver();
    system.told.length = 0;
  });
  afterEach(async () => {
    await webhooks.remove(id);
    await system.close();
  });

  const happens = async (times: number): Promise<readonly number[]> => {
    const before = (await app.auth.auditHead()).seq;
    for (let n = 0; n < times; n += 1) {
      await app.auth.engine.store.appendAudit(
        'users',
        app.auth.engine.audit.entry('signed-in', null, { n, ip: '192.0.2.1' }),
      );
    }
    return Array.from({ length: times }, (_, n) => before + 1 + n);
  };
  const heard = (): readonly number[] => system.told.map(seqOf);

  it('tell what happened, in order, signed as Standard Webhooks says, with what the record has and no more', async () => {
    const person = await register(app);
    await webhooks.deliver();
    const types = system.told.map(({ body }) => (JSON.parse(body) as { type: string }).type);
    expect(types).toEqual(['user-created', 'signed-in']);
    for (const told of system.told) {
      expect(told.path).toBe('/in?key=a');
      expect(told.headers['content-type']).toBe('application/json');
      expect(told.headers['webhook-timestamp']).toBe(String(Math.floor(app.clock.now().getTime() / 1000)));
      expect(told.headers['webhook-signature']).toBe(standardSignature(secret, told));
      const event = verifyWebhook(secret, told.headers, told.body, app.clock.now());
      expect(event?.id).toBe(told.headers['webhook-id']);
      expect(event?.timestamp).toEqual(app.clock.now());
    }
    const [, { body }] = system.told as [unknown, { body: string }];
    const user = (await app.auth.users.find(person.identifier))?.id;
    expect(JSON.parse(body)).toEqual({
      type: 'signed-in',
      timestamp: app.clock.now().toISOString(),
      data: {
        realm: 'users',
        seq: (await app.auth.auditHead()).seq,
        user,
        details: { amr: ['pwd'], ip: '192.0.2.1' },
      },
    });
    expect(JSON.stringify(system.told)).not.toContain(person.password);
    expect(await webhooks.status(id)).toMatchObject({ state: 'idle', behind: 0, tries: 0, lastError: null });
  });

  it('tell an endpoint what it wants to be told of, from when it was made', async () => {
    await webhooks.put({ id, name: 'Alerts', url: system.origin, types: ['user-created'] });
    await happens(5);
    await register(app);
    await happens(5);
    await webhooks.deliver();
    expect(system.told.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual([
      'user-created',
    ]);
    expect(await webhooks.status(id)).toMatchObject({ behind: 0 });
  });

  it('try again, later each time, with the same id and body; what comes after waits', async () => {
    system.answer = status(500);
    const seqs = await happens(3);
    const waits: number[] = [];
    for (let tries = 1; tries <= 10; tries += 1) {
      expect(await webhooks.deliver()).toBe(0);
      const { nextTry, ...found } = (await webhooks.status(id)) ?? expect.fail('gone');
      expect(found).toMatchObject({ state: 'retrying', tries, lastError: 'status 500', behind: 3 });
      const wait = ((nextTry?.getTime() ?? 0) - app.clock.now().getTime()) / 1000;
      waits.push(wait);
      app.clock.advance(wait - 1);
      await webhooks.deliver();
      app.clock.advance(1);
    }
    expect(waits).toEqual([5, 30, 120, 600, 1800, 3600, 7200, 14_400, 14_400, 14_400]);
    expect(system.told).toHaveLength(10);
    expect(new Set(system.told.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(system.told.map(({ body }) => body)).size).toBe(1);
    // Signed anew, so that a receiver takes it for one of now.
    expect(new Set(system.told.map(({ headers }) => headers['webhook-signature'])).size).toBe(10);
    system.told.length = 0;
    system.answer = status(204);
    expect(await webhooks.deliver()).toBe(3);
    expect(heard()).toEqual(seqs);
  });

  it('give an endpoint up that took nothing for three days, and go on where it was when it is told to', async () => {
    system.answer = status(503);
    const seqs = await happens(2);
    for (let tries = 0; tries < 40 && (await webhooks.status(id))?.state !== 'paused'; tries += 1) {
      await webhooks.deliver();
      app.clock.advance(14_400);
    }
    const paused = await webhooks.status(id);
    expect(paused).toMatchObject({ state: 'paused', lastError: 'status 503', missed: 0 });
    const since = (app.clock.now().getTime() - (paused?.failingSince?.getTime() ?? 0)) / 86_400_000;
    expect(since).toBeGreaterThan(3);
    expect(since).toBeLessThan(3.5);
    system.told.length = 0;
    app.clock.advance(86_400);
    await webhooks.deliver();
    expect(heard()).toEqual([]);

    system.answer = status(200);
    expect(await webhooks.resume(id)).toBe(true);
    expect(await webhooks.resume(id)).toBe(false);
    await webhooks.deliver();
    const rows = await app.auth.audit.page({ types: ['webhook-paused', 'webhook-resumed'], limit: 2 });
    expect(rows.entries.map(({ type, data }) => [type, data['webhook']])).toEqual([
      ['webhook-resumed', id],
      ['webhook-paused', id],
    ]);
    expect(heard().slice(0, 2)).toEqual(seqs);
  });

  it('pause an endpoint that says it is gone, and leave out what it could not take', async () => {
    const [poison, after] = await happens(2);
    system.answer = (told, response) => response.writeHead(seqOf(told) === poison ? 410 : 200).end();
    await webhooks.deliver();
    expect(await webhooks.status(id)).toMatchObject({ state: 'paused', tries: 1, lastError: 'status 410' });
    expect(await webhooks.resume(id, { skip: true, by: 'usr_admin' })).toBe(true);
    system.told.length = 0;
    await webhooks.deliver();
    expect(heard()[0]).toBe(after);
    expect(await webhooks.status(id)).toMatchObject({ state: 'idle', missed: 1 });
  });

  it('are delivered by one node at a time: two nodes tell each event once', async () => {
    const seqs = await happens(60);
    // Both look at the same moment, again and again.
    for (let round = 0; round < 3; round += 1) {
      await Promise.all([webhooks.deliver(), second.deliver(), webhooks.deliver(), second.deliver()]);
    }
    expect(heard()).toEqual(seqs);
    expect(await webhooks.status(id)).toMatchObject({ state: 'idle', behind: 0 });
  });

  it('go where the settings say that are in force when it is their turn, and nowhere once removed', async () => {
    const elsewhere = await startToldSystem();
    const seqs = await happens(4);
    system.answer = (told, response) => {
      const change =
        seqOf(told) === seqs[1]
          ? webhooks.put({ id, name: 'Alerts', url: elsewhere.origin, types: '*' })
          : Promise.resolve();
      void change.then(() => response.writeHead(204).end());
    };
    elsewhere.answer = (told, response) => {
      const change = seqOf(told) === seqs[2] ? webhooks.remove(id) : Promise.resolve();
      void change.then(() => response.writeHead(204).end());
    };
    await webhooks.deliver();
    expect(heard()).toEqual(seqs.slice(0, 2));
    expect(elsewhere.told.map(seqOf)).toEqual(seqs.slice(2, 3));
    await elsewhere.close();
  });

  it('are taken over from a node that is gone, once its lease is over; nothing is lost', async () => {
    const seqs = await happens(5);
    // It ends after the receiver heard the third event and before it could note that.
    let heardOf = 0;
    system.answer = (_told, response) => {
      heardOf += 1;
      if (heardOf !== 3) return response.writeHead(204).end();
      return void database
        .query('update webhooks set leased_until = leased_until + 1 where id = $1', [id])
        .then(() => response.writeHead(204).end());
    };
    expect(await webhooks.deliver()).toBe(3);
    expect(heard()).toEqual(seqs.slice(0, 3));
    expect(await webhooks.status(id)).toMatchObject({ state: 'delivering' });
    expect(await second.deliver()).toBe(0);
    app.clock.advance(61);
    expect(await second.deliver()).toBe(3);
    expect(heard()).toEqual([...seqs.slice(0, 3), ...seqs.slice(2)]);
    const ids = system.told.map(({ headers }) => headers['webhook-id']);
    expect(ids[2]).toBe(ids[3]);
  });

  it('go by themselves once they are started, and stop after what is on its way', async () => {
    let release = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      system.answer = (_told, response) => {
        release = () => response.writeHead(204).end();
        resolve();
      };
    });
    const seqs = await happens(3);
    webhooks.start();
    await arrived;
    const stopped = webhooks.stop();
    release();
    await stopped;
    expect(heard()).toEqual(seqs.slice(0, 1));
    // Noted, and free for whoever comes next.
    system.answer = status(204);
    expect(await second.deliver()).toBe(2);
    expect(heard()).toEqual(seqs);
    webhooks.start();
    await webhooks.stop();
    webhooks = createWebhooks(app.auth, { allowNetworks, every: 10 });
  });

  it('do not hold up whoever signs in: an endpoint that hangs is nobody’s business but its own', async () => {
    const hanging = new Promise<void>((resolve) => (system.answer = () => resolve()));
    await happens(1);
    const delivering = webhooks.deliver();
    await hanging;
    const quick = await startToldSystem();
    await webhooks.put({ id: 'quick', name: 'Quick', url: quick.origin, types: ['user-created'] });
    await register(app);
    expect(await second.deliver()).toBe(1);
    expect(quick.told).toHaveLength(1);
    // And ends with its connection.
    await system.close();
    expect(await delivering).toBe(0);
    expect(system.told).toHaveLength(1);
    expect((await webhooks.status(id))?.tries).toBe(1);
    await webhooks.remove('quick');
    await quick.close();
    system = await startToldSystem();
  });

  it('sign with the old secret besides for a day, and are tested without anything having happened', async () => {
    const { secret: next, webhook } = await webhooks.put({
      id,
      name: 'Alerts 2',
      url: system.origin,
      types: '*',
      newSecret: true,
    });
    expect([webhook.name, next === null, next === secret]).toEqual(['Alerts 2', false, false]);
    expect(await webhooks.test(id)).toEqual({ ok: true, error: null });
    const [told = expect.fail()] = system.told;
    const now = app.clock.now();
    expect(verifyWebhook(secret, told.headers, told.body, now)?.type).toBe('webhook-test');
    expect(verifyWebhook(next ?? '', told.headers, told.body, now)?.type).toBe('webhook-test');
    app.clock.advance(86_401);
    await webhooks.test(id);
    const later = system.told[1] ?? expect.fail();
    expect(later.headers['webhook-signature']).toBe(standardSignature(next ?? '', later));
    expect(verifyWebhook(secret, later.headers, later.body, app.clock.now())).toBeNull();
    system.answer = status(500);
    expect(await webhooks.test(id)).toEqual({ ok: false, error: 'status 500' });
    expect(await webhooks.test('nobody')).toBeNull();
    // Changed without a new secret, it keeps the one it has.
    expect((await webhooks.put({ id, name: 'Alerts', url: system.origin, types: '*' })).secret).toBeNull();
  });

  it('are listed and removed, and who did so is on record', async () => {
    expect((await webhooks.list()).map(({ id: one, url, types }) => [one, url, types])).toEqual([
      [id, `${system.origin}/in?key=a`, '*'],
    ]);
    expect(await webhooks.remove(id, 'usr_admin')).toBe(true);
    expect(await webhooks.remove(id)).toBe(false);
    expect(await webhooks.status(id)).toBeNull();
    const { entries } = await app.auth.audit.page({ types: ['webhook-removed'], limit: 1 });
    expect(entries[0]?.data).toEqual({ webhook: id, by: 'usr_admin' });
    await happens(1);
    expect(await webhooks.deliver()).toBe(0);
  });
});
