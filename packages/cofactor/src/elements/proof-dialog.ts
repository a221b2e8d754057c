import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { CeremonyView, StepUpBody, StepView } from '../http/contract.ts';
import type { CeremonyForm } from './ceremony-form.ts';
import './ceremony-form.ts';
import { nameOf, type Client, type ClientProblem, type Result } from './client.ts';
import { CofactorElement, define } from './element.ts';
import { t } from './texts.ts';
import { Waiting } from './waiting.ts';

/** Asks for a fresh proof in place, over whatever the person is doing, and says whether it was given. */
export class ProofDialog extends CofactorElement {
  static override properties: PropertyDeclarations = {
    client: { attribute: false },
    product: { attribute: false },
    ceremony: { state: true },
  };
  declare client: Client;
  declare product: string;
  declare private ceremony: CeremonyView | null;
  readonly #waiting = new Waiting(this);
  #answer: (result: Result<boolean>) => void = () => {};

  constructor() {
    super();
    this.ceremony = null;
  }

  /**
   * Does what needs a fresh proof. The proof is asked for beforehand where it is known to be missing, otherwise
   * when the server says so. `anew`: one is asked for however fresh another is. `undefined` where the person turned
   * away.
   */
  async guard<T>(
    ready: boolean,
    act: () => Promise<Result<T> | undefined>,
    { anew = false }: { readonly anew?: boolean } = {},
  ): Promise<Result<T> | undefined> {
    if (ready && !anew) {
      const result = await act();
      if (!result || result.ok || nameOf(result.problem) !== 'step-up-needed') return result;
    }
    const proof = await this.#ask(anew);
    if (!proof.ok) return proof;
    return proof.value ? act() : undefined;
  }

  /**
   * True where the proof was given, or where there is nothing that could be asked for: the server decides in the
   * end, whatever is answered here. False where the person thought better of it.
   */
  async #ask(anew: boolean): Promise<Result<boolean>> {
    // A proof that is made elsewhere leads back here.
    const body: StepUpBody = { returnTo: location.pathname + location.search, ...(anew && { anew }) };
    const begun = await this.#waiting.run((signal) =>
      this.client.send<StepView>('POST', '/step-up', body, signal),
    );
    if (!begun) return { ok: true, value: false };
    if (!begun.ok) return begun;
    if (begun.value.status !== 'more-needed') return { ok: true, value: true };
    this.ceremony = begun.value.ceremony;
    await this.updateComplete;
    this.#dialog?.showModal();
    void this.querySelector<CeremonyForm>('cofactor-ceremony')?.focusStart();
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  get #dialog(): HTMLDialogElement | null {
    return this.querySelector('dialog');
  }

  protected override render(): TemplateResult {
    const { ceremony } = this;
    return html`<dialog class="cf-dialog" aria-label=${t('stepUp.title')} @close=${this.#onClose}>
      ${
        ceremony
          ? html`<cofactor-ceremony
              .client=${this.client}
              .ceremony=${ceremony}
              .product=${this.product}
              .embedded=${true}
              .finished=${() => this.#end({ ok: true, value: true })}
              .left=${(why: ClientProblem | null) =>
                this.#end(why ? { ok: false, problem: why } : { ok: true, value: false })}
            ></cofactor-ceremony>`
          : nothing
      }
    </dialog>`;
  }

  /** Closing gives the focus back to where it was; the form goes with the dialog. */
  #end(result: Result<boolean>): void {
    this.ceremony = null;
    this.#dialog?.close();
    this.#answer(result);
  }

  /** Closed by the Escape key: the ceremony is given up, and nothing waits for that. */
  readonly #onClose = (): void => {
    if (this.ceremony === null) return;
    void this.client.send<void>('DELETE', '/ceremony');
    this.#end({ ok: true, value: false });
  };
}

define('cofactor-proof-dialog', ProofDialog);
