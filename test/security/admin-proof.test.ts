import type { CofactorOptions, FactorProvider, Mail } from 'cofactor';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BackOfficeContext } from '../../packages/server/src/back-office/contract.ts';
import type { CeremonyView, SecurityView } from '../../packages/cofactor/src/http/contract.ts';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import { createOffice, signIn, staff, type Staff, type TestOffice } from '../support/back-office.ts';
import { quickCode } from '../support/codes.ts';
import { plainHasher } from '../support/hasher.ts';
import { seed } from '../support/seed.ts';

/** A key that cannot be phished, of whom nothing is known here but what every provider says of itself. */
const key: FactorProvider<{ readonly word: string }, { readonly word: string }> = {
  name: 'key',
  usage: 'second',
  multiple: true,
  proves: { kind: 'have', amr: ['hwk'], phishingResistant: true },
  response: {
    type: 'object',
    additionalProperties: false,
    required: ['word'],
    properties: { word: { type: 'string', minLength: 1, maxLength: 20 } },
  },
  view: {
    texts: { en: { name: 'Key', description: '', prompt: '', label: 'Word', wrong: 'Wrong' } },
    field: { property: 'word', type: 'text', autocomplete: 'off', maxLength: 20 },
  },
  begin: () => ({ data: { word: 'tulip' }, setup: { text: 'tulip' } }),
  confirm: (_context, data, { word }) =>
    data?.word === word ? { ok: true, data } : { ok: false, reason: 'wrong' },
  verify: (_context, { data }, { word }) =>
    data.word === word ? { ok: true } : { ok: false, reason: 'wrong' },
};

const mails: Mail[] = [];
const options: Partial<CofactorOptions> = {
  factors: [password({ hasher: plainHasher }), totp({ issuer: 'Staff' }), key, recoveryCodes()],
  mail: { send: (mail) => Promise.resolve(void mails.push(mail)) },
};
const reason = 'lost phone';

