import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type {
  AuthenticatorView,
  DeviceView,
  ProviderInfo,
  SecurityView,
  SessionView,
} from '../http/contract.ts';
import { deviceOf } from './device.ts';
import { choice, icon, linkButton, providerNote } from './parts.ts';
import { date, fill, listed, pluralRule, t, when } from './texts.ts';

/** What a person can do on the security page. */
export interface SecurityActions {
  add(provider: ProviderInfo): void;
  rename(authenticator: AuthenticatorView): void;
  remove(authenticator: AuthenticatorView): void;
  change(authenticator: AuthenticatorView): void;
  end(session: SessionView): void;
  endOthers(): void;
  forget(device: DeviceView): void;
  changeEmail(): void;
  confirmEmail(): void;
  deleteAccount(): void;
}

/** The second steps that work, which is what "on" means. */
export function secondSteps({ authenticators }: SecurityView): readonly AuthenticatorView[] {
  return authenticators.filter(({ provider, unusable }) => provider.usage === 'second' && !unusable);
}

/** "2 authenticator apps, 1 ...": how often there is what, in the words of the providers. */
export function countedByProvider(authenticators: readonly AuthenticatorView[]): string {
  const byProvider = Map.groupBy(authenticators, ({ provider }) => provider.provider);
  return listed(
    [...byProvider.values()].map((same) => {
      const texts = same[0]?.provider.texts ?? {};
      const count = same.length;
      const counted = texts[`count-${pluralRule(count)}`] ?? texts['count-other'];
      if (counted !== undefined) return fill(counted, { count });
      return count > 1 ? `${texts['name']} (${count})` : (texts['name'] ?? '');
    }),
  );
}

export function summary(view: SecurityView): TemplateResult {
  const steps = secondSteps(view);
  const on = steps.length > 0;
  const more = view.addable.some(({ usage }) => usage !== 'first');
  const next = on ? 'security.onText' : more ? 'security.offText' : 'security.offNothing';
  return html`<div class="cf-summary ${on ? 'cf-on' : 'cf-off'}">
    ${icon(on ? 'on' : 'off')}
    <div>
      <p class="cf-summary-title">
        ${on ? t('security.on', { list: countedByProvider(steps) }) : t('security.off')}
      </p>
      <p>${t(next)}</p>
    </div>
  </div>`;
}

export function authenticatorList(view: SecurityView, act: SecurityActions): TemplateResult {
  return html`<section aria-labelledby="cf-list">
    <h2 id="cf-list">${t('list.title')}</h2>
    <ul class="cf-list">
      ${repeat(
        view.authenticators,
        ({ id }) => id,
        (authenticator) => authenticatorItem(authenticator, view, act),
      )}
    </ul>
  </section>`;
}

function authenticatorItem(
  authenticator: AuthenticatorView,
  view: SecurityView,
  act: SecurityActions,
): TemplateResult {
  const { provider, name, hint, createdAt, lastUsedAt, remaining, removable } = authenticator;
  const kind = provider.texts['name'];
  const note = provider.texts[authenticator.note ?? ''];
  const facts = [
    remaining === undefined ? '' : t('list.left', { count: remaining }),
    t('list.added', { when: date(new Date(createdAt)) }),
    // When the first factor was used last stands with the sessions; here it would only be noise.
    provider.usage !== 'first' &&
      (lastUsedAt === null ? t('list.unused') : t('list.used', { when: when(new Date(lastUsedAt)) })),
    removable || provider.usage !== 'second' ? '' : t('list.needed'),
  ];
  return html`<li class="cf-item">
    ${icon(provider.usage)}
    <div class="cf-item-text">
      <h3>${name} ${note ? html`<span class="cf-badge">${note}</span>` : nothing}</h3>
      ${kind !== undefined && kind !== name ? html`<p class="cf-meta">${kind}</p>` : nothing}
      ${hint ? html`<p class="cf-meta">${hint}</p>` : nothing}
      <p class="cf-meta">${facts.filter(Boolean).join(' · ')}</p>
    </div>
    <div class="cf-item-actions">${itemActions(authenticator, view, act)}</div>
    ${warning(authenticator)}
  </li>`;
}

