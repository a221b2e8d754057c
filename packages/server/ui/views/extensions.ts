import { html, nothing, type TemplateResult } from 'lit';
import type { ExtensionList, ExtensionPackage } from '../../src/back-office/contract.ts';
import type { Result } from '../../../cofactor/src/elements/client.ts';
import { define } from '../../../cofactor/src/elements/element.ts';
import { get } from '../api.ts';
import { badge, empty, section, alert } from '../parts/basic.ts';
import { realmTabs } from '../parts/realms.ts';
import { table } from '../parts/table.ts';
import { t } from '../texts.ts';
import { View } from '../view.ts';

/** `<bo-extensions>`: the packages that bring elements to the pages, those that are wrong first. */
export class ExtensionsPage extends View<ExtensionList> {
  protected override heading(): string {
    return t('nav.extensions');
  }

  protected override lead(): string {
    return t('extensions.lead');
  }

  protected override read(signal: AbortSignal): Promise<Result<ExtensionList>> {
    return get<ExtensionList>(`/realms/${encodeURIComponent(this.realm)}/extensions`, {}, signal);
  }

  protected override content({ packages }: ExtensionList): TemplateResult {
    const wrong = packages.filter(({ state }) => state === 'wrong');
    const fine = packages.filter(({ state }) => state !== 'wrong');
    return html`${realmTabs('extensions', this.realm)}
    ${packages.length === 0 ? empty(t('extensions.none'), t('extensions.noneText')) : nothing}
    ${[...wrong, ...fine].map((one, index) => packageOf(one, index))}`;
  }
}

function packageOf({ name, state, problem, extensions }: ExtensionPackage, index: number): TemplateResult {
  const content = html`${problem === null ? nothing : alert(problem)}
  ${
    state === 'wrong'
      ? html`<p class="bo-meta">${t('extensions.wrongText')}</p>`
      : table(
          name,
          [
            { head: t('extensions.alias'), kind: 'main', cell: ({ alias }) => alias },
            { head: t('extensions.provider'), cell: ({ provider }) => html`<code>${provider}</code>` },
            { head: t('extensions.label'), cell: ({ label }) => label ?? '' },
            { head: t('extensions.setup'), kind: 'wide', cell: ({ setupElement }) => fileOf(setupElement) },
            { head: t('extensions.login'), kind: 'wide', cell: ({ loginElement }) => fileOf(loginElement) },
          ],
          extensions,
          ({ alias }) => alias,
        )
  }`;
  return section(`bo-package-${index}`, name, content, {
    actions:
      state === 'wrong' ? badge(t('extensions.wrong'), 'danger') : badge(t('extensions.inUse'), 'good'),
  });
}

function fileOf(path: string | null): unknown {
  return path === null ? '' : html`<code class="bo-break">${path}</code>`;
}

define('bo-extensions', ExtensionsPage);
