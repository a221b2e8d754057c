import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Client, nameOf, type Result } from './client.ts';

const answers: (Response | Error)[] = [];
const calls: { path: string; init: RequestInit }[] = [];

beforeEach(() => {
  answers.length = 0;
  calls.length = 0;
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    calls.push({ path, init });
    const answer = answers.shift() ?? new Error('no answer');
    if (answer instanceof Error) throw answer;
    return answer;
  });
});

afterEach(() => vi.unstubAllGlobals());

const json = (body: unknown, init: ResponseInit = {}): Response => Response.json(body, init);
const problem = (name: string, status: number): Response =>
  json({ type: `urn:cofactor:problem:${name}`, title: name, status, detail: '' }, { status });
const tokens = (): unknown[] =>
  calls.map(({ init }) => (init.headers as Record<string, string>)['x-csrf-token']);
const failed = (result: Result<unknown>): string | null => (result.ok ? null : nameOf(result.problem));

it('sends the token of the context, then the renewed one', async () => {
  const client = new Client('/auth');
  answers.push(
    json({ csrf: 'first' }),
    json({ status: 'done' }, { headers: { 'x-csrf-token': 'second' } }),
    new Response(null, { status: 204 }),
  );
  await client.context();
  expect(await client.send('POST', '/ceremony', {})).toEqual({ ok: true, value: { status: 'done' } });
  expect(await client.send('DELETE', '/sessions/others')).toEqual({ ok: true, value: undefined });
  expect(tokens()).toEqual([undefined, 'first', 'second']);
  expect(calls[1]?.path).toBe('/auth/ceremony');
  expect(calls[2]?.init.body).toBeUndefined();
});

it('renews a token that is out of date, once', async () => {
  const client = new Client('/auth');
  answers.push(problem('csrf', 403), json({ csrf: 'new' }), problem('csrf', 403));
  expect(failed(await client.send('POST', '/sign-in', {}))).toBe('csrf');
  expect(tokens()).toEqual(['', undefined, 'new']);
});

it('never throws: no network, a page of a proxy, nonsense', async () => {
  const client = new Client('/auth');
  answers.push(
    new TypeError('failed to fetch'),
    new Response('<html>', { status: 502 }),
    new Response('<html>', { status: 200 }),
    json({ type: 'about:blank' }, { status: 500 }),
    json(null, { status: 400 }),
    problem('wrong-response', 401),
  );
  const names: (string | null)[] = [];
  for (let index = 0; index < 6; index++) names.push(failed(await client.get('/security')));
  expect(names).toEqual([
    'network',
    'unavailable',
    'unexpected',
    'unexpected',
    'unexpected',
    'wrong-response',
  ]);
});
