import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { wrongOption as wrong } from '../base/errors.ts';
import type { CofactorOptions } from './options.ts';
import type { FactorProvider } from './provider.ts';

/** The option `factors`: whole providers, each name once, and together enough to sign in with. */
export function providersOf(
  { factors: value, signInPage, mail }: CofactorOptions,
  profile: 'standard' | 'nist-800-63b-4',
): ReadonlyMap<string, FactorProvider> {
  const hostSignsIn = signInPage !== undefined;
  const code = 'ERR_CONFIG_FACTORS';
  if (!Array.isArray(value) || value.length === 0)
    throw wrong(code, 'factors takes a list of factor providers');
  const providers = new Map<string, FactorProvider>();
  for (const provider of value as readonly FactorProvider[]) {
    if (typeof provider?.name !== 'string' || !/^[a-z][a-z0-9-]{0,31}$/.test(provider.name)) {
      throw wrong(code, 'factors: a provider needs a name of 1 to 32 lower-case letters, digits and hyphens');
    }
    const named = `factors: the provider ${provider.name}`;
    if (providers.has(provider.name)) throw wrong(code, `${named} stands twice`);
    if (!['first', 'second', 'recovery'].includes(provider.usage)) {
      throw wrong(code, `${named} needs usage 'first', 'second' or 'recovery'`);
    }
    if (typeof provider.verify !== 'function' || typeof provider.confirm !== 'function') {
      throw wrong(code, `${named} needs the functions confirm and verify`);
    }
    if (provider.view?.texts?.['en'] === undefined || provider.view.field === undefined) {
      throw wrong(code, `${named} needs a view with a field and English texts`);
    }
    const { kind, amr } = provider.proves ?? {};
    if (!['know', 'have', 'are'].includes(kind) || !Array.isArray(amr) || amr.includes('mfa')) {
      throw wrong(code, `${named} needs proves { kind, amr }, without the derived value mfa`);
    }
    if (provider.response?.['type'] !== 'object')
      throw wrong(code, `${named} needs a response schema of an object`);
    if (profile === 'nist-800-63b-4' && provider.notForNist !== undefined) {
      throw wrong(code, `${named} is not allowed by the profile nist-800-63b-4: ${provider.notForNist}`);
    }
    if (provider.challenge && typeof provider.challenge.make !== 'function') {
      throw wrong(code, `${named} needs challenge { lifetime, usedUpBy, make }`);
    }
    if (provider.needsMail === true && mail === undefined) {
      throw wrong(
        code,
        `${named} sends mails: set mail, e.g. mailbox() in development, or give it its own send`,
      );
    }
    providers.set(provider.name, provider);
  }
  const seconds = [...providers.values()].filter((provider) => provider.usage === 'second');
  if (seconds.length > 0 && seconds.every((provider) => provider.restricted === true)) {
    throw wrong(
      code,
      `factors: ${seconds[0]?.name} is a restricted method and cannot be the only second factor; add another`,
    );
  }
  if (!hostSignsIn && ![...providers.values()].some((provider) => provider.usage === 'first')) {
    throw wrong(
      code,
      "factors needs a provider that can begin a sign-in (usage 'first'), or signInPage be set",
    );
  }
  return providers;
}

export function extensionsOf(value: CofactorOptions['extensions'] = []): readonly URL[] {
  const folders: readonly unknown[] = Array.isArray(value) ? value : [value];
  return Object.freeze(
    folders.map((folder) => {
      if (typeof folder === 'string' && folder !== '') return pathToFileURL(`${resolve(folder)}/`);
      if (folder instanceof URL && folder.protocol === 'file:')
        return new URL(`${folder.href.replace(/\/+$/, '')}/`);
      throw wrong(
        'ERR_CONFIG_EXTENSIONS',
        "extensions takes a folder of packages, e.g. 'extensions', or a list of them, as paths or file: URLs",
      );
    }),
  );
}

export function wrongExtensionsOf(
  value: CofactorOptions['wrongExtensions'] = 'refuse',
): 'refuse' | 'leave-out' {
  if (value === 'refuse' || value === 'leave-out') return value;
  throw wrong('ERR_CONFIG_EXTENSIONS', "wrongExtensions takes 'refuse' or 'leave-out'");
}
