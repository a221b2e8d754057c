import { html, nothing, type TemplateResult } from 'lit';
import type {
  WebhookBody,
  WebhookList,
  WebhookMade,
  WebhookTested,
  WebhookView,
} from '../../src/back-office/contract.ts';
import type { Result } from '../../../cofactor/src/elements/client.ts';
import { define } from '../../../cofactor/src/elements/element.ts';
import { get, type Method } from '../api.ts';
import '../parts/copy.ts';
import { badge, button, empty, once } from '../parts/basic.ts';
import { ask, showInstead } from '../parts/dialog.ts';
import type { Field, Values } from '../parts/fields.ts';
import { realmTabs } from '../parts/realms.ts';
import { table } from '../parts/table.ts';
import { say } from '../problems.ts';
import { change } from '../proof.ts';
import { may, notify } from '../state.ts';
import { clock, inOrder, t } from '../texts.ts';
import { View } from '../view.ts';
import { eventName } from './audit-list.ts';

/** `<bo-webhooks>`: who is told of what happens. */
export class Webhooks extends View<WebhookList> {
  protected override heading(): string {
    return t('nav.webhooks');
  }

  protected override lead(): string {
    return t('webhooks.lead');
  }

  get #path(): string {
    return `/realms/${encodeURIComponent(this.realm)}/webhooks`;
  }

  protected override read(signal: AbortSignal): Promise<Result<WebhookList>> {
    return get<WebhookList>(this.#path, {}, signal);
  }

  protected override actions({ types }: WebhookList): unknown {
    return may('webhooks.write') ? button(t('webhooks.add'), () => void this.#add(types)) : nothing;
  }

  protected override content({ webhooks, types }: WebhookList): TemplateResult {
    return html`${realmTabs('webhooks', this.realm)}
    ${webhooks.length === 0 ? empty(t('webhooks.none'), t('webhooks.noneText')) : this.#table(webhooks, types)}`;
  }

  #table(webhooks: readonly WebhookView[], types: readonly string[]): TemplateResult {
    const writable = may('webhooks.write');
    return table(
      t('nav.webhooks'),
      [
        {
          head: t('webhooks.name'),
          kind: 'main',
          cell: ({ name, url }) => html`${name} <span class="bo-meta bo-break">${url}</span>`,
        },
        {
          head: t('webhooks.types'),
          cell: ({ types: chosen }) =>
            html`<span class="bo-nowrap"
              >${chosen === '*' ? t('webhooks.all') : t('webhooks.some', { count: chosen.length })}</span
            >`,
        },
        { head: t('webhooks.state'), kind: 'wide', cell: stateOf },
        ...(writable
          ? [
              {
                head: t('account.actions'),
                kind: 'actions' as const,
                cell: (webhook: WebhookView) =>
                  html`${
                    webhook.status.state === 'paused'
                      ? button(t('webhooks.resume'), () => void this.#resume(webhook), {
                          kind: 'text',
                          name: t('webhooks.resumeOf', { name: webhook.name }),
                        })
                      : nothing
                  }
                  ${button(t('webhooks.test'), () => void this.#test(webhook), {
                    kind: 'text',
                    name: t('webhooks.testOf', { name: webhook.name }),
                  })}
                  ${button(t('webhooks.edit'), () => void this.#edit(webhook, types), {
                    kind: 'text',
                    name: t('webhooks.editOf', { name: webhook.name }),
                  })}
                  ${button(t('webhooks.secret'), () => void this.#newSecret(webhook), {
                    kind: 'text',
                    name: t('webhooks.secretOf', { name: webhook.name }),
                  })}
                  ${button(t('webhooks.remove'), () => void this.#remove(webhook), {
                    kind: 'text',
                    name: t('webhooks.removeOf', { name: webhook.name }),
                  })}`,
              },
            ]
          : []),
      ],
      webhooks,
      ({ id }) => id,
    );
  }

  async #add(types: readonly string[]): Promise<void> {
    await ask({
      title: t('webhooks.new'),
      form: {
        fields: fieldsOf(types),
        submit: t('webhooks.create'),
        act: async (values) => {
          const result = await change<WebhookMade>('POST', this.#path, bodyOf(values));
          if (result?.ok) await showInstead(secretDialog(result.value));
          return result;
        },
      },
    });
    await this.reload();
  }

  async #edit(webhook: WebhookView, types: readonly string[]): Promise<void> {
    const { name, url, types: chosen } = webhook;
    await ask({
      title: t('webhooks.editTitle'),
      form: {
        fields: fieldsOf(types),
        values: { name, url, types: chosen === '*' ? [] : chosen },
        submit: t('form.save'),
        act: (values) => this.#do('PUT', webhook, bodyOf(values), t('form.saved')),
      },
    });
  }

  async #newSecret(webhook: WebhookView): Promise<void> {
    await ask({
      title: t('webhooks.secretTitle'),
      lead: html`<p>${t('webhooks.secretLead', { name: webhook.name })}</p>`,
      form: {
        fields: [],
        submit: t('secret.submit'),
        danger: true,
        act: async () => {
          const result = await change<WebhookMade>(
            'POST',
            `${this.#path}/${encodeURIComponent(webhook.id)}/secret`,
          );
          if (result?.ok) await showInstead(secretDialog(result.value));
          return result;
        },
      },
    });
  }

  /** Sends something at once, and says whether it was taken. */
  async #test(webhook: WebhookView): Promise<void> {
    const path = `${this.#path}/${encodeURIComponent(webhook.id)}/test`;
    const result = await change<WebhookTested>('POST', path);
    if (!result) return;
    const { name } = webhook;
    if (!result.ok) notify(say(result.problem));
    else if (result.value.ok) notify(t('webhooks.tested', { name }));
    else notify(t('webhooks.testFailed', { name, error: result.value.error ?? '' }));
    await this.reload();
  }

  async #resume(webhook: WebhookView): Promise<void> {
    await ask({
      title: t('webhooks.resumeTitle', { name: webhook.name }),
      lead: html`<p>
        ${
          isTooSlow(webhook)
            ? t('webhooks.resumeSlow')
            : t('webhooks.resumeLead', { error: webhook.status.lastError ?? '' })
        }
      </p>`,
      form: {
        fields: [{ name: 'skip', kind: 'check', label: t('webhooks.skip'), hint: t('webhooks.skipHint') }],
        submit: t('webhooks.resume'),
        act: (values) =>
          this.#do('POST', webhook, values, t('webhooks.resumed', { name: webhook.name }), '/resume'),
      },
    });
  }

  async #remove(webhook: WebhookView): Promise<void> {
    await ask({
      title: t('webhooks.removeTitle'),
      lead: html`<p>${t('webhooks.removeLead', { name: webhook.name })}</p>`,
      form: {
        fields: [],
        submit: t('webhooks.removeSubmit'),
        danger: true,
        act: () => this.#do('DELETE', webhook, {}, t('webhooks.removed')),
      },
    });
  }

  async #do(
    method: Method,
    { id }: WebhookView,
    body: object,
    said: string,
    path = '',
  ): Promise<Result<unknown> | undefined> {
    const result = await change(method, `${this.#path}/${encodeURIComponent(id)}${path}`, body);
    if (result?.ok) {
      await this.reload();
      notify(said);
    }
    return result;
  }
}

