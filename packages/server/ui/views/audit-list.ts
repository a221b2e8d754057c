import { html, type TemplateResult } from 'lit';
import type { AuditView } from '../../src/back-office/contract.ts';
import { table, type Column } from '../parts/table.ts';
import { at } from '../places.ts';
import { context } from '../state.ts';
import { clock, t } from '../texts.ts';

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
    { head: t('audit.data'), kind: 'wide', cell: ({ data }) => dataOf(data) },
  ];
  return table(t('audit.title'), columns, rows, ({ seq }) => seq);
}

/** `factor-removed` reads "factor removed": the names are words already. */
export function eventName(type: string): string {
  const words = type.replaceAll(/[-._]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function accountOf({ user, identifier }: AuditView, realm: string): unknown {
  if (user === null) return '';
  if (identifier === null) return html`<code>${user}</code>`;
  return html`<a href=${at('accounts', realm, user)}>${identifier}</a>`;
}

function dataOf(data: AuditView['data']): unknown {
  const entries = Object.entries(data).filter(([, value]) => value !== null && value !== '');
  if (entries.length === 0) return '';
  return html`<span class="bo-data"
    >${entries.map(
      ([name, value]) => html`<span><span class="bo-meta">${name}</span> ${valueOf(value)}</span> `,
    )}</span
  >`;
}

/** Who did it is an account of those in charge, whichever realm it was done in. */
function valueOf(value: unknown): unknown {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ');
  if (typeof value !== 'string') return JSON.stringify(value);
  if (!/^usr_[\w-]+$/.test(value)) return value;
  const { me, realms } = context();
  const realm = realms.find(({ inCharge }) => inCharge)?.realm ?? '';
  return html`<a href=${at('accounts', realm, value)}>${value === me.id ? me.identifier : value}</a>`;
}
