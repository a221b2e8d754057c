import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  loadSettings,
  metricTable,
  SettingsError,
  settingsTable,
  type Setting,
  type Settings,
} from '../../packages/server/src/index.ts';
import { warningsOf } from '../../packages/server/src/settings/load.ts';
import { testServer } from '../support/serve.ts';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'cofactor-settings-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const key = Buffer.alloc(32, 7).toString('base64');
const names = Object.keys(settingsTable) as (keyof Settings)[];
const table = settingsTable as Readonly<Record<string, Setting<unknown>>>;

function faultsOf(sources: Partial<Parameters<typeof loadSettings>[0]>): readonly string[] {
  try {
    loadSettings({ file: null, env: {}, ...sources });
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
}

/** What the server says of settings that can be read and still cannot be used. */
async function faultsAtStart(given: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  try {
    const { close } = await testServer(given);
    await close();
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
}

function written(name: string, content: string, mode = 0o600): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

describe('settings', () => {
  const canary = 'CANARY\u0000 value';

  it('I-28 names every wrong setting of a file at once, with what it takes, and repeats no value', () => {
    const wrong = Object.fromEntries(names.map((name) => [name, { canary }]));
    const faults = faultsOf({ file: written('wrong.json', JSON.stringify(wrong)) });
    // An object is no wrong `resources`, whose content somebody else looks at.
    for (const name of names.filter((one) => one !== 'resources')) {
      expect(faults).toContain(`${name} takes ${table[name]?.takes}`);
    }
    expect(faults.join('\n')).not.toContain('CANARY');
  });

  it('I-28 does so for the environment, by the names of both', () => {
    const env = Object.fromEntries(names.map((name) => [table[name]?.env ?? '', canary]));
    const faults = faultsOf({ env });
    for (const name of names.filter((one) => !['name', 'providers', 'extensions'].includes(one))) {
      expect(faults).toContain(`${table[name]?.env} (${name}) takes ${table[name]?.takes}`);
    }
    expect(faults.join('\n')).not.toContain('CANARY');
  });

  it.each([
    [
      { env: { COFACTOR_REGISTARTION: 'true' } },
      'COFACTOR_REGISTARTION: there is no setting of this name; is it COFACTOR_REGISTRATION?',
    ],
    [{ env: { COFACTOR_PASSWORD: 'x' } }, 'COFACTOR_PASSWORD: there is no setting of this name'],
    [{ env: { COFACTOR_NAME_FILE: '/x' } }, 'COFACTOR_NAME_FILE: only what is secret can come from a file'],
    [{ env: { COFACTOR_KEYS: '' } }, 'COFACTOR_KEYS (keys) is empty: set it or leave it out'],
    [
      { env: { COFACTOR_KEYS: `a:${key}`, COFACTOR_KEYS_FILE: '/x' } },
      'COFACTOR_KEYS and COFACTOR_KEYS_FILE are both set; leave one out',
    ],
    [{ env: { COFACTOR_KEYS_FILE: '/is/not/there' } }, 'COFACTOR_KEYS_FILE names a file that cannot be read'],
  ])('%j: %s', (sources, fault) => {
    expect(faultsOf(sources)).toContain(fault);
  });

  it('names what is unknown in a file, and what may have been meant', () => {
    const file = written('unknown.json', '{"orgin":"https://a.example","constructor":1,"__proto__x":2}');
    const faults = faultsOf({ file });
    expect(faults).toContain('orgin: there is no setting of this name; is it origin?');
    expect(faults.filter((fault) => fault.includes('no setting of this name'))).toHaveLength(3);
  });

  it('I-28 quotes nothing of a file that is not JSON', () => {
    const file = written('broken.json', `{"keys": [{"id":"a","secret":"CANARY"`);
    expect(faultsOf({ file })).toEqual([`${file} is not JSON`]);
    expect(faultsOf({ file: join(folder, 'none.json') })).toEqual([
      `${join(folder, 'none.json')} cannot be read`,
    ]);
    expect(faultsOf({ file: written('list.json', '[1]') })).toEqual([
      `${join(folder, 'list.json')} takes one object in JSON`,
    ]);
  });

  it('takes what is given before the environment, that before the file, and that before the standard', () => {
    const file = written('order.json', '{"name":"File","port":1000,"registration":true}');
    const env = { COFACTOR_NAME: 'Environment', COFACTOR_PORT: '2000' };
    const { name, port, registration, host } = loadSettings({ file, env, given: { name: 'Given' } });
    expect([name, port, registration, host]).toEqual(['Given', 2000, true, 'localhost']);
  });

  it('reads a secret from the file that a variable names', () => {
    const env = { COFACTOR_KEYS_FILE: written('keys', `one:${key}\n`) };
    expect(loadSettings({ file: null, env }).keys).toEqual([{ id: 'one', secret: key }]);
  });

  it('is not led astray by the variables of a Kubernetes service called cofactor', () => {
    const env = {
      COFACTOR_PORT: 'tcp://10.0.0.1:3000',
      COFACTOR_PORT_3000_TCP: 'tcp://10.0.0.1:3000',
      COFACTOR_PORT_3000_TCP_ADDR: '10.0.0.1',
      COFACTOR_SERVICE_HOST: '10.0.0.1',
      COFACTOR_SERVICE_PORT_HTTP: '3000',
    };
    expect(loadSettings({ file: null, env }).port).toBe(3000);
  });

  it('warns of a file with secrets that everybody can read, and of no other', () => {
    const keys = [{ id: 'a', secret: key }];
    const open = written('open.json', JSON.stringify({ keys }), 0o644);
    const shut = written('shut.json', JSON.stringify({ keys }), 0o640);
    const plain = written('plain.json', '{"name":"Acme"}', 0o644);
    const pointed = written('open-keys', `one:${key}`, 0o604);
    const warned = (file: string | null, env = {}): readonly string[] =>
      warningsOf(loadSettings({ file, env }));
    expect(warned(open)).toEqual([expect.stringContaining(`${open} has secrets in it`)]);
    expect(warned(null, { COFACTOR_KEYS_FILE: pointed })).toEqual([expect.stringContaining(pointed)]);
    expect([...warned(shut), ...warned(plain)]).toEqual([]);
  });
});

describe('the README of the server', () => {
  const readme = readFileSync(new URL('../../packages/server/README.md', import.meta.url), 'utf8');

  it('has every setting with its variable, and every metric with its labels', () => {
    for (const name of names) {
      expect(readme).toMatch(new RegExp(`^\\| \`${name}\` +\\| \`${table[name]?.env}\``, 'm'));
    }
    for (const [name, { labels }] of Object.entries(metricTable)) {
      const listed = Object.keys(labels).map((label) => `\`${label}\``);
      expect(readme).toMatch(new RegExp(`^\\| \`${name}\` +\\| ${listed.join(', ')} *\\|`, 'm'));
    }
  });
});

describe('settings that do not go together', () => {
  const production = {
    NODE_ENV: 'production',
    COFACTOR_ORIGIN: 'https://login.example.com',
    COFACTOR_KEYS: `a:${key}`,
  };

  it('takes a whole production', () => {
    expect(faultsOf({ env: production })).toEqual([]);
    expect(loadSettings({ file: null, env: production }).environment).toBe('production');
  });

  it.each<[string, Readonly<Record<string, string | undefined>>]>([
    ['origin has to be set in production', { COFACTOR_ORIGIN: undefined }],
    ['origin takes an https address in production', { COFACTOR_ORIGIN: 'http://localhost:3000' }],
    ['database: production needs one that outlives', { COFACTOR_DATABASE: ':memory:' }],
    [
      'keys has to be set where several nodes',
      { COFACTOR_DATABASE: 'postgres://db/x', COFACTOR_KEYS: undefined },
    ],
    ['keys: an id stands twice', { COFACTOR_KEYS: `a:${key},a:${key}` }],
    ['mailFrom has to be set where mail is', { COFACTOR_MAIL: 'smtps://mail.example.com' }],
    ['mail has to be set where mailFrom is', { COFACTOR_MAIL_FROM: 'a@example.com' }],
    ['factors: email-otp needs mail', { COFACTOR_FACTORS: 'password,email-otp,totp' }],
    [
      'factors: email-otp is not allowed',
      { COFACTOR_FACTORS: 'password,email-otp', COFACTOR_PROFILE: 'nist-800-63b-4' },
    ],
    ['factors takes each name once', { COFACTOR_FACTORS: 'password,totp,totp' }],
    ['sessionIdle cannot be longer', { COFACTOR_SESSION_IDLE: '7200', COFACTOR_SESSION_ABSOLUTE: '3600' }],
    ['metricsPort cannot be the same', { COFACTOR_PORT: '9464' }],
  ])('I-29 %s', (fault, env) => {
    expect(faultsOf({ env: { ...production, ...env } })).toContainEqual(expect.stringContaining(fault));
  });

  it('I-29 takes http for localhost under development, and for nothing else', () => {
    expect(faultsOf({ env: { COFACTOR_ORIGIN: 'http://localhost:8080' } })).toEqual([]);
    expect(faultsOf({ env: { COFACTOR_ORIGIN: 'http://login.example.com' } })).toEqual([
      'origin takes an https address; http is for localhost under development only',
    ]);
    for (const origin of ['ftp://x.example', 'https://x.example/path', 'https://me:secret@x.example', 'x']) {
      expect(faultsOf({ env: { COFACTOR_ORIGIN: origin } })).toHaveLength(1);
    }
  });

  it.each(['10.0.0.0/33', '300.1.1.1', '::1/129', '10.0.0.0/8/8', 'proxy'])(
    'A-201 refuses %s among trusted proxies',
    (proxy) => {
      expect(faultsOf({ env: { COFACTOR_TRUSTED_PROXIES: `10.0.0.1,${proxy}` } })).toHaveLength(1);
    },
  );
});

describe('settings that the library refuses', () => {
  it('names all of them at once by the names of the settings, and repeats no secret (I-28)', async () => {
    const secret = 'CANARY-short';
    const faults = await faultsAtStart({
      clients: [
        { id: 'shop', name: 'Shop', redirectUris: ['https://shop.example/callback'], secret },
        { id: 'till', name: 'Till', redirectUris: ['not an address'] },
      ],
      resources: { 'not an address': { scopes: ['read'] } },
      extensions: ['/is/not/there'],
    });
    expect(faults).toContainEqual(expect.stringMatching(/^clients: client "shop": secret takes/));
    expect(faults).toContainEqual(expect.stringMatching(/^clients: client "till":/));
    expect(faults).toContainEqual(expect.stringMatching(/^resources/));
    expect(faults).toContainEqual(expect.stringMatching(/^extensions/));
    expect(faults.join('\n')).not.toContain('CANARY');
  });

  it('I-29 refuses the development key under a real name', async () => {
    const development = Buffer.from('cofactor development key, known to everyone').toString('base64');
    const given = { origin: 'https://login.example.com', keys: [{ id: 'x', secret: development }] };
    expect(await faultsAtStart(given)).toEqual([expect.stringMatching(/^keys takes/)]);
  });

  it('names an issuer that is wrong, and a module that is no provider', async () => {
    const file = written('empty.mjs', 'export default 1;');
    const issuers = [
      { name: 'Google', label: 'Google', issuer: 'https://accounts.google.com', clientId: 'x' },
    ];
    const faults = await faultsAtStart({ issuers, providers: [file, '/is/not/there.js'] });
    expect([...faults].sort()).toEqual([
      expect.stringMatching(/^issuers: number 1: .*name/),
      expect.stringContaining('providers: /is/not/there.js cannot be loaded'),
      `providers: ${file} has no factor provider as its default export`,
    ]);
  });

  it('I-29 has no mailbox that everybody can read in production', async () => {
    const given = {
      environment: 'production',
      origin: 'https://localhost:3443',
      keys: [{ id: 'own', secret: key }],
    };
    const { server, close } = await testServer(given);
    expect(server.realms.get('users')?.engine.config.mail).toBeNull();
    await close();
  });

  it('says that the data folder or the database cannot be made, and no more', async () => {
    const file = written('a-file', '');
    expect(await faultsAtStart({ data: join(file, 'below') })).toEqual([expect.stringMatching(/^data: /)]);
    const database = join(file, 'CANARY', 'x.db');
    expect(await faultsAtStart({ database })).toEqual([
      'database: the file cannot be opened or made (ENOTDIR)',
    ]);
  });
});
