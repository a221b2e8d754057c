import { html, nothing, type TemplateResult } from 'lit';
import { at, realmName, realmsOf } from '../places.ts';
import { t } from '../texts.ts';

/** The same page for the other realms, where there are any. */
export function realmTabs(
  area: 'applications' | 'issuers' | 'enforcement' | 'webhooks' | 'audit' | 'extensions',
  realm: string,
): TemplateResult | typeof nothing {
  const realms = realmsOf(area);
  if (realms.length < 2) return nothing;
  return html`<nav class="bo-tabs" aria-label=${t('realm.switch')}>
    ${realms.map(
      (one) =>
        html`<a href=${at(area, one.realm)} aria-current=${one.realm === realm ? 'page' : nothing}
          >${realmName(one.realm)}</a
        >`,
    )}
  </nav>`;
}
