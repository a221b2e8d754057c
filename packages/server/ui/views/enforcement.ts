import { html, nothing, type TemplateResult } from 'lit';
import type { RuleList, RuleView } from '../../src/back-office/contract.ts';
import type { Result } from '../../../cofactor/src/elements/client.ts';
import { define } from '../../../cofactor/src/elements/element.ts';
import { get } from '../api.ts';
import { badge, buttonLink, empty, type Tone } from '../parts/basic.ts';
import { realmTabs } from '../parts/realms.ts';
import { table } from '../parts/table.ts';
import { at } from '../places.ts';
import { may } from '../state.ts';
import { clock, t } from '../texts.ts';
import { View } from '../view.ts';
import { levelName } from './account-parts.ts';
import { dueOf, whoText } from './rule-parts.ts';

const tones: Readonly<Record<RuleView['state'], Tone>> = {
  announced: 'plain',
  grace: 'warning',
  due: 'good',
};

/** `<bo-enforcement>`: what is demanded of whom, and from when on. */
export class Enforcement extends View<RuleList> {
  protected override heading(): string {
    return t('nav.enforcement');
  }

  protected override lead(): string {
    return t('rules.lead');
  }

  protected override read(signal: AbortSignal): Promise<Result<RuleList>> {
    return get<RuleList>(`/realms/${encodeURIComponent(this.realm)}/enforcement`, {}, signal);
  }

  protected override actions(): unknown {
    return may('enforcement.write')
      ? buttonLink(t('rules.add'), at('enforcement', this.realm, 'new'))
      : nothing;
  }

  protected override content({ rules }: RuleList): TemplateResult {
    return html`${realmTabs('enforcement', this.realm)}
    ${rules.length === 0 ? empty(t('rules.none'), t('rules.noneText')) : this.#table(rules)}`;
  }

  #table(rules: readonly RuleView[]): TemplateResult {
    return table(
      t('nav.enforcement'),
      [
        {
          head: t('rules.subject'),
          kind: 'main',
          cell: (rule) =>
            html`<a class="bo-row-link" href=${at('enforcement', this.realm, rule.id)}
                >${whoText(rule.who, this.realm)}</a
              >
              ${rule.note ? html`<span class="bo-meta">${rule.note}</span>` : nothing}`,
        },
        { head: t('rules.level'), kind: 'wide', cell: ({ acr }) => levelName(acr) },
        { head: t('rules.from'), cell: ({ from }) => clock(new Date(from)) },
        { head: t('rules.until'), cell: (rule) => clock(dueOf(rule)) },
        { head: t('rules.state'), cell: ({ state }) => badge(t(`rule.${state}`), tones[state]) },
      ],
      rules,
      ({ id }) => id,
    );
  }
}

define('bo-enforcement', Enforcement);
