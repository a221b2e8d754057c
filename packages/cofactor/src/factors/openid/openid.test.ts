import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  signedByAnother,
  signedWithSecret,
  TestIssuer,
  unsigned,
  type Upstreamer,
} from '../../../../../test/support/memory-issuer.ts';
import { asked, contextOf } from '../../../../../test/support/provider.ts';
import type { AskContext, Verdict } from '../../core/provider.ts';
import {
  openid,
  type LinkedIdentity,
  type OpenidOptions,
  type OpenidProvider,
  type OpenidRequest,
} from './index.ts';

const start = new Date('2030-06-15T12:00:00Z');
const context = (more: Partial<AskContext> = {}): AskContext => contextOf({ now: start, ...more });

function made(issuer: TestIssuer, more: Partial<OpenidOptions> = {}): OpenidProvider {
  return openid({
    name: 'acme-id',
    label: 'Acme ID',
    issuer: issuer.issuer,
    clientId: 'acme',
    clientSecret: 'the secret of the client',
    fetch: issuer.fetch,
    ...more,
  });
}

const ann: Upstreamer = { sub: 'ann' };
const linkedAnn = ({ issuer }: TestIssuer): LinkedIdentity => ({ issuer, subject: 'ann' });

/** Somebody answers a challenge: what comes of it. */
async function answer(
  issuer: TestIssuer,
  provider: OpenidProvider,
  who: Upstreamer = ann,
  change: (response: { state: string; code: string; iss?: string }) => object = (response) => response,
): Promise<Verdict> {
  const held = asked(linkedAnn(issuer));
  const { data, view } = await provider.challenge.make(context(), held);
  const response = change(issuer.authorize(view.url, who)) as never;
  return provider.verify(context(), { ...held, challenge: data }, response);
}

