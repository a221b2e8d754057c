import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { ProviderInfo } from '../http/contract.ts';
import type { ClientProblem } from './client.ts';
import { CofactorElement, define } from './element.ts';
import { Pause } from './pause.ts';
import { alert, linkButton, submit } from './parts.ts';
import { isAtField, say } from './problems.ts';
import { ResponseField } from './response-field.ts';
import { t } from './texts.ts';
import { Waiting } from './waiting.ts';

/** Asks for what a provider has to be told before it can be set up, e.g. where a code shall go. */
export class InputForm extends CofactorElement {
  static override properties: PropertyDeclarations = {
    provider: { attribute: false },
    value: { attribute: false },
    note: { attribute: false },
    problem: { state: true },
    error: { state: true },
  };
  declare provider: ProviderInfo;
  /** What was entered before, to be corrected. */
  declare value: string;
  /** What to know before it is used. */
  declare note: string;
  /** Sends it; gives back what is wrong with it. */
  declare send: (value: string) => Promise<ClientProblem | null>;
  declare close: () => void;
  declare private problem: ClientProblem | null;
  declare private error: string;
  readonly #waiting = new Waiting(this);
  readonly #field = new ResponseField(this);
  readonly #pause = new Pause(this, () => (this.problem = null));

  constructor() {
    super();
    this.value = '';
    this.note = '';
    this.problem = null;
    this.error = '';
  }

  /** The provider as the field sees it: it asks for something else here than at a sign-in. */
  get #asking(): ProviderInfo {
    const { texts, input, field, ...rest } = this.provider;
    const label = texts['input-label'] ?? '';
    return {
      ...rest,
      field: input ?? field,
      texts: { ...texts, 'setup-label': label, 'setup-hint': texts['input-hint'] ?? '' },
    };
  }

  protected override render(): TemplateResult {
    return html`<p class="cf-lead">${this.provider.texts['description']}</p>
      ${this.note ? html`<p class="cf-warning cf-note">${this.note}</p>` : nothing}
      ${alert(this.problem ? say(this.problem) : undefined)}
      <form class="cf-form" novalidate @submit=${this.#onSubmit}>
        ${this.#field.render({ provider: this.#asking, error: this.error, fresh: true })}
        <div class="cf-buttons">
          ${submit(t('input.submit'), this.#waiting, { blocked: this.#pause.active })}
          ${linkButton(t('cancel'), this.#onCancel)}
        </div>
      </form>`;
  }

  protected override firstUpdated(): void {
    const input = this.querySelector('input');
    if (input) input.value = this.value;
  }

  readonly #onCancel = (): void => {
    this.#waiting.cancel();
    this.close();
  };

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!this.#pause.active) void this.#submit();
  };

  async #submit(): Promise<void> {
    const { value } = this.#field;
    const problem = value ? await this.#waiting.run(() => this.send(value)) : null;
    const atField = problem ? isAtField(problem) : false;
    this.error = value ? (problem && atField ? this.#wrong(problem) : '') : t('empty');
    this.problem = problem && !atField ? problem : null;
    if (problem) this.#pause.after(problem);
    if (problem || !value) await this.focusOn(`#${this.#field.id}`);
  }

  /** In the provider's words where it has some: it knows what it asks for. */
  #wrong(problem: ClientProblem): string {
    const { texts } = this.provider;
    return texts[problem.text ?? ''] ?? texts['input-wrong'] ?? say(problem);
  }
}

define('cofactor-input-form', InputForm);
