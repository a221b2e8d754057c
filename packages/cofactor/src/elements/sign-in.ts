import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { CeremonyView, ContextView, StepUpBody, StepView } from '../http/contract.ts';
import { asked, carried, pathOf } from './addresses.ts';
import { nameOf, type ClientProblem } from './client.ts';
import { define } from './element.ts';
import { Entry } from './entry.ts';
import { alert, headline, linkButton } from './parts.ts';
import { say } from './problems.ts';
import { t } from './texts.ts';

/**
 * `<cofactor-sign-in>`: the first factor, then whatever else is needed. With `mode="step-up"` it starts from the
 * session at hand and asks for the proof that a page is missing: `?policy=Admin&return_to=/admin`.
 */
export class SignIn extends Entry {
  static override properties: PropertyDeclarations = {
    ...Entry.properties,
    mode: { type: String },
    anew: { state: true },
  };
  declare mode: 'sign-in' | 'step-up';
  /** Whether who is signed in wants to sign in as somebody else. */
  declare private anew: boolean;
  protected override readonly entry = {
    path: '/sign-in',
    submit: 'signIn.submit',
    autocomplete: 'username webauthn',
    fresh: false,
  } as const;

  constructor() {
    super();
    this.mode = 'sign-in';
    this.anew = false;
  }

  protected override async arrived(context: ContextView, signal: AbortSignal): Promise<void> {
    await super.arrived(context, signal);
    this.ceremony = this.#resumable(context.ceremony) ? context.ceremony : null;
    if (this.ceremony) return;
    if (this.mode === 'step-up') await this.#beginStepUp(signal);
  }

  /** A step-up goes on only with what this page asks for: another policy asks for another proof. */
  #resumable(ceremony: CeremonyView | null): boolean {
    if (ceremony === null || this.mode !== 'step-up') return ceremony !== null;
    return ceremony.purpose === 'step-up' && (ceremony.reason?.policy ?? null) === (asked().policy ?? null);
  }

  async #beginStepUp(signal: AbortSignal): Promise<void> {
    const body: StepUpBody = asked();
    const result = await this.client.send<StepView>('POST', '/step-up', body, signal);
    if (!this.take(result) && !result.ok && nameOf(result.problem) === 'not-signed-in') {
      location.assign(`${this.client.base}/sign-in${carried(body.returnTo)}`);
    }
  }

  protected override content(context: ContextView): TemplateResult {
    if (this.ceremony) return this.ceremonyForm(this.ceremony, context);
    if (this.mode === 'step-up') return this.#stepUpFailed();
    if (context.session && !this.anew) return this.#signedIn(context.session.user.identifier);
    return this.#start(context);
  }

  #start(context: ContextView): TemplateResult {
    const { product, registration } = context;
    return html`${headline(t('signIn.title'))}
      <p class="cf-lead">${t('signIn.lead', { product: product.name })}</p>
      ${this.provider ? this.entryForm(context, this.provider) : alert(t('signIn.none', { product: product.name }))}
      ${
        registration
          ? html`<p class="cf-aside">
              ${t('signIn.new')}
              <a class="cf-link" href="${this.client.base}/register${carried(asked().returnTo)}"
                >${t('signIn.register')}</a
              >
            </p>`
          : ''
      }`;
  }

  #signedIn(user: string): TemplateResult {
    return html`${headline(t('signIn.signedIn'))}
      <p class="cf-lead">${t('signIn.signedInAs', { user })}</p>
      <a class="cf-button" href=${pathOf(asked().returnTo) ?? '/'}>${t('continue')}</a>
      <div class="cf-ways">${linkButton(t('signIn.other'), this.#onAnew)}</div>`;
  }

  #stepUpFailed(): TemplateResult {
    return html`${headline(t('stepUp.title'))}
      ${alert(this.problem ? say(this.problem) : undefined, linkButton(t('retry'), this.#onRetry))}
      <p role="status" class="cf-lead">${this.waiting.slow ? t('loading') : ''}</p>`;
  }

  /** Leaving a step-up cannot lead back to the page that asks for it: it would ask again. */
  protected override left(why: ClientProblem | null): void {
    const stepUp = this.ceremony?.purpose === 'step-up';
    if (stepUp && why === null) {
      location.assign('/');
      return;
    }
    this.ceremony = null;
    this.problem = why;
    this.errors = {};
    if (stepUp) this.mode = 'step-up';
    else this.anew = true;
    void this.focusOn('#cf-identifier');
  }

  readonly #onAnew = (): void => {
    this.anew = true;
    void this.focusOn('#cf-identifier');
  };

  readonly #onRetry = (): void => {
    this.problem = null;
    void this.waiting.run((signal) => this.#beginStepUp(signal));
  };
}

define('cofactor-sign-in', SignIn);
