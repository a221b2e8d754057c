import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { BackOfficeContext } from '../src/back-office/contract.ts';
import type { ClientProblem } from '../../cofactor/src/elements/client.ts';
import { CofactorElement, define } from '../../cofactor/src/elements/element.ts';
import { Waiting } from '../../cofactor/src/elements/waiting.ts';
import './account-menu.ts';
import { account, authBase, get, whenSignedOut } from './api.ts';
import { alert, button, buttonLink, icon, proveLink } from './parts/basic.ts';
import { match, navigation, type NavigationEntry } from './places.ts';
import { nameOf, say } from './problems.ts';
import { follow, here, href } from './router.ts';
import { may, setContext, whenTold } from './state.ts';
import { speak, t } from './texts.ts';

/** `<bo-shell>`: what stands around every view, and which one is shown. */
export class Shell extends CofactorElement {
  static override properties: PropertyDeclarations = {
    context: { state: true },
    problem: { state: true },
    view: { state: true },
    lost: { state: true },
    open: { state: true },
    said: { state: true },
    path: { state: true },
  };
  declare private context: BackOfficeContext | null;
  declare private problem: ClientProblem | null;
  declare private view: HTMLElement | null;
  /** Why there is no view. */
  declare private lost: 'nowhere' | 'forbiddenPage' | 'away' | null;
  /** Whether the navigation is shown where it has no place of its own. */
  declare private open: boolean;
  declare private said: string;
  declare private path: string;
  readonly #waiting = new Waiting(this);
  /** Counts places, so that a view that loads slowly does not come in place of a later one. */
  #visit = 0;

  constructor() {
    super();
    this.context = null;
    this.problem = null;
    this.view = null;
    this.lost = null;
    this.open = false;
    this.said = '';
    this.path = '/';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    whenSignedOut(toSignIn);
    whenTold((text) => (this.said = text));
    follow(() => {
      // Before the context is there, nothing is shown; where the address leads then is looked at when it comes.
      if (this.context) void this.#visited();
    });
    addEventListener('pageshow', (event) => {
      // A page that comes back out of the browser's memory may show what is long over.
      if (event.persisted) location.reload();
    });
    void this.#load();
  }

  async #load(): Promise<void> {
    await this.#waiting.run(async (signal) => {
      const [result] = await Promise.all([
        get<BackOfficeContext>('/context', {}, signal),
        // The token that every change needs comes with it.
        account.context(signal),
      ]);
      this.problem = result.ok ? null : result.problem;
      if (!result.ok) return;
      document.documentElement.lang = await speak(result.value.language);
      setContext(result.value);
      this.context = result.value;
      await this.#visited(true);
    });
  }

  /** Shows what the address says. The focus goes to what is new, as it does with a page that is loaded. */
  async #visited(first = false): Promise<void> {
    const visit = (this.#visit += 1);
    const { path } = here();
    const found = match(path);
    this.open = false;
    this.said = '';
    this.path = path;
    if (!found || (found.route.needs && !may(found.route.needs))) {
      this.view = null;
      this.lost = found ? 'forbiddenPage' : 'nowhere';
      return;
    }
    try {
      await found.route.load();
    } catch {
      if (visit !== this.#visit) return;
      this.view = null;
      this.lost = 'away';
      return;
    }
    if (visit !== this.#visit) return;
    const view = document.createElement(found.route.tag) as CofactorElement;
    Object.assign(view, { params: found.params });
    this.lost = null;
    this.view = view;
    await this.updateComplete;
    await view.updateComplete;
    scrollTo(0, 0);
    if (!first) await this.focusOn('main h1');
  }

  protected override render(): TemplateResult {
    const { context } = this;
    if (!context) return this.#before();
    return html`<a class="bo-skip" href="#bo-main" @click=${this.#skip}>${t('shell.skip')}</a>
      <header class="bo-top">
        <button
          type="button"
          class="bo-icon-button bo-menu-button"
          aria-label=${t('shell.menu')}
          aria-expanded=${this.open ? 'true' : 'false'}
          aria-controls="bo-nav"
          @click=${() => (this.open = !this.open)}
        >
          ${icon(this.open ? 'close' : 'menu')}
        </button>
        <a class="bo-brand" href=${href('/')}>
          <span class="bo-brand-mark" aria-hidden="true">${[...context.product.name][0] ?? ''}</span>
          <span class="bo-brand-name">${context.product.name}</span>
        </a>
        <bo-account-menu .me=${context.me} .language=${context.language}></bo-account-menu>
      </header>
      <nav
        id="bo-nav"
        class="bo-nav ${this.open ? 'bo-open' : ''}"
        aria-label=${t('shell.navigation')}
        @keydown=${this.#onNavKey}
      >
        <ul>
          ${navigation(this.path).map(navigationItem)}
        </ul>
      </nav>
      <main id="bo-main" class="bo-main">
        <div role="status" class="bo-said">${this.said ? html`<p>${this.said}</p>` : nothing}</div>
        ${this.lost ? this.#nothingHere(this.lost) : this.view}
      </main>`;
  }

  /** Before anything is known, and where nothing will be. */
  #before(): TemplateResult {
    const { problem } = this;
    if (!problem) {
      return html`<main class="bo-before">
        <p role="status" class="bo-loading">${this.#waiting.slow ? t('view.loading') : ''}</p>
      </main>`;
    }
    const forbidden = nameOf(problem) === 'forbidden';
    return html`<main class="bo-before">
      <h1 tabindex="-1">${forbidden ? t('shell.forbidden') : t('shell.failed')}</h1>
      ${alert(forbidden ? t('shell.forbiddenText') : say(problem))}
      <div class="bo-buttons">
        ${nameOf(problem) === 'step-up-needed' ? proveLink() : button(t('view.again'), () => void this.#load())}
        ${buttonLink(t('menu.account'), `${authBase}/security`, 'quiet')}
      </div>
    </main>`;
  }

  #nothingHere(why: 'nowhere' | 'forbiddenPage' | 'away'): TemplateResult {
    return html`<header class="bo-head">
        <h1 tabindex="-1">${t(`shell.${why}`)}</h1>
      </header>
      <p>${t(`shell.${why}Text`)}</p>
      <div class="bo-buttons">
        ${
          why === 'away'
            ? button(t('view.again'), () => location.reload())
            : buttonLink(t('shell.home'), href('/'))
        }
      </div>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('open')) document.body.classList.toggle('bo-nav-open', this.open);
  }

  readonly #onNavKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !this.open) return;
    this.open = false;
    void this.focusOn('.bo-menu-button');
  };

  readonly #skip = (event: Event): void => {
    event.preventDefault();
    void this.focusOn('main h1');
  };
}

function navigationItem({
  text,
  href: address,
  icon: shape,
  here: current,
}: NavigationEntry): TemplateResult {
  return html`<li>
    <a href=${address} aria-current=${current ? 'page' : nothing}>${icon(shape)}<span>${text}</span></a>
  </li>`;
}

/** Signed out meanwhile: back to this very place afterwards. */
function toSignIn(): void {
  const back = new URLSearchParams({ return_to: location.pathname + location.search });
  location.assign(`${authBase}/sign-in?${back}`);
}

define('bo-shell', Shell);
