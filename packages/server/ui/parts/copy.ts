import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import { CofactorElement, define } from '../../../cofactor/src/elements/element.ts';
import { t } from '../texts.ts';
import { button } from './basic.ts';

/** `<bo-copy>`: a button that copies a text, and says whether it could. */
export class Copy extends CofactorElement {
  static override properties: PropertyDeclarations = {
    text: { attribute: false },
    outcome: { state: true },
  };
  declare text: string;
  declare private outcome: string;

  constructor() {
    super();
    this.text = '';
    this.outcome = '';
  }

  protected override render(): TemplateResult {
    return html`${button(t('copy.do'), () => void this.#copy(), { kind: 'quiet' })}
      <span role="status" class="bo-meta">${this.outcome}</span>`;
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.text);
      this.outcome = t('copy.done');
    } catch {
      // Not every browser lets every page write to the clipboard.
      this.outcome = t('copy.failed');
    }
  }
}

define('bo-copy', Copy);
