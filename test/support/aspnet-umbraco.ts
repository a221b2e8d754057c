import type { ForeignTable, Value } from './aspnet.ts';

/** Tables of Umbraco that hold accounts, by its published classes (`UserDto`, `MemberDto`, `TwoFactorLoginDto`, ...). */

export interface UmbracoAccount {
  readonly id: number;
  /** A GUID, in upper case as its databases keep them. */
  readonly key: string;
  readonly login: string | null;
  readonly email?: string;
  readonly confirmed?: boolean;
  readonly hash?: string | null;
  /** JSON. */
  readonly config?: string | null;
  readonly disabled?: boolean;
  readonly lockedOut?: boolean;
  readonly kind?: number;
  readonly groups?: readonly string[];
  readonly twoFactor?: readonly (readonly [provider: string, secret: string])[];
  readonly logins?: readonly (readonly [provider: string, key: string])[];
}

const confirmedAt = (account: UmbracoAccount): Value =>
  account.confirmed === true ? '2025-05-06 07:08:09' : null;

function shared(accounts: readonly UmbracoAccount[]): readonly ForeignTable[] {
  return [
    {
      name: 'umbracoExternalLogin',
      columns: [
        ['id', 'int'],
        ['userOrMemberKey', 'text'],
        ['loginProvider', 'text'],
        ['providerKey', 'text'],
        ['userData', 'text'],
      ],
      rows: accounts.flatMap(({ id, key, logins = [] }) =>
        logins.map(([provider, value]): Value[] => [id, key, provider, value, null]),
      ),
    },
    {
      name: 'umbracoTwoFactorLogin',
      columns: [
        ['id', 'int'],
        ['userOrMemberKey', 'text'],
        ['providerName', 'text'],
        ['secret', 'text'],
      ],
      rows: accounts.flatMap(({ id, key, twoFactor = [] }) =>
        twoFactor.map(([provider, secret]): Value[] => [id, key, provider, secret]),
      ),
    },
  ];
}

const groupNames = (accounts: readonly UmbracoAccount[]): readonly string[] => [
  ...new Set(accounts.flatMap(({ groups = [] }) => groups)),
];

/** The back office. Before version 14 users had no key: the one in other tables was made of their number. */
export function userTables(
  accounts: readonly UmbracoAccount[],
  { version = 16 }: { readonly version?: number } = {},
): readonly ForeignTable[] {
  const groups = groupNames(accounts);
  const keyed = version >= 14;
  return [
    {
      name: 'umbracoUser',
      columns: [
        ['id', 'int'],
        ['userDisabled', 'bool'],
        ...(keyed ? ([['key', 'text']] as const) : []),
        ['userNoConsole', 'bool'],
        ['userName', 'text'],
        ['userLogin', 'text'],
        ['userPassword', 'text'],
        ['passwordConfig', 'text'],
        ['userEmail', 'text'],
        ['emailConfirmedDate', 'time'],
        ...(keyed ? ([['kind', 'int']] as const) : []),
      ],
      rows: accounts.map((one): Value[] => [
        one.id,
        one.disabled ?? false,
        ...(keyed ? [one.key] : []),
        one.lockedOut ?? false,
        'Somebody',
        one.login,
        one.hash ?? null,
        one.config ?? null,
        one.email ?? null,
        confirmedAt(one),
        ...(keyed ? [one.kind ?? 0] : []),
      ]),
    },
    {
      name: 'umbracoUserGroup',
      columns: [
        ['id', 'int'],
        ['userGroupAlias', 'text'],
        ['userGroupName', 'text'],
      ],
      rows: groups.map((name, at): Value[] => [at + 1, name, `The ${name}`]),
    },
    {
      name: 'umbracoUser2UserGroup',
      columns: [
        ['userId', 'int'],
        ['userGroupId', 'int'],
      ],
      rows: accounts.flatMap(({ id, groups: own = [] }) =>
        own.map((name): Value[] => [id, groups.indexOf(name) + 1]),
      ),
    },
    ...shared(accounts),
  ];
}

/** Members of a website: their keys, and the names of their groups, are among the nodes of the content. */
export function memberTables(accounts: readonly UmbracoAccount[]): readonly ForeignTable[] {
  const groups = groupNames(accounts);
  const groupId = (name: string): number => 9_000 + groups.indexOf(name);
  return [
    {
      name: 'cmsMember',
      columns: [
        ['nodeId', 'int'],
        ['Email', 'text'],
        ['LoginName', 'text'],
        ['Password', 'text'],
        ['passwordConfig', 'text'],
        ['emailConfirmedDate', 'time'],
        ['isLockedOut', 'bool'],
        ['isApproved', 'bool'],
      ],
      rows: accounts.map((one): Value[] => [
        one.id,
        one.email ?? '',
        one.login ?? '',
        one.hash ?? '',
        one.config ?? null,
        confirmedAt(one),
        one.lockedOut ?? false,
        !(one.disabled ?? false),
      ]),
    },
    {
      name: 'umbracoNode',
      columns: [
        ['id', 'int'],
        ['uniqueId', 'text'],
        ['text', 'text'],
      ],
      rows: [
        [1, '00000000-0000-0000-0000-00000000AAAA', 'Home'],
        ...accounts.map(({ id, key }): Value[] => [id, key, 'Somebody']),
        ...groups.map((name): Value[] => [groupId(name), '00000000-0000-0000-0000-00000000BBBB', name]),
      ],
    },
    {
      name: 'cmsMember2MemberGroup',
      columns: [
        ['Member', 'int'],
        ['MemberGroup', 'int'],
      ],
      rows: accounts.flatMap(({ id, groups: own = [] }) => own.map((name): Value[] => [id, groupId(name)])),
    },
    ...shared(accounts),
  ];
}
