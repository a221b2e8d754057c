import { html, nothing, type TemplateResult } from 'lit';
import type {
  AuthenticatorRow,
  DeleteUserBody,
  DeviceRow,
  LinkView,
  SessionRow,
  UserAction,
  UserDetails,
} from '../../src/back-office/contract.ts';
import type { Result } from '../../../cofactor/src/elements/client.ts';
import type { Method } from '../api.ts';
import { button } from '../parts/basic.ts';
import { ask, showInstead } from '../parts/dialog.ts';
import type { Field, Values } from '../parts/fields.ts';
import { change } from '../proof.ts';
import { at } from '../places.ts';
import { go } from '../router.ts';
import { notify, realmOf } from '../state.ts';
import { listed, t, type Key } from '../texts.ts';
import { browserName, roleNames, rolesToGive } from './account-parts.ts';
import { byDefault, byField, linkDialog } from './invite.ts';

type Outcome = Promise<Result<unknown> | undefined>;

/** What can be done to an account: each asks first, names the person, and says what follows. */
export class AccountActions {
  readonly #realm: string;
  readonly #user: UserDetails;
  readonly #reload: () => Promise<void>;

  constructor(realm: string, user: UserDetails, reload: () => Promise<void>) {
    this.#realm = realm;
    this.#user = user;
    this.#reload = reload;
  }

  can(action: UserAction): boolean {
    return this.#user.may.includes(action);
  }

