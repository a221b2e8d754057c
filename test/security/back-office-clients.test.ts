import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClientMade } from '../../packages/server/src/back-office/contract.ts';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import type { Answer } from '../support/browser.ts';
import { confirm, createOffice, staff, type Staff, type TestOffice } from '../support/back-office.ts';

const clients = '/admin/api/realms/users/clients';
const fields = { name: 'Shop', redirectUris: ['https://shop.example/cb'] };

onEachDatabase('two who change one application at once', (fresh) => {
  let database: TestDatabase;
  let here: TestOffice;
  let there: TestOffice;
  let one: Staff;
  let other: Staff;
  beforeAll(async () => {
    database = await fresh();
    here = await createOffice(database);
    there = await createOffice(database);
    one = await staff(here, ['owner']);
    other = await staff(there, ['owner']);
    here.clock.advance((there.clock.now().getTime() - here.clock.now().getTime()) / 1000);
    await confirm(here, one);
    await confirm(there, other);
  });
  afterAll(async () => {
    await here.close();
    await there.close();
    await database.drop();
  });

  const send = <Body>(
    { browser }: Staff,
    method: string,
    path: string,
    body: object,
  ): Promise<Answer<Body>> => browser.send<Body>(method, `${clients}${path}`, { body });

  it('A-103 a secret that was renewed at one node does not come back with an edit at another', async () => {
    const made = await send<ClientMade>(one, 'POST', '', { id: 'shop', confidential: true, ...fields });
    expect(made.status).toBe(201);
    // As any request to the token endpoint has it: known here for the next second.
    expect((await there.oidc.clients.find('shop'))?.secret).toBe(made.body.secret);
    const renewed = await send<ClientMade>(one, 'POST', '/shop/secret', {});
    expect(renewed.body.secret).not.toBe(made.body.secret);
    const edited = await send(other, 'PUT', '/shop', { ...fields, name: 'The shop' });
    expect(edited.status).toBe(200);
    for (const node of [here, there]) {
      node.clock.advance(2);
      const now = await node.oidc.clients.find('shop');
      expect([now?.name, now?.secret]).toEqual(['The shop', renewed.body.secret]);
    }
  });

  it('I-04 renewed and edited at the same moment: whoever is told that it is done is right', async () => {
    for (let round = 0; round < 5; round += 1) {
      const name = `Shop ${round}`;
      const [renewed, edited] = await Promise.all([
        send<ClientMade>(one, 'POST', '/shop/secret', {}),
        send(other, 'PUT', '/shop', { ...fields, name }),
      ]);
      expect([200, 409]).toContain(renewed.status);
      expect([200, 409]).toContain(edited.status);
      const now = await here.oidc.clients.stored('shop');
      if (renewed.status === 200) expect(now?.client.secret).toBe(renewed.body.secret);
      if (edited.status === 200) expect(now?.client.name).toBe(name);
      expect([renewed.status, edited.status]).toContain(200);
    }
  });

  it('I-04 of two who add one name, one does, and the secret that they were shown is the one that counts', async () => {
    const added = await Promise.all(
      [one, other].map((who) =>
        send<ClientMade>(who, 'POST', '', { id: 'twice', confidential: true, ...fields }),
      ),
    );
    expect(added.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    const shown = added.find(({ status }) => status === 201)?.body.secret;
    expect((await here.oidc.clients.stored('twice'))?.client.secret).toBe(shown);
  });

  it('an application that was removed meanwhile stays removed', async () => {
    const before = await here.oidc.clients.stored('twice');
    expect(await there.oidc.clients.remove('twice')).toBe(true);
    const client = { ...fields, id: 'twice' };
    expect(await here.oidc.clients.replace(client, before?.version ?? '')).toBeNull();
    expect((await send(one, 'PUT', '/twice', fields)).status).toBe(404);
    expect(await here.oidc.clients.stored('twice')).toBeNull();
  });
});
