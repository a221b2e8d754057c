import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { CeremonyView, ContextView, ProviderInfo, SignInBody, StepView } from '../http/contract.ts';
import { asked } from './addresses.ts';
import './ceremony-form.ts';
import { nameOf, type ClientProblem, type Result } from './client.ts';
import { Page } from './page.ts';
import { Pause } from './pause.ts';
import { alert, identifierField, linkButton, submit } from './parts.ts';
import { isAtField, say } from './problems.ts';
import { ResponseField } from './response-field.ts';
import { t, type TextKey } from './texts.ts';

/** What a form with an identifier and a first factor says and does: sign-in and registration differ in this only. */
interface EntryForm {
  readonly path: '/sign-in' | '/register';
  readonly submit: TextKey;
  /** `autocomplete` of the identifier. */
  readonly autocomplete: string;
  /** Whether the first factor is chosen here and not asked for. */
  readonly fresh: boolean;
}

/** A page that begins a ceremony or an account, and goes on with whatever else is needed. */
export abstract class Entry extends Page {
  static override properties: PropertyDeclarations = {
    ...Page.properties,
    ceremony: { state: true },
    provider: { state: true },
    problem: { state: true },
    errors: { state: true },
    pending: { state: true },
  };
  declare protected ceremony: CeremonyView | null;
  /** The first factor that the form asks for. */
  declare protected provider: ProviderInfo | undefined;
  declare protected problem: ClientProblem | null;
  declare protected errors: { readonly identifier?: string; readonly response?: string };
  /** Whether the answer was given and waits for somebody else. */
  declare protected pending: boolean;
  protected abstract readonly entry: EntryForm;
  readonly #field = new ResponseField(this);
  readonly #pause = new Pause(this, () => (this.problem = null));
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.ceremony = null;
    this.provider = undefined;
    this.problem = null;
    this.errors = {};
    this.pending = false;
  }

  /** What follows when a ceremony ended without success; null where the person turned away. */
  protected abstract left(why: ClientProblem | null): void;

  protected override async arrived(context: ContextView, _signal: AbortSignal): Promise<void> {
    const forms = this.forms(context);
    this.provider = forms.find(({ provider }) => provider === this.provider?.provider) ?? forms[0];
  }

  /** What is asked for together with a user name. Providers that need none have a place of their own. */
  protected forms({ first }: ContextView): readonly ProviderInfo[] {
    return first.filter(({ discover }) => !discover);
  }

  /** Whom the form begins with, where that is known. */
  protected expectedUser(_context: ContextView): string {
    return '';
  }

  protected override shown(): void {
    const known = this.context && this.expectedUser(this.context);
    void this.focusOn(known ? 'form input:not(#cf-identifier)' : '#cf-identifier');
  }

  protected ceremonyForm(ceremony: CeremonyView, context: ContextView): TemplateResult {
    return html`<cofactor-ceremony
      .client=${this.client}
      .ceremony=${ceremony}
      .product=${context.product.name}
      .rememberable=${context.offers.remember}
      .finished=${this.follow}
      .left=${(why: ClientProblem | null) => this.left(why)}
    ></cofactor-ceremony>`;
  }

  protected entryForm(context: ContextView, provider: ProviderInfo): TemplateResult {
    const { entry, errors } = this;
    const others = this.forms(context).filter((other) => other !== provider);
    return html`${alert(this.problem ? say(this.problem, provider.texts) : undefined)}
      <form class="cf-form" novalidate @submit=${this.#onSubmit}>
        ${identifierField(entry.autocomplete, errors.identifier, this.expectedUser(context))}
        ${this.#field.render({ provider, error: errors.response, fresh: entry.fresh })}
        ${submit(t(entry.submit), this.waiting, { blocked: this.#pause.active || this.pending })}
        <p role="status" class=${this.pending ? '' : 'cf-hidden'}>
          ${this.pending ? t('second.pending') : ''}
        </p>
      </form>
      ${others.map(
        (other) =>
          html`<div class="cf-ways">
            ${linkButton(t('signIn.with', { name: other.texts['name'] ?? '' }), () => this.#onOther(other))}
          </div>`,
      )}`;
  }

  /** Goes where a finished ceremony leads: the server checked the address when it was given. */
  protected readonly follow = (step: Extract<StepView, { returnTo: string }>): void => {
    location.assign(step.returnTo);
  };

  /** Shows what an answer led to; true where it was taken. */
  protected readonly take = (result: Result<StepView>): boolean => {
    this.problem = result.ok ? null : result.problem;
    this.pending = result.ok && result.value.status === 'pending';
    if (!result.ok) return false;
    if (result.value.status === 'more-needed') this.ceremony = result.value.ceremony;
    else if (result.value.status !== 'pending') this.follow(result.value);
    return true;
  };

  #onOther(provider: ProviderInfo): void {
    clearTimeout(this.#again);
    this.pending = false;
    this.#field.clear();
    this.errors = {};
    this.provider = provider;
    void this.focusOn(`#${this.#field.id}`);
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.provider && !this.#pause.active && !this.pending) void this.#submit(this.provider);
  };

  async #submit(provider: ProviderInfo): Promise<void> {
    const identifier = this.querySelector<HTMLInputElement>('#cf-identifier')?.value.trim() ?? '';
    this.errors = {
      ...(!identifier && { identifier: t('identifier.empty') }),
      ...(!this.#field.value && { response: t('empty') }),
    };
    if (this.errors.identifier || this.errors.response) {
      await this.focusOn('input[aria-invalid=true]');
      return;
    }
    this.#field.conceal();
    const { returnTo } = asked();
    const body: SignInBody = {
      identifier,
      provider: provider.provider,
      response: this.#field.response(provider),
      ...(returnTo && { returnTo }),
    };
    const result = await this.waiting.run((signal) =>
      this.client.send<StepView>('POST', this.entry.path, body, signal),
    );
    if (!result) return;
    this.take(result);
    if (!result.ok) await this.#refused(result.problem, provider);
    else if (result.value.status === 'pending') {
      this.#again = setTimeout(() => void this.#submit(provider), result.value.retryAfter * 1000);
    }
  }

  async #refused(problem: ClientProblem, provider: ProviderInfo): Promise<void> {
    const words = say(problem, provider.texts);
    this.#pause.after(problem);
    if (nameOf(problem) === 'identifier-taken') this.errors = { identifier: words };
    else if (isAtField(problem)) {
      this.errors = problem.pointer?.startsWith('/identifier') ? { identifier: words } : { response: words };
    }
    if (this.errors.identifier || this.errors.response) this.problem = null;
    await this.focusOn(this.errors.identifier ? '#cf-identifier' : `#${this.#field.id}`);
  }
}