  /** A small button; what it is called in full says of what. */
  textButton(label: Key, name: Key, act: () => void): TemplateResult {
    return button(t(label), act, { kind: 'text', name: t(name, { name: this.#user.identifier }) });
  }

  /** The ones that concern the whole account. */
  list(): TemplateResult | typeof nothing {
    const { status } = this.#user;
    const entries = [
      this.can('invite') && button(t('act.invite'), () => void this.invite(), { kind: 'quiet' }),
      this.can('withdraw-invitation') &&
        button(t('act.withdraw'), () => void this.withdraw(), { kind: 'quiet' }),
      this.can('permit') && button(t('act.permit'), () => void this.permit(), { kind: 'quiet' }),
      this.can('unlock') &&
        status === 'locked' &&
        button(t('act.unlock'), () => void this.unlock(), { kind: 'quiet' }),
      this.can('lock') &&
        status !== 'locked' &&
        button(t('act.lock'), () => void this.lock(), { kind: 'quiet' }),
      this.can('delete') && button(t('act.delete'), () => void this.remove(), { kind: 'quiet' }),
    ].filter(Boolean);
    if (entries.length === 0) return nothing;
    return html`<div class="bo-stack" role="group" aria-label=${t('account.actions')}>${entries}</div>`;
  }

  // The account.

  lock(): Promise<void> {
    return this.#reason('lock', 'POST', '/lock', { danger: true });
  }

  unlock(): Promise<void> {
    return this.#reason('unlock', 'POST', '/unlock');
  }

  async remove(): Promise<void> {
    const { identifier } = this.#user;
    const fields: readonly Field[] = [
      {
        name: 'identifier',
        kind: 'text',
        label: t('delete.typed', { name: identifier }),
        required: true,
        wrong: (value) => (value === identifier ? undefined : t('delete.other')),
      },
      reasonField,
    ];
    const act = async ({ reason }: Values): Outcome => {
      const body: DeleteUserBody = { identifier, reason: reason as string };
      const result = await change('DELETE', this.#path(''), body);
      if (result?.ok) {
        go(at('accounts', this.#realm));
        notify(t('delete.done', { name: identifier }));
      }
      return result;
    };
    await ask({
      title: t('delete.title', { name: identifier }),
      lead: html`<p>${t('delete.lead', { name: identifier })}</p>`,
      form: { fields, submit: t('delete.submit'), danger: true, act },
      keep: t('delete.keep'),
    });
  }

  async setRoles(): Promise<void> {
    const { identifier, roles, status } = this.#user;
    const field: Field = realmOf(this.#realm)?.inCharge
      ? {
          name: 'roles',
          kind: 'checks',
          label: t('accounts.roles'),
          options: this.#roleOptions(),
        }
      : { name: 'roles', kind: 'words', label: t('accounts.roles'), hint: t('roles.hint') };
    const act = (values: Values): Outcome =>
      this.#do('PUT', '/roles', values, t('roles.done', { name: identifier }));
    await ask({
      title: t('roles.title', { name: identifier }),
      lead: html`<p>
        ${t(status === 'invited' ? 'roles.leadInvited' : 'roles.lead', { name: identifier })}
      </p>`,
      form: { fields: [field, reasonField], values: { roles }, submit: t('roles.submit'), act },
    });
  }

  /** Those there are, and those of the account that nobody knows: they stay unless they are taken away. */
  #roleOptions(): readonly { readonly value: string; readonly text: string }[] {
    const known = rolesToGive().map(({ role }) => role);
    return roleNames([...new Set([...known, ...this.#user.roles])]);
  }

  async setGroups(): Promise<void> {
    const { identifier, groups, status } = this.#user;
    await ask({
      title: t('groups.title', { name: identifier }),
      ...(status === 'invited' && { lead: html`<p>${t('roles.leadInvited', { name: identifier })}</p>` }),
      form: {
        fields: [
          { name: 'groups', kind: 'words', label: t('accounts.groups'), hint: t('invite.groupsHint') },
        ],
        values: { groups },
        submit: t('form.save'),
        act: (values) => this.#do('PUT', '/groups', values, t('groups.done', { name: identifier })),
      },
    });
  }

  // Invitations.

  async invite(): Promise<void> {
    const { identifier, email } = this.#user;
    const noMail = email === null ? t('invite.noAddress') : null;
    const act = async (values: Values): Outcome => {
      const result = await change<LinkView>('POST', this.#path('/invitation'), values);
      if (result?.ok) await showInstead(linkDialog(t('invite.done'), result.value, identifier));
      return result;
    };
    await ask({
      title: t('invite.again', { name: identifier }),
      lead: html`<p>${t('invite.againLead')}</p>`,
      form: {
        fields: [byField(this.#realm, noMail)],
        values: { by: byDefault(this.#realm, noMail) },
        submit: t('invite.submit'),
        act,
      },
    });
    await this.#reload();
  }

  async withdraw(): Promise<void> {
    const { identifier } = this.#user;
    await ask({
      title: t('withdraw.title', { name: identifier }),
      lead: html`<p>${t('withdraw.lead', { name: identifier })}</p>`,
      form: {
        fields: [],
        submit: t('withdraw.submit'),
        danger: true,
        act: () => this.#do('DELETE', '/invitation', {}, t('withdraw.done', { name: identifier })),
      },
    });
  }

  async permit(): Promise<void> {
    const { identifier, email, emailVerified } = this.#user;
    const noMail = email === null || !emailVerified ? t('permit.noMail') : null;
    const act = async (values: Values): Outcome => {
      const result = await change<LinkView>('POST', this.#path('/permit'), values);
      if (result?.ok) await showInstead(linkDialog(t('permit.done'), result.value, identifier));
      return result;
    };
    await ask({
      title: t('permit.title', { name: identifier }),
      lead: html`<p>${t('permit.lead', { name: identifier })}</p>`,
      form: {
        fields: [byField(this.#realm, noMail), reasonField],
        values: { by: byDefault(this.#realm, noMail) },
        submit: t('permit.submit'),
        act,
      },
    });
  }

  // What protects it.

  removeFactor(factor: AuthenticatorRow): Promise<void> {
    const group = factor.external ? 'unlink' : 'removeFactor';
    const path = `/authenticators/${encodeURIComponent(factor.id)}`;
    return this.#reason(group, 'DELETE', path, {
      danger: true,
      what: factor.name,
      kind: factor.providerName,
    });
  }

  resetMfa(): Promise<void> {
    const gone = this.#user.authenticators.filter(({ usage }) => usage !== 'first');
    return this.#reason('reset', 'POST', '/reset-mfa', {
      danger: true,
      what: listed(gone.map(({ name }) => name)),
    });
  }

  // Where it is signed in.

  endSessions(): Promise<void> {
    return this.#reason('endAll', 'DELETE', '/sessions', { danger: true });
  }

  endSession(session: SessionRow): Promise<void> {
    const what = browserName(session.userAgent);
    return this.#reason('endOne', 'DELETE', `/sessions/${encodeURIComponent(session.id)}`, { what });
  }

  forget(device: DeviceRow): Promise<void> {
    const what = browserName(device.userAgent);
    return this.#reason('forgetOne', 'DELETE', `/devices/${encodeURIComponent(device.id)}`, { what });
  }

  forgetAll(): Promise<void> {
    return this.#reason('forgetAll', 'DELETE', '/devices');
  }

  // What all of them do.

  /** Asks why: the dialog names the person and the consequence, and the reason is recorded. */
  async #reason(
    group: ReasonGroup,
    method: Method,
    path: string,
    { danger = false, what = '', kind = '' }: { danger?: boolean; what?: string; kind?: string } = {},
  ): Promise<void> {
    const values = { name: this.#user.identifier, what, kind };
    await ask({
      title: t(`${group}.title`, values),
      lead: html`<p>${t(`${group}.lead`, values)}</p>`,
      form: {
        fields: [reasonField],
        submit: t(`${group}.submit`, values),
        danger,
        act: (given) => this.#do(method, path, given, t(`${group}.done`, values)),
      },
    });
  }

  async #do(method: Method, path: string, body: object, said: string): Outcome {
    const result = await change(method, this.#path(path), body);
    if (result?.ok) {
      await this.#reload();
      notify(said);
    }
    return result;
  }

  #path(path: string): string {
    return `/realms/${encodeURIComponent(this.#realm)}/users/${encodeURIComponent(this.#user.id)}${path}`;
  }
}

/** Groups of texts that have a title, what follows, a button and what was done. */
type ReasonGroup =
  'lock' | 'unlock' | 'removeFactor' | 'unlink' | 'reset' | 'endAll' | 'endOne' | 'forgetOne' | 'forgetAll';

const reasonField: Field = {
  name: 'reason',
  kind: 'area',
  label: t('reason.label'),
  hint: t('reason.hint'),
  rows: 2,
  maxLength: 500,
  required: true,
};
