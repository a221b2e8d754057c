import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireMfa } from 'cofactor/assurance';
import { createResourceServer, type ResourceIssuer, type ResourceServer } from 'cofactor/oidc-client';
import { TestClock } from '../support/clock.ts';
import { closed, listening } from '../support/listening.ts';
import { audience, networkOf, newKey, TokenIssuer } from '../support/token-issuer.ts';

const issuerName = 'https://id.example/oidc';
const good = [200, undefined];
const invalid = [401, undefined];
const away = [503, '5'];

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The status that a token gets, and when to come back. */
async function told(api: ResourceServer, token: string, policy?: string): Promise<readonly unknown[]> {
  const guarded = await api.guard(
    { method: 'GET', url: '/', headers: { authorization: `Bearer ${token}` }, body: null, remoteAddress: '' },
    policy,
  );
  if ('bearer' in guarded) return good;
  return [guarded.response.status, guarded.response.headers['retry-after']];
}

describe('A-159 an issuer that cannot be asked', () => {
  let clock: TestClock;
  let issuer: TokenIssuer;
  let reasons: unknown[];
  const network = (): typeof fetch => networkOf(issuer).fetch;
  beforeEach(async () => {
    clock = new TestClock();
    issuer = await TokenIssuer.create(issuerName, () => clock.now());
    reasons = [];
  });

  const server = (more: Partial<ResourceIssuer> = {}): ResourceServer =>
    createResourceServer({
      issuers: [{ issuer: issuerName, audience, ...more }],
      policies: { Mfa: requireMfa() },
      fetch: network(),
      clock,
      timeout: 0.2,
      log: { ...log, warn: ({ reason }: { reason?: unknown }) => void reasons.push(reason) },
    });

  const never = (): Promise<Response> => new Promise(() => undefined);
  const endless = (): Response =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(32)),
      }),
    );
  const stuck = (): Response =>
    new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([123])) }));

  it.each<[string, () => Response | Promise<Response>, string]>([
    ['says nothing', never, 'timeout'],
    ['stops in the middle', stuck, 'timeout'],
    ['never ends', endless, 'too-large'],
    ['says too much', () => new Response(JSON.stringify({ keys: [], x: 'x'.repeat(600_000) })), 'too-large'],
    ['is broken', () => new Response('{}', { status: 500 }), 'status-500'],
    ['is busy', () => new Response('{}', { status: 429 }), 'status-429'],
    ['leads elsewhere', () => Response.redirect('https://evil.example/jwks', 302), 'redirect'],
    ['leads elsewhere for good', () => Response.redirect('https://evil.example/jwks', 308), 'redirect'],
    ['cannot be reached', () => Promise.reject(new TypeError('fetch failed')), 'unreachable'],
  ])('that %s lets nobody in, whether it is the document or the keys', async (_what, answer, reason) => {
    for (const path of ['/.well-known/openid-configuration', '/jwks']) {
      issuer.answer = (asked) => (asked.endsWith(path) ? answer() : undefined);
      const api = server();
      expect(await told(api, await issuer.token())).toEqual(away);
      expect(reasons.at(-1)).toBe(reason);
      // And once it is back, it is asked again.
      issuer.answer = () => undefined;
      clock.advance(5);
      expect(await told(api, await issuer.token())).toEqual(good);
    }
  });

  it.each<[string, unknown, string]>([
    ['no JSON', '<html>', 'document-of-another-issuer'],
    ['a list', [], 'document-of-another-issuer'],
    ['null', null, 'document-of-another-issuer'],
    ['nothing', {}, 'document-of-another-issuer'],
    [
      'another issuer',
      { issuer: 'https://evil.example', jwks_uri: `${issuerName}/jwks` },
      'document-of-another-issuer',
    ],
    [
      'its name with a slash',
      { issuer: `${issuerName}/`, jwks_uri: `${issuerName}/jwks` },
      'document-of-another-issuer',
    ],
    ['no keys', { issuer: issuerName }, 'no-keys'],
    ['keys that are none', { issuer: issuerName, jwks_uri: 5 }, 'unsafe-address'],
    ['keys over http', { issuer: issuerName, jwks_uri: 'http://id.example/jwks' }, 'unsafe-address'],
    ['keys on this machine', { issuer: issuerName, jwks_uri: 'http://localhost:9/jwks' }, 'unsafe-address'],
    ['keys in a file', { issuer: issuerName, jwks_uri: 'file:///etc/passwd' }, 'unsafe-address'],
    ['keys in the document', { issuer: issuerName, jwks_uri: 'data:application/json,{}' }, 'unsafe-address'],
    [
      'keys behind a password',
      { issuer: issuerName, jwks_uri: 'https://a:b@id.example/jwks' },
      'unsafe-address',
    ],
  ])('a document that says %s is believed in nothing', async (_what, document, reason) => {
    issuer.answer = (path) =>
      path.endsWith('/openid-configuration')
        ? new Response(typeof document === 'string' ? document : JSON.stringify(document))
        : undefined;
    expect(await told(server(), await issuer.token())).toEqual(away);
    expect([reasons, issuer.keysAsked]).toEqual([[reason], 0]);
  });

  it.each<[string, unknown, readonly unknown[]]>([
    ['no JSON', '<html>', away],
    ['no set', [], away],
    ['no list', { keys: {} }, away],
    ['null', null, away],
    ['no keys', { keys: [] }, invalid],
    ['keys that are none', { keys: [null, 5, 'x', [], {}] }, invalid],
    ['a key without parts', { keys: [{ kty: 'EC', kid: 'one' }] }, invalid],
    ['a key that is broken', { keys: [{ kty: 'EC', crv: 'P-256', x: '', y: '', kid: 'one' }] }, away],
    ['a key for something else', { keys: [{ kty: 'EC', crv: 'P-256', kid: 'one', use: 'enc' }] }, invalid],
  ])('keys that are %s verify nothing', async (_what, keys, answer) => {
    issuer.answer = (path) =>
      path.endsWith('/jwks')
        ? new Response(typeof keys === 'string' ? keys : JSON.stringify(keys))
        : undefined;
    expect(await told(server(), await issuer.token())).toEqual(answer);
  });

  it('a private key that was published by mistake verifies nothing', async () => {
    const { exportJWK } = await import('jose');
    const [key] = issuer.keys;
    const all = { ...(await exportJWK(key?.privateKey as CryptoKey)), kid: 'one', alg: 'ES256' };
    issuer.answer = (path) => (path.endsWith('/jwks') ? Response.json({ keys: [all] }) : undefined);
    expect(await told(server(), await issuer.token())).toEqual(away);
  });

  it('is left alone for five seconds, and all are told at once', async () => {
    issuer.answer = () => new Response('', { status: 500 });
    const api = server();
    const token = await issuer.token();
    expect(await told(api, token)).toEqual(away);
    const asked = issuer.asked.length;
    for (let at = 0; at < 20; at += 1) expect(await told(api, token)).toEqual(away);
    expect(issuer.asked.length).toBe(asked);
    clock.advance(5);
    expect(await told(api, token)).toEqual(away);
    expect(issuer.asked.length).toBeGreaterThan(asked);
  });

  it('keys that are known go on to be good for as long as they are believed, and not a moment longer', async () => {
    const api = server();
    expect(await told(api, await issuer.token())).toEqual(good);
    issuer.answer = () => new Response('', { status: 500 });
    clock.advance(599);
    expect(await told(api, await issuer.token())).toEqual(good);
    clock.advance(1);
    expect(await told(api, await issuer.token())).toEqual(away);
  });

  describe('keys', () => {
    it('are asked for once by many at the same time, and not again for ten minutes', async () => {
      const api = server();
      const token = await issuer.token();
      const answers = await Promise.all(Array.from({ length: 20 }, () => told(api, token)));
      expect(new Set(answers.map(([status]) => status))).toEqual(new Set([200]));
      expect(issuer.asked.map(({ path }) => path)).toEqual([
        '/oidc/.well-known/openid-configuration',
        '/oidc/jwks',
      ]);
      clock.advance(200);
      await told(api, await issuer.token());
      expect(issuer.asked.length).toBe(2);
      clock.advance(400);
      expect(await told(api, await issuer.token())).toEqual(good);
      expect(issuer.keysAsked).toBe(2);
    });

    it('that are new are found, and those that are gone verify nothing any more', async () => {
      const api = server();
      const [old] = issuer.keys;
      expect(await told(api, await issuer.token())).toEqual(good);
      issuer.keys = [await newKey('two')];
      clock.advance(30);
      expect(await told(api, await issuer.token())).toEqual(good);
      expect(await told(api, await issuer.token({}, {}, old))).toEqual(invalid);
    });

    it('made-up ones make us ask once in 30 seconds, and not everybody wait', async () => {
      const api = server();
      expect(await told(api, await issuer.token())).toEqual(good);
      const made = await Promise.all(
        Array.from({ length: 20 }, async (_, at) => issuer.token({}, { kid: `made-up-${at}` })),
      );
      for (const token of made) expect(await told(api, token)).toEqual(invalid);
      expect(issuer.keysAsked).toBe(1);
      clock.advance(30);
      for (const token of made) expect(await told(api, token)).toEqual(invalid);
      expect(issuer.keysAsked).toBe(2);
      // An issuer that fails meanwhile takes nothing from those whose key is known.
      issuer.answer = () => new Response('', { status: 500 });
      clock.advance(30);
      for (const token of made) expect(await told(api, token)).toEqual(away);
      expect(issuer.keysAsked).toBe(3);
      expect(await told(api, await issuer.token())).toEqual(good);
    });

    it('without names are tried in turn, a few of them', async () => {
      const published = await Promise.all(Array.from({ length: 12 }, () => newKey('x')));
      issuer.keys = published.map((key) => ({
        ...key,
        publicJwk: { ...key.publicJwk, kid: undefined as never },
      }));
      const api = server();
      const signed = async (at: number): Promise<readonly unknown[]> =>
        told(api, await issuer.token({}, { kid: undefined as never }, published[at]));
      expect(await signed(0)).toEqual(good);
      expect(await signed(7)).toEqual(good);
      expect(await signed(8)).toEqual(invalid);
      const expired = await issuer.token({ exp: 1 }, { kid: undefined as never }, published[3]);
      expect(await told(api, expired)).toEqual(invalid);
    });

    it('are where RFC 8414 has them, for issuers that are no OpenID providers', async () => {
      const plain = '/.well-known/oauth-authorization-server/oidc';
      issuer.answer = (path) => {
        if (path.endsWith('/openid-configuration')) return new Response('', { status: 404 });
        return path === plain
          ? Response.json({ issuer: issuerName, jwks_uri: `${issuerName}/jwks` })
          : undefined;
      };
      expect(await told(server(), await issuer.token())).toEqual(good);
    });

    it('of an issuer with a slash at its end are found', async () => {
      issuer = await TokenIssuer.create('https://tenant.example/', () => clock.now());
      expect(await told(server({ issuer: 'https://tenant.example/' }), await issuer.token())).toEqual(good);
      expect(issuer.asked[0]?.path).toBe('/.well-known/openid-configuration');
      expect(await told(server({ issuer: 'https://tenant.example' }), await issuer.token())).toEqual(invalid);
    });
  });

  describe('introspection', () => {
    const introspection = { clientId: 'api one', clientSecret: 'secret: ä%' };
    const active = (): Record<string, unknown> => ({
      active: true,
      ...issuer.claims({ token_type: 'Bearer' }),
    });
    const asking = (cache?: number): ResourceServer =>
      server({ tokens: { introspection: { ...introspection, ...(cache !== undefined && { cache }) } } });

    it('asks the issuer, as the client that it is', async () => {
      issuer.introspects = active;
      expect(await told(asking(), 'opaque')).toEqual(good);
      const { body, authorization } = issuer.asked.at(-1) ?? {};
      expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
        token: 'opaque',
        token_type_hint: 'access_token',
      });
      const [id, secret] = Buffer.from(authorization?.slice(6) ?? '', 'base64')
        .toString()
        .split(':');
      // RFC 6749, 2.3.1: each encoded as in a form.
      expect([id, secret]).toEqual(['api+one', 'secret%3A+%C3%A4%25']);

      issuer.document = (document) => ({
        ...document,
        introspection_endpoint_auth_methods_supported: ['client_secret_post'],
      });
      expect(await told(asking(), 'opaque')).toEqual(good);
      expect(issuer.asked.at(-1)?.authorization).toBe('');
      expect(new URLSearchParams(issuer.asked.at(-1)?.body).get('client_secret')).toBe(
        introspection.clientSecret,
      );
    });

    it.each<[string, (claims: Record<string, unknown>) => unknown, readonly unknown[]]>([
      ['active in text', (claims) => ({ ...claims, active: 'true' }), invalid],
      ['active as a number', (claims) => ({ ...claims, active: 1 }), invalid],
      ['active in a list', (claims) => ({ ...claims, active: [true] }), invalid],
      ['active not at all', ({ active: _active, ...claims }) => claims, invalid],
      ['not active', (claims) => ({ ...claims, active: false }), invalid],
      ['another issuer', (claims) => ({ ...claims, iss: 'https://evil.example' }), invalid],
      ['an issuer that is null', (claims) => ({ ...claims, iss: null }), invalid],
      ['no issuer', ({ iss: _iss, ...claims }) => claims, good],
      ['another audience', (claims) => ({ ...claims, aud: 'https://other.example' }), invalid],
      ['no audience', ({ aud: _aud, ...claims }) => claims, invalid],
      ['an audience in a list', (claims) => ({ ...claims, aud: ['x', audience] }), good],
      ['another type', (claims) => ({ ...claims, token_type: 'DPoP' }), invalid],
      ['the type of a refresh token', (claims) => ({ ...claims, token_type: 'refresh_token' }), invalid],
      ['a type that is null', (claims) => ({ ...claims, token_type: null }), invalid],
      ['the type in another case', (claims) => ({ ...claims, token_type: 'bearer' }), good],
      ['no type', ({ token_type: _type, ...claims }) => claims, good],
      ['an end that is over', (claims) => ({ ...claims, exp: 1 }), invalid],
      ['an end in text', (claims) => ({ ...claims, exp: '2000000000' }), invalid],
      ['no end', ({ exp: _exp, ...claims }) => claims, good],
      ['a beginning that is to come', (claims) => ({ ...claims, nbf: 4e9 }), invalid],
      ['being made later', (claims) => ({ ...claims, iat: 4e9 }), invalid],
      ['nobody', ({ sub: _sub, client_id: _client, ...claims }) => claims, invalid],
      ['a subject in a list', (claims) => ({ ...claims, sub: ['ann'] }), invalid],
      ['a key of its client', (claims) => ({ ...claims, cnf: { jkt: 'x' } }), invalid],
      ['nothing but null', () => null, away],
      ['nothing but true', () => true, away],
      ['a list', (claims) => [claims], away],
    ])('an answer with %s', async (_what, change, answer) => {
      issuer.introspects = () => change(active());
      expect(await told(asking(), 'opaque')).toEqual(answer);
    });

    it('what the issuer says of level and time is decided on by the dialect, and missing is the weakest', async () => {
      issuer.introspects = () => ({ ...active(), acr: 'mfa' });
      expect(await told(asking(), 'opaque', 'Mfa')).toEqual(good);
      for (const acr of ['MFA', ['mfa'], { value: 'mfa' }, true, null, undefined]) {
        issuer.introspects = () => ({ ...active(), acr });
        expect([acr, await told(asking(), 'opaque', 'Mfa')]).toEqual([acr, invalid]);
      }
    });

    it.each<[string, () => Response | Promise<Response>, readonly unknown[]]>([
      ['no answer', never, away],
      ['half an answer', stuck, away],
      ['an endless one', endless, away],
      ['500', () => Response.json({ active: true }, { status: 500 }), away],
      ['a good answer with 202', () => Response.json({ active: true }, { status: 202 }), away],
      [
        'that the client is not known',
        () => Response.json({ error: 'invalid_client' }, { status: 401 }),
        away,
      ],
      ['the same with 400', () => Response.json({ error: 'invalid_client' }, { status: 400 }), away],
      [
        'that it does not look up such tokens',
        () => Response.json({ error: 'unsupported_token_type' }, { status: 400 }),
        invalid,
      ],
      ['another address', () => Response.redirect('https://evil.example', 307), away],
      ['no JSON', () => new Response('active'), away],
      ['nothing', () => new Response(null), away],
      [
        'what was compressed to be small',
        () => Response.json({ active: true, x: 'x'.repeat(100_000) }),
        away,
      ],
    ])('%s lets nobody in', async (_what, answer, expected) => {
      issuer.introspects = active;
      issuer.answer = (path) => (path.endsWith('/introspect') ? answer() : undefined);
      const api = asking();
      expect(await told(api, 'opaque')).toEqual(expected);
      // One bad answer is not held against the next token.
      issuer.answer = () => undefined;
      expect(await told(api, 'opaque')).toEqual(good);
    });

    it('an issuer without it is at fault', async () => {
      issuer.document = ({ introspection_endpoint: _gone, ...document }) => document;
      expect(await told(asking(), 'opaque')).toEqual(away);
      expect(reasons).toEqual(['no-introspection']);
    });

    it('asks about every token anew, or keeps a good answer for as long as it is told to', async () => {
      issuer.introspects = (token) => (token === 'opaque' ? active() : { active: false });
      const asked = (): number => issuer.asked.filter(({ path }) => path.endsWith('/introspect')).length;
      const each = asking();
      for (let at = 0; at < 3; at += 1) await told(each, 'opaque');
      expect(asked()).toBe(3);

      const kept = asking(10);
      for (let at = 0; at < 3; at += 1) expect(await told(kept, 'opaque')).toEqual(good);
      expect(asked()).toBe(4);
      // One more letter is another token.
      expect(await told(kept, 'opaque1')).toEqual(invalid);
      expect(await told(kept, 'opaque1')).toEqual(invalid);
      expect(asked()).toBe(6);
      // Taken back: known at the end of that time.
      issuer.introspects = () => ({ active: false });
      clock.advance(9);
      expect(await told(kept, 'opaque')).toEqual(good);
      clock.advance(1);
      expect(await told(kept, 'opaque')).toEqual(invalid);
    });

    it('what is kept ends with the token, and with a clock that was put back', async () => {
      const end = Math.floor(clock.now().getTime() / 1000) - 50;
      issuer.introspects = () => ({ ...active(), exp: end });
      const kept = asking(60);
      expect(await told(kept, 'opaque')).toEqual(good);
      clock.advance(10);
      expect(await told(kept, 'opaque')).toEqual(invalid);
      issuer.introspects = () => ({ ...active(), iat: undefined });
      expect(await told(kept, 'other')).toEqual(good);
      issuer.introspects = () => ({ active: false });
      clock.advance(-3600);
      expect(await told(kept, 'other')).toEqual(invalid);
    });

    it('what one request does to what it was told is nothing to the next', async () => {
      issuer.introspects = () => ({ ...active(), amr: ['pwd'] });
      const kept = asking(60);
      const request = {
        method: 'GET',
        url: '/',
        headers: { authorization: 'Bearer opaque' },
        body: null,
        remoteAddress: '',
      };
      for (let round = 0; round < 3; round += 1) {
        const guarded = await kept.guard(request);
        if (!('bearer' in guarded)) throw new Error('was not let in');
        expect(guarded.bearer.claims['amr']).toEqual(['pwd']);
        (guarded.bearer.claims['amr'] as string[]).push('mfa');
      }
      expect(await told(kept, 'opaque', 'Mfa')).toEqual(invalid);
    });

    it('without an audience it takes access tokens that name none, and no refresh token', async () => {
      const api = server({ audience: null, tokens: { introspection } });
      const { aud: _aud, ...nameless } = active();
      const { token_type: _type, ...untyped } = nameless;
      for (const [answer, expected] of [
        [nameless, good],
        [untyped, invalid],
        [active(), invalid],
      ]) {
        issuer.introspects = () => answer;
        expect(await told(api, 'opaque')).toEqual(expected);
      }
    });

    it('tokens of a JWT issuer are not told to the one that is asked, nor the other way round', async () => {
      const other = await TokenIssuer.create('https://other.example', () => clock.now());
      const { fetch, strangers } = networkOf(issuer, other);
      issuer.introspects = active;
      const api = createResourceServer({
        issuers: [
          { issuer: other.issuer, audience },
          { issuer: issuerName, audience, tokens: { introspection } },
        ],
        fetch,
        clock,
        log,
      });
      const asked = (): number => issuer.asked.filter(({ path }) => path.endsWith('/introspect')).length;
      expect(await told(api, await other.token())).toEqual(good);
      expect(await told(api, await other.token({ exp: 1 }))).toEqual(invalid);
      expect(await told(api, await other.token({ iss: 'https://evil.example' }))).toEqual(invalid);
      expect(asked()).toBe(0);
      expect(await told(api, 'opaque')).toEqual(good);
      // A JWT of the issuer that is asked is asked about, and not read.
      expect(await told(api, await issuer.token({ exp: 1 }))).toEqual(good);
      expect(asked()).toBe(2);
      expect(other.asked.every(({ path }) => !path.endsWith('/introspect'))).toBe(true);
      expect(strangers).toEqual([]);
    });
  });
});

