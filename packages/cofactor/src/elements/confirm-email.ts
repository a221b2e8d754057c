import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { ContextView } from '../http/contract.ts';
import './account-texts.ts';
import { carried } from './addresses.ts';
import { nameOf, type ClientProblem } from './client.ts';
import { define } from './element.ts';
import { Page } from './page.ts';
import { alert, headline, linkButton } from './parts.ts';
import { say } from './problems.ts';
import { t } from './texts.ts';
import { beginAnewWithLinks, takeToken } from './token.ts';

/** Where the token waits while its owner signs in: in this tab only, and no longer than that. */
const kept = 'cofactor-confirm-email';

/**
 * `<cofactor-confirm-email>`: the link from the mail that an address is confirmed with. Only who is signed in can
 * confirm it: otherwise a mistyped address would let a stranger do it.
 */
export class ConfirmEmail extends Page {
  static override properties: PropertyDeclarations = {
    ...Page.properties,
    done: { state: true },
    problem: { state: true },
  };
  declare private done: boolean;
  declare private problem: ClientProblem | null;
  #token = takeToken();

  constructor() {
    super();
    this.done = false;
    this.problem = null;
  }

  protected override async arrived(context: ContextView, signal: AbortSignal): Promise<void> {
    this.#token ??= sessionStorage.getItem(kept);
    sessionStorage.removeItem(kept);
    if (this.#token === null || this.done) return;
    if (context.session) await this.#confirm(signal);
    else this.#signIn(this.#token);
  }

  protected override shown(): void {
    void this.focusOn('h1');
  }

  protected override content(): TemplateResult {
    if (this.done) return this.#told(t('confirm.done'), t('confirm.doneText'), t('continue'));
    if (this.#token === null) {
      return this.#told(t('confirm.goneTitle'), t('token.missing'), t('confirm.again'));
    }
    if (this.problem && nameOf(this.problem) === 'token-unknown') {
      return this.#told(t('confirm.goneTitle'), say(this.problem), t('confirm.again'));
    }
    return html`${headline(t('confirm.title'))}
      ${alert(this.problem ? say(this.problem) : undefined, linkButton(t('retry'), this.#onRetry))}
      <p role="status" class="cf-lead">${this.waiting.slow ? t('loading') : ''}</p>`;
  }

  #told(title: string, words: string, onward: string): TemplateResult {
    return html`${headline(title)}
      <p role="status" class="cf-lead">${words}</p>
      <a class="cf-button" href="${this.client.base}/security">${onward}</a>`;
  }

  async #confirm(signal: AbortSignal): Promise<void> {
    const result = await this.client.send<unknown>('POST', '/email/confirm', { token: this.#token }, signal);
    this.done = result.ok;
    this.problem = result.ok ? null : result.problem;
    if (!result.ok && nameOf(result.problem) === 'not-signed-in' && this.#token) this.#signIn(this.#token);
  }

  /** Through sign-in and back here. */
  #signIn(token: string): void {
    sessionStorage.setItem(kept, token);
    location.assign(`${this.client.base}/sign-in${carried(location.pathname)}`);
  }

  readonly #onRetry = (): void => {
    this.problem = null;
    void this.waiting.run((signal) => this.#confirm(signal));
  };
}

beginAnewWithLinks();
define('cofactor-confirm-email', ConfirmEmail);
