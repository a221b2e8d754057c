import { createAdmin } from 'cofactor/admin';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ConfirmedView, EnrolmentView } from '../../packages/cofactor/src/http/contract.ts';
import type {
  BackOfficeContext,
  InvitedView,
  IssuerList,
  UserDetails,
  UserList,
} from '../../packages/server/src/back-office/contract.ts';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { operator } from '../support/charge.ts';
import { TestClock } from '../support/clock.ts';
import { quickCode } from '../support/codes.ts';
import { formBody, testServer, type TestServer } from '../support/serve.ts';

const keys = [{ id: 'own', secret: Buffer.alloc(32, 5).toString('base64') }];
const password = 'a long word about tulips and rain';
const reason = 'left the company';
/** Stands in the settings. */
const company = {
  name: 'company',
  label: 'Company',
  issuer: 'https://company.example',
  clientId: 'cofactor',
  clientSecret: 'kept in the settings',
  trust: [{ claim: 'amr', value: 'mfa', level: 'mfa' }],
  timeout: 3,
};

onEachDatabase('the back office of the ready-made server', (fresh) => {
  let database: TestDatabase;
  const clock = new TestClock();
  const running: TestServer[] = [];
  let one: TestServer;
  let two: TestServer;
  let owner: TestBrowser;
  let key = '';
  let authenticator = '';
  const start = async (): Promise<TestServer> => {
    const given = { database: database.address, keys, members: true, issuers: [company] };
    const started = await testServer(given, { clock });
    running.push(started);
    return started;
  };

  beforeAll(async () => {
    database = await fresh();
    [one, two] = [await start(), await start()];
    owner = one.browser();
    const notice = (await one.server.setUpNotice()) ?? '';
    const token = /#(sut_[\w-]+)/.exec(notice)?.[1] ?? '';
    const page = await owner.page('/admin/set-up');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    await owner.send('POST', '/admin/set-up', formBody({ csrf, token, identifier: 'ada', password }));
    await owner.context();
    const begun = await owner.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
    key = String(begun.body.setup['key']);
    const confirmed = await owner.post<ConfirmedView>('/auth/enrolments/confirm', {
      enrolment: begun.body.enrolment,
      response: { code: quickCode(key, clock.now()) },
    });
    authenticator = confirmed.body.authenticator.id;
    clock.advance(31);
    await confirm(owner);
  });
  afterAll(async () => {
    for (const server of running) await server.close();
    await database.drop();
  });

  async function confirm(browser: TestBrowser): Promise<void> {
    const begun = await browser.post('/auth/step-up', { returnTo: '/admin/' });
    if (begun.body?.status !== 'more-needed') return;
    await browser.post('/auth/ceremony', { authenticator, response: { code: quickCode(key, clock.now()) } });
    clock.advance(31);
  }
  const offered = async (server: TestServer): Promise<readonly string[]> =>
    (await server.browser().context()).first.map(({ provider }) => provider);
  /** The same browser at the other node. */
  const at = (server: TestServer, from: TestBrowser): TestBrowser => {
    const browser = server.browser();
    for (const [name, value] of from.cookies) browser.cookies.set(name, value);
    browser.csrf = from.csrf;
    return browser;
  };

  it('whoever set the server up is its owner, and is let in once they have a second factor', async () => {
    const { status, body } = await owner.get<BackOfficeContext>('/admin/api/context');
    expect(status).toBe(200);
    expect(body.me).toMatchObject({ identifier: 'ada', role: 'owner', rank: 3, acr: 'mfa', confirmed: true });
    expect(body.realms.map(({ realm, inCharge, clients }) => [realm, inCharge, clients])).toEqual([
      ['users', true, true],
      ['members', false, true],
    ]);
  });

  it('each step at the other node: invite, accept, give a role, lock; and what ends at one is over at the other', async () => {
    const elsewhere = at(two, owner);
    const made = await elsewhere.post<InvitedView>('/admin/api/realms/users/users', {
      identifier: 'grace',
      by: 'link',
    });
    expect(made.status).toBe(201);
    const { id } = made.body.user;
    const path = `/admin/api/realms/users/users/${id}`;
    const grace = one.browser();
    await grace.context();
    const token = made.body.invitation.link?.split('#')[1];
    const accepted = await grace.post('/auth/invitation', {
      token,
      provider: 'password',
      response: { password },
    });
    expect(accepted.body).toEqual({ status: 'done', returnTo: '/auth/security' });
    const roles = await owner.send('PUT', `${path}/roles`, { body: { roles: ['helpdesk'], reason } });
    expect(roles.status).toBe(204);
    // A role is given to an account, and what was proved before it was given is over.
    expect((await at(two, grace).get('/auth/security')).status).toBe(401);
    const anew = two.browser();
    await anew.context();
    await anew.post('/auth/sign-in', { identifier: 'grace', provider: 'password', response: { password } });
    expect((await anew.get('/admin/api/context')).problem).toBe('step-up-needed');
    expect((await at(two, owner).get<UserDetails>(path)).body).toMatchObject({
      status: 'active',
      roles: ['helpdesk'],
      rank: 1,
      mfa: false,
      reach: 'pwd',
    });
    expect((await owner.send('POST', `${path}/lock`, { body: { reason } })).status).toBe(204);
    expect((await anew.get('/auth/security')).status).toBe(401);
    const listed = await at(two, owner).get<UserList>('/admin/api/realms/users/users?filter=locked');
    expect(listed.body.users.map(({ identifier }) => identifier)).toEqual(['grace']);
  });

  it('an issuer is taken up at once where it is saved, and by a node that starts, with its secret', async () => {
    await confirm(owner);
    const body = {
      label: 'Work',
      issuer: 'https://work.example',
      clientId: 'us',
      clientSecret: 'known to few',
    };
    const put = await owner.send('PUT', '/admin/api/realms/users/issuers/work', { body });
    expect([put.status, put.body]).toMatchObject([200, { inUse: true, trouble: null }]);
    expect(await offered(one)).toContain('work');
    // The other node looks every few seconds, once it listens.
    const elsewhere = await at(two, owner).get<IssuerList>('/admin/api/realms/users/issuers');
    expect(elsewhere.body.issuers.at(-1)).toMatchObject({ name: 'work', inUse: false, trouble: null });
    const three = await start();
    expect(await offered(three)).toContain('work');
    const { body: list } = await at(three, owner).get<IssuerList>('/admin/api/realms/users/issuers');
    expect(list.issuers.at(-1)).toMatchObject({
      name: 'work',
      inUse: true,
      hasSecret: true,
      redirectUri: 'http://localhost:3000/auth/external/work',
    });
    expect(JSON.stringify(list)).not.toContain('known to few');

    const removed = await owner.send('DELETE', '/admin/api/realms/users/issuers/work', { body: {} });
    expect(removed.status).toBe(204);
    expect(await offered(one)).not.toContain('work');
  });

  it('an issuer of the settings is shown without its secret, in each realm, and is changed by nobody here', async () => {
    for (const [realm, base] of [
      ['users', '/auth'],
      ['members', '/members'],
    ]) {
      const { body: list } = await owner.get<IssuerList>(`/admin/api/realms/${realm}/issuers`);
      expect(list.issuers).toEqual([
        {
          name: 'company',
          label: 'Company',
          issuer: 'https://company.example',
          clientId: 'cofactor',
          trust: company.trust,
          hasSecret: true,
          redirectUri: `http://localhost:3000${base}/external/company`,
          source: 'configured',
          inUse: true,
          trouble: null,
        },
      ]);
    }
    const path = '/admin/api/realms/users/issuers/company';
    const body = { label: 'Ours', issuer: 'https://elsewhere.example', clientId: 'us' };
    expect((await owner.send('PUT', path, { body })).problem).toBe('configured');
    expect((await owner.send('DELETE', path, { body: {} })).status).toBe(404);
  });

  it('one that cannot be used is shown as such, and goes on with a new secret only', async () => {
    const name = 'sealed';
    const path = `/admin/api/realms/users/issuers/${name}`;
    const body = { label: 'Sealed', issuer: 'https://sealed.example', clientId: 'us' };
    await owner.send('PUT', path, { body: { ...body, clientSecret: 'known to few' } });
    await database.query("update external_issuers set secret = 'v1.own.AAAA.AAAA' where id = 'sealed'");
    const auth = one.server.realms.get('users') ?? expect.fail();
    const asked = { settings: { ...body, issuer: 'nowhere' }, clientSecret: null, check: () => null };
    for (const other of ['broken', 'totp']) {
      await createAdmin(auth).issuers.put(operator, { ...asked, name: other });
    }
    // It is read anew with whatever is saved next.
    const kept = await owner.send('PUT', path, { body });
    expect([kept.status, kept.text]).toEqual([422, expect.stringContaining('cannot be read')]);
    await owner.send('PUT', '/admin/api/realms/users/issuers/another', { body });
    const { body: list } = await owner.get<IssuerList>('/admin/api/realms/users/issuers');
    const shown = list.issuers.map((issuer) => [issuer.name, issuer.inUse, issuer.trouble?.why ?? null]);
    expect(shown).toEqual([
      ['company', true, null],
      ['another', true, null],
      ['broken', false, 'wrong'],
      ['sealed', false, 'unreadable'],
      ['totp', false, 'name-taken'],
    ]);
    expect(list.issuers.find((issuer) => issuer.name === 'broken')?.trouble?.detail).toContain(
      'takes an https address',
    );
    expect(await offered(one)).not.toContain(name);
    const anew = await owner.send('PUT', path, { body: { ...body, clientSecret: 'known to few' } });
    expect(anew.body).toMatchObject({ inUse: true, trouble: null });
    expect(await offered(one)).toContain(name);
  });

  it('what a person cannot see is in no log either', () => {
    const log = running.flatMap(({ lines }) => lines).join('');
    for (const secret of [password, key, 'known to few', company.clientSecret, 'inv_', 'prm_'])
      expect(log).not.toContain(secret);
  });
});
