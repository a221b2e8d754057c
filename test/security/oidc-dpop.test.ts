import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import { api, claimsOf, createOidcApp, redeem, type TestOidc, type Tokens } from '../support/oidc.ts';
import {
  codeFor,
  everyClient,
  everyClientList,
  introspect,
  offline,
  personWithCode,
  refresh,
} from '../support/oidc-flows.ts';

const { bound, shop } = everyClient;
const tokenUrl = 'http://localhost:3000/oidc/token';
const userinfoUrl = 'http://localhost:3000/oidc/userinfo';

interface Key {
  readonly privateKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
}

function newKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, jwk: publicKey.export({ format: 'jwk' }) };
}

/** A proof of a key (RFC 9449, 4.2), in order but for what is changed about it. */
function proof(
  key: Key,
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = {},
): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = { typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk, ...header };
  const body = {
    jti: randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    htm: 'POST',
    htu: tokenUrl,
    ...claims,
  };
  const text = `${encode(head)}.${encode(body)}`;
  const signature = sign('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

const athOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

onEachDatabase('tokens that are bound to a key', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  let key: Key;
  beforeEach(async () => {
    database = await fresh();
    test = await createOidcApp(database.open(), { clients: everyClientList });
    key = newKey();
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  const redeemWith = async (
    { request, code }: Awaited<ReturnType<typeof codeFor>>,
    dpop: string | undefined,
  ): Promise<{ status: number; body: Tokens }> => {
    const answer = await test.app.inject({
      method: 'POST',
      url: '/oidc/token',
      payload: String(
        new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          code_verifier: request.verifier,
          redirect_uri: bound.redirectUris[0] ?? '',
          client_id: bound.id,
        }),
      ),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...(dpop !== undefined && { dpop }) },
    });
    return { status: answer.statusCode, body: answer.json<Tokens>() };
  };
  const me = async (token: string, dpop: string | undefined, scheme = 'DPoP'): Promise<number> =>
    (
      await test.app.inject({
        url: '/oidc/userinfo',
        headers: { authorization: `${scheme} ${token}`, ...(dpop !== undefined && { dpop }) },
      })
    ).statusCode;

  /** What is wrong with a proof, for a request whose address and method are given. */
  const wrong = (
    htm: string,
    htu: string,
    more: Record<string, unknown> = {},
  ): Readonly<Record<string, string | undefined>> => {
    const right = { htm, htu, ...more };
    const now = Math.floor(Date.now() / 1000);
    return {
      none: undefined,
      'another address': proof(key, { ...right, htu: 'http://localhost:3000/oidc/revoke' }),
      'an address of another site': proof(key, { ...right, htu: htu.replace('localhost', 'evil.example') }),
      'an address on https': proof(key, { ...right, htu: htu.replace('http:', 'https:') }),
      'an address in capitals': proof(key, { ...right, htu: htu.replace('oidc', 'OIDC') }),
      'an address with a slash': proof(key, { ...right, htu: `${htu}/` }),
      'no address': proof(key, { ...right, htu: undefined }),
      'an address that is a list': proof(key, { ...right, htu: [htu] }),
      'another method': proof(key, { ...right, htm: htm === 'GET' ? 'POST' : 'GET' }),
      'the method in small letters': proof(key, { ...right, htm: htm.toLowerCase() }),
      'no method': proof(key, { ...right, htm: undefined }),
      'no id': proof(key, { ...right, jti: undefined }),
      'an id that is a number': proof(key, { ...right, jti: 1 }),
      'no time': proof(key, { ...right, iat: undefined }),
      'a time as text': proof(key, { ...right, iat: String(now) }),
      'an old time': proof(key, { ...right, iat: now - 900 }),
      'a time to come': proof(key, { ...right, iat: now + 900 }),
      'another type': proof(key, right, { typ: 'jwt' }),
      'no type': proof(key, right, { typ: undefined }),
      'no key': proof(key, right, { jwk: undefined }),
      'a key that did not sign it': proof(key, right, { jwk: newKey().jwk }),
      'a private key': proof(key, right, { jwk: key.privateKey.export({ format: 'jwk' }) }),
      'a symmetric key': proof(key, right, { jwk: { kty: 'oct', k: 'AAAA' }, alg: 'HS256' }),
      'no algorithm': proof(key, right, { alg: 'none' }),
      'no signature': proof(key, right).replace(/\.[^.]+$/, '.'),
      'a signature cut short': proof(key, right).slice(0, -4),
      'two of them': `${proof(key, right)}, ${proof(key, right)}`,
      'no JWT': 'x',
      'a nonce that nobody gave': proof(key, { ...right, nonce: 'x' }),
    };
  };

  it('a code is redeemed with a proof, or not at all where the client has to', async () => {
    const { mfa } = await personWithCode(test);
    for (const [title, dpop] of Object.entries(wrong('POST', tokenUrl))) {
      const { status, body } = await redeemWith(await codeFor(mfa, bound), dpop);
      expect([title, status, body.error, body.access_token]).toEqual([
        title, expect.toSatisfy((one) => [400, 401].includes(one as number)), expect.stringMatching(/^(invalid_dpop_proof|invalid_grant|invalid_request)$/), undefined,
      ]); // prettier-ignore
    }
    const { status, body } = await redeemWith(await codeFor(mfa, bound), proof(key, {}));
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
  });

  it('and what comes of it needs the same key each time, for this address and this token', async () => {
    const { mfa } = await personWithCode(test);
    const { body } = await redeemWith(await codeFor(mfa, bound), proof(key, {}));
    const token = body.access_token;
    const right = { htm: 'GET', htu: userinfoUrl, ath: athOf(token) };
    for (const [title, dpop] of Object.entries(wrong('GET', userinfoUrl, { ath: athOf(token) }))) {
      expect([title, await me(token, dpop)]).toEqual([
        title,
        expect.toSatisfy((one) => [400, 401].includes(one as number)),
      ]);
    }
    expect(await me(token, proof(newKey(), right))).toBe(401);
    expect(await me(token, proof(key, { ...right, ath: athOf('x') }))).toBe(401);
    expect(await me(token, proof(key, { ...right, ath: undefined }))).toBe(401);
    // Taken as if it were not bound.
    expect(await me(token, undefined, 'Bearer')).toBe(401);
    expect(await me(token, proof(key, right), 'Bearer')).toBe(400);
    expect(await me(token, proof(key, right))).toBe(200);
    expect(await introspect(test, token)).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: expect.any(String) as unknown },
    });
    // A proof that was not asked for is not ignored either.
    const free = await redeem(
      test,
      ...(await codeFor(mfa, shop).then(({ request, code }) => [request, code] as const)),
    );
    expect(
      await me(free.body.access_token, proof(key, { ...right, ath: athOf(free.body.access_token) })),
    ).toBe(401);
  });

  it('I-04 a proof is used once, also by two at once', async () => {
    const { mfa } = await personWithCode(test);
    const { body } = await redeemWith(await codeFor(mfa, bound), proof(key, {}));
    const token = body.access_token;
    for (let round = 0; round < 5; round += 1) {
      const same = proof(key, { htm: 'GET', htu: userinfoUrl, ath: athOf(token) });
      const statuses = await Promise.all([1, 2, 3, 4].map(() => me(token, same)));
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect(statuses.filter((status) => status >= 500)).toEqual([]);
      expect([400, 401]).toContain(await me(token, same));
    }
    const once = proof(key, {});
    expect((await redeemWith(await codeFor(mfa, bound), once)).status).toBe(200);
    expect((await redeemWith(await codeFor(mfa, bound), once)).status).toBe(400);
  });

  it('a refresh needs the key that it began with, and gives nothing to another', async () => {
    const { mfa } = await personWithCode(test);
    const { body } = await redeemWith(await codeFor(mfa, bound, offline), proof(key, {}));
    for (const [title, dpop] of [
      ['none', undefined],
      ['another key', proof(newKey(), {})],
      ['of another address', proof(key, { htu: userinfoUrl })],
    ] as const) {
      const { status, body: refused } = await refresh(
        test,
        bound,
        body.refresh_token,
        dpop === undefined ? {} : { dpop },
      );
      expect([title, status, refused.access_token]).toEqual([title, 400, undefined]);
    }
    const { body: renewed, status } = await refresh(test, bound, body.refresh_token, {
      dpop: proof(key, {}),
    });
    expect([status, renewed.token_type]).toEqual([200, 'DPoP']);
    expect(
      await me(
        renewed.access_token,
        proof(key, { htm: 'GET', htu: userinfoUrl, ath: athOf(renewed.access_token) }),
      ),
    ).toBe(200);
  });

  it('a code that was asked for with a key is for that key', async () => {
    const { mfa } = await personWithCode(test);
    const { crv, kty, x, y } = key.jwk;
    const thumbprint = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
    const begun = await codeFor(mfa, bound, { dpop_jkt: thumbprint });
    const stolen = await redeemWith(begun, proof(newKey(), {}));
    expect([stolen.status, stolen.body.access_token]).toEqual([400, undefined]);
    const own = await codeFor(mfa, bound, { dpop_jkt: thumbprint });
    expect((await redeemWith(own, proof(key, {}))).status).toBe(200);
  });

  it('a token for an API says which key it is for', async () => {
    const { mfa } = await personWithCode(test);
    const asked = await codeFor(mfa, bound, { scope: 'openid orders:read', resource: api });
    const { body } = await redeemWith(asked, proof(key, {}));
    expect(claimsOf(body.access_token)).toMatchObject({
      aud: api,
      cnf: { jkt: expect.any(String) as unknown },
    });
  });
});
