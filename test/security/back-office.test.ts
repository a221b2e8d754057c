import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminProblems } from 'cofactor/admin';
import type { BackOfficeProblem, UserDetails } from '../../packages/server/src/back-office/contract.ts';
import { backOfficeRoutes } from '../../packages/server/src/back-office/index.ts';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import { confirm, createOffice, signIn, staff, type Staff, type TestOffice } from '../support/back-office.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { operator } from '../support/charge.ts';
import { seed, type Seeded } from '../support/seed.ts';
import { dump } from '../support/tables.ts';

const meanings: Readonly<Record<string, readonly [status: number, problem: string | null]>> = {
  ok: [200, null],
  made: [201, null],
  done: [204, null],
  out: [401, 'not-signed-in'],
  weak: [401, 'step-up-needed'],
  shut: [403, 'forbidden'],
  none: [404, 'not-found'],
};

/** `password`: in charge of everything, and signed in with a password alone. `stale`: five minutes and a second ago. */
const columns = [
  'nobody',
  'member',
  'user',
  'password',
  'stale',
  'helpdesk',
  'administrator',
  'owner',
] as const;
type Column = (typeof columns)[number];

const realm = '/realms/:realm';
const user = `${realm}/users/:user`;

/** Written down, and not derived from the table of routes: what each answers to whom, when the request is in order. */
// prettier-ignore
const matrix: Readonly<Record<string, string>> = {
  //                                              nobody member user  pwd   stale help  admin owner
  'GET /context':                                'out    out    shut  weak  ok    ok    ok    ok',
  [`GET ${realm}/users`]:                        'out    out    shut  weak  ok    ok    ok    ok',
  [`GET ${realm}/summary`]:                      'out    out    shut  weak  ok    ok    ok    ok',
  [`POST ${realm}/users`]:                       'out    out    shut  weak  weak  shut  made  made',
  [`GET ${user}`]:                               'out    out    shut  weak  ok    ok    ok    ok',
  [`GET ${user}/audit`]:                         'out    out    shut  weak  ok    ok    ok    ok',
  [`POST ${user}/invitation`]:                   'out    out    shut  weak  weak  shut  ok    ok',
  [`DELETE ${user}/invitation`]:                 'out    out    shut  weak  weak  shut  done  done',
  [`POST ${user}/permit`]:                       'out    out    shut  weak  weak  ok    ok    ok',
  [`PUT ${user}/roles`]:                         'out    out    shut  weak  weak  shut  done  done',
  [`PUT ${user}/groups`]:                        'out    out    shut  weak  weak  shut  done  done',
  [`POST ${user}/lock`]:                         'out    out    shut  weak  weak  done  done  done',
  [`POST ${user}/unlock`]:                       'out    out    shut  weak  weak  done  done  done',
  [`DELETE ${user}/authenticators/:authenticator`]: 'out out    shut  weak  weak  done  done  done',
  [`POST ${user}/reset-mfa`]:                    'out    out    shut  weak  weak  done  done  done',
  [`DELETE ${user}/sessions`]:                   'out    out    shut  weak  weak  done  done  done',
  [`DELETE ${user}/sessions/:session`]:          'out    out    shut  weak  weak  done  done  done',
  [`DELETE ${user}/devices`]:                    'out    out    shut  weak  weak  done  done  done',
  // There is no such device.
  [`DELETE ${user}/devices/:device`]:            'out    out    shut  weak  weak  none  none  none',
  [`DELETE ${user}`]:                            'out    out    shut  weak  weak  shut  done  done',
  [`GET ${realm}/clients`]:                      'out    out    shut  weak  ok    shut  ok    ok',
  [`POST ${realm}/clients`]:                     'out    out    shut  weak  weak  shut  made  made',
  [`PUT ${realm}/clients/:client`]:              'out    out    shut  weak  weak  shut  ok    ok',
  [`POST ${realm}/clients/:client/secret`]:      'out    out    shut  weak  weak  shut  ok    ok',
  [`DELETE ${realm}/clients/:client`]:           'out    out    shut  weak  weak  shut  done  done',
  [`GET ${realm}/issuers`]:                      'out    out    shut  weak  ok    shut  ok    ok',
  [`PUT ${realm}/issuers/:issuer`]:              'out    out    shut  weak  weak  shut  shut    ok',
  [`DELETE ${realm}/issuers/:issuer`]:           'out    out    shut  weak  weak  shut  shut  done',
  [`GET ${realm}/enforcement`]:                  'out    out    shut  weak  ok    shut  ok    ok',
  [`POST ${realm}/enforcement/preview`]:         'out    out    shut  weak  weak  shut  ok    ok',
  [`POST ${realm}/enforcement`]:                 'out    out    shut  weak  weak  shut  made  made',
  [`PUT ${realm}/enforcement/:rule`]:            'out    out    shut  weak  weak  shut  ok    ok',
  [`DELETE ${realm}/enforcement/:rule`]:         'out    out    shut  weak  weak  shut  done  done',
  [`GET ${realm}/webhooks`]:                     'out    out    shut  weak  ok    shut  ok    ok',
  [`POST ${realm}/webhooks`]:                    'out    out    shut  weak  weak  shut  made  made',
  [`PUT ${realm}/webhooks/:webhook`]:            'out    out    shut  weak  weak  shut  ok    ok',
  [`POST ${realm}/webhooks/:webhook/secret`]:    'out    out    shut  weak  weak  shut  ok    ok',
  [`POST ${realm}/webhooks/:webhook/test`]:      'out    out    shut  weak  weak  shut  ok    ok',
  // Nothing of it is paused.
  [`POST ${realm}/webhooks/:webhook/resume`]:    'out    out    shut  weak  weak  shut  none  none',
  [`DELETE ${realm}/webhooks/:webhook`]:         'out    out    shut  weak  weak  shut  done  done',
  [`GET ${realm}/audit`]:                        'out    out    shut  weak  ok    shut  ok    ok',
  [`GET ${realm}/audit/export`]:                 'out    out    shut  weak  ok    shut  ok    ok',
  [`GET ${realm}/audit/verify`]:                 'out    out    shut  weak  ok    shut  ok    ok',
  [`GET ${realm}/extensions`]:                   'out    out    shut  weak  ok    shut  ok    ok',
};

