import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standardLevels } from 'cofactor/assurance';
import { emailOtp } from 'cofactor/email-otp';
import { openid } from 'cofactor/openid';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
// Defines the statements, which `statements` then has.
import 'cofactor/sqlite';
import { smsOtp } from 'cofactor/sms-otp';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';
import { problems } from '../../packages/cofactor/src/http/problem.ts';
import type { ConfirmedView, EnrolmentView, ProblemName } from '../../packages/cofactor/src/http/contract.ts';
import { statements } from '../../packages/cofactor/src/stores/sql/statement.ts';
import { sourceFiles, withoutComments } from '../../tools/checks/source-files.ts';
import { network, TestBrowser } from '../support/browser.ts';
import { quickCode } from '../support/codes.ts';
import { spawnServer, type SpawnedServer } from '../support/server.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const anchorsOf = new Map<string, readonly string[]>();

/** Everything that is written for people. */
const documents = [
  ...globSync('*.md', { cwd: root }),
  ...globSync('docs/*.md', { cwd: root }),
  ...globSync('packages/*/README.md', { cwd: root }),
  ...globSync('packages/cofactor/src/factors/*/README.md', { cwd: root }),
  ...globSync('examples/{,*/,*/*/}README.md', { cwd: root }),
].sort();

/** Made from the code; docs-reference.test.ts has its own look at them. */
const reference = globSync('docs/reference/*.md', { cwd: root }).sort();

/** The blocks of code in a language that a document shows. */
function blocks(file: string, language: string): readonly string[] {
  return [...read(file).matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    (match) => match[1] ?? '',
  );
}

/** The cells of every row of every table in a text, without the lines that are headings. */
function rows(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line, index, lines) => line.startsWith('|') && !/^\|[- |]*$/.test(lines[index + 1] ?? ''))
    .filter((line) => !/^\|[- |]*$/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** The rows whose first cell is a name in code, by that name. */
function rowsByName(text: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    rows(text).flatMap((cells): [string, readonly string[]][] => {
      const name = /^`([^`]+)`$/.exec(cells[0] ?? '')?.[1];
      return name === undefined ? [] : [[name, cells]];
    }),
  );
}

/** The text from one heading to the next of the same rank. */
function section(file: string, heading: string): string {
  const [, text = ''] = read(file).split(`\n${heading}\n`);
  const rank = heading.slice(0, heading.indexOf(' ') + 1);
  return text.split(`\n${rank}`)[0] ?? '';
}

/** A folder from which `cofactor` is the built package, as it is for those who installed it. */
function scratch(): string {
  mkdirSync(join(root, 'test-results'), { recursive: true });
  return mkdtempSync(join(root, 'test-results/documents-'));
}

describe('the quick start', () => {
  const [quickStart = ''] = blocks('README.md', 'ts');
  const guarded = 'Only with a second factor.';
  let folder: string;
  let server: SpawnedServer | undefined;
  let origin: string;
  beforeAll(async () => {
    folder = scratch();
    const port = await freePort();
    origin = `http://localhost:${port}`;
    const database = JSON.stringify(join(folder, 'app.db'));
    const text = quickStart
      .replace("sqlite('app.db')", `sqlite(${database}), origin: '${origin}'`)
      .replace('port: 3000', `port: ${port}`);
    const file = join(folder, 'app.ts');
    writeFileSync(file, `${text}console.log('listening on ${origin}');\n`);
    server = await spawnServer(file);
  });
  afterAll(async () => {
    await server?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has at most ten lines beside its imports', () => {
    const lines = quickStart.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('import '));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(10);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
  });

  it('names every package it needs, and none too many', () => {
    const { peerDependencies } = JSON.parse(read('packages/cofactor/package.json')) as {
      peerDependencies: Record<string, string>;
    };
    const installed = /^npm i (cofactor .*)$/m.exec(read('README.md'))?.[1]?.split(' ') ?? [];
    expect(installed.sort()).toEqual(['cofactor', ...Object.keys(peerDependencies)].filter(isQuick).sort());
    const table = [...rowsByName(section('README.md', '## Quick start')).values()].flatMap(([cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]),
    );
    for (const name of table) expect(Object.keys(peerDependencies)).toContain(name);
  });

  it('serves its pages, and leads from the guarded one to sign-in', async () => {
    const html = { accept: 'text/html' };
    const signIn = await fetch(`${origin}/auth/sign-in`, { headers: html });
    const page = await signIn.text();
    expect([signIn.status, page]).toEqual([200, expect.stringContaining('<cofactor-sign-in')]);
    const script = /src="([^"]+)"/.exec(page)?.[1] ?? '';
    expect((await fetch(origin + script)).headers.get('content-type')).toMatch(/^text\/javascript/);

    const away = await fetch(`${origin}/admin`, { headers: html, redirect: 'manual' });
    expect([away.status, away.headers.get('location')]).toEqual([303, '/auth/sign-in?return_to=%2Fadmin']);
    expect((await fetch(`${origin}/admin`)).status).toBe(401);
  });

  it('lets in who has set up an authenticator app and confirmed with a second factor', async () => {
    const browser = new TestBrowser(network(origin), origin);
    await browser.context();
    const response = { password: 'correct horse battery staple' };
    await browser.post('/auth/register', { identifier: 'somebody', provider: 'password', response });
    expect((await browser.page('/admin')).headers['location']).toBe('/auth/security?return_to=%2Fadmin');

    const begun = (await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' })).body;
    const confirmed = await browser.post<ConfirmedView>('/auth/enrolments/confirm', {
      enrolment: begun.enrolment,
      response: { code: quickCode(String(begun.setup['key']), new Date()) },
    });
    expect(confirmed.status).toBe(201);
    const [code] = (confirmed.body.issued[0]?.setup['codes'] ?? []) as string[];

    // The code of the app is used up by the set-up; to wait half a minute for the next one would say no more.
    const stepUp = await browser.post('/auth/step-up', { policy: 'Admin', returnTo: '/admin' });
    const step = stepUp.body;
    if (step.status !== 'more-needed') throw new Error('no step-up');
    const recovery = step.ceremony.offers.find(({ provider }) => provider.usage === 'recovery');
    const done = await browser.post('/auth/ceremony', {
      authenticator: recovery?.authenticator,
      response: { code },
    });
    expect(done.body).toEqual({ status: 'done', returnTo: '/admin' });
    expect((await browser.get('/admin')).text).toBe(guarded);
    expect(quickStart).toContain(guarded);
  });
});

