import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EnrolmentView, SecurityView } from '../../packages/cofactor/src/http/contract.ts';
import {
  createApp,
  enrolTotp,
  freshSqliteDatabase,
  register,
  signInWithPassword,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import { manifest, packages, type Packages } from '../support/packages.ts';

const element = 'export default class extends HTMLElement {}\n';

describe('U6 a package of the application', () => {
  let database: TestDatabase;
  let files: Packages;
  let app: TestApp;
  beforeEach(async () => {
    database = await freshSqliteDatabase();
    files = packages({
      'acme/cofactor-package.json': manifest({
        element: 'setup.js',
        loginElement: './pages/login.js',
        meta: { label: 'Acme key' },
      }),
      'acme/setup.js': element,
      'acme/pages/login.js': element,
    });
    app = await createApp(database.open(), { extensions: files.folder });
  });
  afterEach(async () => {
    await app.close();
    files.drop();
    await database.drop();
  });

  it('U8 U9 brings the elements with which a provider is set up and answered, and its name', async () => {
    const person = await register(app);
    const before = (await person.browser.get<SecurityView>('/auth/security')).body;
    expect(before.addable).toEqual([
      expect.objectContaining({
        provider: 'totp',
        setupElement: '/auth/extensions/acme/setup.js',
        loginElement: '/auth/extensions/acme/pages/login.js',
        texts: expect.objectContaining({ name: 'Acme key' }) as object,
      }),
    ]);
    const begun = await person.browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
    expect(begun.body.provider.setupElement).toBe('/auth/extensions/acme/setup.js');

    await enrolTotp(app, person);
    const { body } = await signInWithPassword(person, app.browser());
    if (body.status !== 'more-needed') throw new Error('no second step');
    const [offer] = body.ceremony.offers;
    expect(offer?.provider).toMatchObject({
      loginElement: '/auth/extensions/acme/pages/login.js',
      texts: { name: 'Acme key', prompt: 'Enter the 6-digit code from your authenticator app.' },
    });
    expect((await person.browser.get(offer?.provider.loginElement ?? '')).text).toBe(element);
  });

  it('leaves other providers as they are', async () => {
    const { browser } = await register(app);
    const { authenticators } = (await browser.get<SecurityView>('/auth/security')).body;
    expect(authenticators.map(({ provider }) => [provider.texts['name'], provider.setupElement])).toEqual([
      ['Password', undefined],
    ]);
  });

  it('under development shows what was just written', async () => {
    const browser = app.browser();
    expect((await browser.get('/auth/extensions/acme/setup.js')).text).toBe(element);
    files.write('acme/setup.js', '// another\n');
    expect((await browser.get('/auth/extensions/acme/setup.js')).text).toBe('// another\n');
  });
});

describe('what a package may leave out', () => {
  it('its elements, its label, and extensions altogether: then it holds what others import', async () => {
    const database = await freshSqliteDatabase();
    const files = packages({
      'acme/cofactor-package.json': manifest(),
      'shared/cofactor-package.json': {
        $schema: '../../node_modules/cofactor/cofactor-package.schema.json',
        name: 'Shared',
        version: '1.0.0',
        extensions: [],
      },
      'shared/parts.js': 'export const one = 1;\n',
    });
    const more = packages({ 'other/cofactor-package.json': { name: 'Other', extensions: [] } });
    // A list, a URL, and with or without a slash at its end.
    const app = await createApp(database.open(), {
      extensions: [pathToFileURL(files.folder), `${more.folder}/`],
    });
    const { browser } = await register(app);
    const { addable } = (await browser.get<SecurityView>('/auth/security')).body;
    expect(addable[0]).toMatchObject({
      setupElement: '/auth/assets/totp-setup.js',
      texts: { name: 'Authenticator app' },
    });
    expect((await browser.get('/auth/extensions/shared/parts.js')).text).toBe('export const one = 1;\n');
    await app.close();
    files.drop();
    more.drop();
    await database.drop();
  });

  it('two applications in one process have each their own', async () => {
    const database = await freshSqliteDatabase();
    const files = packages({ 'acme/cofactor-package.json': manifest({ meta: { label: 'Acme key' } }) });
    const [one, other] = [
      await createApp(database.open(), { extensions: files.folder }),
      await createApp(database.open(), { realm: 'staff' }),
    ];
    const nameIn = async (app: TestApp): Promise<unknown> => {
      const { browser } = await register(app);
      return (await browser.get<SecurityView>('/auth/security')).body.addable[0]?.texts['name'];
    };
    expect([await nameIn(one), await nameIn(other)]).toEqual(['Acme key', 'Authenticator app']);
    await one.close();
    await other.close();
    files.drop();
    await database.drop();
  });
});

describe('the schema of manifests', () => {
  const text = readFileSync('packages/cofactor/cofactor-package.schema.json', 'utf8');

  it('is served, for editors that are pointed at a running server', async () => {
    const database = await freshSqliteDatabase();
    const app = await createApp(database.open());
    const served = await app.browser().get('/auth/cofactor-package.schema.json');
    expect([served.status, served.text]).toEqual([200, text]);
    expect(served.headers['content-type']).toBe('application/json; charset=utf-8');
    await app.close();
    await database.drop();
  });

  it('is published with the package, and every part of it is described', () => {
    const { exports, files } = JSON.parse(readFileSync('packages/cofactor/package.json', 'utf8')) as {
      exports: Record<string, unknown>;
      files: string[];
    };
    expect(exports['./cofactor-package.schema.json']).toBe('./cofactor-package.schema.json');
    expect(files).toContain('cofactor-package.schema.json');
    const schema = JSON.parse(text) as Schema;
    expect(new Ajv2020({ strict: true }).validateSchema(schema)).toBe(true);
    expect(undescribed(schema)).toEqual([]);
  });
});

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** Properties about which an editor, and the message at start, would have nothing to say. */
function undescribed(schema: Schema, path = ''): string[] {
  const inner = Object.entries({ ...schema.properties, ...schema.$defs });
  return [
    ...(schema.description === undefined ? [path] : []),
    ...inner.flatMap(([key, part]) => undescribed(part, `${path}/${key}`)),
  ];
}
