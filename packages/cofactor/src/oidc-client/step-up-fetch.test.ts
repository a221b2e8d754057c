import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closed, listening } from '../../../../test/support/listening.ts';
import { insufficientAuthentication } from '../web/challenge.ts';
import { createStepUpFetch, type StepUpChallenge } from './step-up-fetch.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An API that takes the token `better` and asks for more where it gets another. */
class Api {
  origin = '';
  readonly seen: Seen[] = [];
  challenge: string | null = insufficientAuthentication({ acrValues: 'mfa', maxAge: 300 });
  good = ['better'];
  redirectTo: string | null = null;
  /** Waited for before it answers. */
  wait: (seen: Seen) => Promise<void> = () => Promise.resolve();
  #server: Server | null = null;

  async start(): Promise<this> {
    const { origin, server } = await listening(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const { method = '', url = '', headers } = request;
      const body = Buffer.concat(chunks).toString('utf8');
      const seen = { method, url, authorization: headers.authorization, headers, body };
      this.seen.push(seen);
      await this.wait(seen);
      if (this.redirectTo !== null) response.writeHead(307, { location: this.redirectTo }).end();
      else if (this.good.some((token) => headers.authorization === `Bearer ${token}`))
        response.end(`${method} ${body}`);
      else
        response
          .writeHead(401, this.challenge === null ? {} : { 'www-authenticate': this.challenge })
          .end('more');
    });
    this.#server = server;
    this.origin = origin;
    return this;
  }

  async close(): Promise<void> {
    if (this.#server) await closed(this.#server);
  }

  get tokens(): readonly (string | undefined)[] {
    return this.seen.map(({ authorization }) => authorization?.replace('Bearer ', ''));
  }
}

