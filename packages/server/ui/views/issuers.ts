import { html, nothing, type TemplateResult } from 'lit';
import type { IssuerList, IssuerView } from '../../src/back-office/contract.ts';
import type { Result } from '../../../cofactor/src/elements/client.ts';
import { define } from '../../../cofactor/src/elements/element.ts';
import { get } from '../api.ts';
import { badge, buttonLink, empty } from '../parts/basic.ts';
import { realmTabs } from '../parts/realms.ts';
import { table } from '../parts/table.ts';
import { at } from '../places.ts';
import { may } from '../state.ts';
import { t } from '../texts.ts';
import { View } from '../view.ts';

/** `<bo-issuers>`: where else people may sign in to get in here. */
export class Issuers extends View<IssuerList> {
  protected override heading(): string {
    return t('nav.issuers');
  }

  protected override lead(): string {
    return t('issuers.lead');
  }

  protected override read(signal: AbortSignal): Promise<Result<IssuerList>> {
    return get<IssuerList>(`/realms/${encodeURIComponent(this.realm)}/issuers`, {}, signal);
  }

  protected override actions(): unknown {
    return may('issuers.write') ? buttonLink(t('issuers.add'), at('issuers', this.realm, 'new')) : nothing;
  }

  protected override content({ issuers }: IssuerList): TemplateResult {
    return html`${realmTabs('issuers', this.realm)}
    ${issuers.length === 0 ? empty(t('issuers.none'), t('issuers.noneText')) : this.#table(issuers)}`;
  }

  #table(issuers: readonly IssuerView[]): TemplateResult {
    return table(
      t('nav.issuers'),
      [
        {
          head: t('issuers.label'),
          kind: 'main',
          cell: ({ name, label }) =>
            html`<a class="bo-row-link" href=${at('issuers', this.realm, name)}>${label}</a>
              <span class="bo-meta">${name}</span>`,
        },
        {
          head: t('issuers.issuer'),
          kind: 'wide',
          cell: ({ issuer }) => html`<span class="bo-break">${issuer}</span>`,
        },
        {
          head: t('issuers.trust'),
          cell: ({ trust = [] }) =>
            trust.length === 0 ? t('issuers.firstOnly') : t('issuers.rules', { count: trust.length }),
        },
        {
          head: t('issuers.state'),
          cell: ({ inUse, source, trouble }) => {
            if (source === 'configured') return badge(t('source.configured'));
            if (trouble) return badge(t('issuers.unusable'), 'danger');
            return inUse ? badge(t('issuers.inUse'), 'good') : badge(t('issuers.waiting'), 'warning');
          },
        },
      ],
      issuers,
      ({ source, name }) => `${source} ${name}`,
    );
  }
}

define('bo-issuers', Issuers);
