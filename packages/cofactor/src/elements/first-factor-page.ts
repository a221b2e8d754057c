import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { ContextView, ProviderInfo } from '../http/contract.ts';
import './account-texts.ts';
import type { ClientProblem } from './client.ts';
import { start } from './element.ts';
import { Page } from './page.ts';
import { Pause } from './pause.ts';
import { alert, headline, linkButton, submit } from './parts.ts';
import { isAtField, say } from './problems.ts';
import { ResponseField } from './response-field.ts';
import { t } from './texts.ts';
import { takeToken } from './token.ts';

/** Whose form it is, in words. */
interface Words {
  readonly title: string;
  readonly lead: string;
  readonly submit: string;
}

/** A page on which whoever has the link of a mail chooses what they sign in with: another one, or their first. */
export abstract class FirstFactorPage<Answer> extends Page {
  static override properties: PropertyDeclarations = {
    ...Page.properties,
    provider: { state: true },
    problem: { state: true },
    error: { state: true },
  };
  declare protected provider: ProviderInfo | undefined;
  declare protected problem: ClientProblem | null;
  declare private error: string;
  protected readonly token: string | null = takeToken();
  readonly #field = new ResponseField(this);
  readonly #pause = new Pause(this, () => (this.problem = null));

  constructor() {
    super();
    this.provider = undefined;
    this.problem = null;
    this.error = '';
  }

  /** Where token and response go. */
  protected abstract readonly route: string;
  /** What comes of it. `leaves` where the browser is on its way to another page. */
  protected abstract accepted(answer: Answer): 'stays' | 'leaves';

  protected override async arrived(context: ContextView, _signal: AbortSignal): Promise<void> {
    this.provider ??= this.#choices(context)[0];
  }

  /** Nothing has to be begun for it, and nobody else vouches for it. */
  #choices({ first }: ContextView): readonly ProviderInfo[] {
    return first.filter(({ usage, discover }) => usage === 'first' && !discover);
  }

  protected override shown(): void {
    void this.focusOn(...start);
  }

  protected form(
    provider: ProviderInfo,
    context: ContextView,
    words: Words,
    identifier: string = '',
  ): TemplateResult {
    const others = this.#choices(context).filter((other) => other !== provider);
    return html`${headline(words.title)}
      <p class="cf-lead">${words.lead}</p>
      ${alert(this.problem ? say(this.problem) : undefined)}
      <form class="cf-form" novalidate @submit=${this.#onSubmit}>
        <input hidden name="username" autocomplete="username" .value=${identifier} />
        ${this.#field.render({ provider, error: this.error, fresh: true })}
        ${submit(words.submit, this.waiting, { blocked: this.#pause.active })}
      </form>
      ${others.map(
        (other) =>
          html`<div class="cf-ways">
            ${linkButton(t('signIn.with', { name: other.texts['name'] ?? '' }), () => this.#onOther(other))}
          </div>`,
      )}`;
  }

  /** A link that is worth nothing, and where to go instead. */
  protected gone(why: string, path: string, text: string): TemplateResult {
    return html`${headline(t('reset.goneTitle'))}
      <p role="status" class="cf-lead">${why}</p>
      <a class="cf-button" href="${this.client.base}${path}">${text}</a>`;
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
        token: this.token,
        provider: provider.provider,
        response: this.#field.response(provider),
      };
      const result = await this.waiting.run((signal) =>
        this.client.send<Answer>('POST', this.route, body, signal),
      );
      if (!result) return;
      if (!result.ok) this.#refused(result.problem, provider);
      else if (this.accepted(result.value) === 'leaves') return;
    }
    await this.focusOn(...start);
  }

  #refused(problem: ClientProblem, { texts }: ProviderInfo): void {
    this.#pause.after(problem);
    if (isAtField(problem)) this.error = say(problem, texts);
    else this.problem = problem;
  }
}
