import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { AnswerBody, CeremonyView, ChallengeView, Offer, StepView } from '../http/contract.ts';
import { AnswerForm } from './answer-form.ts';
import { lostDevice, otherWays, reasonOf, type Turns } from './ceremony-view.ts';
import { nameOf, type Client, type ClientProblem, type Result } from './client.ts';
import { CofactorElement, define, entitle } from './element.ts';
import type { Loaded } from './load-element.ts';
import type { LoginContract } from './login-element.ts';
import { alert, headline, linkButton } from './parts.ts';
import { endsCeremony, ofAsking, say } from './problems.ts';
import { t, type TextKey } from './texts.ts';
import { Waiting } from './waiting.ts';

/** Where a step begins: at what answers it, or at its headline where that is not there yet. */
const start: readonly string[] = ['.cf-way input:not([hidden])', '.cf-way button', 'h1, h2'];

/** What a response came to, as the element that sent it is told. */
type Answered = Awaited<ReturnType<LoginContract['callback']>>;

/**
 * Answers a ceremony that is under way, for a sign-in and for a step-up alike: the way that is chosen, other ways,
 * help for who lost a device. What follows is up to the page it stands in: `finished` and `left` are set by it.
 */
export class CeremonyForm extends CofactorElement {
  static override properties: PropertyDeclarations = {
    client: { attribute: false },
    ceremony: { attribute: false },
    product: { attribute: false },
    embedded: { attribute: false },
    rememberable: { attribute: false },
    view: { state: true },
    element: { state: true },
    problem: { state: true },
    remembered: { state: true },
  };
  declare client: Client;
  declare ceremony: CeremonyView;
  declare product: string;
  /** Whether this is part of a page with a headline of its own. */
  declare embedded: boolean;
  /** Whether a sign-in may ask for this browser to be remembered. */
  declare rememberable: boolean;
  declare finished: (step: Extract<StepView, { returnTo: string }>) => void;
  /** The person turned away (null), or the ceremony is over without success. */
  declare left: (why: ClientProblem | null) => void;

  declare private view: 'answer' | 'choose' | 'lost';
  /** What answers the offer that is chosen; null until it is there. */
  declare private element: (HTMLElement & LoginContract) | null;
  /** Why it is not there, and whether another try may help. */
  declare private problem: { readonly words: string; readonly retry: boolean } | null;
  declare private remembered: boolean;
  #chosen: string | null = null;
  readonly #waiting = new Waiting(this);

  constructor() {
    super();
    this.embedded = false;
    this.product = '';
    this.rememberable = false;
    this.view = 'answer';
    this.element = null;
    this.problem = null;
    this.remembered = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.focusStart();
  }

  /** Moves the focus to where the step at hand begins. */
  focusStart(): Promise<void> {
    return this.focusOn(...start);
  }

  get #offer(): Offer | undefined {
    const { offers } = this.ceremony;
    return offers.find((offer) => offer.authenticator === this.#chosen) ?? offers[0];
  }

