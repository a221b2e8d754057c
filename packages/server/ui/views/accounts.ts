import { html, nothing, type TemplateResult } from 'lit';
import type { UserFilter, UserList, UserRow, UsersQuery } from '../../src/back-office/contract.ts';
import type { Result } from '../../../cofactor/src/elements/client.ts';
import { define } from '../../../cofactor/src/elements/element.ts';
import { get } from '../api.ts';
import { badge, button, empty, icon, more } from '../parts/basic.ts';
import { table, type Column } from '../parts/table.ts';
import { at, realmName } from '../places.ts';
import { refine } from '../router.ts';
import { context, may, realmOf } from '../state.ts';
import { t, when } from '../texts.ts';
import { View } from '../view.ts';
import { factorText, roleNames, statusBadge } from './account-parts.ts';
import { invite } from './invite.ts';

const filters: readonly UserFilter[] = ['without-mfa', 'with-mfa', 'invited', 'locked'];

/** What the list is asked for, which is what the address says. */
type Asked = Pick<UsersQuery, 'search' | 'filter' | 'role' | 'group' | 'provider'>;

/** How long to wait for the next letter. */
const pause = 250;

/** `<bo-accounts>`: the accounts of a realm. */
export class Accounts extends View<UserList> {
  #timer: ReturnType<typeof setTimeout> | undefined;

  protected override heading(): string {
    return realmName(this.realm);
  }

