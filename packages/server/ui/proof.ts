import type { ProofDialog } from '../../cofactor/src/elements/proof-dialog.ts';
import type { Result } from '../../cofactor/src/elements/client.ts';
import type { SecurityView } from '../../cofactor/src/http/contract.ts';
import { accountClient, authBase, send, type Method } from './api.ts';
import { nameOf } from './problems.ts';
import { context } from './state.ts';

declare const __ASSET_VERSION__: string;

/**
 * The elements with which people manage their own account. They come from the account pages themselves and not with
 * this bundle: what providers bring is built on the very same modules.
 */
export interface AccountElements {
  readonly useLanguage: (language: string) => Promise<void>;
  /** Tells the device of the person what changed. */
  readonly sendSignals: (signals: SecurityView['signals']) => Promise<void>;
}

let loaded: Promise<AccountElements> | undefined;

export function accountElements(): Promise<AccountElements> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<AccountElements> {
  try {
    const address = `${authBase}/assets/security.js?${__ASSET_VERSION__}`;
    const elements = (await import(/* @vite-ignore */ address)) as AccountElements;
    await elements.useLanguage(document.documentElement.lang);
    return elements;
  } catch (error) {
    // The next one who asks tries again.
    loaded = undefined;
    throw error;
  }
}

/** The one dialog that asks for a proof, over whatever else is open. */
export async function proofDialog(): Promise<ProofDialog> {
  await accountElements();
  const present = document.querySelector<ProofDialog>('cofactor-proof-dialog');
  if (present) return present;
  const made = document.createElement('cofactor-proof-dialog') as ProofDialog;
  made.client = accountClient;
  made.product = context().product.name;
  const host = document.createElement('div');
  host.className = 'cf-card bo-host';
  host.append(made);
  document.body.append(host);
  await made.updateComplete;
  return made;
}

/**
 * Does what may need a fresh proof of who does it, and asks for that in place when the server says so. `undefined`
 * where the person turned away.
 */
export async function proved<T>(act: () => Promise<Result<T>>): Promise<Result<T> | undefined> {
  const result = await act();
  if (result.ok || nameOf(result.problem) !== 'step-up-needed') return result;
  let dialog: ProofDialog;
  try {
    dialog = await proofDialog();
  } catch {
    return result;
  }
  return dialog.guard(false, act);
}

/** Changes something in the back office. Every change has a body there, be it empty. */
export function change<T = void>(
  method: Method,
  path: string,
  body: object = {},
): Promise<Result<T> | undefined> {
  return proved(() => send<T>(method, path, body));
}