describe('A-159 over a network that there is', () => {
  let close: (() => Promise<void>) | undefined;
  afterEach(async () => {
    await close?.();
    close = undefined;
  });

  async function issuerAt(listener: (origin: string) => RequestListener): Promise<string> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', listener(origin));
    close = () => closed(server);
    return origin;
  }

  it.each<[string, (origin: string) => RequestListener]>([
    ['never answers', () => () => undefined],
    ['answers a byte at a time', () => (_request, response) => void response.writeHead(200).write('{')],
    [
      'sends megabytes in a few bytes',
      () => (_request, response) =>
        void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(' '.repeat(5_000_000))),
    ],
    ['hangs up', () => (request) => void request.socket.destroy()],
    [
      'leads to itself',
      (origin) => (request, response) =>
        void response.writeHead(302, { location: origin + request.url }).end(),
    ],
  ])('one that %s', async (_what, listener) => {
    const clock = new TestClock();
    const origin = await issuerAt(listener);
    const issuer = await TokenIssuer.create(origin, () => clock.now());
    const api = createResourceServer({ issuers: [{ issuer: origin, audience }], timeout: 0.2, clock, log });
    expect(await told(api, await issuer.token())).toEqual(away);
  });

  it('nobody else is asked, wherever the issuer leads, and learns no secret', async () => {
    const clock = new TestClock();
    const asked: string[] = [];
    const { origin: other, server } = await listening(async (request, response) => {
      asked.push(request.url ?? '');
      response.end('{}');
    });
    try {
      for (const path of ['/.well-known/openid-configuration', '/jwks', '/introspect']) {
        const made: { issuer?: TokenIssuer } = {};
        const origin = await issuerAt(() => (request, response) => {
          const { url = '', method = '' } = request;
          const answer = async (): Promise<void> => {
            if (url === path) return void response.writeHead(307, { location: other + url }).end();
            const answered = await made.issuer?.respond(url, { method });
            response.writeHead(answered?.status ?? 500).end(await answered?.text());
          };
          void answer();
        });
        const issuer = await TokenIssuer.create(origin, () => clock.now());
        made.issuer = issuer;
        const tokens = { introspection: { clientId: 'api', clientSecret: 'secret' } };
        const asking = path === '/introspect' ? { tokens } : {};
        const api = createResourceServer({ issuers: [{ issuer: origin, audience, ...asking }], clock, log });
        expect([path, await told(api, await issuer.token())]).toEqual([path, away]);
        await close?.();
        close = undefined;
      }
      expect(asked).toEqual([]);
    } finally {
      await closed(server);
    }
  });
});
