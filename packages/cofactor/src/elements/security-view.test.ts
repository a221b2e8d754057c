import { expect, it } from 'vitest';
import type { AuthenticatorView } from '../http/contract.ts';
import { countedByProvider } from './security-view.ts';

function authenticators(provider: string, count: number, texts: Record<string, string>): AuthenticatorView[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${provider}${index}`,
    name: 'One of mine',
    createdAt: '2026-01-01T00:00:00Z',
    lastUsedAt: null,
    removable: true,
    provider: {
      provider,
      usage: 'second',
      multiple: true,
      texts,
      field: { property: 'code', type: 'text', autocomplete: 'off', maxLength: 9 },
    },
  }));
}

it('counts in the words of the providers', () => {
  const apps = { name: 'App', 'count-one': '{count} app', 'count-other': '{count} apps' };
  expect(
    countedByProvider([...authenticators('a', 2, apps), ...authenticators('b', 1, { name: 'Paper' })]),
  ).toBe('2 apps, Paper');
  expect(countedByProvider(authenticators('a', 1, apps))).toBe('1 app');
  expect(countedByProvider(authenticators('b', 3, { name: 'Paper' }))).toBe('Paper (3)');
});
