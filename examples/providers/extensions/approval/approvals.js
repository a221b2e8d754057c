import { html, nothing, Part } from '../parts/parts.js';
import { keyFor } from './key.js';

const words = {
  approved: 'Approved. Go on where you are signing in.',
  denied: 'Denied. Nobody was let in. If it was not you who asked, change your password: somebody knows it.',
  mismatch: 'That was not the number, so nobody was let in. Ask again where you are signing in.',
  gone: 'This is over: it took too long, or was decided already.',
  'other-device':
    'This browser was not set up to approve for you. Use the one that was; here you can only deny.',
  'same-session': 'You are asked in this very browser. Approve on another device.',
  failed: 'That did not work. Check your connection and try again.',
};

/** The page on which somebody approves: who asks, the number, yes or no. In English, as the other pages of the example. */
class ApprovalRequests extends Part {
  static properties = {
    ...Part.properties,
    open: { state: true },
    outcome: { state: true },
    error: { state: true },
  };

  #asking;

  constructor() {
    super();
    this.open = null;
    this.outcome = '';
    this.error = '';
  }

  connectedCallback() {
    super.connectedCallback();
    void this.#look();
    this.#asking = setInterval(() => void this.#look(), 2000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#asking);
  }

  render() {
    const request = this.open?.request;
    return html`<div class="cf-card">
      <p class="cf-brand">
        <span class="cf-brand-mark" aria-hidden="true">A</span><span class="cf-brand-name">Acme</span>
      </p>
      <h1 class="cf-headline" tabindex="-1">${request ? 'Is this you?' : 'Approvals'}</h1>
      <p role="status">${this.outcome}</p>
      ${this.alert()} ${request ? this.#request(request) : this.#nothing()}
    </div>`;
  }

  #nothing() {
    return html`<p class="cf-lead">
        Nothing waits for you. When you sign in somewhere else, it shows here by itself.
      </p>
      <div class="cf-ways"><a class="cf-link" href="/">Back to Acme</a></div>`;
  }

  #request({ browser, address, askedAt }) {
    const at = new Date(askedAt).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    return html`<p class="cf-lead">Somebody who knows your password wants to go on in another browser.</p>
      <p>
        <strong>${browser}</strong><br /><span class="cf-meta"
          >Network address ${address}, asked at ${at}</span
        >
      </p>
      <form class="cf-form" novalidate @submit=${this.#onApprove}>
        <div class="cf-field">
          <label for="approval-number">The number that you see there</label>
          <div class="cf-input-row">
            <input
              id="approval-number"
              class="cf-input cf-input-code"
              name="number"
              inputmode="numeric"
              autocomplete="off"
              maxlength="2"
              aria-required="true"
              aria-invalid=${this.error ? 'true' : 'false'}
              aria-describedby=${this.error ? 'approval-number-error' : nothing}
            />
          </div>
          ${this.error ? html`<p id="approval-number-error" class="cf-error">${this.error}</p>` : nothing}
        </div>
        ${this.button('Yes, let me in')}
        <button type="button" class="cf-button cf-danger" @click=${this.#onDeny}>No, it is not me</button>
      </form>`;
  }

  #onApprove = (event) => {
    event.preventDefault();
    const number = this.querySelector('#approval-number').value.trim();
    this.error = /^[0-9]{2}$/.test(number) ? '' : 'Enter the two digits from the other screen.';
    if (this.error) void this.focusOn('#approval-number');
    else void this.once(() => this.#decide({ approve: true, number, key: keyFor(this.open.place) }));
  };

  #onDeny = () => {
    void this.once(() => this.#decide({ approve: false }));
  };

  async #look() {
    const response = await fetch('/approvals/open', { headers: { accept: 'application/json' } }).catch(
      () => null,
    );
    // Signed out, or no longer signed in with two factors: the page itself leads to what is missing.
    if (response?.status === 401) location.reload();
    if (!response?.ok) return;
    const open = await response.json();
    const changed = open.request?.id !== this.open?.request?.id;
    this.open = open;
    if (!changed || !open.request) return;
    this.outcome = '';
    this.problem = '';
    await this.focusOn('#approval-number');
  }

  async #decide(decision) {
    const { csrf, request } = this.open;
    const response = await fetch('/approvals/decision', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'x-csrf-token': csrf },
      body: JSON.stringify({ id: request.id, ...decision }),
    }).catch(() => null);
    const { outcome } = (await response?.json().catch(() => null)) ?? {};
    const told = outcome === 'denied' && decision.approve ? 'mismatch' : outcome;
    if (!['approved', 'denied', 'gone'].includes(outcome)) {
      this.problem = words[told] ?? words.failed;
      return;
    }
    this.open = { ...this.open, request: null };
    this.outcome = words[told];
    await this.focusOn('h1');
  }
}

customElements.define('approval-requests', ApprovalRequests);
