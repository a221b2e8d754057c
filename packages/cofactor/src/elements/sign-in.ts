import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { CeremonyView, ContextView, StepUpBody, StepView } from '../http/contract.ts';
import { asked, carried, expected, pathOf } from './addresses.ts';
import { nameOf, type ClientProblem } from './client.ts';
import { define } from './element.ts';
import { Entry } from './entry.ts';
import { farewell } from './farewell.ts';
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
    late: { state: true },
  };
  declare mode: 'sign-in' | 'step-up';
  /** Whether who is signed in wants to sign in as somebody else. */
  declare private anew: boolean;
  /** How far the script is that providers need which begin by themselves. */
  declare private late: 'not-needed' | 'asked' | 'away';
  protected override readonly entry = {
    path: '/sign-in',
    submit: 'signIn.submit',
    autocomplete: 'username webauthn',
    fresh: false,
  } as const;

  constructor() {
    super();
    this.mode = 'sign-in';
    this.anew = expected().anew;
    this.late = 'not-needed';
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
    const { policy = null, application = null } = ceremony.reason ?? {};
    return ceremony.purpose === 'step-up' && application === null && policy === (asked().policy ?? null);
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

  /** As the application says, or who is signed in and has to show that it is still them. */
  protected override expectedUser({ session }: ContextView): string {
    const { anew, loginHint } = expected();
    return loginHint ?? (anew && session ? session.user.identifier : '');
  }

  #start(context: ContextView): TemplateResult {
    const { product, application, registration, first } = context;
    const { base } = this.client;
    return html`${headline(t('signIn.title'))}
      <p class="cf-lead">${t('signIn.lead', { product: application ?? product.name })}</p>
      ${farewell()}
      ${
        this.provider
          ? this.entryForm(context, this.provider)
          : alert(this.problem ? say(this.problem) : undefined)
      }
      ${first.length === 0 ? alert(t('signIn.none', { product: product.name })) : this.#discoveries(context)}
      ${
        context.offers.reset
          ? html`<div class="cf-ways">
              <a class="cf-link" href="${base}/forgot">${t('signIn.forgot')}</a>
            </div>`
          : nothing
      }
      ${
        registration
          ? html`<p class="cf-aside">
              ${t('signIn.new')}
              <a class="cf-link" href="${base}/register${carried(asked().returnTo)}"
                >${t('signIn.register')}</a
              >
            </p>`
          : nothing
      }`;
  }

  /** What can begin without a user name. Its place is kept from the start, so that nothing moves when it comes. */
  #discoveries({ first, product }: ContextView): readonly TemplateResult[] {
    return first
      .filter(({ discover }) => discover)
      .map(
        (provider) =>
          html`<div class="cf-discover">
            <cofactor-discover
              .client=${this.client}
              .provider=${provider}
              .product=${product.name}
              .take=${this.take}
            ></cofactor-discover>
            ${
              this.late === 'away'
                ? html`<p role="status" class="cf-hint">
                    ${t('way.away', { name: provider.texts['name'] ?? '' })}
                    ${linkButton(t('retry'), this.#loadLate)}
                  </p>`
                : nothing
            }
          </div>`,
      );
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (this.late === 'not-needed' && this.querySelector('cofactor-discover')) {
      // After the form is on the screen: the person may type while the rest is fetched.
      requestAnimationFrame(() => setTimeout(this.#loadLate));
    }
  }

  readonly #loadLate = (): void => {
    this.late = 'asked';
    import('./challenges.ts').catch(() => (this.late = 'away'));
  };

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
      // An application that asked is told; its page knows what to do.
      const back = this.ceremony?.reason?.application ? pathOf(asked().returnTo) : null;
      location.assign(back === null ? '/' : `${back}?left=1`);
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
