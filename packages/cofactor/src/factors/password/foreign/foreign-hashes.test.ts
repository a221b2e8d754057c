import { pbkdf2Sync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { asked, contextOf } from '../../../../../../test/support/provider.ts';
import { plainHasher } from '../../../../../../test/support/hasher.ts';
import { aspNetIdentityHashes, password, umbracoHashes } from '../index.ts';

/** From the tests of ASP.NET Core Identity. */
const typed = 'my password';
const vectors = {
  'V2, SHA-1, 1000': 'AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1uJg==',
  'V3, SHA-256, 10000':
    'AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw==',
  'V3, SHA-512, 50, 16 bytes': 'AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHw',
};
const hashes = aspNetIdentityHashes();

/** A hash of version 3 with these parameters, true to the format and sparing no sense. */
function version3(prf: number, iterations: number, saltLength: number, subkeyLength: number): string {
  const salt = Buffer.alloc(Math.min(saltLength, 4_096), 7);
  const name = ['sha1', 'sha256', 'sha512'][prf];
  const subkey =
    name !== undefined && iterations > 0 && iterations <= 100_000
      ? pbkdf2Sync(typed, salt, iterations, subkeyLength, name)
      : Buffer.alloc(subkeyLength);
  const header = Buffer.alloc(13);
  header[0] = 1;
  header.writeUInt32BE(prf, 1);
  header.writeUInt32BE(iterations, 5);
  header.writeUInt32BE(saltLength, 9);
  return Buffer.concat([header, salt, subkey]).toString('base64');
}

describe('hashes of ASP.NET Core Identity', () => {
  test.each(Object.entries(vectors))('%s: the right password and no other', async (_name, hash) => {
    expect(hashes.matches(hash)).toBe(true);
    expect(await hashes.verify(hash, typed)).toBe(true);
    for (const wrong of ['my passwore', 'My password', 'my password ', '', 'my passwor']) {
      expect([wrong, await hashes.verify(hash, wrong)]).toEqual([wrong, false]);
    }
  });

  test.each(Object.entries(vectors))(
    '%s: cut or with something appended, it is none',
    async (_name, hash) => {
      const bytes = Buffer.from(hash, 'base64');
      for (let count = 1; count < 16; count += 1) {
        const cut = bytes.subarray(0, -count).toString('base64');
        const longer = Buffer.concat([bytes, Buffer.alloc(count)]).toString('base64');
        for (const broken of [cut, longer]) {
          expect(hashes.matches(broken)).toBe(false);
          expect(await hashes.verify(broken, typed)).toBe(false);
        }
      }
    },
  );

  test('every bit of it counts', async () => {
    const bytes = Buffer.from(vectors['V3, SHA-512, 50, 16 bytes'], 'base64');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect([bit, await hashes.verify(flipped.toString('base64'), typed)]).toEqual([bit, false]);
    }
  });

  test('it has one spelling', () => {
    const hash = vectors['V2, SHA-1, 1000'];
    for (const other of [
      ` ${hash}`,
      `${hash}\n`,
      hash.slice(0, -1),
      hash.replaceAll('+', '-'),
      `${hash}=`,
      '',
    ]) {
      expect(hashes.matches(other)).toBe(false);
    }
  });

  test.each([
    ['another marker', Buffer.concat([Buffer.from([2]), Buffer.alloc(48)]).toString('base64')],
    ['no such PRF', version3(3, 1_000, 16, 32)],
    ['no rounds', version3(1, 0, 16, 32)],
    ['a short salt', version3(1, 1_000, 15, 32)],
    ['a short subkey', version3(1, 1_000, 16, 15)],
    ['a salt that is not there', version3(1, 1_000, 2 ** 32 - 1, 32).slice(0, 80)],
    ['an argon2id hash', '$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA'],
  ])('%s is none', (_what, hash) => {
    expect(hashes.matches(hash)).toBe(false);
  });

  test('a planted hash cannot keep the server busy', async () => {
    const planted = [
      version3(2, 2 ** 32 - 1, 16, 64),
      version3(1, 1_000_001, 16, 32),
      version3(0, 900_000, 16, 64),
    ];
    const long = Buffer.concat([Buffer.from(version3(1, 1_000, 16, 32), 'base64'), Buffer.alloc(100_000)]);
    const began = performance.now();
    for (const hash of [...planted, long.toString('base64'), version3(1, 1_000, 4_096, 32)]) {
      expect(hashes.matches(hash)).toBe(false);
      expect(await hashes.verify(hash, typed)).toBe(false);
    }
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(aspNetIdentityHashes({ maxIterations: 9_999 }).matches(vectors['V3, SHA-256, 10000'])).toBe(false);
  });

  test('a wrong option is named', () => {
    for (const options of [{ maxIterations: 10 }, { maxIterations: 1e9 }, { maxIteration: 5_000 }]) {
      expect(() => aspNetIdentityHashes(options as object)).toThrow(
        expect.objectContaining({ code: 'ERR_CONFIG_PASSWORD' }),
      );
    }
  });
});

