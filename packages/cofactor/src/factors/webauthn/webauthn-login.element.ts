import type { ClientProblem } from '../../elements/client.ts';
import type { LoginContract } from '../../elements/login-element.ts';
import type { ChallengeView, Offer, ProviderInfo } from '../../http/contract.ts';
import { get, giveWay, isSupported, type Failure, type Outcome } from './credentials.element.ts';

/** What the provider sends with a challenge. */
interface Request {
  readonly options: PublicKeyCredentialRequestOptionsJSON;
  readonly credentials: readonly { readonly authenticator: string; readonly id: string }[];
}

/** A challenge that was not answered yet, and when it came here: the clocks of servers are others. */
interface Open {
  readonly request: Request;
  readonly since: number;
}

/** A challenge that has less to live than this is not begun with, in milliseconds. */
const margin = 30_000;
/** How often a page that is left open asks for another challenge to offer passkeys with: for about an hour. */
const renewals = 12;

/**
 * Uses a passkey: as the answer that a ceremony asks for, or (`mode = 'discover'`) to begin a sign-in, by a button
 * or by what the browser offers in the field for the user name. Without Lit: the sign-in page has its own.
 */
export default class WebauthnLogin extends HTMLElement implements LoginContract {
  declare provider: ProviderInfo;
  declare providerName: string;
  declare displayName: string;
  declare texts: Readonly<Record<string, string>>;
  declare product: string;
  declare challenge: ChallengeView | null;
  declare offers: readonly Offer[];
  declare mode: LoginContract['mode'];
  declare callback: LoginContract['callback'];
  declare renew: LoginContract['renew'];
  declare close: LoginContract['close'];

  readonly #alert = element('div', { role: 'alert' });
  readonly #button = element('button', { type: 'button', class: 'cf-button' });
  readonly #status = element('p', { role: 'status', class: 'cf-hidden' });
  /** Taken from the host once, and then from `renew` only: each is good for one answer. */
  #open: Open | null = null;
  #begun = false;
  #busy = false;
  #renewed = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What to do when the person comes back to this tab. */
  #back: (() => void) | null = null;

  connectedCallback(): void {
    const discover = this.mode === 'discover';
    if (discover) document.addEventListener('visibilitychange', this.#onVisibility);
    if (this.#begun) {
      // It was taken off the page and is back: the person goes on when they want to.
      if (discover) void this.#offer();
      return;
    }
    this.#begun = true;
    this.#draw(discover);
    if (!isSupported()) this.#unsupported(discover);
    else if (discover) void this.#offer();
    else {
      if (this.challenge) this.#keep(this.challenge);
      void this.#use(true);
    }
  }

  disconnectedCallback(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    clearTimeout(this.#timer);
    this.#back = null;
    giveWay();
  }

  readonly #onVisibility = (): void => {
    if (document.hidden || this.#busy) return;
    const back = this.#back;
    this.#back = null;
    back?.();
  };

  #draw(discover: boolean): void {
    const prompt = element('p', {});
    prompt.textContent = this.#text('prompt');
    this.#button.textContent = this.#text(discover ? 'login-begin' : 'login-use');
    if (discover) {
      this.#button.classList.add('cf-quiet');
      this.#button.style.inlineSize = '100%';
    }
    this.#button.addEventListener('click', () => void this.#use(false));
    this.replaceChildren(...(discover ? [] : [prompt]), this.#alert, this.#button, this.#status);
  }

  #unsupported(discover: boolean): void {
    // Who can do without it need not hear of it.
    if (discover) this.hidden = true;
    else this.#say(this.#text('login-unsupported'));
    this.#button.hidden = true;
  }

  /** At the press of the button, or (`unasked`) once by itself where browsers allow that. */
  async #use(unasked: boolean): Promise<void> {
    if (this.#busy) return;
    this.#setBusy(true);
    this.#say('');
    const began = performance.now();
    const request = await this.#request((problem) => this.#refused(problem));
    if (request && this.isConnected) {
      const outcome = await get(request.options);
      // Refused at once is not by the person: some browsers want a press of a button first.
      const unseen = unasked && performance.now() - began < 1000;
      await this.#conclude(request, outcome, unseen);
    }
    this.#setBusy(false);
    if (this.mode === 'discover' && this.isConnected) void this.#offer();
  }

  /** Waits in the field for the user name until the person picks a passkey there (conditional mediation). */
  async #offer(): Promise<void> {
    if (this.#busy || !(await isConditionalAvailable())) return;
    const request = await this.#request(() => undefined);
    if (!request || this.#busy || !this.isConnected) return;
    this.#renewInTime(request);
    const outcome = await get(request.options, 'conditional');
    if ('failure' in outcome || this.#busy) return;
    this.#setBusy(true);
    await this.#conclude(request, outcome, true);
    this.#setBusy(false);
    // Each further round begins with a choice of the person, so this does not go round by itself.
    if (this.isConnected) void this.#offer();
  }

  /** A challenge lives for minutes and a page may lie open for longer; another tab may have taken its place, too. */
  #renewInTime({ options }: Request): void {
    clearTimeout(this.#timer);
    if (this.#renewed >= renewals) return;
    const renew = (): void => {
      this.#renewed += 1;
      this.#open = null;
      void this.#offer();
    };
    this.#timer = setTimeout(
      () => {
        if (!document.hidden) renew();
      },
      lifeOf(options) - margin,
    );
    this.#back = renew;
  }

  /** The challenge at hand, or a new one where it is used or nearly over. */
  async #request(refused: (problem: ClientProblem) => void): Promise<Request | null> {
    const open = this.#open;
    if (open && performance.now() - open.since < lifeOf(open.request.options) - margin) return open.request;
    this.#open = null;
    const { challenge, error } = await this.renew();
    if (error) refused(error);
    return challenge ? this.#keep(challenge).request : null;
  }

  #keep({ view }: ChallengeView): Open {
    this.#open = { request: view as unknown as Request, since: performance.now() };
    return this.#open;
  }

  async #conclude({ credentials }: Request, outcome: Outcome, unseen: boolean): Promise<void> {
    if ('failure' in outcome) {
      if (outcome.failure !== 'aborted' && !unseen) this.#say(this.#failed(outcome.failure));
      return;
    }
    this.#open = null;
    const { response } = outcome;
    const own = credentials.find(({ id }) => id === response.id)?.authenticator;
    const { error } = await this.callback(response, own);
    if (error) this.#refused(error);
  }

