import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type {
  AnswerBody,
  CeremonyView,
  ConfirmBody,
  ConfirmedView,
  ContextView,
  ProviderInfo,
  SignInBody,
  StepView,
} from '../http/contract.ts';
import './account-texts.ts';
import { asked, carried, pathOf } from './addresses.ts';
import { leftFrom } from './away.ts';
import './ceremony-form.ts';
import { nameOf, type ClientProblem } from './client.ts';
import { define } from './element.ts';
import { Page } from './page.ts';
import { alert, headline } from './parts.ts';
import { endsCeremony, say } from './problems.ts';
import type { Returned } from './returned.ts';
import { t } from './texts.ts';

/** Hands over what the address had, which was taken out of it before this script was asked for. */
let handOver: (came: Returned | null) => void;
const handedOver = new Promise<Returned | null>((resolve) => {
  handOver = resolve;
});
export function begin(came: Returned | null): void {
  handOver(came);
}

/** `<cofactor-callback>`: where people come back to from another site that says who they are. */
export class Callback extends Page {
  static override properties: PropertyDeclarations = {
    ...Page.properties,
    ceremony: { state: true },
    words: { state: true },
    confirmed: { state: true },
  };
  /** What is still asked for, here or on the page that was left. */
  declare private ceremony: CeremonyView | null;
  /** What went wrong. */
  declare private words: string;
  declare private confirmed: ConfirmedView | null;
  /** Whether it was used: an answer is good once. */
  #used = false;
  #texts: ProviderInfo['texts'] = {};
  /** Whether the way to go on is the security page. */
  #toSecurity = false;

  constructor() {
    super();
    this.ceremony = null;
    this.words = '';
    this.confirmed = null;
  }

  protected override async arrived(context: ContextView, signal: AbortSignal): Promise<void> {
    const { first, ceremony } = context;
    const info = [...first, ...(ceremony?.offers ?? []).map(({ provider }) => provider)].find(
      ({ provider }) => provider === this.#provider,
    );
    const had = this.#used ? null : await handedOver;
    this.#used = true;
    this.ceremony = null;
    this.words = '';
    this.#texts = info?.texts ?? {};
    if (had?.response) await this.#send(had, had.response, context, signal);
    else if (had)
      this.#fail(had.why, t(had.cancelled ? 'external.cancelled' : 'external.refused', this.#name), context);
    // Opened anew: what was asked for besides may still be open.
    else if (ceremony) this.ceremony = ceremony;
    else this.#fail('discover', t('external.wrong', this.#name), context);
  }

