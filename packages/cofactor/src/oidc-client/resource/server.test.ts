import { beforeEach, describe, expect, it } from 'vitest';
import { makeClaims, seeded } from '../../../../../test/support/claims.ts';
import { referenceAnswer } from '../../../../../test/support/claims-reference.ts';
import { TestClock } from '../../../../../test/support/clock.ts';
import { audience, networkOf, TokenIssuer, type Claims } from '../../../../../test/support/token-issuer.ts';
import {
  all,
  any,
  requireAcr,
  requireClaim,
  requireFresh,
  requireMfa,
  requireRole,
  requireThat,
} from '../../assurance/index.ts';
import { parseStepUpChallenge } from '../../web/challenge.ts';
import { header, type HttpRequest } from '../../web/message.ts';
import { dialects } from '../dialects.ts';
import { createResourceServer, type GuardOptions, type ResourceServer } from './server.ts';
import type { ResourceServerOptions } from './options.ts';

const issuerName = 'https://id.example/oidc';

describe('createResourceServer', () => {
  let clock: TestClock;
  let issuer: TokenIssuer;
  let logged: { readonly [name: string]: unknown }[];
  beforeEach(async () => {
    clock = new TestClock();
    issuer = await TokenIssuer.create(issuerName, () => clock.now());
    logged = [];
  });

  const note = (details: object, message: string): void => void logged.push({ ...details, message });
  const server = (options: Partial<ResourceServerOptions> = {}): ResourceServer =>
    createResourceServer({
      issuers: [{ issuer: issuerName, audience }],
      policies: {
        Mfa: requireMfa(),
        Fresh: requireMfa({ maxAge: 300 }),
        Recent: requireFresh(300),
        Key: requireAcr('phr', { maxAge: 60 }),
        Method: requireClaim('amr', 'hwk'),
        Admin: requireRole('admin'),
        AdminMfa: all(requireRole('admin'), requireMfa()),
        Either: any(requireRole('admin'), requireMfa()),
        Own: requireThat('own', ({ assurance }) => assurance.amr.includes('otp')),
        Broken: requireThat('broken', () => {
          throw new Error('broken');
        }),
      },
      roles: (claims) => (Array.isArray(claims['roles']) ? (claims['roles'] as string[]) : []),
      fetch: networkOf(issuer).fetch,
      clock,
      log: { info: note, warn: note, error: note },
      ...options,
    });

  async function requestWith(claims: Claims): Promise<HttpRequest> {
    const authorization = `Bearer ${await issuer.token(claims)}`;
    return { method: 'GET', url: '/', headers: { authorization }, body: null, remoteAddress: '' };
  }

  /** 200, or the status, the type of the problem and the challenge. */
  async function told(
    claims: Claims,
    policy?: Parameters<ResourceServer['guard']>[1],
    options?: GuardOptions,
    api = server(),
  ): Promise<readonly unknown[]> {
    const guarded = await api.guard(await requestWith(claims), policy, options);
    if ('bearer' in guarded) return [200];
    const { status, headers, body } = guarded.response;
    const { type } = JSON.parse(String(body)) as { type: string };
    return [status, type.replace('urn:cofactor:problem:', ''), headers['www-authenticate']];
  }

  const mfa = { acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] };
  const more = (parameters = ''): string =>
    `Bearer error="insufficient_user_authentication", error_description="More authentication is needed for this."${parameters}`;
  const secondsAgo = (seconds: number): number => Math.floor(clock.now().getTime() / 1000) - seconds;

  describe('RFC 9470', () => {
    it('says which level is missing, and how old it may be', async () => {
      expect(await told({}, 'Mfa')).toEqual([401, 'step-up-needed', more(', acr_values="mfa"')]);
      expect(await told(mfa, 'Mfa')).toEqual([200]);
      expect(await told(mfa, 'Fresh')).toEqual([200]);
      const old = { ...mfa, auth_time: secondsAgo(301) };
      const fresh = more(', acr_values="mfa", max_age="300"');
      expect(await told(old, 'Fresh')).toEqual([401, 'step-up-needed', fresh]);
      expect(await told(old, 'Mfa')).toEqual([200]);
      expect(await told({}, 'Fresh')).toEqual([401, 'step-up-needed', fresh]);
      expect(await told({ auth_time: secondsAgo(301) }, 'Recent')).toEqual([
        401,
        'step-up-needed',
        more(', max_age="300"'),
      ]);
      expect(await told(mfa, 'Key')).toEqual([
        401,
        'step-up-needed',
        more(', acr_values="phr", max_age="60"'),
      ]);
      expect(await told({ ...mfa, acr: 'phrh' }, 'Key')).toEqual([200]);
      // Methods have no name in a challenge.
      expect(await told(mfa, 'Method')).toEqual([401, 'step-up-needed', more()]);
    });

    it('is read again by who is told', async () => {
      const guarded = await server().guard(await requestWith({}), 'Fresh');
      const challenge = 'response' in guarded ? guarded.response.headers['www-authenticate'] : null;
      expect(parseStepUpChallenge(challenge as string)).toEqual({ acrValues: 'mfa', maxAge: 300 });
    });

    it('speaks the words of the issuer', async () => {
      const dialect = {
        name: 'own',
        says: [{ claim: 'acr', value: 'urn:own:gold', level: 'mfa' }],
        asks: { mfa: { acrValues: 'urn:own:gold urn:own:platinum' } },
      } as const;
      const api = server({ issuers: [{ issuer: issuerName, audience, dialect }] });
      const words = more(', acr_values="urn:own:gold urn:own:platinum"');
      expect(await told(mfa, 'Mfa', {}, api)).toEqual([401, 'step-up-needed', words]);
      expect(await told({ acr: 'urn:own:gold' }, 'Mfa', {}, api)).toEqual([200]);
      // For what it has no words it is called by its own name.
      expect(await told(mfa, 'Key', {}, api)).toEqual([
        401,
        'step-up-needed',
        more(', acr_values="phr", max_age="60"'),
      ]);
      const silent = server({ issuers: [{ issuer: issuerName, audience, dialect: dialects.google }] });
      expect((await told(mfa, 'Mfa', {}, silent))[0]).toBe(401);
    });
  });

  it('answers what no proof could mend with 403, and says no more', async () => {
    expect(await told(mfa, 'Admin')).toEqual([403, 'forbidden', undefined]);
    expect(await told({ ...mfa, roles: ['admin'] }, 'Admin')).toEqual([200]);
    // Who would be refused anyway is not sent to prove anything.
    expect(await told({}, 'AdminMfa')).toEqual([403, 'forbidden', undefined]);
    expect((await told({ roles: ['admin'] }, 'AdminMfa'))[0]).toBe(401);
    expect(await told({ ...mfa, roles: ['admin'] }, 'AdminMfa')).toEqual([200]);
    expect((await told({}, 'Either'))[0]).toBe(401);
    expect(await told({ roles: ['admin'] }, 'Either')).toEqual([200]);
    expect((await told({}, 'Own'))[0]).toBe(403);
    expect(await told(mfa, 'Own')).toEqual([200]);
    expect((await told(mfa, 'Broken'))[0]).toBe(403);
    expect(logged).toContainEqual({
      policy: 'Broken',
      denied: 'broken',
      issuer: issuerName,
      message: 'denied by policy',
    });
  });

  it('asks for every scope, exactly, and says which', async () => {
    const scopes = ['orders:read', 'orders:refund'];
    const short = [
      403,
      'insufficient-scope',
      'Bearer error="insufficient_scope", scope="orders:read orders:refund"',
    ];
    expect(await told({}, undefined, { scopes })).toEqual([200]);
    for (const scope of [
      'orders:read',
      'orders:read ORDERS:REFUND',
      'orders:read,orders:refund',
      '',
      undefined,
      'orders',
    ]) {
      expect([scope, ...(await told({ scope }, undefined, { scopes }))]).toEqual([scope, ...short]);
    }
    // `scope` of a token is what counts, where there is one.
    expect(await told({ scope: '', scp: scopes }, undefined, { scopes })).toEqual(short);
    expect(await told({ scope: 'orders:read' }, 'Mfa', { scopes })).toEqual(short);
  });

  it('a token that a client got for itself proves nothing of anybody', async () => {
    for (const machine of [
      { sub: 'shop', client_id: 'shop' },
      { ...mfa, sub: 'shop', client_id: 'shop' },
      { ...mfa, idtyp: 'app' },
      { ...mfa, gty: 'client-credentials' },
    ]) {
      expect(await told(machine)).toEqual([200]);
      expect((await told(machine, 'Mfa'))[0]).toBe(401);
      expect((await told(machine, requireAcr('pwd')))[0]).toBe(401);
      expect((await told(machine, 'Recent'))[0]).toBe(401);
    }
  });

  it('hands on who it is, and answers further questions by the same rule', async () => {
    const guarded = await server().guard(await requestWith({ ...mfa, roles: ['clerk'], tenant: 7 }));
    if (!('bearer' in guarded)) throw new Error('not let in');
    const { bearer } = guarded;
    expect(bearer).toMatchObject({
      issuer: issuerName,
      subject: 'ann',
      clientId: 'shop',
      claims: { tenant: 7 },
    });
    expect(bearer.assurance).toMatchObject({ acr: 'mfa', aal: 2, authTime: new Date(secondsAgo(60) * 1000) });
    expect(await bearer.allows('Mfa')).toBe(true);
    expect(await bearer.allows('Admin')).toBe(false);
    expect(await bearer.allows(requireRole('clerk'))).toBe(true);
    await expect(bearer.allows('Nonsense')).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_POLICY_UNKNOWN' }),
    );
    // Time goes on.
    expect(await bearer.allows('Fresh')).toBe(true);
    clock.advance(300);
    expect(await bearer.allows('Fresh')).toBe(false);
    expect(Object.isFrozen(bearer) && Object.isFrozen(bearer.claims) && Object.isFrozen(bearer.scopes)).toBe(
      true,
    );
  });

  it('I-12 roles that cannot be told let nobody in', async () => {
    for (const roles of [
      () => {
        throw new Error('the database is away');
      },
      () => 'admin',
      () => null,
      () => [{ admin: true }],
      async () => ['admin'],
    ]) {
      const answer = await told(mfa, 'Admin', {}, server({ roles: roles as never }));
      expect(answer.slice(0, 2)).toEqual([503, 'unavailable']);
    }
    // By its name, and nothing that it quotes.
    const codes = ['Error', 'TypeError', 'TypeError', 'TypeError', 'TypeError'];
    expect(logged).toEqual(codes.map((code) => ({ code, message: 'a guard failed' })));
  });

  it('I-12 a clock that has no time lets nobody in', async () => {
    const request = await requestWith(mfa);
    for (const now of [new Date(Number.NaN), undefined, 5] as Date[]) {
      const guarded = await server({ clock: { now: () => now } }).guard(request, 'Mfa');
      expect('response' in guarded && guarded.response.status).not.toBe(200);
      expect('bearer' in guarded).toBe(false);
    }
  });

  it('a policy that is not there is told when the route is made', async () => {
    const api = server();
    const unknown = expect.objectContaining({ code: 'ERR_POLICY_UNKNOWN' }) as Error;
    expect(() => api.guardOf('Nonsense')).toThrow(unknown);
    expect(() => api.guardOf('__proto__')).toThrow(unknown);
    await expect(api.guard(await requestWith(mfa), 'Nonsense')).rejects.toThrow(unknown);
    expect(() => api.guardOf({ type: 'nonsense' } as never)).toThrow('not a policy');
    expect(() => api.guardOf(requireMfa(), { scope: ['x'] } as never)).toThrow('scope');
    for (const scopes of ['x', ['a b'], [''], ['"'], [5], null]) {
      expect(() => api.guardOf('Mfa', { scopes } as never)).toThrow(TypeError);
    }
  });

  it('I-20 A-151 whatever shape acr, amr and auth_time have, only what is said exactly counts', async () => {
    const api = server();
    const [random, now] = [seeded(9470), clock.now().getTime()];
    const words = ['mfa', 'phr', 'phrh', 'pwd'];
    const policies = {
      mfa: requireMfa(),
      freshMfa: requireMfa({ maxAge: 900 }),
      amrMfa: requireClaim('amr', 'mfa'),
      phr: requireAcr('phr'),
    };
    const seen = new Set<boolean>();
    for (let round = 0; round < 3000; round += 1) {
      const made = makeClaims(random, words, now);
      // What can be in a token is JSON.
      const text = json(made.claims);
      if (text === null || text.length > 4096) continue;
      const said = JSON.parse(text) as Claims;
      const request = await requestWith({
        ...Object.fromEntries(['acr', 'amr', 'acrs', 'auth_time'].map((name) => [name, undefined])),
        ...said,
        iss: issuerName,
        sub: 'ann',
      });
      const guarded = await api.guard(request);
      if (!('bearer' in guarded)) throw new Error(`the token itself is good: ${text}`);
      const { decisions } = referenceAnswer({ ...said }, dialects.cofactor.says, now);
      for (const [name, policy] of Object.entries(policies)) {
        const allowed = await guarded.bearer.allows(policy);
        expect([made.what, text, name, allowed]).toEqual([
          made.what,
          text,
          name,
          decisions[name as keyof typeof decisions],
        ]);
        seen.add(allowed);
      }
    }
    expect(seen.size).toBe(2);
  }, 60_000);

  function json(claims: Claims): string | null {
    try {
      return JSON.stringify(claims) ?? null;
    } catch {
      return null;
    }
  }

  describe('the options', () => {
    const good = { issuers: [{ issuer: issuerName, audience }] };
    const introspection = { clientId: 'api', clientSecret: 'secret' };
    it.each<[string, object, string]>([
      ['something else', { ...good, issuer: issuerName }, 'issuer'],
      ['no issuers', {}, 'issuers'],
      ['an empty list', { issuers: [] }, 'issuers'],
      ['no list', { issuers: good.issuers[0] }, 'issuers'],
      ['an issuer that is null', { issuers: [null] }, 'audience'],
      ['an issuer twice', { issuers: [...good.issuers, ...good.issuers] }, 'twice'],
      ['an issuer over http', { issuers: [{ issuer: 'http://id.example', audience }] }, 'issuer'],
      ['an issuer with a query', { issuers: [{ issuer: `${issuerName}?x`, audience }] }, 'issuer'],
      ['no address', { issuers: [{ issuer: 'id.example', audience }] }, 'issuer'],
      ['no issuer', { issuers: [{ audience }] }, 'issuer'],
      ['no audience', { issuers: [{ issuer: issuerName }] }, 'audience'],
      ['an empty audience', { issuers: [{ issuer: issuerName, audience: '' }] }, 'audience'],
      ['audiences', { issuers: [{ issuer: issuerName, audience: ['a'] }] }, 'audience'],
      ['no audience for JWTs', { issuers: [{ issuer: issuerName, audience: null }] }, 'audience'],
      ['another member', { issuers: [{ ...good.issuers[0], jwks: [] }] }, 'jwks'],
      ['a dialect that is none', { issuers: [{ ...good.issuers[0], dialect: 'okta' }] }, 'dialect'],
      ['other tokens', { issuers: [{ ...good.issuers[0], tokens: 'opaque' }] }, 'tokens'],
      ['tokens that are null', { issuers: [{ ...good.issuers[0], tokens: null }] }, 'tokens'],
      [
        'introspection without secret',
        { issuers: [{ ...good.issuers[0], tokens: { introspection: { clientId: 'a' } } }] },
        'tokens',
      ],
      [
        'introspection and more',
        { issuers: [{ ...good.issuers[0], tokens: { introspection, jwt: true } }] },
        'tokens',
      ],
      [
        'more of introspection',
        { issuers: [{ ...good.issuers[0], tokens: { introspection: { ...introspection, ttl: 5 } } }] },
        'ttl',
      ],
      [
        'a long cache',
        { issuers: [{ ...good.issuers[0], tokens: { introspection: { ...introspection, cache: 61 } } }] },
        'cache',
      ],
      [
        'a cache that is no number',
        { issuers: [{ ...good.issuers[0], tokens: { introspection: { ...introspection, cache: '5' } } }] },
        'cache',
      ],
      [
        'two issuers that are asked',
        {
          issuers: [
            { issuer: issuerName, audience, tokens: { introspection } },
            { issuer: 'https://other.example', audience, tokens: { introspection } },
          ],
        },
        'introspection',
      ],
      ['no algorithms', { issuers: [{ ...good.issuers[0], algorithms: [] }] }, 'algorithms'],
      ['none', { issuers: [{ ...good.issuers[0], algorithms: ['none'] }] }, 'algorithms'],
      ['HS256', { issuers: [{ ...good.issuers[0], algorithms: ['ES256', 'HS256'] }] }, 'algorithms'],
      ['an algorithm in text', { issuers: [{ ...good.issuers[0], algorithms: 'ES256' }] }, 'algorithms'],
      ['roles in a list', { ...good, roles: ['admin'] }, 'roles'],
      ['no time', { ...good, timeout: 0 }, 'timeout'],
      ['too long a time', { ...good, timeout: 11 }, 'timeout'],
      ['time in text', { ...good, timeout: '5' }, 'timeout'],
      ['a fetch that is none', { ...good, fetch: {} }, 'fetch'],
      ['a clock that is none', { ...good, clock: {} }, 'clock'],
      ['a log that is none', { ...good, log: { info: () => undefined } }, 'log'],
    ])('%s', (_what, options, named) => {
      expect(() => createResourceServer(options as never)).toThrow(
        expect.objectContaining({
          code: expect.stringMatching(/^ERR_CONFIG_(RESOURCE_SERVER|OIDC_CLIENT)$/) as string,
          message: expect.stringContaining(named) as string,
        }) as Error,
      );
    });

    it('a policy that nobody can meet', () => {
      expect(() => server({ policies: { X: requireAcr('nonsense') } })).toThrow('ladder');
    });

    it('can be as little as an issuer and an audience', () => {
      expect(() => createResourceServer(good)).not.toThrow();
    });
  });

  it('the answers say nothing that could be kept, nor what was sent', async () => {
    const guarded = await server().guard(await requestWith({}), 'Mfa');
    if (!('response' in guarded)) throw new Error('was let in');
    const { headers, body } = guarded.response;
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(JSON.parse(String(body))).toEqual({
      type: 'urn:cofactor:problem:step-up-needed',
      title: 'Confirmation needed',
      status: 401,
      detail: 'More authentication is needed for this.',
    });
    expect(header({ headers } as never, 'set-cookie')).toBeUndefined();
  });
});
