import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ContextView } from '../../packages/cofactor/src/http/contract.ts';
import type { ExtensionList } from '../../packages/server/src/back-office/contract.ts';
import { freshSqliteDatabase, type TestDatabase } from '../support/app.ts';
import { createOffice, signIn, staff, type Staff, type TestOffice } from '../support/back-office.ts';

let database: TestDatabase;
let folder: string;
let office: TestOffice;
let owner: Staff;
const logged: unknown[] = [];

const extension = (alias: string, forProviderName: string, more: object = {}): object => ({
  type: 'mfaLoginProvider',
  alias,
  name: alias,
  forProviderName,
  ...more,
});

beforeAll(async () => {
  database = await freshSqliteDatabase();
  folder = mkdtempSync(join(tmpdir(), 'cofactor-extensions-'));
  const put = (name: string, manifest: unknown): void => {
    mkdirSync(join(folder, name));
    const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
    writeFileSync(join(folder, name, 'cofactor-package.json'), text);
    writeFileSync(join(folder, name, 'element.js'), 'export default class extends HTMLElement {}');
  };
  const whole = (...extensions: object[]): object => ({ name: 'x', version: '1.0.0', extensions });
  put('aa-good', whole(extension('good', 'totp', { element: './element.js', meta: { label: 'Our app' } })));
  put('bb-taken', whole(extension('other', 'password'), extension('good', 'recovery-codes')));
  put('cc-broken', '{');
  put('dd-unknown', whole(extension('unknown', 'nobody')));
  put('ee-missing', whole(extension('missing', 'password', { loginElement: './not-there.js' })));
  const log = (details: object, message: string): void => void logged.push([message, details]);
  office = await createOffice(database, {
    extensions: folder,
    wrongExtensions: 'leave-out',
    log: { info: log, warn: log, error: log },
  });
  owner = await staff(office, ['owner']);
});
afterAll(async () => {
  await office.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

it('U6 a wrong manifest is left out as a whole, told in the log and in the back office, and hides nothing else', async () => {
  const { body } = await owner.browser.get<ExtensionList>('/admin/api/realms/users/extensions');
  expect(body.packages.map(({ name, state }) => [name, state])).toEqual([
    ['aa-good', 'in-use'],
    ['bb-taken', 'wrong'],
    ['cc-broken', 'wrong'],
    ['dd-unknown', 'wrong'],
    ['ee-missing', 'wrong'],
  ]);
  const problems = body.packages.map(({ problem }) => problem);
  expect(problems).toEqual([
    null,
    expect.stringContaining('good is taken'),
    expect.stringContaining('is not JSON'),
    expect.stringContaining('nobody is not in factors'),
    expect.stringContaining('not-there.js is not there'),
  ]);
  expect(body.packages[0]?.extensions).toEqual([
    { alias: 'good', provider: 'totp', label: 'Our app', setupElement: './element.js', loginElement: null },
  ]);
  expect(logged.filter((line) => JSON.stringify(line).includes('left out'))).toHaveLength(4 * 2);
});

it('I-12 nothing of it is served, and its providers are asked for as ever', async () => {
  const browser = office.browser();
  expect((await browser.get('/auth/extensions/aa-good/element.js')).status).toBe(200);
  for (const name of ['bb-taken', 'cc-broken', 'dd-unknown', 'ee-missing']) {
    expect((await browser.get(`/auth/extensions/${name}/element.js`)).status).toBe(404);
  }
  const { first } = await browser.get<ContextView>('/auth/context').then(({ body }) => body);
  expect(first.map(({ provider, loginElement }) => [provider, loginElement])).toEqual([
    ['password', undefined],
  ]);
  const again = await signIn(office, owner.seeded);
  expect((await again.get('/admin/api/context')).status).toBe(200);
});
