import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { AnswerBody, CeremonyView, Offer, StepView } from '../http/contract.ts';
import { nameOf, type Client, type ClientProblem } from './client.ts';
import { CofactorElement, define, entitle, start } from './element.ts';
import { Pause } from './pause.ts';
import { alert, choice, headline, icon, linkButton, submit } from './parts.ts';
import { endsCeremony, isAtField, say } from './problems.ts';
import { ResponseField } from './response-field.ts';
import { relative, t } from './texts.ts';
import { Waiting } from './waiting.ts';

/**
 * Answers a ceremony that is under way, for a sign-in and for a step-up alike: one field, other ways, help for
 * who lost a device. What follows is up to the page it stands in: `finished` and `left` are set by it.
 */
export class CeremonyForm extends CofactorElement {
  static override properties: PropertyDeclarations = {
    client: { attribute: false },
    ceremony: { attribute: false },
    product: { attribute: false },
    embedded: { attribute: false },
    view: { state: true },
    chosen: { state: true },
    problem: { state: true },
    error: { state: true },
  };
  declare client: Client;
  declare ceremony: CeremonyView;
  declare product: string;
  /** Whether this is part of a page with a headline of its own. */
  declare embedded: boolean;
  declare finished: (step: Exclude<StepView, { status: 'more-needed' }>) => void;
  /** The person turned away (null), or the ceremony is over without success. */
  declare left: (why: ClientProblem | null) => void;

  declare private view: 'answer' | 'choose' | 'lost';
  declare private chosen: string | null;
  declare private problem: ClientProblem | null;
  declare private error: string;
  readonly #waiting = new Waiting(this);
  readonly #field = new ResponseField(this);
  readonly #pause = new Pause(this, () => (this.problem = null));

  constructor() {
    super();
    this.embedded = false;
    this.product = '';
    this.view = 'answer';
    this.chosen = null;
    this.problem = null;
    this.error = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.focusOn(...start);
  }

