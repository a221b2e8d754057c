import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalIdentifier } from '../../packages/cofactor/src/core/users/identifier.ts';
import type { EnrolmentView } from '../../packages/cofactor/src/http/contract.ts';
import { createApp, onEachDatabase, register, type TestApp, type TestDatabase } from '../support/app.ts';

const password = 'a long walk by the river';

onEachDatabase('I-07 one account for one name', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open());
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const registerAs = async (identifier: string): Promise<[number, string | null]> => {
    const browser = app.browser();
    await browser.context();
    const body = { identifier, provider: 'password', response: { password } };
    const { status, problem } = await browser.post('/auth/register', body);
    return [status, problem];
  };
  const signInAs = async (identifier: string): Promise<unknown> => {
    const browser = app.browser();
    await browser.context();
    await browser.post('/auth/sign-in', { identifier, provider: 'password', response: { password } });
    return (await browser.get<{ user: unknown }>('/who')).body.user;
  };

  // Tracks: CVE-2024-27295 (Directus), CVE-2019-19844 (Django), GHSA-7rqj (next-auth)
  it('A-107 other spellings of a name are the same account: no second one, and the same one signs in', async () => {
    expect(await registerAs('Victim@Example.com')).toEqual([200, null]);
    const same = [
      'victim@example.com',
      'VICTIM@EXAMPLE.COM',
      '  victim@example.com ',
      'ｖｉｃｔｉｍ＠ｅｘａｍｐｌｅ．ｃｏｍ',
      'ⅴictim@example.com',
      'victim@ex\u1d43mple.com',
    ];
    for (const identifier of same) {
      expect([identifier, await registerAs(identifier)]).toEqual([identifier, [409, 'identifier-taken']]);
      expect([identifier, await signInAs(identifier)]).toEqual([identifier, 'Victim@Example.com']);
    }
    const rows = await database.query('select canonical from users');
    expect(rows).toEqual([{ canonical: 'victim@example.com' }]);
  });

  it('A-107 letters that only look alike, or fold alike in some collation, are other accounts', async () => {
    expect(await registerAs('victim@example.com')).toEqual([200, null]);
    for (const identifier of [
      'v\u0131ctim@example.com',
      'v\u00edctim@example.com',
      'v\u0456ctim@example.com',
      'victim@example.com.',
      'victim@example.com,a@b',
    ]) {
      expect([identifier, await signInAs(identifier)]).toEqual([identifier, null]);
      expect([identifier, await registerAs(identifier)]).toEqual([identifier, [200, null]]);
      expect([identifier, await signInAs(identifier)]).toEqual([identifier, identifier]);
    }
    expect(await signInAs('victim@example.com')).toBe('victim@example.com');
  });

  it('A-199 A-107 what is invisible or breaks a line is no name', async () => {
    const refused = [
      'a\r\nBcc: x@y',
      'a\u0000b',
      'admin\u200b',
      '\u202enimda',
      'a\u2028b',
      'a\ufeffb',
      'a\u00adb',
      '\ud800',
      '   ',
      'x'.repeat(255),
      '\u3164'.normalize('NFC') + '\u034f\u200d',
    ];
    for (const identifier of refused) {
      expect([identifier, await registerAs(identifier)]).toEqual([identifier, [400, 'malformed']]);
    }
    for (const identifier of [['victim@example.com'], { toString: 'victim' }, 1, null, true]) {
      const answer = await registerAs(identifier as unknown as string);
      expect([identifier, answer]).toEqual([identifier, [400, 'malformed']]);
    }
    expect(await database.query('select id from users')).toEqual([]);
  });

  it('A-107 two that register one name at the same moment: one account, one session', async () => {
    const answers = await Promise.all(['Twin', 'twin', 'TWIN', 'ｔｗｉｎ', 'twin '].map(registerAs));
    expect(answers.map(([status]) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409, 409]);
    expect(await database.query('select id from users')).toHaveLength(1);
    expect(await database.query('select id from authenticators')).toHaveLength(1);
    expect(await database.query('select id from sessions')).toHaveLength(1);
    expect(await app.auth.verifyAudit()).toBeNull();
  });

  it('A-79 a name cannot add a parameter, an account or an issuer to the address in the QR code', async () => {
    const names = [
      'a:b?secret=AAAA&issuer=X',
      'x%00',
      'x#y',
      'Evil:x',
      '&algorithm=MD5',
      'a b+c/d',
      '😀'.repeat(60),
      'x'.repeat(254),
      '%3Fsecret%3DAAAA',
      '"><svg>',
    ];
    for (const name of names) {
      const { browser } = await register(app, name);
      const begun = await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
      const { key, uri } = begun.body.setup as { key: string; uri: string };
      expect(uri).toMatch(/^otpauth:\/\/totp\/[^?#]+\?[^?#]+$/);
      const url = new URL(uri);
      expect([...url.searchParams]).toEqual([
        ['secret', key],
        ['issuer', 'Test'],
        ['algorithm', 'SHA1'],
        ['digits', '6'],
        ['period', '30'],
      ]);
      const [issuer, account = '', ...more] = url.pathname.replace(/^\/+(totp\/)?/, '').split(':');
      expect([issuer, more]).toEqual(['Test', []]);
      const label = decodeURIComponent(account);
      expect(name === label || (label.endsWith('…') && name.startsWith(label.slice(0, -1)))).toBe(true);
      expect(uri.length).toBeLessThan(1000);
    }
  });
});

describe('I-07 the one form of a name', () => {
  it('is its own form again, whatever is typed', () => {
    const odd = fc.constantFrom(
      '\u0130',
      '\u0131',
      'ẞ',
      'ß',
      'Σ',
      'ς',
      'ﬀ',
      '\u0345',
      '\u212a',
      'ǅ',
      '\u1e9e',
      '\u0308',
      'ᾳ',
      '㎏',
      '½',
    );
    const typed = fc
      .array(fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), odd), { maxLength: 8 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(typed, (identifier) => {
        const canonical = canonicalIdentifier(identifier);
        if (canonical === null) return;
        expect(canonicalIdentifier(canonical)).toBe(canonical);
        expect(canonical).toBe(canonical.trim());
      }),
      { numRuns: 5000 },
    );
  });

  it('of every single character is its own form again', () => {
    const changed: string[] = [];
    for (let code = 0x20; code <= 0x10ffff; code += 1) {
      const canonical = canonicalIdentifier(`a${String.fromCodePoint(code)}b`);
      if (canonical !== null && canonicalIdentifier(canonical) !== canonical) changed.push(code.toString(16));
    }
    expect(changed).toEqual([]);
  });
});
