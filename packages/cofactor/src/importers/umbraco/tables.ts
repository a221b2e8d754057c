import type { TableSpec } from '../tables.ts';

/** The tables of Umbraco that hold accounts. */
export type UmbracoTable = UserTable | MemberTable;
export type UserTable = 'users' | 'groups' | 'userGroups' | SharedTable;
export type MemberTable = 'members' | 'nodes' | 'memberGroups' | SharedTable;
type SharedTable = 'externalLogins' | 'twoFactorLogins';

/** Known by a key that both kinds of account have: a GUID. */
const shared: Readonly<Record<SharedTable, TableSpec>> = {
  externalLogins: {
    name: 'umbracoExternalLogin',
    columns: ['userormemberkey', 'loginprovider', 'providerkey'],
  },
  twoFactorLogins: { name: 'umbracoTwoFactorLogin', columns: ['userormemberkey', 'providername', 'secret'] },
};

/** `umbracoUserLogin` is not among them: that table has sessions, and these end. */
export const userTables: Readonly<Record<UserTable, TableSpec>> = {
  users: {
    name: 'umbracoUser',
    columns: [
      'id',
      'userlogin',
      'useremail',
      'userpassword',
      'passwordconfig',
      'userdisabled',
      'usernoconsole',
      'emailconfirmeddate',
    ],
    // Since version 14 and 15.
    perhaps: ['key', 'kind'],
  },
  groups: { name: 'umbracoUserGroup', columns: ['id', 'usergroupalias'] },
  userGroups: { name: 'umbracoUser2UserGroup', columns: ['userid', 'usergroupid'] },
  ...shared,
};

export const memberTables: Readonly<Record<MemberTable, TableSpec>> = {
  members: {
    name: 'cmsMember',
    // Since version 10; before that, whether a member is approved stands among the properties of content.
    columns: [
      'nodeid',
      'loginname',
      'email',
      'password',
      'passwordconfig',
      'isapproved',
      'islockedout',
      'emailconfirmeddate',
    ],
  },
  nodes: { name: 'umbracoNode', columns: ['id', 'uniqueid', 'text'] },
  memberGroups: { name: 'cmsMember2MemberGroup', columns: ['member', 'membergroup'] },
  ...shared,
};
