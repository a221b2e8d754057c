import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createHandler } from 'cofactor/http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp, freshSqliteDatabase, type TestApp, type TestDatabase } from '../support/app.ts';
import { manifest, packages, type Packages } from '../support/packages.ts';

let database: TestDatabase;
let files: Packages;
let app: TestApp | undefined;
beforeEach(async () => {
  database = await freshSqliteDatabase();
  files = packages();
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  files.drop();
  await database.drop();
});

const start = async (extensions: unknown = files.folder): Promise<TestApp> =>
  (app = await createApp(database.open(), { extensions: extensions as string }));
const element = 'export default class extends HTMLElement {}\n';
/** How the message about a file of the package begins. */
const about = (path: string): string => `extensions: ${join(files.folder, path)}`;

describe('a package that is wrong is told at start, with its file and what is wrong in it', () => {
  const cases: readonly (readonly [what: string, set: () => void, said: string])[] = [
    [
      'a manifest that is no JSON',
      () => files.write('acme/cofactor-package.json', '{ "name": '),
      'acme/cofactor-package.json: is not JSON: ',
    ],
    [
      'a type that does not exist',
      () => files.write('acme/cofactor-package.json', manifest({ type: 'mfaActivationProvider' })),
      'acme/cofactor-package.json: /extensions/0/type must be equal to constant. The kind of extension. There is one so far: mfaLoginProvider.',
    ],
    [
      'a property that does not exist',
      () => files.write('acme/cofactor-package.json', manifest({ elementName: 'acme-totp' })),
      'acme/cofactor-package.json: /extensions/0 must NOT have additional properties ("elementName")',
    ],
    [
      'something missing',
      () => files.write('acme/cofactor-package.json', manifest({ alias: undefined })),
      "acme/cofactor-package.json: /extensions/0 must have required property 'alias'",
    ],
    [
      'no manifest at all',
      () => files.write('acme/package.json', {}),
      'acme/: has no cofactor-package.json.',
    ],
    [
      'a manifest beside the packages',
      () => files.write('cofactor-package.json', manifest()),
      'cofactor-package.json: stands beside the packages; it belongs into a folder of its own.',
    ],
    [
      'no package at all',
      () => files.write('read.me', ''),
      '/: holds no package: <package>/cofactor-package.json.',
    ],
    [
      'a name that no address should have',
      () => files.write('Acme 2/cofactor-package.json', manifest()),
      'Acme 2/: a package has a name of 1 to 64 lower-case letters, digits and hyphens.',
    ],
    [
      'a provider that is not registered',
      () => files.write('acme/cofactor-package.json', manifest({ forProviderName: 'paper' })),
      'acme/cofactor-package.json: /extensions/0/forProviderName paper is not in factors, which has password, totp, recovery-codes.',
    ],
    [
      'an alias that is there twice',
      () => {
        files.write('acme/cofactor-package.json', manifest());
        files.write('other/cofactor-package.json', manifest({ forProviderName: 'password' }));
      },
      'other/cofactor-package.json: /extensions/0/alias Acme.Totp is taken; each needs its own.',
    ],
    [
      'a provider that two want',
      () => {
        files.write('acme/cofactor-package.json', manifest());
        files.write('other/cofactor-package.json', manifest({ alias: 'Other' }));
      },
      'other/cofactor-package.json: /extensions/0/forProviderName totp has an extension already; it can have one.',
    ],
    [
      'an element that is not there',
      () => files.write('acme/cofactor-package.json', manifest({ element: 'setup.js' })),
      'acme/cofactor-package.json: /extensions/0/element setup.js is not there.',
    ],
    [
      'a login element that is not there',
      () => files.write('acme/cofactor-package.json', manifest({ loginElement: './login.js' })),
      'acme/cofactor-package.json: /extensions/0/loginElement ./login.js is not there.',
    ],
    [
      'an element that is spelled otherwise',
      () => {
        files.write('acme/Setup.js', element);
        files.write('acme/cofactor-package.json', manifest({ element: 'setup.js' }));
      },
      'acme/cofactor-package.json: /extensions/0/element setup.js is not there.',
    ],
  ];
  it.each(cases)('%s', async (_what, set, said) => {
    set();
    await expect(start()).rejects.toMatchObject({
      code: 'ERR_CONFIG_EXTENSIONS',
      message: expect.stringContaining(said.startsWith('/') ? `${about('')}${said}` : about(said)) as string,
    });
  });

  it.each([
    '../other/setup.js',
    '/etc/passwd.js',
    '..\\setup.js',
    'a/../../setup.js',
    '.hidden/setup.js',
    'setup.js?x',
    'https://evil.example/setup.js',
    'setup.mjs',
    'setup',
  ])('an element that leads out of the package, or is no module: %s', async (path) => {
    files.write('setup.js', element);
    files.write('acme/.hidden/setup.js', element);
    files.write('acme/cofactor-package.json', manifest({ element: path }));
    await expect(start()).rejects.toMatchObject({
      code: 'ERR_CONFIG_EXTENSIONS',
      message: expect.stringContaining('/extensions/0/element must match pattern') as string,
    });
  });

  it('an element, a manifest or a package that is a link', async () => {
    files.write('outside.js', element);
    files.write('acme/cofactor-package.json', manifest({ element: 'setup.js' }));
    symlinkSync(join(files.folder, 'outside.js'), join(files.folder, 'acme/setup.js'));
    await expect(start()).rejects.toThrow('/extensions/0/element setup.js is no file of this package itself');

    const linked = packages({ 'manifest.json': manifest(), 'acme/setup.js': element });
    symlinkSync(join(linked.folder, 'manifest.json'), join(linked.folder, 'acme/cofactor-package.json'));
    await expect(start(linked.folder)).rejects.toThrow('is no file of its own, but a link');
    linked.drop();

    const other = packages();
    symlinkSync(join(files.folder, 'acme'), join(other.folder, 'acme'));
    await expect(start(other.folder)).rejects.toThrow('is a symbolic link');
    other.drop();
  });

  it('the same package in two folders', async () => {
    files.write('acme/cofactor-package.json', { name: 'Acme', extensions: [] });
    const other = packages({ 'acme/cofactor-package.json': { name: 'Acme', extensions: [] } });
    await expect(start([files.folder, other.folder])).rejects.toThrow(
      'another folder has a package of this name',
    );
    other.drop();
  });

  it('a folder that is not there, or an option that is none', async () => {
    await expect(start(join(files.folder, 'nowhere'))).rejects.toThrow('is no folder that can be read');
    for (const odd of ['', 7, null, {}, [undefined], new URL('https://example.com/'), [['a']]]) {
      await expect(start(odd)).rejects.toMatchObject({
        code: 'ERR_CONFIG_EXTENSIONS',
        message: expect.stringContaining('extensions takes a folder') as string,
      });
    }
  });

  it('a folder that was named by mistake is not served as a whole', async () => {
    files.write('acme/cofactor-package.json', { name: 'Acme', extensions: [] });
    for (let n = 0; n <= 500; n += 1) files.write(`acme/${n}.js`, element);
    await expect(start()).rejects.toThrow('has more than 500 files');
  });
});

