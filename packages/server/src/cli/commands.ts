import type { CommandSpec, OptionSpec } from './command.ts';

const oneRealm: OptionSpec = { flags: '--realm <name>', about: 'users or members', standard: 'users' };
const allRealms: OptionSpec = {
  flags: '--realm <name>',
  about: 'users or members; all of them, if left out',
};
const yes: OptionSpec = { flags: '--yes', about: 'do it without asking' };
const reason: OptionSpec = { flags: '--reason <text>', about: 'why; it is recorded' };
const aUser = { name: 'user', about: 'a user name, or an id (usr_...)' } as const;
const role: OptionSpec = { flags: '--role <role>', about: 'a role; once for each', several: true };
const byMail: OptionSpec = { flags: '--mail', about: 'mail the link, and show it to nobody' };

const users = () => import('./commands/users.ts');
const newUsers = () => import('./commands/new-users.ts');
const userChanges = () => import('./commands/user-changes.ts');
const keys = () => import('./commands/keys.ts');
const clients = () => import('./commands/clients.ts');
const audit = () => import('./commands/audit.ts');
const imports = () => import('./commands/import.ts');

const importing: readonly OptionSpec[] = [
  oneRealm,
  { flags: '--dry-run', about: 'read and check everything, write nothing' },
  {
    flags: '--name <name>',
    about: 'what that system is called here, where several of a kind are brought over',
  },
  {
    flags: '--login <theirs=ours>',
    about: 'an issuer there and the provider here that is configured for it; once for each',
    several: true,
  },
  {
    flags: '--role <theirs=ours>',
    about:
      'what a role there is called here, or nothing after = for one that stays behind; once for each. Those that are in charge here (owner, administrator, helpdesk) come over only where they are named: helpdesk=helpdesk',
    several: true,
  },
  {
    flags: '--second-factor-lost <what>',
    about: 'what to do with somebody whose second factors cannot be brought over',
    choices: ['refuse', 'lock'],
    standard: 'refuse',
  },
  {
    flags: '--unconfirmed-addresses <what>',
    about: 'what to do with addresses that nobody has confirmed',
    choices: ['leave', 'take'],
    standard: 'leave',
  },
  {
    flags: '--table <ours=theirs>',
    about: 'a table that is called otherwise there; once for each',
    several: true,
  },
  {
    flags: '--without <table>',
    about: 'a table that is not there because nothing uses it; once for each',
    several: true,
  },
];

const source = {
  name: 'source',
  about: 'a file of SQLite, postgres://..., or a folder of CSV files, one a table',
} as const;

