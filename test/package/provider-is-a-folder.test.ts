import { describe, expect, test } from 'vitest';
import { providers, strangersThatNameProviders } from '../../tools/checks/provider-is-a-folder.ts';
import { withoutComments } from '../../tools/checks/source-files.ts';

describe('a provider is a folder', () => {
  test('no file outside of its folder knows a provider by name', () => {
    expect(providers().length).toBeGreaterThan(0);
    expect(strangersThatNameProviders()).toEqual([]);
  });

  test.each([
    `if (event.provider === 'totp') return;`,
    'const label = texts["totp.title"];',
    "import { check } from '../factors/totp/check.ts';",
    'const totp = providers.get(name);',
    'function hasTotp(user: User) {}',
    'select totp_secret from authenticators',
  ])('the search finds it in %s', (text) => {
    const file = { name: 'core/some.ts', text, code: withoutComments(text) };
    expect(strangersThatNameProviders([file], ['totp'])).toHaveLength(1);
    expect(strangersThatNameProviders([{ ...file, name: 'factors/totp/index.ts' }], ['totp'])).toEqual([]);
  });

  test.each([
    '// for example totp',
    '/** Name of the provider, e.g. `totp`. */',
    "autocomplete: 'current-password'",
    'const totpish = 1;',
    "summary: 'Change the password, or add a totp device'",
  ])('the search leaves %s alone', (text) => {
    const file = { name: 'core/some.ts', text, code: withoutComments(text) };
    expect(strangersThatNameProviders([file], ['totp', 'password'])).toEqual([]);
  });
});
