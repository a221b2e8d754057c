import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { AuthenticatorView, ProviderInfo, SecurityView } from '../../../cofactor/src/http/contract.ts';
import type { Result } from '../../../cofactor/src/elements/client.ts';
import { define } from '../../../cofactor/src/elements/element.ts';
import type { SetUp } from '../../../cofactor/src/elements/set-up.ts';
import { account, accountClient, authBase } from '../api.ts';
import { alert, badge, button, icon } from '../parts/basic.ts';
import { ask } from '../parts/dialog.ts';
import { accountElements, proofDialog } from '../proof.ts';
import { context, notify } from '../state.ts';
import { date, listed, t, when } from '../texts.ts';
import { View } from '../view.ts';

/** A provider, and what one's own account has of it. */
interface Way {
  readonly provider: ProviderInfo;
  readonly held: readonly AuthenticatorView[];
  readonly addable: boolean;
}

/** `<bo-two-factor>`: the providers of one's own account; each is enabled and disabled here. */
export class TwoFactor extends View<SecurityView> {
  static override properties: PropertyDeclarations = {
    ...View.properties,
    settingUp: { state: true },
    failed: { state: true },
  };
  declare private settingUp: boolean;
  declare private failed: string;
  #setUp: SetUp | null = null;

  constructor() {
    super();
    this.settingUp = false;
    this.failed = '';
  }

  protected override heading(): string {
    return t('two.title');
  }

  protected override lead(): string {
    return t('two.lead', { name: context().me.identifier });
  }

  protected override read(signal: AbortSignal): Promise<Result<SecurityView>> {
    return account.get<SecurityView>('/security', signal);
  }

  /** A set-up has a heading of its own. */
  protected override get headed(): boolean {
    return !this.settingUp;
  }

  protected override content(view: SecurityView): TemplateResult {
    return html`${this.settingUp ? nothing : this.#list(view)}
      <div class="cf-card cf-wide bo-set-up" ?hidden=${!this.settingUp}>${this.#setUp}</div>`;
  }