  get #asked(): Asked {
    const { query } = this.place;
    const names = ['search', 'filter', 'role', 'group', 'provider'] as const;
    return Object.fromEntries(
      names.flatMap((name) => (query.get(name) ? [[name, query.get(name) ?? '']] : [])),
    );
  }

  protected override read(signal: AbortSignal): Promise<Result<UserList>> {
    return get<UserList>(`/realms/${encodeURIComponent(this.realm)}/users`, this.#asked, signal);
  }

  protected override actions(): unknown {
    return may('users.create')
      ? button(t('invite.open'), () => void invite(this.realm).then(() => this.reload()))
      : nothing;
  }

  protected override content({ users, next }: UserList): TemplateResult {
    const asked = this.#asked;
    return html`${this.#tools(asked)}
      <p role="status" class="cf-hidden">
        ${t(next === null ? 'accounts.count' : 'accounts.countMore', { count: users.length })}
      </p>
      ${
        users.length > 0
          ? table(realmName(this.realm), this.#columns(), users, ({ id }) => id)
          : next === null
            ? this.#none(asked)
            : nothing
      }
      ${more(next, () => void this.#more(next ?? ''), this.waiting.busy)}`;
  }

  #tools(asked: Asked): TemplateResult {
    const realm = realmOf(this.realm);
    const roles = context().roles.map(({ role }) => role);
    return html`<search class="bo-tools">
      <div class="bo-search">
        <label class="cf-hidden" for="bo-search">${t('accounts.search')}</label>
        ${icon('search')}
        <input
          id="bo-search"
          type="search"
          class="cf-input"
          placeholder=${t('accounts.searchHint')}
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          maxlength="254"
          .value=${asked.search ?? ''}
          @input=${this.#onSearch}
        />
      </div>
      <div class="bo-chips" role="group" aria-label=${t('accounts.filters')}>
        ${filters.map((filter) =>
          chip(t(`filter.${filter}`), asked.filter === filter, () =>
            this.#ask({ filter: asked.filter === filter ? undefined : filter }),
          ),
        )}
        ${asked.group ? chip(t('filter.group', { group: asked.group }), true, () => this.#ask({ group: undefined })) : nothing}
      </div>
      ${
        realm?.inCharge && roles.length > 0
          ? chooser('role', t('filter.role'), roleNames(roles), asked.role, (role) => this.#ask({ role }))
          : nothing
      }
      ${chooser(
        'provider',
        t('filter.provider'),
        (realm?.providers ?? []).map(({ provider, name }) => ({ value: provider, text: name })),
        asked.provider,
        (provider) => this.#ask({ provider }),
      )}
    </search>`;
  }

  #columns(): readonly Column<UserRow>[] {
    const groups = this.data?.users.some((user) => user.groups.length > 0);
    return [
      {
        head: t('accounts.name'),
        kind: 'main',
        cell: (user) =>
          html`<a class="bo-row-link" href=${at('accounts', this.realm, user.id)}>${user.identifier}</a> ${
              user.email !== null && user.email !== user.identifier
                ? html`<span class="bo-meta">${user.email}</span>`
                : nothing
            }`,
      },
      {
        head: t('accounts.status'),
        cell: (user) => (user.status === 'active' ? t('status.active') : statusBadge(user.status)),
      },
      { head: t('accounts.mfa'), kind: 'wide', cell: (user) => mfa(user) },
      {
        head: t('accounts.roles'),
        cell: (user) =>
          roleNames(user.roles)
            .map(({ text }) => text)
            .join(', '),
      },
      ...(groups ? [{ head: t('accounts.groups'), cell: (user: UserRow) => user.groups.join(', ') }] : []),
      {
        head: t('accounts.lastSignIn'),
        cell: ({ lastSignInAt }) =>
          lastSignInAt === null
            ? t('accounts.never')
            : html`<time datetime=${lastSignInAt}>${when(new Date(lastSignInAt))}</time>`,
      },
    ];
  }

  #none(asked: Asked): TemplateResult {
    if (Object.keys(asked).length === 0) return empty(t('accounts.none'), t('accounts.noneText'));
    if (asked.filter === 'without-mfa' && Object.keys(asked).length === 1)
      return empty(t('accounts.noneWithout'), t('accounts.noneWithoutText'));
    const clear = button(
      t('filter.clear'),
      () =>
        this.#ask({
          search: undefined,
          filter: undefined,
          role: undefined,
          group: undefined,
          provider: undefined,
        }),
      { kind: 'quiet' },
    );
    return empty(t('accounts.noneFound'), t('accounts.noneFoundText'), clear);
  }

  readonly #onSearch = (event: InputEvent): void => {
    const search = (event.target as HTMLInputElement).value.trim();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask({ search }), pause);
  };

  #ask(change: Readonly<Record<string, string | undefined>>): void {
    refine({ ...this.#asked, ...change });
    void this.reload();
  }

  async #more(cursor: string): Promise<void> {
    const { data } = this;
    const path = `/realms/${encodeURIComponent(this.realm)}/users`;
    const page = await this.waiting.run((signal) => get<UserList>(path, { ...this.#asked, cursor }, signal));
    if (!page || !data) return;
    if (!page.ok) {
      this.problem = page.problem;
      return;
    }
    const shown = data.users.length;
    this.data = { users: [...data.users, ...page.value.users], next: page.value.next };
    // Who pressed goes on with what came.
    await this.updateComplete;
    this.querySelectorAll<HTMLElement>('.bo-row-link')[shown]?.focus();
  }
}

function mfa(user: UserRow): unknown {
  const steps = user.factors.filter(({ usage }) => usage === 'second');
  const list = steps.map(factorText).join(', ');
  if (user.mfa) return html`${badge(t('mfa.on'), 'good')} <span class="bo-meta">${list}</span>`;
  if (user.status === 'invited') return '';
  return badge(t('mfa.off'), 'warning');
}

function chip(text: string, pressed: boolean, act: () => void): TemplateResult {
  return html`<button type="button" class="bo-chip" aria-pressed=${pressed ? 'true' : 'false'} @click=${act}>
    ${text}
  </button>`;
}

/** Filters by one of several values; none at first. */
export function chooser(
  id: string,
  label: string,
  options: readonly { readonly value: string; readonly text: string }[],
  value: string | undefined,
  act: (value: string | undefined) => void,
): TemplateResult | typeof nothing {
  if (options.length === 0) return nothing;
  return html`<div class="bo-chooser">
    <label class="cf-hidden" for="bo-choose-${id}">${label}</label>
    <select
      id="bo-choose-${id}"
      class="cf-input ${value ? 'bo-chosen' : ''}"
      @change=${(event: Event) => act((event.target as HTMLSelectElement).value || undefined)}
    >
      <option value="" ?selected=${!value}>${label}</option>
      ${options.map(
        (option) =>
          html`<option value=${option.value} ?selected=${option.value === value}>${option.text}</option>`,
      )}
    </select>
  </div>`;
}

define('bo-accounts', Accounts);
