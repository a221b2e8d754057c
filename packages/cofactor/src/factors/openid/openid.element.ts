import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import { goAway } from '../../elements/away.ts';
import { alert } from '../../elements/parts.ts';
import { SetupElement } from '../../elements/setup-element.ts';

/** Links an account at an issuer: leads there, and the page that the person comes back to does the rest. */
export default class OpenidSetup extends SetupElement {
  static override properties: PropertyDeclarations = {
    ...SetupElement.properties,
    going: { state: true },
    failed: { state: true },
  };
  declare private going: boolean;
  declare private failed: boolean;

  constructor() {
    super();
    this.going = false;
    this.failed = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('pageshow', this.#onPageShow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('pageshow', this.#onPageShow);
  }

  protected override render(): TemplateResult {
    return html`<p>${this.text('setup-intro')}</p>
      ${alert(this.failed ? this.text('login-failed') : undefined)}
      <div class="cf-buttons">
        <button
          type="button"
          class="cf-button"
          aria-disabled=${this.going ? 'true' : 'false'}
          @click=${this.#onGo}
        >
          ${this.text('setup-go')}
        </button>
        ${this.cancelButton()}
      </div>
      <p role="status" class=${this.going ? 'cf-hint' : 'cf-hidden'}>
        ${this.going ? this.text('login-waiting') : ''}
      </p>`;
  }

  readonly #onGo = (): void => {
    if (this.going) return;
    this.going = goAway(this.setup['url']);
    this.failed = !this.going;
  };

  /** Who turned back at the issuer finds the page as it was left. */
  readonly #onPageShow = (event: PageTransitionEvent): void => {
    if (event.persisted) this.going = false;
  };
}
