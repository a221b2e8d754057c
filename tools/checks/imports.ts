/**
 * Why: who needs the client guard must not get a SQL driver (ARCHITECTURE). tsconfig references keep the modules
 * apart; this table says which of them may use what from npm or from Node. What it does not name is refused.
 */
import { sourceFiles, verdict } from './source-files.ts';

const browser = /^elements\/|\.element\.ts$/;
const server = /^(?!assurance\/|elements\/).*(?<!\.element)\.ts$/;

/** Package, and the files of `src` that may import it; types count as well. */
const allowed: Readonly<Record<string, RegExp>> = {
  'node:*': server,
  '@node-rs/argon2': /^factors\/password\//,
  '@simplewebauthn/server': /^factors\/webauthn\/.*(?<!\.element)\.ts$/,
  nodemailer: /^mail\//,
  'openid-client': /^issuer\//,
  otpauth: /^factors\/totp\//,
  uqr: /^factors\/totp\//,
  'better-sqlite3': /^(stores|importers\/source)\//,
  kysely: /^stores\//,
  pg: /^(stores|importers\/source)\//,
  fastify: /^(fastify|oidc-server|oidc-client)\/|^web\/fastify\.ts$/,
  jose: /^(issuer|oidc-client)\//,
  'oidc-provider': /^oidc-server\//,
  ajv: /^core\/schema\.ts$/,
  lit: browser,
};

const specifier = /(?:\bfrom|\bimport\s*\(|\bimport|\brequire\s*\()\s*(['"])([^'"]+)\1/g;

function isAllowed(imported: string, file: string): boolean {
  const [scope = '', name = ''] = imported.split('/');
  const keys = imported.startsWith('node:')
    ? ['node:*']
    : imported.startsWith('@')
      ? [`${scope}/${name}`, `${scope}/*`]
      : [scope];
  return keys.some((key) => allowed[key]?.test(file));
}

verdict(
  'These modules may not import that (the table is in tools/checks/imports.ts):',
  sourceFiles().flatMap((file) =>
    [...file.code.matchAll(specifier)]
      .map((match) => match[2] ?? '')
      .filter((imported) => !imported.startsWith('.') && !isAllowed(imported, file.name))
      .map((imported) => `${file.name}  imports ${imported}`),
  ),
);