const reason = 'asked by telephone';
const rule = {
  who: { roles: ['accountant'] },
  acr: 'mfa',
  from: '2030-07-01T00:00:00Z',
  graceDays: 7,
  note: 'for a test',
};
const client = { name: 'Made', redirectUris: ['https://made.example/cb'] };
const issuer = { label: 'Other', issuer: 'https://issuer.example', clientId: 'us' };
const webhook = { name: 'Hook', url: 'http://127.0.0.1:9/', types: '*' };

onEachDatabase('I-11 the back office', (fresh) => {
  let database: TestDatabase;
  let office: TestOffice;
  let made = 0;
  const shared = new Map<string, { path: string; body?: unknown }>();
  const people = {} as Record<Column, { browser: TestBrowser; staff?: Staff }>;

  beforeAll(async () => {
    database = await fresh();
    office = await createOffice(database);
    const member = await staff(office, ['owner'], { auth: office.members, base: '/members' });
    const stale = await staff(office, ['owner']);
    office.clock.advance(301);
    const [alone] = await seed(office.users, 1, 0);
    if (!alone) throw new Error('nobody was seeded');
    // What stands in for a lost factor would make a second step of it.
    await office.admin.users.setRoles(operator, alone.id, { roles: ['owner'], reason });
    people.nobody = { browser: office.browser() };
    await people.nobody.browser.context();
    people.member = { browser: member.browser };
    people.user = { browser: (await staff(office, ['customer'])).browser };
    people.password = { browser: await signIn(office, alone) };
    people.stale = { browser: stale.browser };
    for (const role of ['helpdesk', 'administrator', 'owner'] as const) {
      const one = await staff(office, [role]);
      people[role] = { browser: one.browser, staff: one };
    }
    // A member's session under the name of ours is no session of ours either.
    for (const [name, value] of member.browser.cookies) {
      people.member.browser.cookies.set(name.replace('members', 'users'), value);
    }
    await people.member.browser.context();
  });
  afterAll(async () => {
    await office.close();
    await database.drop();
  });

  /** Everything that a request could be about, fresh each time, in the state that the route wants. */
  async function prepared(name: string): Promise<{ path: string; body?: unknown }> {
    made += 1;
    const [method = '', pattern = ''] = name.split(' ');
    const values: Record<string, string> = { realm: 'users' };
    let body: unknown = method === 'GET' ? undefined : {};
    if (pattern.includes(':user')) {
      const subject = await someone(name);
      values['user'] = subject.id;
      values['authenticator'] = subject.apps[0] ?? '';
      values['device'] = 'x'.repeat(43);
      values['session'] = name.includes(':session') ? await sessionOf(subject) : '';
      body = { reason };
      if (name.endsWith('/roles')) body = { roles: ['editor'], reason };
      if (name.endsWith('/groups')) body = { groups: ['finance'] };
      if (name.endsWith('/invitation')) body = method === 'POST' ? { by: 'link' } : {};
      if (name.endsWith('/permit')) body = { by: 'link', reason };
      if (name === `DELETE ${user}`) body = { identifier: subject.identifier, reason };
    } else if (name === `POST ${realm}/users`) body = { identifier: `invited-${made}`, by: 'link' };
    else if (pattern.includes('/clients')) {
      values['client'] = `client-${made}`;
      await office.oidc.clients.put({ id: values['client'], ...client });
      if (name === `POST ${realm}/clients`) body = { id: `new-${made}`, confidential: true, ...client };
      if (method === 'PUT') body = client;
    } else if (pattern.includes('/issuers')) {
      values['issuer'] = `issuer-${made}`;
      if (method === 'PUT') body = issuer;
      else {
        await office.admin.issuers.put(operator, {
          name: values['issuer'],
          settings: issuer,
          check: () => null,
        });
      }
    } else if (pattern.includes('/enforcement')) {
      if (method !== 'GET' && method !== 'DELETE') body = rule;
      if (pattern.includes(':rule')) values['rule'] = await aRule();
    } else if (pattern.includes('/webhooks')) {
      if (pattern.includes(':webhook')) {
        values['webhook'] = (await office.hooks.put({ ...webhook, types: '*' })).webhook.id;
      }
      if (name === `POST ${realm}/webhooks` || method === 'PUT') body = webhook;
      if (name.endsWith('/resume')) body = { skip: false };
    }
    const path = pattern.replaceAll(/:([a-z]+)/g, (_all, key: string) =>
      encodeURIComponent(values[key] ?? ''),
    );
    return { path: `/admin/api${path}`, ...(method !== 'GET' && { body }) };
  }

  /** Somebody in the state that a route is for. */
  async function someone(name: string): Promise<Seeded> {
    if (name.endsWith('/invitation')) {
      const identifier = `waiting-${made}`;
      const outcome = await office.admin.users.invite(operator, { identifier, by: 'link' });
      if (outcome.status !== 'done') throw new Error(outcome.reason);
      const nothing = { password: '', keys: [], apps: [], recovery: [], recoveryAuthenticator: '' };
      return { id: outcome.user.id, identifier, ...nothing };
    }
    const [subject] = await seed(office.users, 1);
    if (!subject) throw new Error('nobody was seeded');
    if (name.endsWith('/unlock')) await office.admin.users.lock(operator, subject.id, reason);
    if (name.endsWith('/permit')) await office.admin.users.resetMfa(operator, subject.id, reason);
    return subject;
  }

  async function sessionOf(subject: Seeded): Promise<string> {
    const browser = await signIn(office, subject);
    expect(browser.cookies.size).toBeGreaterThan(0);
    const found = await office.users.users.find(subject.identifier);
    return (found && (await office.users.sessions.list(found))[0]?.id) ?? '';
  }

  async function aRule(): Promise<string> {
    const owner = people.owner.staff;
    if (!owner) throw new Error('there is no owner');
    await confirm(office, owner);
    const answer = await owner.browser.send<{ id: string }>('POST', '/admin/api/realms/users/enforcement', {
      body: rule,
    });
    return answer.body.id;
  }

  function send(
    browser: TestBrowser,
    name: string,
    asked: { path: string; body?: unknown },
  ): Promise<Answer> {
    const [method = ''] = name.split(' ');
    return browser.send(method, asked.path, asked.body === undefined ? {} : { body: asked.body });
  }

  it('has a line in the matrix for every route, with its permission', () => {
    const nowhere = { users: {}, realms: new Map(), base: '/admin' } as never;
    const routes = backOfficeRoutes(nowhere);
    expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(Object.keys(matrix).sort());
    for (const line of Object.values(matrix)) expect(line.split(/\s+/)).toHaveLength(columns.length);
    // What changes something is confirmed, and what is confirmed takes a body that is checked.
    for (const { method, path, confirmed, body } of routes) {
      expect([path, confirmed, body !== undefined]).toEqual([path, method !== 'GET', method !== 'GET']);
    }
  });

  it.each(columns)('%s', { timeout: 60_000 }, async (column) => {
    const { browser, staff: one } = people[column];
    for (const [name, line] of Object.entries(matrix)) {
      const word = line.split(/\s+/)[columns.indexOf(column)] ?? '';
      // Who is refused changes nothing, so all of them can ask for the same.
      const refused = word === 'out' || word === 'shut' || word === 'weak';
      const asked = (refused && shared.get(name)) || (await prepared(name));
      if (refused) shared.set(name, asked);
      // Whatever was confirmed is so for five minutes, and making things takes a while of them.
      if (one) await confirm(office, one);
      const before = refused ? await countRows() : 0;
      const answer = await send(browser, name, asked);
      expect({ name, found: [answer.status, answer.problem] }).toEqual({
        name,
        found: meanings[word],
      });
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(String(answer.headers['content-security-policy'])).toContain("frame-ancestors 'none'");
      // Who is refused has changed nothing.
      if (before > 0) expect(await countRows()).toBe(before);
    }
  });

  const countRows = async (): Promise<number> =>
    Number((await database.query("select max(seq) as n from audit where realm = 'users'"))[0]?.['n']);

  it('I-27 takes nothing from elsewhere: without token, with another one, from another site, as a form', async () => {
    const { browser, staff: owner } = people.owner;
    if (!owner) throw new Error('there is no owner');
    await confirm(office, owner);
    const name = `POST ${user}/lock`;
    const asked = await prepared(name);
    const before = await dump(database);
    for (const headers of [
      { 'x-csrf-token': undefined },
      { 'x-csrf-token': 'other' },
      { origin: 'https://evil.example' },
      { origin: undefined },
      { origin: 'null' },
    ]) {
      const answer = await browser.send('POST', asked.path, { body: asked.body, headers });
      expect([answer.status, answer.problem]).toEqual([403, 'csrf']);
    }
    const form = await browser.send('POST', asked.path, {
      raw: `reason=${reason}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([form.status, form.problem]).toEqual([400, 'malformed']);
    expect(await dump(database)).toEqual(before);
  });

  it('A-21 is not reached under another spelling', async () => {
    const { browser } = people.owner;
    for (const path of [
      '/admin/api//context',
      '/admin/api/context/',
      '/admin/api/Context',
      '/admin/api/%63ontext',
      '/admin/api/x/../context%2f',
      '/ADMIN/api/context',
      '/admin/api/realms/users%2fx/users',
      '/admin/api/realms/Users/users',
      '/admin/api/realms/nobody/users',
      '/admin/api/realms/__proto__/users',
      '/admin/api/realms/constructor/users',
      '/admin/api/realms/users/users/%00',
      '/admin/api/realms/users/users/',
    ]) {
      expect([path, (await browser.get(path)).status]).toEqual([path, 404]);
    }
    expect((await browser.send('PATCH', '/admin/api/context', { body: {} })).status).toBe(404);
    expect((await browser.send('HEAD', '/admin/api/context')).status).toBe(200);
    expect((await people.nobody.browser.send('HEAD', '/admin/api/context')).status).toBe(401);
  });

  it('A-191 A-193 takes exact types, no more than there is, and nothing twice', async () => {
    const { browser, staff: owner } = people.owner;
    if (!owner) throw new Error('there is no owner');
    await confirm(office, owner);
    const [subject] = await seed(office.users, 1);
    const at = `/admin/api/realms/users/users/${subject?.id ?? ''}`;
    const bodies: readonly (readonly [string, string, string])[] = [
      ['POST', `${at}/lock`, '{"reason":["x"]}'],
      ['POST', `${at}/lock`, '{"reason":{"x":1}}'],
      ['POST', `${at}/lock`, '{"reason":1}'],
      ['POST', `${at}/lock`, '{"reason":null}'],
      ['POST', `${at}/lock`, '{"reason":"x","more":1}'],
      ['POST', `${at}/lock`, '{"reason":"x","__proto__":{"roles":["owner"]}}'],
      ['POST', `${at}/lock`, '{"reason":"x","constructor":{"prototype":{"rank":9}}}'],
      ['POST', `${at}/lock`, '[]'],
      ['POST', `${at}/lock`, '"x"'],
      ['POST', `${at}/lock`, '{"reason":"a\\u0000b"}'],
      ['POST', `${at}/lock`, '{'],
      ['POST', `${at}/lock`, ''],
      ['PUT', `${at}/roles`, '{"roles":"owner","reason":"x"}'],
      ['PUT', `${at}/roles`, '{"roles":[["owner"]],"reason":"x"}'],
      ['PUT', `${at}/roles`, '{"roles":[1],"reason":"x"}'],
      ['PUT', `${at}/roles`, '{"roles":["a\\u0000"],"reason":"x"}'],
      ['PUT', `${at}/roles`, '{"roles":[" owner"],"reason":"x"}'],
      ['PUT', `${at}/roles`, '{"roles":["\\u202eowner"],"reason":"x"}'],
      ['POST', '/admin/api/realms/users/users', '{"identifier":["x"],"by":"link"}'],
      ['POST', '/admin/api/realms/users/users', '{"identifier":"x","by":"pigeon"}'],
      ['POST', '/admin/api/realms/users/users', '{"identifier":"x","by":"link","email":"not an address"}'],
      ['POST', '/admin/api/realms/users/users', '{"identifier":"x","by":"link","password":"chosen for you"}'],
      ['POST', '/admin/api/realms/users/users', `{"identifier":"${'x'.repeat(20_000)}","by":"link"}`],
    ];
    const before = await dump(database);
    for (const [method, path, raw] of bodies) {
      const answer = await browser.send(method, path, { raw });
      expect([raw.slice(0, 60), answer.status, answer.problem]).toEqual([raw.slice(0, 60), 400, 'malformed']);
    }
    for (const query of [
      'limit=0',
      'limit=101',
      'limit=-1',
      'limit=1e9',
      'limit=1&limit=2',
      'filter=everything',
      'unknown=1',
      'cursor=!!',
      'cursor=WzEsMiwzXQ',
      'search=%00',
      'role=%00',
      '__proto__=1',
      'role[]=owner',
    ]) {
      const answer = await browser.get(`/admin/api/realms/users/users?${query}`);
      expect([query, answer.status, answer.problem]).toEqual([query, 400, 'malformed']);
    }
    for (const query of [
      'from=yesterday',
      'before=-1',
      'limit=1000',
      'from=2030-99-99T00:00:00Z',
      'format=xml',
    ]) {
      const answer = await browser.get(`/admin/api/realms/users/audit?${query}`);
      expect([query, answer.status, answer.problem]).toEqual([query, 400, 'malformed']);
    }
    expect(await dump(database)).toEqual(before);
    expect(({} as Record<string, unknown>)['roles']).toBeUndefined();
  });

  it('A-69 what is of one account or realm is not found by way of another', async () => {
    const { browser, staff: owner } = people.owner;
    if (!owner) throw new Error('there is no owner');
    const [one, two] = await seed(office.users, 2);
    const [member] = await seed(office.members, 1);
    const session = await sessionOf(two as Seeded);
    await confirm(office, owner);
    const at = (of: string, path = ''): string => `/admin/api/realms/${of}/users/${one?.id ?? ''}${path}`;
    const body = { reason };
    for (const [method, path] of [
      ['DELETE', at('users', `/authenticators/${two?.apps[0] ?? ''}`)],
      ['DELETE', at('users', `/sessions/${session}`)],
      ['POST', at('members', '/lock')],
      ['POST', at('members', '/reset-mfa')],
      ['DELETE', at('members', '/sessions')],
      ['POST', `/admin/api/realms/users/users/${member?.id ?? ''}/lock`],
      ['DELETE', `/admin/api/realms/users/users/${member?.id ?? ''}/authenticators/${member?.apps[0] ?? ''}`],
    ] as const) {
      const answer = await browser.send(method, path, { body });
      expect([path, answer.status, answer.problem]).toEqual([path, 404, 'not-found']);
    }
    expect((await browser.get(at('members'))).status).toBe(404);
    const there = await browser.get<UserDetails>(`/admin/api/realms/users/users/${two?.id ?? ''}`);
    expect(there.body.sessions).toHaveLength(1);
    expect(there.body.authenticators).toHaveLength(3);
  });

  it('members are looked after by those in charge of users; a role of theirs has no rank', async () => {
    const { browser, staff: administrator } = people.administrator;
    if (!administrator) throw new Error('there is no administrator');
    const [member] = await seed(office.members, 1);
    const at = `/admin/api/realms/members/users/${member?.id ?? ''}`;
    await confirm(office, administrator);
    expect((await browser.send('PUT', `${at}/roles`, { body: { roles: ['owner'], reason } })).status).toBe(
      204,
    );
    const there = await browser.get<UserDetails>(at);
    expect([there.body.roles, there.body.rank]).toEqual([['owner'], 0]);
    expect((await browser.send('POST', `${at}/reset-mfa`, { body: { reason } })).status).toBe(204);
    const rows = await database.query(
      "select data from audit where realm = 'members' and type = 'factors-reset'",
    );
    expect(rows.map(({ data }) => JSON.parse(String(data)) as unknown)).toMatchObject([
      { by: administrator.id, reason },
    ]);
    // Their own session opens nothing, whatever role they were given.
    const session = await signIn(office, member as Seeded, '/members');
    expect((await session.get('/admin/api/context')).problem).toBe('not-signed-in');
    // What is demanded of members is decided here too.
    const saved = await browser.send('POST', '/admin/api/realms/members/enforcement', {
      body: { ...rule, who: { everybody: true } },
    });
    expect(saved.status).toBe(201);
  });
});

describe('the contract', () => {
  it('has every problem that there is, and no other', () => {
    // The compiler holds the names of the contract against this table; the words are looked at here.
    const words: Readonly<Record<BackOfficeProblem['type'], string>> = {
      'urn:cofactor:problem:malformed': '400',
      'urn:cofactor:problem:csrf': '403',
      'urn:cofactor:problem:not-signed-in': '401',
      'urn:cofactor:problem:step-up-needed': '401',
      'urn:cofactor:problem:forbidden': '403',
      'urn:cofactor:problem:higher-rank': '403',
      'urn:cofactor:problem:own-account': '403',
      'urn:cofactor:problem:not-found': '404',
      'urn:cofactor:problem:last-owner': '409',
      'urn:cofactor:problem:last-authenticator': '409',
      'urn:cofactor:problem:identifier-taken': '409',
      'urn:cofactor:problem:taken': '409',
      'urn:cofactor:problem:configured': '409',
      'urn:cofactor:problem:outdated': '409',
      'urn:cofactor:problem:wrong-state': '409',
      'urn:cofactor:problem:no-mail': '409',
      'urn:cofactor:problem:locks-you-out': '409',
      'urn:cofactor:problem:level-unreachable': '409',
      'urn:cofactor:problem:refused': '422',
      'urn:cofactor:problem:too-many-tries': '429',
      'urn:cofactor:problem:unavailable': '503',
    };
    const found = Object.entries(adminProblems).map(([name, [status]]) => [
      `urn:cofactor:problem:${name}`,
      String(status),
    ]);
    expect(Object.fromEntries(found)).toEqual(words);
  });
});

describe('A-75 what stands above somebody', () => {
  it('an administrator demands nothing of owners alone, and takes back nothing that is demanded of them', async () => {
    const { freshSqliteDatabase } = await import('../support/app.ts');
    const database = await freshSqliteDatabase();
    const office = await createOffice(database);
    const owner = await staff(office, ['owner']);
    const administrator = await staff(office, ['administrator']);
    const rules = '/admin/api/realms/users/enforcement';
    const about = { ...rule, who: { roles: ['owner'] } };
    await office.admin.users.setGroups(operator, owner.id, { groups: ['board'] });
    for (const who of [about.who, { roles: ['helpdesk', 'owner'] }, { groups: ['finance', 'board'] }]) {
      const denied = await administrator.browser.send('POST', rules, { body: { ...rule, who } });
      expect([who, denied.status, denied.problem]).toEqual([who, 403, 'higher-rank']);
    }
    const saved = await owner.browser.send<{ id: string }>('POST', rules, { body: about });
    expect(saved.status).toBe(201);
    for (const method of ['PUT', 'DELETE']) {
      const body = method === 'PUT' ? rule : {};
      const answer = await administrator.browser.send(method, `${rules}/${saved.body.id}`, { body });
      expect([method, answer.status, answer.problem]).toEqual([method, 403, 'higher-rank']);
    }
    await office.close();
    await database.drop();
  });
});
