import { html } from 'lit';
import type { InviteBody, InvitedView, LinkView } from '../../src/back-office/contract.ts';
import type { Result } from '../../../cofactor/src/elements/client.ts';
import '../parts/copy.ts';
import { once } from '../parts/basic.ts';
import { ask, showInstead, type DialogSpec } from '../parts/dialog.ts';
import type { Field, Values } from '../parts/fields.ts';
import { change } from '../proof.ts';
import { may, realmOf } from '../state.ts';
import { clock, t } from '../texts.ts';
import { roleNames, rolesToGive } from './account-parts.ts';

/** How a link gets to its person. `noMail`: why it cannot be mailed to them, where that is so. */
export function byField(realm: string, noMail: string | null = null): Field {
  const server = realmOf(realm)?.mail === true;
  const mail = server && noMail === null;
  return {
    name: 'by',
    kind: 'radios',
    label: t('invite.by'),
    required: true,
    options: [
      {
        value: 'mail',
        text: t('invite.mail'),
        hint: mail ? t('invite.mailHint') : server && noMail !== null ? noMail : t('invite.noMail'),
        disabled: !mail,
      },
      { value: 'link', text: t('invite.link'), hint: t('invite.linkHint') },
    ],
  };
}

export function byDefault(realm: string, noMail: string | null = null): 'mail' | 'link' {
  return realmOf(realm)?.mail && noMail === null ? 'mail' : 'link';
}

/** What was made of it: where the mail went, or the link, once. */
export function linkDialog(title: string, { link, sentTo, expiresAt }: LinkView, name: string): DialogSpec {
  const until = clock(new Date(expiresAt));
  return {
    title,
    lead: link === null ? t('link.mailed', { to: sentTo ?? name, until }) : t('link.shown', { name }),
    content: link === null ? '' : once(t('link.label'), link, t('link.once', { until })),
    keep: t('dialog.done'),
  };
}

/** Asks for a new account, and shows what came of it. */
export async function invite(realm: string): Promise<void> {
  const inCharge = realmOf(realm)?.inCharge === true && may('users.roles');
  const roles = rolesToGive().map(({ role }) => role);
  const fields: readonly Field[] = [
    {
      name: 'identifier',
      kind: 'text',
      label: t('invite.identifier'),
      hint: t('invite.identifierHint'),
      required: true,
    },
    {
      name: 'email',
      kind: 'text',
      type: 'email',
      label: t('invite.email'),
      hint: t('invite.emailHint'),
    },
    ...(inCharge && roles.length > 0
      ? [
          {
            name: 'roles',
            kind: 'checks',
            label: t('invite.roles'),
            hint: t('invite.rolesHint'),
            options: roleNames(roles),
          } as const,
        ]
      : []),
    { name: 'groups', kind: 'words', label: t('invite.groups'), hint: t('invite.groupsHint') },
    byField(realm),
  ];
  const act = async (values: Values): Promise<Result<unknown> | undefined> => {
    const { identifier, email, groups, by, roles: chosen } = values;
    const body: InviteBody = {
      identifier: identifier as string,
      by: by as InviteBody['by'],
      ...(email ? { email: email as string } : {}),
      ...(Array.isArray(chosen) && chosen.length > 0 ? { roles: chosen as readonly string[] } : {}),
      ...(Array.isArray(groups) && groups.length > 0 ? { groups: groups as readonly string[] } : {}),
    };
    const result = await change<InvitedView>('POST', `/realms/${encodeURIComponent(realm)}/users`, body);
    if (result?.ok) await showInstead(linkDialog(t('invite.done'), result.value.invitation, body.identifier));
    return result;
  };
  await ask({
    title: realm === 'users' ? t('invite.title') : t('invite.titleMember'),
    lead: html`${t('invite.lead')}`,
    form: { fields, values: { by: byDefault(realm) }, submit: t('invite.submit'), act },
  });
}
