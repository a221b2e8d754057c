import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { ProviderInfo } from '../http/contract.ts';
import { nameOf, type ClientProblem, type Result } from './client.ts';
import { CofactorElement, define, start } from './element.ts';
import { alert, headline, linkButton, submit } from './parts.ts';
import { isAtField, say } from './problems.ts';
import { ResponseField } from './response-field.ts';
import { t } from './texts.ts';
import { Waiting } from './waiting.ts';

/** One thing to ask before something is done. */
export interface Question {
  readonly title: string;
  readonly lead?: string;
  readonly submit: string;
  readonly keep: string;
  /** Whether something is lost by it. */
  readonly danger?: boolean;
  /** A text to enter: its label, and what it is now. */
  readonly text?: {
    readonly label: string;
    readonly value: string;
    readonly empty: string;
    readonly autocomplete?: string;
    readonly inputMode?: string;
    readonly maxLength?: number;
    /** What is wrong with an answer, where that is known before anybody is asked. */
    readonly wrong?: (answer: string) => string | undefined;
  };
  /** A new response of a provider to enter, after the one that holds now, and whose it is. */
  readonly fresh?: { readonly provider: ProviderInfo; readonly identifier: string };
  /** Does it. Without a result (the person turned away from a proof) the question stays. */
  act(answer: string, current: string): Promise<Result<unknown> | undefined>;
}

/** Asks a question over the page, and stays until it is done or turned down. */
export class AskDialog extends CofactorElement {
  static override properties: PropertyDeclarations = {
    question: { state: true },
    problem: { state: true },
    currentError: { state: true },
    error: { state: true },
  };
  declare private question: Question | null;
  declare private problem: ClientProblem | null;
  declare private currentError: string;
  declare private error: string;
  #closed: () => void = () => {};
  readonly #waiting = new Waiting(this);
  readonly #current = new ResponseField(this);
  readonly #field = new ResponseField(this);

  constructor() {
    super();
    this.question = null;
    this.problem = null;
    this.currentError = '';
    this.error = '';
  }

  /** Resolves when the question is off the page again. */
  async ask(question: Question): Promise<void> {
    this.question = question;
    this.problem = null;
    this.currentError = '';
    this.error = '';
    await this.updateComplete;
    this.#dialog?.showModal();
    await this.focusOn(...start);
    return new Promise((resolve) => {
      this.#closed = resolve;
    });
  }

  get #dialog(): HTMLDialogElement | null {
    return this.querySelector('dialog');
  }

  protected override render(): TemplateResult {
    return html`<dialog class="cf-dialog" aria-labelledby="cf-question" @close=${this.#onClose}>
      ${this.question ? this.#content(this.question) : nothing}
    </dialog>`;
  }

  #content(question: Question): TemplateResult {
    const { fresh, text, lead } = question;
    return html`<div id="cf-question">${headline(question.title, 2)}</div>
      ${lead ? html`<p class="cf-lead">${lead}</p>` : nothing}
      ${alert(this.problem ? say(this.problem, fresh?.provider.texts) : undefined)}
      <form class="cf-form" novalidate @submit=${this.#onSubmit}>
        ${text ? this.#textField(text) : nothing} ${fresh ? this.#freshFields(fresh) : nothing}
        <div class="cf-buttons">
          ${submit(question.submit, this.#waiting, { kind: question.danger ? 'cf-danger' : '' })}
          ${linkButton(question.keep, () => this.#dialog?.close())}
        </div>
      </form>`;
  }

  #freshFields({ provider, identifier }: NonNullable<Question['fresh']>): TemplateResult {
    return html`<input hidden name="username" autocomplete="username" .value=${identifier} />
      ${this.#current.render({ provider, error: this.currentError, present: true })}
      ${this.#field.render({ provider, error: this.error, fresh: true })}`;
  }

  #textField({ label, value, ...input }: NonNullable<Question['text']>): TemplateResult {
    return html`<div class="cf-field">
      <label for="cf-answer">${label}</label>
      <div class="cf-input-row">
        <input
          id="cf-answer"
          class="cf-input"
          autocomplete=${input.autocomplete ?? 'off'}
          inputmode=${input.inputMode ?? nothing}
          autocapitalize=${input.maxLength === undefined ? nothing : 'none'}
          spellcheck="false"
          maxlength=${input.maxLength ?? 64}
          .value=${value}
          aria-required="true"
          aria-invalid=${this.error ? 'true' : 'false'}
          aria-describedby=${this.error ? 'cf-answer-error' : nothing}
        />
      </div>
      ${this.error ? html`<p id="cf-answer-error" class="cf-error">${this.error}</p>` : nothing}
    </div>`;
  }

  readonly #onClose = (): void => {
    this.#waiting.cancel();
    this.question = null;
    this.#closed();
  };

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.question) void this.#submit(this.question);
  };

  async #submit(question: Question): Promise<void> {
    const { text, fresh } = question;
    const answer = fresh
      ? this.#field.value
      : (this.querySelector<HTMLInputElement>('#cf-answer')?.value.trim() ?? '');
    const current = this.#current.value;
    this.problem = null;
    this.currentError = fresh && !current ? t('empty') : '';
    this.error = (text || fresh) && !answer ? (text?.empty ?? t('empty')) : (text?.wrong?.(answer) ?? '');
    if (!this.error && !this.currentError) {
      this.#current.conceal();
      this.#field.conceal();
      const result = await this.#waiting.run(() => question.act(answer, current));
      if (!result) return;
      if (result.ok) {
        this.#dialog?.close();
        return;
      }
      this.#refused(result.problem, question);
    }
    await this.focusOn('input[aria-invalid=true]', ...start);
  }

  #refused(problem: ClientProblem, { text, fresh }: Question): void {
    const words = say(problem, fresh?.provider.texts);
    if (!(text || fresh) || !isAtField(problem)) this.problem = problem;
    else if (fresh && nameOf(problem) !== 'refused-response') this.currentError = words;
    else this.error = words;
  }
}

define('cofactor-ask-dialog', AskDialog);
