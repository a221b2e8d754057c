import { html, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { ClientProblem, Result } from '../../cofactor/src/elements/client.ts';
import { CofactorElement } from '../../cofactor/src/elements/element.ts';
import { Waiting } from '../../cofactor/src/elements/waiting.ts';
import { alert, button, heading as head, proveLink } from './parts/basic.ts';
import { nameOf, say } from './problems.ts';
import { here, type Place } from './router.ts';
import { context } from './state.ts';
import { t } from './texts.ts';

/** What a place in the back office shows: it reads first, and shows what came. */
export abstract class View<Data> extends CofactorElement {
  static override properties: PropertyDeclarations = {
    params: { attribute: false },
    data: { state: true },
    problem: { state: true },
  };
  /** The parts of the address that have a name, e.g. `realm`. */
  declare params: Readonly<Record<string, string>>;
  declare protected data: Data | null;
  declare protected problem: ClientProblem | null;
  protected readonly waiting: Waiting = new Waiting(this);

  constructor() {
    super();
    this.params = {};
    this.data = null;
    this.problem = null;
  }

  /** The heading, which is the title of the window as well. */
  protected abstract heading(): string;
  protected abstract read(signal: AbortSignal): Promise<Result<Data>>;
  protected abstract content(data: Data): TemplateResult;
  /** The page that this one belongs to, for the way back. */
  protected parent(): { readonly href: string; readonly text: string } | null {
    return null;
  }
  /** What stands beside the heading once there is something to show. */
  protected actions(_data: Data): unknown {
    return '';
  }
  protected lead(): string {
    return '';
  }
  /** Whether the heading stands there; what is shown may have one of its own for a while. */
  protected get headed(): boolean {
    return true;
  }

  protected get place(): Place {
    return here();
  }

  protected get realm(): string {
    return this.params['realm'] ?? '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.reload();
  }

  /** Reads anew; what is shown stays until something else came. */
  async reload(): Promise<void> {
    this.waiting.cancel();
    const result = await this.waiting.run((signal) => this.read(signal));
    if (!result) return;
    this.problem = result.ok ? null : result.problem;
    if (result.ok) this.data = result.value;
  }

  protected override render(): TemplateResult {
    const { data, problem } = this;
    const known = data !== null;
    return html`${
        this.headed
          ? head(this.heading(), {
              lead: this.lead(),
              parent: this.parent(),
              actions: known ? this.actions(data) : '',
            })
          : ''
      }
      ${
        problem
          ? alert(nameOf(problem) === 'not-found' ? t('view.gone') : say(problem), this.#wayOn(problem))
          : ''
      }
      <p role="status" class=${known || problem ? 'cf-hidden' : 'bo-loading'}>
        ${this.waiting.slow ? t('view.loading') : ''}
      </p>
      ${known ? this.content(data) : ''}`;
  }

  /** What can be done about a problem. What is not there will not be there the next time. */
  #wayOn(problem: ClientProblem): TemplateResult | '' {
    if (nameOf(problem) === 'step-up-needed') return proveLink();
    if (nameOf(problem) === 'not-found') return '';
    return button(t('view.again'), () => void this.reload(), { kind: 'quiet' });
  }

  protected override updated(_changed: PropertyValues): void {
    if (this.isConnected) document.title = `${this.heading()} · ${context().product.name}`;
  }
}
