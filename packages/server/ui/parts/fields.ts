import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../texts.ts';

/** What a form holds: by the name of the field. */
export type Values = Readonly<Record<string, Value>>;
export type Value = string | boolean | number | readonly string[] | null;

interface Common {
  /** As the API calls it: problems point to it by this. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly required?: boolean;
  readonly disabled?: boolean;
  /** What is wrong with a value, where that is known before anybody is asked. */
  readonly wrong?: (value: Value) => string | undefined;
  /** The heading of the group that begins with this field. */
  readonly group?: string;
}

export interface Option {
  readonly value: string;
  readonly text: string;
  readonly hint?: string;
  readonly disabled?: boolean;
}

/** `lines`: one entry a line; `words`: entries with commas between; `time`: a moment, in the time of the reader. */
export type Field = Common &
  (
    | {
        readonly kind: 'text';
        readonly type?: 'text' | 'email' | 'url';
        readonly maxLength?: number;
        readonly autocomplete?: string;
        readonly mono?: boolean;
        /** What it often is; anything else can be entered all the same. */
        readonly suggestions?: readonly string[];
      }
    | {
        readonly kind: 'area' | 'lines';
        readonly rows?: number;
        readonly maxLength?: number;
        readonly mono?: boolean;
      }
    | { readonly kind: 'words' }
    | { readonly kind: 'number'; readonly min?: number }
    | { readonly kind: 'time' }
    | { readonly kind: 'check' }
    | { readonly kind: 'select' | 'radios' | 'checks'; readonly options: readonly Option[] }
  );

interface Shown {
  readonly value: Value | undefined;
  readonly error: string | undefined;
  /** Makes ids of this form its own. */
  readonly id: string;
}

/** One field with its label, what helps to fill it in, and what is wrong with it. */
export function fieldOf(field: Field, shown: Shown): TemplateResult {
  const content =
    field.kind === 'check'
      ? check(field, shown)
      : field.kind === 'radios' || field.kind === 'checks'
        ? choices(field, shown)
        : input(field, shown);
  return html`${field.group ? html`<h2 class="bo-group">${field.group}</h2>` : nothing}${content}`;
}

