import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCofactor } from 'cofactor';
import { password } from 'cofactor/password';
import { sqlite } from 'cofactor/sqlite';
import { describe, expect, it } from 'vitest';
import { metadataOf } from '../../packages/cofactor/src/oidc-server/clients.ts';
import { checkOidcOptions } from '../../packages/cofactor/src/oidc-server/options.ts';
import { freshSqliteDatabase } from '../support/app.ts';
import { freePort } from '../support/listening.ts';
import { createOidcApp } from '../support/oidc.ts';
import { spawnServer } from '../support/server.ts';

const root = join(import.meta.dirname, '../..');
const file = 'docs/openid-connect-server.md';
const guide = readFileSync(join(root, file), 'utf8');
const source = (name: string): string =>
  readFileSync(join(root, 'packages/cofactor/src/oidc-server', name), 'utf8');

/** The members of an interface, by the lines that begin them. */
function membersOf(text: string, name: string): readonly string[] {
  const [, body = ''] = new RegExp(`export interface ${name} \\{\\n([^]*?)\\n\\}`).exec(text) ?? [];
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, member = '']) => member);
}

/** The rows of the table whose first heading is this one: what stands in code in the first cell, and the second cell. */
function table(heading: string): ReadonlyMap<string, string> {
  const [, text = ''] =
    new RegExp(`^\\| ${heading} +\\|.*\\n\\|[- |]+\\n((?:\\|.*\\n)+)`, 'm').exec(guide) ?? [];
  const rows = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(
    rows.flatMap(([, first = '', second = '']) =>
      [...first.matchAll(/`([^`]+)`/g)].map(([, name = '']) => [name, second] as const),
    ),
  );
}

const auth = createCofactor({
  database: sqlite(':memory:'),
  factors: [password()],
  environment: 'development',
});

describe(file, () => {
  it('has every member of a client, and no other', () => {
    const members = membersOf(source('clients.ts'), 'OidcClient');
    expect(members.length).toBeGreaterThan(15);
    expect([...table('member').keys()].toSorted()).toEqual([...members].toSorted());
  });

  it('has every option and every lifetime, with the defaults that there are', () => {
    const options = membersOf(source('options.ts'), 'OidcServerOptions');
    expect(options.length).toBeGreaterThan(5);
    expect([...table('option').keys()].toSorted()).toEqual([...options].toSorted());
    const { lifetimes, base, authBase, algorithms } = checkOidcOptions(auth, {});
    const told = [...table('lifetime')].map(([name, cell]) => [name, Number(cell)]);
    expect(Object.fromEntries(told)).toEqual(lifetimes);
    expect(table('option').get('base')).toBe(`\`${base}\``);
    expect(table('option').get('authBase')).toBe(`\`${authBase}\``);
    expect(table('option').get('algorithms')).toBe(`\`['${algorithms.join()}']\``);
  });

  it('has the scopes that a client may ask for where it says nothing', () => {
    const { scope } = metadataOf({ id: 'a', name: 'A', redirectUris: [] });
    expect(table('member').get('scopes')).toBe(`\`${scope ?? ''}\``);
    const named = [...guide.matchAll(/with the scope `(\w+)`/g)].map(([, name]) => name);
    const { scopes } = checkOidcOptions(auth, {});
    expect(new Set(['openid', ...named, 'offline_access'])).toEqual(new Set(scopes));
  });

  it('names paths that are there', async () => {
    const database = await freshSqliteDatabase();
    const test = await createOidcApp(database.open());
    try {
      const paths = [...table('path below the issuer').keys()];
      expect(paths.length).toBeGreaterThan(10);
      for (const path of paths) {
        const url = `/oidc${path.replace('...', 'x')}`;
        const statuses = await Promise.all(
          (['GET', 'POST'] as const).map(
            async (method) => (await test.app.inject({ method, url })).statusCode,
          ),
        );
        expect([path, statuses.every((status) => status === 404)]).toEqual([path, false]);
      }
    } finally {
      await test.close();
      await database.drop();
    }
  });

  it('begins with a server in ten lines, which starts', async () => {
    const [, whole = ''] = /^```ts\n([^]*?)^```$/m.exec(guide) ?? [];
    const lines = whole.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('import '));
    expect(lines.length).toBeLessThanOrEqual(10);
    mkdirSync(join(root, 'test-results'), { recursive: true });
    const folder = mkdtempSync(join(root, 'test-results/oidc-guide-'));
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const text = whole
      .replace("sqlite('app.db')", `sqlite(${JSON.stringify(join(folder, 'app.db'))}), origin: '${origin}'`)
      .replace('port: 3000', `port: ${port}`);
    const script = join(folder, 'app.ts');
    writeFileSync(script, `${text}console.log('listening on ${origin}');\n`);
    const server = await spawnServer(script);
    try {
      const discovery = await fetch(`${origin}/oidc/.well-known/openid-configuration`);
      expect(await discovery.json()).toMatchObject({
        issuer: `${origin}/oidc`,
        acr_values_supported: ['pwd', 'mfa'],
      });
      const query = new URLSearchParams({
        client_id: 'shop',
        redirect_uri: 'http://localhost:4000/callback',
        response_type: 'code',
        scope: 'openid',
        code_challenge: 'x'.repeat(43),
        code_challenge_method: 'S256',
      });
      const answer = await fetch(`${origin}/oidc/auth?${query}`, { redirect: 'manual' });
      expect([answer.status, answer.headers.get('location')]).toEqual([
        303,
        expect.stringMatching(/^(?:http:\/\/localhost:\d+)?\/oidc\/interaction\//),
      ]);
    } finally {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
