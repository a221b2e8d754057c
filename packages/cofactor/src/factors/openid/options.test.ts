import { describe, expect, test } from 'vitest';
import { createCofactor } from '../../index.ts';
import type { Store } from '../../core/store.ts';
import { password } from '../password/index.ts';
import { openid, type OpenidOptions } from './index.ts';

const whole: OpenidOptions = {
  name: 'google',
  label: 'Google',
  issuer: 'https://accounts.google.com',
  clientId: 'acme',
};

describe('openid()', () => {
  test('needs a name, a label, an issuer and a client, and nothing else', () => {
    const provider = openid(whole);
    expect(provider).toMatchObject({ name: 'google', usage: 'first', multiple: true });
    expect(provider.view.texts['de']?.['login-begin']).toBe('Mit Google anmelden');
    expect(Object.isFrozen(provider)).toBe(true);
  });

  test('takes an issuer on this machine without TLS, for development, and none elsewhere', () => {
    for (const issuer of [
      'http://localhost:4000',
      'http://127.0.0.1',
      'http://[::1]:1/realms/a',
      'https://a.example/',
    ]) {
      expect(() => openid({ ...whole, issuer })).not.toThrow();
    }
  });

  test.each<[string, Partial<Record<keyof OpenidOptions | 'isuer', unknown>>]>([
    ['name', { name: 'Google' }],
    ['name', { name: 'a_b' }],
    ['name', { name: '' }],
    ['name', { name: 'a'.repeat(33) }],
    ['name', { name: '../sign-in' }],
    ['label', { label: '' }],
    ['label', { label: ' Google' }],
    ['label', { label: 'Goo\ngle' }],
    ['label', { label: 'Goo\u202egle' }],
    ['label', { label: '{name}' }],
    ['label', { label: 'a'.repeat(65) }],
    ['issuer', { issuer: 'http://issuer.example' }],
    ['issuer', { issuer: 'http://localhost.evil.example' }],
    ['issuer', { issuer: 'http://10.0.0.1' }],
    ['issuer', { issuer: 'https://issuer.example?tenant=1' }],
    ['issuer', { issuer: 'https://issuer.example#a' }],
    ['issuer', { issuer: 'https://somebody@issuer.example' }],
    ['issuer', { issuer: 'issuer.example' }],
    ['issuer', { issuer: undefined }],
    ['clientId', { clientId: '' }],
    ['clientId', { clientId: 'a b' }],
    ['clientSecret', { clientSecret: '' }],
    ['clientSecret', { clientSecret: 7 }],
    ['scope', { scope: 'email profile' }],
    ['scope', { scope: 'openid  email' }],
    ['scope', { scope: ['openid'] }],
    ['accounts', { accounts: true }],
    ['accounts', { accounts: 'link' }],
    ['authoritativeFor', { authoritativeFor: 'example.com' }],
    ['authoritativeFor', { authoritativeFor: ['Example.com'] }],
    ['authoritativeFor', { authoritativeFor: ['*.example.com'] }],
    ['authoritativeFor', { authoritativeFor: ['@example.com'] }],
    ['authoritativeFor', { authoritativeFor: [''] }],
    ['authoritativeFor', { authoritativeFor: ['com'] }],
    ['timeout', { timeout: 0 }],
    ['timeout', { timeout: 60 }],
    ['timeout', { timeout: '5' }],
    ['fetch', { fetch: 'https://proxy.example' }],
    ['trust', { trust: [{ claim: 'acr', value: '*', level: 'all' }] }],
    ['isuer', { isuer: 'https://issuer.example' }],
  ])('says what %s takes: %j', (option, given) => {
    const wrong = { code: 'ERR_CONFIG_OPENID', message: expect.stringContaining(option) as string };
    expect(() => openid({ ...whole, ...given } as OpenidOptions)).toThrow(
      expect.objectContaining(wrong) as Error,
    );
  });

  test('several stand beside each other, and two of a name do not', () => {
    const database = { durable: false, migrate: async () => undefined } as unknown as Store;
    const site = (...names: string[]): unknown =>
      createCofactor({
        database,
        environment: 'development',
        factors: [password(), ...names.map((name) => openid({ ...whole, name }))],
      });
    expect(() => site('google', 'google-work')).not.toThrow();
    expect(() => site('google', 'google')).toThrow(/stands twice/);
  });
});
