import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { submit } from '../support/forms.ts';
import { authorizationRequest, createOidcApp, follow, type TestOidc } from '../support/oidc.ts';
import {
  codeFor,
  everyClient,
  everyClientList,
  offline,
  personWithCode,
  press,
} from '../support/oidc-flows.ts';

const { shop, partner, radio, inspector } = everyClient;

const odd: Readonly<Record<string, string>> = {
  'a NUL': 'x\0y',
  'only a NUL': '\0',
  'a NUL, encoded twice': 'x%00y',
  'half a pair': 'x\ud800y',
  'a mark of direction': 'x\u202ey',
  'no width': '\u200b\ufeff',
  emoji: '👩‍👩‍👧‍👦'.repeat(20),
  'combining marks': `e${'\u0301'.repeat(500)}`,
  'line ends': 'x\r\nset-cookie: a=b\r\n\r\n<html>',
  escape: '\u001b[31mx\u0007',
  prototype: '__proto__',
  constructor: 'constructor.prototype',
  quotes: `'";--</script><img src=x>`,
  braces: '{{7*7}}${7*7}%{7*7}',
  'a path': '../../../../etc/passwd%00',
  'a very long one': 'x'.repeat(6000),
  spaces: ' '.repeat(2000),
};

/** Every endpoint that takes a form, with every parameter that it takes. */
const forms: Readonly<Record<string, readonly string[]>> = {
  '/oidc/token': [
    'grant_type',
    'code',
    'code_verifier',
    'redirect_uri',
    'refresh_token',
    'device_code',
    'scope',
    'resource',
    'client_id',
    'client_secret',
    'client_assertion',
    'client_assertion_type',
  ],
  '/oidc/par': [
    'client_id',
    'redirect_uri',
    'response_type',
    'scope',
    'state',
    'nonce',
    'acr_values',
    'claims',
    'max_age',
    'prompt',
    'resource',
    'login_hint',
    'id_token_hint',
    'ui_locales',
    'dpop_jkt',
    'code_challenge',
    'response_mode',
  ],
  '/oidc/revoke': ['token', 'token_type_hint', 'client_id', 'client_secret'],
  '/oidc/introspect': ['token', 'token_type_hint', 'client_id'],
  '/oidc/device/start': [
    'client_id',
    'scope',
    'acr_values',
    'claims',
    'max_age',
    'resource',
    'login_hint',
    'id_token_hint',
  ],
  '/oidc/userinfo': ['access_token', 'scope'],
};

