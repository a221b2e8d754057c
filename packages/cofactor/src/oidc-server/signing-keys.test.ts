import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { createCofactor, type Cofactor } from 'cofactor';
import { createOidcServer } from 'cofactor/oidc-server';
import { password } from 'cofactor/password';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { onEachDatabase, type TestDatabase } from '../../../../test/support/app.ts';
import { TestClock } from '../../../../test/support/clock.ts';
import { signingAlgorithms } from './clients.ts';
import { loadKeys, publishedAfterMs, publishedBeforeMs, rotateKeys } from './signing-keys.ts';

onEachDatabase('signing keys', (fresh) => {
  let database: TestDatabase;
  let clock: TestClock;
  const open: Cofactor[] = [];
  beforeEach(async () => {
    database = await fresh();
    clock = new TestClock();
  });
  afterEach(async () => {
    for (const auth of open.splice(0)) await auth.close();
    await database.drop();
  });

  async function node(realm = 'users', keys?: readonly { id: string; secret: string }[]): Promise<Cofactor> {
    const auth = createCofactor({
      database: database.open(),
      clock,
      realm,
      factors: [password()],
      ...(keys && { keys }),
    });
    open.push(auth);
    await auth.start();
    return auth;
  }
  const kids = async ({ engine }: Cofactor): Promise<readonly string[]> =>
    (await loadKeys(engine, ['ES256'])).map(({ kid }) => kid);

  it('are made for each algorithm, and sign as that says', async () => {
    const { engine } = await node();
    const keys = await loadKeys(engine, signingAlgorithms);
    expect(keys.map(({ alg }) => alg)).toEqual(['ES256', 'EdDSA', 'RS256']);
    const text = Buffer.from('text');
    for (const { alg, jwk } of keys) {
      const key = createPrivateKey({ key: jwk, format: 'jwk' });
      const algorithm = alg === 'EdDSA' ? null : 'sha256';
      expect(verify(algorithm, text, createPublicKey(key), sign(algorithm, text, key))).toBe(true);
    }
    const [ec, ed, rsa] = keys.map(({ jwk }) => jwk);
    expect([ec?.crv, ed?.crv]).toEqual(['P-256', 'Ed25519']);
    expect(Buffer.from(rsa?.n ?? '', 'base64url')).toHaveLength(384);
    // Another start finds the same.
    expect(await loadKeys((await node()).engine, signingAlgorithms)).toEqual(keys);
  });

  it('of an algorithm that is added later leave the others alone', async () => {
    const { engine } = await node();
    const [first] = await loadKeys(engine, ['ES256']);
    const keys = await loadKeys(engine, ['ES256', 'EdDSA']);
    expect(keys.map(({ alg }) => alg)).toEqual(['ES256', 'EdDSA']);
    expect(keys[0]).toEqual(first);
    // One that is not used any more is not published.
    expect((await loadKeys(engine, ['EdDSA'])).map(({ alg }) => alg)).toEqual(['EdDSA']);
  });

  it('I-05 are sealed anew with a new key of the ring, and so is a client’s secret; the old one can go then', async () => {
    const ring = (id: string): { id: string; secret: string } => ({
      id,
      secret: Buffer.alloc(32, id).toString('base64'),
    });
    const client = {
      id: 'shop',
      name: 'Shop',
      redirectUris: ['https://shop.example/cb'],
      secret: 's'.repeat(40),
    };
    const before = await node('users', [ring('old')]);
    const keys = await loadKeys(before.engine, ['ES256']);
    await createOidcServer(before).clients.put(client);

    const both = await node('users', [ring('new'), ring('old')]);
    expect(await loadKeys(both.engine, ['ES256'])).toEqual(keys);
    expect(await createOidcServer(both).clients.find('shop')).toMatchObject(client);

    const after = await node('users', [ring('new')]);
    expect(await loadKeys(after.engine, ['ES256'])).toEqual(keys);
    expect(await createOidcServer(after).clients.find('shop')).toMatchObject(client);
  });

  it('I-05 are sealed in the database, each to its place', async () => {
    const { engine } = await node();
    const [key] = await loadKeys(engine, ['ES256', 'EdDSA']);
    const rows = await database.query('select * from oidc_keys');
    expect(rows).toHaveLength(2);
    const written = JSON.stringify(rows);
    expect(written).not.toContain(key?.jwk.d);
    expect(written).not.toContain('"d"');
    for (const { sealed } of rows) expect(sealed).toMatch(/^v1\./);
    const [one, other] = rows;
    await database.query('update oidc_keys set sealed = $1 where id = $2', [other?.['sealed'], one?.['id']]);
    await expect(loadKeys(engine, ['ES256', 'EdDSA'])).rejects.toMatchObject({
      code: 'ERR_SECRET_UNREADABLE',
    });
  });

  it('are one set, however many nodes start at once', async () => {
    const nodes = await Promise.all([node(), node(), node()]);
    const found = await Promise.all(nodes.map((auth) => kids(auth)));
    expect(new Set(found.map(String)).size).toBe(1);
    expect(await database.query('select * from oidc_keys')).toHaveLength(1);
    // All of them have read before any of them writes.
    let reading = nodes.length;
    const haveRead = Promise.withResolvers<void>();
    for (const { engine } of nodes) {
      const { oidc } = engine.store;
      const read = oidc.keys.bind(oidc);
      vi.spyOn(oidc, 'keys').mockImplementationOnce(async (realm) => {
        const records = await read(realm);
        if (--reading === 0) haveRead.resolve();
        await haveRead.promise;
        return records;
      });
    }
    await Promise.all(nodes.map(({ engine }) => rotateKeys(engine, ['ES256'])));
    expect(await database.query('select * from oidc_keys')).toHaveLength(2);
  });

  it('of realms have nothing in common', async () => {
    const [users, members] = [await node('users'), await node('members')];
    expect(await kids(users)).not.toEqual(await kids(members));
    await rotateKeys(users.engine, ['ES256'], { immediately: true });
    expect(await kids(members)).toHaveLength(1);
  });

  it('are published before they sign, and after', async () => {
    const auth = await node();
    const [first = ''] = await kids(auth);
    await rotateKeys(auth.engine, ['ES256']);
    const [signing, second = ''] = await kids(auth);
    expect([signing, second === first]).toEqual([first, false]);
    clock.advance(publishedBeforeMs / 1000 - 1);
    expect(await kids(auth)).toEqual([first, second]);
    clock.advance(1);
    expect(await kids(auth)).toEqual([second, first]);
    clock.advance(publishedAfterMs / 1000);
    expect(await kids(auth)).toEqual([second, first]);
    clock.advance(1);
    expect(await kids(auth)).toEqual([second]);
    // The row goes with the next rotation.
    await rotateKeys(auth.engine, ['ES256']);
    const rows = await database.query('select id from oidc_keys');
    expect(rows.map(({ id }) => id)).not.toContain(first);
    expect(rows).toHaveLength(2);
  });

  it('that were made twice in an hour come one after the other', async () => {
    const auth = await node();
    const [first = ''] = await kids(auth);
    await rotateKeys(auth.engine, ['ES256']);
    const second = (await kids(auth)).find((kid) => kid !== first);
    clock.advance(600);
    await rotateKeys(auth.engine, ['ES256']);
    expect((await kids(auth))[0]).toBe(first);
    clock.advance(publishedBeforeMs / 1000 - 600);
    expect((await kids(auth))[0]).toBe(second);
    clock.advance(600);
    const [third, ...older] = await kids(auth);
    expect([third, new Set(older)]).toEqual([expect.not.stringContaining(first), new Set([first, second])]);
  });

  it('that got out are gone at once', async () => {
    const auth = await node();
    const before = await kids(auth);
    await rotateKeys(auth.engine, ['ES256'], { immediately: true });
    const after = await kids(auth);
    expect(after).toHaveLength(1);
    expect(before).not.toContain(after[0]);
    expect(await database.query('select * from oidc_keys')).toHaveLength(1);
  });

  it('I-09 leave a trace when they change', async () => {
    const auth = await node();
    const oidc = createOidcServer(auth);
    await oidc.start();
    await oidc.rotateKeys();
    await oidc.rotateKeys({ immediately: true });
    const rows = await database.query("select * from audit where type = 'signing-keys-rotated'");
    expect(rows).toHaveLength(2);
    expect(await auth.verifyAudit()).toBeNull();
    await oidc.close();
    open.splice(0);
  });

  it('I-12 are not made anew where they cannot be opened', async () => {
    const keys = (letter: number): { id: string; secret: string }[] => [
      { id: `key-${letter}`, secret: Buffer.alloc(32, letter).toString('base64') },
    ];
    const make = (letter: number): Cofactor => {
      const factors = [password()];
      const auth = createCofactor({ database: database.open(), clock, keys: keys(letter), factors });
      open.push(auth);
      return auth;
    };
    const before = make(1);
    await createOidcServer(before).start();
    const after = make(2);
    await expect(createOidcServer(after).start()).rejects.toMatchObject({ code: 'ERR_KEY_UNKNOWN' });
    expect(await database.query('select * from oidc_keys')).toHaveLength(1);
  });
});
