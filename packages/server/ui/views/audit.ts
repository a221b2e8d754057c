import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { AuditFormat, AuditPage, AuditQuery, AuditVerified } from '../../src/back-office/contract.ts';
import type { Result } from '../../../cofactor/src/elements/client.ts';
import { define } from '../../../cofactor/src/elements/element.ts';
import { apiBase, get, searchOf } from '../api.ts';
import { button, empty, more, note } from '../parts/basic.ts';
import { localTime, textIn } from '../parts/fields.ts';
import { realmTabs } from '../parts/realms.ts';
import { say } from '../problems.ts';
import { refine } from '../router.ts';
import { inOrder, listed, namesIn, t } from '../texts.ts';
import { View } from '../view.ts';
import { auditList, eventName } from './audit-list.ts';

type Asked = Pick<AuditQuery, 'type' | 'user' | 'from' | 'to'>;

const names = ['type', 'user', 'from', 'to'] as const;

/** `<bo-audit>`: what was recorded. */
export class Audit extends View<AuditPage> {
  static override properties: PropertyDeclarations = {
    ...View.properties,
    verified: { state: true },
  };
  declare private verified: Result<AuditVerified> | null;

  constructor() {
    super();
    this.verified = null;
  }

  protected override heading(): string {
    return t('nav.audit');
  }

  protected override lead(): string {
    return t('audit.lead');
  }

  get #path(): string {
    return `/realms/${encodeURIComponent(this.realm)}/audit`;
  }

  get #asked(): Asked {
    const { query } = this.place;
    return Object.fromEntries(
      names.flatMap((name) => (query.get(name) ? [[name, query.get(name) ?? '']] : [])),
    );
  }

  protected override read(signal: AbortSignal): Promise<Result<AuditPage>> {
    return get<AuditPage>(this.#path, this.#asked, signal);
  }

  protected override content({ rows, next }: AuditPage): TemplateResult {
    return html`${realmTabs('audit', this.realm)} ${this.#tools()}
      <div class="bo-bar">
        ${this.#download('csv', t('audit.csv'))} ${this.#download('jsonl', t('audit.json'))}
        ${button(t('audit.verify'), () => void this.#verify(), { kind: 'quiet', busy: this.waiting.busy })}
      </div>
      <div role="status">${this.verified ? outcomeOf(this.verified) : nothing}</div>
      ${
        rows.length > 0
          ? auditList(rows, this.realm, { about: true })
          : next !== null
            ? nothing
            : Object.keys(this.#asked).length > 0
              ? empty(
                  t('audit.noneFound'),
                  t('accounts.noneFoundText'),
                  button(t('filter.clear'), () => this.#ask({}), { kind: 'quiet' }),
                )
              : empty(t('audit.none'), t('audit.noneText'))
      }
      ${more(next, () => void this.#more(next ?? 0), this.waiting.busy)}`;
  }

  #download(format: AuditFormat, label: string): TemplateResult {
    const search = searchOf({ format, ...this.#asked });
    return html`<a class="bo-button bo-quiet" download href="${apiBase}${this.#path}/export${search}"
      >${label}</a
    >`;
  }

  #tools(): TemplateResult {
    const asked = this.#asked;
    return html`<search>
      <form class="bo-tools bo-tools-fields" @change=${this.#onChange} @submit=${this.#onChange}>
        <div class="bo-field">
          <label for="bo-audit-type">${t('audit.type')}</label>
          <select id="bo-audit-type" name="type" class="cf-input">
            <option value="" ?selected=${!asked.type}>${t('audit.any')}</option>
            ${typesFor(asked.type).map(
              ({ type, name }) =>
                html`<option value=${type} ?selected=${type === asked.type}>${name}</option>`,
            )}
          </select>
        </div>
        ${time('from', t('audit.from'), asked.from)} ${time('to', t('audit.to'), asked.to)}
        ${
          asked.user
            ? html`<div class="bo-field">
                <button
                  type="button"
                  class="bo-chip"
                  aria-pressed="true"
                  @click=${() => this.#ask({ ...asked, user: undefined })}
                >
                  ${t('audit.ofUser', { user: asked.user })}
                </button>
              </div>`
            : nothing
        }
      </form>
    </search>`;
  }

  readonly #onChange = (event: Event): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const moment = (name: string): string | undefined => {
      const value = textIn(form, name);
      return value === '' ? undefined : new Date(value).toISOString();
    };
    this.#ask({
      user: this.#asked.user,
      type: textIn(form, 'type') || undefined,
      from: moment('from'),
      to: moment('to'),
    });
  };

  #ask(asked: Readonly<Record<string, string | undefined>>): void {
    refine(asked);
    void this.reload();
  }

  async #more(before: number): Promise<void> {
    const { data } = this;
    const page = await this.waiting.run((signal) =>
      get<AuditPage>(this.#path, { ...this.#asked, before }, signal),
    );
    if (!page || !data) return;
    if (page.ok) this.data = { rows: [...data.rows, ...page.value.rows], next: page.value.next };
    else this.problem = page.problem;
  }

  async #verify(): Promise<void> {
    this.verified = null;
    const result = await this.waiting.run((signal) => get<AuditVerified>(`${this.#path}/verify`, {}, signal));
    if (result) this.verified = result;
  }
}

/** Every type there is, by what it is called; and what the address asks for besides, which may be several. */
function typesFor(asked: string | undefined): readonly { readonly type: string; readonly name: string }[] {
  const known = namesIn('event').map((type) => ({ type, name: eventName(type) }));
  const sorted = known.toSorted((a, b) => inOrder(a.name, b.name));
  if (!asked || known.some(({ type }) => type === asked)) return sorted;
  return [{ type: asked, name: listed(asked.split(',').map(eventName)) }, ...sorted];
}

function time(name: 'from' | 'to', label: string, value: string | undefined): TemplateResult {
  return html`<div class="bo-field">
    <label for="bo-audit-${name}">${label}</label>
    <input
      id="bo-audit-${name}"
      name=${name}
      type="datetime-local"
      class="cf-input"
      .value=${value ? localTime(value) : ''}
    />
  </div>`;
}

function outcomeOf(result: Result<AuditVerified>): TemplateResult {
  if (!result.ok) return note(html`<p>${say(result.problem)}</p>`, 'danger');
  const { fault, head } = result.value;
  if (fault) return note(html`<p>${t(`audit.${fault.fault}`, { seq: fault.seq })}</p>`, 'danger');
  return note(
    html`<p>${t('audit.whole', { count: head.seq })}</p>
      <p class="bo-meta">${t('audit.head')} <code class="bo-break">${head.seq}:${head.mac}</code></p>`,
    'good',
  );
}

define('bo-audit', Audit);
