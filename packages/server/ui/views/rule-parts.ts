import { html, nothing, type TemplateResult } from 'lit';
import type { PreviewedPeople, RulePreview, RuleScope } from '../../src/back-office/contract.ts';
import { alert, note } from '../parts/basic.ts';
import { at, realmName } from '../places.ts';
import { listed, named, t } from '../texts.ts';

export type Kind = 'everybody' | 'roles' | 'groups' | 'clients';

export function kindOf(who: RuleScope): Kind {
  if ('roles' in who) return 'roles';
  if ('groups' in who) return 'groups';
  return 'clients' in who ? 'clients' : 'everybody';
}

/** The names that a rule is about; none where it is about everybody. */
export function namesOf(who: RuleScope): readonly string[] {
  if ('roles' in who) return who.roles;
  if ('groups' in who) return who.groups;
  return 'clients' in who ? who.clients : [];
}

/** Whom a rule is about. */
export function whoText(who: RuleScope, realm: string): string {
  const names = namesOf(who);
  const kind = kindOf(who);
  if (kind === 'everybody') return t('who.everybody', { realm: realmName(realm) });
  const shown = kind === 'roles' ? names.map((role) => named('role', role)) : names;
  return t(`who.${kind}`, { names: listed(shown) });
}

/** Until when it can be put off. */
export function dueOf({ from, graceDays }: { readonly from: string; readonly graceDays: number }): Date {
  return new Date(new Date(from).getTime() + graceDays * 86_400_000);
}

/** What a rule would do: how many it is about, and who could not comply. */
export function previewOf(preview: RulePreview, realm: string): TemplateResult {
  const { affected, meet, mustEnrol, cannotComply, atOnce, reachable, lockout, higherRank } = preview;
  const figures = [
    { text: t('preview.meet'), count: meet.count, tone: 'good' },
    { text: t('preview.mustEnrol'), count: mustEnrol.count, tone: 'warning' },
    { text: t('preview.cannotComply'), count: cannotComply.count, tone: 'danger' },
  ];
  return html`${reachable ? nothing : alert(t('preview.unreachable'))}
  ${lockout === null ? nothing : alert(t(`preview.lockout.${lockout}`))}
  ${higherRank === null ? nothing : alert(t(`preview.higherRank.${higherRank}`))}
  ${
    affected === 0
      ? note(html`<p>${t('preview.nobody')}</p>`)
      : html`<p class="bo-strong">${t('preview.affected', { count: affected })}</p>
          <ul class="bo-figures">
            ${figures.map(
              ({ text, count, tone }) =>
                html`<li class="bo-figure bo-${count > 0 ? tone : 'plain'}">
                  <span class="bo-figure-count">${t('number', { count })}</span>
                  <span>${text}</span>
                </li>`,
            )}
          </ul>`
  }
  ${atOnce > 0 ? note(html`<p>${t('preview.atOnce', { count: atOnce })}</p>`, 'warning') : nothing}
  ${cannotComply.count > 0 ? note(html`<p>${t('preview.careful')}</p>`, 'warning') : nothing}
  ${people(t('preview.whoCannot'), cannotComply, realm, true)}
  ${people(t('preview.whoMust'), mustEnrol, realm, false)}`;
}

function people(
  title: string,
  { count, first }: PreviewedPeople,
  realm: string,
  open: boolean,
): TemplateResult | typeof nothing {
  if (first.length === 0) return nothing;
  return html`<details class="bo-details" ?open=${open}>
    <summary>${title}</summary>
    <ul class="bo-list">
      ${first.map(
        ({ id, identifier, because, by }) =>
          html`<li>
            <div class="bo-item">
              <p><a href=${at('accounts', realm, id)}>${identifier}</a></p>
              <p class="bo-meta">${because ? named('because', because) : by ? named('by', by) : ''}</p>
            </div>
          </li>`,
      )}
    </ul>
    ${count > first.length ? html`<p class="bo-meta">${t('preview.others', { count: count - first.length })}</p>` : nothing}
  </details>`;
}
