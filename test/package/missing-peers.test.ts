import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The built package in a folder where nothing else is installed but what a test puts there. */
describe('a peer that is not installed', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cofactor-peers-'));
    const home = join(folder, 'node_modules/cofactor');
    mkdirSync(home, { recursive: true });
    cpSync('packages/cofactor/dist', join(home, 'dist'), { recursive: true });
    cpSync('packages/cofactor/package.json', join(home, 'package.json'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const load = (code: string): string =>
    execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: folder,
      encoding: 'utf8',
    }).trim();
  const said = (code: string): string =>
    load(`try { ${code}; console.log('fine') } catch (error) { console.log(error.code, error.message) }`);

  it('is not needed by what does not use it', () => {
    expect(said("await import('cofactor/assurance')")).toBe('fine');
  });

  it.each([
    ["await import('cofactor')", 'cofactor needs the package ajv'],
    ["await import('cofactor/sqlite')", 'cofactor/sqlite needs the package better-sqlite3'],
    ["await import('cofactor/postgres')", 'cofactor/postgres needs the package pg'],
    ["await import('cofactor/totp')", 'cofactor/totp needs the package uqr'],
    ["await import('cofactor/webauthn')", 'cofactor/webauthn needs the package @simplewebauthn/server'],
    ["await import('cofactor/openid')", 'OpenID Connect sign-in needs the package openid-client'],
    [
      "const { password } = await import('cofactor/password'); password()",
      'cofactor/password needs the package @node-rs/argon2',
    ],
  ])('%s says which one, and the command that brings it', (code, message) => {
    const answer = said(code);
    expect(answer).toContain(`ERR_PEER_MISSING ${message}: npm install `);
  });

  it('is told one after the other: with the driver there, Kysely is named', () => {
    symlinkSync(
      join(process.cwd(), 'node_modules/better-sqlite3'),
      join(folder, 'node_modules/better-sqlite3'),
    );
    expect(said("await import('cofactor/sqlite')")).toContain('cofactor/sqlite needs the package kysely');
  });

  it('is none of the servers, for the adapters that need no more of them than the shape of their requests', () => {
    symlinkSync(join(process.cwd(), 'node_modules/ajv'), join(folder, 'node_modules/ajv'));
    for (const name of ['cofactor/express', 'cofactor/fetch']) {
      expect([name, said(`await import('${name}')`)]).toEqual([name, 'fine']);
    }
    expect(said("await import('express')")).toContain('ERR_MODULE_NOT_FOUND');
  });

  it('is told by what checks tokens, and not needed by what sends them', () => {
    expect(said("await import('cofactor/oidc-client/step-up-fetch')")).toBe('fine');
    symlinkSync(
      join(process.cwd(), 'node_modules/openid-client'),
      join(folder, 'node_modules/openid-client'),
    );
    const create = (more: string): string =>
      `const { createResourceServer } = await import('cofactor/oidc-client'); createResourceServer({ issuers: [{ issuer: 'https://id.example', ${more} }] })`;
    expect(said(create("audience: 'api'"))).toContain(
      'ERR_PEER_MISSING cofactor/oidc-client needs the package jose: npm install jose',
    );
    // Who asks the issuer about tokens verifies none.
    const asking = "tokens: { introspection: { clientId: 'api', clientSecret: 'secret' } }";
    expect(said(create(`audience: 'api', ${asking}`))).toBe('fine');
  });
});