  /** The name in the address of this page. */
  get #provider(): string {
    return location.pathname.split('/').at(-1) ?? '';
  }

  get #name(): { readonly name: string } {
    return { name: this.#texts['name'] ?? this.#provider };
  }

  async #send(
    { why, authenticator }: Returned,
    response: NonNullable<Returned['response']>,
    context: ContextView,
    signal: AbortSignal,
  ): Promise<void> {
    if (why === 'enrol') {
      const body: ConfirmBody = { response: { ...response } };
      const result = await this.client.send<ConfirmedView>('POST', '/enrolments/confirm', body, signal);
      if (result.ok) this.confirmed = result.value;
      else this.#refused(why, result.problem, context);
      return;
    }
    const body: SignInBody | AnswerBody =
      authenticator === null
        ? { provider: this.#provider, response: { ...response } }
        : { authenticator, response: { ...response } };
    const path = authenticator === null ? '/sign-in' : '/ceremony';
    const result = await this.client.send<StepView>('POST', path, body, signal);
    if (!result.ok) this.#refused(why, result.problem, context);
    else if (result.value.status === 'more-needed') {
      const { ceremony } = result.value;
      // The same once more would bring no more: that has to be told, or people go round in a circle.
      if (why === 'answer') this.words = t('external.notEnough', this.#name);
      this.ceremony = ceremony;
    } else if (result.value.status !== 'pending') this.#follow(result.value);
  }

  #refused(why: Returned['why'], problem: ClientProblem, context: ContextView): void {
    this.#fail(why, this.#wordsFor(problem), endsCeremony(problem) ? null : context);
  }

  #wordsFor(problem: ClientProblem): string {
    switch (nameOf(problem)) {
      case 'wrong-credentials':
      case 'malformed':
      case 'enrolment-unknown':
        return t('external.wrong', this.#name);
      case 'already-enrolled':
        return t('external.taken', this.#name);
      case 'step-up-needed':
        return t('external.late');
      default:
        return say(problem, this.#texts);
    }
  }

  /** Says what went wrong; a ceremony that is still open goes on right here. */
  #fail(why: Returned['why'], words: string, context: ContextView | null): void {
    this.words = words;
    this.#toSecurity = why === 'enrol';
    this.ceremony = why === 'answer' ? (context?.ceremony ?? null) : null;
  }

  readonly #follow = (step: Extract<StepView, { returnTo: string }>): void => {
    // Not to be gone back to: there is nothing here any more.
    location.replace(step.returnTo);
  };

  protected override content(context: ContextView): TemplateResult {
    if (this.ceremony) return this.#further(this.ceremony, context);
    if (this.confirmed) return this.#linked(this.confirmed);
    if (this.words) return this.#failed(this.words);
    return html`${headline(t('external.title'))}
      <p role="status" class="cf-lead">${t('external.lead', this.#name)}</p>`;
  }

  #further(ceremony: CeremonyView, context: ContextView): TemplateResult {
    return html`${alert(this.words || undefined, this.#moreIsNeeded(ceremony) ? this.#addStep : nothing)}
      <cofactor-ceremony
        .client=${this.client}
        .ceremony=${ceremony}
        .product=${context.product.name}
        .rememberable=${context.offers.remember}
        .finished=${this.#follow}
        .left=${(why: ClientProblem | null) => this.#left(why)}
      ></cofactor-ceremony>`;
  }

  /** Whether the account has nothing else that could be asked for. */
  #moreIsNeeded({ offers }: CeremonyView): boolean {
    return this.words !== '' && offers.every(({ provider }) => provider.provider === this.#provider);
  }

  get #addStep(): TemplateResult {
    const [, search = ''] = leftFrom()?.split('?') ?? [];
    return html`<a class="cf-link" href="${this.client.base}/security${carried(asked(search).returnTo)}"
      >${t('add.first')}</a
    >`;
  }

  #failed(words: string): TemplateResult {
    return html`${headline(t('external.failed'))} ${alert(words)}
      <a class="cf-button" href=${this.#back}>${this.#toSecurity ? t('external.security') : t('retry')}</a>`;
  }

  #linked({ authenticator, returnTo }: ConfirmedView): TemplateResult {
    const { name } = authenticator;
    const path = pathOf(returnTo);
    const security = `${this.client.base}/security`;
    const onward = path === null || path === '/' ? security : `${security}${carried(path)}`;
    return html`${headline(t('done.title', { name }))}
      <p role="status" class="cf-lead">${t('done.text', { name })}</p>
      <a class="cf-button" href=${onward}>${t('done.list')}</a>`;
  }

  /** The page that was left, or the one where it can be begun anew. */
  get #back(): string {
    const { base } = this.client;
    const fallback = `${base}/${this.#toSecurity ? 'security' : 'sign-in'}`;
    const left = pathOf(leftFrom());
    return left === null || left.startsWith(`${base}/external/`) ? fallback : left;
  }

  #left(why: ClientProblem | null): void {
    if (why === null) {
      location.replace(this.#back);
      return;
    }
    this.ceremony = null;
    this.words = say(why);
  }

  protected override shown(): void {
    if (!this.ceremony) void this.focusOn('h1');
  }
}

define('cofactor-callback', Callback);