describe('createStepUpFetch', () => {
  let api: Api;
  let other: Api;
  let asked: StepUpChallenge[];
  beforeEach(async () => {
    api = await new Api().start();
    other = await new Api().start();
    asked = [];
  });
  afterEach(async () => {
    await api.close();
    await other.close();
  });

  const stepUp = async (challenge: StepUpChallenge): Promise<string | null> => {
    asked.push(challenge);
    return 'better';
  };
  const call = createStepUpFetch({ token: () => 'weak', stepUp: (challenge) => stepUp(challenge) });

  it('sends the token, and hands on what it gets', async () => {
    api.good = ['weak'];
    const answer = await call(`${api.origin}/orders?page=2`, { headers: { accept: 'text/plain' } });
    expect([answer.status, await answer.text()]).toEqual([200, 'GET ']);
    expect(api.seen[0]).toMatchObject({ url: '/orders?page=2', authorization: 'Bearer weak' });
    expect(api.seen[0]?.headers.accept).toBe('text/plain');
    expect(asked).toEqual([]);
  });

  it('steps up where the API asks for it, and repeats the request with everything that was in it', async () => {
    const answer = await call(`${api.origin}/refunds`, {
      method: 'POST',
      body: '{"order":7}',
      headers: [['content-type', 'application/json']],
    });
    expect([answer.status, await answer.text()]).toEqual([200, 'POST {"order":7}']);
    expect(asked).toEqual([{ acrValues: 'mfa', maxAge: 300 }]);
    expect(api.tokens).toEqual(['weak', 'better']);
    const [first, second] = api.seen;
    expect(second?.headers['content-type']).toBe('application/json');
    expect({ ...second, authorization: 0, headers: 0 }).toEqual({ ...first, authorization: 0, headers: 0 });
  });

  it.each<[string, () => BodyInit]>([
    ['a text', () => 'x'],
    ['a form', () => new URLSearchParams({ x: '1' })],
    ['bytes', () => new Uint8Array([120])],
    ['a buffer', () => new Uint8Array([120]).buffer],
    ['a blob', () => new Blob(['x'])],
    [
      'a multipart form',
      () => {
        const form = new FormData();
        form.set('x', '1');
        return form;
      },
    ],
  ])('repeats %s', async (_what, body) => {
    const answer = await call(api.origin, { method: 'PUT', body: body() });
    expect(answer.status).toBe(200);
    expect(api.seen.map((seen) => seen.body !== '')).toEqual([true, true]);
  });

  it('takes a Request, with its headers, and puts its token in place of any other', async () => {
    const request = new Request(`${api.origin}/x`, {
      headers: { 'x-own': '1', authorization: 'Bearer other' },
    });
    expect((await call(request)).status).toBe(200);
    expect(api.tokens).toEqual(['weak', 'better']);
    expect(api.seen.map(({ headers }) => headers['x-own'])).toEqual(['1', '1']);
    expect((await call(new URL(api.origin), { headers: { Authorization: 'Basic eDp5' } })).status).toBe(200);
    expect(api.tokens.slice(2)).toEqual(['weak', 'better']);
  });

  it.each<[string, () => [RequestInfo, RequestInit?]]>([
    ['a stream', () => [api.origin, { method: 'POST', body: new Blob(['x']).stream(), duplex: 'half' }]],
    [
      'what is iterated over',
      () => [
        api.origin,
        {
          method: 'POST',
          duplex: 'half',
          body: (async function* () {
            yield Buffer.from('x');
          })() as never,
        },
      ],
    ],
    ['a Request with a body', () => [new Request(api.origin, { method: 'POST', body: 'x' })]],
  ])('does not send %s twice: the 401 comes back, and nobody is asked for anything', async (_what, make) => {
    const answer = await call(...make());
    expect([answer.status, await answer.text()]).toEqual([401, 'more']);
    expect([asked, api.tokens]).toEqual([[], ['weak']]);
    expect(api.seen[0]?.body).toBe('x');
  });

  it('repeats once and no more', async () => {
    api.good = [];
    const answer = await call(api.origin);
    expect([answer.status, await answer.text()]).toEqual([401, 'more']);
    expect(answer.headers.get('www-authenticate')).toBe(api.challenge);
    expect([asked.length, api.tokens]).toEqual([1, ['weak', 'better']]);
  });

  it('hands on the 401 where the person declines, with its body', async () => {
    const declining = createStepUpFetch({ token: () => 'weak', stepUp: async () => null });
    const answer = await declining(api.origin);
    expect([answer.status, await answer.text()]).toEqual([401, 'more']);
    expect(api.tokens).toEqual(['weak']);
  });

  it('throws on what the step-up throws, and the next request tries anew', async () => {
    let broken = true;
    const call = createStepUpFetch({
      token: () => 'weak',
      stepUp: () => {
        if (broken) throw new Error('the window was closed');
        return Promise.resolve('better');
      },
    });
    await expect(call(api.origin)).rejects.toThrow('the window was closed');
    broken = false;
    expect((await call(api.origin)).status).toBe(200);
  });

  it.each([
    ['no challenge', null],
    ['no token', 'Bearer'],
    ['a bad token', 'Bearer error="invalid_token"'],
    ['one that is malformed', 'Bearer error="insufficient_user_authentication", max_age=soon'],
    ['one that is doubtful', 'Bearer error="insufficient_user_authentication", max_age=1, max_age=2'],
  ])('asks nobody for anything where the 401 has %s', async (_what, challenge) => {
    api.challenge = challenge;
    expect((await call(api.origin)).status).toBe(401);
    expect([asked, api.tokens]).toEqual([[], ['weak']]);
  });

  it('sends nothing where there is no token', async () => {
    const anonymous = createStepUpFetch({ token: () => null, stepUp });
    await anonymous(api.origin, { headers: { authorization: 'Bearer own' } });
    expect(api.seen[0]?.authorization).toBeUndefined();
  });

  describe('at the same time', () => {
    it('one step-up is for all that met the same challenge', async () => {
      const begun = Promise.withResolvers<void>();
      let count = 0;
      const release = Promise.withResolvers<string>();
      const call = createStepUpFetch({
        token: () => 'weak',
        stepUp: () => {
          count += 1;
          begun.resolve();
          return release.promise;
        },
      });
      const answers = Promise.all(Array.from({ length: 5 }, () => call(api.origin)));
      while (api.seen.length < 5) await new Promise(setImmediate);
      await begun.promise;
      release.resolve('better');
      expect((await answers).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      expect(count).toBe(1);
      expect(api.tokens).toEqual([...Array<string>(5).fill('weak'), ...Array<string>(5).fill('better')]);
    });

    it('one that was under way while it was made takes it too, one that comes later does not', async () => {
      let current = 'weak';
      const call = createStepUpFetch({
        token: () => current,
        stepUp: async (challenge) => {
          asked.push(challenge);
          return 'better';
        },
      });
      const held = Promise.withResolvers<void>();
      api.wait = ({ url, authorization }) =>
        url === '/slow' && authorization === 'Bearer weak' ? held.promise : Promise.resolve();
      const slow = call(`${api.origin}/slow`);
      while (api.seen.length < 1) await new Promise(setImmediate);
      expect((await call(`${api.origin}/quick`)).status).toBe(200);
      held.resolve();
      expect((await slow).status).toBe(200);
      expect(asked.length).toBe(1);

      // The application goes on with another token: a step-up from before says nothing of this one.
      current = 'weaker';
      expect((await call(api.origin)).status).toBe(200);
      expect(asked.length).toBe(2);
    });

    it('different challenges are different step-ups', async () => {
      other.challenge = insufficientAuthentication({ acrValues: 'phr' });
      const answers = await Promise.all([call(api.origin), call(other.origin)]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(new Set(asked.map(({ acrValues }) => acrValues))).toEqual(new Set(['mfa', 'phr']));
    });

    it('one that was declined is asked for again the next time', async () => {
      let declined = 0;
      const call = createStepUpFetch({
        token: () => 'weak',
        stepUp: async () => {
          declined += 1;
          return null;
        },
      });
      await Promise.all([call(api.origin), call(api.origin)]);
      await call(api.origin);
      expect(declined).toBeGreaterThanOrEqual(2);
    });
  });

  describe('I-28 the token', () => {
    it.each(['', '/same'])('does not follow a redirect, elsewhere or here (%j)', async (path) => {
      api.redirectTo = path === '' ? other.origin : path;
      for (const redirect of [undefined, 'follow', 'error'] as const) {
        await expect(call(api.origin, redirect && { redirect })).rejects.toThrow(TypeError);
        await expect(call(new Request(api.origin, redirect && { redirect }))).rejects.toThrow(TypeError);
      }
      expect(other.seen).toEqual([]);
      expect(api.seen.length).toBe(6);
    });

    it('does not follow it the second time either', async () => {
      api.wait = async ({ authorization }) => {
        if (authorization === 'Bearer better') api.redirectTo = other.origin;
      };
      await expect(call(api.origin)).rejects.toThrow(TypeError);
      expect(other.seen).toEqual([]);
    });

    it('a redirect can be had as it is', async () => {
      api.redirectTo = other.origin;
      const answer = await call(api.origin, { redirect: 'manual' });
      expect([answer.status, other.seen]).toEqual([307, []]);
    });

    it.each([
      'http://api.example.com/x',
      'http://localhost.example.com/x',
      'http://127.0.0.1.example.com/',
      'ftp://localhost/x',
      'data:text/plain,x',
      '/relative',
      '//host/x',
      '',
    ])('goes to https addresses and to localhost only: %j', async (address) => {
      let sent = 0;
      const call = createStepUpFetch({
        token: () => 'weak',
        stepUp,
        fetch: async () => {
          sent += 1;
          return new Response();
        },
      });
      await expect(call(address)).rejects.toThrow(TypeError);
      expect(sent).toBe(0);
    });

    it.each(['https://api.example.com/x', 'http://localhost:3000/', 'http://[::1]:3000/'])(
      'may go to %s',
      async (address) => {
        const sent: string[] = [];
        const call = createStepUpFetch({
          token: () => 'weak',
          stepUp,
          fetch: async (input) => {
            sent.push(input as string);
            return new Response();
          },
        });
        await call(address);
        expect(sent).toEqual([address]);
      },
    );

    it.each(['weak\r\nx-evil: 1', 'weak token', '', 'wéak', '"weak"', 'weak,other', undefined, 5])(
      'is not sent where it is none, and not quoted: %j',
      async (bad) => {
        const call = createStepUpFetch({ token: () => bad as string, stepUp });
        const error = await call(api.origin).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(TypeError);
        if (typeof bad === 'string' && bad !== '') expect(String(error)).not.toContain(bad);
        expect(api.seen).toEqual([]);
      },
    );
  });

  it('refuses options that it does not know', () => {
    const options = { token: () => null, stepUp };
    expect(() => createStepUpFetch({ ...options, tokens: 1 } as never)).toThrow('tokens');
    expect(() => createStepUpFetch({ ...options, token: 'weak' } as never)).toThrow('token');
    expect(() => createStepUpFetch({ ...options, stepUp: undefined } as never)).toThrow('stepUp');
    expect(() => createStepUpFetch({ ...options, fetch: 'x' } as never)).toThrow('fetch');
  });

  it('is for browsers too: nothing it imports is of Node, or anything else', () => {
    const importsOf = (file: string): string[] =>
      [...readFileSync(join(import.meta.dirname, file), 'utf8').matchAll(/from '([^']+)'|import\(/g)].map(
        ([, name = 'import()']) => name,
      );
    expect([...new Set(importsOf('step-up-fetch.ts'))]).toEqual(['../web/challenge.ts']);
    expect(importsOf('../web/challenge.ts')).toEqual([]);
  });
});
