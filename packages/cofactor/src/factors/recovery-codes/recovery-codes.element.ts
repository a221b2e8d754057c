import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import '../../elements/copy-button.ts';
import { define } from '../../elements/element.ts';
import { alert, submit } from '../../elements/parts.ts';
import { say } from '../../elements/problems.ts';
import { SetupElement } from '../../elements/setup-element.ts';

/** Shows new recovery codes, the only time they can be seen, and goes on when they are in a safe place. */
export default class RecoveryCodesSetup extends SetupElement {
  static override properties: PropertyDeclarations = {
    ...SetupElement.properties,
    unsaved: { state: true },
  };
  /** Whether the person wanted to go on without having said that the codes are saved. */
  declare private unsaved: boolean;

  constructor() {
    super();
    this.unsaved = false;
  }

  get #codes(): readonly string[] {
    const { codes } = this.setup;
    return Array.isArray(codes) ? codes.map(String) : [];
  }

  protected override render(): TemplateResult {
    return html`<p class="cf-lead">${this.text('setup-save')} ${this.text('setup-once')}</p>
      <div class="cf-sheet">
        <p class="cf-sheet-title">${this.#title}</p>
        <ol class="cf-codes">
          ${this.#codes.map((code) => html`<li><code>${code}</code></li>`)}
        </ol>
      </div>
      <div class="cf-buttons">
        <cofactor-copy .text=${this.#codes.join('\n')} .label=${this.text('setup-copy')}></cofactor-copy>
        <button type="button" class="cf-button cf-quiet" @click=${this.#onDownload}>
          ${this.text('setup-download')}
        </button>
        <button type="button" class="cf-button cf-quiet" @click=${this.#onPrint}>
          ${this.text('setup-print')}
        </button>
      </div>
      ${alert(this.problem ? say(this.problem, this.texts) : this.error || undefined)}
      <form class="cf-form" novalidate @submit=${this.#onSubmit}>
        <div class="cf-field">
          <label class="cf-check">
            <input
              type="checkbox"
              id="cf-saved"
              aria-invalid=${this.unsaved ? 'true' : 'false'}
              aria-describedby=${this.unsaved ? 'cf-saved-error' : nothing}
              @change=${this.#onTick}
            />
            <span>${this.text('setup-saved')}</span>
          </label>
          ${this.unsaved ? html`<p id="cf-saved-error" class="cf-error">${this.text('setup-unsaved')}</p>` : nothing}
        </div>
        <div class="cf-buttons">
          ${submit(this.text('setup-continue'), this.waiting)} ${this.cancelButton()}
        </div>
      </form>`;
  }

  get #title(): string {
    return this.text('setup-file', { product: this.product });
  }

  readonly #onTick = (): void => {
    this.unsaved = false;
  };

  readonly #onPrint = (): void => print();

  readonly #onDownload = (): void => {
    const text = `${[this.#title, '', ...this.#codes].join('\r\n')}\r\n`;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
    link.download = `${this.#title.replace(/[^\p{L}\p{N}]+/gu, '-')}.txt`;
    link.click();
    URL.revokeObjectURL(link.href);
  };

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.unsaved = !this.querySelector<HTMLInputElement>('#cf-saved')?.checked;
    if (this.unsaved) void this.focusOn('#cf-saved');
    else void this.send({ saved: true });
  };
}

define('cofactor-recovery-codes-setup', RecoveryCodesSetup);
