import { html, nothing, type TemplateResult } from 'lit';
import { define } from './element.ts';
import { SetupElement } from './setup-element.ts';
import { isQr, keyView, qrCode } from './setup-parts.ts';
import { t } from './texts.ts';

/** Serves every provider that brings no set-up element: shows what there is of a text, a code, a key and a link. */
export class DefaultSetup extends SetupElement {
  protected override render(): TemplateResult {
    const { text, qr, key, uri } = this.setup;
    return html`${typeof text === 'string' ? html`<p class="cf-lead">${text}</p>` : nothing}
    ${isQr(qr) ? qrCode(qr, t('setup.qr')) : nothing}
    ${typeof key === 'string' ? keyView(key, t('setup.copyKey')) : nothing}
    ${typeof uri === 'string' ? html`<p><a class="cf-link" href=${uri}>${t('setup.open')}</a></p>` : nothing}
    ${this.confirmation(this.text('setup-prompt') || this.text('prompt'))}`;
  }
}

define('cofactor-default-setup', DefaultSetup);
