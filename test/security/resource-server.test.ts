import { createHmac, createPublicKey } from 'node:crypto';
import { CompactEncrypt, CompactSign, exportSPKI, importJWK, type JWTHeaderParameters } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { requireMfa, requireRole } from 'cofactor/assurance';
import {
  createResourceServer,
  type ResourceIssuer,
  type ResourceServer,
  type ResourceServerOptions,
} from 'cofactor/oidc-client';
import type { HttpRequest, HttpResponse } from '../../packages/cofactor/src/web/message.ts';
import { TestClock } from '../support/clock.ts';
import { unsigned } from '../support/memory-issuer.ts';
import { audience, networkOf, newKey, TokenIssuer, type Claims } from '../support/token-issuer.ts';

const issuerName = 'https://id.example/oidc';

/** Everything that was logged. */
class Lines {
  readonly all: (object & { readonly message: string })[] = [];
  readonly #add = (details: object, message: string): void => void this.all.push({ ...details, message });
  readonly info = this.#add;
  readonly warn = this.#add;
  readonly error = this.#add;

  /** Why the last one was refused. */
  get reason(): unknown {
    return (this.all.at(-1) as { reason?: unknown } | undefined)?.reason;
  }
}

describe('the guard of an API', () => {
  let clock: TestClock;
  let issuer: TokenIssuer;
  let other: TokenIssuer;
  let network: ReturnType<typeof networkOf>;
  let log: Lines;
  beforeEach(async () => {
    clock = new TestClock();
    log = new Lines();
    issuer = await TokenIssuer.create(issuerName, () => clock.now());
    // With keys of the same names.
    other = await TokenIssuer.create('https://other.example', () => clock.now());
    network = networkOf(issuer, other);
  });

  const server = (
    more: Partial<ResourceIssuer> = {},
    options: Partial<ResourceServerOptions> = {},
  ): ResourceServer =>
    createResourceServer({
      issuers: [{ issuer: issuerName, audience, ...more }],
      policies: { Mfa: requireMfa(), Fresh: requireMfa({ maxAge: 300 }), Admin: requireRole('admin') },
      fetch: network.fetch,
      clock,
      log,
      ...options,
    });

  const request = (
    authorization?: string | readonly string[],
    more: Partial<HttpRequest> = {},
  ): HttpRequest => ({
    method: 'GET',
    url: '/refunds',
    headers: authorization === undefined ? {} : { authorization },
    body: null,
    remoteAddress: '127.0.0.1',
    ...more,
  });

  /** What somebody with a token is told: 200 and who it is, or the status and the challenge. */
  async function told(api: ResourceServer, token: string, policy?: string): Promise<readonly unknown[]> {
    const guarded = await api.guard(request(`Bearer ${token}`), policy);
    if ('bearer' in guarded) return [200, guarded.bearer.subject];
    return toldBy(guarded.response);
  }

  function toldBy({ status, headers, body }: HttpResponse): readonly unknown[] {
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(JSON.parse(String(body))).toMatchObject({ status });
    return [status, headers['www-authenticate']];
  }

  const invalid = [401, 'Bearer error="invalid_token"'];
  const unavailable = [503, undefined];
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('lets a good token in, by the name of its issuer', async () => {
    const guarded = await server().guard(request(`Bearer ${await issuer.token()}`));
    expect(guarded).toMatchObject({
      bearer: {
        issuer: issuerName,
        subject: 'ann',
        clientId: 'shop',
        scopes: ['orders:read', 'orders:refund'],
        assurance: { acr: 'pwd', amr: ['pwd'] },
      },
    });
  });

  describe('A-155 a token that is not signed as it has to be', () => {
    it.each<[string, (claims: Claims) => string | Promise<string>, string]>([
      ['alg none', (claims) => unsigned(claims), 'algorithm'],
      ['alg None', (claims) => `${part({ alg: 'None', typ: 'at+jwt' })}.${part(claims)}.`, 'algorithm'],
      [
        'alg none with the signature of another',
        async (claims) => `${part({ alg: 'none' })}.${part(claims)}.${(await issuer.token()).split('.')[2]}`,
        'algorithm',
      ],
      [
        'HS256 with the public key as secret',
        async (claims) => {
          const [key] = issuer.keys;
          const pem = await exportSPKI((await importJWK(key?.publicJwk ?? {}, 'ES256')) as CryptoKey);
          return hs256(claims, pem);
        },
        'algorithm',
      ],
      [
        'HS256 with the public key as it is published',
        (claims) => hs256(claims, JSON.stringify(issuer.keys[0]?.publicJwk)),
        'algorithm',
      ],
      ['HS256 with nothing', (claims) => hs256(claims, ''), 'algorithm'],
      [
        'a key that came along',
        async () => {
          const mine = await newKey('one');
          return issuer.token({}, { jwk: mine.publicJwk }, mine);
        },
        'signature',
      ],
      [
        'a key that came along, and no kid',
        async () => {
          const mine = await newKey('one');
          return issuer.token({}, { jwk: mine.publicJwk, kid: undefined } as never, mine);
        },
        'signature',
      ],
      [
        'keys at an address of one’s own',
        async () => {
          const mine = await newKey('mine');
          const own = 'https://evil.example/jwks';
          return issuer.token({}, { jku: own, x5u: own, x5c: ['MII='] }, mine);
        },
        'unknown-key',
      ],
      ['a key that nobody knows', async () => issuer.token({}, {}, await newKey('two')), 'unknown-key'],
      ['a key of the same name', async () => issuer.token({}, {}, await newKey('one')), 'signature'],
      ['the key of another issuer', () => issuer.token({}, {}, other.keys[0]), 'signature'],
      [
        'a change in what it says',
        async () => {
          const [header, , signature] = (await issuer.token()).split('.');
          return `${header}.${part(issuer.claims({ acr: 'mfa' }))}.${signature}`;
        },
        'signature',
      ],
      [
        'a change in what it is',
        async () => {
          const [, payload, signature] = (await issuer.token({}, { typ: 'JWT' })).split('.');
          return `${part({ alg: 'ES256', kid: 'one', typ: 'at+jwt' })}.${payload}.${signature}`;
        },
        'signature',
      ],
      ['no signature', async () => (await issuer.token()).replace(/[^.]+$/, ''), 'signature'],
      [
        'crit',
        async (claims) =>
          new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
            .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt', crit: ['b64'], b64: true })
            .sign((issuer.keys[0] as { privateKey: CryptoKey }).privateKey),
        'crit',
      ],
      [
        'crit of which nobody knows anything',
        async () => {
          const [, payload, signature] = (await issuer.token()).split('.');
          return `${part({ alg: 'ES256', kid: 'one', typ: 'at+jwt', crit: ['exp'], exp: 1 })}.${payload}.${signature}`;
        },
        'crit',
      ],
      [
        'a cover around an unsigned token',
        async (claims) => {
          const { publicJwk } = await newKey('enc', 'ECDH-ES');
          return new CompactEncrypt(new TextEncoder().encode(unsigned(claims)))
            .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A128GCM', kid: 'one', cty: 'JWT' })
            .encrypt(createPublicKey({ key: publicJwk, format: 'jwk' }));
        },
        'encrypted',
      ],
      [
        'a cover that says whose it is',
        async (claims) => `${part({ alg: 'dir', enc: 'A128GCM', ...claims })}.a.b.c.d`,
        'encrypted',
      ],
    ])('%s', async (_what, make, reason) => {
      const api = server();
      // One that is good, so that keys are there already.
      expect(await told(api, await issuer.token())).toEqual([200, 'ann']);
      expect(await told(api, await make(issuer.claims({ acr: 'mfa' })))).toEqual(invalid);
      expect(log.reason).toBe(reason);
      expect(network.strangers).toEqual([]);
    });

    it('a secret key that an issuer published by mistake verifies nothing', async () => {
      const secret = Buffer.alloc(32, 1);
      issuer.answer = (path) =>
        path.endsWith('/jwks')
          ? Response.json({
              keys: [{ kty: 'oct', kid: 'one', k: secret.toString('base64url'), alg: 'HS256' }],
            })
          : undefined;
      expect(await told(server(), hs256(issuer.claims(), secret))).toEqual(invalid);
    });

    it.each(['ES256', 'EdDSA', 'Ed25519', 'RS256', 'PS256'])(
      'takes %s, unless it is told not to',
      async (alg) => {
        issuer = await TokenIssuer.create(issuerName, () => clock.now(), alg);
        network = networkOf(issuer);
        expect(await told(server(), await issuer.token())).toEqual([200, 'ann']);
        const others = ['ES256', 'EdDSA', 'Ed25519', 'RS256', 'PS256'].filter((one) => one !== alg);
        expect(await told(server({ algorithms: others }), await issuer.token())).toEqual(invalid);
        expect(log.reason).toBe('algorithm');
      },
    );

    it.each(['ES384', 'RS512', 'PS384'])('does not take %s, which nobody asked for', async (alg) => {
      issuer = await TokenIssuer.create(issuerName, () => clock.now(), alg);
      network = networkOf(issuer);
      expect(await told(server(), await issuer.token())).toEqual(invalid);
    });

    it('does not take an RSA key that is too short: that is the issuer’s fault', async () => {
      const { generateKeyPairSync, sign } = await import('node:crypto');
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
      issuer.answer = (path) =>
        path.endsWith('/jwks')
          ? Response.json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'short', alg: 'RS256' }] })
          : undefined;
      const signed = `${part({ alg: 'RS256', kid: 'short', typ: 'at+jwt' })}.${part(issuer.claims())}`;
      const signature = sign('sha256', Buffer.from(signed), privateKey).toString('base64url');
      expect(await told(server(), `${signed}.${signature}`)).toEqual(unavailable);
    });
  });

  describe('a token that does not say what it has to', () => {
    const soon = 3600;
    it.each<[string, Claims, Partial<JWTHeaderParameters>, string]>([
      ['another issuer', { iss: 'https://evil.example' }, {}, 'unknown-issuer'],
      ['an issuer with a slash more', { iss: `${issuerName}/` }, {}, 'unknown-issuer'],
      ['an issuer in another case', { iss: 'https://ID.example/oidc' }, {}, 'unknown-issuer'],
      ['an issuer in a list', { iss: [issuerName] }, {}, 'unknown-issuer'],
      ['no issuer', { iss: undefined }, {}, 'unknown-issuer'],
      ['another audience', { aud: 'https://other-api.example' }, {}, 'aud'],
      ['an audience with a slash more', { aud: `${audience}/` }, {}, 'aud'],
      ['an audience that begins alike', { aud: `${audience}.evil.example` }, {}, 'aud'],
      ['an audience in text', { aud: `${audience} other` }, {}, 'aud'],
      ['an audience in an object', { aud: { [audience]: true } }, {}, 'aud'],
      ['an audience deep in a list', { aud: [[audience]] }, {}, 'aud'],
      ['no audience', { aud: undefined }, {}, 'aud'],
      ['no audience but null', { aud: null }, {}, 'aud'],
      ['the type of every JWT', {}, { typ: 'JWT' }, 'typ'],
      ['the type of a logout token', {}, { typ: 'logout+jwt' }, 'typ'],
      ['the type of a proof', {}, { typ: 'dpop+jwt' }, 'typ'],
      ['a type that begins alike', {}, { typ: 'at+jwt+x' }, 'typ'],
      ['a type of another tree', {}, { typ: 'text/at+jwt' }, 'typ'],
      ['no type', {}, { typ: undefined as never }, 'typ'],
      ['a type in a list', {}, { typ: ['at+jwt'] as never }, 'typ'],
      ['a time that is over', { exp: -soon }, {}, 'expired'],
      ['a time that was just over', { exp: -60 }, {}, 'expired'],
      ['no end', { exp: undefined }, {}, 'exp'],
      ['an end in text', { exp: '2000000000' }, {}, 'exp'],
      ['an end that is null', { exp: null }, {}, 'exp'],
      ['a beginning that is to come', { nbf: soon }, {}, 'nbf'],
      ['a beginning in text', { nbf: 'now' }, {}, 'nbf'],
      ['being made later', { iat: soon }, {}, 'iat'],
      ['being made a little too late', { iat: 61 }, {}, 'iat'],
      ['being made in text', { iat: 'now' }, {}, 'iat'],
      ['no time that it was made', { iat: undefined }, {}, 'iat'],
      ['no subject', { sub: undefined }, {}, 'sub'],
      ['an empty subject', { sub: '' }, {}, 'sub'],
      ['a number for a subject', { sub: 7 }, {}, 'sub'],
      ['a list for a subject', { sub: ['ann'] }, {}, 'sub'],
      ['a subject with a line end', { sub: 'ann\nbob' }, {}, 'sub'],
      ['a subject that is too long', { sub: 'a'.repeat(256) }, {}, 'sub'],
      ['no client', { client_id: undefined }, {}, 'client_id'],
      ['no client but azp', { client_id: undefined, azp: 'shop' }, {}, 'client_id'],
      ['an object for a client', { client_id: {} }, {}, 'client_id'],
      ['no id', { jti: undefined }, {}, 'jti'],
      ['an empty id', { jti: '' }, {}, 'jti'],
      ['scopes in a list of anything', { scope: ['orders:read', 7] }, {}, 'scope'],
      ['scopes in an object', { scope: { 'orders:read': true } }, {}, 'scope'],
      // RFC 9449, 7.1: a token that is bound to a key is not good without the proof of it.
      ['a key of its client', { cnf: { jkt: 'a'.repeat(43) } }, {}, 'sender-constrained'],
      ['a certificate of its client', { cnf: { 'x5t#S256': 'a'.repeat(43) } }, {}, 'sender-constrained'],
      ['a key that is empty', { cnf: {} }, {}, 'sender-constrained'],
      ['a key that is null', { cnf: null }, {}, 'sender-constrained'],
    ])('%s', async (_what, more, header, reason) => {
      const seconds = Math.floor(clock.now().getTime() / 1000);
      const times = Object.fromEntries(
        Object.entries(more).map(([name, value]) =>
          ['exp', 'nbf', 'iat'].includes(name) && typeof value === 'number'
            ? [name, seconds + value]
            : [name, value],
        ),
      );
      expect(await told(server(), await issuer.token(times, header))).toEqual(invalid);
      expect(log.reason).toBe(reason);
      expect(network.strangers).toEqual([]);
    });

    it('clocks may differ by a minute, and no more', async () => {
      const api = server();
      const token = await issuer.token();
      clock.advance(359);
      expect(await told(api, token)).toEqual([200, 'ann']);
      clock.advance(1);
      expect(await told(api, token)).toEqual(invalid);
      const seconds = Math.floor(clock.now().getTime() / 1000);
      expect(await told(api, await issuer.token({ iat: seconds + 60, nbf: seconds + 60 }))).toEqual([
        200,
        'ann',
      ]);
      expect(await told(api, await issuer.token({ nbf: seconds + 61 }))).toEqual(invalid);
    });

    it('an end that is no number that there is, is none', async () => {
      const [header, payload] = (await issuer.token()).split('.');
      const text = Buffer.from(payload ?? '', 'base64url')
        .toString()
        .replace(/"exp":\d+/, '"exp":1e999');
      const signed = await new CompactSign(new TextEncoder().encode(text))
        .setProtectedHeader(JSON.parse(Buffer.from(header ?? '', 'base64url').toString()) as never)
        .sign((issuer.keys[0] as { privateKey: CryptoKey }).privateKey);
      expect(await told(server(), signed)).toEqual(invalid);
    });

    it('application/at+jwt is the same type, and an audience may be one of several', async () => {
      const api = server();
      expect(await told(api, await issuer.token({}, { typ: 'application/at+jwt' }))).toEqual([200, 'ann']);
      expect(await told(api, await issuer.token({ aud: ['https://x.example', audience] }))).toEqual([
        200,
        'ann',
      ]);
    });
  });

  describe('an issuer that does not mark its access tokens', () => {
    const jwt = (more: Claims = {}, header: Partial<JWTHeaderParameters> = { typ: 'JWT' }): Promise<string> =>
      issuer.token({ client_id: undefined, jti: undefined, azp: 'shop', ...more }, header);

    it.each<[string, Claims, Partial<JWTHeaderParameters>?]>([
      ['Keycloak', { typ: 'Bearer', aud: [audience, 'account'] }],
      ['Entra ID, v1.0', { azp: undefined, appid: 'shop', scope: undefined, scp: 'orders:read' }],
      [
        'Okta',
        { azp: undefined, cid: 'shop', scope: undefined, scp: ['orders:read'] },
        { typ: undefined as never },
      ],
      ['Auth0', { gty: 'password' }],
      ['one that follows RFC 9068', {}, { typ: 'at+jwt' }],
    ])('a token as of %s is taken', async (_name, more, header) => {
      const guarded = await server({ tokens: 'jwt' }).guard(
        request(`Bearer ${await jwt(more, header)}`),
        undefined,
        {
          scopes: ['orders:read'],
        },
      );
      expect(guarded).toMatchObject({ bearer: { subject: 'ann', clientId: 'shop' } });
    });

    it.each<[string, Claims, Partial<JWTHeaderParameters>?]>([
      ['nonce', { nonce: 'n' }],
      ['an empty nonce', { nonce: '' }],
      ['at_hash', { at_hash: 'h' }],
      ['c_hash', { c_hash: 'h' }],
      ['s_hash', { s_hash: 'h' }],
      ['its client as audience', { aud: [audience, 'shop'] }],
      ['its client as audience, by another name', { azp: undefined, appid: audience }],
      ['two clients, of which one is the audience', { client_id: 'other', azp: audience }],
      ['the type of an id_token of Keycloak', { typ: 'ID' }],
      ['the type of a refresh token of Keycloak', { typ: 'Refresh' }],
      ['the type of a token of Keycloak without end', { typ: 'Offline' }],
      ['events', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
      ['the type of a logout token', {}, { typ: 'logout+jwt' }],
      ['the type of an introspection', {}, { typ: 'token-introspection+jwt' }],
      ['another audience', { aud: 'shop' }],
      ['no audience', { aud: undefined }],
      ['no subject', { sub: undefined }],
      ['no end', { exp: undefined }],
      ['a key of its client', { cnf: { jkt: 'x' } }],
    ])('A-155 what could be an id_token, or anything else, is not: %s', async (_what, more, header) => {
      expect(await told(server({ tokens: 'jwt' }), await jwt(more, header))).toEqual(invalid);
    });

    it('an id_token is no access token, whatever the API takes', async () => {
      const idToken = await issuer.token(
        { aud: 'shop', nonce: 'n', client_id: undefined, jti: undefined, scope: undefined },
        { typ: 'JWT' },
      );
      for (const tokens of ['rfc9068', 'jwt'] as const) {
        for (const audience of ['https://api.example', 'shop']) {
          expect(await told(server({ tokens, audience }), idToken)).toEqual(invalid);
        }
      }
    });
  });

  describe('where a token is taken from', () => {
    it.each<[string, string | readonly string[] | undefined, number, string]>([
      ['nothing', undefined, 401, 'Bearer'],
      ['another scheme', 'Basic dXNlcjpwYXNz', 401, 'Bearer'],
      ['DPoP', 'DPoP TOKEN', 401, 'Bearer'],
      ['a scheme that begins alike', 'BearerX TOKEN', 401, 'Bearer'],
      ['no scheme', 'TOKEN', 401, 'Bearer'],
      ['an empty header', '', 401, 'Bearer'],
      ['no token', 'Bearer', 401, 'Bearer error="invalid_token"'],
      ['no token but a space', 'Bearer ', 401, 'Bearer error="invalid_token"'],
      ['two tokens', 'Bearer TOKEN TOKEN', 401, 'Bearer error="invalid_token"'],
      ['two tokens with a comma', 'Bearer TOKEN, Bearer TOKEN', 401, 'Bearer error="invalid_token"'],
      ['a token in quotes', 'Bearer "TOKEN"', 401, 'Bearer error="invalid_token"'],
      ['a token and more', 'Bearer TOKEN,x=1', 401, 'Bearer error="invalid_token"'],
      ['two headers', ['Bearer TOKEN', 'Bearer TOKEN'], 400, 'Bearer error="invalid_request"'],
      [
        'two headers of different schemes',
        ['Basic x', 'Bearer TOKEN'],
        400,
        'Bearer error="invalid_request"',
      ],
      ['8 KB and more', `Bearer ${'a'.repeat(8192)}`, 401, 'Bearer error="invalid_token"'],
      ['1 MB', `Bearer ${'a.'.repeat(524_288)}`, 401, 'Bearer error="invalid_token"'],
      ['1 MB of spaces', `Bearer ${' '.repeat(1_048_576)}x`, 401, 'Bearer error="invalid_token"'],
    ])('%s', async (_what, authorization, status, challenge) => {
      const token = await issuer.token();
      const fill = (text: string): string => text.replaceAll('TOKEN', token);
      const sent = typeof authorization === 'string' ? fill(authorization) : authorization?.map(fill);
      const guarded = await server().guard(request(sent));
      expect('response' in guarded && toldBy(guarded.response)).toEqual([status, challenge]);
      expect(issuer.asked).toEqual([]);
    });

    it('a good token of more than 8 KB is not looked at', async () => {
      const api = server();
      expect(await told(api, await issuer.token({ more: 'x'.repeat(5000) }))).toEqual([200, 'ann']);
      expect(await told(api, await issuer.token({ more: 'x'.repeat(8000) }))).toEqual(invalid);
      expect(log.reason).toBe('too-large');
    });

    it.each(['bearer', 'BEARER', 'Bearer  '])('the scheme is that in whatever case: %s', async (scheme) => {
      const guarded = await server().guard(request(`${scheme} ${await issuer.token()} `));
      expect(guarded).toMatchObject({ bearer: { subject: 'ann' } });
    });

    it('RFC 6750 5.3 never from the address, a form, a cookie or another header', async () => {
      const token = await issuer.token();
      const form = `access_token=${token}`;
      const { response } = (await server().guard({
        method: 'POST',
        url: `/refunds?${form}`,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          cookie: form,
          'x-authorization': `Bearer ${token}`,
          'proxy-authorization': `Bearer ${token}`,
        },
        body: Buffer.from(form),
        remoteAddress: '127.0.0.1',
      })) as { response: HttpResponse };
      expect(toldBy(response)).toEqual([401, 'Bearer']);
      expect(issuer.asked).toEqual([]);
    });

    it('what is no token at all is refused without asking anybody', async () => {
      const api = server();
      for (const token of [
        'a',
        'a.b',
        'a.b.c',
        '...',
        '.',
        `${part({ alg: 'ES256' })}.${part([])}.x`,
        'e30.e30.e30',
      ]) {
        expect(await told(api, token)).toEqual(invalid);
      }
      expect(issuer.asked).toEqual([]);
    });
  });

  describe('several issuers', () => {
    it('each is believed for its own tokens, by its own keys', async () => {
      const both = server(
        {},
        {
          issuers: [
            { issuer: issuerName, audience },
            { issuer: other.issuer, audience: 'https://other-api.example' },
          ],
        },
      );
      expect(await told(both, await issuer.token())).toEqual([200, 'ann']);
      const theirs = { aud: 'https://other-api.example' };
      expect(await told(both, await other.token(theirs))).toEqual([200, 'ann']);
      // The same subject is somebody else.
      const guarded = await both.guard(request(`Bearer ${await other.token(theirs)}`));
      expect('bearer' in guarded && guarded.bearer.issuer).toBe(other.issuer);

      expect(await told(both, await issuer.token({}, {}, other.keys[0]))).toEqual(invalid);
      expect(await told(both, await other.token({ iss: issuerName }))).toEqual(invalid);
      expect(await told(both, await issuer.token({ iss: other.issuer, ...theirs }))).toEqual(invalid);
      // What one issuer calls this API is nothing for the other to say.
      expect(await told(both, await other.token())).toEqual(invalid);
      expect(await told(both, await issuer.token(theirs))).toEqual(invalid);
      expect(network.strangers).toEqual([]);
    });

    it('one that is not configured is not asked for anything', async () => {
      expect(await told(server(), await other.token())).toEqual(invalid);
      expect([other.asked, issuer.asked]).toEqual([[], []]);
    });

    it('one that is away does not keep the other from being asked', async () => {
      const both = server(
        {},
        {
          issuers: [
            { issuer: issuerName, audience },
            { issuer: other.issuer, audience },
          ],
        },
      );
      other.answer = () => new Response('', { status: 500 });
      expect(await told(both, await other.token())).toEqual(unavailable);
      expect(await told(both, await issuer.token())).toEqual([200, 'ann']);
    });
  });

  it('I-28 nothing of a token is in the log or in an answer', async () => {
    const api = server();
    const marked = {
      sub: 'marked-subject',
      jti: 'marked-id',
      acr: 'marked-level',
      iss: 'https://marked.example',
    };
    const tokens = [
      await issuer.token(marked),
      await issuer.token({ ...marked, iss: issuerName, aud: 'marked-audience' }),
      await issuer.token({ ...marked, iss: issuerName, scope: 'marked-scope' }),
      await issuer.token({ ...marked, iss: issuerName }, {}, await newKey('marked-key')),
      'marked-opaque',
      'marked.opaque.token',
      `marked"\\quote`,
    ];
    const written: unknown[] = [];
    for (const token of tokens) {
      for (const policy of [undefined, 'Mfa', 'Admin']) {
        const guarded = await api.guard(request(`Bearer ${token}`), policy, { scopes: ['orders:refund'] });
        if ('response' in guarded) written.push(guarded.response);
      }
    }
    issuer.answer = () => {
      throw new Error(`refused: marked ${tokens[1]}`);
    };
    clock.advance(3600);
    written.push(await api.guard(request(`Bearer ${await issuer.token({ sub: 'marked' })}`)));
    const text = JSON.stringify([written, log.all]);
    expect(text).not.toContain('marked');
    for (const token of tokens.slice(0, 4)) {
      for (const piece of token.split('.')) expect(text).not.toContain(piece);
    }
    expect(log.all.length).toBeGreaterThan(tokens.length);
  });
});

function hs256(claims: Claims, secret: string | Buffer): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', kid: 'one', typ: 'at+jwt' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
