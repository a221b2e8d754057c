import type { ClientFields, ClientList, ClientView } from '../../src/back-office/contract.ts';
import type { Field, Option, Values } from '../parts/fields.ts';
import { t } from '../texts.ts';
import { levelName } from './account-parts.ts';

/** What can be switched on for an application. */
const switches = [
  'firstParty',
  'requirePushedRequests',
  'requireDpop',
  'deviceFlow',
  'serviceAccount',
  'introspection',
  'hybrid',
] as const satisfies readonly (keyof ClientFields)[];

/** The form of an application: a new one has a name for good and a kind, the others have what they can change. */
export function clientFields(list: ClientList, client: ClientView | null): readonly Field[] {
  const optional = (
    text: string,
    values: readonly string[],
    name = (value: string): string => value,
  ): Option[] => [{ value: '', text }, ...values.map((value) => ({ value, text: name(value) }))];
  return [
    {
      name: 'name',
      kind: 'text',
      label: t('clients.name'),
      hint: t('clients.nameHint'),
      required: true,
      maxLength: 64,
    },
    ...(client === null
      ? ([
          {
            name: 'id',
            kind: 'text',
            label: t('clients.id'),
            hint: t('clients.idHint'),
            required: true,
            mono: true,
            maxLength: 128,
          },
          {
            name: 'confidential',
            kind: 'radios',
            label: t('clients.kind'),
            options: [
              { value: 'secret', text: t('clients.secretKind'), hint: t('clients.secretHint') },
              { value: 'public', text: t('clients.publicKind'), hint: t('clients.publicHint') },
            ],
          },
        ] as const)
      : []),
    {
      name: 'redirectUris',
      kind: 'lines',
      label: t('clients.redirect'),
      hint: t('clients.redirectHint'),
      mono: true,
    },
    {
      name: 'postLogoutRedirectUris',
      kind: 'lines',
      label: t('clients.after'),
      hint: t('clients.afterHint'),
      rows: 2,
      mono: true,
    },
    {
      name: 'backchannelLogoutUri',
      kind: 'text',
      type: 'url',
      label: t('clients.backChannel'),
      hint: t('clients.backChannelHint'),
      maxLength: 2048,
      mono: true,
    },
    {
      name: 'minimumAcr',
      kind: 'select',
      label: t('clients.minimum'),
      hint: t('clients.minimumHint'),
      options: optional(t('clients.noMinimum'), list.levels, levelName),
      group: t('clients.demands'),
    },
    { name: 'maxAge', kind: 'number', label: t('clients.maxAge'), hint: t('clients.maxAgeHint') },
    {
      name: 'scopes',
      kind: 'checks',
      label: t('clients.scopes'),
      hint: t('clients.scopesHint'),
      options: list.scopes.map((value) => ({ value, text: value })),
      group: t('clients.allows'),
    },
    ...switches.map((name): Field => ({
      name,
      kind: 'check',
      label: t(`clients.${name}`),
      hint: t(`clients.${name}Hint`),
    })),
    {
      name: 'idTokenAlgorithm',
      kind: 'select',
      label: t('clients.algorithm'),
      options: optional(t('clients.defaultAlgorithm'), list.algorithms),
    },
    {
      name: 'jwks',
      kind: 'area',
      label: t('clients.jwks'),
      hint: t('clients.jwksHint'),
      rows: 3,
      mono: true,
      wrong: (value) => (value === '' || keysOf(String(value)) ? undefined : t('clients.jwksWrong')),
    },
  ];
}

export function valuesOf(client: ClientView): Values {
  const { redirectUris, postLogoutRedirectUris = [], scopes = [], jwks, maxAge = null } = client;
  return {
    name: client.name,
    redirectUris,
    postLogoutRedirectUris,
    scopes,
    maxAge,
    backchannelLogoutUri: client.backchannelLogoutUri ?? '',
    minimumAcr: client.minimumAcr ?? '',
    idTokenAlgorithm: client.idTokenAlgorithm ?? '',
    jwks: jwks ? JSON.stringify(jwks, null, 2) : '',
    ...Object.fromEntries(switches.map((name) => [name, client[name] === true])),
  };
}

/** What the form says of an application. What is not said is left out, and stays as it is by itself. */
export function clientOf(values: Values): ClientFields {
  const text = (name: string): string => String(values[name] ?? '');
  const lines = (name: string): readonly string[] => (values[name] as readonly string[] | null) ?? [];
  const jwks = keysOf(text('jwks'));
  return {
    name: text('name'),
    redirectUris: lines('redirectUris'),
    ...(lines('postLogoutRedirectUris').length > 0 && {
      postLogoutRedirectUris: lines('postLogoutRedirectUris'),
    }),
    ...(lines('scopes').length > 0 && { scopes: lines('scopes') }),
    ...(text('backchannelLogoutUri') && { backchannelLogoutUri: text('backchannelLogoutUri') }),
    ...(text('minimumAcr') && { minimumAcr: text('minimumAcr') }),
    ...(text('idTokenAlgorithm') && { idTokenAlgorithm: text('idTokenAlgorithm') }),
    ...(typeof values['maxAge'] === 'number' && { maxAge: values['maxAge'] }),
    ...(jwks && { jwks }),
    ...Object.fromEntries(switches.filter((name) => values[name] === true).map((name) => [name, true])),
  };
}

function keysOf(text: string): NonNullable<ClientFields['jwks']> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const keys = (value as { keys?: unknown } | null)?.keys;
    return Array.isArray(keys) ? (value as NonNullable<ClientFields['jwks']>) : undefined;
  } catch {
    return undefined;
  }
}
