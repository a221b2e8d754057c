import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { ConfirmBody, ConfirmedView, EnrolmentView, ProviderInfo } from '../http/contract.ts';
import { asked, carried } from './addresses.ts';
import { nameOf, type Client, type ClientProblem, type Result } from './client.ts';
import { Countdown } from './countdown.ts';
import './default-setup.ts';
import { CofactorElement, define, entitle, start } from './element.ts';
import './input-form.ts';
import { loadElement, type Loaded } from './load-element.ts';
import { alert, headline, linkButton, providerNote } from './parts.ts';
import { ofAsking, say } from './problems.ts';
import { resendButton } from './resend.ts';
import type { SetupContract } from './setup-element.ts';
import { t } from './texts.ts';

/** What a set-up shows: what it has to be told first, its element, or its end. */
type Scene =
  | { readonly name: 'input' }
  | { readonly name: 'element'; readonly title: string; readonly element: HTMLElement }
  | { readonly name: 'done'; readonly confirmed: ConfirmedView };

/** Where a person was on the way to, and what to call it: what an application is known as, or the path itself. */
export interface Onward {
  readonly path: string;
  readonly name: string;
}

/** What a set-up element is told of the situation it is shown in. */
type Situation = Pick<SetupContract, 'setup' | 'proposedName' | 'confirmed' | 'callback' | 'close'>;

/** Does what needs a fresh proof, which is asked for in place; `undefined` where the person turned away. */
export type Manage = <T>(act: (signal: AbortSignal) => Promise<Result<T>>) => Promise<Result<T> | undefined>;

/** How long the server lets pass before it sends another code for the same set-up. */
const resendAfter = 60;

/**
 * Sets a factor up: begin, show, confirm, show what was issued with it. The page stands back for it: `opened`, then
 * `closed` with what went wrong, if anything did.
 */
export class SetUp extends CofactorElement {
  static override properties: PropertyDeclarations = {
    product: { attribute: false },
    onward: { attribute: false },
    scene: { state: true },
    problem: { state: true },
    again: { state: true },
  };
  declare client: Client;
  declare product: string;
  declare manage: Manage;
  declare opened: () => void;
  declare closed: (problem: string) => void;
  /** Called when something was added. */
  declare added: () => void;
  /** Where the person was on the way to, if that is anywhere else than here. */
  declare onward: (returnTo: string) => Onward | null;
  declare private scene: Scene | null;
  declare private problem: ClientProblem | null;
  /** Whether another code was sent to the same address. */
  declare private again: boolean;
  #provider: ProviderInfo | null = null;
  /** What the provider had to be told. */
  #input = '';
  /** Whether a code is on its way there. */
  #sent = false;
  #enrolment = '';
  #wasOff = false;
  readonly #countdown = new Countdown(this);

  constructor() {
    super();
    this.product = '';
    this.scene = null;
    this.problem = null;
    this.again = false;
  }

  /** Begins. `wasOff`: whether two-step verification is off until this is done. */
  async begin(provider: ProviderInfo, wasOff: boolean): Promise<void> {
    this.#provider = provider;
    this.#wasOff = wasOff;
    this.#input = '';
    this.#sent = false;
    this.problem = null;
    const problem = provider.input ? await this.#ask() : await this.#enrol(provider);
    if (problem) this.#close(say(problem));
  }

