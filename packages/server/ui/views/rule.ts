import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type {
  ClientList,
  PreviewBody,
  RuleBody,
  RuleList,
  RulePreview,
  RuleView,
} from '../../src/back-office/contract.ts';
import type { ClientProblem, Result } from '../../../cofactor/src/elements/client.ts';
import { define } from '../../../cofactor/src/elements/element.ts';
import { get } from '../api.ts';
import { alert, button, facts, section } from '../parts/basic.ts';
import { ask } from '../parts/dialog.ts';
import type { Field, Values } from '../parts/fields.ts';
import { form } from '../parts/form.ts';
import { at } from '../places.ts';
import { say } from '../problems.ts';
import { change } from '../proof.ts';
import { go } from '../router.ts';
import { context, may, notify, realmOf } from '../state.ts';
import { clock, listed, t } from '../texts.ts';
import { View } from '../view.ts';
import { levelName } from './account-parts.ts';
import { dueOf, kindOf, namesOf, previewOf, whoText, type Kind } from './rule-parts.ts';

interface Data {
  readonly levels: readonly string[];
  /** `null`: a new one. */
  readonly rule: RuleView | null;
  /** Names of applications, for who may see them. */
  readonly clients: readonly string[];
}

/** `<bo-rule>`: one rule, or a new one. What it would do is shown before it can be saved. */
export class Rule extends View<Data> {
  static override properties: PropertyDeclarations = {
    ...View.properties,
    kind: { state: true },
    preview: { state: true },
    saveProblem: { state: true },
  };
  declare private kind: Kind | null;
  declare private preview: { readonly body: RuleBody; readonly result: RulePreview } | null;
  declare private saveProblem: ClientProblem | null;

  constructor() {
    super();
    this.kind = null;
    this.preview = null;
    this.saveProblem = null;
  }

  protected override heading(): string {
    const { data } = this;
    if (data?.rule) return whoText(data.rule.who, this.realm);
    return this.params['rule'] === undefined ? t('rules.new') : t('rules.one');
  }

  protected override parent(): { readonly href: string; readonly text: string } {
    return { href: at('enforcement', this.realm), text: t('nav.enforcement') };
  }

