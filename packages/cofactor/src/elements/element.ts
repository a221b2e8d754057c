import { LitElement } from 'lit';

/**
 * What all elements here have in common: light DOM, because password managers and passkey autofill do not look
 * into a shadow root, and because the one style sheet of the page then serves them all.
 */
export abstract class CofactorElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /**
   * Moves the focus, once what was just decided is on the page, to the first of these that is there. Text in a
   * field is selected, to be typed over.
   */
  async focusOn(...selectors: readonly string[]): Promise<void> {
    await this.updateComplete;
    const target = selectors.map((selector) => this.querySelector<HTMLElement>(selector)).find(Boolean);
    target?.focus();
    if (target instanceof HTMLInputElement) target.select();
  }
}

/** Where a form or a step begins: its first field, or its headline where it has none. */
export const start: readonly string[] = ['input:not([hidden])', 'h1, h2'];

/** Registers an element unless its tag is taken: a module may be loaded under two addresses. */
export function define(tag: string, element: CustomElementConstructor): void {
  if (!customElements.get(tag)) customElements.define(tag, element);
}

/** The title of the window says which step of whose page this is. */
export function entitle(element: HTMLElement): void {
  const heading = element.querySelector('h1')?.textContent;
  const page = element.closest('.cf-card') ?? element.querySelector('.cf-card');
  const product = page?.querySelector('.cf-brand-name')?.textContent;
  if (heading && element.isConnected) document.title = [heading, product].filter(Boolean).join(' · ');
}
