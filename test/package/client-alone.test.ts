import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** As somebody does who has an application and an issuer, and wants nothing else: the packed file and openid-client. */
describe('I-20 the client guard by itself, in an empty folder', () => {
  let folder: string;
  const run = (command: string, ...all: readonly string[]): string =>
    execFileSync(command, all, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const node = (code: string): string => {
    writeFileSync(join(folder, 'app.mjs'), code);
    return run(process.execPath, 'app.mjs').trim();
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cofactor-alone-'));
    const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
      cwd: 'packages/cofactor',
      encoding: 'utf8',
    }).trim();
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    const { version } = JSON.parse(readFileSync('node_modules/openid-client/package.json', 'utf8')) as {
      readonly version: string;
    };
    run(
      'npm',
      'install',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      `./${packed}`,
      `openid-client@${version}`,
    );
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is at most six packages', () => {
    const lock = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, unknown>>;
    };
    const installed = Object.keys(lock.packages).map((path) => path.replace('node_modules/', ''));
    expect(installed.toSorted()).toEqual(['cofactor', 'jose', 'oauth4webapi', 'openid-client']);
  });

  it('leads to the issuer who is not signed in, refuses an answer nobody waits for, and checks logout tokens', () => {
    const said = node(`
      import { createOidcClient, dialects, requireMfa } from 'cofactor/oidc-client';
      import { oidcClient } from 'cofactor/oidc-client/fetch';
      const issuer = 'https://issuer.example';
      const client = createOidcClient({
        issuers: [{
          name: 'acme', label: 'Acme', issuer, clientId: 'app', dialect: dialects.cofactor,
          fetch: async (address) => Response.json(String(address).endsWith('/jwks') ? { keys: [] } : {
            issuer, authorization_endpoint: issuer + '/auth', token_endpoint: issuer + '/token', jwks_uri: issuer + '/jwks',
          }),
        }],
        policies: { Admin: requireMfa() },
        log: { info() {}, warn(details) { console.log(details.reason); }, error(details) { console.log('error', details); } },
      });
      const site = oidcClient(client);
      const admin = site.protect('Admin', () => new Response('inside'));
      const page = { headers: { accept: 'text/html' } };
      const led = await admin(new Request('http://localhost:3000/admin', page));
      console.log(led.status, new URL(led.headers.get('location')).searchParams.get('acr_values'));
      const answered = await site.handle(new Request('http://localhost:3000/auth/callback/acme?code=1&state=2', page));
      console.log(answered.status, (await answered.text()).includes('<h1>'));
      const style = await site.handle(new Request('http://localhost:3000/auth/cofactor.css'));
      console.log(style.status, style.headers.get('content-type'));
      const token = [{ alg: 'ES256', kid: 'x' }, { iss: issuer }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') + '.AA';
      const logout = await site.handle(new Request('http://localhost:3000/auth/backchannel-logout/acme', {
        method: 'POST', body: new URLSearchParams({ logout_token: token }),
      }));
      console.log(logout.status);
    `);
    expect(said.split('\n')).toEqual([
      '303 mfa phr phrh',
      '400 true',
      '200 text/css; charset=utf-8',
      'unknown-key',
      '400',
    ]);
  });

  it('has types that check without skipLibCheck, and without those of Node', () => {
    writeFileSync(
      join(folder, 'app.ts'),
      `import { createOidcClient, dialects, requireMfa, type Visitor } from 'cofactor/oidc-client';
import { oidcClient } from 'cofactor/oidc-client/fetch';
const client = createOidcClient({
  issuers: [{ name: 'acme', label: 'Acme', issuer: 'https://issuer.example', clientId: 'app', dialect: dialects.entra }],
  policies: { Admin: requireMfa({ maxAge: 900 }) },
});
export const GET = oidcClient(client).protect('Admin', (_request, { user }: Visitor) => Response.json(user));
// @ts-expect-error a dialect is needed
createOidcClient({ issuers: [{ name: 'acme', label: 'Acme', issuer: 'https://issuer.example', clientId: 'app' }] });
`,
    );
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2024', 'dom', 'dom.iterable'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
      types: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
    let told = '';
    try {
      run(process.execPath, resolve('node_modules/typescript/bin/tsc'), '-p', '.');
    } catch (error) {
      told = String((error as { readonly stdout?: unknown }).stdout);
    }
    expect(told).toBe('');
  });
});