  /** Asks for what the provider has to be told, after the proof that it needs: nobody fills in a form for nothing. */
  async #ask(): Promise<ClientProblem | null> {
    const proved = await this.manage(async () => ({ ok: true, value: undefined }));
    if (proved?.ok) await this.#show({ name: 'input' });
    return proved && !proved.ok ? proved.problem : null;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { scene } = this;
    const provider = this.#provider;
    if (scene === null || provider === null) return nothing;
    if (scene.name === 'input') return this.#inputForm(provider);
    if (scene.name === 'done') return this.#done(scene.confirmed);
    return html`${headline(scene.title)} ${this.#sentTo()}
    ${alert(this.problem ? say(this.problem) : undefined)} ${scene.element}
    ${this.#sent ? this.#corrections(provider) : nothing}`;
  }

  protected override updated(_changed: PropertyValues): void {
    entitle(this);
  }

  #inputForm(provider: ProviderInfo): TemplateResult {
    return html`${headline(t('setup.title', { name: provider.texts['name'] ?? '' }))}
      <cofactor-input-form
        .provider=${provider}
        .value=${this.#input}
        .note=${providerNote(provider) ?? ''}
        .send=${(value: string) => this.#tell(provider, value)}
        .close=${() => this.#close('')}
      ></cofactor-input-form>`;
  }

  #sentTo(): TemplateResult | typeof nothing {
    if (!this.#sent) return nothing;
    const values = { to: this.#input };
    return html`<p role="status" class="cf-sent">${t(this.again ? 'sent.againTo' : 'sent.to', values)}</p>`;
  }

  /** For who does not get the code: another one, or another address. */
  #corrections(provider: ProviderInfo): TemplateResult {
    return html`${resendButton(this.#countdown, () => void this.#resend(provider))}
      <div class="cf-ways">${linkButton(t('setup.correct'), () => void this.#show({ name: 'input' }))}</div>`;
  }

  #done({ authenticator, returnTo }: ConfirmedView): TemplateResult {
    const { name } = authenticator;
    const onward = this.onward(returnTo);
    const toList = (): void => this.#close('');
    return html`${headline(this.#wasOff ? t('done.titleOn') : t('done.title', { name }))}
      <p class="cf-lead">
        ${t('done.text', { name })} ${onward ? t('done.next', { path: onward.name }) : nothing}
      </p>
      ${
        onward
          ? html`<a class="cf-button" href=${onward.path}>${t('continue')}</a>
              <div class="cf-ways">${linkButton(t('done.list'), toList)}</div>`
          : html`<button type="button" class="cf-button" @click=${toList}>${t('done.list')}</button>`
      }`;
  }

  /** Has the code sent to what was entered; what is wrong with that is told where it was entered. */
  async #tell(provider: ProviderInfo, value: string): Promise<ClientProblem | null> {
    this.#input = value;
    this.again = false;
    return this.#enrol(provider);
  }

  async #resend(provider: ProviderInfo): Promise<void> {
    this.problem = await this.#enrol(provider);
    this.again = this.problem === null;
  }

  /** Null also where the person turned away from the proof it needs: then nothing has changed. */
  async #enrol(provider: ProviderInfo): Promise<ClientProblem | null> {
    const { returnTo } = asked();
    const body = {
      provider: provider.provider,
      ...(provider.input && { input: { [provider.input.property]: this.#input } }),
      ...(returnTo && { returnTo }),
    };
    const begun = await this.manage(async (signal) => {
      const result = await this.client.send<EnrolmentView>('POST', '/enrolments', body, signal);
      return provider.input ? ofAsking(result) : result;
    });
    if (!begun) return null;
    if (!begun.ok) {
      // Where a rule demands it, the first factor takes a link, which is asked for on a page of its own.
      if (nameOf(begun.problem) !== 'permit-needed') return begun.problem;
      location.assign(`${this.client.base}/required${carried(returnTo)}`);
      return null;
    }
    const { enrolment, setup, proposedName, sent = false } = begun.value;
    this.#enrolment = enrolment;
    this.#sent = sent;
    if (sent) this.#countdown.start(resendAfter);
    if (this.scene?.name === 'element') {
      // Sent again: what was typed meanwhile stays, and the focus where it is.
      Object.assign(this.scene.element, { setup, proposedName });
      return null;
    }
    await this.#present(begun.value.provider, t('setup.title', { name: provider.texts['name'] ?? '' }), {
      setup,
      proposedName,
      confirmed: false,
      callback: (response, name) =>
        this.#confirm({ enrolment: this.#enrolment, response, ...(name !== undefined && { name }) }),
      close: () => this.#close(''),
    });
    return null;
  }

  async #confirm(body: ConfirmBody): Promise<{ readonly error?: ClientProblem }> {
    const result = await this.manage((signal) =>
      this.client.send<ConfirmedView>('POST', '/enrolments/confirm', body, signal),
    );
    if (!result) return {};
    if (result.ok) {
      this.added();
      await this.#showIssued(result.value, 0);
      return {};
    }
    if (nameOf(result.problem) !== 'enrolment-unknown') return { error: result.problem };
    this.#close(say(result.problem));
    return {};
  }

  /** One after the other, then the end: what was issued cannot be seen again. */
  async #showIssued(confirmed: ConfirmedView, index: number): Promise<void> {
    const issued = confirmed.issued[index];
    this.#sent = false;
    this.#input = '';
    if (!issued) {
      await this.#show({ name: 'done', confirmed });
      return;
    }
    const next = (): void => void this.#showIssued(confirmed, index + 1);
    await this.#present(issued.provider, t('issued.title', { name: issued.provider.texts['name'] ?? '' }), {
      setup: issued.setup,
      proposedName: '',
      confirmed: true,
      callback: async () => {
        next();
        return {};
      },
      close: next,
    });
  }

  async #present(provider: ProviderInfo, title: string, situation: Situation): Promise<void> {
    const loaded = await elementFor(provider);
    const { product } = this;
    if (!loaded.ok) {
      this.#close(t(loaded.reason === 'away' ? 'setup.failed' : 'setup.moduleWrong', { product }));
      return;
    }
    const { element } = loaded;
    Object.assign(element, situation, {
      provider,
      providerName: provider.provider,
      displayName: provider.texts['name'] ?? '',
      texts: provider.texts,
      product,
    } satisfies Omit<SetupContract, keyof Situation>);
    await this.#show({ name: 'element', title, element });
  }

  async #show(scene: Scene): Promise<void> {
    const first = this.scene === null;
    this.scene = scene;
    this.problem = null;
    if (first) this.opened();
    await this.focusOn(...(scene.name === 'input' ? start : ['h1']));
  }

  #close(problem: string): void {
    this.scene = null;
    this.problem = null;
    this.closed(problem);
  }
}

/** The set-up element of a provider: its own where it has one, otherwise the default one. */
async function elementFor({ provider, setupElement }: ProviderInfo): Promise<Loaded<SetupContract>> {
  if (setupElement !== undefined)
    return loadElement<SetupContract>(setupElement, `cofactor-setup-${provider}`);
  const element = document.createElement('cofactor-default-setup') as HTMLElement & SetupContract;
  return { ok: true, element };
}

define('cofactor-set-up', SetUp);
