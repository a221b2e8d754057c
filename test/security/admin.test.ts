import { createAdmin, type Admin, type AdminRefused } from 'cofactor/admin';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createApp,
  onEachDatabase,
  register,
  signInWithPassword,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import { officer, operator, signedIn, type Officer } from '../support/charge.ts';
import { codeStep } from '../support/nodes.ts';
import { codeOf } from '../support/app.ts';
import { auditTypes } from '../support/tables.ts';

const reason = 'lost phone; shown an identity card';

/** What came of something: `done`, or why not. */
const came = (outcome: { readonly status: 'done' } | AdminRefused): string =>
  outcome.status === 'done' ? 'done' : outcome.reason;

onEachDatabase('A-75 people in charge', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: Admin;
  let owner: Officer;
  let administrator: Officer;
  let helpdesk: Officer;
  beforeAll(async () => {
    database = await fresh();
    app = await createApp(database.open());
    admin = createAdmin(app.auth);
    owner = await officer(app, ['owner']);
    administrator = await officer(app, ['administrator', 'boss']);
    helpdesk = await officer(app, ['helpdesk']);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  /** Every change that one person can make to the account of another. */
  const changes: Readonly<Record<string, (by: Officer, of: Officer) => Promise<string>>> = {
    setRoles: async (by, of) =>
      came(await admin.users.setRoles(await by.session(), of.id, { roles: [], reason })),
    setGroups: async (by, of) =>
      came(await admin.users.setGroups(await by.session(), of.id, { groups: ['x'] })),
    lock: async (by, of) => came(await admin.users.lock(await by.session(), of.id, reason)),
    unlock: async (by, of) => came(await admin.users.unlock(await by.session(), of.id, reason)),
    removeAuthenticator: async (by, of) =>
      came(
        await admin.users.removeAuthenticator(await by.session(), of.id, {
          authenticator: of.person.authenticator,
          reason,
        }),
      ),
    resetMfa: async (by, of) => came(await admin.users.resetMfa(await by.session(), of.id, reason)),
    endSessions: async (by, of) => came(await admin.users.endSessions(await by.session(), of.id, { reason })),
    forgetDevices: async (by, of) =>
      came(await admin.users.forgetDevices(await by.session(), of.id, { reason })),
    inviteAgain: async (by, of) => came(await admin.users.inviteAgain(await by.session(), of.id, 'link')),
    withdrawInvitation: async (by, of) =>
      came(await admin.users.withdrawInvitation(await by.session(), of.id)),
    permit: async (by, of) =>
      came(await admin.users.permit(await by.session(), of.id, { by: 'link', reason })),
    delete: async (by, of) =>
      came(await admin.users.delete(await by.session(), of.id, { identifier: of.person.identifier, reason })),
  };
  const names = Object.keys(changes);
  const only = (allowed: readonly string[], otherwise: string, inside: string): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, allowed.includes(name) ? inside : otherwise]));
  const each = async (by: Officer, of: Officer): Promise<Record<string, string>> => {
    const found: Record<string, string> = {};
    for (const name of names) found[name] = (await changes[name]?.(by, of)) ?? '';
    return found;
  };
  const helpdeskMay = [
    'lock',
    'unlock',
    'removeAuthenticator',
    'resetMfa',
    'endSessions',
    'forgetDevices',
    'permit',
  ];

  it('nobody without a rank does anything to anybody', async () => {
    const user = await officer(app, ['customer']);
    const other = await officer(app, []);
    expect(await each(user, other)).toEqual(only([], 'forbidden', ''));
    expect(came(await admin.users.list(await user.session(), {}))).toBe('forbidden');
    expect(came(await admin.users.get(await user.session(), other.id))).toBe('forbidden');
    expect(came(await admin.users.invite(await user.session(), { identifier: 'new', by: 'link' }))).toBe(
      'forbidden',
    );
  });

  it('nobody acts on a higher rank', async () => {
    for (const name of names) {
      expect([name, await changes[name]?.(administrator, owner)]).toEqual([name, 'higher-rank']);
      const wanted = helpdeskMay.includes(name) ? 'higher-rank' : 'forbidden';
      expect([name, await changes[name]?.(helpdesk, owner)]).toEqual([name, wanted]);
      expect([name, await changes[name]?.(helpdesk, administrator)]).toEqual([name, wanted]);
    }
    expect((await owner.session()).user.roles).toEqual(['owner']);
  });

  it('nobody does it to themselves this way', async () => {
    expect(await each(owner, owner)).toEqual(only([], 'own-account', ''));
    expect(await each(administrator, administrator)).toEqual(only([], 'own-account', ''));
    expect(await each(helpdesk, helpdesk)).toEqual(only(helpdeskMay, 'forbidden', 'own-account'));
  });

  it('nobody gives a role above their own, neither to somebody who is there nor to somebody new', async () => {
    const user = await officer(app, []);
    const give = async (by: Officer, roles: readonly string[]): Promise<string> =>
      came(await admin.users.setRoles(await by.session(), user.id, { roles, reason }));
    expect(await give(administrator, ['owner'])).toBe('higher-rank');
    expect(await give(administrator, ['customer', 'owner'])).toBe('higher-rank');
    expect(await give(helpdesk, ['helpdesk'])).toBe('forbidden');
    expect(
      came(
        await admin.users.invite(await administrator.session(), {
          identifier: 'made-owner',
          roles: ['owner'],
          by: 'link',
        }),
      ),
    ).toBe('higher-rank');
    expect(await app.auth.users.find('made-owner')).toBeNull();
    expect(await give(administrator, ['administrator', 'editor'])).toBe('done');
    expect((await app.auth.users.find(user.person.identifier))?.roles).toEqual(['administrator', 'editor']);
  });

  it('a proof that is older than five minutes is not enough, nor is a password of who has a second factor', async () => {
    const stale = await officer(app, ['owner']);
    const target = await officer(app, []);
    app.clock.advance(301);
    expect(await changes['lock']?.(stale, target)).toBe('step-up-needed');
    expect(await changes['resetMfa']?.(stale, target)).toBe('step-up-needed');
    // Looking is not changing.
    expect(came(await admin.users.list(await stale.session(), {}))).toBe('done');
    owner = await signedIn(app, owner.person, owner.id);
    administrator = await signedIn(app, administrator.person, administrator.id);
    helpdesk = await signedIn(app, helpdesk.person, helpdesk.id);
    expect(came(await admin.users.setRoles(operator, stale.id, { roles: [], reason }))).toBe('done');
  });

  it('asks for a reason of 1 to 500 characters, and records it with who gave it', async () => {
    const target = await officer(app, []);
    for (const wrong of ['', '   ', 'x'.repeat(501), 'a\u0000b', 'a\u001b[31m']) {
      expect(came(await admin.users.lock(await helpdesk.session(), target.id, wrong))).toBe('malformed');
    }
    expect(came(await admin.users.lock(await helpdesk.session(), target.id, ` ${reason} `))).toBe('done');
    const rows = await database.query("select data from audit where type = 'user-locked' and user_id = $1", [
      target.id,
    ]);
    expect(rows.map(({ data }) => JSON.parse(String(data)) as unknown)).toEqual([
      { by: helpdesk.id, reason },
    ]);
  });

  it('the last owner is neither locked nor demoted nor deleted, not by the command line and not by themselves', async () => {
    const last = 'last-owner';
    expect(came(await admin.users.lock(operator, owner.id, reason))).toBe(last);
    expect(came(await admin.users.setRoles(operator, owner.id, { roles: ['administrator'], reason }))).toBe(
      last,
    );
    const { identifier } = owner.person;
    expect(came(await admin.users.delete(operator, owner.id, { identifier, reason }))).toBe(last);
    const own = await owner.browser.send('DELETE', '/auth/account', { body: { identifier } });
    expect([own.status, own.problem]).toEqual([403, 'forbidden']);
    // Somebody else who has the role and is locked is nobody.
    const second = await officer(app, ['owner']);
    expect(came(await admin.users.lock(await owner.session(), second.id, reason))).toBe('done');
    expect(came(await admin.users.lock(operator, owner.id, reason))).toBe(last);
    expect(came(await admin.users.setRoles(operator, second.id, { roles: [], reason }))).toBe('done');
  });

  it('two owners who demote each other at once: one of them stays', async () => {
    for (let round = 0; round < 3; round += 1) {
      const one = await officer(app, ['owner']);
      const two = await officer(app, ['owner']);
      expect(came(await admin.users.lock(operator, owner.id, reason))).toBe('done');
      const [a, b] = [await one.session(), await two.session()];
      const outcomes = await Promise.all([
        admin.users.setRoles(a, two.id, { roles: [], reason }),
        admin.users.setRoles(b, one.id, { roles: [], reason }),
      ]);
      expect(outcomes.map(came).sort()).toEqual(['done', 'not-signed-in']);
      const left = await Promise.all([one, two].map((each) => app.auth.users.find(each.person.identifier)));
      expect(left.map((user) => user?.roles.includes('owner')).filter(Boolean)).toHaveLength(1);
      expect(came(await admin.users.unlock(operator, owner.id, reason))).toBe('done');
      for (const each of [one, two]) {
        expect(came(await admin.users.setRoles(operator, each.id, { roles: [], reason }))).toBe('done');
      }
    }
    owner = await signedIn(app, owner.person, owner.id);
  });

  it('two demotions by the command line at once leave one owner, and so does a deletion of oneself beside one', async () => {
    const one = await officer(app, ['owner']);
    const first = await Promise.all([
      admin.users.setRoles(operator, one.id, { roles: [], reason }),
      admin.users.setRoles(operator, owner.id, { roles: [], reason }),
    ]);
    expect(first.map(came).sort()).toEqual(['done', 'last-owner']);
    for (const each of [one, owner])
      await admin.users.setRoles(operator, each.id, { roles: ['owner'], reason });
    const again = await signedIn(app, one.person, one.id);
    const [demoted, deleted] = await Promise.all([
      admin.users.setRoles(operator, owner.id, { roles: [], reason }),
      again.browser.send('DELETE', '/auth/account', { body: { identifier: one.person.identifier } }),
    ]);
    expect([came(demoted), deleted.status]).toEqual(
      came(demoted) === 'done' ? ['done', 403] : ['last-owner', 204],
    );
    expect(came(await admin.users.setRoles(operator, owner.id, { roles: ['owner'], reason }))).toBe('done');
    owner = await signedIn(app, owner.person, owner.id);
  });

  it('A-73 locking ends everything at once, and unlocking brings none of it back', async () => {
    const target = await officer(app, []);
    const elsewhere = await officer(app, []);
    const pending = app.browser();
    expect((await signInWithPassword(target.person, pending)).body.status).toBe('more-needed');
    expect(came(await admin.users.lock(await owner.session(), target.id, reason))).toBe('done');
    expect((await target.browser.get('/auth/security')).problem).toBe('not-signed-in');
    expect((await target.browser.get('/who')).body).toMatchObject({ user: null });
    const answered = await codeStep(pending, target.person.authenticator, codeOf(app, target.person));
    expect([answered.status, answered.problem]).toEqual([410, 'ceremony-expired']);
    expect((await signInWithPassword(target.person, app.browser())).problem).toBe('wrong-credentials');
    expect(came(await admin.users.unlock(await owner.session(), target.id, reason))).toBe('done');
    expect((await target.browser.get('/auth/security')).problem).toBe('not-signed-in');
    expect((await codeStep(pending, target.person.authenticator, codeOf(app, target.person))).status).toBe(
      410,
    );
    app.clock.advance(31);
    expect((await (await signedIn(app, target.person, target.id)).browser.get('/auth/security')).status).toBe(
      200,
    );
    expect((await elsewhere.browser.get('/auth/security')).status).toBe(200);
  });

  it('R-A06 a reset while a sign-in is under way: neither the code nor a recovery code opens anything', async () => {
    owner = await signedIn(app, owner.person, owner.id);
    const target = await officer(app, []);
    const [byCode, byRecovery] = [app.browser(), app.browser()];
    for (const browser of [byCode, byRecovery]) await signInWithPassword(target.person, browser);
    expect(came(await admin.users.resetMfa(await owner.session(), target.id, reason))).toBe('done');
    const { authenticator, recoveryAuthenticator, recovery } = target.person;
    expect((await codeStep(byCode, authenticator, codeOf(app, target.person))).status).toBe(410);
    expect((await codeStep(byRecovery, recoveryAuthenticator, recovery[0] ?? '')).status).toBe(410);
    expect((await target.browser.get('/auth/security')).problem).toBe('not-signed-in');
    // What is left is the password.
    const anew = app.browser();
    expect((await signInWithPassword(target.person, anew)).body.status).toBe('done');
    const details = await admin.users.get(await owner.session(), target.id);
    expect(details.status === 'done' && details.details.authenticators.map(({ usage }) => usage)).toEqual([
      'first',
    ]);
  });

  it('A-75 a sign-in that ends at the very moment of a reset or a lock: nobody waits for the other, and it is dead', async () => {
    for (let round = 0; round < 6; round += 1) {
      const target = await officer(app, []);
      const browser = app.browser();
      await signInWithPassword(target.person, browser);
      const [answer, outcome] = await Promise.all([
        codeStep(browser, target.person.authenticator, codeOf(app, target.person)),
        round % 2 === 0
          ? admin.users.resetMfa(operator, target.id, reason)
          : admin.users.lock(operator, target.id, reason),
      ]);
      // 401: what was answered with is gone by then.
      expect([200, 401, 410]).toContain(answer.status);
      expect(outcome.status).toBe('done');
      expect((await browser.get('/auth/security')).problem).toBe('not-signed-in');
    }
  });

  it('A-85 an account made anew under the same name has nothing of the old one', async () => {
    owner = await signedIn(app, owner.person, owner.id);
    const old = await officer(app, ['editor'], { identifier: 'same-name' });
    expect(
      came(await admin.users.delete(await owner.session(), old.id, { identifier: 'other-name', reason })),
    ).toBe('malformed');
    expect(
      came(await admin.users.delete(await owner.session(), old.id, { identifier: 'same-name', reason })),
    ).toBe('done');
    const anew = await register(app, 'same-name');
    const user = await app.auth.users.find('same-name');
    expect(user?.id).not.toBe(old.id);
    expect(user?.roles).toEqual([]);
    expect((await old.browser.get('/auth/security')).problem).toBe('not-signed-in');
    const own = await anew.browser.get<{ authenticators: unknown[] }>('/auth/security');
    expect(own.body.authenticators).toHaveLength(1);
  });

  it('I-09 the record of all this is whole', async () => {
    expect(await app.auth.verifyAudit()).toBeNull();
    const types = new Set(await auditTypes(database));
    for (const type of ['roles-changed', 'user-locked', 'user-unlocked', 'factors-reset', 'user-deleted']) {
      expect(types).toContain(type);
    }
  });
});
