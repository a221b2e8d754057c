/** The scopes of OpenID Connect that mean something here. */
export const ownScopes: readonly string[] = ['openid', 'profile', 'email', 'roles', 'offline_access'];

/** What each of them lets a client see of a person. */
export const claimsOfScopes: Readonly<Record<string, readonly string[]>> = {
  openid: ['sub', 'acr', 'amr', 'auth_time'],
  profile: ['preferred_username', 'locale'],
  email: ['email', 'email_verified'],
  roles: ['roles'],
};
