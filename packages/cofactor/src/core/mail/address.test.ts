import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalAddress, maskAddress } from './address.ts';

describe('an address', () => {
  test.each([
    ['ada@example.com', 'ada@example.com'],
    ['Ada.Lovelace+codes@Example.COM', 'ada.lovelace+codes@example.com'],
    ["o'brien@mail.example.co.uk", "o'brien@mail.example.co.uk"],
    ['ada@Müller.example', 'ada@xn--mller-kva.example'],
    ['ada@xn--mller-kva.example', 'ada@xn--mller-kva.example'],
    ['ada@例え.jp', 'ada@xn--r8jz45g.jp'],
    ['ada@faß.example', 'ada@xn--fa-hia.example'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ])('%s is %s', (typed, canonical) => {
    expect(canonicalAddress(typed)).toBe(canonical);
  });

  test.each([
    '',
    'ada',
    '@example.com',
    'ada@',
    'ada@localhost',
    'ada@@example.com',
    'ada@eve@example.com',
    'ada@example.com,eve@example.net',
    'ada@example.com eve@example.net',
    'ada@example.com;eve@example.net',
    'ada@example.com\r\nBcc: eve@example.net',
    'ada@example.com\n',
    'ada@example.com\0',
    'ada@example.com\u2028',
    ' ada@example.com',
    'ada @example.com',
    '<ada@example.com>',
    'Ada <ada@example.com>',
    '"ada"@example.com',
    'ada\\@example.com',
    '(ada)ada@example.com',
    'ada%example.net@example.com',
    'example.net!ada@example.com',
    '|sh@example.com',
    '`id`@example.com',
    '.ada@example.com',
    'ada.@example.com',
    'a..da@example.com',
    'ada@example..com',
    'ada@.example.com',
    'ada@example.com.',
    'ada@-example.com',
    'ada@example-.com',
    'ada@exa_mple.com',
    'ada@example.com/x',
    'ada@example.com:25',
    'ada@ex%61mple.com',
    'ada@[192.0.2.1]',
    'ada@192.0.2.1',
    'ada@0x7f.1',
    'ada@example.7',
    'vıctim@example.com',
    'ad\u00e4@example.com',
    'ada@ｅxample.com',
    'ada＠example.com',
    'ada@example。com',
    'ada@\u212aelvin.example',
    'ada@Ⓐ.example',
    'ada@exa\u00admple.com',
    'ada@exam\u200dple.com',
    `${'a'.repeat(65)}@example.com`,
    `ada@${'a'.repeat(64)}.example`,
    `ada@${'a.'.repeat(130)}example`,
    `${'a'.repeat(64)}@${'b'.repeat(62)}.${'c'.repeat(62)}.${'d'.repeat(62)}.example`,
    ['ada@example.com'],
    null,
    7,
  ])('A-107 %j is none', (typed) => {
    expect(canonicalAddress(typed as string)).toBeNull();
  });

  test('A-107 whatever is typed: nothing, or one plain lower-case address that stays what it is', () => {
    const odd = fc.string({ unit: 'binary', maxLength: 12 });
    const near = fc
      .tuple(odd, fc.emailAddress(), odd)
      .map(([before, address, after]) => `${before}${address}${after}`);
    fc.assert(
      fc.property(fc.oneof(odd, near, fc.emailAddress()), (typed) => {
        const address = canonicalAddress(typed);
        if (address === null) return;
        expect(address).toMatch(/^[a-z0-9.#$&'*+/=?^_{}~-]+@[a-z0-9.-]+$/);
        expect(address.length).toBeLessThanOrEqual(254);
        expect(canonicalAddress(address)).toBe(address);
      }),
      { numRuns: 2000 },
    );
  });

  test('is shown as its owner knows it', () => {
    expect(maskAddress('jane.doe@example.com')).toBe('j•••@example.com');
    expect(maskAddress('j@example.com')).toBe('j•••@example.com');
  });
});
