import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { ProviderInfo } from '../http/contract.ts';
import { nameOf, type ClientProblem } from './client.ts';
import { CofactorElement } from './element.ts';
import { alert, linkButton, submit } from './parts.ts';
import { isAtField, say } from './problems.ts';
import { ResponseField } from './response-field.ts';
import { fill, t, type Values } from './texts.ts';
import { Waiting } from './waiting.ts';

/**
 * What the security page sets on the element that sets a provider up. The element is the default export of the
 * module that the provider names; it can be made with Lit, or with nothing at all.
 */
export interface SetupContract {
  /** How the provider is asked at sign-in: its field, its texts. */
  provider: ProviderInfo;
  providerName: string;
  /** What to call it in front of people. */
  displayName: string;
  /** What `begin` of the provider returned as `setup`. */
  setup: Readonly<Record<string, unknown>>;
  proposedName: string;
  /** The provider's texts in the language of the reader. */
  texts: Readonly<Record<string, string>>;
  /** Whose page this is, for what people take away from it. */
  product: string;
  /** Whether it is set up already and only has to be shown, once. Then there is nothing to cancel. */
  confirmed: boolean;
  /** Sends the response that confirms the set-up. The page goes on by itself where there is no `error`. */
  callback: (
    response: Readonly<Record<string, unknown>>,
    name?: string,
  ) => Promise<{ readonly error?: ClientProblem }>;
  /** Leaves the set-up without finishing it. */
  close: () => void;
}

/** The ground on which the set-up elements of Cofactor's own providers stand. */
export abstract class SetupElement extends CofactorElement implements SetupContract {
  static override properties: PropertyDeclarations = {
    provider: { attribute: false },
    providerName: { attribute: false },
    displayName: { attribute: false },
    setup: { attribute: false },
    proposedName: { attribute: false },
    texts: { attribute: false },
    product: { attribute: false },
    confirmed: { attribute: false },
    problem: { state: true },
    error: { state: true },
    nameError: { state: true },
  };
  declare provider: ProviderInfo;
  declare providerName: string;
  declare displayName: string;
  declare setup: Readonly<Record<string, unknown>>;
  declare proposedName: string;
  declare texts: Readonly<Record<string, string>>;
  declare product: string;
  declare confirmed: boolean;
  declare callback: SetupContract['callback'];
  declare close: SetupContract['close'];

  declare protected problem: ClientProblem | null;
  declare protected error: string;
  protected readonly waiting: Waiting = new Waiting(this);
  protected readonly field: ResponseField = new ResponseField(this);

  constructor() {
    super();
    this.texts = {};
    this.setup = {};
    this.proposedName = '';
    this.product = '';
    this.confirmed = false;
    this.problem = null;
    this.error = '';
  }

  /** A text of the provider; nothing where it has none. */
  protected text(key: string, values?: Values): string {
    return fill(this.texts[key] ?? '', values);
  }

  /** The field, a name where there can be several, and the way on and back. */
  protected confirmation(prompt: string): TemplateResult {
    return html`${alert(this.problem ? say(this.problem, this.texts) : undefined)}
      <form class="cf-form" novalidate @submit=${this.#onSubmit}>
        <p id="cf-setup-prompt">${prompt}</p>
        ${this.field.render({
          provider: this.provider,
          error: this.error,
          describedBy: 'cf-setup-prompt',
          fresh: true,
        })}
        ${this.provider.multiple ? this.#nameField() : nothing}
        <div class="cf-buttons">${submit(t('setup.submit'), this.waiting)} ${this.cancelButton()}</div>
      </form>`;
  }

  protected cancelButton(): TemplateResult | typeof nothing {
    return this.confirmed ? nothing : linkButton(t('cancel'), this.#onCancel);
  }

  /** Sends the response; what is wrong with it then stands at the field. */
  protected async send(response: Readonly<Record<string, unknown>>, name?: string): Promise<void> {
    const result = await this.waiting.run(() => this.callback(response, name));
    const problem = result?.error;
    const atField = problem !== undefined && isAtField(problem);
    this.error = atField ? this.#wrong(problem) : '';
    this.problem = atField ? null : (problem ?? null);
    if (problem) await this.focusOn(`#${this.field.id}`);
  }

  #wrong(problem: ClientProblem): string {
    const own = nameOf(problem) === 'wrong-response' ? this.texts[problem.text ?? ''] : undefined;
    return own ?? say(problem, this.texts);
  }

  #nameField(): TemplateResult {
    return html`<div class="cf-field">
      <label for="cf-setup-name">${t('setup.name')}</label>
      <div class="cf-input-row">
        <input
          id="cf-setup-name"
          class="cf-input"
          name="device"
          autocomplete="off"
          maxlength="64"
          .value=${this.proposedName}
          aria-describedby="cf-setup-name-hint"
        />
      </div>
      <p id="cf-setup-name-hint" class="cf-hint">${t('setup.nameHint')}</p>
    </div>`;
  }

  readonly #onCancel = (): void => {
    this.waiting.cancel();
    this.close();
  };

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#submit();
  };

  async #submit(): Promise<void> {
    if (!this.field.value) {
      this.error = t('empty');
      await this.focusOn(`#${this.field.id}`);
      return;
    }
    this.field.conceal();
    const name = this.querySelector<HTMLInputElement>('#cf-setup-name')?.value.trim();
    await this.send(this.field.response(this.provider), name || undefined);
  }
}
