import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { ChallengeView, Offer, ProviderInfo } from '../http/contract.ts';
import { nameOf, type ClientProblem } from './client.ts';
import { CofactorElement, define } from './element.ts';
import type { LoginContract } from './login-element.ts';
import { Pause } from './pause.ts';
import { alert, linkButton, submit } from './parts.ts';
import { isAtField, say } from './problems.ts';
import { ResponseField } from './response-field.ts';
import { t } from './texts.ts';
import { Waiting } from './waiting.ts';

/** The form with one field, which serves every provider that brings no element of its own. */
export class AnswerForm extends CofactorElement implements LoginContract {
  static override properties: PropertyDeclarations = {
    provider: { attribute: false },
    texts: { attribute: false },
    challenge: { attribute: false },
    offers: { attribute: false },
    named: { attribute: false },
    identifier: { attribute: false },
    problem: { state: true },
    error: { state: true },
    pending: { state: true },
  };
  declare provider: ProviderInfo;
  declare providerName: string;
  declare displayName: string;
  declare texts: Readonly<Record<string, string>>;
  declare product: string;
  declare challenge: ChallengeView | null;
  declare offers: readonly Offer[];
  declare mode: LoginContract['mode'];
  declare callback: LoginContract['callback'];
  declare renew: LoginContract['renew'];
  declare close: LoginContract['close'];
  /** Whether its name has to be told, because there are several of its kind. */
  declare named: boolean;
  /** Whose answer this is, for password managers. */
  declare identifier: string;

  declare protected problem: ClientProblem | null;
  declare protected error: string;
  /** Whether the answer was given and waits for somebody else. */
  declare protected pending: boolean;
  protected readonly waiting: Waiting = new Waiting(this);
  protected readonly field: ResponseField = new ResponseField(this);
  readonly #pause = new Pause(this, () => (this.problem = null));
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.texts = {};
    this.challenge = null;
    this.offers = [];
    this.named = false;
    this.identifier = '';
    this.problem = null;
    this.error = '';
    this.pending = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#again);
    this.pending = false;
  }

  /** What to do. */
  protected lead(): TemplateResult {
    const name = this.named ? this.offers[0]?.name : undefined;
    return html`<p>
      ${this.texts['prompt']}
      ${name ? html`<span class="cf-meta cf-device">${t('second.device', { name })}</span>` : nothing}
    </p>`;
  }

  /** What else there is to do. */
  protected others(): TemplateResult | typeof nothing {
    return nothing;
  }

  protected override render(): TemplateResult {
    const { provider, problem } = this;
    return html`${alert(problem ? say(problem) : undefined, this.#way())}
      <form class="cf-form" novalidate @submit=${this.#onSubmit}>
        <div id="cf-prompt" class="cf-prompt">${this.lead()}</div>
        ${
          provider.field.type === 'password'
            ? html`<input hidden name="username" autocomplete="username" .value=${this.identifier} />`
            : nothing
        }
        ${this.field.render({ provider, error: this.error, describedBy: 'cf-prompt' })}
        ${submit(t('second.submit'), this.waiting, { blocked: this.#pause.active || this.pending })}
        <p role="status" class=${this.pending ? '' : 'cf-hidden'}>
          ${this.pending ? t('second.pending') : ''}
        </p>
      </form>
      ${this.others()}`;
  }

  /** Where no code comes, the other ways are what helps. */
  #way(): TemplateResult | typeof nothing {
    return this.problem && ['delivery-failed', 'too-many-codes'].includes(nameOf(this.problem))
      ? linkButton(t('second.other'), () => this.close())
      : nothing;
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!this.#pause.active && !this.pending) void this.#submit();
  };

  async #submit(): Promise<void> {
    if (!this.field.value) {
      this.error = t('empty');
      await this.focusOn(`#${this.field.id}`);
      return;
    }
    this.field.conceal();
    const result = await this.waiting.run(() => this.callback(this.field.response(this.provider)));
    if (result?.error) await this.refused(result.error);
    else this.#taken(result?.pending);
  }

  /** Without an answer yet, the same is sent again after so many seconds, for as long as this is on the page. */
  #taken(pending: number | undefined): void {
    this.error = '';
    this.problem = null;
    this.pending = pending !== undefined && this.isConnected;
    if (this.pending) this.#again = setTimeout(() => void this.#submit(), (pending ?? 0) * 1000);
  }

  protected async refused(problem: ClientProblem): Promise<void> {
    this.#pause.after(problem);
    await this.tell(problem);
  }

  /** Says what is wrong: at the field where it is about what was entered, otherwise over the form. */
  protected async tell(problem: ClientProblem): Promise<void> {
    const atField = isAtField(problem);
    this.pending = false;
    this.error = atField ? say(problem, this.texts) : '';
    this.problem = atField ? null : problem;
    await this.focusOn(`#${this.field.id}`);
  }
}

define('cofactor-answer', AnswerForm);
