import { html, nothing, type TemplateResult } from 'lit';
import type { ClientList, ClientView } from '../../src/back-office/contract.ts';
import type { Result } from '../../../cofactor/src/elements/client.ts';
import { define } from '../../../cofactor/src/elements/element.ts';
import { get } from '../api.ts';
import '../parts/copy.ts';
import { badge, buttonLink, empty } from '../parts/basic.ts';
import { realmTabs } from '../parts/realms.ts';
import { table } from '../parts/table.ts';
import { at } from '../places.ts';
import { may } from '../state.ts';
import { t } from '../texts.ts';
import { View } from '../view.ts';
import { levelName } from './account-parts.ts';

/** `<bo-applications>`: who signs people in here. */
export class Applications extends View<ClientList> {
  protected override heading(): string {
    return t('nav.applications');
  }

  protected override lead(): string {
    return t('clients.lead');
  }

  protected override read(signal: AbortSignal): Promise<Result<ClientList>> {
    return get<ClientList>(`/realms/${encodeURIComponent(this.realm)}/clients`, {}, signal);
  }

  protected override actions(): unknown {
    return may('clients.write')
      ? buttonLink(t('clients.add'), at('applications', this.realm, 'new'))
      : nothing;
  }

  protected override content({ clients, issuer }: ClientList): TemplateResult {
    return html`${realmTabs('applications', this.realm)}
      <p class="bo-issuer">
        <span class="bo-meta">${t('clients.issuer')}</span> <code>${issuer}</code>
        <bo-copy .text=${issuer}></bo-copy>
      </p>
      ${clients.length === 0 ? empty(t('clients.none'), t('clients.noneText')) : this.#table(clients)}`;
  }

  #table(clients: readonly ClientView[]): TemplateResult {
    return table(
      t('nav.applications'),
      [
        {
          head: t('clients.name'),
          kind: 'main',
          cell: ({ id, name }) =>
            html`<a class="bo-row-link" href=${at('applications', this.realm, id)}>${name}</a>
              <span class="bo-meta">${id}</span>`,
        },
        { head: t('clients.kind'), cell: kindOf },
        {
          head: t('clients.minimum'),
          cell: ({ minimumAcr }) => (minimumAcr ? levelName(minimumAcr) : ''),
        },
        { head: t('clients.redirect'), kind: 'wide', cell: ({ redirectUris }) => addresses(redirectUris) },
        {
          head: t('clients.source'),
          cell: ({ source }) =>
            source === 'configured' ? badge(t('source.configured')) : t('source.stored'),
        },
      ],
      clients,
      ({ id }) => id,
    );
  }
}

export function kindOf({ hasSecret, jwks }: ClientView): string {
  return t(hasSecret ? 'clients.secretKind' : jwks ? 'clients.keyKind' : 'clients.publicKind');
}

function addresses(uris: readonly string[]): unknown {
  const [first] = uris;
  if (first === undefined) return '';
  const others = uris.length - 1;
  return html`<span class="bo-break">${first}</span>
    ${others > 0 ? html`<span class="bo-meta">${t('clients.others', { count: others })}</span>` : nothing}`;
}

define('bo-applications', Applications);
