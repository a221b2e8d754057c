import { statSync } from 'node:fs';
import {
  CofactorError,
  createCofactor,
  type Cofactor,
  type CofactorOptions,
  type FactorProvider,
  type Store,
} from 'cofactor';

import type { Settings } from '../settings/table.ts';
import { originFor } from './origin.ts';

/**
 * What the library refuses of the settings, each by the setting's name. Each is tried by itself, beside others that are
 * fine, so that all of it is told at once and not only the first.
 */
export async function libraryFaults(
  settings: Settings,
  factors: readonly FactorProvider[],
): Promise<readonly string[]> {
  const origin = originFor(settings);
  const production = settings.environment === 'production';
  const faults: string[] = [];
  const attempt = <T>(name: keyof Settings, make: () => T): T | null => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof CofactorError) || !error.code.startsWith('ERR_CONFIG_')) throw error;
      faults.push(faultOf(name, error.message, settings));
      return null;
    }
  };
  const like = (options: Partial<CofactorOptions>): Cofactor => createCofactor({ ...harmless, ...options });

  attempt('origin', () =>
    like({ origin, environment: production ? 'production' : 'development', ...ownKey }),
  );
  if (settings.keys !== null) attempt('keys', () => like({ keys: settings.keys ?? [], origin }));
  attempt('name', () => like({ name: settings.name }));
  for (const folder of settings.extensions) {
    // What is wrong in a package is told in the log and in the back office; a folder that is not there is a setting's fault.
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      faults.push(`extensions takes folders; ${folder} is none`);
  }
  attempt('trustedProxies', () => like({ trustedProxies: settings.trustedProxies }));
  attempt('factors', () => like({ factors, profile: settings.profile, mail: nowhere }));
  await oidcFaults(settings, like, attempt);
  return faults;
}

type Attempt = <T>(name: keyof Settings, make: () => T) => T | null;

async function oidcFaults(
  { clients, resources, environment }: Settings,
  like: (options: Partial<CofactorOptions>) => Cofactor,
  attempt: Attempt,
): Promise<void> {
  if (clients.length === 0 && Object.keys(resources).length === 0) return;
  const { createOidcServer } = await import('cofactor/oidc-server');
  const auth =
    environment === 'production'
      ? like({ origin: 'https://example.com', environment, ...ownKey })
      : like({ environment: 'development' });
  const fine = attempt('resources', () => createOidcServer(auth, { resources }));
  for (const client of clients) {
    attempt('clients', () => createOidcServer(auth, { clients: [client], ...(fine && { resources }) }));
  }
}

/** A fault in the words of the settings. What is secret in a value is taken out, should it be quoted. */
function faultOf(name: keyof Settings, message: string, settings: Settings): string {
  let told = message.replace(/\.$/, '');
  for (const secret of secretsIn(settings[name])) told = told.replaceAll(secret, '…');
  return told.startsWith(name) ? told : `${name}: ${told}`;
}

const secretMember = /secret|password|key|token|jwk|private/i;

function secretsIn(value: unknown, inside = false): readonly string[] {
  if (typeof value === 'string') return inside && value !== '' ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => secretsIn(part, inside || secretMember.test(name)));
}

const nowhere = { send: () => Promise.reject(new Error('never sent')) };
/** Never written with and never stored: it only takes the place that each of these options is tried beside. */
const ownKey = { keys: [{ id: 'none', secret: Buffer.alloc(32).toString('base64') }] } as const;
const harmless: CofactorOptions = {
  // Whatever NODE_ENV says: production wants more of them than each is looked at for.
  environment: 'development',
  database: { durable: true, migrate: () => Promise.resolve() } as unknown as Store,
  factors: [
    {
      name: 'none',
      usage: 'first',
      multiple: false,
      proves: { kind: 'have', amr: [] },
      response: { type: 'object' },
      view: {
        texts: { en: { name: '', description: '', prompt: '', label: '', wrong: '' } },
        field: { property: 'none', type: 'text', autocomplete: 'off', maxLength: 1 },
      },
      confirm: () => ({ ok: false, reason: 'wrong' }),
      verify: () => ({ ok: false, reason: 'wrong' }),
    },
  ],
};
