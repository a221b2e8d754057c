import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type {
  AuthenticatorView,
  ConfirmBody,
  ConfirmedView,
  ContextView,
  EnrolmentView,
  ProviderInfo,
  ReplaceBody,
  SecurityView,
} from '../http/contract.ts';
import { asked, carried, pathOf } from './addresses.ts';
import './ask-dialog.ts';
import type { AskDialog, Question } from './ask-dialog.ts';
import { nameOf, type ClientProblem, type Result } from './client.ts';
import { define } from './element.ts';
import { loadSetup, type SetupHost } from './load-setup.ts';
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
  sessionName,
  summary,
  type SecurityActions,
} from './security-view.ts';
import type { SetupContract } from './setup-element.ts';
import { t } from './texts.ts';

/** What the page shows in place of the list. */
type Scene =
  | { readonly name: 'setup'; readonly title: string; readonly element: SetupHost }
  | { readonly name: 'done'; readonly confirmed: ConfirmedView; readonly wasOff: boolean };

/** What a set-up element is told of the situation it is shown in. */
type Situation = Pick<SetupContract, 'setup' | 'proposedName' | 'confirmed' | 'callback' | 'close'>;

/** `<cofactor-security>`: what protects this account, and the way to change it. */
export class Security extends Page {
  static override properties: PropertyDeclarations = {
    ...Page.properties,
    view: { state: true },
    scene: { state: true },
    problem: { state: true },
    said: { state: true },
  };
  declare private view: SecurityView | null;
  declare private scene: Scene | null;
  declare private problem: string;
  declare private said: string;
  protected override readonly kind = 'cf-wide';
  readonly #actions: SecurityActions = {
    add: (provider) => void this.#add(provider),
    rename: (authenticator) => this.#rename(authenticator),
    remove: (authenticator) => this.#remove(authenticator),
    change: (authenticator) => this.#replace(authenticator),
    end: (session) => {
      void this.#end('/sessions', { id: session.id }, t('sessions.ended', { name: sessionName(session) }));
    },
    endOthers: () => void this.#end('/sessions/others', undefined, t('sessions.othersDone')),
  };

  constructor() {
    super();
    this.view = null;
    this.scene = null;
    this.problem = '';
    this.said = '';
  }

  protected override async arrived(context: ContextView, signal: AbortSignal): Promise<void> {
    if (context.session) await this.#refresh(signal);
    else this.#toSignIn();
  }

  protected override content(context: ContextView): TemplateResult {
    const product = context.product.name;
    return html`${this.#scene()}
      <cofactor-ask-dialog></cofactor-ask-dialog>
      <cofactor-proof-dialog .client=${this.client} .product=${product}></cofactor-proof-dialog>`;
  }

  #scene(): TemplateResult {
    const { scene, view } = this;
    if (scene?.name === 'setup') {
      return html`${headline(scene.title)}${alert(this.problem || undefined)}${scene.element}`;
    }
    if (scene?.name === 'done') return this.#done(scene.confirmed, scene.wasOff);
    return html`<div class="cf-top">
        ${headline(t('security.title'))} ${linkButton(t('security.signOut'), this.#signOut)}
      </div>
      ${view ? html`<p class="cf-who">${view.user.identifier}</p>` : nothing}
      ${alert(this.problem || undefined, view ? nothing : linkButton(t('retry'), this.load))}
      <p role="status" class=${this.said ? 'cf-notice' : 'cf-hidden'}>${this.said}</p>
      ${view ? this.#list(view) : nothing}
      <p role="status" class="cf-hidden">${this.waiting.slow ? t('working') : ''}</p>`;
  }

  #list(view: SecurityView): TemplateResult {
    const path = pathOf(asked().returnTo);
    const needed = path !== null && secondSteps(view).length === 0;
    return html`${needed ? html`<p class="cf-notice">${t('security.needed', { path })}</p>` : nothing}
    ${summary(view)}
    ${path !== null && !needed ? html`<p><a class="cf-button" href=${path}>${t('continueTo', { path })}</a></p>` : nothing}
    ${needed ? addList(view, this.#actions) : nothing} ${authenticatorList(view, this.#actions)}
    ${needed ? nothing : addList(view, this.#actions)} ${sessionList(view, this.#actions)}`;
  }

  #done({ authenticator, returnTo }: ConfirmedView, wasOff: boolean): TemplateResult {
    const { name } = authenticator;
    const path = this.#onward(returnTo);
    return html`${headline(wasOff ? t('done.titleOn') : t('done.title', { name }))}
      <p class="cf-lead">${t('done.text', { name })} ${path ? t('done.next', { path }) : nothing}</p>
      ${
        path
          ? html`<a class="cf-button" href=${path}>${t('continue')}</a>
              <div class="cf-ways">${linkButton(t('done.list'), this.#toList)}</div>`
          : html`<button type="button" class="cf-button" @click=${this.#toList}>${t('done.list')}</button>`
      }`;
  }

  /** Where the person was on the way to, if that is anywhere else than here. */
  #onward(returnTo: string): string | null {
    const paths = [returnTo, asked().returnTo].map((address) => pathOf(address));
    return (
      paths.find((path) => path !== null && path !== '/' && path.split('?')[0] !== location.pathname) ?? null
    );
  }

  // What a person does.

  #rename(authenticator: AuthenticatorView): void {
    const { id, name } = authenticator;
    void this.#ask({
      title: t('rename.title', { name }),
      submit: t('rename.submit'),
      keep: t('cancel'),
      text: { label: t('rename.label'), value: name, empty: t('rename.empty') },
      act: (answer) =>
        this.#change(
          ['PATCH', '/authenticators', { id, name: answer }],
          t('rename.done', { name: answer }),
          'nothing',
        ),
    });
  }

  #remove(authenticator: AuthenticatorView): void {
    const { id, name } = authenticator;
    const steps = this.view ? secondSteps(this.view) : [];
    const last = steps.length === 1 && steps[0]?.id === id;
    void this.#ask({
      title: t('remove.title', { name }),
      lead: t(last ? 'remove.last' : 'remove.text'),
      submit: t('remove.submit'),
      keep: t('remove.keep'),
      danger: true,
      act: () => this.#change(['DELETE', '/authenticators', { id }], t('remove.done', { name })),
    });
  }

  #replace({ id, name, provider }: AuthenticatorView): void {
    void this.#ask({
      title: t('change.title', { name }),
      lead: t('change.lead'),
      submit: t('change.submit'),
      keep: t('cancel'),
      fresh: { provider, identifier: this.view?.user.identifier ?? '' },
      act: (answer, current) => {
        const { property } = provider.field;
        const body: ReplaceBody = { id, current: { [property]: current }, response: { [property]: answer } };
        return this.#change(['PUT', '/authenticators', body], t('change.done', { name }));
      },
    });
  }

  async #end(
    path: '/sessions' | '/sessions/others',
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

  // Setting something up: begin, show, confirm, show what was issued with it.

  async #add(provider: ProviderInfo): Promise<void> {
    const { returnTo } = asked();
    const body = { provider: provider.provider, ...(returnTo && { returnTo }) };
    const begun = await this.#manage((signal) =>
      this.client.send<EnrolmentView>('POST', '/enrolments', body, signal),
    );
    if (!begun) return;
    if (!begun.ok) {
      await this.#show(begun.problem);
      return;
    }
    const { enrolment, setup, proposedName } = begun.value;
    await this.#present(begun.value.provider, t('setup.title', { name: provider.texts['name'] ?? '' }), {
      setup,
      proposedName,
      confirmed: false,
      callback: (response, name) =>
        this.#confirm({ enrolment, response, ...(name !== undefined && { name }) }),
      close: this.#toList,
    });
  }

  async #confirm(body: ConfirmBody): Promise<{ readonly error?: ClientProblem }> {
    const wasOff = this.view !== null && secondSteps(this.view).length === 0;
    const result = await this.#manage((signal) =>
      this.client.send<ConfirmedView>('POST', '/enrolments/confirm', body, signal),
    );
    if (!result) return {};
    if (result.ok) {
      await this.#showIssued(result.value, 0, wasOff);
      return {};
    }
    if (nameOf(result.problem) === 'enrolment-unknown') {
      await this.#toList();
      await this.#show(result.problem);
      return {};
    }
    return { error: result.problem };
  }

  /** One after the other, then the end: what was issued cannot be seen again. */
  async #showIssued(confirmed: ConfirmedView, index: number, wasOff: boolean): Promise<void> {
    const issued = confirmed.issued[index];
    if (!issued) {
      this.scene = { name: 'done', confirmed, wasOff };
      await this.focusOn('h1');
      return;
    }
    const next = (): void => void this.#showIssued(confirmed, index + 1, wasOff);
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
    const loaded = await loadSetup(provider);
    const product = this.context?.product.name ?? '';
    if (!loaded.ok) {
      this.problem = t(loaded.reason === 'away' ? 'setup.failed' : 'setup.moduleWrong', { product });
      await this.#toProblem();
      return;
    }
    const { element } = loaded;
    this.problem = '';
    this.said = '';
    Object.assign(element, situation, {
      provider,
      providerName: provider.provider,
      displayName: provider.texts['name'] ?? '',
      texts: provider.texts,
      product,
    } satisfies Omit<SetupContract, keyof Situation>);
    this.scene = { name: 'setup', title, element };
    await this.focusOn('h1');
  }

  readonly #toList = async (): Promise<void> => {
    this.scene = null;
    this.problem = '';
    await this.waiting.run((signal) => this.#refresh(signal));
    await this.focusOn('h1');
  };

  // What all of these need.

  /** Afterwards the focus is where it was; where that is gone from the list, it is at the top. */
  async #ask(question: Question): Promise<void> {
    await this.querySelector<AskDialog>('cofactor-ask-dialog')?.ask(question);
    if (document.activeElement === document.body) await this.focusOn('h1');
  }

  /** Changes something and says so, with the list as it is afterwards. */
  async #change(
    request: readonly [method: 'PUT' | 'PATCH' | 'DELETE', path: string, body: object | undefined],
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
    return result;
  }

  /**
   * Does something, and asks in place for the fresh proof it needs: beforehand where it is known to need one, in
   * any case when the server says so. `undefined` where the person turned away.
   */
  async #manage<T>(
    act: (signal: AbortSignal) => Promise<Result<T>>,
    needs: 'proof' | 'nothing' = 'proof',
  ): Promise<Result<T> | undefined> {
    const ready = needs === 'nothing' || this.view?.canManage === true;
    const dialog = this.querySelector<ProofDialog>('cofactor-proof-dialog');
    const result = await dialog?.guard(ready, () => this.waiting.run(act));
    if (!result) return undefined;
    const name = result.ok ? undefined : nameOf(result.problem);
    if (name === 'not-signed-in') this.#toSignIn();
    if (this.view && needs === 'proof') this.view = { ...this.view, canManage: name !== 'step-up-needed' };
    return result;
  }

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

  async #toProblem(): Promise<void> {
    await this.updateComplete;
    this.querySelector('[role=alert]')?.scrollIntoView({ block: 'nearest' });
  }

  #toSignIn(): void {
    location.assign(`${this.client.base}/sign-in${carried(location.pathname + location.search)}`);
  }
}

define('cofactor-security', Security);
