import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { CofactorElement, define } from '../../../cofactor/src/elements/element.ts';
import { t } from '../texts.ts';
import { button, icon } from './basic.ts';
import { form, type Form, type FormSpec } from './form.ts';

/** A question over the page: something to fill in, or something to be seen once. */
export interface DialogSpec {
  readonly title: string;
  readonly lead?: unknown;
  readonly form?: Omit<FormSpec, 'cancel'>;
  /** In place of a form. */
  readonly content?: unknown;
  /** What turning it down is called. */
  readonly keep?: string;
}

/** `<bo-dialog>`: asks, and gives the focus back to where it came from. */
export class Dialog extends CofactorElement {
  static override properties: PropertyDeclarations = { spec: { state: true } };
  declare private spec: DialogSpec | null;
  #closed: () => void = () => {};

  constructor() {
    super();
    this.spec = null;
  }

  /** Resolves when the dialog is closed, whichever way. */
  async open(spec: DialogSpec): Promise<void> {
    const from = document.activeElement;
    this.spec = spec;
    await this.updateComplete;
    // The form in it is drawn after it, and the focus belongs to its first field.
    await this.querySelector<Form>('bo-form')?.updateComplete;
    const dialog = this.querySelector('dialog');
    if (!dialog?.open) dialog?.showModal();
    const field = this.querySelector<HTMLElement>('input, textarea, select');
    (field ?? this.querySelector<HTMLElement>('h2'))?.focus();
    await new Promise<void>((resolve) => {
      this.#closed = resolve;
    });
    // What was pressed may be gone with what was done: then the page begins anew.
    const target = from instanceof HTMLElement && from.isConnected ? from : null;
    const focused = document.activeElement;
    if (target) target.focus();
    else if (focused === null || focused === document.body)
      document.querySelector<HTMLElement>('main h1')?.focus();
  }

  /** Shows something else in its place, e.g. what came of it. */
  async show(spec: DialogSpec): Promise<void> {
    this.spec = null;
    await this.updateComplete;
    this.spec = spec;
    await this.updateComplete;
    this.querySelector<HTMLElement>('h2')?.focus();
  }

  close(): void {
    this.querySelector('dialog')?.close();
  }

  protected override render(): TemplateResult {
    const { spec } = this;
    return html`<dialog class="bo-dialog" aria-labelledby="bo-dialog-title" @close=${this.#onClose}>
      ${
        spec
          ? html`<div class="bo-dialog-head">
                <h2 id="bo-dialog-title" tabindex="-1">${spec.title}</h2>
                <button
                  type="button"
                  class="bo-icon-button"
                  aria-label=${t('dialog.close')}
                  @click=${() => this.close()}
                >
                  ${icon('close')}
                </button>
              </div>
              ${spec.lead ? html`<div class="bo-dialog-lead">${spec.lead}</div>` : nothing}
              ${spec.form ? this.#form(spec.form, spec.keep ?? t('dialog.cancel')) : nothing}
              ${spec.content ?? nothing}
              ${
                spec.form
                  ? nothing
                  : html`<div class="bo-buttons">
                      ${button(spec.keep ?? t('dialog.close'), () => this.close())}
                    </div>`
              }`
          : nothing
      }
    </dialog>`;
  }

  #form(spec: Omit<FormSpec, 'cancel'>, keep: string): TemplateResult {
    return form({
      ...spec,
      act: async (values) => {
        const before = this.spec;
        const result = await spec.act(values);
        // Unless something else is shown by now.
        if (result?.ok && this.spec === before) this.close();
        return result;
      },
      cancel: { text: keep, act: () => this.close() },
    });
  }

  readonly #onClose = (): void => {
    this.spec = null;
    this.#closed();
  };
}

define('bo-dialog', Dialog);

function dialogOf(): Dialog {
  const present = document.querySelector<Dialog>('bo-dialog');
  if (present) return present;
  const made = document.createElement('bo-dialog') as Dialog;
  document.body.append(made);
  return made;
}

/** Asks over the page; resolves when that is over. */
export function ask(spec: DialogSpec): Promise<void> {
  return dialogOf().open(spec);
}

/** Shows something in place of the question that is open. */
export function showInstead(spec: DialogSpec): Promise<void> {
  return dialogOf().show(spec);
}
