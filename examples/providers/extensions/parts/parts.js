import { html, LitElement, nothing } from '../lit/lit.js';

/**
 * The ground of the elements in the examples. They draw into the page itself and not into a shadow root: password
 * managers then find the fields, and the style sheet of the page reaches them.
 */
export class Part extends LitElement {
  static properties = {
    texts: { attribute: false },
    problem: { state: true },
    busy: { state: true },
  };

  constructor() {
    super();
    this.texts = {};
    this.problem = '';
    this.busy = false;
  }

  createRenderRoot() {
    return this;
  }

  /** A text of the provider, with what stands in braces filled in. */
  text(key, values = {}) {
    return (this.texts[key] ?? '').replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  }

  /** Says what went wrong in the provider's words; where there are none, in those of the server. */
  say({ type, text, detail }) {
    const name = type.replace('urn:cofactor:problem:', '');
    const own = {
      'wrong-response': this.text('wrong'),
      'replayed-response': this.text('replayed'),
      'refused-response': this.text(text ?? ''),
      'too-many-tries': this.text('too-many'),
    }[name];
    return own || detail || this.text('failed');
  }

  /** Does one thing at a time: who presses twice sends once. */
  async once(work) {
    if (this.busy) return undefined;
    this.busy = true;
    try {
      return await work();
    } finally {
      this.busy = false;
    }
  }

  /** Moves the focus once what was just decided is on the page. */
  async focusOn(selector) {
    await this.updateComplete;
    const target = this.querySelector(selector);
    target?.focus();
    target?.select?.();
  }

  /** One field for a code of six digits, with its words tied to it. */
  codeField({ id, label, hint, error = '' }) {
    const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
    return html`<div class="cf-field">
      <label for=${id}>${label}</label>
      <div class="cf-input-row">
        <input
          id=${id}
          class="cf-input cf-input-code"
          name=${id}
          inputmode="numeric"
          autocomplete="one-time-code"
          autocapitalize="none"
          spellcheck="false"
          aria-required="true"
          aria-invalid=${error ? 'true' : 'false'}
          aria-describedby=${described || nothing}
        />
      </div>
      ${hint ? html`<p id=${`${id}-hint`} class="cf-hint">${hint}</p>` : nothing}
      ${error ? html`<p id=${`${id}-error`} class="cf-error">${error}</p>` : nothing}
    </div>`;
  }

  /** What was typed into a field, without the spaces in it; `null` where it is no code. */
  codeIn(id) {
    const typed = this.querySelector(`#${id}`)?.value.replace(/\s/g, '') ?? '';
    return /^[0-9]{6}$/.test(typed) ? typed : null;
  }

  button(label) {
    return html`<button type="submit" class="cf-button" aria-disabled=${this.busy ? 'true' : 'false'}>
      ${label}
    </button>`;
  }

  link(label, act) {
    return html`<button type="button" class="cf-link" @click=${act}>${label}</button>`;
  }

  /** A problem of the whole. Always on the page, so that what appears in it is read out. */
  alert() {
    return html`<div role="alert">
      ${this.problem ? html`<div class="cf-alert"><p>${this.problem}</p></div>` : nothing}
    </div>`;
  }
}

export { html, nothing };
