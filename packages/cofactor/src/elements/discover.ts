import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { ChallengeBody, ChallengeView, ProviderInfo, SignInBody, StepView } from '../http/contract.ts';
import { asked } from './addresses.ts';
import type { Client, Result } from './client.ts';
import { CofactorElement, define } from './element.ts';
import { loadElement } from './load-element.ts';
import type { LoginContract } from './login-element.ts';
import { linkButton } from './parts.ts';
import { t } from './texts.ts';

/** The place of a provider that can begin a sign-in by itself: its element, or why it is not there. */
export class Discover extends CofactorElement {
  static override properties: PropertyDeclarations = {
    provider: { attribute: false },
    element: { state: true },
    failed: { state: true },
  };
  declare client: Client;
  declare provider: ProviderInfo;
  declare product: string;
  /** Goes on with what a sign-in led to. */
  declare take: (result: Result<StepView>) => boolean;
  declare private element: HTMLElement | null;
  declare private failed: 'away' | 'wrong' | null;

  constructor() {
    super();
    this.element = null;
    this.failed = null;
  }

  /** Not sooner: what was set before this script came is handed over with the first update. */
  protected override firstUpdated(): void {
    void this.#load();
  }

  protected override render(): unknown {
    return this.failed ? this.#failed(this.failed) : (this.element ?? nothing);
  }

  #failed(reason: 'away' | 'wrong'): TemplateResult {
    const values = { name: this.provider.texts['name'] ?? '', product: this.product };
    return html`<p role="status" class="cf-hint">
      ${t(reason === 'away' ? 'way.away' : 'way.wrong', values)}
      ${reason === 'away' ? linkButton(t('retry'), () => void this.#load()) : nothing}
    </p>`;
  }

  async #load(): Promise<void> {
    if (this.element) return;
    const { provider } = this;
    const loaded = await loadElement<LoginContract>(
      provider.loginElement ?? '',
      `cofactor-login-${provider.provider}`,
    );
    this.failed = loaded.ok ? null : loaded.reason;
    if (!loaded.ok) return;
    this.element = Object.assign(loaded.element, {
      provider,
      providerName: provider.provider,
      displayName: provider.texts['name'] ?? '',
      texts: provider.texts,
      product: this.product,
      challenge: null,
      offers: [],
      mode: 'discover',
      callback: (response) => this.#signIn(response),
      renew: () => this.#ask(),
      close: () => {},
    } satisfies LoginContract);
  }

  async #ask(): ReturnType<LoginContract['renew']> {
    const { provider } = this.provider;
    const { returnTo } = asked();
    const body: ChallengeBody = { provider, ...(returnTo && { returnTo }) };
    const result = await this.client.send<ChallengeView>('POST', '/challenges', body);
    if (!result.ok) return { error: result.problem };
    if (this.element) Object.assign(this.element, { challenge: result.value });
    return { challenge: result.value };
  }

  async #signIn(response: Readonly<Record<string, unknown>>): ReturnType<LoginContract['callback']> {
    const { returnTo } = asked();
    const body: SignInBody = { provider: this.provider.provider, response, ...(returnTo && { returnTo }) };
    const result = await this.client.send<StepView>('POST', '/sign-in', body);
    if (!result.ok) return { error: result.problem };
    if (result.value.status === 'pending') return { pending: result.value.retryAfter };
    this.take(result);
    return {};
  }
}

define('cofactor-discover', Discover);