describe('hashes of Umbraco', () => {
  const umbraco = umbracoHashes();

  // From the tests of Umbraco.
  test.each([
    ['Umbraco9Rocks!', 'uB/pLEhhe1W7EtWMv/pSgg==1y8+aso9+h3AKRtJXlVYeg2TZKJUr64hccj82ZZ7Ksk='],
    ['Password123!', 'yDiU2YyuYZU4jz6F0fpErQ==BxNRHkXBVyJs9gwWF6ktWdfDwYf5bwm+rvV7tOcNNx8='],
    ['Umbraco9Rocks!', 't0U8atXTX/efNCtTafukwZeIpr8='],
    ['Password123!', 'AJszAsQqxOYbASKfL3JVUu6cjU18ouizXDfX4j7wLlir8SWj2yQaTepE9e5bIohIsQ=='],
    ['Password123!', 'AQAAAAEAACcQAAAAEGF/tTVoL6ef3bQPZFYfbgKFu1CDQIAMgyY1N4EDt9jqdG/hsOX93X1U6LNvlIQ3mw=='],
  ])('%s: %s', async (right, hash) => {
    expect(umbraco.matches(hash)).toBe(true);
    expect(await umbraco.verify(hash, right)).toBe(true);
    expect(await umbraco.verify(hash, `${right} `)).toBe(false);
    expect(await umbraco.verify(hash, right.toLowerCase())).toBe(false);
  });

  test('what it does not know is none: clear text, encrypted by a machine key, no password, an SHA-1 of a machine', async () => {
    for (const hash of [
      'secret',
      '6tZGfG9NTxJJYp19Fac9og==zzRggqANxhb+CbD/VabEt8cIde8=',
      '___UIDEMPTYPWORD__t0U8atXTX/efNCtTafukwZeIpr8=',
      Buffer.alloc(32, 3).toString('base64'),
      '',
    ]) {
      expect(umbraco.matches(hash)).toBe(false);
      expect(await umbraco.verify(hash, 'secret')).toBe(false);
    }
  });
});

describe('a password that comes over', () => {
  const hash = vectors['V3, SHA-256, 10000'];

  test('is taken only where somebody can check it', async () => {
    const foreign = { kind: 'password-hash', hash } as const;
    const refused = { ok: false, reason: 'refused' };
    expect(await password({ hasher: plainHasher }).adopt?.(contextOf(), foreign)).toEqual(refused);
    const provider = password({ hasher: plainHasher, verifiers: [hashes] });
    expect(await provider.adopt?.(contextOf(), foreign)).toEqual({ ok: true, data: { hash } });
    const code = { kind: 'single-use-codes', codes: ['aaaaaaaa'] } as const;
    expect(await provider.adopt?.(contextOf(), code)).toBeNull();
  });

  test('is replaced once it was right, in whatever form it was typed', async () => {
    const provider = password({ hasher: plainHasher, verifiers: [hashes] });
    const right = await provider.verify(contextOf(), asked({ hash }), { password: typed });
    expect(right).toEqual({ ok: true, data: { hash: `plain$${typed}` } });
    const wrong = await provider.verify(contextOf(), asked({ hash }), { password: 'my passwore' });
    expect(wrong).toEqual({ ok: false, reason: 'wrong' });
  });
});
