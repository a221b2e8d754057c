import { afterAll, beforeAll, expect, it } from 'vitest';
import type { UserDetails } from '../../packages/server/src/back-office/contract.ts';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import { confirm, createOffice, signIn, staff, type Staff, type TestOffice } from '../support/back-office.ts';
import { operator } from '../support/charge.ts';
import { seed } from '../support/seed.ts';

const rules = '/admin/api/realms/users/enforcement';
const reason = 'for a test';

onEachDatabase('A-75 what stands above somebody in the back office', (fresh) => {
  let database: TestDatabase;
  let office: TestOffice;
  let owner: Staff;
  let administrator: Staff;
  let helpdesk: Staff;
  beforeAll(async () => {
    database = await fresh();
    office = await createOffice(database);
    owner = await staff(office, ['owner']);
    administrator = await staff(office, ['administrator']);
    helpdesk = await staff(office, ['helpdesk']);
  });
  afterAll(async () => {
    await office.close();
    await database.drop();
  });

  const demand = async (
    { browser }: Staff,
    rule: { readonly who?: object; readonly acr?: string },
    id?: string,
  ): Promise<{ found: readonly unknown[]; id: string }> => {
    const from = office.clock.now().toISOString();
    const body = { who: { everybody: true }, acr: 'mfa', from, graceDays: 0, note: '', ...rule };
    const answer =
      id === undefined
        ? await browser.send<{ id: string }>('POST', rules, { body })
        : await browser.send<{ id: string }>('PUT', `${rules}/${id}`, { body });
    return { found: [answer.status, answer.problem], id: answer.body?.id ?? '' };
  };

  it('nobody shuts a higher rank out with a demand on everybody that it does not meet yet', async () => {
    await confirm(office, administrator);
    // Nobody above has a key: with a demand of one from today on nobody of them got in any more.
    expect((await demand(administrator, { acr: 'phrh' })).found).toEqual([403, 'higher-rank']);
    const [plain] = await seed(office.users, 1, 0);
    if (!plain) throw new Error('nobody was seeded');
    await office.admin.users.setRoles(operator, plain.id, { roles: ['owner'], reason });
    expect((await demand(administrator, {})).found).toEqual([403, 'higher-rank']);
    // Nor by a role that is nothing in particular.
    const roles = ['owner', 'accountant'];
    await office.admin.users.setRoles(operator, plain.id, { roles, reason });
    const ordinary = await demand(administrator, { who: { roles: ['accountant'] } });
    expect(ordinary.found).toEqual([403, 'higher-rank']);
    // Whoever is of the highest rank demands it of everybody.
    await confirm(office, owner);
    const saved = await demand(owner, {});
    expect(saved.found).toEqual([201, null]);
    expect((await demand(administrator, { acr: 'phr' }, saved.id)).found).toEqual([403, 'higher-rank']);
    await owner.browser.send('DELETE', `${rules}/${saved.id}`, { body: {} });
  });

  it('nobody names a group that somebody above is in; of the others everything may be demanded', async () => {
    await office.admin.users.setGroups(operator, owner.id, { groups: ['board'] });
    await confirm(office, administrator);
    const board = await demand(administrator, { who: { groups: ['finance', 'board'] } });
    expect(board.found).toEqual([403, 'higher-rank']);
    const finance = await demand(administrator, { who: { groups: ['finance'] } });
    expect(finance.found).toEqual([201, null]);
  });

  it('a demand on everybody that all above meet is theirs to make; who cannot sign in stands in the way of none', async () => {
    const people = await office.admin.users.list(operator, { role: 'owner' });
    for (const { user, mfa } of people.status === 'done' ? people.users : []) {
      if (!mfa) await office.admin.users.lock(operator, user.id, reason);
    }
    await confirm(office, administrator);
    const saved = await demand(administrator, {});
    expect(saved.found).toEqual([201, null]);
    const gone = await administrator.browser.send('DELETE', `${rules}/${saved.id}`, { body: {} });
    expect(gone.status).toBe(204);
  });

  it('who may not read the record learns nothing of where somebody above was', async () => {
    const at = (id: string): string => `/admin/api/realms/users/users/${id}`;
    const read = async (by: Staff, id: string): Promise<readonly unknown[]> => {
      const answer = await by.browser.get(`${at(id)}/audit`);
      return [answer.status, answer.problem];
    };
    for (const above of [owner, administrator]) {
      expect(await read(helpdesk, above.id)).toEqual([403, 'higher-rank']);
      const { body } = await helpdesk.browser.get<UserDetails>(at(above.id));
      expect([body.sessions, body.devices]).toEqual([[], []]);
    }
    expect(await read(helpdesk, helpdesk.id)).toEqual([200, null]);
    expect(await read(helpdesk, 'usr_aaaaaaaaaaaaaaaaaaaaaa')).toEqual([404, 'not-found']);
    // Below and beside there is all of it.
    const [person] = await seed(office.users, 1);
    if (!person) throw new Error('nobody was seeded');
    await signIn(office, person);
    expect(await read(helpdesk, person.id)).toEqual([200, null]);
    expect((await helpdesk.browser.get<UserDetails>(at(person.id))).body.sessions).toHaveLength(1);
    // Who reads the whole record anyway reads this part of it; the sessions are for who could end them.
    expect(await read(administrator, owner.id)).toEqual([200, null]);
    expect((await administrator.browser.get<UserDetails>(at(owner.id))).body.sessions).toEqual([]);
    expect((await owner.browser.get<UserDetails>(at(helpdesk.id))).body.sessions).toHaveLength(1);
  });
});
