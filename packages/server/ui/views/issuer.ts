import { html, nothing, type TemplateResult } from 'lit';
import type { IssuerBody, IssuerList, IssuerTrouble, IssuerView } from '../../src/back-office/contract.ts';
import type { Result } from '../../../cofactor/src/elements/client.ts';
import { define } from '../../../cofactor/src/elements/element.ts';
import { get } from '../api.ts';
import '../parts/copy.ts';
import { button, facts, note, section } from '../parts/basic.ts';
import { ask } from '../parts/dialog.ts';
import type { Field, Value, Values } from '../parts/fields.ts';
import { form } from '../parts/form.ts';
import { at } from '../places.ts';
import { change } from '../proof.ts';
import { go } from '../router.ts';
import { may, notify } from '../state.ts';
import { t } from '../texts.ts';
import { View } from '../view.ts';

interface Data {
  /** `null`: a new one. */
  readonly issuer: IssuerView | null;
  readonly names: readonly string[];
}

/** `<bo-issuer>`: one issuer elsewhere, or a new one. */
export class Issuer extends View<Data> {
  protected override heading(): string {
    return (
      this.data?.issuer?.label ?? (this.params['name'] === undefined ? t('issuers.new') : t('issuers.one'))
    );
  }

  protected override parent(): { readonly href: string; readonly text: string } {
    return { href: at('issuers', this.realm), text: t('nav.issuers') };
  }

  protected override async read(signal: AbortSignal): Promise<Result<Data>> {
    const path = `/realms/${encodeURIComponent(this.realm)}/issuers`;
    const result = await get<IssuerList>(path, {}, signal);
    if (!result.ok) return result;
    const { issuers } = result.value;
    const wanted = this.params['name'];
    // Of two of one name the one of the back office: it is what can be removed.
    const issuer = issuers.findLast(({ name }) => name === wanted) ?? null;
    if (wanted === undefined || issuer) {
      return { ok: true, value: { issuer, names: issuers.map(({ name }) => name) } };
    }
    return {
      ok: false,
      problem: { type: 'urn:cofactor:problem:not-found', title: '', status: 404, detail: '' },
    };
  }

  protected override content({ issuer, names }: Data): TemplateResult {
    const editable = may('issuers.write') && issuer?.source !== 'configured';
    return html`<div class="bo-narrow">
      ${
        issuer
          ? facts([
              [t('issuers.name'), html`<code>${issuer.name}</code>`],
              [
                t('issuers.redirect'),
                html`<code class="bo-break">${issuer.redirectUri}</code>
                  <bo-copy .text=${issuer.redirectUri}></bo-copy>`,
              ],
            ])
          : nothing
      }
      ${issuer?.source === 'configured' ? note(html`<p>${t('source.configuredText')}</p>`) : nothing}
      ${issuer ? stateOf(issuer) : nothing}
      ${
        editable
          ? form({
              fields: fieldsOf(issuer, names),
              values: issuer ? valuesOf(issuer) : { accounts: 'existing', scope: 'openid email profile' },
              submit: issuer ? t('form.save') : t('issuers.create'),
              act: (values) => this.#save(issuer, values),
            })
          : facts([
              [t('issuers.issuer'), issuer?.issuer],
              [t('issuers.clientId'), issuer?.clientId],
              [t('issuers.scope'), issuer?.scope],
              [t('issuers.trust'), linesOf(issuer?.trust ?? []).join('; ') || t('issuers.firstOnly')],
              [t('issuers.domains'), issuer?.authoritativeFor?.join(', ')],
            ])
      }
      ${
        editable && issuer
          ? section(
              'bo-more',
              t('clients.more'),
              html`<div class="bo-buttons">
                ${button(t('issuers.remove'), () => void this.#remove(issuer), { kind: 'quiet' })}
              </div>`,
            )
          : nothing
      }
    </div>`;
  }

  async #save(before: IssuerView | null, values: Values): Promise<Result<unknown> | undefined> {
    const name = before?.name ?? String(values['name']);
    const secret = String(values['clientSecret'] ?? '');
    const scope = String(values['scope'] ?? '');
    const body: IssuerBody = {
      label: String(values['label']),
      issuer: String(values['issuer']),
      clientId: String(values['clientId']),
      accounts: values['accounts'] as 'existing' | 'create',
      trust: rulesOf(values['trust'] ?? []) ?? [],
      authoritativeFor: values['authoritativeFor'] as readonly string[],
      ...(scope && { scope }),
      ...(secret ? { clientSecret: secret } : values['noSecret'] === true ? { clientSecret: null } : {}),
    };
    const path = `/realms/${encodeURIComponent(this.realm)}/issuers/${encodeURIComponent(name)}`;
    const result = await change<IssuerView>('PUT', path, body);
    if (!result?.ok) return result;
    if (before) await this.reload();
    else go(at('issuers', this.realm, name));
    notify(t('form.saved'));
    return result;
  }

  async #remove({ name, label }: IssuerView): Promise<void> {
    const path = `/realms/${encodeURIComponent(this.realm)}/issuers/${encodeURIComponent(name)}`;
    await ask({
      title: t('issuers.removeTitle', { name: label }),
      lead: html`<p>${t('issuers.removeLead', { name: label })}</p>`,
      form: {
        fields: [],
        submit: t('issuers.removeSubmit', { name: label }),
        danger: true,
        act: async () => {
          const result = await change('DELETE', path);
          if (result?.ok) {
            go(at('issuers', this.realm));
            notify(t('issuers.removed', { name: label }));
          }
          return result;
        },
      },
    });
  }
}