  get #offer(): Offer | undefined {
    const { offers } = this.ceremony;
    return offers.find((offer) => offer.authenticator === this.chosen) ?? offers[0];
  }

  protected override render(): TemplateResult {
    const offer = this.#offer;
    if (!offer) return this.#nothingOffered();
    if (this.view === 'choose') return this.#choose();
    if (this.view === 'lost') return this.#lost();
    return this.#answer(offer);
  }

  protected override updated(changed: PropertyValues): void {
    if (!this.embedded) entitle(this);
    if (changed.has('view') && changed.get('view') !== undefined) void this.focusOn(...start);
  }

  #answer({ provider, name }: Offer): TemplateResult {
    const { offers, purpose, user } = this.ceremony;
    const several = offers.filter((offer) => offer.provider.provider === provider.provider).length > 1;
    const stepUp = purpose === 'step-up';
    return html`${headline(t(stepUp ? 'stepUp.title' : 'second.title'), this.embedded ? 2 : 1)}
      ${stepUp ? html`<p class="cf-lead">${this.#reason()}</p>` : nothing}
      <p class="cf-who">${t(stepUp ? 'stepUp.as' : 'second.notYou', { user: user.identifier })}</p>
      ${alert(this.problem ? say(this.problem) : undefined)}
      <form class="cf-form" novalidate @submit=${this.#onSubmit}>
        <p id="cf-prompt">
          ${provider.texts['prompt']}
          ${several ? html`<span class="cf-meta cf-device">${t('second.device', { name })}</span>` : nothing}
        </p>
        ${
          provider.field.type === 'password'
            ? html`<input hidden name="username" autocomplete="username" .value=${user.identifier} />`
            : nothing
        }
        ${this.#field.render({ provider, error: this.error, describedBy: 'cf-prompt' })}
        ${submit(t('second.submit'), this.#waiting, { blocked: this.#pause.active })}
      </form>
      <div class="cf-ways">
        ${linkButton(t('second.other'), () => (this.view = 'choose'))}
        ${provider.usage === 'recovery' ? nothing : linkButton(t('second.lost'), () => (this.view = 'lost'))}
        ${linkButton(t(stepUp ? 'cancel' : 'second.startOver'), this.leave)}
      </div>`;
  }

  #choose(): TemplateResult {
    const { offers } = this.ceremony;
    return html`${headline(t('choose.title'), this.embedded ? 2 : 1)}
      <p class="cf-lead">${t(offers.length > 1 ? 'choose.lead' : 'choose.only')}</p>
      ${this.#choices(offers)}
      <div class="cf-ways">
        ${linkButton(t('second.lost'), () => (this.view = 'lost'))} ${linkButton(t('back'), this.#onBack)}
      </div>`;
  }

  #lost(): TemplateResult {
    const recovery = this.ceremony.offers.filter((offer) => offer.provider.usage === 'recovery');
    return html`${headline(t('lost.title'), this.embedded ? 2 : 1)}
      <p class="cf-lead">${recovery.length > 0 ? t('lost.use') : t('lost.ask', { product: this.product })}</p>
      ${this.#choices(recovery)}
      <p>${t('lost.wait')}</p>
      <div class="cf-ways">${linkButton(t('back'), this.#onBack)}</div>`;
  }

  #nothingOffered(): TemplateResult {
    return html`${headline(t('none.title'), this.embedded ? 2 : 1)}
      <p class="cf-lead">${t('none.text', { product: this.product })}</p>
      <div class="cf-ways">${linkButton(t('second.startOver'), this.leave)}</div>`;
  }

  #choices(offers: readonly Offer[]): TemplateResult | typeof nothing {
    if (offers.length === 0) return nothing;
    return html`<ul class="cf-choices">
      ${offers.map(({ authenticator, name, provider }) =>
        choice(
          icon(provider.usage),
          provider.texts['name'] ?? name,
          provider.multiple ? name : (provider.texts['description'] ?? name),
          () => this.#onChoose(authenticator),
        ),
      )}
    </ul>`;
  }

  /** Why a step-up is asked, in a sentence or two. */
  #reason(): string {
    const { policy, lastProvedSecondsAgo } = this.ceremony.reason ?? {
      policy: null,
      lastProvedSecondsAgo: null,
    };
    const second = this.ceremony.offers[0]?.provider.usage !== 'first';
    const why =
      policy === null
        ? t('stepUp.account')
        : t(second ? 'stepUp.policySecond' : 'stepUp.policyFirst', { policy });
    const last =
      lastProvedSecondsAgo === null
        ? t('stepUp.never')
        : t('stepUp.last', { ago: relative(-lastProvedSecondsAgo) });
    return `${why} ${last}`;
  }

  readonly #onBack = (): void => {
    this.view = 'answer';
  };

  #onChoose(authenticator: string): void {
    this.#waiting.cancel();
    if (authenticator !== this.#offer?.authenticator) this.#reset();
    this.chosen = authenticator;
    this.view = 'answer';
  }

  #reset(): void {
    this.#field.clear();
    this.#pause.end();
    this.problem = null;
    this.error = '';
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#submit();
  };

  async #submit(): Promise<void> {
    const offer = this.#offer;
    if (!offer || this.#pause.active) return;
    if (!this.#field.value) {
      this.error = t('empty');
      await this.focusOn('input[aria-invalid=true]');
      return;
    }
    this.#field.conceal();
    const body: AnswerBody = {
      authenticator: offer.authenticator,
      response: this.#field.response(offer.provider),
    };
    const result = await this.#waiting.run((signal) =>
      this.client.send<StepView>('POST', '/ceremony', body, signal),
    );
    if (!result) return;
    if (!result.ok) await this.#refused(result.problem, offer);
    else if (result.value.status === 'more-needed') await this.#further(result.value.ceremony);
    else this.finished(result.value);
  }

  async #further(ceremony: CeremonyView): Promise<void> {
    this.ceremony = ceremony;
    this.chosen = null;
    this.#reset();
    await this.focusOn(...start);
  }

  async #refused(problem: ClientProblem, offer: Offer): Promise<void> {
    if (endsCeremony(problem) || nameOf(problem) === 'not-signed-in') {
      this.left(problem);
      return;
    }
    const atField = isAtField(problem);
    this.error = atField ? say(problem, offer.provider.texts) : '';
    this.problem = atField ? null : problem;
    this.#pause.after(problem);
    await this.focusOn('#cf-prompt ~ .cf-field input');
  }

  /** Gives the ceremony up. It is not waited for: what is not given up expires by itself. */
  readonly leave = (): void => {
    this.#waiting.cancel();
    void this.client.send<void>('DELETE', '/ceremony');
    this.left(null);
  };
}

define('cofactor-ceremony', CeremonyForm);
