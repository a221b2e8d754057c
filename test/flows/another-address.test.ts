import { sqlite } from 'cofactor/sqlite';
import { expect, it } from 'vitest';
import { createApp } from '../support/app.ts';

it('who opens a development under another address than `origin` finds the reason in the log, once', async () => {
  const warned: object[] = [];
  const log = {
    info: () => undefined,
    warn: (details: object) => warned.push(details),
    error: () => undefined,
  };
  const app = await createApp(sqlite(':memory:'), { log });
  const browser = app.browser();
  await browser.context();
  for (const origin of ['http://localhost:5173', 'http://127.0.0.1:3000', 'https://evil.example']) {
    const answer = await browser.post('/auth/sign-in', {}, { headers: { origin } });
    expect(answer.problem).toBe('csrf');
  }
  expect(warned).toEqual([{ from: 'http://localhost:5173', origin: 'http://localhost:3000' }]);
  await app.close();
});
