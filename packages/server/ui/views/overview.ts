import { html, nothing, type TemplateResult } from 'lit';
import type { RealmSummary, RuleList, ExtensionList } from '../../src/back-office/contract.ts';
import type { Result } from '../../../cofactor/src/elements/client.ts';
import { define } from '../../../cofactor/src/elements/element.ts';
import { get } from '../api.ts';
import { note, section } from '../parts/basic.ts';
import { at, realmName } from '../places.ts';
import { href } from '../router.ts';
import { context, may, realmOf } from '../state.ts';
import { clock, t } from '../texts.ts';
import { View } from '../view.ts';

interface RealmData {
  readonly realm: string;
  readonly summary: RealmSummary | null;
  /** Packages with a manifest that is wrong. */
  readonly wrong: readonly string[];
  /** Rules that are in force or ahead. */
  readonly rules: number;
}

/** `<bo-overview>`: how things stand, and what wants looking at. */
export class Overview extends View<readonly RealmData[]> {
  protected override heading(): string {
    return t('nav.overview');
  }

  protected override async read(signal: AbortSignal): Promise<Result<readonly RealmData[]>> {
    const realms = context().realms.map(({ realm }) => realm);
    return { ok: true, value: await Promise.all(realms.map((realm) => readRealm(realm, signal))) };
  }

  protected override content(realms: readonly RealmData[]): TemplateResult {
    // Packages are the same for every realm: each is told of once.
    const wrong = new Map(realms.flatMap((one) => one.wrong.map((name) => [name, one.realm] as const)));
    return html`${[...wrong].map(([name, realm]) =>
      note(
        html`<p>
          ${t('overview.wrongPackage', { name })}
          <a href=${at('extensions', realm)}>${t('overview.look')}</a>
        </p>`,
        'danger',
      ),
    )}
    ${realms.map((one, index) => section(`bo-realm-${index}`, realmName(one.realm), standing(one)))}`;
  }
}

async function readRealm(realm: string, signal: AbortSignal): Promise<RealmData> {
  const path = `/realms/${encodeURIComponent(realm)}`;
  const [summary, extensions, rules] = await Promise.all([
    may('users.read') ? get<RealmSummary>(`${path}/summary`, {}, signal) : null,
    may('extensions.read') ? get<ExtensionList>(`${path}/extensions`, {}, signal) : null,
    may('enforcement.read') ? get<RuleList>(`${path}/enforcement`, {}, signal) : null,
  ]);
  return {
    realm,
    summary: summary?.ok ? summary.value : null,
    wrong: extensions?.ok
      ? extensions.value.packages.filter(({ state }) => state === 'wrong').map(({ name }) => name)
      : [],
    rules: rules?.ok ? rules.value.rules.length : 0,
  };
}

function standing({ realm, summary, rules }: RealmData): TemplateResult {
  if (!summary) return html`<p class="bo-nothing">${t('overview.away')}</p>`;
  const { users, withMfa, locked, invited } = summary;
  const list = (filter?: string): string => href(`/accounts/${encodeURIComponent(realm)}`, { filter });
  const without = Math.max(0, users - withMfa - invited);
  const figures = [
    { text: t('overview.users'), count: users, href: list(), tone: 'plain' },
    { text: t('filter.with-mfa'), count: withMfa, href: list('with-mfa'), tone: 'good' },
    { text: t('filter.without-mfa'), count: without, href: list('without-mfa'), tone: 'warning' },
    { text: t('filter.invited'), count: invited, href: list('invited'), tone: 'plain' },
    { text: t('filter.locked'), count: locked, href: list('locked'), tone: 'danger' },
  ];
  return html`<ul class="bo-figures">
      ${figures.map(
        (figure) =>
          html`<li class="bo-figure bo-${figure.count > 0 ? figure.tone : 'plain'}">
            <a href=${figure.href}>
              <span class="bo-figure-count">${t('number', { count: figure.count })}</span>
              <span>${figure.text}</span>
            </a>
          </li>`,
      )}
    </ul>
    ${providers(realm, summary)}
    ${
      may('enforcement.read')
        ? html`<p class="bo-meta">
            ${rules === 0 ? t('overview.noRules') : t('overview.rules', { count: rules })}
            <a href=${at('enforcement', realm)}>${t('nav.enforcement')}</a>
          </p>`
        : nothing
    }
    <p class="bo-meta">${t('overview.at', { when: clock(new Date(summary.at)) })}</p>`;
}

/** How many have what, in words and as a bar. */
function providers(realm: string, { byProvider, users }: RealmSummary): TemplateResult | typeof nothing {
  if (byProvider.length === 0 || users === 0) return nothing;
  const names = new Map(realmOf(realm)?.providers.map((one) => [one.provider, one.name]));
  return html`<table class="bo-bars" aria-label=${t('overview.byProvider')}>
    <thead class="cf-hidden">
      <tr>
        <th scope="col">${t('overview.provider')}</th>
        <th scope="col">${t('overview.share')}</th>
        <th scope="col">${t('overview.users')}</th>
      </tr>
    </thead>
    <tbody>
      ${byProvider.map(({ provider, name: counted, users: count }) => {
        // The numbers are kept for a while, with names in the language of whoever asked first.
        const name = names.get(provider) ?? counted;
        return html`<tr>
          <th scope="row">
            <a href=${href(`/accounts/${encodeURIComponent(realm)}`, { provider })}>${name}</a>
          </th>
          <td class="bo-bar-cell">
            <meter min="0" max=${users} value=${count} aria-label=${name}></meter>
          </td>
          <td class="bo-number">${t('number', { count })}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}

define('bo-overview', Overview);