  protected override render(): TemplateResult {
    const offer = this.#offer;
    if (!offer) return this.#nothingOffered();
    if (this.view === 'answer') return this.#answer(offer);
    const { ceremony, view, product } = this;
    return html`${this.#headline(view === 'choose' ? 'choose.title' : 'lost.title')}
    ${view === 'choose' ? otherWays(ceremony, this.#turns) : lostDevice(ceremony, product, this.#turns)}`;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('ceremony')) this.#turnTo(null);
  }

  protected override updated(changed: PropertyValues): void {
    if (!this.embedded) entitle(this);
    if (changed.has('view') && changed.get('view') !== undefined) void this.focusStart();
  }

  /** An element of a way renders by itself: what is to be focused may be in it. */
  protected override async getUpdateComplete(): Promise<boolean> {
    const done = await super.getUpdateComplete();
    const element = this.element as (HTMLElement & { readonly updateComplete?: Promise<boolean> }) | null;
    if (element?.isConnected) await element.updateComplete;
    return done;
  }

  #headline(key: TextKey): TemplateResult {
    return headline(t(key), this.embedded ? 2 : 1);
  }

  #answer({ provider }: Offer): TemplateResult {
    const { purpose, user } = this.ceremony;
    const stepUp = purpose === 'step-up';
    return html`${this.#headline(stepUp ? 'stepUp.title' : 'second.title')}
      ${stepUp ? html`<p class="cf-lead">${reasonOf(this.ceremony)}</p>` : nothing}
      <p class="cf-who">${t(stepUp ? 'stepUp.as' : 'second.notYou', { user: user.identifier })}</p>
      ${alert(this.problem?.words, this.#ways())} ${this.#remember(provider.usage)}
      <div class="cf-way">${this.element ?? this.#loading()}</div>
      <div class="cf-ways">
        ${this.problem ? nothing : linkButton(t('second.other'), this.#onOther)}
        ${provider.usage === 'recovery' ? nothing : linkButton(t('second.lost'), this.#turns.lost)}
        ${linkButton(t(stepUp ? 'cancel' : 'second.startOver'), this.leave)}
      </div>`;
  }

  /** What helps where the way that is chosen cannot be shown. */
  #ways(): TemplateResult {
    return html`<div class="cf-buttons">
      ${linkButton(t('second.other'), this.#onOther)}
      ${this.problem?.retry ? linkButton(t('retry'), () => this.#turnTo(this.#chosen)) : nothing}
    </div>`;
  }

  #loading(): TemplateResult | typeof nothing {
    if (this.problem) return nothing;
    const { slow } = this.#waiting;
    return html`<p role="status" class="cf-loading">
      <span class="cf-spinner" ?hidden=${!slow}></span>${slow ? t('loading') : ''}
    </p>`;
  }

  /** Stands before the way itself: some of them go on the moment they are answered. */
  #remember(usage: Offer['provider']['usage']): TemplateResult | typeof nothing {
    if (this.problem || !this.#mayRemember(usage)) return nothing;
    return html`<div class="cf-remember">
      <label class="cf-check">
        <input
          type="checkbox"
          .checked=${this.remembered}
          @change=${({ target }: Event) => (this.remembered = (target as HTMLInputElement).checked)}
        />
        <span>${t('second.remember')}</span>
      </label>
    </div>`;
  }

  /** Not with a recovery code: who needs one is on a device of others, or about to set up a new one. */
  #mayRemember(usage: Offer['provider']['usage']): boolean {
    return this.rememberable && this.ceremony.purpose === 'sign-in' && usage === 'second';
  }

  #nothingOffered(): TemplateResult {
    return html`${this.#headline('none.title')}
      <p class="cf-lead">${t('none.text', { product: this.product })}</p>
      <div class="cf-ways">${linkButton(t('second.startOver'), this.leave)}</div>`;
  }

  readonly #onOther = (): void => {
    this.view = 'choose';
  };

  readonly #turns: Turns = {
    choose: ({ authenticator }) => {
      if (authenticator !== this.#offer?.authenticator || !this.element) this.#turnTo(authenticator);
      this.view = 'answer';
    },
    lost: () => {
      this.view = 'lost';
    },
    back: () => {
      this.view = 'answer';
    },
  };

  // The way that is chosen: asking the server for its challenge, and bringing its element onto the page.

  /** Turns to an offer, or to the first one. */
  #turnTo(authenticator: string | null): void {
    this.#waiting.cancel();
    this.#chosen = authenticator;
    this.element = null;
    this.problem = null;
    const offer = this.#offer;
    if (!offer) return;
    const { challenge, loginElement } = offer.provider;
    if (challenge || loginElement !== undefined) void this.#prepare(offer);
    else this.#mount(new AnswerForm(), offer, null);
  }

  async #prepare(offer: Offer): Promise<void> {
    const prepared = await this.#waiting.run((signal) =>
      Promise.all([
        elementFor(offer),
        offer.provider.challenge
          ? this.#challenge(offer, signal)
          : ({ ok: true, value: null } satisfies Result<null>),
      ]),
    );
    if (!prepared) return;
    const [loaded, challenge] = prepared;
    if (!challenge.ok) this.#failed(challenge.problem);
    else if (loaded.ok) this.#mount(loaded.element, offer, challenge.value);
    else {
      const retry = loaded.reason === 'away';
      const values = { name: offer.provider.texts['name'] ?? '', product: this.product };
      this.problem = { words: t(retry ? 'way.away' : 'way.wrong', values), retry };
    }
    await this.#followFocus();
  }

  async #challenge({ authenticator }: Offer, signal: AbortSignal): Promise<Result<ChallengeView>> {
    return ofAsking(await this.client.send<ChallengeView>('POST', '/challenges', { authenticator }, signal));
  }

  #mount(element: HTMLElement & LoginContract, offer: Offer, challenge: ChallengeView | null): void {
    const { provider } = offer;
    const { offers, user } = this.ceremony;
    this.element = Object.assign(element, {
      provider,
      providerName: provider.provider,
      displayName: provider.texts['name'] ?? '',
      texts: provider.texts,
      product: this.product,
      challenge,
      offers: [offer],
      mode: 'answer',
      callback: (response, authenticator) => this.#send(offer, response, authenticator),
      renew: () => this.#renew(offer),
      close: this.#onOther,
    } satisfies LoginContract);
    if (element instanceof AnswerForm) {
      element.identifier = user.identifier;
      element.named = offers.filter((other) => other.provider.provider === provider.provider).length > 1;
    }
  }

  /** Who waited at the headline goes on to what came; who went elsewhere meanwhile stays there. */
  async #followFocus(): Promise<void> {
    const at = document.activeElement;
    if (at === document.body || this.querySelector('h1, h2') === at) await this.focusStart();
  }

  #failed(problem: ClientProblem): void {
    if (this.#isOver(problem)) this.left(problem);
    else this.problem = { words: say(problem), retry: true };
  }

  #isOver(problem: ClientProblem): boolean {
    return endsCeremony(problem) || nameOf(problem) === 'not-signed-in';
  }

  // What its element asks for.

  async #renew(offer: Offer): ReturnType<LoginContract['renew']> {
    const result = await this.#waiting.run((signal) => this.#challenge(offer, signal));
    if (!result) return {};
    if (!result.ok) return this.#refused(result.problem);
    if (this.element) this.element.challenge = result.value;
    return { challenge: result.value };
  }

  async #send(
    offer: Offer,
    response: AnswerBody['response'],
    authenticator: string = offer.authenticator,
  ): Promise<Answered> {
    const remember = this.remembered && this.#mayRemember(offer.provider.usage);
    const body: AnswerBody = { authenticator, response, ...(remember && { remember }) };
    const result = await this.#waiting.run((signal) =>
      this.client.send<StepView>('POST', '/ceremony', body, signal),
    );
    if (!result) return {};
    if (!result.ok) return this.#refused(result.problem);
    if (result.value.status === 'pending') return { pending: result.value.retryAfter };
    if (result.value.status === 'more-needed') await this.#further(result.value.ceremony);
    else this.finished(result.value);
    return {};
  }

  #refused(problem: ClientProblem): { readonly error?: ClientProblem } {
    if (!this.#isOver(problem)) return { error: problem };
    this.left(problem);
    return {};
  }

  async #further(ceremony: CeremonyView): Promise<void> {
    this.ceremony = ceremony;
    await this.focusStart();
  }

  /** Gives the ceremony up. It is not waited for: what is not given up expires by itself. */
  readonly leave = (): void => {
    this.#waiting.cancel();
    void this.client.send<void>('DELETE', '/ceremony');
    this.left(null);
  };
}

/** The element for an offer that takes more than a field. Its script is fetched now, not with the page. */
async function elementFor({ provider }: Offer): Promise<Loaded<LoginContract>> {
  try {
    const { loadElement } = await import('./challenges.ts');
    return provider.loginElement === undefined
      ? { ok: true, element: document.createElement('cofactor-sent-code') as HTMLElement & LoginContract }
      : await loadElement<LoginContract>(provider.loginElement, `cofactor-login-${provider.provider}`);
  } catch {
    return { ok: false, reason: 'away' };
  }
}

define('cofactor-ceremony', CeremonyForm);
