import { hashSync, verify as bareVerify } from '@node-rs/argon2';
import { describe, expect, test } from 'vitest';
import type { FactorContext } from '../../core/provider.ts';
import { asked, contextOf } from '../../../../../test/support/provider.ts';
import { createHashQueue, password, type PasswordHasher, type PasswordOptions } from './index.ts';

const context = contextOf({
  user: { id: 'u1', identifier: 'ada.lovelace@example.org' },
  now: new Date(1_700_000_000_000),
  random: (length) => new Uint8Array(length),
});
const good = 'blue giraffe lamp';

/** Hashes that can be read, and a list of what was asked. */
function glass(): PasswordHasher & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    hash: async (typed) => (asked.push('hash'), `glass:${typed}`),
    verify: async (hash, typed) => (asked.push('verify'), hash === `glass:${typed}`),
    needsRehash: (hash) => !hash.startsWith('glass:'),
  };
}

const enrol = (typed: string, options: PasswordOptions = {}, given: Partial<FactorContext> = {}) =>
  password({ hasher: glass(), ...options }).confirm({ ...context, ...given }, null, { password: typed });

const refused = (text: string) => ({ ok: false, reason: 'refused', text });

describe('what is accepted', () => {
  test('R-N06 8 characters beside another factor, 15 alone', async () => {
    expect(await enrol('kd83hfk')).toEqual(refused('too-short'));
    expect(await enrol('kd83hfk2')).toMatchObject({ ok: true });
    expect(await enrol('kd83hfk2kd83hf', {}, { onlyFactor: true })).toEqual(refused('too-short-only'));
    expect(await enrol('kd83hfk2mv94xqa', {}, { onlyFactor: true })).toMatchObject({ ok: true });
  });

  test('R-N06 code points are counted, after NFKC', async () => {
    expect(await enrol('🦒🐫🐘🦏🦛🐊🐢')).toEqual(refused('too-short'));
    expect(await enrol('🦒🐫🐘🦏🦛🐊🐢🦎')).toMatchObject({ ok: true });
    expect(await enrol('e\u0301'.repeat(4) + 'xyö')).toEqual(refused('too-short'));
  });

  test('R-N06 up to 256 characters, and spaces count', async () => {
    const long = Array.from({ length: 64 }, (_, index) => `${index} é `).join('');
    expect(await enrol([...long].slice(0, 256).join(''))).toMatchObject({ ok: true });
    expect(await enrol(`${[...long].slice(0, 256).join('')}x`)).toEqual(refused('too-long'));
    expect(await enrol('  a  b  c  d  ')).toMatchObject({ ok: true });
  });

  test('R-N06 common passwords are refused, and the reason is said', async () => {
    expect(await enrol('Password123!')).toEqual(refused('common'));
    expect(await enrol('        ')).toEqual(refused('common'));
    const { texts } = password({ hasher: glass() }).view;
    for (const key of [
      'too-short',
      'too-short-only',
      'too-long',
      'common',
      'contains-identifier',
      'not-text',
    ]) {
      expect(texts['en']).toHaveProperty(key);
    }
  });

  test('a user name in the password is refused, in any case or spelling', async () => {
    expect(await enrol('xx Ada.Lovelace@Example.org')).toEqual(refused('contains-identifier'));
    expect(await enrol('my ＡＤＡ.lovelace 77')).toEqual(refused('contains-identifier'));
    expect(await enrol('canada maple', {}, { user: { id: 'u2', identifier: 'ada' } })).toMatchObject({
      ok: true,
    });
  });

  test('the site adds a list or a function of its own', async () => {
    expect(await enrol('Acme Rockets', { blocklist: ['acme rockets'] })).toEqual(refused('common'));
    expect(await enrol(good, { blocklist: async (typed) => typed === good })).toEqual(refused('common'));
  });

  test('I-12 a list that cannot be asked lets nothing through', async () => {
    const down = (): never => {
      throw new Error('down');
    };
    await expect(enrol(good, { blocklist: down })).rejects.toThrow('down');
  });

  test('what is no text is refused, because all such passwords would look alike', async () => {
    expect(await enrol(`${good}\ud800`)).toEqual(refused('not-text'));
    const provider = password({ hasher: glass() });
    const data = { hash: `glass:` };
    expect(await provider.verify(context, asked(data), { password: '\ud800' })).toEqual({
      ok: false,
      reason: 'wrong',
    });
  });
});

