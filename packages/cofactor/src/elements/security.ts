import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type {
  AuthenticatorView,
  ContextView,
  ProviderInfo,
  ReplaceBody,
  SecurityView,
} from '../http/contract.ts';
import './account-texts.ts';
import { dataSection, deviceList, emailSection, linkList } from './account-view.ts';
import { asked, carried, pathOf } from './addresses.ts';
import './ask-dialog.ts';
import type { AskDialog, Question } from './ask-dialog.ts';
import { nameOf, type ClientProblem, type Result } from './client.ts';
import { define } from './element.ts';
import { sayFarewell } from './farewell.ts';
import { Page } from './page.ts';
import { alert, headline, linkButton } from './parts.ts';
import { say } from './problems.ts';
import './proof-dialog.ts';
import type { ProofDialog } from './proof-dialog.ts';
import {
  addList,
  authenticatorList,
  secondSteps,
  sessionList,
  browserName,
  summary,
  type SecurityActions,
} from './security-view.ts';
import { changingEmail, deleting, removing, renaming, replacing } from './security-questions.ts';
import './set-up.ts';
import type { Onward, SetUp } from './set-up.ts';
import { sendSignals } from './signals.ts';
import { t } from './texts.ts';

// For pages that use these elements one by one, such as a back office.
export { sendSignals } from './signals.ts';
export { useLanguage } from './texts.ts';

