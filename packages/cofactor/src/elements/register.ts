import { html, type TemplateResult } from 'lit';
import type { ContextView } from '../http/contract.ts';
import './account-texts.ts';
import { asked, carried } from './addresses.ts';
import type { ClientProblem } from './client.ts';
import { define } from './element.ts';
import { Entry } from './entry.ts';
import { alert, headline } from './parts.ts';
import { t } from './texts.ts';

/** `<cofactor-register>`: a name and a first factor make an account, and sign it in. */
export class Register extends Entry {
  protected override readonly entry = {
    path: '/register',
    submit: 'register.submit',
    autocomplete: 'username',
    fresh: true,
  } as const;

  protected override content(context: ContextView): TemplateResult {
    if (this.ceremony) return this.ceremonyForm(this.ceremony, context);
    const open = context.registration && this.provider;
    return html`${headline(t('register.title'))}
      ${
        open
          ? html`<p class="cf-lead">${t('register.lead')}</p>
              ${this.entryForm(context, open)}`
          : alert(t('register.closed', { product: context.product.name }))
      }
      <p class="cf-aside">
        ${t('register.have')}
        <a class="cf-link" href="${this.client.base}/sign-in${carried(asked().returnTo)}"
          >${t('register.signIn')}</a
        >
      </p>`;
  }

  protected override left(why: ClientProblem | null): void {
    this.ceremony = null;
    this.problem = why;
    void this.focusOn('#cf-identifier');
  }
}

define('cofactor-register', Register);
