/** What stands beside the pages, in order. A test wants every page here, once. */
export interface Part {
  readonly text: string;
  readonly items: readonly { readonly text: string; readonly link: string }[];
}

const page = (text: string, link: string): { readonly text: string; readonly link: string } => ({
  text,
  link,
});

export const navigation: readonly Part[] = [
  {
    text: 'Begin',
    items: [
      page('Start', '/start'),
      page('Events and levels', '/events-and-levels'),
      page('Policies', '/policies'),
      page('Ceremonies and sessions', '/ceremonies'),
    ],
  },
  {
    text: 'In your application',
    items: [
      page('Guard admin pages', '/guard-admin-pages'),
      page('MFA on users you already have', '/users-you-already-have'),
      page('Fastify, Express, Hono, Next.js', '/adapters'),
      page('Accounts and mails', '/accounts-and-mails'),
      page('Users and members: realms', '/realms'),
      page('Enforce MFA', '/enforcement'),
      page('Confirm one operation', '/confirm-an-operation'),
      page('Write your own provider', '/write-your-own-provider'),
    ],
  },
  {
    text: 'OpenID Connect',
    items: [
      page('An OpenID Connect server', '/openid-connect-server'),
      page('Require MFA at another server', '/require-mfa-at-another-server'),
      page('Protect an API', '/protect-an-api'),
    ],
  },
  {
    text: 'The server',
    items: [page('The ready-made server', '/server'), page('Settings', '/reference/settings')],
  },
  {
    text: 'In production',
    items: [
      page('Go to production', '/production'),
      page('Events and audit', '/events-and-audit'),
      page('Webhooks', '/webhooks'),
    ],
  },
  {
    text: 'Coming from',
    items: [
      page('Import accounts', '/import'),
      page('ASP.NET Core Identity', '/coming-from-aspnet-core-identity'),
      page('Umbraco', '/coming-from-umbraco'),
      page('better-auth', '/coming-from-better-auth'),
    ],
  },
  {
    text: 'Look up',
    items: [
      page('Reference', '/reference/'),
      page('Methods and levels', '/amr'),
      page('Error codes', '/errors'),
      page('Problem types', '/problems'),
    ],
  },
];
