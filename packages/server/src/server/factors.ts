import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FactorProvider } from 'cofactor';
import { SettingsError } from '../settings/load.ts';
import type { Settings } from '../settings/table.ts';

type Maker = (settings: Settings) => Promise<FactorProvider>;

/** The providers that come with Cofactor and need nothing but settings. */
const makers: Readonly<Record<string, Maker>> = {
  password: async () => (await import('cofactor/password')).password(),
  totp: async ({ name }) => (await import('cofactor/totp')).totp({ issuer: name.replaceAll(':', ' ') }),
  webauthn: async () => (await import('cofactor/webauthn')).webauthn(),
  'recovery-codes': async () => (await import('cofactor/recovery-codes')).recoveryCodes(),
  'email-otp': async () => (await import('cofactor/email-otp')).emailOtp(),
};

/** @throws {SettingsError} where a module of one's own cannot be used */
export async function factorsFor(settings: Settings): Promise<readonly FactorProvider[]> {
  const own = await Promise.all(settings.factors.map((name) => makers[name]?.(settings)));
  const brought = await Promise.all(settings.providers.map(load));
  return [...own, ...brought].filter((one) => one !== undefined);
}

async function load(path: string): Promise<FactorProvider> {
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(resolve(path)).href)) as { readonly default?: unknown };
  } catch (error) {
    throw new SettingsError([`providers: ${path} cannot be loaded (${(error as Error).message})`]);
  }
  if (typeof module.default !== 'object' || module.default === null)
    throw new SettingsError([`providers: ${path} has no factor provider as its default export`]);
  return module.default as FactorProvider;
}