/** What is wrong with it, calmly, and what to do. */
function warning({ unusable, low, remaining, provider }: AuthenticatorView): TemplateResult | typeof nothing {
  const words = unusable
    ? t(`list.${unusable}`)
    : remaining === 0
      ? t('list.none')
      : (provider.texts['low'] ?? t('list.low'));
  return unusable || low ? html`<p class="cf-warning">${words}</p>` : nothing;
}

function itemActions(authenticator: AuthenticatorView, view: SecurityView, act: SecurityActions): unknown {
  const { provider, name, removable } = authenticator;
  // What there is one of can be had again only where the server says so: that makes a new set.
  const renewable =
    !provider.multiple && view.addable.some((addable) => addable.provider === provider.provider);
  const only = !provider.multiple;
  return [
    provider.multiple &&
      linkButton(t('list.rename'), () => act.rename(authenticator), t('list.renameOf', { name })),
    only &&
      provider.usage === 'first' &&
      linkButton(t('list.change'), () => act.change(authenticator), t('list.changeOf', { name })),
    renewable && linkButton(t('list.renew'), () => act.add(provider), t('list.renewOf', { name })),
    removable && linkButton(t('list.remove'), () => act.remove(authenticator), t('list.removeOf', { name })),
  ].map((button) => button || nothing);
}

export function addList(view: SecurityView, act: SecurityActions): TemplateResult {
  const had = new Set(view.authenticators.map(({ provider }) => provider.provider));
  const addable = view.addable.filter((provider) => provider.multiple || !had.has(provider.provider));
  const steps = addable.filter(({ usage }) => usage !== 'first');
  const ways = addable.filter(({ usage }) => usage === 'first');
  return html`${choices('cf-add', t(secondSteps(view).length > 0 ? 'add.title' : 'add.first'), steps, act)}
  ${choices('cf-add-ways', t('add.ways'), ways, act)}`;
}

function choices(
  id: string,
  title: string,
  providers: readonly ProviderInfo[],
  act: SecurityActions,
): TemplateResult | typeof nothing {
  if (providers.length === 0) return nothing;
  return html`<section aria-labelledby=${id}>
    <h2 id=${id}>${title}</h2>
    <ul class="cf-choices">
      ${providers.map((provider) =>
        choice(
          icon(provider.usage),
          provider.texts['name'] ?? '',
          provider.texts['description'] ?? '',
          () => act.add(provider),
          providerNote(provider),
        ),
      )}
    </ul>
  </section>`;
}

export function sessionList({ sessions }: SecurityView, act: SecurityActions): TemplateResult {
  const others = sessions.some(({ current }) => !current);
  return html`<section aria-labelledby="cf-sessions">
    <h2 id="cf-sessions">${t('sessions.title')}</h2>
    <ul class="cf-list">
      ${repeat(
        sessions,
        ({ id }) => id,
        (session) => sessionItem(session, act),
      )}
    </ul>
    ${
      others
        ? html`<button type="button" class="cf-button cf-quiet" @click=${() => act.endOthers()}>
            ${t('sessions.others')}
          </button>`
        : nothing
    }
  </section>`;
}

/** A browser as its owner knows it. */
export function browserName(userAgent: string): string {
  const { browser, system } = deviceOf(userAgent);
  if (browser && system) return t('sessions.on', { browser, system });
  return browser ?? system ?? t('sessions.unknown');
}

function sessionItem(session: SessionView, act: SecurityActions): TemplateResult {
  const name = browserName(session.userAgent);
  const facts = [
    session.ip,
    t('sessions.seen', { when: when(new Date(session.lastSeenAt)) }),
    t('sessions.since', { when: date(new Date(session.createdAt)) }),
  ];
  return html`<li class="cf-item">
    <div class="cf-item-text">
      <h3>
        ${name} ${session.current ? html`<span class="cf-badge">${t('sessions.this')}</span>` : nothing}
      </h3>
      <p class="cf-meta">${facts.filter(Boolean).join(' · ')}</p>
    </div>
    <div class="cf-item-actions">
      ${
        session.current
          ? nothing
          : linkButton(t('sessions.end'), () => act.end(session), t('sessions.endOf', { name }))
      }
    </div>
  </li>`;
}
