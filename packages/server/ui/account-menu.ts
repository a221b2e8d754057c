import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { BackOfficeContext } from '../src/back-office/contract.ts';
import { CofactorElement, define } from '../../cofactor/src/elements/element.ts';
import { account, authBase } from './api.ts';
import { icon } from './parts/basic.ts';
import { say } from './problems.ts';
import { href } from './router.ts';
import { notify } from './state.ts';
import { named, t } from './texts.ts';

/** The languages that the back office speaks, by the names that their readers know them by. */
const languages: Readonly<Record<string, string>> = { en: 'English', de: 'Deutsch' };

/** `<bo-account-menu>`: who is here, and what concerns their own account. */
export class AccountMenu extends CofactorElement {
  static override properties: PropertyDeclarations = {
    me: { attribute: false },
    language: { attribute: false },
    open: { state: true },
  };
  declare me: BackOfficeContext['me'];
  declare language: string;
  declare private open: boolean;

  constructor() {
    super();
    this.language = 'en';
    this.open = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('pointerdown', this.#onPointer);
    this.addEventListener('keydown', this.#onKey);
    this.addEventListener('focusout', this.#onFocusOut);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('pointerdown', this.#onPointer);
  }

  protected override render(): TemplateResult {
    const { identifier, role } = this.me;
    const initial = ([...identifier][0] ?? '').toUpperCase();
    return html`<button
        type="button"
        class="bo-avatar-button"
        aria-expanded=${this.open ? 'true' : 'false'}
        aria-controls="bo-account-menu"
        @click=${() => (this.open = !this.open)}
      >
        <span class="bo-avatar" aria-hidden="true">${initial}</span>
        <span class="cf-hidden">${t('menu.of')}</span>
        <span class="bo-avatar-name">${identifier}</span>
        ${icon('down')}
      </button>
      <div id="bo-account-menu" class="bo-menu" ?hidden=${!this.open}>
        <div class="bo-menu-who">
          <p class="bo-strong">${identifier}</p>
          <p class="bo-meta">${named('role', role)}</p>
        </div>
        <ul>
          <li>
            <a href=${href('/two-factor')} @click=${this.#close}>${t('menu.twoFactor')}</a>
          </li>
          <li><a href="${authBase}/security">${t('menu.account')}</a></li>
        </ul>
        <div class="bo-menu-languages" role="group" aria-label=${t('menu.language')}>
          ${Object.entries(languages).map(
            ([language, name]) =>
              html`<button
                type="button"
                lang=${language}
                aria-pressed=${language === this.#current ? 'true' : 'false'}
                @click=${() => void this.#speak(language)}
              >
                ${name}
              </button>`,
          )}
        </div>
        <ul>
          <li>
            <button type="button" @click=${() => void this.#signOut()}>${t('menu.signOut')}</button>
          </li>
        </ul>
      </div>`;
  }

  /** A language that the back office does not speak is English here. */
  get #current(): string {
    return Object.hasOwn(languages, this.language) ? this.language : 'en';
  }

  readonly #close = (): void => {
    this.open = false;
  };

  readonly #onPointer = (event: PointerEvent): void => {
    if (this.open && !event.composedPath().includes(this)) this.open = false;
  };

  readonly #onFocusOut = (event: FocusEvent): void => {
    if (event.relatedTarget instanceof Node && !this.contains(event.relatedTarget)) this.open = false;
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !this.open) return;
    this.open = false;
    void this.focusOn('.bo-avatar-button');
  };

  async #signOut(): Promise<void> {
    const result = await account.send<void>('POST', '/sign-out');
    if (result.ok) location.assign(`${authBase}/sign-in?${new URLSearchParams({ return_to: href('/') })}`);
    else notify(say(result.problem));
  }

  /** The page is loaded anew, since half of the words come from the server. */
  async #speak(language: string): Promise<void> {
    const result = await account.send<void>('POST', '/language', { language });
    if (result.ok) location.reload();
    else notify(say(result.problem));
  }
}

define('bo-account-menu', AccountMenu);
