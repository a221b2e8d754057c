import Fastify from 'fastify';
import { createCofactor, requireMfa } from 'cofactor';
import { cofactor } from 'cofactor/fastify';
import { password } from 'cofactor/password';
import { sqlite } from 'cofactor/sqlite';
import { expect, it } from 'vitest';
import {
  createApp,
  enrolTotp,
  freshSqliteDatabase,
  register,
  signInWithCode,
  throughEachAdapter,
} from '../support/app.ts';

it('A-21 what the application refuses in a hook of its own stays refused', async () => {
  const app = Fastify();
  app.addHook('onRequest', async () => {
    throw Object.assign(new Error('not from here'), { statusCode: 403 });
  });
  await app.register(cofactor, {
    auth: createCofactor({ database: sqlite(':memory:'), factors: [password()] }),
  });
  for (const url of ['/auth/context', '/auth/sign-in', '/auth/security']) {
    expect((await app.inject({ url })).statusCode).toBe(403);
  }
  expect((await app.inject({ method: 'POST', url: '/auth/sign-in', payload: {} })).statusCode).toBe(403);
  await app.close();
});

throughEachAdapter('an application around it', (through) => {
  it('I-24 a body that is too large gets 400 and a problem, with the headers of every answer', async () => {
    const database = await freshSqliteDatabase();
    const app = await createApp(database.open(), {}, through);
    const browser = app.browser();
    await browser.context();
    const answer = await browser.send('POST', '/auth/sign-in', {
      raw: JSON.stringify({ x: 'x'.repeat(20_000) }),
    });
    expect([answer.status, answer.problem]).toEqual([400, 'malformed']);
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    await app.close();
    await database.drop();
  });

  it('I-27 a guarded change that a page of another origin asks for is refused, whoever is signed in', async () => {
    const database = await freshSqliteDatabase();
    const app = await createApp(database.open(), {}, through);
    const person = await register(app);
    await enrolTotp(app, person);
    const browser = await signInWithCode(app, person);
    expect((await browser.post('/admin', {})).status).toBe(200);
    const foreign = await browser.post('/admin', {}, { headers: { origin: 'https://sub.example.com' } });
    expect([foreign.status, foreign.problem]).toEqual([403, 'csrf']);
    await app.close();
    await database.drop();
  });

  it('A-71 what was proved with an authenticator counts no longer once that is removed', async () => {
    const database = await freshSqliteDatabase();
    const app = await createApp(database.open(), {}, through);
    const person = await register(app);
    await enrolTotp(app, person);
    const browser = await signInWithCode(app, person);
    expect((await browser.get('/admin')).status).toBe(200);
    const removed = await browser.send('DELETE', '/auth/authenticators', {
      body: { id: person.authenticator },
    });
    expect(removed.status).toBe(204);
    expect((await browser.get('/who')).body).toMatchObject({ amr: ['pwd'], acr: 'pwd' });
    expect((await browser.get('/admin')).problem).toBe('step-up-needed');
    await app.close();
    await database.drop();
  });
});

it('I-29 the development key is for localhost only, and no policy asks for what nobody can show twice', () => {
  const database = sqlite(':memory:');
  const factors = [password()];
  expect(() => createCofactor({ database, factors, origin: 'https://app.example.com' })).toThrow(/keys/);
  expect(() => createCofactor({ database, factors, policies: { Admin: requireMfa({ maxAge: 0 }) } })).toThrow(
    /maxAge 0/,
  );
});