  #list(view: SecurityView): TemplateResult {
    const ways = waysOf(view);
    const on = ways.filter(({ provider, held }) => provider.usage === 'second' && held.length > 0);
    const names = listed(on.map(({ provider }) => provider.texts['name'] ?? ''));
    return html`${this.failed ? alert(this.failed) : nothing}
      <div class="bo-summary ${on.length > 0 ? 'bo-good' : 'bo-warning'}">
        ${icon(on.length > 0 ? 'on' : 'off')}
        <div>
          <p class="bo-strong">${on.length > 0 ? t('two.on', { list: names }) : t('two.off')}</p>
          <p>${on.length > 0 ? t('two.onText') : t('two.offText')}</p>
        </div>
      </div>
      <ul class="bo-ways">
        ${ways.map((way) => this.#way(way))}
      </ul>
      <p class="bo-meta">${t('two.elsewhere')} <a href="${authBase}/security">${t('menu.account')}</a></p>`;
  }

  #way({ provider, held, addable }: Way): TemplateResult {
    const { texts, usage, restricted } = provider;
    const name = texts['name'] ?? provider.provider;
    const on = held.length > 0;
    const weak = restricted ? (texts['restricted'] ?? '') : '';
    return html`<li class="bo-way">
      ${icon(usage)}
      <div class="bo-item">
        <h2>${name} ${on ? badge(t('two.enabled'), 'good') : badge(t('two.disabled'))}</h2>
        <p class="bo-meta">${texts['description'] ?? ''} ${weak}</p>
        ${
          on
            ? html`<ul class="bo-list">
                ${held.map((one) => this.#held(one, name))}
              </ul>`
            : nothing
        }
      </div>
      ${
        addable
          ? button(t(addLabel(provider, on)), () => void this.#enable(provider), {
              kind: on ? 'quiet' : 'primary',
              name: t(addName(provider, on), { name }),
            })
          : nothing
      }
    </li>`;
  }

  #held(one: AuthenticatorView, kind: string): TemplateResult {
    const { name, hint, remaining, unusable, createdAt, lastUsedAt, removable } = one;
    const about = [
      hint ?? '',
      remaining === undefined ? '' : t('factors.left', { count: remaining }),
      t('factors.added', { when: date(new Date(createdAt)) }),
      lastUsedAt === null ? t('factors.unused') : t('factors.used', { when: when(new Date(lastUsedAt)) }),
    ];
    return html`<li>
      <div class="bo-item">
        <p>
          ${name === kind ? nothing : html`<span class="bo-strong">${name}</span>`}
          ${unusable ? badge(t(`factors.${unusable}`), 'danger') : nothing}
        </p>
        <p class="bo-meta">${about.filter(Boolean).join(' · ')}</p>
      </div>
      ${
        removable
          ? button(t('two.disable'), () => void this.#disable(one), {
              kind: 'text',
              name: t('two.disableOf', { name }),
            })
          : nothing
      }
    </li>`;
  }

  /** Its own set-up element, or that of the package which brings it: the same as on the page of one's own account. */
  async #enable(provider: ProviderInfo): Promise<void> {
    this.failed = '';
    try {
      this.#setUp ??= await this.#makeSetUp();
    } catch {
      this.failed = t('two.away');
      return;
    }
    this.requestUpdate();
    await this.updateComplete;
    const off = this.data ? waysOf(this.data).every(({ held }) => held.length === 0) : false;
    await this.#setUp.begin(provider, off);
  }

  async #makeSetUp(): Promise<SetUp> {
    const dialog = await proofDialog();
    const element = document.createElement('cofactor-set-up') as SetUp;
    Object.assign(element, {
      client: accountClient,
      product: context().product.name,
      manage: <T>(act: (signal: AbortSignal) => Promise<Result<T>>) =>
        dialog.guard(true, () => act(AbortSignal.timeout(30_000))),
      onward: () => null,
      opened: () => (this.settingUp = true),
      closed: (problem: string) => void this.#closed(problem),
      added: () => void this.#tellDevice(),
    } satisfies Partial<Record<keyof SetUp, unknown>>);
    return element;
  }

  async #closed(problem: string): Promise<void> {
    this.settingUp = false;
    this.failed = problem;
    await this.reload();
    await this.focusOn('h1');
  }

  /** Asks, and has the person prove anew that it is them: whoever sits at an open screen could do it otherwise. */
  async #disable({ id, name }: AuthenticatorView): Promise<void> {
    const steps = (this.data?.authenticators ?? []).filter(({ provider }) => provider.usage === 'second');
    const last = steps.length === 1 && steps[0]?.id === id;
    await ask({
      title: t('two.disableTitle', { name }),
      lead: html`<p>${t(last ? 'two.disableLast' : 'two.disableLead', { name })}</p>
        <p>${t('two.disableProof')}</p>`,
      form: {
        fields: [],
        submit: t('two.disable'),
        danger: true,
        act: async () => {
          const dialog = await proofDialog();
          const remove = (): Promise<Result<void>> => account.send<void>('DELETE', '/authenticators', { id });
          const result = await dialog.guard(false, remove, { anew: true });
          if (result?.ok) {
            await this.reload();
            await this.#tellDevice();
            notify(t('two.disabledNow', { name }));
          }
          return result;
        },
      },
      keep: t('two.keep'),
    });
  }

  /** What the device of the person may want to know of what there is now. Nobody waits for it. */
  async #tellDevice(): Promise<void> {
    const view = await account.get<SecurityView>('/security');
    if (view.ok) void (await accountElements()).sendSignals(view.value.signals);
  }
}

/** Every provider that comes after the first step, those that are on first. */
function waysOf({ authenticators, addable }: SecurityView): readonly Way[] {
  const providers = new Map(
    [...authenticators.map(({ provider }) => provider), ...addable]
      .filter(({ usage }) => usage !== 'first')
      .map((provider) => [provider.provider, provider]),
  );
  return [...providers.values()].map((provider) => ({
    provider,
    held: authenticators.filter((one) => one.provider.provider === provider.provider),
    addable: addable.some((one) => one.provider === provider.provider),
  }));
}

function addLabel({ multiple }: ProviderInfo, on: boolean): 'two.enable' | 'two.another' | 'two.renew' {
  if (!on) return 'two.enable';
  return multiple ? 'two.another' : 'two.renew';
}

function addName(provider: ProviderInfo, on: boolean): 'two.enableOf' | 'two.anotherOf' | 'two.renewOf' {
  return `${addLabel(provider, on)}Of`;
}

define('bo-two-factor', TwoFactor);
