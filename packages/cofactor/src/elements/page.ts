import { html, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { ContextView } from '../http/contract.ts';
import { asked, baseOf } from './addresses.ts';
import { Client, type ClientProblem } from './client.ts';
import { CofactorElement, entitle } from './element.ts';
import './languages.ts';
import { alert, card, linkButton } from './parts.ts';
import { say } from './problems.ts';
import { t, useLanguage } from './texts.ts';
import { Waiting } from './waiting.ts';

/** An element that is a whole page: it asks the server where things stand before it shows anything. */
export abstract class Page extends CofactorElement {
  static override properties: PropertyDeclarations = {
    context: { state: true },
    loadProblem: { state: true },
  };
  declare protected context: ContextView | null;
  declare protected loadProblem: ClientProblem | null;
  protected readonly client: Client = new Client(baseOf(document));
  protected readonly waiting: Waiting = new Waiting(this);

  constructor() {
    super();
    this.context = null;
    this.loadProblem = null;
  }

  /** What the page shows, once the context is known. */
  protected abstract content(context: ContextView): TemplateResult;
  /** Called with every new context, before it is shown. */
  protected abstract arrived(context: ContextView, signal: AbortSignal): Promise<void>;
  /** Called when the page shows a context that just arrived. */
  protected shown(): void {}
  protected readonly kind: '' | 'cf-wide' = '';

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('pageshow', this.#onPageShow);
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('pageshow', this.#onPageShow);
  }

  protected readonly load = async (): Promise<void> => {
    await this.waiting.run(async (signal) => {
      // Asked together. What the page is in serves until the answer is there, and where none comes.
      const [result] = await Promise.all([
        this.client.context(signal, asked().returnTo),
        useLanguage(document.documentElement.lang),
      ]);
      this.loadProblem = result.ok ? null : result.problem;
      if (!result.ok) return;
      await useLanguage(result.value.language);
      await this.arrived(result.value, signal);
      this.context = result.value;
      this.shown();
    });
  };

  protected override render(): TemplateResult {
    if (this.context) return card(this.context.product.name, this.content(this.context), this.kind);
    return html`<div class="cf-card cf-card-empty ${this.kind}">
      ${this.loadProblem ? alert(say(this.loadProblem), linkButton(t('retry'), this.load)) : ''}
      <p role="status" class="cf-lead">${this.waiting.slow ? t('loading') : ''}</p>
    </div>`;
  }

  protected override updated(_changed: PropertyValues): void {
    entitle(this);
  }

  /** A page that comes back out of the browser's memory may show what is long over. */
  readonly #onPageShow = (event: PageTransitionEvent): void => {
    if (event.persisted) void this.load();
  };
}
