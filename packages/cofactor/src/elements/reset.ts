import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { ContextView, ProviderInfo } from '../http/contract.ts';
import './account-texts.ts';
import { nameOf, type ClientProblem } from './client.ts';
import { define, start } from './element.ts';
import { Page } from './page.ts';
import { Pause } from './pause.ts';
import { alert, headline, linkButton, submit } from './parts.ts';
import { isAtField, say } from './problems.ts';
import { ResponseField } from './response-field.ts';
import { t } from './texts.ts';
import { beginAnewWithLinks, takeToken } from './token.ts';

/** `<cofactor-reset>`: a new first factor, for who has the link from the mail. It signs nobody in (I-15). */
export class Reset extends Page {
  static override properties: PropertyDeclarations = {
    ...Page.properties,
    provider: { state: true },
    done: { state: true },
    problem: { state: true },
    error: { state: true },
  };
  declare private provider: ProviderInfo | undefined;
  declare private done: boolean;
  declare private problem: ClientProblem | null;
  declare private error: string;
  readonly #token = takeToken();
  readonly #field = new ResponseField(this);
  readonly #pause = new Pause(this, () => (this.problem = null));

  constructor() {
    super();
    this.provider = undefined;
    this.done = false;
    this.problem = null;
    this.error = '';
  }

  protected override async arrived(context: ContextView): Promise<void> {
    this.provider ??= this.#choices(context)[0];
  }

  #choices({ first }: ContextView): readonly ProviderInfo[] {
    return first.filter(({ usage, discover }) => usage === 'first' && !discover);
  }

  protected override shown(): void {
    void this.focusOn(...start);
  }

  protected override content(context: ContextView): TemplateResult {
    if (this.done) return this.#done();
    if (this.#token === null) return this.#gone(t('token.missing'));
    if (this.problem && nameOf(this.problem) === 'token-unknown') return this.#gone(say(this.problem));
    return this.provider ? this.#form(this.provider, context) : this.#gone(t('problem.forbidden'));
  }

  #form(provider: ProviderInfo, context: ContextView): TemplateResult {
    const others = this.#choices(context).filter((other) => other !== provider);
    return html`${headline(t('reset.title'))}
      <p class="cf-lead">${t('reset.lead')}</p>
      ${alert(this.problem ? say(this.problem) : undefined)}
      <form class="cf-form" novalidate @submit=${this.#onSubmit}>
        <input hidden name="username" autocomplete="username" />
        ${this.#field.render({ provider, error: this.error, fresh: true })}
        ${submit(t('reset.submit'), this.waiting, { blocked: this.#pause.active })}
      </form>
      ${others.map(
        (other) =>
          html`<div class="cf-ways">
            ${linkButton(t('signIn.with', { name: other.texts['name'] ?? '' }), () => this.#onOther(other))}
          </div>`,
      )}`;
  }

  #done(): TemplateResult {
    return html`${headline(t('reset.done'))}
      <p role="status" class="cf-lead">${t('reset.doneText')}</p>
      <a class="cf-button" href="${this.client.base}/sign-in">${t('reset.signIn')}</a>`;
  }

  #gone(why: string): TemplateResult {
    return html`${headline(t('reset.goneTitle'))}
      <p role="status" class="cf-lead">${why}</p>
      <a class="cf-button" href="${this.client.base}/forgot">${t('reset.again')}</a>`;
  }

  #onOther(provider: ProviderInfo): void {
    this.#field.clear();
    this.error = '';
    this.provider = provider;
    void this.focusOn(`#${this.#field.id}`);
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.provider && !this.#pause.active) void this.#submit(this.provider);
  };

  async #submit(provider: ProviderInfo): Promise<void> {
    this.error = this.#field.value ? '' : t('empty');
    this.problem = null;
    if (!this.error) {
      this.#field.conceal();
      const body = {
        token: this.#token,
        provider: provider.provider,
        response: this.#field.response(provider),
      };
      const result = await this.waiting.run((signal) =>
        this.client.send<unknown>('POST', '/reset', body, signal),
      );
      if (!result) return;
      this.done = result.ok;
      if (!result.ok) this.#refused(result.problem, provider);
    }
    await this.focusOn(...start);
  }

  #refused(problem: ClientProblem, { texts }: ProviderInfo): void {
    this.#pause.after(problem);
    if (isAtField(problem)) this.error = say(problem, texts);
    else this.problem = problem;
  }
}

beginAnewWithLinks();
define('cofactor-reset', Reset);
