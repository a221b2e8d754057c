import type { TableSpec } from '../tables.ts';

/** The tables of ASP.NET Core Identity with Entity Framework, schema versions 1 to 3. */
export type AspNetIdentityTable =
  | 'users'
  | 'roles'
  | 'userRoles'
  | 'userClaims'
  | 'roleClaims'
  | 'userLogins'
  | 'userTokens'
  | 'userPasskeys';

/** By the names that Entity Framework gives them. Keys differ between versions, so what is read is read by column. */
export const tables: Readonly<Record<AspNetIdentityTable, TableSpec>> = {
  users: {
    name: 'AspNetUsers',
    columns: [
      'id',
      'username',
      'email',
      'emailconfirmed',
      'passwordhash',
      'phonenumber',
      'phonenumberconfirmed',
      'twofactorenabled',
      'lockoutend',
      'lockoutenabled',
    ],
  },
  roles: { name: 'AspNetRoles', columns: ['id', 'name'] },
  userRoles: { name: 'AspNetUserRoles', columns: ['userid', 'roleid'] },
  userClaims: { name: 'AspNetUserClaims', columns: ['userid', 'claimtype', 'claimvalue'] },
  roleClaims: { name: 'AspNetRoleClaims', columns: ['roleid', 'claimtype', 'claimvalue'] },
  userLogins: { name: 'AspNetUserLogins', columns: ['userid', 'loginprovider', 'providerkey'] },
  userTokens: { name: 'AspNetUserTokens', columns: ['userid', 'loginprovider', 'name', 'value'] },
  // Since .NET 10, and only where they are switched on.
  userPasskeys: { name: 'AspNetUserPasskeys', columns: ['userid', 'credentialid', 'data'], optional: true },
};
