import { createPublicKey, verify } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import { ownKey } from '../support/https.ts';
import { authorizationRequest, createOidcApp, follow, type TestOidc } from '../support/oidc.ts';
import { startDevice } from '../support/oidc-device.ts';
import {
  everyClient,
  everyClientList,
  offline,
  personWithCode,
  refresh,
  tokensFor,
} from '../support/oidc-flows.ts';

const { shop, spa } = everyClient;

interface Jwk {
  readonly kid: string;
  readonly alg: string;
}

onEachDatabase('A-209 keys that tokens are signed with', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  beforeEach(async () => {
    database = await fresh();
    test = await createOidcApp(database.open(), { clients: everyClientList }, { keys: [ownKey] });
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  /** A second process' view of the same database, as far as one process can have it. */
  const another = (): Promise<TestOidc> =>
    createOidcApp(database.open(), { clients: everyClientList }, { keys: [ownKey], clock: test.clock });
  const published = async (at: TestOidc = test): Promise<readonly Jwk[]> =>
    (await at.app.inject({ url: '/oidc/jwks' })).json<{ keys: Jwk[] }>().keys;
  const kidOf = (token: string | undefined): string =>
    (JSON.parse(Buffer.from(token?.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;
  /** As a client does that has the published keys and nothing else. */
  const isGood = (token: string | undefined, keys: readonly Jwk[]): boolean => {
    const [head = '', payload = '', signature = ''] = token?.split('.') ?? [];
    const key = keys.find(({ kid }) => kid === kidOf(token));
    if (!key) return false;
    const publicKey = createPublicKey({ key: { ...key }, format: 'jwk' });
    return verify(
      'sha256',
      Buffer.from(`${head}.${payload}`),
      { key: publicKey, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
  };

  it('a new one is published an hour before it signs, on every node; what the old one signed stays good', async () => {
    const node = await another();
    const { mfa } = await personWithCode(test);
    const there = node.browser();
    for (const [name, value] of mfa.cookies) there.cookies.set(name, value);
    const [old] = await published();
    const before = await tokensFor(test, mfa, shop, offline);
    expect(kidOf(before.id_token)).toBe(old?.kid);

    await test.oidc.rotateKeys();
    expect((await published()).map(({ kid }) => kid)).toHaveLength(2);
    test.clock.advance(61);
    expect(await published(node)).toEqual(await published());
    const known = await published();
    const next = known.find(({ kid }) => kid !== old?.kid);
    // For an hour both nodes sign with the old one; then both with the new one, and nobody sees a key unknown to them.
    for (let minutes = 5; minutes < 60; minutes += 15) {
      test.clock.advance(900);
      await mfa.get('/auth/security');
      if (minutes > 45) break;
      for (const [at, browser] of [
        [test, mfa],
        [node, there],
      ] as const) {
        const { id_token: token } = await tokensFor(at, browser, shop);
        expect([minutes, kidOf(token), isGood(token, known)]).toEqual([minutes, old?.kid, true]);
      }
    }
    test.clock.advance(301);
    for (const [at, browser] of [
      [test, mfa],
      [node, there],
    ] as const) {
      const { id_token: token } = await tokensFor(at, browser, shop);
      expect([kidOf(token), isGood(token, known)]).toEqual([next?.kid, true]);
      expect(isGood(before.id_token, await published(at))).toBe(true);
      // A hint that the old one signed is still one.
      const hinted = await follow(
        browser,
        authorizationRequest(shop, { id_token_hint: before.id_token, prompt: 'none' }).address,
      );
      expect(hinted.response?.has('code')).toBe(true);
    }
    expect(isGood((await refresh(test, shop, before.refresh_token)).body.id_token, known)).toBe(true);
    // A month after it was followed nobody needs it.
    test.clock.advance(31 * 86_400);
    expect((await published()).map(({ kid }) => kid)).toEqual([next?.kid]);
    await node.close();
  });

  it('one that got out is gone at once, here, and within a minute on every node; what it signed is worth nothing', async () => {
    const node = await another();
    const { mfa } = await personWithCode(test);
    const before = await tokensFor(test, mfa, shop, offline);
    await test.oidc.rotateKeys({ immediately: true });
    const now = await published();
    expect(now.map(({ kid }) => kid)).not.toContain(kidOf(before.id_token));
    const after = await tokensFor(test, mfa, shop);
    expect(isGood(after.id_token, now)).toBe(true);
    const hinted = await follow(mfa, authorizationRequest(shop, { id_token_hint: before.id_token }).address);
    expect(hinted.response?.get('error')).toBe('invalid_request');
    test.clock.advance(61);
    expect(await published(node)).toEqual(now);
    // What is not signed goes on: nobody is signed out by it.
    expect((await refresh(node, shop, before.refresh_token)).status).toBe(200);
    await node.close();
  });

  it('0 failures while flows run and keys change, with the clock moving through all of it', async () => {
    const node = await another();
    const people = [await personWithCode(test), await personWithCode(test), await personWithCode(test)];
    const seen = new Map<string, Jwk>();
    const look = async (): Promise<void> => {
      for (const at of [test, node]) for (const key of await published(at)) seen.set(key.kid, key);
    };
    await look();
    const failures: string[] = [];
    const kids = new Set<string>();
    let flows = 0;
    for (let step = 0; step < 24; step += 1) {
      // Clients ask for keys now and then, at one node; flows run at both.
      if (step % 2 === 0) await look();
      if (step === 3 || step === 9) await (step === 3 ? test : node).oidc.rotateKeys();
      await Promise.all(
        people.flatMap(({ mfa }, n) =>
          [test, node].map(async (at) => {
            const browser = at.browser();
            for (const [name, value] of mfa.cookies) browser.cookies.set(name, value);
            const tokens = await tokensFor(
              at,
              browser,
              n % 2 === 0 ? shop : spa,
              n % 2 === 0 ? {} : offline,
            ).catch((error: unknown) => String(error));
            flows += 1;
            if (typeof tokens === 'string') return failures.push(tokens);
            kids.add(kidOf(tokens.id_token));
            if (!isGood(tokens.id_token, [...seen.values()]))
              failures.push(`step ${step}: signed by a key that nobody could have seen`);
            return 0;
          }),
        ),
      );
      test.clock.advance(600);
      for (const { mfa } of people) await mfa.get('/auth/security');
    }
    expect(failures).toEqual([]);
    expect([flows, kids.size]).toEqual([144, 3]);
    await node.close();
  }, 60_000);

  it('two nodes that start at once, or change keys at once, have the same ones', async () => {
    await database.query('delete from oidc_keys');
    const nodes = await Promise.all([another(), another(), another()]);
    const sets = await Promise.all(nodes.map((node) => published(node)));
    expect(sets[1]).toEqual(sets[0]);
    expect(sets[2]).toEqual(sets[0]);
    await Promise.all(nodes.map((node) => node.oidc.rotateKeys()));
    test.clock.advance(61);
    const after = await Promise.all(nodes.map((node) => published(node)));
    expect(after[1]).toEqual(after[0]);
    await Promise.all(nodes.map((node) => node.oidc.rotateKeys({ immediately: true })));
    test.clock.advance(61);
    const last = await Promise.all(nodes.map((node) => published(node)));
    expect(last[1]).toEqual(last[0]);
    expect(last[0]?.length).toBeGreaterThan(0);
    for (const { kid } of after[0] ?? []) expect(last[0]?.map((key) => key.kid)).not.toContain(kid);
    const { mfa } = await personWithCode(test);
    expect(isGood((await tokensFor(test, mfa, shop)).id_token, last[0] ?? [])).toBe(true);
    await Promise.all(nodes.map((node) => node.close()));
  });

  it('a key ring whose newest key changes: what the older one sealed is still read', async () => {
    const newer = { id: 'newer', secret: Buffer.alloc(32, 9).toString('base64') };
    const { mfa } = await personWithCode(test);
    const [old] = await published();
    const node = await createOidcApp(
      database.open(),
      { clients: everyClientList },
      { keys: [newer, ownKey], clock: test.clock },
    );
    expect((await published(node))[0]).toEqual(old);
    const there = node.browser();
    for (const [name, value] of mfa.cookies) there.cookies.set(name, value);
    expect(isGood((await tokensFor(node, there, shop)).id_token, await published(node))).toBe(true);
    // One that is gone too early stops the node, and is never taken for "no keys yet".
    const other = { id: 'other', secret: Buffer.alloc(32, 11).toString('base64') };
    const without = await createOidcApp(
      database.open(),
      { clients: everyClientList },
      { keys: [other], clock: test.clock },
    ).catch((error: unknown) => error);
    expect(without).toBeInstanceOf(Error);
    expect((await published(node))[0]).toEqual(old);
    await node.close();
  });

  it('a device code that was typed under one key ring is found under the next', async () => {
    const newer = { id: 'newer', secret: Buffer.alloc(32, 9).toString('base64') };
    const node = (keys: readonly (typeof newer)[]): Promise<TestOidc> =>
      createOidcApp(database.open(), { clients: everyClientList }, { keys, clock: test.clock });
    const [before, after] = [await node([ownKey, newer]), await node([newer, ownKey])];
    const { mfa } = await personWithCode(test);
    const device = await startDevice(before, everyClient.radio);
    const there = after.browser();
    for (const [name, value] of mfa.cookies) there.cookies.set(name, value);
    await device.approve(there);
    expect((await device.poll()).status).toBe(200);
    await Promise.all([before.close(), after.close()]);
  });
});
