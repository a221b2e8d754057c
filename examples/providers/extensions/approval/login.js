import { html, nothing, Part } from '../parts/parts.js';

/** Shows the number, and asks from time to time whether the other device has said yes. */
export default class ApprovalLogin extends Part {
  static properties = {
    ...Part.properties,
    challenge: { attribute: false },
    offers: { attribute: false },
    left: { state: true },
    wait: { state: true },
    over: { state: true },
  };

  #ticking;
  #polling;

  constructor() {
    super();
    this.challenge = null;
    this.offers = [];
    /** Seconds for which the number is good, and after which another can be asked for. */
    this.left = 0;
    this.wait = 0;
    this.over = false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#ticking = setInterval(() => this.#tick(), 1000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#ticking);
    clearTimeout(this.#polling);
  }

  willUpdate(changed) {
    if (changed.has('challenge') && this.challenge) this.#begin(this.challenge);
  }

  render() {
    const { again, number } = this.challenge?.view ?? {};
    return html`<link rel="stylesheet" href=${new URL('approval.css', import.meta.url).href} />
      ${this.alert()} ${again ? html`<p role="status">${this.text('busy')}</p>` : nothing}
      ${this.over || again ? this.#askAgain() : this.#ask(number)}`;
  }

  #ask(number) {
    const place = `${location.host}/approvals`;
    return html`<p>${this.text('prompt', { place, device: this.offers[0]?.name ?? '' })}</p>
      <p class="approval-number">${number}</p>
      <p role="status" class="cf-hint">${this.text('waiting')}</p>
      <p class="cf-hint">${this.text('left', { seconds: this.left })}</p>`;
  }

  #askAgain() {
    const blocked = this.wait > 0;
    return html`${blocked ? html`<p>${this.text('wait', { seconds: this.wait })}</p>` : nothing}
      <button
        type="button"
        class=${blocked ? 'cf-button cf-paused' : 'cf-button'}
        aria-disabled=${blocked || this.busy ? 'true' : 'false'}
        @click=${() => !blocked && void this.once(() => this.#renew())}
      >
        ${this.text('again')}
      </button>`;
  }

  #begin({ view, expiresAt, resendAfter }) {
    clearTimeout(this.#polling);
    this.over = false;
    this.problem = '';
    this.wait = view.again ?? resendAfter ?? 0;
    // By the clock of this device: the server has the last word on what is over.
    const seconds = Math.round((new Date(expiresAt) - Date.now()) / 1000);
    this.left = Math.max(0, Math.min(seconds, 120));
    if (!view.again) this.#polling = setTimeout(() => void this.#poll(), 1000);
  }

  #tick() {
    this.left = Math.max(0, this.left - 1);
    this.wait = Math.max(0, this.wait - 1);
  }

  async #poll() {
    const { challenge } = this;
    if (this.left === 0) {
      // To ask about what is over would count as a wrong answer.
      await this.#end(this.text('wrong'));
      return;
    }
    const { error, pending } = await this.callback({ ticket: challenge.view.ticket });
    if (!this.isConnected || challenge !== this.challenge) return;
    if (pending !== undefined) {
      this.#polling = setTimeout(() => void this.#poll(), pending * 1000);
    } else if (error?.type.endsWith(':network')) {
      // A gap in the network is no answer.
      this.#polling = setTimeout(() => void this.#poll(), 5000);
    } else if (error) {
      await this.#end(this.say(error));
    }
  }

  async #end(problem) {
    this.over = true;
    this.problem = problem;
    await this.focusOn('button');
  }

  async #renew() {
    const { error } = await this.renew();
    if (error) this.problem = this.say(error);
  }
}
