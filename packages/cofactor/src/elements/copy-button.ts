import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import { CofactorElement, define } from './element.ts';
import { t } from './texts.ts';

/** A button that copies a text, and says so. */
export class CopyButton extends CofactorElement {
  static override properties: PropertyDeclarations = {
    text: { attribute: false },
    label: { attribute: false },
    outcome: { state: true },
  };
  declare text: string;
  declare label: string;
  declare private outcome: string;

  constructor() {
    super();
    this.outcome = '';
  }

  protected override render(): TemplateResult {
    return html`<button type="button" class="cf-button cf-quiet" @click=${this.#onClick}>
        ${this.label}
      </button>
      <span role="status" class="cf-outcome">${this.outcome}</span>`;
  }

  readonly #onClick = (): void => {
    // Not every browser lets every page write to the clipboard; without https there is none at all.
    void (navigator.clipboard?.writeText(this.text) ?? Promise.reject(new Error('no clipboard'))).then(
      () => (this.outcome = t('copied')),
      () => (this.outcome = t('copyFailed')),
    );
  };
}

define('cofactor-copy', CopyButton);
