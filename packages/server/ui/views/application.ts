import { html, nothing, type TemplateResult } from 'lit';
import type {
  ClientBody,
  ClientFields,
  ClientList,
  ClientMade,
  ClientView,
  NewClientBody,
} from '../../src/back-office/contract.ts';
import type { Result } from '../../../cofactor/src/elements/client.ts';
import { define } from '../../../cofactor/src/elements/element.ts';
import { get } from '../api.ts';
import '../parts/copy.ts';
import { button, facts, note, once, section } from '../parts/basic.ts';
import { ask, showInstead } from '../parts/dialog.ts';
import type { Values } from '../parts/fields.ts';
import { form } from '../parts/form.ts';
import { at } from '../places.ts';
import { change } from '../proof.ts';
import { go } from '../router.ts';
import { may, notify } from '../state.ts';
import { t } from '../texts.ts';
import { View } from '../view.ts';
import { levelName } from './account-parts.ts';
import { clientFields, clientOf, valuesOf } from './application-fields.ts';

interface Data {
  readonly list: ClientList;
  /** `null`: a new one. */
  readonly client: ClientView | null;
}

/** `<bo-application>`: one application, or a new one. */
export class Application extends View<Data> {
  protected override heading(): string {
    return this.data?.client?.name ?? (this.#id === undefined ? t('clients.new') : t('clients.one'));
  }

  protected override parent(): { readonly href: string; readonly text: string } {
    return { href: at('applications', this.realm), text: t('nav.applications') };
  }

  get #id(): string | undefined {
    return this.params['client'];
  }

  get #path(): string {
    return `/realms/${encodeURIComponent(this.realm)}/clients`;
  }

  protected override async read(signal: AbortSignal): Promise<Result<Data>> {
    const result = await get<ClientList>(this.#path, {}, signal);
    if (!result.ok) return result;
    const list = result.value;
    if (this.#id === undefined) return { ok: true, value: { list, client: null } };
    const client = list.clients.find(({ id }) => id === this.#id);
    if (client) return { ok: true, value: { list, client } };
    return {
      ok: false,
      problem: { type: 'urn:cofactor:problem:not-found', title: '', status: 404, detail: '' },
    };
  }

  protected override content({ list, client }: Data): TemplateResult {
    const fields = clientFields(list, client);
    const editable = may('clients.write') && client?.source !== 'configured';
    if (client === null) {
      return html`<div class="bo-narrow">
        ${form({
          fields,
          values: { confidential: 'secret', scopes: ['openid', 'profile', 'email'] },
          submit: t('clients.create'),
          act: (values) => this.#create(values),
        })}
      </div>`;
    }
    return html`<div class="bo-narrow">
      ${facts([
        [t('clients.id'), html`<code>${client.id}</code>`],
        [t('clients.issuer'), html`<code>${list.issuer}</code>`],
      ])}
      ${client.source === 'configured' ? note(html`<p>${t('source.configuredText')}</p>`) : nothing}
      ${
        editable
          ? form({
              fields,
              values: valuesOf(client),
              submit: t('form.save'),
              act: (values) => this.#save(client, values),
            })
          : this.#shown(client, list)
      }
      ${editable ? this.#more(client) : nothing}
    </div>`;
  }

  /** What cannot be changed here is not shown as a form, but in the same words. */
  #shown(client: ClientView, list: ClientList): TemplateResult {
    const settings: Readonly<Record<string, unknown>> = { ...client };
    return facts(
      clientFields(list, client)
        .filter(({ name }) => name !== 'name')
        .map(({ name, label }): [string, unknown] => [label, shownValue(name, settings[name])]),
    );
  }

  #more(client: ClientView): TemplateResult {
    return section(
      'bo-more',
      t('clients.more'),
      html`<div class="bo-buttons">
        ${client.jwks ? nothing : button(t('secret.open'), () => void this.#newSecret(client), { kind: 'quiet' })}
        ${button(t('clients.remove'), () => void this.#remove(client), { kind: 'quiet' })}
      </div>`,
    );
  }

  async #create(values: Values): Promise<Result<unknown> | undefined> {
    const body: NewClientBody = {
      ...clientOf(values),
      id: values['id'] as string,
      confidential: values['confidential'] === 'secret',
    };
    const result = await change<ClientMade>('POST', this.#path, body);
    if (!result?.ok) return result;
    const { client, secret } = result.value;
    if (secret !== null) await this.#show(client, secret, t('clients.created', { name: client.name }));
    go(at('applications', this.realm, client.id));
    notify(t('clients.created', { name: client.name }));
    return result;
  }

  async #save(client: ClientView, values: Values): Promise<Result<unknown> | undefined> {
    const body: ClientBody = clientOf(values);
    const result = await change<ClientFields>('PUT', `${this.#path}/${encodeURIComponent(client.id)}`, body);
    if (result?.ok) {
      await this.reload();
      notify(t('form.saved'));
    }
    return result;
  }

  #show(client: ClientView, secret: string, title: string): Promise<void> {
    return ask({
      title,
      lead: html`<p>${t('secret.lead', { name: client.name })}</p>`,
      content: once(t('secret.label'), secret, t('secret.once')),
      keep: t('dialog.done'),
    });
  }

  async #newSecret(client: ClientView): Promise<void> {
    const path = `${this.#path}/${encodeURIComponent(client.id)}/secret`;
    await ask({
      title: t('secret.title', { name: client.name }),
      lead: html`<p>${t('secret.warning', { name: client.name })}</p>`,
      form: {
        fields: [],
        submit: t('secret.submit'),
        danger: client.hasSecret,
        act: async () => {
          const result = await change<ClientMade>('POST', path);
          if (result?.ok) {
            await showInstead({
              title: t('secret.done'),
              lead: html`<p>${t('secret.lead', { name: client.name })}</p>`,
              content: once(t('secret.label'), result.value.secret ?? '', t('secret.once')),
              keep: t('dialog.done'),
            });
          }
          return result;
        },
      },
    });
    await this.reload();
  }

  async #remove(client: ClientView): Promise<void> {
    await ask({
      title: t('clients.removeTitle', { name: client.name }),
      lead: html`<p>${t('clients.removeLead', { name: client.name })}</p>`,
      form: {
        fields: [],
        submit: t('clients.removeSubmit', { name: client.name }),
        danger: true,
        act: async () => {
          const result = await change('DELETE', `${this.#path}/${encodeURIComponent(client.id)}`);
          if (result?.ok) {
            go(at('applications', this.realm));
            notify(t('clients.removed', { name: client.name }));
          }
          return result;
        },
      },
    });
  }
}

function shownValue(name: string, value: unknown): unknown {
  if (value === undefined || value === false) return null;
  if (value === true) return t('clients.yes');
  if (name === 'minimumAcr' && typeof value === 'string') return levelName(value);
  const text = Array.isArray(value)
    ? value.join('\n')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : value;
  return html`<code class="bo-break">${text}</code>`;
}

define('bo-application', Application);
