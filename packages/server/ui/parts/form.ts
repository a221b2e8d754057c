import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { ClientProblem, Result } from '../../../cofactor/src/elements/client.ts';
import { CofactorElement, define } from '../../../cofactor/src/elements/element.ts';
import { Waiting } from '../../../cofactor/src/elements/waiting.ts';
import { fieldOf as pointedAt, say } from '../problems.ts';
import { t } from '../texts.ts';
import { alert, button } from './basic.ts';
import { fieldOf, isEmpty, read, type Field, type Value, type Values } from './fields.ts';

/** A form as data: what it asks, what it begins with, and what it does. */
export interface FormSpec {
  readonly fields: readonly Field[];
  readonly values?: Values;
  readonly submit: string;
  readonly danger?: boolean;
  /** Nothing is said of a result that is missing: the person turned away from a proof, and the form stays. */
  readonly act: (values: Values) => Promise<Result<unknown> | undefined>;
  readonly cancel?: { readonly text: string; readonly act: () => void };
  /** Called with every change, e.g. to show what would follow. */
  readonly changed?: (values: Values) => void;
}

let forms = 0;

/** `<bo-form>`: shows a form, says at each field what is wrong, and keeps what was entered whatever happens. */
export class Form extends CofactorElement {
  static override properties: PropertyDeclarations = {
    spec: { attribute: false },
    errors: { state: true },
    problem: { state: true },
  };
  declare spec: FormSpec;
  declare private errors: Readonly<Record<string, string>>;
  declare private problem: ClientProblem | null;
  readonly #waiting = new Waiting(this);
  readonly #id = `bo-form-${(forms += 1)}`;
  /** What it began with: entered text is not overwritten when the page around it is drawn anew. */
  #begun: Values | undefined;

  constructor() {
    super();
    this.errors = {};
    this.problem = null;
  }

  get values(): Values {
    const data = new FormData(this.querySelector('form') ?? undefined);
    return Object.fromEntries(
      this.spec.fields.map((field): [string, Value] => [
        field.name,
        field.disabled ? (this.#begun?.[field.name] ?? null) : read(field, data),
      ]),
    );
  }

  protected override render(): TemplateResult {
    const { spec, errors } = this;
    this.#begun ??= spec.values ?? {};
    const begun = this.#begun;
    return html`<form class="bo-form" novalidate @submit=${this.#onSubmit} @input=${this.#onInput}>
      ${this.problem ? alert(say(this.problem)) : nothing}
      ${spec.fields.map((field) =>
        fieldOf(field, {
          value: begun[field.name],
          error: errors[field.name],
          id: `${this.#id}-${field.name}`,
        }),
      )}
      <div class="bo-buttons">
        <button
          type="submit"
          class="bo-button ${spec.danger ? 'bo-danger' : 'bo-primary'}"
          aria-disabled=${this.#waiting.busy ? 'true' : 'false'}
        >
          ${spec.submit}
          <span class="cf-spinner" ?hidden=${!this.#waiting.slow}></span>
        </button>
        ${spec.cancel ? button(spec.cancel.text, spec.cancel.act, { kind: 'quiet' }) : nothing}
        <span role="status" class="cf-hidden">${this.#waiting.slow ? t('form.working') : ''}</span>
      </div>
    </form>`;
  }

  readonly #onInput = (): void => {
    this.spec.changed?.(this.values);
  };

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#submit();
  };

  async #submit(): Promise<void> {
    const { spec, values } = this;
    this.problem = null;
    this.errors = this.#wrong(values);
    if (Object.keys(this.errors).length === 0) {
      const result = await this.#waiting.run(() => spec.act(values));
      if (!result || result.ok) return;
      const at = pointedAt(result.problem);
      const known = at !== null && spec.fields.some(({ name }) => name === at);
      if (known) this.errors = { [at]: say(result.problem) };
      else this.problem = result.problem;
    }
    await this.#toProblem();
  }

  #wrong(values: Values): Readonly<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const field of this.spec.fields) {
      const value = values[field.name] ?? null;
      const missing = field.required && field.kind !== 'check' && isEmpty(value);
      const words = missing ? t('form.missing') : field.wrong?.(value);
      if (words !== undefined) found[field.name] = words;
    }
    return found;
  }

  async #toProblem(): Promise<void> {
    await this.updateComplete;
    const field = this.querySelector<HTMLElement>('[aria-invalid=true]');
    const target = field ?? this.querySelector<HTMLElement>('fieldset:has(.cf-error)');
    target?.focus({ preventScroll: true });
    // With its label, which says what it is that is wrong.
    (target?.closest('.bo-field') ?? this.querySelector('[role=alert]'))?.scrollIntoView({
      block: 'nearest',
    });
  }
}

define('bo-form', Form);

export function form(spec: FormSpec): TemplateResult {
  return html`<bo-form .spec=${spec}></bo-form>`;
}