  get #path(): string {
    return `/realms/${encodeURIComponent(this.realm)}/enforcement`;
  }

  protected override async read(signal: AbortSignal): Promise<Result<Data>> {
    const wantsClients = realmOf(this.realm)?.clients === true && may('clients.read');
    const [rules, applications] = await Promise.all([
      get<RuleList>(this.#path, {}, signal),
      wantsClients
        ? get<ClientList>(`/realms/${encodeURIComponent(this.realm)}/clients`, {}, signal)
        : undefined,
    ]);
    if (!rules.ok) return rules;
    const wanted = this.params['rule'];
    const rule = rules.value.rules.find(({ id }) => id === wanted) ?? null;
    if (wanted !== undefined && !rule) {
      return {
        ok: false,
        problem: { type: 'urn:cofactor:problem:not-found', title: '', status: 404, detail: '' },
      };
    }
    const clients = applications?.ok ? applications.value.clients.map(({ id }) => id) : [];
    return { ok: true, value: { levels: rules.value.levels, rule, clients } };
  }

  protected override content(data: Data): TemplateResult {
    const { rule } = data;
    if (!may('enforcement.write') && rule) {
      return facts([
        [t('rules.subject'), whoText(rule.who, this.realm)],
        [t('rules.level'), levelName(rule.acr)],
        [t('rules.from'), clock(new Date(rule.from))],
        [t('rules.until'), clock(dueOf(rule))],
        [t('rules.note'), rule.note],
      ]);
    }
    return html`<div class="bo-narrow">
      ${form({
        fields: this.#fields(data),
        values: beginning(rule, data.levels),
        submit: t('preview.do'),
        changed: (values) => {
          this.kind = values['kind'] as Kind;
          this.preview = null;
        },
        act: (values) => this.#look(values, rule),
      })}
      ${this.preview ? this.#previewed(this.preview, rule) : nothing}
      ${
        rule
          ? section(
              'bo-more',
              t('clients.more'),
              html`<div class="bo-buttons">
                ${button(t('rules.remove'), () => void this.#remove(rule), { kind: 'quiet' })}
              </div>`,
            )
          : nothing
      }
    </div>`;
  }

  #fields({ levels, clients, rule }: Data): readonly Field[] {
    const kind = this.kind ?? (rule ? kindOf(rule.who) : 'everybody');
    const roles = context().roles.map(({ role }) => role);
    const kinds: readonly Kind[] = [
      'everybody',
      'roles',
      'groups',
      ...(realmOf(this.realm)?.clients ? (['clients'] as const) : []),
    ];
    const known = kind === 'roles' ? roles : kind === 'clients' ? clients : [];
    const names: readonly Field[] =
      kind === 'everybody'
        ? []
        : [
            {
              name: kind,
              kind: 'words',
              label: t(`rules.${kind}`),
              hint: known.length > 0 ? t('rules.known', { names: listed(known) }) : t('invite.groupsHint'),
              required: true,
            },
          ];
    return [
      {
        name: 'kind',
        kind: 'select',
        label: t('rules.subject'),
        required: true,
        options: kinds.map((one) => ({ value: one, text: t(`whose.${one}`) })),
      },
      ...names,
      {
        name: 'acr',
        kind: 'select',
        label: t('rules.level'),
        hint: t('rules.levelHint'),
        required: true,
        options: levels.map((acr) => ({ value: acr, text: levelName(acr) })),
      },
      { name: 'from', kind: 'time', label: t('rules.from'), hint: t('rules.fromHint'), required: true },
      {
        name: 'graceDays',
        kind: 'number',
        label: t('rules.grace'),
        hint: t('rules.graceHint'),
        required: true,
        wrong: (value) =>
          Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 730
            ? undefined
            : t('rules.graceWrong'),
      },
      { name: 'note', kind: 'text', label: t('rules.note'), hint: t('rules.noteHint'), maxLength: 200 },
    ];
  }

  /** Asks what the rule would do. Nothing is saved by that. */
  async #look(values: Values, rule: RuleView | null): Promise<Result<unknown> | undefined> {
    const kind = values['kind'] as Kind;
    const names = (values[kind] ?? []) as readonly string[];
    const who = {
      everybody: { everybody: true },
      roles: { roles: names },
      groups: { groups: names },
      clients: { clients: names },
    } as const;
    const body: RuleBody = {
      who: who[kind],
      acr: String(values['acr']),
      from: String(values['from']),
      graceDays: Number(values['graceDays']),
      note: String(values['note'] ?? ''),
    };
    const asked: PreviewBody = { ...body, ...(rule && { replaces: rule.id }) };
    const result = await change<RulePreview>('POST', `${this.#path}/preview`, asked);
    if (result?.ok) {
      this.preview = { body, result: result.value };
      this.saveProblem = null;
      await this.focusOn('#bo-preview');
      this.querySelector('#bo-preview')?.scrollIntoView({ block: 'nearest' });
    }
    return result;
  }

  #previewed(preview: NonNullable<Rule['preview']>, rule: RuleView | null): TemplateResult {
    const { result, body } = preview;
    const refused = result.lockout !== null || result.higherRank !== null || !result.reachable;
    const unable = result.cannotComply.count > 0;
    const label = unable ? t('rules.saveAnyway') : t('rules.save');
    return html`<div class="bo-preview">
      ${section(
        'bo-preview',
        t('preview.title'),
        html`${previewOf(result, this.realm)} ${this.saveProblem ? alert(say(this.saveProblem)) : nothing}
        ${
          refused
            ? nothing
            : html`<div class="bo-buttons">
                ${button(label, () => void this.#save(body, rule), {
                  kind: unable ? 'danger' : 'primary',
                  busy: this.waiting.busy,
                })}
              </div>`
        }`,
        { lead: t('preview.lead', { subject: whoText(body.who, this.realm) }) },
      )}
    </div>`;
  }

  async #save(body: RuleBody, rule: RuleView | null): Promise<void> {
    const result = await this.waiting.run(() =>
      rule
        ? change<RuleView>('PUT', `${this.#path}/${encodeURIComponent(rule.id)}`, body)
        : change<RuleView>('POST', this.#path, body),
    );
    if (!result) return;
    this.saveProblem = result.ok ? null : result.problem;
    if (!result.ok) return;
    go(at('enforcement', this.realm));
    notify(t('rules.saved', { subject: whoText(body.who, this.realm) }));
  }

  async #remove(rule: RuleView): Promise<void> {
    const subject = whoText(rule.who, this.realm);
    await ask({
      title: t('rules.removeTitle', { subject }),
      lead: html`<p>${t('rules.removeLead', { subject, level: levelName(rule.acr) })}</p>`,
      form: {
        fields: [],
        submit: t('rules.removeSubmit'),
        danger: true,
        act: async () => {
          const result = await change('DELETE', `${this.#path}/${encodeURIComponent(rule.id)}`);
          if (result?.ok) {
            go(at('enforcement', this.realm));
            notify(t('rules.removed', { subject }));
          }
          return result;
        },
      },
    });
  }
}

/** What a form begins with: a rule as it is, or tomorrow with a month to comply. */
function beginning(rule: RuleView | null, levels: readonly string[]): Values {
  if (rule) {
    const { who, acr, from, graceDays, note } = rule;
    const kind = kindOf(who);
    return { kind, acr, from, graceDays, note, [kind]: namesOf(who) };
  }
  const day = 86_400_000;
  const tomorrow = new Date(Math.ceil(Date.now() / day) * day);
  return {
    kind: 'everybody',
    acr: levels.includes('mfa') ? 'mfa' : (levels[0] ?? ''),
    from: tomorrow.toISOString(),
    graceDays: 30,
  };
}

define('bo-rule', Rule);
