import { html, nothing, Part } from '../parts/parts.js';

/** Asks for a code, and for two in a row where the token ran away: the second field is there when it is needed. */
export default class TokenLogin extends Part {
  static properties = {
    ...Part.properties,
    offers: { attribute: false },
    resync: { state: true },
    errors: { state: true },
  };

  constructor() {
    super();
    this.offers = [];
    this.resync = false;
    this.errors = {};
  }

  render() {
    const { first = '', second = '' } = this.errors;
    return html`${this.alert()}
      <form class="cf-form" novalidate @submit=${this.onSubmit}>
        <p>
          ${this.text(this.resync ? 'resync-why' : 'prompt')}
          <span class="cf-meta cf-device">${this.offers[0]?.name}</span>
        </p>
        ${this.codeField({
          id: 'token-code',
          label: this.text(this.resync ? 'resync-code' : 'label'),
          error: first,
        })}
        ${
          this.resync
            ? this.codeField({
                id: 'token-next',
                label: this.text('resync-next'),
                hint: this.text('resync-next-hint'),
                error: second,
              })
            : nothing
        }
        ${this.button(this.text('submit'))}
      </form>
      ${
        this.resync
          ? nothing
          : html`<div class="cf-ways">${this.link(this.text('resync-open'), () => this.openResync())}</div>`
      }`;
  }

  openResync() {
    this.resync = true;
    this.errors = {};
    void this.focusOn('#token-code');
  }

  onSubmit(event) {
    event.preventDefault();
    void this.once(() => this.send());
  }

  async send() {
    const code = this.codeIn('token-code');
    const next = this.resync ? this.codeIn('token-next') : undefined;
    const empty = this.text('empty');
    this.problem = '';
    this.errors = { ...(code === null && { first: empty }), ...(next === null && { second: empty }) };
    if (code === null || next === null) {
      await this.focusOn('[aria-invalid="true"]');
      return;
    }
    const { error } = await this.callback(next === undefined ? { code } : { code, next });
    if (!error) return;
    const atField = /:(wrong|replayed)-response$/.test(error.type);
    const words =
      this.resync && error.type.endsWith(':wrong-response') ? this.text('resync-wrong') : this.say(error);
    this.errors = atField ? { first: words } : {};
    this.problem = atField ? '' : words;
    await this.focusOn('#token-code');
  }
}