const described = ({ hint }: Field, { id, error }: Shown): string | typeof nothing =>
  [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || nothing;

function remarks({ hint }: Field, { id, error }: Shown): TemplateResult {
  return html`${hint ? html`<p class="cf-hint" id="${id}-hint">${hint}</p>` : nothing}
  ${error ? html`<p class="cf-error" id="${id}-error">${error}</p>` : nothing}`;
}

function input(field: Field, shown: Shown): TemplateResult {
  const { id } = shown;
  return html`<div class="bo-field">
    <label for=${id}>
      ${field.label}${field.required ? nothing : html` <span class="bo-optional">${t('form.optional')}</span>`}
    </label>
    ${control(field, shown)} ${remarks(field, shown)}
  </div>`;
}

function control(field: Field, shown: Shown): TemplateResult {
  const { id, value, error } = shown;
  const invalid = error ? 'true' : 'false';
  const about = described(field, shown);
  if (field.kind === 'area' || field.kind === 'lines') {
    return html`<textarea
      id=${id}
      name=${field.name}
      class="cf-input ${field.mono ? 'bo-mono' : ''}"
      rows=${field.rows ?? 3}
      maxlength=${field.maxLength ?? nothing}
      spellcheck=${field.mono ? 'false' : nothing}
      ?disabled=${field.disabled ?? false}
      aria-required=${field.required ? 'true' : nothing}
      aria-invalid=${invalid}
      aria-describedby=${about}
      .value=${textOf(field, value)}
    ></textarea>`;
  }
  if (field.kind === 'select') {
    return html`<select
      id=${id}
      name=${field.name}
      class="cf-input"
      ?disabled=${field.disabled ?? false}
      aria-invalid=${invalid}
      aria-describedby=${about}
    >
      ${field.options.map(
        (option) =>
          html`<option
            value=${option.value}
            ?selected=${option.value === value}
            ?disabled=${option.disabled ?? false}
          >
            ${option.text}
          </option>`,
      )}
    </select>`;
  }
  const type =
    field.kind === 'time'
      ? 'datetime-local'
      : field.kind === 'number'
        ? 'number'
        : field.kind === 'text'
          ? (field.type ?? 'text')
          : 'text';
  const suggestions = field.kind === 'text' ? (field.suggestions ?? []) : [];
  return html`<input
      id=${id}
      name=${field.name}
      class="cf-input ${field.kind === 'text' && field.mono ? 'bo-mono' : ''}"
      type=${type}
      min=${field.kind === 'number' ? (field.min ?? 0) : nothing}
      maxlength=${field.kind === 'text' ? (field.maxLength ?? 254) : nothing}
      autocomplete=${field.kind === 'text' ? (field.autocomplete ?? 'off') : 'off'}
      autocapitalize="none"
      spellcheck="false"
      ?disabled=${field.disabled ?? false}
      aria-required=${field.required ? 'true' : nothing}
      aria-invalid=${invalid}
      aria-describedby=${about}
      list=${suggestions.length > 0 ? `${id}-list` : nothing}
      .value=${textOf(field, value)}
    />
    ${
      suggestions.length > 0
        ? html`<datalist id="${id}-list">
            ${suggestions.map((one) => html`<option value=${one}></option>`)}
          </datalist>`
        : nothing
    }`;
}

function check(field: Field, shown: Shown): TemplateResult {
  const { id, value } = shown;
  return html`<div class="bo-field">
    <label class="cf-check">
      <input
        type="checkbox"
        id=${id}
        name=${field.name}
        .checked=${value === true}
        ?disabled=${field.disabled ?? false}
        aria-describedby=${described(field, shown)}
      />
      ${field.label}
    </label>
    ${remarks(field, shown)}
  </div>`;
}

function choices(field: Extract<Field, { readonly options: unknown }>, shown: Shown): TemplateResult {
  const { id, value } = shown;
  const chosen = Array.isArray(value) ? (value as readonly string[]) : [value];
  return html`<fieldset class="bo-field" id=${id} tabindex="-1" aria-describedby=${described(field, shown)}>
    <legend>${field.label}</legend>
    ${field.hint ? html`<p class="cf-hint" id="${id}-hint">${field.hint}</p>` : nothing}
    <div class=${field.options.length > 9 ? 'bo-many' : nothing}>
      ${field.options.map(
        (option, index) =>
          html`<label class="cf-check">
            <input
              type=${field.kind === 'checks' ? 'checkbox' : 'radio'}
              name=${field.name}
              value=${option.value}
              .checked=${chosen.includes(option.value)}
              ?disabled=${(field.disabled ?? false) || (option.disabled ?? false)}
              aria-describedby=${option.hint ? `${id}-${index}` : nothing}
            />
            <span
              >${option.text}
              ${option.hint ? html`<span class="bo-meta" id="${id}-${index}">${option.hint}</span>` : nothing}</span
            >
          </label>`,
      )}
    </div>
    ${shown.error ? html`<p class="cf-error" id="${id}-error">${shown.error}</p>` : nothing}
  </fieldset>`;
}

function textOf(field: Field, value: Value | undefined): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.join(field.kind === 'words' ? ', ' : '\n');
  if (field.kind === 'time' && typeof value === 'string') return localTime(value);
  return String(value);
}

/** As `datetime-local` has it: the time of the reader, to the minute. */
export function localTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return '';
  const shifted = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** What stands in a field of a form. Numbers and times that were not given are `null`. */
export function read(field: Field, form: FormData): Value {
  const text = textIn(form, field.name);
  switch (field.kind) {
    case 'check':
      return form.has(field.name);
    case 'checks':
      return form.getAll(field.name).map(String);
    case 'lines':
      return entries(text, '\n');
    case 'words':
      return entries(text, ',');
    case 'number':
      return text.trim() === '' ? null : Number(text);
    case 'time':
      return text === '' ? null : new Date(text).toISOString();
    default:
      return text.trim();
  }
}

/** Forms here have no files in them. */
export function textIn(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

function entries(text: string, separator: string): readonly string[] {
  return text
    .split(separator)
    .map((entry) => entry.trim())
    .filter(Boolean);
}

export function isEmpty(value: Value): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
