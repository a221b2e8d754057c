import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { ContextView } from '../http/contract.ts';
import './account-texts.ts';
import type { ClientProblem } from './client.ts';
import { define } from './element.ts';
import { Page } from './page.ts';
import { Pause } from './pause.ts';
import { alert, headline, identifierField, linkButton, submit } from './parts.ts';
import { isAtField, say } from './problems.ts';
import { t } from './texts.ts';

/**
 * `<cofactor-forgot>`: has a link sent to who forgot the password. Its answer is always the same, whether there is
 * such an account or not (I-17).
 */
export class Forgot extends Page {
  static override properties: PropertyDeclarations = {
    ...Page.properties,
    sent: { state: true },
    problem: { state: true },
    error: { state: true },
  };
  declare private sent: boolean;
  declare private problem: ClientProblem | null;
  declare private error: string;
  readonly #pause = new Pause(this, () => (this.problem = null));

  constructor() {
    super();
    this.sent = false;
    this.problem = null;
    this.error = '';
  }

  protected override async arrived(): Promise<void> {}

  protected override shown(): void {
    void this.focusOn('#cf-identifier');
  }

  protected override content(_context: ContextView): TemplateResult {
    return html`${this.sent ? this.#sent() : this.#form()}
      <p class="cf-aside">
        <a class="cf-link" href="${this.client.base}/sign-in">${t('forgot.back')}</a>
      </p>`;
  }

  #form(): TemplateResult {
    return html`${headline(t('forgot.title'))}
      <p class="cf-lead">${t('forgot.lead')}</p>
      ${alert(this.problem ? say(this.problem) : undefined)}
      <form class="cf-form" novalidate @submit=${this.#onSubmit}>
        ${identifierField('username', this.error || undefined)}
        ${submit(t('forgot.submit'), this.waiting, { blocked: this.#pause.active })}
      </form>`;
  }

  #sent(): TemplateResult {
    return html`${headline(t('forgot.sentTitle'))}
      <p role="status">${t('forgot.sent')}</p>
      <div class="cf-ways">${linkButton(t('forgot.other'), this.#onOther)}</div>`;
  }

  readonly #onOther = (): void => {
    this.sent = false;
    void this.focusOn('#cf-identifier');
  };

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!this.#pause.active) void this.#submit();
  };

  async #submit(): Promise<void> {
    const identifier = this.querySelector<HTMLInputElement>('#cf-identifier')?.value.trim() ?? '';
    this.error = identifier ? '' : t('identifier.empty');
    this.problem = null;
    if (this.error) {
      await this.focusOn('#cf-identifier');
      return;
    }
    const result = await this.waiting.run((signal) =>
      this.client.send<unknown>('POST', '/forgot', { identifier }, signal),
    );
    if (!result) return;
    this.sent = result.ok;
    if (!result.ok) this.#refused(result.problem);
    await this.focusOn('#cf-identifier', 'h1');
  }

  #refused(problem: ClientProblem): void {
    this.#pause.after(problem);
    if (isAtField(problem)) this.error = say(problem);
    else this.problem = problem;
  }
}

define('cofactor-forgot', Forgot);
