import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { AnswerForm } from './answer-form.ts';
import type { ClientProblem } from './client.ts';
import { Countdown } from './countdown.ts';
import { define } from './element.ts';
import { isAtField } from './problems.ts';
import { resendButton } from './resend.ts';
import { t } from './texts.ts';

/** The form with one field for what answers a challenge: a code that was sent, or a question that is shown. */
export class SentCode extends AnswerForm {
  static override properties: PropertyDeclarations = {
    ...AnswerForm.properties,
    again: { state: true },
  };
  /** Whether another one was asked for here. */
  declare private again: boolean;
  readonly #countdown = new Countdown(this);

  constructor() {
    super();
    this.again = false;
  }

  protected override willUpdate(changed: PropertyValues): void {
    const after = this.challenge?.resendAfter;
    if (changed.has('challenge') && after !== undefined) this.#countdown.start(after);
  }

  protected override lead(): TemplateResult {
    const question = this.challenge?.view['text'];
    return html`${this.#wasSent ? html`<p role="status" class="cf-sent">${this.#sent()}</p>` : nothing}
    ${typeof question === 'string' ? html`<p class="cf-lead">${question}</p>` : nothing} ${super.lead()}`;
  }

  protected override others(): TemplateResult | typeof nothing {
    return this.#wasSent ? resendButton(this.#countdown, () => void this.#resend()) : nothing;
  }

  /** Only what is sent says when it can be sent again. */
  get #wasSent(): boolean {
    return this.challenge?.resendAfter !== undefined;
  }

  #sent(): string {
    const to = this.offers[0]?.hint;
    if (to === undefined) return t(this.again ? 'sent.again' : 'sent');
    return t(this.again ? 'sent.againTo' : 'sent.to', { to });
  }

  async #resend(): Promise<void> {
    const result = await this.waiting.run(() => this.renew());
    if (result?.error) {
      // The code at hand can still be entered.
      await this.tell(result.error);
      return;
    }
    if (!result?.challenge) return;
    this.again = true;
    this.problem = null;
    this.error = '';
    await this.focusOn(`#${this.field.id}`);
  }

  /** A question may be used up by a wrong answer. Asking for another costs nothing where nothing is sent. */
  protected override async refused(problem: ClientProblem): Promise<void> {
    if (isAtField(problem) && this.challenge && !this.#wasSent) await this.renew();
    await super.refused(problem);
  }
}

define('cofactor-sent-code', SentCode);
