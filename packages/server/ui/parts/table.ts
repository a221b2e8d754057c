import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => unknown;
  /** `main`: what the row is. `actions`: buttons, whose column needs no visible name. `wide`: takes what is left. */
  readonly kind?: 'main' | 'actions' | 'wide';
}

/**
 * A table that becomes a list of cards where there is no room for columns. The roles are written out, since elements
 * that are laid out in another way lose theirs.
 */
export function table<Row>(
  label: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  key: (row: Row) => string | number,
): TemplateResult {
  return html`<div class="bo-table-frame">
    <table class="bo-table" role="table" aria-label=${label}>
      <thead role="rowgroup">
        <tr role="row">
          ${columns.map(
            ({ head, kind }) =>
              html`<th role="columnheader" scope="col" class=${kind ? `bo-cell-${kind}` : nothing}>
                ${kind === 'actions' ? html`<span class="cf-hidden">${head}</span>` : head}
              </th>`,
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${repeat(
          rows,
          key,
          (row) =>
            html`<tr role="row">
              ${columns.map((column) => cell(column, row))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function cell<Row>({ head, cell: show, kind }: Column<Row>, row: Row): TemplateResult {
  const content = show(row);
  const blank = content === '' || content === null || content === undefined || content === nothing;
  const label = kind === undefined || kind === 'wide' ? head : nothing;
  return kind === 'main'
    ? html`<th role="rowheader" scope="row" class="bo-cell-main">${content}</th>`
    : html`<td
        role="cell"
        class="${kind ? `bo-cell-${kind}` : ''} ${blank ? 'bo-blank' : ''}"
        data-label=${label}
      >
        ${blank ? html`<span aria-hidden="true">–</span>` : label === nothing ? content : html`<div>${content}</div>`}
      </td>`;
}
