import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { ContextView, PermittedView } from '../http/contract.ts';
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
const kept = 'cofactor-permit';

/**
 * `<cofactor-permit>`: the link that lets somebody set up their first second factor where one is demanded. It is followed in
 * a session of its account, and leads on to where things are set up.
 */
export class Permit extends Page {
  static override properties: PropertyDeclarations = { ...Page.properties, problem: { state: true } };
  declare private problem: ClientProblem | null;
  #token = takeToken();

  constructor() {
    super();
    this.problem = null;
  }

  protected override async arrived(context: ContextView, signal: AbortSignal): Promise<void> {
    this.#token ??= sessionStorage.getItem(kept);
    sessionStorage.removeItem(kept);
    if (this.#token === null) return;
    if (context.session) await this.#follow(this.#token, signal);
    else this.#signIn(this.#token);
  }

  protected override shown(): void {
    void this.focusOn('h1');
  }

  protected override content(): TemplateResult {
    if (this.#token === null) return this.#gone(t('token.missing'));
    const { problem } = this;
    if (problem && nameOf(problem) === 'token-unknown') return this.#gone(say(problem));
    return html`${headline(t('permit.title'))}
      ${alert(problem ? say(problem) : undefined, linkButton(t('retry'), this.#onRetry))}
      <p role="status" class="cf-lead">${this.waiting.slow ? t('loading') : ''}</p>`;
  }

  #gone(words: string): TemplateResult {
    return html`${headline(t('confirm.goneTitle'))}
      <p role="status" class="cf-lead">${words}</p>
      <a class="cf-button" href="${this.client.base}/required">${t('permit.again')}</a>`;
  }

  async #follow(token: string, signal: AbortSignal): Promise<void> {
    const result = await this.client.send<PermittedView>('POST', '/permit', { token }, signal);
    this.problem = result.ok ? null : result.problem;
    // Used up by now: whoever comes back here by the browser's button is led on by the page that this leads to.
    if (result.ok) location.replace(result.value.returnTo);
    else if (nameOf(result.problem) === 'not-signed-in') this.#signIn(token);
  }

  /** Through sign-in and back here. */
  #signIn(token: string): void {
    sessionStorage.setItem(kept, token);
    location.assign(`${this.client.base}/sign-in${carried(location.pathname)}`);
  }

  readonly #onRetry = (): void => {
    const token = this.#token;
    this.problem = null;
    if (token !== null) void this.waiting.run((signal) => this.#follow(token, signal));
  };
}

beginAnewWithLinks();
define('cofactor-permit', Permit);