onEachDatabase('A-75 what somebody in charge has to prove', (fresh) => {
  let database: TestDatabase;
  let office: TestOffice;
  let owner: Staff;
  beforeAll(async () => {
    database = await fresh();
    office = await createOffice(database, options);
    owner = await staff(office, ['owner']);
  });
  afterAll(async () => {
    await office.close();
    await database.drop();
  });

  const lock = async (by: Staff): Promise<readonly [number, string | null]> => {
    const [target] = await seed(office.users, 1);
    const path = `/admin/api/realms/users/users/${target?.id ?? ''}/lock`;
    const answer = await by.browser.send('POST', path, { body: { reason } });
    return [answer.status, answer.problem];
  };
  const confirmed = async ({ browser }: Staff): Promise<boolean> =>
    (await browser.get<BackOfficeContext>('/admin/api/context')).body.me.confirmed;

  /** Adds a key to an account that is signed in with two factors; its id. */
  async function addKey({ browser }: Staff): Promise<string> {
    const begun = await browser.post<{ enrolment: string }>('/auth/enrolments', { provider: 'key' });
    const body = { enrolment: begun.body.enrolment, response: { word: 'tulip' } };
    const done = await browser.post<{ authenticator: { id: string } }>('/auth/enrolments/confirm', body);
    expect(done.status).toBe(201);
    return done.body.authenticator.id;
  }

  it('who has a key that cannot be phished confirms with it, and with nothing less', async () => {
    const administrator = await staff(office, ['administrator']);
    expect(await confirmed(administrator)).toBe(true);
    expect(await lock(administrator)).toEqual([204, null]);
    const id = await addKey(administrator);
    // The codes of a moment ago are fresh, and not good enough from now on.
    expect(await confirmed(administrator)).toBe(false);
    expect(await lock(administrator)).toEqual([401, 'step-up-needed']);
    const { browser } = administrator;
    const begun = await browser.post<{ status: string; ceremony: CeremonyView }>('/auth/step-up', {
      returnTo: '/admin/users',
    });
    expect(begun.body.status).toBe('more-needed');
    expect(begun.body.ceremony.offers.map(({ authenticator }) => authenticator)).toEqual([id]);
    const code = { code: quickCode(administrator.seeded.keys[0] ?? '', office.clock.now()) };
    const wrong = await browser.post('/auth/ceremony', {
      authenticator: administrator.seeded.apps[0],
      response: code,
    });
    expect([wrong.body?.status === 'done', await lock(administrator)]).toEqual([
      false,
      [401, 'step-up-needed'],
    ]);
    const right = await browser.post('/auth/ceremony', { authenticator: id, response: { word: 'tulip' } });
    expect(right.body).toEqual({ status: 'done', returnTo: '/admin/users' });
    expect(await lock(administrator)).toEqual([204, null]);
    office.clock.advance(301);
    expect(await lock(administrator)).toEqual([401, 'step-up-needed']);
    owner = { ...owner, browser: await signIn(office, owner.seeded) };
  });

  it('what is demanded of those in charge holds here at once, for looking too', async () => {
    const administrator = await staff(office, ['administrator']);
    const id = await addKey(owner);
    const proved = await owner.browser.post('/auth/step-up', { returnTo: '/admin/' });
    expect(proved.body?.status).toBe('more-needed');
    await owner.browser.post('/auth/ceremony', { authenticator: id, response: { word: 'tulip' } });
    expect((await administrator.browser.get('/admin/api/realms/users/users')).status).toBe(200);
    const saved = await owner.browser.send<{ id: string }>('POST', '/admin/api/realms/users/enforcement', {
      body: {
        who: { roles: ['administrator'] },
        acr: 'phr',
        from: '2030-01-01T00:00:00Z',
        graceDays: 0,
        note: '',
      },
    });
    expect(saved.status).toBe(201);
    const answer = await administrator.browser.get('/admin/api/realms/users/users');
    expect([answer.status, answer.problem]).toEqual([401, 'step-up-needed']);
    await owner.browser.send('DELETE', `/admin/api/realms/users/enforcement/${saved.body.id}`, { body: {} });
    expect((await administrator.browser.get('/admin/api/realms/users/users')).status).toBe(200);
  });

  it('I-14 the person is told by mail what somebody in charge did to their account', async () => {
    const [target] = await seed(office.users, 1);
    await database.query(
      "update users set email = 'ada@example.com', email_canonical = 'ada@example.com', email_verified_at = 1 where id = $1",
      [target?.id ?? ''],
    );
    mails.length = 0;
    const at = `/admin/api/realms/users/users/${target?.id ?? ''}`;
    const steps: readonly (readonly [string, string, object, RegExp])[] = [
      ['POST', `${at}/reset-mfa`, { reason }, /second factor .*was removed/],
      ['POST', `${at}/permit`, { by: 'mail', reason }, /can set up your second factor/],
      ['DELETE', at, { identifier: target?.identifier, reason }, /was deleted/],
    ];
    for (const [method, path, body, subject] of steps) {
      const answer = await owner.browser.send<{ link: null; sentTo: string }>(method, path, { body });
      expect([path, answer.status < 300]).toEqual([path, true]);
      await office.users.engine.background.settled();
      const mail = mails.pop();
      expect([mail?.to, mail?.subject]).toEqual(['ada@example.com', expect.stringMatching(subject)]);
      // Why is between those in charge.
      expect(mail?.text).not.toContain(reason);
      if (path.endsWith('/permit')) {
        expect(answer.body).toMatchObject({ link: null, sentTo: 'a•••@example.com' });
        expect(mail?.text).toMatch(/\/auth\/permit#prm_/);
      }
    }
    expect(mails).toEqual([]);
  });

  it('an account without a second factor is in charge of nothing, whatever its role', async () => {
    const [alone] = await seed(office.users, 1, 0);
    const { id = '' } = alone ?? {};
    await office.admin.users.setRoles({ source: 'cli', name: 'test' }, id, { roles: ['owner'], reason });
    const browser = await signIn(office, alone as NonNullable<typeof alone>);
    expect((await browser.get('/admin/api/context')).problem).toBe('step-up-needed');
    expect((await browser.get<SecurityView>('/auth/security')).body.acr).toBe('pwd');
    const begun = await browser.post('/auth/step-up', { returnTo: '/admin/' });
    expect(begun.body).toMatchObject({ status: 'enrol' });
  });
});
