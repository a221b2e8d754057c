import { html, nothing, type TemplateResult } from 'lit';
import type { AuditPage, UserDetails } from '../../src/back-office/contract.ts';
import type { Result } from '../../../cofactor/src/elements/client.ts';
import { define } from '../../../cofactor/src/elements/element.ts';
import { get } from '../api.ts';
import { buttonLink, facts, note, section } from '../parts/basic.ts';
import { at, realmName } from '../places.ts';
import { authBase } from '../api.ts';
import { href } from '../router.ts';
import { context, may } from '../state.ts';
import { clock, date, t, when } from '../texts.ts';
import { View } from '../view.ts';
import { AccountActions } from './account-actions.ts';
import { roleNames } from './account-parts.ts';
import { enforcementNote, factorSection, linkedSection, summary, whereSection } from './account-sections.ts';
import { auditList } from './audit-list.ts';

interface Data {
  readonly user: UserDetails;
  readonly audit: AuditPage | null;
}

/** How many rows of the record stand on the page itself. */
const recent = 10;

/** `<bo-account>`: one account, what protects it, and what somebody in charge can do about it. */
export class AccountPage extends View<Data> {
  protected override heading(): string {
    return this.data?.user.identifier ?? t('account.title');
  }

  protected override parent(): { readonly href: string; readonly text: string } {
    return { href: at('accounts', this.realm), text: realmName(this.realm) };
  }

  protected override async read(signal: AbortSignal): Promise<Result<Data>> {
    const path = `/realms/${encodeURIComponent(this.realm)}/users/${encodeURIComponent(this.params['user'] ?? '')}`;
    const [user, audit] = await Promise.all([
      get<UserDetails>(path, {}, signal),
      get<AuditPage>(`${path}/audit`, { limit: recent }, signal),
    ]);
    if (!user.ok) return user;
    return { ok: true, value: { user: user.value, audit: audit.ok ? audit.value : null } };
  }

  protected override content({ user, audit }: Data): TemplateResult {
    const act = new AccountActions(this.realm, user, () => this.reload());
    return html`<div class="bo-columns">
      <div class="bo-column">
        ${this.#standing(user)} ${summary(user)} ${enforcementNote(user)} ${factorSection(user, act)}
        ${linkedSection(user, act)} ${user.rank > context().me.rank ? nothing : whereSection(user, act)}
        ${
          audit
            ? section('bo-audit', t('account.audit'), auditList(audit.rows, this.realm, { about: false }), {
                actions:
                  audit.next !== null && may('audit.read')
                    ? html`<a href="${href(`/audit/${encodeURIComponent(this.realm)}`, { user: user.id })}"
                        >${t('account.auditAll')}</a
                      >`
                    : nothing,
              })
            : nothing
        }
      </div>
      <aside class="bo-aside" aria-label=${t('account.facts')}>${this.#facts(user, act)}</aside>
    </div>`;
  }

  /** Why less can be done here than elsewhere, where that is so. */
  #standing(user: UserDetails): TemplateResult | typeof nothing {
    const { me } = context();
    if (user.id === me.id) {
      return note(
        html`<p>${t('account.own')}</p>
          <p class="bo-buttons">
            ${buttonLink(t('menu.twoFactor'), href('/two-factor'), 'quiet')}
            <a class="bo-button bo-quiet" href="${authBase}/security">${t('menu.account')}</a>
          </p>`,
      );
    }
    if (user.rank > me.rank) return note(html`<p>${t('account.above', { name: user.identifier })}</p>`);
    return nothing;
  }

  #facts(user: UserDetails, act: AccountActions): TemplateResult {
    const email = user.email === null ? t('account.noEmail') : user.email;
    const verified =
      user.email === null ? '' : user.emailVerified ? t('account.verified') : t('account.unverified');
    const roles = roleNames(user.roles).map(({ text }) => text);
    return html`${facts([
      [
        t('accounts.status'),
        html`${t(`status.${user.status}`)}
        ${user.lockedAt ? html`<span class="bo-meta">${t('account.since', { when: date(new Date(user.lockedAt)) })}</span>` : nothing}
        ${user.invitation ? html`<span class="bo-meta">${t('account.invitedUntil', { when: clock(new Date(user.invitation.expiresAt)) })}</span>` : nothing}`,
      ],
      [
        t('account.email'),
        html`${email} ${verified ? html`<span class="bo-meta">${verified}</span>` : nothing}`,
      ],
      [
        t('accounts.roles'),
        html`${roles.join(', ') || t('account.noRoles')}
        ${act.can('set-roles') ? act.textButton('account.change', 'account.changeRoles', () => void act.setRoles()) : nothing}`,
      ],
      [
        t('accounts.groups'),
        html`${
          user.groups.length === 0
            ? t('account.noGroups')
            : user.groups.map(
                (group, index) =>
                  html`${index > 0 ? ', ' : ''}<a
                      href=${href(`/accounts/${encodeURIComponent(this.realm)}`, { group })}
                      >${group}</a
                    >`,
              )
        }
        ${act.can('set-groups') ? act.textButton('account.change', 'account.changeGroups', () => void act.setGroups()) : nothing}`,
      ],
      [
        t('accounts.lastSignIn'),
        user.lastSignInAt === null ? t('accounts.never') : when(new Date(user.lastSignInAt)),
      ],
      [t('account.created'), date(new Date(user.createdAt))],
      [t('account.language'), user.language],
      [t('account.id'), html`<code>${user.id}</code>`],
      ...user.claims.map(({ type, value }): [string, unknown] => [
        type.split('/').at(-1) ?? type,
        html`${value} <span class="bo-meta">${t('account.imported')}</span>`,
      ]),
    ])}
    ${act.list()}`;
  }
}

define('bo-account', AccountPage);
