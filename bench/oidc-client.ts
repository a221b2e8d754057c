/** The application that signs its users in by OpenID Connect: registered alike at every contender. */
export const oidcClient = {
  id: 'bench',
  name: 'Bench',
  secret: 'a secret of a benchmark, of no use elsewhere'.replaceAll(' ', '-'),
  redirectUri: 'https://client.example.test/callback',
  scope: 'openid',
} as const;