describe('what is asked of the issuer', () => {
  test('RFC 7636, RFC 9700: code, S256, state, nonce, and a redirect URI of its own', async () => {
    const provider = made(new TestIssuer());
    const { data, view } = await provider.discover.make(context({ base: '/members' }));
    const url = new URL(view.url);
    expect(url.origin + url.pathname).toBe('https://issuer.example/auth');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'acme',
      response_type: 'code',
      scope: 'openid email profile',
      redirect_uri: 'http://localhost:3000/members/external/acme-id',
      state: data.state,
      nonce: data.nonce,
      code_challenge: createHash('sha256').update(data.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ui_locales: 'en',
      claims: '{"id_token":{"auth_time":null}}',
    });
    expect(view.url).not.toContain(data.verifier);
    for (const secret of [data.state, data.nonce, data.verifier]) expect(secret).toMatch(/[\w-]{43}$/);
    const again = await provider.discover.make(context());
    expect(again.data.state).not.toBe(data.state);
  });

  test('says with the state what it is for, so that the page knows where to send the response', async () => {
    const provider = made(new TestIssuer());
    const held = asked<LinkedIdentity | OpenidRequest>({ issuer: 'https://issuer.example', subject: 'ann' });
    expect((await provider.discover.make(context())).data.state).toMatch(/^discover\.[\w-]{43}$/);
    expect((await provider.challenge.make(context(), held)).data.state).toMatch(/^answer\.aut_1\.[\w-]{43}$/);
    const begun = await provider.begin({ ...context(), held: [] });
    expect(begun.data.state).toMatch(/^enrol\.[\w-]{43}$/);
  });

  test.each<[string, AskContext['wanted'], Record<string, string>]>([
    ['nothing in particular', {}, {}],
    ['a level', { acr: 'mfa' }, { acr_values: 'two' }],
    ['a level that the table does not have', { acr: 'phrh' }, {}],
    ['an age', { maxAge: 300 }, { max_age: '300' }],
    ['now', { maxAge: 0 }, { max_age: '0', prompt: 'login' }],
  ])('passes on what is wanted: %s', async (_what, wanted, expected) => {
    const provider = made(new TestIssuer(), { trust: [{ claim: 'acr', value: 'two', level: 'mfa' }] });
    const { view } = await provider.discover.make(context({ wanted }));
    const { searchParams } = new URL(view.url);
    const sent = ['acr_values', 'max_age', 'prompt'].flatMap((name) => {
      const value = searchParams.get(name);
      return value === null ? [] : [[name, value]];
    });
    expect(Object.fromEntries(sent)).toEqual(expected);
  });

  test('names whom it expects, where somebody has to confirm', async () => {
    const provider = made(new TestIssuer());
    const held = asked({ issuer: 'https://issuer.example', subject: 'ann', login: 'ann@example.com' });
    const { view } = await provider.challenge.make(context(), held);
    expect(new URL(view.url).searchParams.get('login_hint')).toBe('ann@example.com');
  });

  test('asks for the discovery document once a day, and again after it could not be had', async () => {
    const issuer = new TestIssuer();
    const provider = made(issuer);
    const documents = (): number => issuer.asked.filter(({ path }) => path.startsWith('/.well-known')).length;
    issuer.answer = () => new Response('', { status: 503 });
    await expect(provider.discover.make(context())).rejects.toThrow(/discovery document/);
    issuer.answer = () => undefined;
    await Promise.all([provider.discover.make(context()), provider.discover.make(context())]);
    expect(documents()).toBe(2);
    await provider.discover.make(context({ now: new Date(start.getTime() + 25 * 3_600_000) }));
    expect(documents()).toBe(3);
  });

  test.each<[string, Partial<OpenidOptions>, readonly string[] | undefined, RegExp, RegExp]>([
    ['Basic where the issuer does not say', {}, undefined, /^Basic /, /^(?!.*client_secret)/],
    [
      'Basic where it takes both',
      {},
      ['client_secret_post', 'client_secret_basic'],
      /^Basic /,
      /^(?!.*client_secret)/,
    ],
    ['in the body where it takes that alone', {}, ['client_secret_post'], /^$/, /client_secret=the/],
    [
      'not at all for a public client',
      { clientSecret: undefined as never },
      ['none'],
      /^$/,
      /^(?!.*client_secret)/,
    ],
  ])('says who asks: %s', async (_what, more, methods, authorization, body) => {
    const issuer = new TestIssuer();
    issuer.document = (document) => ({ ...document, token_endpoint_auth_methods_supported: methods });
    expect((await answer(issuer, made(issuer, more))).ok).toBe(true);
    const asked = issuer.asked.find(({ path }) => path === '/token');
    expect(asked?.authorization).toMatch(authorization);
    expect(asked?.body).toMatch(body);
  });
});