onEachDatabase('I-24 A-191 A-193 A-197 what nobody honest sends', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  let mfa: TestBrowser;
  const faults: string[] = [];
  beforeEach(async () => {
    database = await fresh();
    faults.length = 0;
    test = await createOidcApp(database.open(), { clients: everyClientList });
    ({ mfa } = await personWithCode(test));
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  const note = (title: string, status: number): void => {
    if (status >= 500) faults.push(`${title}: ${status}`);
  };
  const post = async (
    url: string,
    payload: string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; text: string }> => {
    const answer = await test.app.inject({
      method: 'POST',
      url,
      payload,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
    return { status: answer.statusCode, text: answer.payload };
  };
  const basic = (id: string, secret = ''): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });

  it('in an address: every parameter of every page', async () => {
    const parameters = [
      'client_id', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'state', 'nonce', 'code_challenge', 'code_challenge_method', 'acr_values', 'claims',
      'max_age', 'prompt', 'login_hint', 'id_token_hint', 'ui_locales', 'claims_locales', 'display', 'resource', 'request', 'request_uri', 'registration', 'dpop_jkt', 'unknown',
    ]; // prettier-ignore
    for (const [title, value] of Object.entries(odd)) {
      for (const name of parameters) {
        for (const client of [shop, partner]) {
          const { answer } = await follow(mfa, authorizationRequest(client, { [name]: value }).address);
          note(`auth ${name} ${title}`, answer.status);
        }
      }
      for (const name of [
        'id_token_hint',
        'post_logout_redirect_uri',
        'state',
        'ui_locales',
        'client_id',
        'logout_hint',
      ]) {
        note(
          `logout ${name} ${title}`,
          (await mfa.page(`/oidc/logout?${new URLSearchParams({ [name]: value })}`)).status,
        );
      }
      note(
        `device ${title}`,
        (await mfa.page(`/oidc/device?${new URLSearchParams({ user_code: value })}`)).status,
      );
      for (const path of ['interaction', 'auth', 'device', 'logout', 'applications', '.well-known']) {
        note(
          `${path}/ ${title}`,
          (await mfa.page(`/oidc/${path}/${encodeURIComponent(value.toWellFormed())}`)).status,
        );
      }
    }
    expect(faults).toEqual([]);
  }, 60_000);

  it('in a form: every parameter of every endpoint, with and without a client', async () => {
    for (const [url, names] of Object.entries(forms)) {
      for (const [title, value] of Object.entries(odd)) {
        for (const name of names) {
          const usual = {
            grant_type: 'authorization_code',
            code: 'x',
            token: 'x',
            scope: 'openid',
            client_id: 'spa',
          };
          const grants =
            url === '/oidc/token'
              ? [
                  'authorization_code',
                  'refresh_token',
                  'urn:ietf:params:oauth:grant-type:device_code',
                  'client_credentials',
                ]
              : ['x'];
          for (const grant of grants) {
            const form = String(new URLSearchParams({ ...usual, grant_type: grant, [name]: value }));
            note(`${url} ${name} ${title}`, (await post(url, form)).status);
            note(
              `${url} ${name} ${title} as a client`,
              (await post(url, form, basic(inspector.id, inspector.secret))).status,
            );
          }
        }
        note(`${url} Basic ${title}`, (await post(url, 'token=x', basic(value, value))).status);
        const header = value.replaceAll(/[^\x20-\x7e]/g, '');
        for (const name of [
          'authorization',
          'dpop',
          'origin',
          'accept',
          'user-agent',
          'x-forwarded-for',
          'cookie',
          'content-encoding',
          'oauth-client-attestation',
        ]) {
          note(
            `${url} ${name}: ${title}`,
            (await post(url, 'token=x&client_id=spa', { [name]: header })).status,
          );
        }
      }
    }
    expect(faults).toEqual([]);
  }, 60_000);

  it('in the forms of the pages', async () => {
    const { url, answer } = await follow(mfa, authorizationRequest(partner).address);
    const device = await mfa.page('/oidc/device');
    const logout = await mfa.page('/oidc/logout');
    const applications = await mfa.page('/oidc/applications');
    const csrf = /name="csrf" value="([^"]+)"/.exec(applications.text)?.[1];
    await mfa.context();
    for (const [title, value] of Object.entries(odd)) {
      note(`choice ${title}`, (await submit(mfa, url, { choice: value })).status);
      note(`choice ${title}`, (await press(mfa, answer, { choice: value, other: value })).status);
      note(`user_code ${title}`, (await press(mfa, device, { user_code: value })).status);
      test.clock.advance(61);
      note(`xsrf ${title}`, (await press(mfa, logout, { xsrf: value, logout: value })).status);
      note(
        `client ${title}`,
        (await submit(mfa, '/oidc/applications', { csrf: csrf ?? mfa.csrf, client: value })).status,
      );
      note(
        `csrf ${title}`,
        (await submit(mfa, '/oidc/applications', { csrf: value, client: 'partner' })).status,
      );
    }
    expect(faults).toEqual([]);
  }, 60_000);

  it('deep and wide', async () => {
    const nested = (depth: number, open: string, close: string, inside = '1'): string =>
      open.repeat(depth) + inside + close.repeat(depth);
    const claims: Readonly<Record<string, string>> = {
      'a deep object': `{"id_token":{"email":${nested(2000, '{"a":', '}')}}}`,
      'a deep list': `{"id_token":{"email":{"values":${nested(4000, '[', ']')}}}}`,
      'a deep acr': `{"id_token":{"acr":{"values":${nested(4000, '[', ']')}}}}`,
      'many claims': JSON.stringify({
        userinfo: Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`c${n}`, null])),
      }),
      'many values': JSON.stringify({
        id_token: { acr: { values: Array.from({ length: 2000 }, (_, n) => `v${n}`) } },
      }),
      __proto__:
        '{"id_token":{"__proto__":{"acr":{"essential":false}},"acr":{"essential":true,"value":"phr"}},"__proto__":{"polluted":true}}',
      'constructor.prototype':
        '{"userinfo":{"constructor":{"prototype":{"polluted":true}}},"constructor":{"prototype":{"polluted":true}}}',
      toString: '{"userinfo":{"toString":null,"valueOf":null,"hasOwnProperty":null,"sub":null}}',
      numbers: '{"id_token":{"acr":{"value":1e999}}}',
      'a key twice': '{"id_token":{"acr":{"essential":true,"value":"phr"}},"id_token":{"email":null}}',
    };
    for (const [title, value] of Object.entries(claims)) {
      for (const client of [shop, partner]) {
        const request = authorizationRequest(client, { claims: value, prompt: 'none' });
        const { answer, response } = await follow(mfa, request.address);
        note(`auth ${title}`, answer.status);
        if (title === '__proto__') expect(response?.get('error')).toBe('unmet_authentication_requirements');
        const form = new URL(request.address, 'http://x').searchParams;
        note(`par ${title}`, (await post('/oidc/par', String(form), basic(client.id, client.secret))).status);
      }
    }
    const deeper = [9000, 20_000].map(
      (depth) => `{"id_token":{"email":{"values":${nested(depth, '[', ']')}}}}`,
    );
    for (const value of deeper) {
      for (const client of [shop, partner]) {
        const form = new URL(authorizationRequest(client, { claims: value }).address, 'http://x')
          .searchParams;
        const { status, text } = await post('/oidc/par', String(form), basic(client.id, client.secret));
        note(`par ${value.length}`, status);
        const uri = /"request_uri":"([^"]+)"/.exec(text)?.[1];
        if (uri !== undefined)
          note(
            'pushed',
            (
              await follow(
                mfa,
                `/oidc/auth?${new URLSearchParams({ client_id: client.id, request_uri: uri })}`,
              )
            ).answer.status,
          );
      }
    }
    const many = Array.from({ length: 5000 }, (_, n) => `a${n}=1`).join('&');
    for (const url of Object.keys(forms)) {
      note(`${url} many`, (await post(url, many)).status);
      note(`${url} the same often`, (await post(url, 'token=x&'.repeat(5000))).status);
      note(
        `${url} brackets`,
        (
          await post(
            url,
            'token[__proto__][polluted]=1&__proto__[polluted]=1&constructor[prototype][polluted]=1&token[]=x',
          )
        ).status,
      );
    }
    note('auth many', (await mfa.page(`/oidc/auth?${many.slice(0, 12_000)}`)).status);
    note(
      'auth brackets',
      (await mfa.page('/oidc/auth?__proto__[polluted]=1&client_id[__proto__]=x&client_id[]=shop')).status,
    );
    note(
      'scopes',
      (
        await follow(
          mfa,
          authorizationRequest(partner, {
            scope: `openid ${Array.from({ length: 1500 }, (_, n) => `s${n}`).join(' ')}`,
          }).address,
        )
      ).answer.status,
    );
    expect(faults).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('bodies of other kinds, larger than anybody needs, and broken ones', async () => {
    const text = 'grant_type=authorization_code&code=x&client_id=spa';
    const bodies: readonly (readonly [string, string | Buffer, Record<string, string>])[] = [
      ['large', `x=${'x'.repeat(200_000)}`, {}],
      ['larger', Buffer.alloc(12_000_000, 0x78), {}],
      ['gzip', gzipSync(text), { 'content-encoding': 'gzip' }],
      ['a gzip bomb', gzipSync(Buffer.alloc(20_000_000, 0x20)), { 'content-encoding': 'gzip' }],
      ['bytes', Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28, 0xed, 0xa0, 0x80]), {}],
      ['bad escapes', 'client_id=%&code=%zz&token=%ff%fe&%=x&=x&&&&', {}],
      ['JSON', JSON.stringify({ grant_type: 'password' }), { 'content-type': 'application/json' }],
      ['deep JSON', '['.repeat(50_000), { 'content-type': 'application/json' }],
      [
        'multipart',
        '--x\r\ncontent-disposition: form-data; name="token"\r\n\r\nx\r\n--x--',
        { 'content-type': 'multipart/form-data; boundary=x' },
      ],
      [
        'XML',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        { 'content-type': 'text/xml' },
      ],
      ['an unknown alphabet', text, { 'content-type': 'application/x-www-form-urlencoded; charset=utf-7' }],
      [
        'UTF-16',
        Buffer.from(text, 'utf16le'),
        { 'content-type': 'application/x-www-form-urlencoded; charset=utf-16' },
      ],
      ['no type', text, { 'content-type': '' }],
      ['two types', text, { 'content-type': 'application/x-www-form-urlencoded, application/json' }],
      ['nothing', '', {}],
    ];
    const { url } = await follow(mfa, authorizationRequest(partner).address);
    for (const [title, body, headers] of bodies) {
      for (const path of [
        ...Object.keys(forms),
        '/oidc/logout',
        '/oidc/logout/confirm',
        '/oidc/device',
        '/oidc/applications',
        '/oidc/auth',
        url,
      ]) {
        note(`${path} ${title}`, (await post(path, body, headers)).status);
        const signedIn = await mfa.send('POST', path, {
          raw: body,
          headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        });
        note(`${path} ${title} signed in`, signedIn.status);
        test.clock.advance(1);
      }
    }
    expect(faults).toEqual([]);
    expect((await codeFor(mfa, shop)).code).not.toBe('');
  });

  it('A-195 what a client or a device says of itself is in the record and on the page as text', async () => {
    const evil = '=cmd|calc!A1\r\n\u001b[31m<script>alert(1)</script>';
    await post('/oidc/device/start', String(new URLSearchParams({ client_id: radio.id, scope: 'openid' })), {
      'user-agent': evil.replaceAll(/[^\x20-\x7e]/g, ''),
    });
    const { url, answer } = await follow(
      mfa,
      authorizationRequest(partner, {
        ...offline,
        claims: JSON.stringify({ userinfo: { [evil]: null, email: null } }),
      }).address,
    );
    expect(answer.text).not.toContain('<script>alert');
    await press(mfa, answer, { choice: 'allow' });
    await follow(mfa, url);
    expect((await mfa.page('/oidc/applications')).text).not.toContain('<script>alert');
    expect(await test.auth.verifyAudit()).toBeNull();
  });
});
