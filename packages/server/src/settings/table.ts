import { isIP } from 'node:net';
import type { RingKey } from 'cofactor';
import type { OidcClient, OidcResource } from 'cofactor/oidc-server';
import type { OpenidOptions } from 'cofactor/openid';
import { flag, list, objects, oneOf, record, text, whole, type Kind } from './kinds.ts';

/** One setting: everything that is known of it stands here, for the loader, `--help` and the documentation. */
export interface Setting<T> extends Kind<T> {
  /** The environment variable. The name in the file is the key of the table. */
  readonly env: string;
  /** In one line. */
  readonly about: string;
  /** What holds where it is left out; `null` where there is none, or where it is worked out (the text says how). */
  readonly standard: T | null;
  /** Never shown. May come from a file: the variable with `_FILE` at its end names it. */
  readonly secret?: true;
}

function setting<T>(
  kind: Kind<T>,
  env: string,
  standard: T | null,
  about: string,
  more: { readonly secret?: true } = {},
): Setting<T> {
  return Object.freeze({ takes: kind.takes, read: kind.read, env, standard, about, ...more });
}

const keyText = /^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/_=-]{43,}$/;

/** `id:secret,id:secret` in the environment, newest first. */
const keys: Kind<readonly RingKey[]> = {
  takes:
    'a list of { id, secret }, newest first, each secret at least 32 bytes in base64 (id:secret,id:secret)',
  read(given) {
    if (typeof given === 'string') {
      const parts = given.trim().split(/[\s,]+/);
      if (!parts.every((part) => keyText.test(part))) return undefined;
      return parts.map((part) => {
        const at = part.indexOf(':');
        return { id: part.slice(0, at), secret: part.slice(at + 1) };
      });
    }
    if (!Array.isArray(given) || given.length === 0) return undefined;
    const whole = given.every(
      (one: unknown) =>
        typeof one === 'object' &&
        one !== null &&
        Object.keys(one).length === 2 &&
        'id' in one &&
        typeof one.id === 'string' &&
        'secret' in one &&
        typeof one.secret === 'string' &&
        keyText.test(`${one.id}:${one.secret}`),
    );
    return whole ? (given as readonly RingKey[]) : undefined;
  },
};

const path = text('a path', (value) => value !== '' && !value.includes('\0'));
const factorNames = ['password', 'totp', 'webauthn', 'recovery-codes', 'email-otp'] as const;

