import { html, Part } from '../parts/parts.js';
import { keepKey, keyFor, restoreKey } from './key.js';

/** Makes this browser one that approves: it keeps the key, and proves it by sending it back. */
export default class ApprovalSetup extends Part {
  static properties = {
    ...Part.properties,
    setup: { attribute: false },
  };

  constructor() {
    super();
    this.setup = {};
  }

  render() {
    return html`<p class="cf-lead">${this.text('setup-lead', { place: `${location.host}/approvals` })}</p>
      <p>${this.text('setup-stay')}</p>
      ${this.alert()}
      <form class="cf-form" novalidate @submit=${this.onSubmit}>
        <div class="cf-field">
          <label for="approval-name">${this.text('setup-name')}</label>
          <div class="cf-input-row">
            <input
              id="approval-name"
              class="cf-input"
              name="device"
              autocomplete="off"
              maxlength="64"
              .value=${browserName()}
            />
          </div>
        </div>
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
    const { key, place } = this.setup;
    const before = keyFor(place);
    if (!keepKey(place, key)) {
      this.problem = this.text('setup-storage');
      return;
    }
    const name = this.querySelector('#approval-name').value.trim();
    const { error } = await this.callback({ key: keyFor(place) }, name || undefined);
    if (!error) return;
    restoreKey(place, before);
    this.problem = this.say(error);
  }
}

/** What this browser is, for the name of the device: "Firefox, Android". */
function browserName() {
  const { userAgent } = navigator;
  const [browser] = /Edg|OPR|Firefox|Chrome|Safari/.exec(userAgent) ?? [];
  const [system] = /Android|iPhone|iPad|Windows|Macintosh|Linux/.exec(userAgent) ?? [];
  const names = { Edg: 'Edge', OPR: 'Opera', Macintosh: 'Mac' };
  return [browser, system].map((name) => names[name] ?? name).join(', ');
}