describe('A-113 the issuer is the one that is configured, and no other', () => {
  test.each([
    'https://issuer.example.evil',
    'https://issuer.example/',
    'https://ISSUER.example',
    'https://evil.example',
    'https://issuer.example/realms/a',
  ])('a discovery document of %s is none', async (said) => {
    const issuer = new TestIssuer();
    issuer.document = (document) => ({ ...document, issuer: said });
    await expect(made(issuer).discover.make(context())).rejects.toThrow(/discovery document/);
  });

  test('Entra ID’s document for all tenants is none either: each tenant is an issuer of its own', async () => {
    const issuer = new TestIssuer('https://login.microsoftonline.com/common/v2.0');
    issuer.answer = (path) =>
      path.endsWith('/openid-configuration')
        ? Response.json({ issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' })
        : undefined;
    await expect(made(issuer).discover.make(context())).rejects.toThrow(/of another issuer/);
  });

  test('RFC 9207: a response that names another, or none where it always names itself, is none', async () => {
    const issuer = new TestIssuer();
    const provider = made(issuer);
    const wrong = { ok: false, reason: 'wrong' };
    for (const iss of ['https://issuer.example.evil', 'https://issuer.example/', 'issuer.example']) {
      expect(await answer(issuer, provider, ann, (response) => ({ ...response, iss }))).toEqual(wrong);
    }
    const without = ({ iss: _iss, ...response }: { state: string; code: string; iss?: string }): object =>
      response;
    expect(await answer(issuer, provider, ann, without)).toEqual(wrong);
    expect(
      issuer.asked.some(({ path }) => path === '/token'),
      'no code went anywhere',
    ).toBe(false);
    issuer.document = ({ authorization_response_iss_parameter_supported: _says, ...document }) => document;
    expect((await answer(issuer, made(issuer), ann, without)).ok).toBe(true);
  });
});

describe('A-153 a response belongs to one request', () => {
  const wrong = { ok: false, reason: 'wrong' };

  test('another state, an older request, a code of another sign-in, a code twice: wrong', async () => {
    const issuer = new TestIssuer();
    const provider = made(issuer);
    const held = asked(linkedAnn(issuer));
    const one = await provider.challenge.make(context(), held);
    const two = await provider.challenge.make(context(), held);
    const verify = (data: OpenidRequest, response: object): unknown =>
      provider.verify(context(), { ...held, challenge: data }, response as never);
    const first = issuer.authorize(one.view.url, ann);
    const second = issuer.authorize(two.view.url, ann);
    expect(await verify(two.data, first)).toEqual(wrong);
    // The code of one with the state of the other: PKCE refuses it over there.
    expect(await verify(two.data, { ...second, code: first.code })).toEqual(wrong);
    expect(await verify(two.data, second)).toMatchObject({ ok: true });
    expect(await verify(two.data, second)).toEqual(wrong);
  });

  test('a code is not taken to another issuer, though the provider has another one by now and the code does not say whose it is', async () => {
    const [before, after] = [new TestIssuer(), new TestIssuer('https://another.example')];
    const { data, view } = await made(before).discover.make(context());
    const { iss: _iss, ...response } = before.authorize(view.url, ann);
    const moved = made(after, { issuer: after.issuer });
    expect(await moved.discover.identify(context(), data, response)).toEqual(wrong);
    expect(after.asked).toEqual([]);
  });

  test('a nonce of another sign-in is wrong, too', async () => {
    const issuer = new TestIssuer();
    issuer.claims = (claims) => ({ ...claims, nonce: 'another' });
    expect(await answer(issuer, made(issuer))).toEqual(wrong);
  });

  test('what was not asked, or is no request of ours, is wrong', async () => {
    const issuer = new TestIssuer();
    const provider = made(issuer);
    const { data, view } = await provider.discover.make(context());
    const response = issuer.authorize(view.url, ann);
    expect(await provider.confirm(context(), null, response)).toEqual(wrong);
    expect(await provider.confirm(context(), linkedAnn(issuer), response)).toEqual(wrong);
    expect(await provider.discover.identify(context(), linkedAnn(issuer) as never, response)).toEqual(wrong);
    const held = asked(linkedAnn(issuer));
    expect(await provider.verify(context(), { ...held, challenge: null }, response)).toEqual(wrong);
    for (const broken of [{ ...data, verifier: 7 }, { ...data, state: '' }, {}, [], 'text']) {
      const asPut = { ...held, challenge: broken as never };
      expect(await provider.verify(context(), asPut, response)).toEqual(wrong);
    }
  });
});

describe('A-155 an id_token that is not right lets nobody in, and is looked into', () => {
  const secret = 'the secret of the client';
  test.each<[string, (issuer: TestIssuer) => void, RegExp]>([
    ['without a signature', (issuer) => (issuer.token = (_token, claims) => unsigned(claims)), /OAUTH_/],
    [
      'signed by another key',
      (issuer) => (issuer.token = (_token, claims) => signedByAnother(claims)),
      /OAUTH_/,
    ],
    [
      'signed with the secret of the client',
      (issuer) => (issuer.token = (_token, claims) => signedWithSecret(claims, secret)),
      /OAUTH_/,
    ],
    ['for another client', (issuer) => (issuer.claims = (claims) => ({ ...claims, aud: 'other' })), /aud/],
    [
      'for several, of which another may use it',
      (issuer) => (issuer.claims = (claims) => ({ ...claims, aud: ['acme', 'other'], azp: 'other' })),
      /azp|another/,
    ],
    [
      'for others besides',
      (issuer) => (issuer.claims = (claims) => ({ ...claims, aud: ['acme', 'other'] })),
      /aud/,
    ],
    [
      'which another may use',
      (issuer) => (issuer.claims = (claims) => ({ ...claims, azp: 'other' })),
      /another/,
    ],
    [
      'of another issuer',
      (issuer) => (issuer.claims = (claims) => ({ ...claims, iss: 'https://evil.example' })),
      /iss/,
    ],
    [
      'of an issuer that begins alike',
      (issuer) => (issuer.claims = (claims) => ({ ...claims, iss: `${issuer.issuer}.evil` })),
      /iss/,
    ],
    [
      'that is over',
      (issuer) => (issuer.claims = (claims) => ({ ...claims, exp: Number(claims['iat']) - 120 })),
      /not of now/,
    ],
    [
      'that is to come',
      (issuer) => (issuer.claims = (claims) => ({ ...claims, iat: Number(claims['iat']) + 3600 })),
      /not of now/,
    ],
    ['without a subject', (issuer) => (issuer.claims = ({ sub: _sub, ...claims }) => claims), /OAUTH_/],
    [
      'with an empty subject',
      (issuer) => (issuer.claims = (claims) => ({ ...claims, sub: '' })),
      /no subject/,
    ],
    ['with a number as subject', (issuer) => (issuer.claims = (claims) => ({ ...claims, sub: 7 })), /OAUTH_/],
    [
      'with a subject that nobody can have',
      (issuer) => (issuer.claims = (claims) => ({ ...claims, sub: 'a\u0000' })),
      /no subject/,
    ],
    ['without a nonce', (issuer) => (issuer.claims = ({ nonce: _nonce, ...claims }) => claims), /OAUTH_/],
    ['that is none', (issuer) => (issuer.token = () => 'a.b'), /OAUTH_/],
    [
      'with a time of sign-in that is no number',
      (issuer) => (issuer.claims = (claims) => ({ ...claims, auth_time: 'now' })),
      /OAUTH_/,
    ],
  ])('%s', async (_what, spoil, said) => {
    const issuer = new TestIssuer();
    spoil(issuer);
    await expect(answer(issuer, made(issuer))).rejects.toThrow(said);
  });

  test('an issuer whose document allows it unsigned, or with a shared secret, gets no further', async () => {
    for (const alg of ['none', 'HS256']) {
      const issuer = new TestIssuer();
      issuer.document = (document) => ({ ...document, id_token_signing_alg_values_supported: [alg] });
      issuer.token = (_token, claims) =>
        alg === 'none' ? unsigned(claims) : signedWithSecret(claims, secret);
      await expect(answer(issuer, made(issuer))).rejects.toThrow(/token endpoint/);
    }
  });
});

describe('an issuer that is away', () => {
  test.each<[string, TestIssuer['answer'], RegExp]>([
    ['is broken', () => Response.json({ error: 'server_error' }, { status: 500 }), /OAUTH_RESPONSE/],
    ['is overloaded', () => new Response('busy', { status: 503 }), /OAUTH_RESPONSE/],
    [
      'says something else',
      () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
      /OAUTH_RESPONSE/,
    ],
    [
      'leads elsewhere',
      () => new Response('', { status: 302, headers: { location: 'https://evil.example' } }),
      /OAUTH_RESPONSE/,
    ],
    [
      'does not know us',
      () => Response.json({ error: 'invalid_client' }, { status: 401 }),
      /OAUTH|invalid_client/,
    ],
    [
      'cannot be reached',
      () => Promise.reject(Object.assign(new TypeError('fetch failed'), { code: 'ECONNREFUSED' })),
      /ECONNREFUSED/,
    ],
  ])('%s: that is told, and is no wrong answer', async (_what, instead, said) => {
    const issuer = new TestIssuer();
    issuer.answer = (path) => (path === '/token' ? instead(path) : undefined);
    await expect(answer(issuer, made(issuer))).rejects.toThrow(said);
  });

  test('is given up on', async () => {
    const issuer = new TestIssuer();
    const provider = made(issuer, {
      timeout: 0.1,
      fetch: (input, init) =>
        (input instanceof Request ? input.url : input).toString().endsWith('/token')
          ? new Promise((_resolve, reject) => {
              init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
            })
          : issuer.fetch(input, init),
    });
    await expect(answer(issuer, provider)).rejects.toThrow(/OAUTH_TIMEOUT/);
  });

  test('I-28 what is thrown quotes nothing: no code, no token, no claim, no secret', async () => {
    const planted = { sub: 'PLANTED-subject', email: 'PLANTED@example.com' };
    const faults: readonly ((issuer: TestIssuer) => void)[] = [
      (issuer) => (issuer.claims = (claims) => ({ ...claims, aud: 'PLANTED-audience' })),
      (issuer) => (issuer.token = () => 'PLANTED.token.PLANTED'),
      (issuer) =>
        (issuer.answer = (path) =>
          path === '/token'
            ? Response.json({ error: 'PLANTED error', error_description: 'PLANTED' }, { status: 500 })
            : undefined),
      (issuer) =>
        (issuer.answer = (path) => (path === '/token' ? Promise.reject(new Error('PLANTED')) : undefined)),
    ];
    for (const spoil of faults) {
      const issuer = new TestIssuer();
      spoil(issuer);
      const provider = made(issuer, { clientSecret: 'PLANTED-secret' });
      const thrown = (await answer(issuer, provider, planted).catch((error: unknown) => error)) as Error;
      expect(thrown).toBeInstanceOf(Error);
      const { message, stack = '', cause } = thrown;
      expect(`${message} ${stack} ${String(cause)}`).not.toMatch(/PLANTED|code-/);
    }
  });
});

describe('I-18 who somebody is', () => {
  test('is the issuer and the subject: no other subject, no address', async () => {
    const issuer = new TestIssuer();
    const provider = made(issuer);
    expect((await answer(issuer, provider)).ok).toBe(true);
    for (const who of [
      { sub: 'Ann' },
      { sub: 'ann ' },
      { sub: 'ben', email: 'ann@example.com', email_verified: true },
    ]) {
      expect(await answer(issuer, provider, who)).toEqual({ ok: false, reason: 'wrong' });
    }
  });

  test('has a handle of its own for each issuer, subject and realm', async () => {
    const handleAt = async (issuer: TestIssuer, sub: string, realm = 'users'): Promise<string> => {
      const provider = made(issuer);
      const { data, view } = await provider.discover.make(context({ realm }));
      const found = await provider.discover.identify(
        context({ realm }),
        data,
        issuer.authorize(view.url, { sub }),
      );
      if (!found.ok) throw new Error('nobody');
      return found.handle;
    };
    const [one, other] = [new TestIssuer(), new TestIssuer('https://other.example')];
    const handles = [
      await handleAt(one, 'ann'),
      await handleAt(other, 'ann'),
      await handleAt(one, 'ben'),
      await handleAt(one, 'ann', 'members'),
    ];
    expect(new Set(handles).size).toBe(4);
    expect(await handleAt(one, 'ann')).toBe(handles[0]);
  });
});

describe('what is known of a newcomer', () => {
  async function newcomer(who: Upstreamer, more: Partial<OpenidOptions> = {}, issuer = new TestIssuer()) {
    const provider = made(issuer, { accounts: 'create', authoritativeFor: ['example.com'], ...more });
    const { data, view } = await provider.discover.make(context());
    const found = await provider.discover.identify(context(), data, issuer.authorize(view.url, who));
    if (!found.ok) throw new Error('nobody');
    return found.newcomer?.();
  }

  test.each<[string, object, string | null]>([
    ['verified', { email: 'ann@example.com', email_verified: true }, 'ann@example.com'],
    ['in other letters', { email: 'Ann@EXAMPLE.com', email_verified: true }, 'ann@example.com'],
    ['not verified', { email: 'ann@example.com', email_verified: false }, null],
    ['not said to be', { email: 'ann@example.com' }, null],
    ['said so in words', { email: 'ann@example.com', email_verified: 'true' }, null],
    ['said no in words', { email: 'ann@example.com', email_verified: 'false' }, null],
    ['said so with a number', { email: 'ann@example.com', email_verified: 1 }, null],
    ['said so in a list', { email: 'ann@example.com', email_verified: [true] }, null],
    ['of another domain', { email: 'ann@other.example', email_verified: true }, null],
    ['of a domain below it', { email: 'ann@sub.example.com', email_verified: true }, null],
    ['of a domain that ends alike', { email: 'ann@evilexample.com', email_verified: true }, null],
    ['of one that looks alike', { email: 'ann@ex\u0430mple.com', email_verified: true }, null],
    ['two in one', { email: 'ann@evil.example,ann@example.com', email_verified: true }, null],
    ['with a route', { email: '"ann@example.com"@evil.example', email_verified: true }, null],
    ['in a list', { email: ['ann@example.com'], email_verified: true }, null],
    ['as a name', { preferred_username: 'ann@example.com', email_verified: true }, null],
    ['as upn', { upn: 'ann@example.com', email_verified: true }, null],
  ])(
    'A-111 an address counts only where it is verified, and the issuer is in charge of it: %s',
    async (_what, claims, address) => {
      expect((await newcomer({ sub: 'ann', ...claims }))?.address).toBe(address);
      expect((await newcomer({ sub: 'ann', ...claims }, { authoritativeFor: [] }))?.address).toBeNull();
    },
  );

  test('is asked for where it is not in the id_token, and what is signed is not overruled', async () => {
    const told = await newcomer({
      sub: 'ann',
      email_verified: false,
      'userinfo:email': 'ann@example.com',
      'userinfo:email_verified': true,
    });
    expect(told).toMatchObject({ address: null, account: { identifiers: [], email: null } });
    const more = { 'userinfo:email': 'ann@example.com', 'userinfo:email_verified': true };
    expect((await newcomer({ sub: 'ann', ...more }))?.address).toBe('ann@example.com');
  });

  test('of somebody else counts for nothing: the userinfo has to be of the same subject', async () => {
    const issuer = new TestIssuer();
    issuer.answer = (path) =>
      path === '/userinfo'
        ? Response.json({ sub: 'ben', email: 'ben@example.com', email_verified: true })
        : undefined;
    await expect(newcomer({ sub: 'ann' }, {}, issuer)).rejects.toThrow(/userinfo/);
  });

  test('has no account where people have to have one', async () => {
    const who = { sub: 'ann', email: 'ann@other.example', email_verified: true };
    expect(await newcomer(who, { accounts: 'existing' })).toMatchObject({ account: null, address: null });
  });

  test('has names that are no addresses of others, and none that cannot be shown', async () => {
    const named = async (claims: object): Promise<readonly string[] | undefined> =>
      (await newcomer({ sub: 'ann', ...claims }))?.account?.identifiers;
    expect(await named({ preferred_username: 'ann' })).toEqual(['ann']);
    expect(await named({ preferred_username: 'ben@other.example' })).toEqual([]);
    expect(await named({ preferred_username: 'a\u202enn' })).toEqual([]);
    expect(await named({ preferred_username: 'a'.repeat(65) })).toEqual([]);
    expect(await named({ preferred_username: ['ann'] })).toEqual([]);
    const both = { email: 'ann@other.example', email_verified: true, preferred_username: 'ann' };
    expect(await named(both)).toEqual(['ann@other.example', 'ann']);
  });
});
