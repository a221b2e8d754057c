import { goAway } from '../../elements/away.ts';
import type { ClientProblem } from '../../elements/client.ts';
import type { LoginContract } from '../../elements/login-element.ts';
import type { ChallengeView, Offer, ProviderInfo } from '../../http/contract.ts';

/**
 * Leads to the issuer: as the answer that a ceremony asks for, or (`mode = 'discover'`) to begin a sign-in. The page that
 * the person comes back to goes on from there. Without Lit: the sign-in page has its own.
 */
export default class OpenidLogin extends HTMLElement implements LoginContract {
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

  readonly #alert = element('div', { role: 'alert' });
  readonly #button = element('button', { type: 'button', class: 'cf-button' });
  readonly #status = element('p', { role: 'status', class: 'cf-hidden' });
  #busy = false;
  /** Whether the challenge at hand was gone with: each is good for one way there and back. */
  #used = false;

  connectedCallback(): void {
    addEventListener('pageshow', this.#onPageShow);
    if (this.#button.isConnected) return;
    const discover = this.mode === 'discover';
    const prompt = element('p', {});
    prompt.textContent = this.#text('prompt');
    this.#button.textContent = this.#text(discover ? 'login-begin' : 'login-use');
    if (discover) {
      this.#button.classList.add('cf-quiet');
      this.#button.style.inlineSize = '100%';
    }
    this.#button.addEventListener('click', () => void this.#go());
    this.replaceChildren(...(discover ? [] : [prompt]), this.#alert, this.#button, this.#status);
  }

  disconnectedCallback(): void {
    removeEventListener('pageshow', this.#onPageShow);
  }

  /** Who turned back at the issuer finds the page as it was left. */
  readonly #onPageShow = (event: PageTransitionEvent): void => {
    if (event.persisted) this.#setBusy(false);
  };

  async #go(): Promise<void> {
    if (this.#busy) return;
    this.#setBusy(true);
    this.#say('');
    const at = this.#used ? null : this.challenge;
    this.#used = true;
    const { challenge = at, error } = at ? {} : await this.renew();
    if (goAway(challenge?.view['url'])) return;
    this.#setBusy(false);
    this.#used = false;
    this.challenge = null;
    this.#say(this.#words(error));
  }

  #words(problem: ClientProblem | undefined): string {
    const name = problem?.type.split(':').at(-1);
    const own = name === 'provider-unavailable' ? this.#text('login-away') : problem?.detail;
    return own || this.#text('login-failed');
  }

  #say(words: string): void {
    const box = element('div', { class: 'cf-alert' });
    const paragraph = element('p', {});
    paragraph.textContent = words;
    box.append(paragraph);
    this.#alert.replaceChildren(...(words ? [box] : []));
  }

  #setBusy(busy: boolean): void {
    this.#busy = busy;
    this.#button.ariaDisabled = String(busy);
    this.#status.className = busy ? 'cf-hint' : 'cf-hidden';
    this.#status.textContent = busy ? this.#text('login-waiting') : '';
  }

  #text(key: string): string {
    return this.texts[key] ?? '';
  }
}

function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