describe('the code in the documents', () => {
  it('has the right types, against the built package', async () => {
    const folder = scratch();
    try {
      const shown = documents.flatMap((file) =>
        blocks(file, 'ts').map((text, index) => ({
          name: `${file.replace(/\W+/g, '-')}-${index + 1}.ts`,
          text,
        })),
      );
      expect(shown.filter(({ name }) => name.startsWith('README-md')).length).toBeGreaterThan(1);
      for (const { name, text } of shown) writeFileSync(join(folder, name), text);
      const config = { extends: join(root, 'examples/tsconfig.json'), include: ['*.ts'], exclude: [] };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
      const tsc = join(root, 'node_modules/.bin/tsc');
      const checked = await promisify(execFile)(tsc, ['--noEmit', '-p', folder]).catch(
        (error: { stdout: string }) => error,
      );
      expect(checked.stdout).toBe('');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});

describe('the links of the documents', () => {
  const pictures = 'docs/pictures';
  const links = [...documents, ...reference].flatMap((file) =>
    [...read(file).matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => match[1] ?? '')
      .filter((link) => !/^[a-z]+:/.test(link))
      .map((link) => {
        const [path = '', heading] = link.split('#');
        return { file, link, target: path === '' ? file : join(dirname(file), path), heading };
      }),
  );

  it('lead to files that exist', () => {
    expect(links.length).toBeGreaterThan(10);
    const broken = links
      .filter(({ target }) => !target.startsWith(pictures) && !existsSync(join(root, target)))
      .map(({ file, link }) => `${file}: ${link}`);
    expect(broken).toEqual([]);
  });

  // Pictures are made from a running example; once one is there, all of them have to be.
  it.skipIf(!existsSync(join(root, pictures)))('show pictures that exist', () => {
    const shown = links.map(({ target }) => target).filter((target) => target.startsWith(pictures));
    expect(shown.filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });

  it('lead to headings that exist', () => {
    const broken = links
      .filter(({ heading }) => heading !== undefined)
      .filter(({ target, heading }) => !anchors(target).includes(heading ?? ''))
      .map(({ file, link }) => `${file}: ${link}`);
    expect(broken).toEqual([]);
  });

  it('and files that are named in passing exist as well', () => {
    const named = documents.flatMap((file) =>
      [...read(file).matchAll(/`((?:packages|test|tools|examples|docs|bench)\/[\w./-]*\w)`/g)].map(
        (match) => `${file}: ${match[1] ?? ''}`,
      ),
    );
    // What a build makes is not in the repository.
    const made = /\/(dist|assets)$/;
    expect(named.length).toBeGreaterThan(5);
    expect(
      named.filter((line) => !made.test(line) && !existsSync(join(root, line.slice(line.indexOf(' ') + 1)))),
    ).toEqual([]);
  });
});

describe('docs/errors.md', () => {
  it('has every code that is thrown, and no other', () => {
    // The type's own list says what may be thrown; what counts is what is. The code of Node's own error is not ours.
    const thrown = sourceFiles()
      .filter(({ name }) => name !== 'core/errors.ts')
      .flatMap(({ code }) => code.match(/(?<=')ERR_[A-Z_]+(?=')/g) ?? [])
      .filter((code) => code !== 'ERR_MODULE_NOT_FOUND');
    expect([...rowsByName(read('docs/errors.md')).keys()].sort()).toEqual([...new Set(thrown)].sort());
  });

  it('names problems that exist', () => {
    const named = rows(section('docs/errors.md', '## While running')).map((cells) =>
      cells[3]?.replaceAll('`', ''),
    );
    expect(named.length).toBeGreaterThan(0);
    for (const name of named) expect(Object.keys(problems)).toContain(name);
  });
});

describe('docs/problems.md', () => {
  it('has every problem with its status, and no other', () => {
    const documented = [...rowsByName(read('docs/problems.md'))].map(([name, cells]) => [
      name,
      Number(cells[1]),
    ]);
    const real = (Object.keys(problems) as ProblemName[]).map((name) => [name, problems[name][0]]);
    expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(real));
  });
});

describe('docs/amr.md', () => {
  it('has the methods of every provider, and those that are derived', () => {
    const providers = [
      password(),
      totp({ issuer: 'Acme' }),
      recoveryCodes(),
      webauthn(),
      emailOtp(),
      smsOtp({ send: 'event' }),
      openid({ name: 'acme', label: 'Acme', issuer: 'https://id.acme.example', clientId: 'shop' }),
    ];
    // What two providers share is a folder too, and none of its own.
    const folders = globSync('packages/cofactor/src/factors/*/index.ts', { cwd: root });
    expect(providers).toHaveLength(folders.length);
    const methods = [...new Set(providers.flatMap(({ proves }) => proves.amr)), 'swk', 'user', 'mfa'];
    const documented = rowsByName(section('docs/amr.md', '## Methods (`amr`)'));
    expect([...documented.keys()].sort()).toEqual(methods.sort());
  });

  it('has the levels of the ladder, in order and with their AAL', () => {
    const documented = [...rowsByName(section('docs/amr.md', '## Levels (`acr`)'))];
    expect(documented.map(([acr, cells]) => [acr, Number(cells[1])])).toEqual(
      standardLevels.map(({ acr, aal }) => [acr, aal]),
    );
  });
});

describe('ARCHITECTURE.md', () => {
  it('lists the statements of a sign-in by their names', () => {
    const listed = rows(section('ARCHITECTURE.md', '## A sign-in, from request to session'))
      .map((cells) => cells[1]?.replaceAll('`', '') ?? '')
      .filter((name) => name !== '');
    expect(listed).toHaveLength(10);
    for (const name of listed) expect([...statements.keys()]).toContain(name);
  });

  it('lists the rooms that there are', () => {
    const folders = globSync('packages/cofactor/src/*/', { cwd: root }).map(
      (path) => `${path.split('/').at(-1)}/`,
    );
    const listed = [...rowsByName(section('ARCHITECTURE.md', '## Rooms')).keys()];
    expect(listed.sort()).toEqual(folders.sort());
  });

  it('lists the tables that there are', () => {
    const made = ['migrations', 'labels'].flatMap((name) => [
      ...read(`packages/cofactor/src/stores/sql/${name}.ts`).matchAll(
        /`?create table (\w+) \(|\['(\w+)', '(\w+)'\]\.flatMap/g,
      ),
    ]);
    const listed = [...rowsByName(section('ARCHITECTURE.md', '## What is stored')).keys()];
    expect(new Set(listed)).toEqual(new Set(made.flatMap((match) => match.slice(1).filter(Boolean))));
  });
});

describe('SECURITY.md', () => {
  const promised = rows(section('SECURITY.md', '## What is promised'));

  it('names for every promise a test that has its id', () => {
    expect(promised.length).toBeGreaterThan(10);
    const without = promised.flatMap(([id = '', , tests = '']) => {
      // A file may hold a promise under the id of an attack, which then stands behind it: `[x](x.test.ts) (A-21)`.
      const named = [...tests.matchAll(/\]\(([^)]+)\)(?: \((A-\d+)\))?/g)];
      if (named.length === 0) return [`${id} has no test`];
      return named
        .map(([, file = '', attack = id]) => ({ file, wanted: attack }))
        .filter(({ file, wanted }) => !existsSync(join(root, file)) || !hasTitle(read(file), wanted))
        .map(({ file, wanted }) => `${wanted} is in no title of ${file}`);
    });
    expect(without).toEqual([]);
  });

  it('has each id once', () => {
    const ids = promised.map(([id]) => id);
    expect(ids.filter((id) => !/^I-\d\d$/.test(id ?? ''))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

/** Whether an id stands in a text of the code, which is what titles are, and not only in a comment. */
function hasTitle(text: string, id: string): boolean {
  return new RegExp(`['"\`][^'"\`\\n]*\\b${id}\\b`).test(withoutComments(text));
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, 'localhost');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** What the quick start does without: another database, and factors that it does not have. */
function isQuick(name: string): boolean {
  return !['pg', '@simplewebauthn/server', 'nodemailer', 'oidc-provider', 'openid-client', 'jose'].includes(
    name,
  );
}

/** The anchors that headings get where the repository is read: lower case, hyphens for spaces, no punctuation. */
function anchors(file: string): readonly string[] {
  const known = anchorsOf.get(file);
  if (known) return known;
  const seen = new Map<string, number>();
  const found = [...read(file).matchAll(/^#+ (.+)$/gm)].map((match) => {
    const anchor = (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
  anchorsOf.set(file, found);
  return found;
}