describe('argon2id', () => {
  const provider = password();

  test('R-N07 stores a salted PHC string with its parameters', async () => {
    const verdict = await provider.confirm(context, null, { password: good });
    const again = await provider.confirm(context, null, { password: good });
    expect(verdict).toMatchObject({ ok: true });
    if (!verdict.ok || !again.ok) return;
    expect(verdict.data.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(verdict.data.hash).not.toBe(again.data.hash);
    expect(await bareVerify(verdict.data.hash, good)).toBe(true);
  });

  test('R-N06 signs in with the password however it is composed, and with no other', async () => {
    const verdict = await provider.confirm(context, null, { password: 'crème brûlée x3' });
    if (!verdict.ok) throw new Error('refused');
    const ask = (typed: string) => provider.verify(context, asked(verdict.data), { password: typed });
    expect(await ask('crème brûlée x3'.normalize('NFD'))).toEqual({ ok: true });
    for (const wrong of ['crème brûlée x', 'Crème brûlée x3', 'crème brûlée x3 ', 'creme brulee x3']) {
      expect({ wrong, ...(await ask(wrong)) }).toEqual({ wrong, ok: false, reason: 'wrong' });
    }
  });

  test('C-52 long passwords are not cut off', async () => {
    const long = 'the quick giraffe '.repeat(12);
    const verdict = await provider.confirm(context, null, { password: `${long}x` });
    if (!verdict.ok) throw new Error('refused');
    const stored = asked(verdict.data);
    expect(await provider.verify(context, stored, { password: `${long}y` })).toMatchObject({ ok: false });
    expect(await provider.verify(context, stored, { password: `${long}x` })).toEqual({ ok: true });
  });

  test('R-N07 a cheaper hash is renewed after the password was right, and only then', async () => {
    const old = asked({ hash: hashSync(good, { memoryCost: 8_192, timeCost: 2 }) });
    const verdict = await provider.verify(context, old, { password: good });
    expect(verdict).toMatchObject({ ok: true, data: { hash: expect.stringContaining('m=19456,t=2,p=1') } });
    expect(await provider.verify(context, old, { password: 'wrong' })).toEqual({
      ok: false,
      reason: 'wrong',
    });
    const dearer = asked({ hash: hashSync(good, { memoryCost: 20_000, timeCost: 3 }) });
    expect(await provider.verify(context, dearer, { password: good })).toEqual({ ok: true });
  });

  test('I-12 a broken hash is an exception, which proves nothing', async () => {
    const broken = asked({ hash: '$argon2id$broken' });
    await expect(provider.verify(context, broken, { password: good })).rejects.toThrow(/decod/i);
  });
});

describe('hashes from elsewhere', () => {
  const reversed = {
    matches: (hash: string) => hash.startsWith('reversed:'),
    verify: async (hash: string, typed: string) => hash === `reversed:${[...typed].toReversed().join('')}`,
  };
  const provider = password({ hasher: glass(), verifiers: [reversed] });

  test('are checked as they were made, and replaced', async () => {
    const stored = asked({ hash: 'reversed:2kfh38dk' });
    expect(await provider.verify(context, stored, { password: 'kd83hfk2' })).toEqual({
      ok: true,
      data: { hash: 'glass:kd83hfk2' },
    });
    expect(await provider.verify(context, stored, { password: '2kfh38dk' })).toEqual({
      ok: false,
      reason: 'wrong',
    });
  });

  test('are not renewed in a rush, but the sign-in succeeds', async () => {
    const queue = createHashQueue({ concurrency: 1, maxWait: 0.001 });
    const rushed = password({ hasher: glass(), verifiers: [reversed], queue });
    const stored = asked({ hash: 'reversed:2kfh38dk' });
    let free = (): void => {};
    const full = (): Promise<void> => new Promise((resolve) => (free = resolve));
    const verified = rushed.verify(context, stored, { password: 'kd83hfk2' });
    // Takes the only place in the moment between the check and the new hash.
    const rush = (async () => {
      for (;;) {
        try {
          return await queue.run(full);
        } catch {
          await Promise.resolve();
        }
      }
    })();
    expect(await verified).toEqual({ ok: true });
    free();
    await rush;
  });
});

describe('I-17 the same time for nobody', () => {
  test('a decoy costs one hash each time, the first one too', async () => {
    const hasher = glass();
    const provider = password({ hasher });
    await provider.decoy(context, { password: good });
    expect(hasher.asked).toEqual(['hash']);
    await provider.decoy(context, { password: good });
    await provider.decoy(context, { password: '\ud800' });
    expect(hasher.asked).toEqual(['hash', 'verify', 'verify']);
  });

  test('a decoy answers nothing, even to its own password', async () => {
    const provider = password({ hasher: glass() });
    expect(await provider.decoy(context, { password: 'nobody has this password' })).toBeUndefined();
    expect(await provider.decoy(context, { password: 'nobody has this password' })).toBeUndefined();
  });

  test('a decoy waits in the same queue, and is sent away like others', async () => {
    const queue = createHashQueue({ concurrency: 1, maxWait: 0.001 });
    const provider = password({ hasher: glass(), queue });
    let free = (): void => {};
    const busy = queue.run(() => new Promise<void>((resolve) => (free = resolve)));
    const full = { code: 'ERR_HASH_QUEUE_FULL', retryAfter: 1 };
    await expect(provider.decoy(context, { password: good })).rejects.toMatchObject(full);
    const stored = asked({ hash: `glass:${good}` });
    await expect(provider.verify(context, stored, { password: good })).rejects.toMatchObject(full);
    free();
    await busy;
  });
});

describe('options', () => {
  test.each<[string, unknown]>([
    ['minimumLength.only', { minimumLength: { only: 7 } }],
    ['minimumLength.only', { minimumLength: { withSecondFactor: 12, only: 10 } }],
    ['minimumLength.withSecondFactor', { minimumLength: { withSecondFactor: 65 } }],
    ['minimumLength.least', { minimumLength: { least: 8 } }],
    ['blocklist', { blocklist: 'password' }],
    ['blocklist', { blocklist: [1] }],
    ['cost.memory', { cost: { memory: 1024 } }],
    ['cost.passes', { cost: { passes: 0 } }],
    ['cost', { cost: { memory: 8_192, passes: 1 } }],
    ['cost', { cost: {}, hasher: glass() }],
    ['verifiers', { verifiers: [{ matches: () => true }] }],
    ['hasher', { hasher: {} }],
    ['hasher', { hasher: null }],
    ['queue', { queue: [] }],
    ['pepper', { pepper: 'x' }],
  ])('%s is named when it is wrong', (option, options) => {
    expect(() => password(options as PasswordOptions)).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIG_PASSWORD',
        message: expect.stringContaining(`password({ ${option} })`),
      }),
    );
  });

  test('the length asked for alone is never less than beside another factor', async () => {
    const options = { minimumLength: { withSecondFactor: 20 } };
    expect(await enrol('kd83hfk2mv94xqaz7wb', options, { onlyFactor: true })).toEqual(
      refused('too-short-only'),
    );
  });
});
