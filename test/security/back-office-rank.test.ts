import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RulePreview, UserDetails } from '../../packages/server/src/back-office/contract.ts';
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

  /** Saves a rule. What is refused was said beforehand, by the preview, and what was not is not refused. */
  const demand = async (
    { browser }: Staff,
    rule: { readonly who?: object; readonly acr?: string },
    id?: string,
  ): Promise<{ found: readonly unknown[]; id: string; higherRank: RulePreview['higherRank'] }> => {
    const from = office.clock.now().toISOString();
    const body = { who: { everybody: true }, acr: 'mfa', from, graceDays: 0, note: '', ...rule };
    const preview = await browser.send<RulePreview>('POST', `${rules}/preview`, {
      body: { ...body, ...(id !== undefined && { replaces: id }) },
    });
    expect(preview.status).toBe(200);
    const { higherRank, lockout, reachable } = preview.body;
    const answer =
      id === undefined
        ? await browser.send<{ id: string }>('POST', rules, { body })
        : await browser.send<{ id: string }>('PUT', `${rules}/${id}`, { body });
    const refused = [
      ...(higherRank === null ? [] : ['higher-rank']),
      ...(reachable ? [] : ['level-unreachable']),
      ...(lockout === null ? [] : ['locks-you-out']),
    ];
    expect(answer.problem).toBe(refused[0] ?? null);
    return { found: [answer.status, answer.problem], id: answer.body?.id ?? '', higherRank };
  };

  it('nobody shuts a higher rank out with a demand on everybody that it does not meet yet', async () => {
    await confirm(office, administrator);
    // Nobody above has a key: with a demand of one from today on nobody of them got in any more.
    const key = await demand(administrator, { acr: 'phrh' });
    expect([key.found, key.higherRank]).toEqual([[403, 'higher-rank'], 'short']);
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
    // One that is about owners is not theirs to change, whatever is put in its place; nor one that there is not.
    const ofOwners = await demand(owner, { who: { roles: ['owner'] } });
    const instead = await demand(administrator, { who: { roles: ['clerk'] } }, ofOwners.id);
    expect([instead.found, instead.higherRank]).toEqual([[403, 'higher-rank'], 'named']);
    expect((await demand(administrator, { who: { roles: ['clerk'] } })).found).toEqual([201, null]);
    const body = { who: { roles: ['clerk'] }, acr: 'mfa', from: '2030-01-01T00:00Z', graceDays: 0, note: '' };
    const unknown = await owner.browser.send('POST', `${rules}/preview`, {
      body: { ...body, replaces: 'rul_none' },
    });
    expect([unknown.status, unknown.problem]).toEqual([404, 'not-found']);
    await owner.browser.send('DELETE', `${rules}/${ofOwners.id}`, { body: {} });
    await owner.browser.send('DELETE', `${rules}/${saved.id}`, { body: {} });
  });

  it('nobody names a group that somebody above is in; of the others everything may be demanded', async () => {
    await office.admin.users.setGroups(operator, owner.id, { groups: ['board'] });
    await confirm(office, administrator);
    const board = await demand(administrator, { who: { groups: ['finance', 'board'] } });
    expect([board.found, board.higherRank]).toEqual([[403, 'higher-rank'], 'named']);
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

  it('what nobody here can prove is said before it is refused, too', async () => {
    await confirm(office, owner);
    const keys = await demand(owner, { who: { roles: ['clerk'] }, acr: 'phrh' });
    expect([keys.found, keys.higherRank]).toEqual([[409, 'level-unreachable'], null]);
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