/** Every command there is. */
export const commands: readonly CommandSpec[] = Object.freeze<CommandSpec[]>([
  {
    name: 'serve',
    about: 'Starts the server: sign-in, account pages, OpenID Connect and back office.',
    example: 'serve --settings cofactor.json',
    notes:
      'Logs are JSON lines on standard output, with --json or without. SIGTERM and SIGINT end it once what is under way is done. SIGHUP has it read its keys again.',
    load: async () => (await import('./serve.ts')).serve,
  },
  {
    name: 'migrate',
    about: 'Brings the database up to date, and says what ran.',
    options: [{ flags: '--status', about: 'only say what ran and what waits' }],
    example: 'migrate --status',
    exits: ['problem'],
    notes: 'serve does the same when it starts. With --status, 7 says that some wait.',
    load: async () => (await import('./commands/migrate.ts')).migrate,
  },
  {
    name: 'user list',
    about: 'Lists accounts, by name.',
    arguments: [{ name: 'search', about: 'the beginning of a user name or an address', optional: true }],
    options: [
      oneRealm,
      {
        flags: '--filter <which>',
        about: 'only these',
        choices: ['with-mfa', 'without-mfa', 'locked', 'invited'],
      },
      { flags: '--role <role>', about: 'only who has this role' },
      { flags: '--group <group>', about: 'only who belongs to this group' },
      { flags: '--provider <name>', about: 'only who has a factor of this kind, e.g. totp' },
      { flags: '--limit <number>', about: 'at most so many', standard: '50' },
    ],
    example: 'user list --filter without-mfa --role administrator',
    exits: ['not-found', 'refused'],
    load: async () => (await users()).list,
  },
  {
    name: 'user show',
    about: 'Shows one account: its factors, sessions, and what is demanded of it. Never what is secret.',
    arguments: [aUser],
    options: [oneRealm],
    example: 'user show ada@example.com',
    exits: ['not-found', 'refused'],
    load: async () => (await users()).show,
  },
  {
    name: 'user add',
    about: 'Makes an account with a password, which is asked for.',
    arguments: [{ name: 'name', about: 'the user name, e.g. an address' }],
    options: [oneRealm, role, { flags: '--password-stdin', about: 'read the password from standard input' }],
    example: 'user add ada@example.com --role owner',
    exits: ['not-found', 'refused'],
    notes:
      'A password is never an argument: arguments stand in the list of processes. Better invite: then only its person knows it.',
    load: async () => (await newUsers()).add,
  },
  {
    name: 'user invite',
    about: 'Makes an account, and the link with which its person chooses how to sign in.',
    arguments: [{ name: 'name', about: 'the user name, e.g. an address' }],
    options: [
      oneRealm,
      { flags: '--email <address>', about: 'where mails go; the user name, where that is an address' },
      role,
      { flags: '--group <group>', about: 'a group; once for each', several: true },
      { flags: '--language <tag>', about: 'of mails and pages, e.g. de' },
      byMail,
    ],
    example: 'user invite ada@example.com --role administrator --mail',
    exits: ['not-found', 'refused'],
    notes: 'Of somebody who has not accepted yet, it makes a new link; the one before is worth nothing then.',
    load: async () => (await newUsers()).invite,
  },
  {
    name: 'user roles',
    about: 'Gives somebody these roles and no others, and signs them out everywhere.',
    arguments: [aUser],
    options: [oneRealm, role, { flags: '--none', about: 'no role at all' }, reason],
    example: 'user roles ada@example.com --role helpdesk --reason "joined the help desk"',
    exits: ['not-found', 'refused'],
    load: async () => (await userChanges()).roles,
  },
  {
    name: 'user lock',
    about: 'Lets nobody sign in to an account, and ends whatever is signed in.',
    arguments: [aUser],
    options: [oneRealm, reason],
    example: 'user lock ada@example.com --reason "laptop stolen"',
    exits: ['not-found', 'refused'],
    load: async () => (await userChanges()).lock,
  },
  {
    name: 'user unlock',
    about: 'Lets somebody sign in again.',
    arguments: [aUser],
    options: [oneRealm, reason],
    example: 'user unlock ada@example.com --reason "laptop found"',
    exits: ['not-found', 'refused'],
    load: async () => (await userChanges()).unlock,
  },
  {
    name: 'user reset-mfa',
    about: 'Removes every second factor and recovery code of somebody who has lost them.',
    arguments: [aUser],
    options: [oneRealm, reason, yes],
    example: 'user reset-mfa ada@example.com --reason "lost phone, showed identity card"',
    exits: ['not-found', 'refused'],
    load: async () => (await userChanges()).resetMfa,
  },
  {
    name: 'user permit',
    about: 'Makes a link that lets somebody set up their first second factor where one is demanded.',
    arguments: [aUser],
    options: [oneRealm, reason, byMail],
    example: 'user permit ada@example.com --reason "new hire, spoke on the phone"',
    exits: ['not-found', 'refused'],
    load: async () => (await newUsers()).permit,
  },
  {
    name: 'client list',
    about: 'Lists the applications that sign in here.',
    options: [oneRealm],
    example: 'client list --json',
    exits: ['not-found'],
    load: async () => (await clients()).list,
  },
  {
    name: 'client add',
    about: 'Adds an application. Its secret is shown this once.',
    arguments: [{ name: 'id', about: 'its client_id' }],
    options: [
      oneRealm,
      { flags: '--name <text>', about: 'what people know it as; its id, if left out' },
      { flags: '--redirect-uri <address>', about: 'where people come back to; once for each', several: true },
      { flags: '--public', about: 'it can keep no secret, e.g. an app; PKCE protects it' },
      { flags: '--first-party', about: 'of the same house: nobody is asked for consent' },
      { flags: '--minimum-acr <level>', about: 'the lowest level it takes, e.g. mfa' },
      { flags: '--max-age <seconds>', about: 'the oldest sign-in it takes' },
      { flags: '--scope <scope>', about: 'what it may ask for; once for each', several: true },
      {
        flags: '--post-logout-redirect-uri <address>',
        about: 'where people come to after signing out; once for each',
        several: true,
      },
      { flags: '--backchannel-logout-uri <address>', about: 'where it is told that somebody signed out' },
      { flags: '--device-flow', about: 'it may sign in devices without a browser' },
      { flags: '--service-account', about: 'it may get tokens for itself' },
    ],
    example: 'client add shop --redirect-uri https://shop.example.com/callback --minimum-acr mfa',
    exits: ['not-found', 'refused'],
    load: async () => (await clients()).add,
  },
  {
    name: 'client remove',
    about: 'Removes an application with all its tokens.',
    arguments: [{ name: 'id', about: 'its client_id' }],
    options: [oneRealm, yes],
    example: 'client remove shop',
    exits: ['not-found', 'refused'],
    load: async () => (await clients()).remove,
  },
  {
    name: 'keys list',
    about: 'Lists the keys and what each still protects. Never a secret.',
    example: 'keys list',
    exits: ['problem'],
    notes: '7 says that something needs a key that is missing.',
    load: async () => (await keys()).list,
  },
  {
    name: 'keys rotate',
    about: 'Makes a new key that seals from then on. What older keys have sealed can still be read.',
    options: [
      { flags: '--signing', about: 'new keys that tokens are signed with, instead' },
      { flags: '--immediately', about: 'with --signing: the old ones got out, and are gone at once' },
      { flags: '--realm <name>', about: 'with --signing: users or members; all of them, if left out' },
      yes,
    ],
    example: 'keys rotate',
    exits: ['not-found', 'refused'],
    notes:
      'Where the keys stand in the settings, nothing is changed there: the new key is shown, with what to do in which order, so that no node meets a secret that it cannot read.',
    load: async () => (await keys()).rotate,
  },
  {
    name: 'keys re-encrypt',
    about: 'Seals with the newest key whatever is sealed with an older one.',
    example: 'keys re-encrypt',
    exits: ['partly', 'problem'],
    notes:
      'People can go on signing in meanwhile. Stopped at any moment, it goes on where it was when it is run again. 7 says that something cannot be read.',
    load: async () => (await keys()).reEncryptAll,
  },
  {
    name: 'keys remove',
    about: 'Takes a key away that nothing needs any more.',
    arguments: [{ name: 'key', about: 'its id' }],
    options: [yes],
    example: 'keys remove first',
    exits: ['not-found', 'refused'],
    load: async () => (await keys()).remove,
  },
  {
    name: 'audit verify',
    about: 'Looks whether the record is as it was written, row by row.',
    options: [
      allRealms,
      { flags: '--anchor <head>', about: 'a head that was kept from an earlier day, <number>:<MAC>' },
    ],
    example: 'audit verify --realm users',
    exits: ['not-found', 'problem'],
    load: async () => (await audit()).verify,
  },
  {
    name: 'audit export',
    about: 'Writes the record to standard output, the newest first.',
    options: [
      oneRealm,
      { flags: '--format <format>', about: 'of the lines', choices: ['jsonl', 'csv'], standard: 'jsonl' },
      { flags: '--type <type>', about: 'only this type; once for each', several: true },
      { flags: '--user <user>', about: 'only what is about this account' },
      { flags: '--from <time>', about: 'from this day or time on' },
      { flags: '--to <time>', about: 'before this day or time' },
    ],
    example: 'audit export --format csv --from 2030-01-01 > record.csv',
    exits: ['not-found'],
    notes: 'With --json it is one JSON document a line, whatever --format says.',
    load: async () => (await audit()).exportRows,
  },
  {
    name: 'audit prune',
    about: 'Removes what was recorded long ago, and keeps an anchor that the rest is verified from.',
    options: [oneRealm, { flags: '--older-than <days>', about: 'days to keep' }, yes],
    example: 'audit prune --older-than 730',
    exits: ['not-found', 'refused', 'partly', 'problem'],
    load: async () => (await audit()).prune,
  },
  {
    name: 'import aspnet-identity',
    about: 'Brings accounts over from ASP.NET Core Identity, authenticator keys included.',
    arguments: [source],
    options: importing,
    example: 'import aspnet-identity identity.db --dry-run',
    exits: ['not-found', 'partly'],
    notes: 'Rows that are refused are named, and the rest goes on; run again, it goes on where it was.',
    load: async () => (await imports()).aspNetIdentity,
  },
  {
    name: 'import umbraco',
    about: 'Brings accounts over from Umbraco 10 or later.',
    arguments: [source],
    options: [
      ...importing,
      {
        flags: '--accounts <whose>',
        about: 'those of the back office or of the website; as the realm is called, if left out',
        choices: ['users', 'members'],
      },
      {
        flags: '--authenticator-app <name>',
        about: "a two-factor provider there that is made after Umbraco's example; once for each",
        several: true,
      },
      {
        flags: '--second-factors-of-nobody <what>',
        about: 'what to do where a second factor belongs neither to a user nor to a member there',
        choices: ['refuse', 'leave'],
        standard: 'refuse',
      },
    ],
    example: 'import umbraco Umbraco.sqlite.db --accounts members --realm members --dry-run',
    exits: ['not-found', 'partly'],
    notes: 'Rows that are refused are named, and the rest goes on; run again, it goes on where it was.',
    load: async () => (await imports()).umbraco,
  },
  {
    name: 'doctor',
    about: 'Looks whether all is well: settings, keys, database, clock, migrations, mail, record.',
    options: [
      { flags: '--deep', about: 'read everything: every stored secret, all of the record' },
      { flags: '--mail-to <address>', about: 'send a mail there, to see whether it arrives' },
      {
        flags: '--restored',
        about: 'after a backup was restored: end everything that was alive when it was made',
      },
      yes,
    ],
    example: 'doctor --deep',
    exits: ['refused', 'partly', 'problem'],
    notes:
      '7 says that there is a problem; warnings alone are 0. With --restored nothing is looked at: every older session, ceremony, code and device is dead from then on, and no code that was used since the backup works again. It ends with 6 where somebody cannot get in by themselves any more.',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
]);
