import { html, type TemplateResult } from 'lit';
import type { AuditView, RuleScope } from '../../src/back-office/contract.ts';
import { table, type Column } from '../parts/table.ts';
import { at } from '../places.ts';
import { context, realmOf } from '../state.ts';
import { clock, named, t } from '../texts.ts';
import { levelName } from './account-parts.ts';
import { whoText } from './rule-parts.ts';

/** Rows of the record, newest first. `about`: whether they are of several accounts. */
export function auditList(
  rows: readonly AuditView[],
  realm: string,
  { about }: { readonly about: boolean },
): TemplateResult {
  if (rows.length === 0) return html`<p class="bo-nothing">${t('audit.nothing')}</p>`;
  const columns: readonly Column<AuditView>[] = [
    {
      head: t('audit.what'),
      kind: 'main',
      cell: ({ type, seq }) =>
        html`<span class="bo-event">${eventName(type)}</span> <span class="bo-meta">#${seq}</span>`,
    },
    {
      head: t('audit.when'),
      cell: ({ at: time }) => html`<time datetime=${time}>${clock(new Date(time))}</time>`,
    },
    ...(about ? [{ head: t('audit.account'), cell: (row: AuditView) => accountOf(row, realm) }] : []),
    { head: t('audit.data'), kind: 'wide', cell: ({ data }) => dataOf(data, realm) },
  ];
  return table(t('audit.title'), columns, rows, ({ seq }) => seq);
}

/** A type of event as people would say it; one that has no words here reads as it is written. */
export function eventName(type: string): string {
  const words = named('event', type);
  if (words !== type) return words;
  const plain = type.replaceAll(/[-._]/g, ' ');
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

function accountOf({ user, identifier }: AuditView, realm: string): unknown {
  if (user === null) return '';
  if (identifier === null) return html`<code>${user}</code>`;
  return html`<a href=${at('accounts', realm, user)}>${identifier}</a>`;
}

function dataOf(data: AuditView['data'], realm: string): unknown {
  const entries = Object.entries(data).filter(
    ([, value]) => value !== null && value !== '' && value !== false,
  );
  if (entries.length === 0) return '';
  return html`<span class="bo-data"
    >${entries.map(
      ([name, value]) =>
        html`<span
          ><span class="bo-meta">${named('detail', name)}</span>
          ${value === true ? '' : valueOf(name, value, realm)}</span
        > `,
    )}</span
  >`;
}

/** What a value is called, by the name that it is recorded under. */
const words: Readonly<Record<string, (value: string, realm: string) => string>> = {
  provider: providerName,
  providers: providerName,
  role: (role) => named('role', role),
  roles: (role) => named('role', role),
  acr: levelName,
  way: (way) => named('way', way),
  from: (time) => clock(new Date(time)),
  by: (by) => by.replace(/^cli:(.*)$/, (_whole, name: string) => t('audit.commandLine', { name })),
};

function valueOf(name: string, value: unknown, realm: string): unknown {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
    return value.map((one) => words[name]?.(one, realm) ?? one).join(', ');
  if (name === 'who') return whoText(value as RuleScope, realm);
  if (typeof value !== 'string') return JSON.stringify(value);
  return /^usr_[\w-]+$/.test(value) ? whoDid(value) : (words[name]?.(value, realm) ?? value);
}

function providerName(provider: string, realm: string): string {
  return realmOf(realm)?.providers.find((one) => one.provider === provider)?.name ?? provider;
}

/** Who did it is an account of those in charge, whichever realm it was done in. */
function whoDid(id: string): TemplateResult {
  const { me, realms } = context();
  const realm = realms.find(({ inCharge }) => inCharge)?.realm ?? '';
  return html`<a href=${at('accounts', realm, id)}>${id === me.id ? me.identifier : id}</a>`;
}
