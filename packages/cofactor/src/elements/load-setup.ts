import './default-setup.ts';
import type { ProviderInfo } from '../http/contract.ts';
import type { SetupContract } from './setup-element.ts';

export type SetupHost = HTMLElement & SetupContract;
export type Loaded =
  | { readonly ok: true; readonly element: SetupHost }
  /** `away`: it could not be fetched or run; `wrong`: what came has no element in it. */
  | { readonly ok: false; readonly reason: 'away' | 'wrong' };

/** Makes the set-up element of a provider: its own where it has one, otherwise the default one. */
export async function loadSetup(provider: ProviderInfo): Promise<Loaded> {
  if (provider.setupElement === undefined) {
    return { ok: true, element: document.createElement('cofactor-default-setup') as SetupHost };
  }
  let exported: unknown;
  try {
    const loaded = (await import(/* @vite-ignore */ provider.setupElement)) as { readonly default?: unknown };
    exported = loaded.default;
  } catch {
    return { ok: false, reason: 'away' };
  }
  if (!isElementClass(exported)) return { ok: false, reason: 'wrong' };
  try {
    // A class that its module has not registered cannot be constructed: it gets a tag here.
    if (!customElements.getName(exported)) customElements.define(freeTag(provider.provider), exported);
    return { ok: true, element: new exported() as SetupHost };
  } catch {
    return { ok: false, reason: 'wrong' };
  }
}

function isElementClass(value: unknown): value is CustomElementConstructor {
  return typeof value === 'function' && value.prototype instanceof HTMLElement;
}

/** Two versions of a module may want the same tag: the second one gets another. */
function freeTag(provider: string): string {
  const tag = `cofactor-setup-${provider}`;
  return customElements.get(tag) ? `${tag}-${crypto.randomUUID()}` : tag;
}