/** Why nobody can sign in with it, where nobody can. */
function stateOf({ inUse, trouble }: IssuerView): unknown {
  if (trouble) return note(html`<p>${troubleText(trouble)}</p>`, 'danger');
  return inUse ? nothing : note(html`<p>${t('issuers.waitingText')}</p>`, 'warning');
}

function troubleText({ why, detail }: IssuerTrouble): string {
  switch (why) {
    case 'unreadable':
      return t('issuers.unreadable');
    case 'name-taken':
      return t('issuers.reserved');
    case 'wrong':
      return t('issuers.wrong', { detail: detail ?? '' });
  }
}

function fieldsOf(issuer: IssuerView | null, names: readonly string[]): readonly Field[] {
  return [
    ...(issuer
      ? []
      : ([
          {
            name: 'name',
            kind: 'text',
            label: t('issuers.name'),
            hint: t('issuers.nameHint'),
            required: true,
            mono: true,
            maxLength: 32,
            wrong: (value: Value) => (names.includes(String(value)) ? t('issuers.nameTaken') : undefined),
          },
        ] as const)),
    {
      name: 'label',
      kind: 'text',
      label: t('issuers.label'),
      hint: t('issuers.labelHint'),
      required: true,
      maxLength: 64,
    },
    {
      name: 'issuer',
      kind: 'text',
      type: 'url',
      label: t('issuers.issuer'),
      hint: t('issuers.issuerHint'),
      required: true,
      mono: true,
      maxLength: 2048,
    },
    { name: 'clientId', kind: 'text', label: t('issuers.clientId'), required: true, mono: true },
    {
      name: 'clientSecret',
      kind: 'text',
      label: t('issuers.secret'),
      hint: t(issuer?.hasSecret ? 'issuers.secretKept' : 'issuers.secretHint'),
      mono: true,
      maxLength: 1024,
    },
    ...(issuer?.hasSecret
      ? ([{ name: 'noSecret', kind: 'check', label: t('issuers.noSecret') }] as const)
      : []),
    { name: 'scope', kind: 'text', label: t('issuers.scope'), mono: true },
    {
      name: 'trust',
      kind: 'lines',
      label: t('issuers.trust'),
      hint: t('issuers.trustHint'),
      mono: true,
      group: t('issuers.worth'),
      wrong: (value) => (rulesOf(value) ? undefined : t('issuers.trustWrong')),
    },
    {
      name: 'accounts',
      kind: 'radios',
      label: t('issuers.accounts'),
      options: [
        { value: 'existing', text: t('issuers.existing'), hint: t('issuers.existingHint') },
        { value: 'create', text: t('issuers.createAccounts'), hint: t('issuers.createHint') },
      ],
    },
    { name: 'authoritativeFor', kind: 'words', label: t('issuers.domains'), hint: t('issuers.domainsHint') },
  ];
}

function valuesOf(issuer: IssuerView): Values {
  return {
    label: issuer.label,
    issuer: issuer.issuer,
    clientId: issuer.clientId,
    scope: issuer.scope ?? '',
    trust: linesOf(issuer.trust ?? []),
    accounts: issuer.accounts ?? 'existing',
    authoritativeFor: issuer.authoritativeFor ?? [],
  };
}

function linesOf(trust: NonNullable<IssuerView['trust']>): readonly string[] {
  return trust.map(({ claim, value, level }) => `${String(claim)} ${String(value)} = ${String(level)}`);
}

/** `amr mfa = mfa`: what is said, and what it is worth. */
function rulesOf(lines: Value): NonNullable<IssuerView['trust']> | undefined {
  const rules = (lines as readonly string[]).map((line) => {
    const [, claim, value, level] = /^(acr|amr)\s+(\S+)\s*=\s*(mfa|phr|phrh)$/.exec(line) ?? [];
    return claim && value && level ? { claim, value, level } : undefined;
  });
  return rules.every((rule) => rule !== undefined) ? rules : undefined;
}

define('bo-issuer', Issuer);