  #refused(problem: ClientProblem): void {
    const name = problem.type.split(':').at(-1);
    const own =
      name === 'wrong-credentials'
        ? this.#text('login-unknown')
        : name === 'wrong-response'
          ? this.#text('wrong')
          : name === 'replayed-response'
            ? this.#text('replayed')
            : problem.detail;
    this.#say(own || this.#text('login-failed'));
  }

  #failed(failure: Failure): string {
    return this.texts[`login-${failure}`] ?? this.#text('login-failed');
  }

  #say(words: string): void {
    const box = element('div', { class: 'cf-alert' });
    const paragraph = element('p', {});
    paragraph.textContent = words;
    box.append(paragraph);
    this.#alert.replaceChildren(...(words ? [box] : []));
  }

  #setBusy(busy: boolean): void {
    this.#busy = busy;
    this.#button.ariaDisabled = String(busy);
    this.#status.className = busy ? 'cf-hint' : 'cf-hidden';
    this.#status.textContent = busy ? this.#text('login-waiting') : '';
  }

  #text(key: string): string {
    return this.texts[key] ?? '';
  }
}

/** In milliseconds; the provider lets a challenge live as long as it has the browser wait. */
function lifeOf({ timeout = 300_000 }: PublicKeyCredentialRequestOptionsJSON): number {
  return timeout;
}

async function isConditionalAvailable(): Promise<boolean> {
  try {
    return await PublicKeyCredential.isConditionalMediationAvailable();
  } catch {
    // Browsers that came before it have no such function.
    return false;
  }
}

function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/**
 * Tells the device which passkeys there still are and what their owner is called, so that it offers no others and
 * no old name (Signal API, WebAuthn 5.1.10). Nothing depends on it: a browser that cannot is left alone.
 */
export async function signal(data: Readonly<Record<string, unknown>>): Promise<void> {
  if (!isSupported()) return;
  const { rpId, userId, allAcceptedCredentialIds, name, displayName } =
    data as unknown as AllAcceptedCredentialsOptions & CurrentUserDetailsOptions;
  await Promise.allSettled([
    attempt(() =>
      PublicKeyCredential.signalAllAcceptedCredentials({ rpId, userId, allAcceptedCredentialIds }),
    ),
    attempt(() => PublicKeyCredential.signalCurrentUserDetails({ rpId, userId, name, displayName })),
  ]);
}

/** A function that is missing throws like one that refuses. */
async function attempt(tell: () => Promise<void>): Promise<void> {
  await tell();
}

if (!customElements.get('cofactor-webauthn-login')) {
  customElements.define('cofactor-webauthn-login', WebauthnLogin);
}
