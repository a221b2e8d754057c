import type { ProviderModule } from './login-element.ts';

export type Loaded<Contract extends object> =
  | { readonly ok: true; readonly element: HTMLElement & Contract }
  /** `away`: it could not be fetched or run; `wrong`: what came has no element in it. */
  | { readonly ok: false; readonly reason: 'away' | 'wrong' };

/** How often each address was asked for in vain. */
const failures = new Map<string, number>();

/**
 * The module at an address of this site. Throws where it cannot be fetched or run.
 *
 * Browsers may remember that a module failed for as long as the page is open, so another try asks for another
 * address: only then can "Try again" work.
 */
export async function loadModule(address: string): Promise<ProviderModule> {
  const failed = failures.get(address) ?? 0;
  const again = failed === 0 ? '' : `${address.includes('?') ? '&' : '?'}again=${failed}`;
  try {
    return (await import(/* @vite-ignore */ address + again)) as ProviderModule;
  } catch (error) {
    failures.set(address, failed + 1);
    throw error;
  }
}

/**
 * Makes the element that is the default export of a module: of its set-up, or of its part in a sign-in. Nothing is
 * thrown; what is wrong with it comes back, to be told on the page.
 *
 * @example
 * const loaded = await loadElement<SetupContract>(provider.setupElement, 'cofactor-setup-paper');
 */
export async function loadElement<Contract extends object>(
  address: string,
  tag: string,
): Promise<Loaded<Contract>> {
  let exported: unknown;
  try {
    exported = (await loadModule(address)).default;
  } catch {
    return { ok: false, reason: 'away' };
  }
  if (!isElementClass(exported)) return { ok: false, reason: 'wrong' };
  try {
    // A class that its module has not registered cannot be constructed: it gets a tag here.
    if (!customElements.getName(exported)) customElements.define(freeTag(tag), exported);
    return { ok: true, element: new exported() as HTMLElement & Contract };
  } catch {
    return { ok: false, reason: 'wrong' };
  }
}

function isElementClass(value: unknown): value is CustomElementConstructor {
  return typeof value === 'function' && value.prototype instanceof HTMLElement;
}

/** Two versions of a module may want the same tag: the second one gets another. */
function freeTag(tag: string): string {
  return customElements.get(tag) ? `${tag}-${crypto.randomUUID()}` : tag;
}
