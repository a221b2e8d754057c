/** `npm run conformance` as it is used from a shell: what it writes where, and how it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modules } from '../../conformance/modules/index.ts';
import type { Report } from '../../conformance/report.ts';
import { configFor } from '../support/faulty-issuer/checked.ts';
import { secret, startIssuer, type Issuer } from '../support/faulty-issuer/start.ts';

const main = new URL('../../conformance/main.ts', import.meta.url).pathname;

async function command(...names: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, ACME_SECRET: secret, ACME_STRICT_SECRET: secret };
  const child = spawn(process.execPath, [main, ...names], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as number, out, err };
}

describe('npm run conformance', () => {
  let issuer: Issuer;
  let folder: string;
  let file: string;
  beforeAll(async () => {
    issuer = await startIssuer(null);
    folder = await mkdtemp(join(tmpdir(), 'conformance-'));
    file = join(folder, 'issuer.json');
    const config = configFor(issuer);
    // As somebody would keep it: without the secret.
    await writeFile(file, JSON.stringify({ ...config, client: { ...config.client, secret: undefined } }));
  });
  afterAll(async () => {
    await issuer.close();
    await rm(folder, { recursive: true });
  });

  it('passes an issuer that a file describes, with the secret on the command line, and ends with 0', async () => {
    const { code, out, err } = await command(
      '--config',
      file,
      '--client-secret',
      secret,
      '--only',
      'amr,acr-exact',
    );
    expect({ code, err }, err + out).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^http:\/\/127.*\n\npass .* acr-exact .*\npass .* amr .*\n\n2 passed, 0 failed, 0 skipped\n$/,
    );
  });

  it('gets through an issuer as the example of the guide describes it', async () => {
    const example = new URL('../../conformance/example.json', import.meta.url);
    const { accounts } = JSON.parse(await readFile(example, 'utf8')) as {
      accounts: { values: { name: string; key?: string } }[];
    };
    const people = accounts.map(({ values: { name, key = null } }) => [name, key] as const);
    const acme = await startIssuer(null, Object.fromEntries(people));
    try {
      const names = 'acr-values-on-live-session,client-minimum';
      const { code, out, err } = await command(
        '--config',
        example.pathname,
        '--issuer',
        acme.issuer,
        '--only',
        names,
      );
      expect({ code, err }, err + out).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/2 passed, 0 failed, 0 skipped\n$/);
    } finally {
      await acme.close();
    }
  });

  it('is described in its guide, every module of it', async () => {
    const guide = await readFile(new URL('../../conformance/README.md', import.meta.url), 'utf8');
    const rows = [...guide.matchAll(/^\| `([a-z0-9-]+)` +\| (.+?) +\|$/gm)].map(([, name, checks]) => [
      name,
      checks,
    ]);
    expect(rows).toEqual(modules.map(({ name, checks }) => [name, checks]));
  });

  it('says what was seen of a module that failed, and ends with 1', async () => {
    const { code, out, err } = await command('--against', 'bare', '--only', 'amr,unknown-client');
    expect({ code, err }, err + out).toEqual({ code: 1, err: '' });
    expect(out).toContain('the id_token has no amr');
    expect(out).toContain('- a plain request: [firstFactor proved, consent proved] a code');
    expect(out).toMatch(/1 passed, 1 failed, 0 skipped\n$/);
  });

  it('writes nothing but JSON with --json', async () => {
    const { code, out, err } = await command('--against', 'bare', '--only', 'amr,client-minimum', '--json');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    const report = JSON.parse(out) as Report;
    expect(report).toMatchObject({ passed: 0, failed: 1, skipped: 1 });
    expect(report.results.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['amr', 'fail'],
      ['client-minimum', 'skipped'],
    ]);
  });

  it('explains itself, with an example', async () => {
    const { code, out } = await command('--help');
    expect(code).toBe(0);
    expect(out).toContain('npm run conformance -- --config acme.json --issuer https://id.acme.example');
  });

  it('lists what it looks at', async () => {
    const { code, out } = await command('--list');
    expect(code).toBe(0);
    expect(out.match(/^\S.*$/gm)).toEqual(modules.map(({ name }) => name));
  });

  it.each([
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['--against', 'theirs'], '--against takes ours, bare or bare-with-session, not theirs'],
    [['--only', 'nothing'], 'there is no module nothing'],
    [['--config', 'no-such-file.json'], 'no-such-file.json cannot be read'],
    [['--issuer', 'https://id.acme.example'], "/ must have required property 'accounts'"],
    [['--issuer', 'https://id.acme.example', '--against', 'bare'], 'leave --issuer and --config out'],
  ])('%j is wrong use: it says why, and ends with 2', async (names, words) => {
    const { code, out, err } = await command(...names);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(words);
  });

  it('ends with 2 where the issuer is not there', async () => {
    const { code, out, err } = await command('--config', file, '--issuer', 'http://127.0.0.1:9');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('http://127.0.0.1:9 is not to be reached as an issuer');
  });

  it('ends with 2 where a plain sign-in does not work as it is configured', async () => {
    const { code, out, err } = await command('--config', file, '--client-secret', 'another one');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^a plain sign-in does not work as it is configured: .*invalid_client/);
  });
});
