/** What each entry point is for, in a sentence. A test wants one for every entry point. */
export const purposes: Readonly<Record<string, string>> = {
  cofactor:
    'Sets up multi-factor authentication for a realm of users: options, policies, accounts, sessions.',
  'cofactor/admin':
    "What somebody in charge does to other people's accounts: search, invite, roles, lock, reset.",
  'cofactor/assurance':
    'The decision alone: events to `acr`, `amr` and level. Pure, for server and browser, without any package.',
  'cofactor/email-otp': 'The factor provider of codes by e-mail.',
  'cofactor/express': 'The adapter for Express, connect and plain `node:http`.',
  'cofactor/fastify': 'The adapter for Fastify.',
  'cofactor/fetch': 'The adapter for whatever answers a web-standard `Request`: Hono, Next.js and others.',
  'cofactor/http':
    'What the adapters stand on, for an adapter of your own, and the types of the JSON of the routes.',
  'cofactor/importers':
    'Takes over accounts of ASP.NET Core Identity and of Umbraco, with what protects them.',
  'cofactor/mail': 'Takes mails away: SMTP, and a mailbox for development.',
  'cofactor/maintenance':
    'What is done to keys, stored secrets and a restored backup; what the command line of the server stands on.',
  'cofactor/oidc-client':
    'The side of an application whose people sign in at an OpenID Connect issuer, and of an API that gets access tokens.',
  'cofactor/oidc-client/express': 'Guards of the client and of APIs for Express.',
  'cofactor/oidc-client/fastify': 'Guards of the client and of APIs for Fastify.',
  'cofactor/oidc-client/fetch':
    'Guards of the client and of APIs for whatever answers a web-standard `Request`.',
  'cofactor/oidc-client/step-up-fetch':
    'A `fetch` that has the person confirm where an API asks for more, for browsers too.',
  'cofactor/oidc-server': 'An OpenID Connect server for the accounts you have.',
  'cofactor/openid': 'The factor provider of accounts elsewhere: any OpenID Connect issuer.',
  'cofactor/password': 'The factor provider of passwords.',
  'cofactor/postgres': 'The store in PostgreSQL.',
  'cofactor/recovery-codes': 'The factor provider of recovery codes.',
  'cofactor/sms-otp': 'The factor provider of codes by text message.',
  'cofactor/sqlite': 'The store in SQLite.',
  'cofactor/testing': 'The contract of a factor provider as tests, for providers of your own.',
  'cofactor/totp': 'The factor provider of authenticator apps.',
  'cofactor-server': 'The ready-made server, for code that starts it itself.',
  'cofactor/webauthn': 'The factor provider of passkeys and security keys.',
  'cofactor/webhooks': 'Signed webhooks: what happened, sent to addresses of yours.',
};