/** Every setting of the server. Durations are seconds. */
export const settingsTable = Object.freeze({
  origin: setting(
    text('an address without a path, e.g. https://login.example.com', isOrigin),
    'COFACTOR_ORIGIN',
    null,
    'The address people see. Never taken from a request. http://localhost and the port, if left out.',
  ),
  name: setting(
    text('a text of 1 to 64 characters', (value) => value.length >= 1 && value.length <= 64),
    'COFACTOR_NAME',
    'Cofactor',
    'What the server is called on its pages, in mails and in authenticator apps.',
  ),
  host: setting(
    text('a host name or an address', (value) => /^[A-Za-z0-9.:-]{1,253}$/.test(value)),
    'COFACTOR_HOST',
    'localhost',
    'Where it listens. 0.0.0.0 for every address of the machine.',
  ),
  port: setting(whole(0, 65_535), 'COFACTOR_PORT', 3000, 'The port it listens on; 0 takes a free one.'),
  environment: setting(
    oneOf('production', 'development'),
    'COFACTOR_ENVIRONMENT',
    null,
    'production refuses http, development keys and databases in memory. It is what NODE_ENV says, if left out.',
  ),
  data: setting(path, 'COFACTOR_DATA', '.cofactor', 'The folder of what the server keeps in files.'),
  database: setting(
    text(
      'the name of an SQLite file, or postgres://user@host/name',
      (value) => value !== '' && !value.includes('\0'),
    ),
    'COFACTOR_DATABASE',
    null,
    'cofactor.db in the data folder, if left out.',
    { secret: true },
  ),
  durability: setting(
    oneOf('process', 'power'),
    'COFACTOR_DURABILITY',
    'process',
    'What a commit to SQLite outlives. power waits for the disk; with process, power that fails may take the last moments with it: a used code works again.',
  ),
  databaseConnections: setting(
    whole(1, 1000),
    'COFACTOR_DATABASE_CONNECTIONS',
    10,
    'Connections to PostgreSQL, at most.',
  ),
  keys: setting(
    keys,
    'COFACTOR_KEYS',
    null,
    'What protects stored secrets, newest first. With SQLite they are made at the first start, if left out, and kept in keys.json of the data folder.',
    { secret: true },
  ),
  factors: setting(
    list(`names among ${factorNames.join(', ')}`, (value) => factorNames.some((name) => name === value)),
    'COFACTOR_FACTORS',
    Object.freeze(['password', 'totp', 'webauthn', 'recovery-codes']),
    'What people can sign in with. email-otp needs mail.',
  ),
  providers: setting(
    list('paths of modules', (value) => value !== ''),
    'COFACTOR_PROVIDERS',
    Object.freeze([]),
    'Modules whose default export is a factor provider of your own.',
  ),
  extensions: setting(
    list('paths of folders', (value) => value !== ''),
    'COFACTOR_EXTENSIONS',
    Object.freeze([]),
    'Folders of packages that bring elements for providers to the pages.',
  ),
  registration: setting(
    flag,
    'COFACTOR_REGISTRATION',
    false,
    'Whether anybody may create an account among the users, where administrators are, too.',
  ),
  rememberDevices: setting(
    flag,
    'COFACTOR_REMEMBER_DEVICES',
    false,
    'Whether people may have a browser remembered for 30 days.',
  ),
  profile: setting(
    oneOf('standard', 'nist-800-63b-4'),
    'COFACTOR_PROFILE',
    'standard',
    'nist-800-63b-4 refuses codes by e-mail as a second factor.',
  ),
  sessionIdle: setting(
    whole(60, 31_536_000),
    'COFACTOR_SESSION_IDLE',
    3600,
    'Seconds after which a session that nobody uses is over.',
  ),
  sessionAbsolute: setting(
    whole(60, 31_536_000),
    'COFACTOR_SESSION_ABSOLUTE',
    86_400,
    'Seconds after which every session is over.',
  ),
  members: setting(
    flag,
    'COFACTOR_MEMBERS',
    false,
    'Whether there is a second realm, members, with accounts of its own at /members.',
  ),
  membersRegistration: setting(
    flag,
    'COFACTOR_MEMBERS_REGISTRATION',
    false,
    'Whether anybody may create an account among the members.',
  ),
  mail: setting(
    text('an address such as smtps://user:password@host', (value) => /^smtps?:\/\/./.test(value)),
    'COFACTOR_MAIL',
    null,
    'The mail server. Without one nothing is mailed; on localhost mails can be read at /auth/mailbox.',
    { secret: true },
  ),
  mailFrom: setting(
    text('an address, e.g. Acme <noreply@example.com>', (value) => /@/.test(value)),
    'COFACTOR_MAIL_FROM',
    null,
    'Whom mails come from. Needed with mail.',
  ),
  trustedProxies: setting(
    list('addresses or networks, e.g. 10.0.0.0/8', isNetwork),
    'COFACTOR_TRUSTED_PROXIES',
    Object.freeze([]),
    'Proxies in front whose X-Forwarded-For is believed.',
  ),
  clients: setting(
    objects<OidcClient>('a list of clients of the OpenID Connect server'),
    'COFACTOR_CLIENTS',
    Object.freeze([]),
    'Applications that sign in here, beside those of the database.',
    { secret: true },
  ),
  resources: setting(
    record<OidcResource>('APIs by their address, each { scopes }'),
    'COFACTOR_RESOURCES',
    Object.freeze({}),
    'APIs for which clients get access tokens.',
  ),
  issuers: setting(
    objects<OpenidOptions>('a list of external issuers, each { name, label, issuer, clientId }'),
    'COFACTOR_ISSUERS',
    Object.freeze([]),
    'Who else people can sign in with, beside those of the database.',
    { secret: true },
  ),
  auditDays: setting(
    whole(0, 36_500),
    'COFACTOR_AUDIT_DAYS',
    0,
    'Days that the record is kept; 0 keeps it for ever.',
  ),
  webhooksToPrivateNetworks: setting(
    flag,
    'COFACTOR_WEBHOOKS_TO_PRIVATE_NETWORKS',
    false,
    'Whether webhooks, and notices of sign-outs to applications of the database, may be sent to addresses of this machine and its network.',
  ),
  metrics: setting(
    flag,
    'COFACTOR_METRICS',
    true,
    'Whether Prometheus metrics are served, at /metrics of metricsPort.',
  ),
  metricsPort: setting(
    whole(0, 65_535),
    'COFACTOR_METRICS_PORT',
    9464,
    'The port of metrics, on metricsHost only: nobody outside should read them. 0 takes a free one.',
  ),
  metricsHost: setting(
    text('a host name or an address', (value) => /^[A-Za-z0-9.:-]{1,253}$/.test(value)),
    'COFACTOR_METRICS_HOST',
    'localhost',
    'Where metrics are served.',
  ),
  logLevel: setting(
    oneOf('debug', 'info', 'warn', 'error', 'silent'),
    'COFACTOR_LOG_LEVEL',
    'info',
    'What is logged, as JSON lines on standard output.',
  ),
  shutdownDelay: setting(
    whole(0, 600),
    'COFACTOR_SHUTDOWN_DELAY',
    0,
    'Seconds that the server goes on as before once it is told to stop and says that it is not ready, so that whoever sends requests to it can notice.',
  ),
  shutdownGrace: setting(
    whole(0, 600),
    'COFACTOR_SHUTDOWN_GRACE',
    10,
    'Seconds that requests under way may take to end when the server is stopped.',
  ),
});

type Table = typeof settingsTable;
type Value<S> = S extends Setting<infer T> ? T : never;
/** What stands in the table with a standard that is worked out may be `null`. */
export type Settings = {
  readonly [Name in keyof Table]: Name extends
    'origin' | 'environment' | 'database' | 'keys' | 'mail' | 'mailFrom'
    ? Value<Table[Name]> | null
    : Value<Table[Name]>;
};

function isNetwork(value: string): boolean {
  const [address = '', prefix, more] = value.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (bits === -1 || more !== undefined) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
}

function isOrigin(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && /^https?:$/.test(url.protocol) && value.replace(/\/$/, '') === url.origin;
}
