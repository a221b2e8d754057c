import { afterAll, beforeAll, expect, it } from 'vitest';
import type {
  ClientMade,
  InvitedView,
  IssuerView,
  LinkView,
  WebhookMade,
} from '../../packages/server/src/back-office/contract.ts';
import { backOfficeRoutes } from '../../packages/server/src/back-office/index.ts';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import { confirm, createOffice, staff, type Staff, type TestOffice } from '../support/back-office.ts';
import { post } from '../support/oidc.ts';
import { seed, type Seeded } from '../support/seed.ts';
import { dump } from '../support/tables.ts';

const reason = 'asked by telephone';
const issuer = { label: 'Other', issuer: 'https://issuer.example', clientId: 'us' };

onEachDatabase('A-81 I-28 what the back office tells', (fresh) => {
  let database: TestDatabase;
  let office: TestOffice;
  let owner: Staff;
  let target: Seeded;
  const logged: string[] = [];
  beforeAll(async () => {
    database = await fresh();
    const log = (details: object, message: string): void =>
      void logged.push(
        JSON.stringify([details, message], (_key, value: unknown) =>
          value instanceof Error ? `${value.name} ${value.message}` : value,
        ),
      );
    office = await createOffice(database, { log: { info: log, warn: log, error: log } });
    owner = await staff(office, ['owner']);
    [target] = (await seed(office.users, 1)) as [Seeded];
  });
  afterAll(async () => {
    await office.close();
    await database.drop();
  });

  const at = '/admin/api/realms/users';
  async function change<Body>(method: string, path: string, body: object): Promise<Body> {
    await confirm(office, owner);
    const answer = await owner.browser.send<Body>(method, `${at}${path}`, { body });
    expect([path, answer.status, answer.problem]).toEqual([
      path,
      expect.toSatisfy((n: number) => n < 300),
      null,
    ]);
    return answer.body;
  }

  it('no secret is in anything it tells afterwards, or in what is recorded and logged', async () => {
    const secrets = new Map<string, string>([
      ['password', target.password],
      ['key of an app', target.keys[0] ?? ''],
      ['own key', owner.seeded.keys[0] ?? ''],
      ...target.recovery.map((code, n): [string, string] => [`recovery code ${n}`, code]),
    ]);
    for (const [name, value] of owner.browser.cookies) {
      if (name.endsWith('-session') || name.endsWith('-csrf')) secrets.set(name, value);
    }
    for (const { data } of await database.query('select data from authenticators')) {
      secrets.set('sealed data', String(data));
    }
    const client = await change<ClientMade>('POST', '/clients', {
      id: 'till',
      name: 'Till',
      redirectUris: ['https://till.example/cb'],
      confidential: true,
    });
    secrets.set('client secret', client.secret ?? '');
    const renewed = await change<ClientMade>('POST', '/clients/till/secret', {});
    secrets.set('new client secret', renewed.secret ?? '');
    expect(renewed.secret).toMatch(/^[\w-]{43}$/);
    expect(renewed.secret).not.toBe(client.secret);
    const replaced = await change('PUT', '/clients/till', {
      name: 'Till 2',
      redirectUris: ['https://till.example/cb'],
    });
    expect(replaced).toMatchObject({ name: 'Till 2', hasSecret: true });
    // It goes on with the secret that it has, and no longer with the one before.
    const grant = { grant_type: 'authorization_code', code: 'x', redirect_uri: 'https://till.example/cb' };
    const tried = async (secret: string | null): Promise<unknown> =>
      (await post<{ error: string }>(office, '/oidc/token', { id: 'till', secret } as never, grant)).body
        .error;
    office.clock.advance(2);
    expect(await tried(renewed.secret)).toBe('invalid_grant');
    expect(await tried(client.secret)).toBe('invalid_client');

    const issuerSecret = 'secret-at-the-other-issuer';
    secrets.set('issuer secret', issuerSecret);
    const issued = await change<IssuerView>('PUT', '/issuers/other', {
      ...issuer,
      clientSecret: issuerSecret,
    });
    expect(issued).toMatchObject({ name: 'other', hasSecret: true, inUse: false });
    const hook = await change<WebhookMade>('POST', '/webhooks', {
      name: 'Hook',
      url: 'http://127.0.0.1:9/',
      types: '*',
    });
    secrets.set('webhook secret', hook.secret);
    const invited = await change<InvitedView>('POST', '/users', { identifier: 'somebody-new', by: 'link' });
    secrets.set('invitation', invited.invitation.link?.split('#')[1] ?? '');
    await change('POST', `/users/${target.id}/reset-mfa`, { reason });
    const permit = await change<LinkView>('POST', `/users/${target.id}/permit`, { by: 'link', reason });
    secrets.set('permit', permit.link?.split('#')[1] ?? '');
    for (const [name, value] of secrets) expect([name, value.length > 5]).toEqual([name, true]);

    const nowhere = { users: {}, realms: new Map(), base: '/admin' } as never;
    const texts = new Map<string, string>();
    for (const { method, path } of backOfficeRoutes(nowhere)) {
      if (method !== 'GET') continue;
      const ids = path.includes(':user') ? [target.id, owner.id, invited.user.id] : [''];
      for (const id of ids) {
        const url = `/admin/api${path.replace(':realm', 'users').replace(':user', id)}`;
        const answer = await owner.browser.get(url);
        expect([url, answer.status]).toEqual([url, 200]);
        // The token of this very browser is in its context, and nowhere else.
        texts.set(url, path === '/context' ? answer.text.replace(owner.browser.csrf, '') : answer.text);
      }
    }
    texts.set('log', logged.join('\n'));
    texts.set(
      'database',
      (await dump(database)).filter((row) => !row.startsWith('authenticators ')).join('\n'),
    );
    for (const [name, secret] of secrets) {
      for (const [where, text] of texts) {
        // A sealed secret stands in its own row, and in no other place.
        if (name === 'sealed data' && where === 'database') continue;
        expect([name, where, text.includes(secret)]).toEqual([name, where, false]);
      }
    }
    expect(texts.get(`${at}/users/${target.id}`)).toContain(target.identifier);
  });

  it('the secret of an issuer is not led to another address by who does not know it', async () => {
    await change('PUT', '/issuers/lured', { ...issuer, clientSecret: 'known to few' });
    await change('PUT', '/issuers/lured', { ...issuer, label: 'Renamed' });
    await confirm(office, owner);
    for (const other of [{ issuer: 'https://evil.example' }, { clientId: 'other' }]) {
      const answer = await owner.browser.send('PUT', `${at}/issuers/lured`, {
        body: { ...issuer, ...other },
      });
      expect([answer.status, answer.problem]).toEqual([422, 'refused']);
    }
    for (const wrong of [
      { issuer: 'http://issuer.example' },
      { issuer: 'https://issuer.example', trust: [{ unknown: 1 }] },
      { scope: 'email' },
      { authoritativeFor: ['not a domain'] },
    ]) {
      const answer = await owner.browser.send('PUT', `${at}/issuers/other2`, {
        body: { ...issuer, ...wrong },
      });
      expect([answer.status, answer.problem]).toEqual([422, 'refused']);
    }
    const taken = await owner.browser.send('PUT', `${at}/issuers/totp`, { body: issuer });
    expect([taken.status, taken.problem]).toEqual([409, 'configured']);
  });

  it('a client that is wrong is told what is wrong with it; one of the settings is not touched', async () => {
    await confirm(office, owner);
    const client = { name: 'C', redirectUris: ['https://c.example/cb'] };
    for (const member of [
      { redirectUris: ['http://c.example/*'] },
      { redirectUris: ['javascript:alert(1)'] },
      { minimumAcr: 'huge' },
      { scopes: ['everything'] },
      { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } },
    ]) {
      const body = { id: 'wrong', confidential: false, ...client, ...member };
      const answer = await owner.browser.send('POST', `${at}/clients`, { body });
      expect([member, answer.status, answer.problem]).toEqual([member, 422, 'refused']);
    }
    for (const [method, path, body] of [
      ['PUT', '/clients/configured', client],
      ['POST', '/clients/configured/secret', {}],
      ['DELETE', '/clients/configured', {}],
    ] as const) {
      const answer = await owner.browser.send(method, at + path, { body });
      expect([path, answer.status, answer.problem]).toEqual([path, 409, 'configured']);
    }
    const again = await owner.browser.send('POST', `${at}/clients`, {
      body: { id: 'configured', confidential: false, ...client },
    });
    expect([again.status, again.problem]).toEqual([409, 'taken']);
    expect(await office.oidc.clients.find('wrong')).toBeNull();
  });

  it('A-195 names with markup, formulas and terminal codes come back as what they are, and harmless in files', async () => {
    const names = ['=cmd|calc!A1', '+1+1', '<img src=x onerror=alert(1)>', 'a","b', '@sum(1)'];
    for (const identifier of names) await change('POST', '/users', { identifier, by: 'link' });
    await change('PUT', `/users/${target.id}/groups`, { groups: ['finance'] });
    const list = await owner.browser.get<{ users: { identifier: string }[] }>(`${at}/users?filter=invited`);
    expect(list.body.users.map(({ identifier }) => identifier)).toEqual(expect.arrayContaining(names));
    expect(list.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(list.headers['x-content-type-options']).toBe('nosniff');
    for (const identifier of ['a\u001b[31mb', 'a\r\nSet-Cookie: x=1', 'a\u202eb', 'a\u0000b']) {
      await confirm(office, owner);
      const answer = await owner.browser.send('POST', `${at}/users`, { body: { identifier, by: 'link' } });
      expect([answer.status, answer.problem]).toEqual([400, 'malformed']);
    }
    const evil = '=HYPERLINK("https://evil.example","x")';
    await change('POST', `/users/${target.id}/lock`, { reason: evil });
    const file = await owner.browser.get(`${at}/audit/export?format=csv&type=user-locked`);
    expect(file.headers['content-disposition']).toBe('attachment; filename="audit-users.csv"');
    for (const line of file.text.trim().split('\n').slice(1)) expect(line).not.toMatch(/(^|,)"?[=+@-]/);
    expect(file.text).toContain('HYPERLINK');
    const lines = await owner.browser.get(
      `${at}/audit/export?format=jsonl&user=${target.id}&type=user-locked`,
    );
    expect(JSON.parse(lines.text.trim())).toMatchObject({
      type: 'user-locked',
      data: { by: owner.id, reason: evil },
    });
  });
});