describe('A-21 nothing is served but the files of packages', () => {
  const secret = 'marked-secret-of-the-server';
  beforeEach(async () => {
    files.write('secret.js', secret);
    files.write('acme/cofactor-package.json', manifest({ element: 'setup.js' }));
    files.write('acme/setup.js', element);
    files.write('acme/parts/icon.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
    files.write('acme/style.css', 'p { color: red }');
    files.write('acme/words.json', '{}');
    for (const name of [
      '.env.js',
      'index.ts',
      'server.mjs',
      'page.html',
      'keys.pem',
      'noext',
      'node_modules/x/a.js',
      '.git/a.js',
    ])
      files.write(`acme/${name}`, secret);
    symlinkSync(join(files.folder, 'secret.js'), join(files.folder, 'acme/link.js'));
    symlinkSync(files.folder, join(files.folder, 'acme/up'));
    await start();
  });

  it.each([
    ['acme/setup.js', 'text/javascript; charset=utf-8'],
    ['acme/parts/icon.svg', 'image/svg+xml; charset=utf-8'],
    ['acme/style.css', 'text/css; charset=utf-8'],
    ['acme/words.json', 'application/json; charset=utf-8'],
  ])('%s, as what it is, with the headers of every answer', async (path, type) => {
    const answer = await app?.browser().get(`/auth/extensions/${path}`);
    expect(answer?.status).toBe(200);
    expect(answer?.headers).toMatchObject({
      'content-type': type,
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("script-src 'self'") as string,
      'cross-origin-resource-policy': 'same-origin',
    });
    const etag = String(answer?.headers['etag']);
    const again = await app
      ?.browser()
      .get(`/auth/extensions/${path}`, { headers: { 'if-none-match': etag } });
    expect([again?.status, again?.text]).toEqual([304, '']);
  });

  it.each([
    'secret.js',
    '../secret.js',
    'acme/../secret.js',
    'acme/../../secret.js',
    'acme/..%2fsecret.js',
    'acme%2f..%2fsecret.js',
    'acme/%2e%2e/secret.js',
    'acme/..\\secret.js',
    'acme//setup.js',
    './acme/setup.js',
    'acme/./setup.js',
    'ACME/setup.js',
    'acme/SETUP.JS',
    'acme/setup.js%00.css',
    'acme/setup.js/',
    'acme/setup%2ejs',
    'acme/cofactor-package.json',
    'acme/link.js',
    'acme/up/secret.js',
    'acme/.env.js',
    'acme/index.ts',
    'acme/server.mjs',
    'acme/page.html',
    'acme/keys.pem',
    'acme/noext',
    'acme/node_modules/x/a.js',
    'acme/.git/a.js',
    'acme/',
    'acme',
    '',
    '__proto__',
    'constructor',
    'acme/constructor',
    '/etc/passwd',
    'C:/windows/win.ini',
  ])('not %j', async (path) => {
    if (!app) throw new Error('not started');
    // Asked as it is spelled: servers in front, and those of tests, make paths plain before.
    const answer = await createHandler(
      app.auth,
      '/auth',
    )({
      method: 'GET',
      url: `/auth/extensions/${path}`,
      headers: {},
      body: null,
      remoteAddress: '192.0.2.1',
    });
    expect(answer.status).toBe(404);
    expect(String(answer.body)).not.toContain(secret);
  });

  it('nor to who sends something there', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect((await app?.browser().send(method, '/auth/extensions/acme/setup.js'))?.status).toBe(404);
  });
});
