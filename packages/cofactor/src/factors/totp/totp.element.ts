import { html, type TemplateResult } from 'lit';
import { define } from '../../elements/element.ts';
import { SetupElement } from '../../elements/setup-element.ts';
import { isQr, keyView, qrCode } from '../../elements/setup-parts.ts';

/** Whether the app that is to hold the key is most likely on the device that shows this page. */
const onPhone = '(pointer: coarse) and (max-width: 600px)';

/** Sets up an authenticator app: get one, give it the key, prove with a code that it has it. */
export default class TotpSetup extends SetupElement {
  protected override render(): TemplateResult {
    return html`<ol class="cf-steps">
      <li><p>${this.text('setup-app')}</p></li>
      <li>${matchMedia(onPhone).matches ? this.#handOver() : this.#scan()}</li>
      <li>${this.confirmation(this.text('setup-code'))}</li>
    </ol>`;
  }

  #scan(): TemplateResult {
    return html`<p>${this.text('setup-scan')}</p>
      ${this.#image()}
      <details class="cf-details">
        <summary>${this.text('setup-key-toggle')}</summary>
        ${this.#key()}
        <p><a class="cf-link" href=${this.#uri}>${this.text('setup-open')}</a></p>
      </details>`;
  }

  #handOver(): TemplateResult {
    return html`<p>${this.text('setup-hand-over')}</p>
      <a class="cf-button" href=${this.#uri}>${this.text('setup-open')}</a>
      <details class="cf-details">
        <summary>${this.text('setup-other-toggle')}</summary>
        ${this.#key()} ${this.#image()}
      </details>`;
  }

  #image(): TemplateResult | undefined {
    const { qr } = this.setup;
    return isQr(qr) ? qrCode(qr, this.text('setup-image')) : undefined;
  }

  #key(): TemplateResult {
    return html`<p>${this.text('setup-key')}</p>
      ${keyView(this.#given('key'), this.text('setup-key-copy'))}`;
  }

  get #uri(): string {
    return this.#given('uri');
  }

  #given(part: 'key' | 'uri'): string {
    const value = this.setup[part];
    return typeof value === 'string' ? value : '';
  }
}

define('cofactor-totp-setup', TotpSetup);
