import type { PropertyDeclarations, TemplateResult } from 'lit';
import type { ContextView, InvitedView, StepView } from '../http/contract.ts';
import { nameOf } from './client.ts';
import { define } from './element.ts';
import { FirstFactorPage } from './first-factor-page.ts';
import { say } from './problems.ts';
import { t } from './texts.ts';
import { beginAnewWithLinks } from './token.ts';

/** `<cofactor-invitation>`: who was invited chooses what they sign in with, and is signed in with it. */
export class Invitation extends FirstFactorPage<StepView> {
  static override properties: PropertyDeclarations = {
    ...FirstFactorPage.properties,
    invited: { state: true },
  };
  /** Whom the link is for. */
  declare private invited: InvitedView | null;
  protected override readonly route: string = '/invitation';

  constructor() {
    super();
    this.invited = null;
  }

  protected override async arrived(context: ContextView, signal: AbortSignal): Promise<void> {
    await super.arrived(context, signal);
    if (this.token === null || this.invited) return;
    const body = { token: this.token };
    const result = await this.client.send<InvitedView>('POST', '/invitation/account', body, signal);
    if (result.ok) this.invited = result.value;
    else this.problem = result.problem;
  }

  protected override accepted(step: StepView): 'stays' | 'leaves' {
    if (step.status !== 'done') return 'stays';
    location.assign(step.returnTo);
    return 'leaves';
  }

  protected override content(context: ContextView): TemplateResult {
    const { problem } = this;
    if (this.token === null) return this.#gone(t('token.missing'));
    if (problem && nameOf(problem) === 'token-unknown') return this.#gone(t('invitation.gone'));
    if (!this.invited) return this.#gone(problem ? say(problem) : t('loading'));
    if (!this.provider) return this.#gone(t('problem.forbidden'));
    const { identifier } = this.invited;
    const words = {
      title: t('invitation.title', { product: context.product.name }),
      lead: t('invitation.lead', { identifier }),
      submit: t('invitation.submit'),
    };
    return this.form(this.provider, context, words, identifier);
  }

  #gone(why: string): TemplateResult {
    return this.gone(why, '/sign-in', t('reset.signIn'));
  }
}

beginAnewWithLinks();
define('cofactor-invitation', Invitation);
