import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { onEachDatabase, register, type TestDatabase } from '../support/app.ts';
import { api } from '../support/oidc.ts';
import { liveOidc, type LiveOidc } from '../support/oidc-live.ts';
import { connect, liveClients, plain, signInAt } from '../support/oidc-parties.ts';

/** An API that keeps the keys it read, and how often it read them. */
class CachingApi {
  reads = 0;
  #keys: oauth.ExportedJWKSCache | Record<string, never> = {};
  readonly #as: oauth.AuthorizationServer;

  constructor(as: oauth.AuthorizationServer) {
    this.#as = as;
  }

  /** `age` in seconds: how long ago the keys were read that it has. */
  async accepts(token: string, { age = 0 }: { readonly age?: number } = {}): Promise<boolean> {
    const kept = this.#keys as { uat?: number };
    if (kept.uat !== undefined) kept.uat -= age;
    const request = new Request(`${api}/orders`, { headers: { authorization: `Bearer ${token}` } });
    // The library also remembers by the object that it is given: this one is as good as another process.
    const as = { ...this.#as };
    return oauth
      .validateJwtAccessToken(as, request, api, {
        ...plain,
        [oauth.jwksCache]: this.#keys,
        [oauth.customFetch]: (url, options) => {
          this.reads += 1;
          return fetch(url, { headers: options.headers });
        },
      })
      .then(
        () => true,
        () => false,
      );
  }
}

onEachDatabase('keys that change', (fresh) => {
  let database: TestDatabase;
  let test: LiveOidc;
  let config: client.Configuration;
  beforeEach(async () => {
    database = await fresh();
    test = await liveOidc(database.open(), { clients: Object.values(liveClients) });
    config = await connect(test, liveClients.job);
  });
  afterEach(async () => {
    await test?.close();
    await database?.drop();
  });

  async function newToken(): Promise<string> {
    const wanted = { resource: api, scope: 'orders:read' };
    return (await client.clientCredentialsGrant(config, wanted)).access_token;
  }
  const keyOf = (token: string): string =>
    (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;
  const as = (): oauth.AuthorizationServer => config.serverMetadata();
  async function published(): Promise<readonly string[]> {
    const answer = await fetch(as().jwks_uri ?? '');
    const { keys } = (await answer.json()) as { keys: readonly Record<string, unknown>[] };
    // Nothing but what is public.
    for (const key of keys) expect(Object.keys(key).join()).not.toMatch(/\b(?:d|p|q|dp|dq|qi)\b/);
    return keys.map(({ kid }) => String(kid));
  }

  it('are published an hour before they sign, so that no reader is surprised', async () => {
    const reader = new CachingApi(as());
    const sleeper = new CachingApi(as());
    const first = await newToken();
    expect([await reader.accepts(first), await sleeper.accepts(first)]).toEqual([true, true]);

    await test.oidc.rotateKeys();
    const between = await newToken();
    expect(keyOf(between)).toBe(keyOf(first));
    expect(await published()).toHaveLength(2);
    // Five minutes are what the library keeps keys: it reads them again, in its own time.
    expect(await reader.accepts(between, { age: 301 })).toBe(true);
    expect(reader.reads).toBe(2);

    test.clock.advance(3601);
    const second = await newToken();
    expect(keyOf(second)).not.toBe(keyOf(first));
    expect(await published()).toEqual([keyOf(second), keyOf(first)]);
    // It has that key already; and what the old one signed stays good.
    expect([await reader.accepts(second), await reader.accepts(between)]).toEqual([true, true]);
    expect(reader.reads).toBe(2);
    // One that read nothing since meets a key it has not seen, and looks.
    expect(await sleeper.accepts(second, { age: 61 })).toBe(true);
    expect(sleeper.reads).toBe(2);
  });

  it('at once, when they got out, are worth nothing to who reads them', async () => {
    const first = await newToken();
    await test.oidc.rotateKeys({ immediately: true });
    const second = await newToken();
    expect(await published()).toEqual([keyOf(second)]);
    const reader = new CachingApi(as());
    expect([await reader.accepts(second), await reader.accepts(first)]).toEqual([true, false]);
  });

  it('do not end what people have, nor what clients know them by', async () => {
    const person = await register(test);
    const web = await connect(test, liveClients.web);
    const offline = { scope: 'openid offline_access', prompt: 'consent' };
    const before = await signInAt(test, person, web, liveClients.web, offline);
    await test.oidc.rotateKeys();
    test.clock.advance(3601);
    // A client that has read the new keys meanwhile, which the library does by the time of the system.
    const later = await connect(test, liveClients.web);
    const after = await client.refreshTokenGrant(later, before.refresh_token ?? '');
    expect(keyOf(after.id_token ?? '')).not.toBe(keyOf(before.id_token ?? ''));
    expect(after.claims()?.sub).toBe(before.claims()?.sub);
    // A hint that the old key signed is one as before.
    const hint = { id_token_hint: before.id_token ?? '' };
    const again = await signInAt(test, person, later, liveClients.web, hint);
    expect([again.asked, again.claims()?.sub]).toEqual([['/auth/sign-in'], before.claims()?.sub]);
    const out = client.buildEndSessionUrl(later, hint);
    const page = await person.browser.page(out.pathname + out.search);
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('Web')]);
  });

  it('are one set for all that share a database', async () => {
    const first = await newToken();
    const other = await liveOidc(database.open(), { clients: Object.values(liveClients) });
    try {
      const there = await connect(other, liveClients.job);
      const keys = (await (await fetch(there.serverMetadata().jwks_uri ?? '')).json()) as {
        keys: readonly { kid: string }[];
      };
      expect(keys.keys.map(({ kid }) => kid)).toEqual([keyOf(first)]);
    } finally {
      await other.close();
    }
  });
});
