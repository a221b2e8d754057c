import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CofactorError, type FactorProvider } from 'cofactor';
import type { HashQueueObserver } from 'cofactor/password';
import { SettingsError } from '../settings/load.ts';
import type { Settings } from '../settings/table.ts';

type Maker = (settings: Settings, queue: HashQueueObserver | undefined) => Promise<FactorProvider>;

/** The providers that come with Cofactor and need nothing but settings. */
const makers: Readonly<Record<string, Maker>> = {
  async password(_settings, observer) {
    const { createHashQueue, password, umbracoHashes } = await import('cofactor/password');
    // Of ASP.NET Core Identity too: what an import brings over is checked as it was, until its person signs in.
    const verifiers = [umbracoHashes()];
    return password({ verifiers, ...(observer && { queue: createHashQueue({ observer }) }) });
  },
  totp: async ({ name }) => (await import('cofactor/totp')).totp({ issuer: name.replaceAll(':', ' ') }),
  webauthn: async () => (await import('cofactor/webauthn')).webauthn(),
  'recovery-codes': async () => (await import('cofactor/recovery-codes')).recoveryCodes(),
  'email-otp': async () => (await import('cofactor/email-otp')).emailOtp(),
};

/** @throws {SettingsError} naming each module of one's own and each issuer that cannot be used */
export async function factorsFor(
  settings: Settings,
  queue?: HashQueueObserver,
): Promise<readonly FactorProvider[]> {
  const faults: string[] = [];
  const own = await Promise.all(settings.factors.map(async (name) => makers[name]?.(settings, queue)));
  const brought = await Promise.all(settings.providers.map((path) => load(path, faults)));
  const issuers = await Promise.all(settings.issuers.map((one, index) => issuer(one, index, faults)));
  if (faults.length > 0) throw new SettingsError(faults);
  return [...own, ...brought, ...issuers].filter((one) => one !== undefined);
}

async function load(path: string, faults: string[]): Promise<FactorProvider | undefined> {
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(resolve(path)).href)) as { readonly default?: unknown };
  } catch (error) {
    faults.push(`providers: ${path} cannot be loaded (${(error as Error).message})`);
    return undefined;
  }
  if (typeof module.default === 'object' && module.default !== null) return module.default as FactorProvider;
  faults.push(`providers: ${path} has no factor provider as its default export`);
  return undefined;
}

async function issuer(
  options: Settings['issuers'][number],
  index: number,
  faults: string[],
): Promise<FactorProvider | undefined> {
  const { openid } = await import('cofactor/openid');
  try {
    return openid(options);
  } catch (error) {
    if (!(error instanceof CofactorError) || !error.code.startsWith('ERR_CONFIG_')) throw error;
    faults.push(`issuers: number ${index + 1}: ${error.message.replace(/\.$/, '')}`);
    return undefined;
  }
}