const tones = { idle: 'good', delivering: 'good', retrying: 'warning', paused: 'danger' } as const;

/** Whether it was not given up for what it failed to take. */
function isTooSlow({ status }: WebhookView): boolean {
  return status.state === 'paused' && status.lastError === 'too far behind';
}

function stateOf(webhook: WebhookView): unknown {
  const { status } = webhook;
  const { state, behind, tries, nextTry, lastError, lastDeliveredAt } = status;
  const failing = state === 'retrying' || state === 'paused';
  const about = isTooSlow(webhook)
    ? [t('webhooks.tooSlow'), t('webhooks.behind', { count: behind })]
    : failing
      ? [
          t('webhooks.tries', { count: tries }),
          lastError ?? '',
          nextTry ? t('webhooks.next', { when: clock(new Date(nextTry)) }) : '',
        ]
      : [
          behind === 0 ? t('webhooks.upToDate') : t('webhooks.behind', { count: behind }),
          lastDeliveredAt ? t('webhooks.last', { when: clock(new Date(lastDeliveredAt)) }) : '',
        ];
  return html`${badge(t(`webhooks.${state}`), tones[state])}
    <span class="bo-meta">${about.filter(Boolean).join(' · ')}</span>`;
}

function fieldsOf(types: readonly string[]): readonly Field[] {
  return [
    { name: 'name', kind: 'text', label: t('webhooks.name'), required: true, maxLength: 64 },
    {
      name: 'url',
      kind: 'text',
      type: 'url',
      label: t('webhooks.url'),
      hint: t('webhooks.urlHint'),
      required: true,
      maxLength: 2048,
      mono: true,
    },
    {
      name: 'types',
      kind: 'checks',
      label: t('webhooks.types'),
      hint: t('webhooks.typesHint'),
      options: types
        .map((type) => ({ value: type, text: eventName(type) }))
        .toSorted((a, b) => inOrder(a.text, b.text)),
    },
  ];
}

function bodyOf(values: Values): WebhookBody {
  const types = values['types'] as readonly string[];
  return {
    name: String(values['name']),
    url: String(values['url']),
    types: types.length === 0 ? '*' : types,
  };
}

function secretDialog({ webhook, secret }: WebhookMade): Parameters<typeof showInstead>[0] {
  return {
    title: t('webhooks.made'),
    lead: html`<p>${t('webhooks.secretText', { url: webhook.url })}</p>`,
    content: once(t('webhooks.secretLabel'), secret, t('secret.once')),
    keep: t('dialog.done'),
  };
}

define('bo-webhooks', Webhooks);
