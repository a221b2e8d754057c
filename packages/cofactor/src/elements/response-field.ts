import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit';
import type { ProviderInfo } from '../http/contract.ts';
import { t } from './texts.ts';

let fields = 0;

interface FieldOptions {
  readonly provider: ProviderInfo;
  /** What is wrong with it, in words. */
  readonly error?: string | undefined;
  /** Id of the element that says what to enter. */
  readonly describedBy?: string;
  /** Whether something new is chosen here (registration, change) and not something known asked for. */
  readonly fresh?: boolean;
  /** Asks for what is stored now, beside a field for what shall be. */
  readonly present?: boolean;
}

/** The one field in which a provider is answered: its kind, length and words come from the provider. */
export class ResponseField implements ReactiveController {
  readonly id: string = `cf-response-${++fields}`;
  readonly #host: ReactiveControllerHost & HTMLElement;
  #shown = false;
  #submittedByItself = '';

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {}

  get #input(): HTMLInputElement | null {
    return this.#host.querySelector<HTMLInputElement>(`#${this.id}`);
  }

  get value(): string {
    return this.#input?.value ?? '';
  }

  /** The response as the provider takes it. */
  response(provider: ProviderInfo): Record<string, unknown> {
    return { [provider.field.property]: this.value };
  }

  /** For the field to be used for another answer. */
  clear(): void {
    this.#submittedByItself = '';
    this.conceal();
    if (this.#input) this.#input.value = '';
  }

  /** What was shown is hidden again when it is sent; browsers offer to save it then. */
  conceal(): void {
    this.#shown = false;
    this.#host.requestUpdate();
  }

  render({ provider, error, describedBy, fresh = false, present = false }: FieldOptions): TemplateResult {
    const { field, texts } = provider;
    const special = fresh ? texts['setup-label'] : present ? texts['current-label'] : undefined;
    const label = special ?? texts['label'] ?? '';
    const secret = field.type === 'password';
    const hint = fresh ? texts['setup-hint'] : field.length !== undefined ? t('goesOn') : undefined;
    const described = [describedBy, hint && `${this.id}-hint`, error && `${this.id}-error`]
      .filter(Boolean)
      .join(' ');
    const autocomplete =
      fresh && field.autocomplete === 'current-password' ? 'new-password' : field.autocomplete;
    return html`<div class="cf-field">
      <label for=${this.id}>${label}</label>
      <div class="cf-input-row">
        <input
          id=${this.id}
          class=${field.length === undefined ? 'cf-input' : 'cf-input cf-input-code'}
          name=${field.property}
          type=${secret && this.#shown ? 'text' : field.type}
          inputmode=${field.inputMode ?? nothing}
          autocomplete=${autocomplete}
          autocapitalize="none"
          spellcheck="false"
          maxlength=${secret ? field.maxLength : nothing}
          aria-required="true"
          aria-invalid=${error ? 'true' : 'false'}
          aria-describedby=${described || nothing}
          @input=${() => this.#onInput(provider, fresh)}
        />
        ${
          secret
            ? html`<button
                type="button"
                class="cf-reveal"
                aria-label=${`${t(this.#shown ? 'hide' : 'show')}: ${label}`}
                aria-controls=${this.id}
                @click=${this.#onReveal}
              >
                ${t(this.#shown ? 'hide' : 'show')}
              </button>`
            : nothing
        }
      </div>
      ${hint ? html`<p id=${`${this.id}-hint`} class="cf-hint">${hint}</p>` : nothing}
      ${error ? html`<p id=${`${this.id}-error`} class="cf-error">${error}</p>` : nothing}
    </div>`;
  }

  readonly #onReveal = (): void => {
    this.#shown = !this.#shown;
    this.#host.requestUpdate();
  };

  /** Spaces go first and the length is cut after: a `maxlength` would cut the end off a pasted "123 456". */
  #onInput(provider: ProviderInfo, fresh: boolean): void {
    const input = this.#input;
    const { type, maxLength, length } = provider.field;
    if (!input || type === 'password') return;
    const clean = input.value.replace(/\s+/gu, '').slice(0, maxLength);
    if (clean !== input.value) input.value = clean;
    if (fresh || length === undefined || clean.length !== length || clean === this.#submittedByItself) return;
    this.#submittedByItself = clean;
    input.form?.requestSubmit();
  }
}
