import { html, Part } from '../parts/parts.js';

/** Sets a token up: two codes in a row show that the person has it, and how often it was pressed. */
export default class TokenSetup extends Part {
  static properties = {
    ...Part.properties,
    setup: { attribute: false },
    errors: { state: true },
  };

  constructor() {
    super();
    this.setup = {};
    this.errors = {};
  }

  render() {
    const { first = '', second = '' } = this.errors;
    return html`<p class="cf-lead">${this.text('setup-lead', { serial: this.setup.serial })}</p>
      ${this.alert()}
      <form class="cf-form" novalidate @submit=${this.onSubmit}>
        ${this.codeField({
          id: 'token-first',
          label: this.text('resync-code'),
          hint: this.text('setup-first'),
          error: first,
        })}
        ${this.codeField({
          id: 'token-second',
          label: this.text('resync-next'),
          hint: this.text('setup-second'),
          error: second,
        })}
        <div class="cf-buttons">
          ${this.button(this.text('setup-submit'))}
          ${this.link(this.text('setup-cancel'), () => this.close())}
        </div>
      </form>`;
  }

  onSubmit(event) {
    event.preventDefault();
    void this.once(() => this.send());
  }

  async send() {
    const [code, next] = [this.codeIn('token-first'), this.codeIn('token-second')];
    const empty = this.text('empty');
    this.problem = '';
    this.errors = { ...(code === null && { first: empty }), ...(next === null && { second: empty }) };
    if (code === null || next === null) {
      await this.focusOn('[aria-invalid="true"]');
      return;
    }
    const { error } = await this.callback({ code, next });
    if (!error) return;
    const wrong = error.type.endsWith(':wrong-response');
    this.errors = wrong ? { first: this.text('setup-wrong') } : {};
    this.problem = wrong ? '' : this.say(error);
    await this.focusOn('#token-first');
  }
}