/** `<cofactor-security>`: what protects this account, and the way to change it. */
export class Security extends Page {
  static override properties: PropertyDeclarations = {
    ...Page.properties,
    view: { state: true },
    settingUp: { state: true },
    problem: { state: true },
    said: { state: true },
  };
  declare private view: SecurityView | null;
  /** Whether a set-up stands in place of the list. */
  declare private settingUp: boolean;
  declare private problem: string;
  declare private said: string;
  protected override readonly kind = 'cf-wide';
  readonly #actions: SecurityActions = {
    add: (provider) => void this.#add(provider),
    rename: (authenticator) => this.#rename(authenticator),
    remove: (authenticator) => this.#remove(authenticator),
    change: (authenticator) => this.#replace(authenticator),
    end: (session) => {
      void this.#end(
        '/sessions',
        { id: session.id },
        t('sessions.ended', { name: browserName(session.userAgent) }),
      );
    },
    endOthers: () => void this.#end('/sessions/others', undefined, t('sessions.othersDone')),
    forget: (device) => {
      const name = browserName(device.userAgent);
      void this.#end('/devices', { id: device.id }, t('devices.forgotten', { name }));
    },
    changeEmail: () => this.#changeEmail(),
    confirmEmail: () => void this.#confirmEmail(),
    deleteAccount: () => this.#deleteAccount(),
  };

  constructor() {
    super();
    this.view = null;
    this.settingUp = false;
    this.problem = '';
    this.said = '';
  }

  protected override async arrived(context: ContextView, signal: AbortSignal): Promise<void> {
    if (context.session) await this.#refresh(signal);
    else this.#toSignIn();
  }

  protected override content(context: ContextView): TemplateResult {
    const product = context.product.name;
    return html`${this.settingUp ? nothing : this.#overview(context)}
      <cofactor-set-up
        .client=${this.client}
        .product=${product}
        .manage=${this.#manage}
        .onward=${this.#onward}
        .opened=${() => (this.settingUp = true)}
        .closed=${this.#onSetUpClosed}
        .added=${() => void this.#afterAdding()}
      ></cofactor-set-up>
      <cofactor-ask-dialog></cofactor-ask-dialog>
      <cofactor-proof-dialog .client=${this.client} .product=${product}></cofactor-proof-dialog>`;
  }

  #overview(context: ContextView): TemplateResult {
    const { view } = this;
    return html`<div class="cf-top">
        ${headline(t('security.title'))} ${linkButton(t('security.signOut'), this.#signOut)}
      </div>
      ${view ? html`<p class="cf-who">${view.user.identifier}</p>` : nothing}
      ${alert(this.problem || undefined, view ? nothing : linkButton(t('retry'), this.load))}
      <p role="status" class=${this.said ? 'cf-notice' : 'cf-hidden'}>${this.said}</p>
      ${view ? this.#list(view, context) : nothing}
      <p role="status" class="cf-hidden">${this.waiting.slow ? t('working') : ''}</p>`;
  }

  #list(view: SecurityView, { offers, application }: ContextView): TemplateResult {
    const path = pathOf(asked().returnTo);
    const needed = path !== null && secondSteps(view).length === 0;
    // An application has a name; the address that leads on to it says nothing to anybody.
    const goal = { path: application ?? path ?? '' };
    return html`${needed ? html`<p class="cf-notice">${t('security.needed', goal)}</p>` : nothing}
    ${summary(view)}
    ${path !== null && !needed ? html`<p><a class="cf-button" href=${path}>${t('continueTo', goal)}</a></p>` : nothing}
    ${needed ? addList(view, this.#actions) : nothing} ${authenticatorList(view, this.#actions)}
    ${needed ? nothing : addList(view, this.#actions)}
    ${offers.reset ? emailSection(view, this.#actions) : nothing} ${sessionList(view, this.#actions)}
    ${deviceList(view, this.#actions)} ${linkList(view)} ${dataSection(this.client.base, this.#actions)}`;
  }

  /** Where the person was on the way to, if that is anywhere else than here. */
  readonly #onward = (returnTo: string): Onward | null => {
    const wanted = pathOf(asked().returnTo);
    const path = [pathOf(returnTo), wanted].find(
      (one) => one !== null && one !== '/' && one.split('?')[0] !== location.pathname,
    );
    if (!path) return null;
    return { path, name: (path === wanted ? this.context?.application : null) ?? path };
  };

  // What a person does.

  #rename(authenticator: AuthenticatorView): void {
    const { id } = authenticator;
    const act = (name: string): Promise<Result<void> | undefined> =>
      this.#change(['PATCH', '/authenticators', { id, name }], t('rename.done', { name }), 'nothing');
    void this.#ask(renaming(authenticator, act));
  }

  #remove(authenticator: AuthenticatorView): void {
    const { id, name } = authenticator;
    const steps = this.view ? secondSteps(this.view) : [];
    const last = steps.length === 1 && steps[0]?.id === id;
    void this.#ask(
      removing(authenticator, last, () =>
        this.#change(['DELETE', '/authenticators', { id }], t('remove.done', { name })),
      ),
    );
  }

  #replace(authenticator: AuthenticatorView): void {
    const { id, name, provider } = authenticator;
    const { property } = provider.field;
    const act = (answer: string, current: string): Promise<Result<void> | undefined> => {
      const body: ReplaceBody = { id, current: { [property]: current }, response: { [property]: answer } };
      return this.#change(['PUT', '/authenticators', body], t('change.done', { name }));
    };
    void this.#ask(replacing(authenticator, this.view?.user.identifier ?? '', act));
  }

  async #end(
    path: '/sessions' | '/sessions/others' | '/devices',
    body: { readonly id: string } | undefined,
    said: string,
  ): Promise<void> {
    const result = await this.#change(['DELETE', path, body], said, 'nothing');
    if (result && !result.ok) await this.#show(result.problem);
  }

  readonly #signOut = async (): Promise<void> => {
    const result = await this.waiting.run((signal) =>
      this.client.send<void>('POST', '/sign-out', undefined, signal),
    );
    if (result?.ok) location.assign(`${this.client.base}/sign-in`);
    else if (result) await this.#show(result.problem);
  };

  async #add(provider: ProviderInfo): Promise<void> {
    const wasOff = this.view !== null && secondSteps(this.view).length === 0;
    this.said = '';
    await this.querySelector<SetUp>('cofactor-set-up')?.begin(provider, wasOff);
  }

  readonly #onSetUpClosed = async (problem: string): Promise<void> => {
    const stood = this.settingUp;
    this.settingUp = false;
    this.problem = problem;
    if (stood) {
      await this.waiting.run((signal) => this.#refresh(signal));
      await this.focusOn('h1');
    }
    if (problem) {
      this.problem = problem;
      await this.#toProblem();
    }
  };

  // The address and the account.

  #changeEmail(): void {
    const act = async (email: string): Promise<Result<void> | undefined> => {
      const result = await this.#change(['POST', '/email', { email }], t('email.sent', { email }));
      await this.#toNotice();
      return result;
    };
    void this.#ask(changingEmail(act));
  }

  async #confirmEmail(): Promise<void> {
    const { pending, address } = this.view?.email ?? {};
    const said = t('email.sent', { email: pending ?? address ?? '' });
    const result = await this.#change(['POST', '/email/confirmation', undefined], said, 'nothing');
    if (result && !result.ok) await this.#show(result.problem);
    else await this.#toNotice();
  }

  #deleteAccount(): void {
    const identifier = this.view?.user.identifier ?? '';
    const product = this.context?.product.name ?? '';
    void this.#ask(deleting(identifier, product, () => this.#delete(identifier)));
  }

  async #delete(identifier: string): Promise<Result<void> | undefined> {
    const result = await this.#manage((signal) =>
      this.client.send<void>('DELETE', '/account', { identifier }, signal),
    );
    if (result?.ok) {
      sayFarewell();
      location.assign(`${this.client.base}/sign-in`);
    }
    return result;
  }

  // What all of these need.

  /** Afterwards the focus is where it was; where that is gone from the list, it is at the top. */
  async #ask(question: Question): Promise<void> {
    await this.querySelector<AskDialog>('cofactor-ask-dialog')?.ask(question);
    if (document.activeElement === document.body) await this.focusOn('h1');
  }

  /** Changes something and says so, with the list as it is afterwards. */
  async #change(
    request: readonly [method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body: object | undefined],
    said: string,
    needs: 'proof' | 'nothing' = 'proof',
  ): Promise<Result<void> | undefined> {
    this.said = '';
    this.problem = '';
    const result = await this.#manage((signal) => this.client.send<void>(...request, signal), needs);
    if (!result) return result;
    const gone = !result.ok && nameOf(result.problem) === 'not-found';
    if (result.ok || gone) await this.waiting.run((signal) => this.#refresh(signal));
    if (result.ok) this.said = said;
    if (result.ok && request[1] === '/authenticators') this.#tellDevice();
    return result;
  }

  /** What the device of the person may want to know of what there is now. Nobody waits for it. */
  #tellDevice(): void {
    if (this.view) void sendSignals(this.view.signals);
  }

  async #afterAdding(): Promise<void> {
    await this.waiting.run((signal) => this.#refresh(signal));
    this.#tellDevice();
  }

  /**
   * Does something, and asks in place for the fresh proof it needs: beforehand where it is known to need one, in
   * any case when the server says so. `undefined` where the person turned away.
   */
  readonly #manage = async <T>(
    act: (signal: AbortSignal) => Promise<Result<T>>,
    needs: 'proof' | 'nothing' = 'proof',
  ): Promise<Result<T> | undefined> => {
    const ready = needs === 'nothing' || this.view?.canManage === true;
    const dialog = this.querySelector<ProofDialog>('cofactor-proof-dialog');
    const result = await dialog?.guard(ready, () => this.waiting.run(act));
    if (!result) return undefined;
    const name = result.ok ? undefined : nameOf(result.problem);
    if (name === 'not-signed-in') this.#toSignIn();
    if (this.view && needs === 'proof') this.view = { ...this.view, canManage: name !== 'step-up-needed' };
    return result;
  };

  async #refresh(signal: AbortSignal): Promise<void> {
    const result = await this.client.get<SecurityView>('/security', signal);
    if (result.ok) this.view = result.value;
    else if (nameOf(result.problem) === 'not-signed-in') this.#toSignIn();
    else this.problem = say(result.problem);
  }

  async #show(problem: ClientProblem): Promise<void> {
    this.problem = say(problem);
    await this.#toProblem();
  }

  #toProblem(): Promise<void> {
    return this.#scrollTo('[role=alert]');
  }

  /** What the list itself does not show has to be seen where it is said. */
  #toNotice(): Promise<void> {
    return this.#scrollTo('.cf-notice[role=status]');
  }

  async #scrollTo(selector: string): Promise<void> {
    await this.updateComplete;
    this.querySelector(selector)?.scrollIntoView({ block: 'nearest' });
  }

  #toSignIn(): void {
    location.assign(`${this.client.base}/sign-in${carried(location.pathname + location.search)}`);
  }
}

define('cofactor-security', Security);
