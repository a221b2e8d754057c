import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { ContextView, InvitedView, ProviderInfo, StepView } from '../http/contract.ts';
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

/** `<cofactor-invitation>`: who was invited chooses what they sign in with, and is signed in with it. */
export class Invitation extends Page {
  static override properties: PropertyDeclarations = {
    ...Page.properties,
    invited: { state: true },
    provider: { state: true },
    problem: { state: true },
    error: { state: true },
  };
  /** Whom the link is for. */
  declare private invited: InvitedView | null;
  declare private provider: ProviderInfo | undefined;
  declare private problem: ClientProblem | null;
  declare private error: string;
  readonly #token = takeToken();
  readonly #field = new ResponseField(this);
  readonly #pause = new Pause(this, () => (this.problem = null));

  constructor() {
    super();
    this.invited = null;
    this.provider = undefined;
    this.problem = null;
    this.error = '';
  }

  protected override async arrived(context: ContextView, signal: AbortSignal): Promise<void> {
    this.provider ??= this.#choices(context)[0];
    if (this.#token === null || this.invited) return;
    const body = { token: this.#token };
    const result = await this.client.send<InvitedView>('POST', '/invitation/account', body, signal);
    if (result.ok) this.invited = result.value;
    else this.problem = result.problem;
  }

  /** What can be chosen: nothing has to be begun for it, and nobody else vouches for it. */
  #choices({ first }: ContextView): readonly ProviderInfo[] {
    return first.filter(({ usage, discover }) => usage === 'first' && !discover);
  }

  protected override shown(): void {
    void this.focusOn(...start);
  }

  protected override content(context: ContextView): TemplateResult {
    if (this.#token === null) return this.#gone(t('token.missing'));
    const { problem } = this;
    if (problem && nameOf(problem) === 'token-unknown') return this.#gone(t('invitation.gone'));
    if (!this.invited) return this.#gone(problem ? say(problem) : t('loading'));
    if (!this.provider) return this.#gone(t('problem.forbidden'));
    return this.#form(this.provider, this.invited, context);
  }

  #form(provider: ProviderInfo, { identifier }: InvitedView, context: ContextView): TemplateResult {
    const others = this.#choices(context).filter((other) => other !== provider);
    return html`${headline(t('invitation.title', { product: context.product.name }))}
      <p class="cf-lead">${t('invitation.lead', { identifier })}</p>
      ${alert(this.problem ? say(this.problem) : undefined)}
      <form class="cf-form" novalidate @submit=${this.#onSubmit}>
        <input hidden name="username" autocomplete="username" .value=${identifier} />
        ${this.#field.render({ provider, error: this.error, fresh: true })}
        ${submit(t('invitation.submit'), this.waiting, { blocked: this.#pause.active })}
      </form>
      ${others.map(
        (other) =>
          html`<div class="cf-ways">
            ${linkButton(t('signIn.with', { name: other.texts['name'] ?? '' }), () => this.#onOther(other))}
          </div>`,
      )}`;
  }

  #gone(why: string): TemplateResult {
    return html`${headline(t('reset.goneTitle'))}
      <p role="status" class="cf-lead">${why}</p>
      <a class="cf-button" href="${this.client.base}/sign-in">${t('reset.signIn')}</a>`;
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
        this.client.send<StepView>('POST', '/invitation', body, signal),
      );
      if (!result) return;
      if (result.ok && result.value.status === 'done') {
        location.assign(result.value.returnTo);
        return;
      }
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
define('cofactor-invitation', Invitation);
