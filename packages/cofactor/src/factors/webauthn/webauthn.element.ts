import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import { define } from '../../elements/element.ts';
import { alert, submit } from '../../elements/parts.ts';
import { say } from '../../elements/problems.ts';
import { SetupElement } from '../../elements/setup-element.ts';
import { create, giveWay, isSupported } from './credentials.element.ts';

/** Sets up a passkey: one press of a button, and what the browser asks for. */
export default class WebauthnSetup extends SetupElement {
  static override properties: PropertyDeclarations = {
    ...SetupElement.properties,
    creating: { state: true },
    failure: { state: true },
  };
  /** Whether the browser is asking the person. */
  declare private creating: boolean;
  /** Why no passkey came of it, in words. */
  declare private failure: string;

  constructor() {
    super();
    this.creating = false;
    this.failure = '';
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    giveWay();
  }

  protected override render(): TemplateResult {
    if (!isSupported()) return html`${alert(this.text('setup-unsupported'))}${this.cancelButton()}`;
    return html`<p>${this.text('setup-intro')}</p>
      ${alert(this.#problem())}
      <form class="cf-form" novalidate @submit=${this.#onSubmit}>
        <div class="cf-field">
          <label for="cf-setup-name">${this.text('setup-name')}</label>
          <div class="cf-input-row">
            <input
              id="cf-setup-name"
              class="cf-input"
              name="device"
              autocomplete="off"
              maxlength="64"
              aria-describedby="cf-setup-name-hint"
            />
          </div>
          <p id="cf-setup-name-hint" class="cf-hint">${this.text('setup-name-hint')}</p>
        </div>
        <div class="cf-buttons">
          ${submit(this.text('setup-create'), this.waiting, { blocked: this.creating })}
          ${this.cancelButton()}
        </div>
        <p role="status" class=${this.creating ? 'cf-hint' : 'cf-hidden'}>
          ${this.creating ? this.text('setup-waiting') : ''}
        </p>
      </form>`;
  }

  #problem(): string | undefined {
    return this.failure || this.error || (this.problem ? say(this.problem, this.texts) : undefined);
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!this.creating && !this.waiting.busy) void this.#create();
  };

  async #create(): Promise<void> {
    this.failure = '';
    this.error = '';
    this.problem = null;
    this.creating = true;
    const outcome = await create(this.setup['options'] as PublicKeyCredentialCreationOptionsJSON);
    this.creating = false;
    if ('failure' in outcome) {
      if (outcome.failure !== 'aborted') this.failure = this.text(`setup-${outcome.failure}`);
      return;
    }
    // Without a name of their own it is called what its keeper is called, which the server knows.
    const name = this.querySelector<HTMLInputElement>('#cf-setup-name')?.value.trim();
    await this.send(outcome.response, name || undefined);
  }
}

define('cofactor-webauthn-setup', WebauthnSetup);
