import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { ContextView } from '../http/contract.ts';
import { nameOf } from './client.ts';
import { define } from './element.ts';
import { FirstFactorPage } from './first-factor-page.ts';
import { headline } from './parts.ts';
import { say } from './problems.ts';
import { t } from './texts.ts';
import { beginAnewWithLinks } from './token.ts';

/** `<cofactor-reset>`: a new first factor, for who has the link from the mail. It signs nobody in (I-15). */
export class Reset extends FirstFactorPage<unknown> {
  static override properties: PropertyDeclarations = {
    ...FirstFactorPage.properties,
    done: { state: true },
  };
  declare private done: boolean;
  protected override readonly route: string = '/reset';

  constructor() {
    super();
    this.done = false;
  }

  protected override accepted(): 'stays' {
    this.done = true;
    return 'stays';
  }

  protected override content(context: ContextView): TemplateResult {
    if (this.done) return this.#done();
    if (this.token === null) return this.#gone(t('token.missing'));
    if (this.problem && nameOf(this.problem) === 'token-unknown') return this.#gone(say(this.problem));
    if (!this.provider) return this.#gone(t('problem.forbidden'));
    return this.form(this.provider, context, {
      title: t('reset.title'),
      lead: t('reset.lead'),
      submit: t('reset.submit'),
    });
  }

  #done(): TemplateResult {
    return html`${headline(t('reset.done'))}
      <p role="status" class="cf-lead">${t('reset.doneText')}</p>
      <a class="cf-button" href="${this.client.base}/sign-in">${t('reset.signIn')}</a>`;
  }

  #gone(why: string): TemplateResult {
    return this.gone(why, '/forgot', t('reset.again'));
  }
}

beginAnewWithLinks();
define('cofactor-reset', Reset);
