import { standardRoles } from 'cofactor/admin';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { onEachDatabase, type Person, type TestDatabase } from '../support/app.ts';
import type { Answer } from '../support/browser.ts';
import { confirmed } from '../support/enforcement.ts';
import { createExternalApp, link, signIn, visitor, who, type ExternalApp } from '../support/external.ts';
import { TestMailer } from '../support/mails.ts';
import { auditTypes } from '../support/tables.ts';
import { UpstreamBrowser } from '../support/upstream.ts';

// An issuer that hands out the addresses of example.com is believed about them. It may be wrong, or somebody else's by now.
onEachDatabase('A-109 I-18 an address that an issuer vouches for, and an account in charge', (fresh) => {
  let database: TestDatabase;
  let mail: TestMailer;
  let at: ExternalApp;
  const begin = async (accounts: 'existing' | 'create' = 'existing'): Promise<void> => {
    mail = new TestMailer();
    at = await createExternalApp(database.open(), { authoritativeFor: ['example.com'], accounts }, { mail });
  };
  beforeEach(async () => {
    database = await fresh();
  });
  afterEach(async () => {
    await at.close();
    await database.drop();
  });

  /** Somebody with a password, a confirmed address, and these roles. */
  const inCharge = async (address: string, roles: readonly string[]): Promise<Person & { id: string }> => {
    const person = await confirmed(at.app, mail, address);
    const user = await at.app.auth.users.find(address);
    expect(await at.app.auth.users.setRoles({ id: user?.id ?? '' }, roles)).toBe(true);
    return { ...person, id: user?.id ?? '' };
  };

  /** Signs in at the issuer as somebody of whom it says that this address is theirs. */
  const comesAs = async (subject: string, email: string): Promise<{ answer: Answer; statements: number }> => {
    at.upstream.person = subject;
    at.upstream.people.set(subject, { email, email_verified: true });
    const { store } = at.app.auth.engine;
    const before = store.statements;
    const answer = await signIn(visitor(at));
    return { answer, statements: store.statements - before };
  };
  const held = (): Promise<Record<string, unknown>[]> =>
    database.query('select id, user_id, provider from authenticators order by id');

  it('whoever the issuer calls admin@ does not get into the account of an administrator', async () => {
    await begin();
    const roles = [...standardRoles.map(({ role }) => role), 'editor'];
    for (const role of roles) await inCharge(`${role}@example.com`, [role]);
    await inCharge('several@example.com', ['reader', 'administrator']);
    const before = await held();
    const stranger = await comesAs('nobody', 'nobody@example.com');
    expect([stranger.answer.status, stranger.answer.problem]).toEqual([403, 'not-linked']);
    for (const name of [...roles, 'several']) {
      const { answer, statements } = await comesAs(`not-${name}`, `${name}@example.com`);
      // Word for word, and as many questions to the database: nobody finds out who is in charge.
      expect([name, answer.status, answer.text]).toEqual([name, 403, stranger.answer.text]);
      expect([name, statements]).toEqual([name, stranger.statements]);
      expect(answer.headers['set-cookie']).toEqual(stranger.answer.headers['set-cookie']);
    }
    expect(await held()).toEqual(before);
    expect(mail.mails.filter(({ subject }) => /added/i.test(subject))).toEqual([]);
    // The very same account, once it is in charge of nothing any more.
    const user = await at.app.auth.users.find('editor@example.com');
    await at.app.auth.users.setRoles({ id: user?.id ?? '' }, []);
    expect((await comesAs('not-editor', 'editor@example.com')).answer.body).toMatchObject({ status: 'done' });
  });

  it('nor a double of it, where the issuer’s people get accounts', async () => {
    await begin('create');
    await inCharge('admin@example.com', ['administrator']);
    const before = await database.query('select id, identifier, email from users order by id');
    const { answer } = await comesAs('mallory', 'admin@example.com');
    expect([answer.status, answer.problem]).toEqual([403, 'not-linked']);
    expect(await database.query('select id, identifier, email from users order by id')).toEqual(before);
  });

  it('nor where the role is given at the very moment of linking', async () => {
    await begin();
    const { id } = await inCharge('ann@example.com', []);
    const { store } = at.app.auth.engine;
    const change = store.changeFactors.bind(store);
    let given = false;
    store.changeFactors = async (one) => {
      if (!given) {
        given = true;
        await at.app.auth.users.setRoles({ id }, ['administrator']);
      }
      return change(one);
    };
    const before = await held();
    const { answer } = await comesAs('mallory', 'ann@example.com');
    expect(given).toBe(true);
    expect([answer.status, answer.problem]).toEqual([403, 'not-linked']);
    expect(await held()).toEqual(before);
  });

  it('they link it themselves, in their own session with a fresh proof, and sign in with it from then on', async () => {
    await begin();
    const admin = await inCharge('admin@example.com', ['administrator']);
    const again = at.app.browser();
    await again.context();
    const signedIn = await again.post('/auth/sign-in', {
      identifier: admin.identifier,
      provider: 'password',
      response: { password: admin.password },
    });
    expect(signedIn.body).toMatchObject({ status: 'done' });
    const person = { browser: again, there: new UpstreamBrowser() };
    at.upstream.person = 'admin';
    // Not with a proof that is more than five minutes old.
    at.clock.advance(301);
    const stale = await again.post('/auth/enrolments', { provider: 'acme-id' });
    expect(stale.problem).toBe('step-up-needed');
    const step = await again.post('/auth/step-up', { returnTo: '/auth/security' });
    const proved = await again.post('/auth/ceremony', {
      authenticator: step.body.status === 'more-needed' ? step.body.ceremony.offers[0]?.authenticator : '',
      response: { password: admin.password },
    });
    expect([proved.status, proved.problem]).toEqual([200, null]);
    await again.context();
    expect((await link(person)).status).toBe(201);
    const later = visitor(at);
    expect((await signIn(later)).body).toMatchObject({ status: 'done' });
    expect(await who(later)).toMatchObject({ user: 'admin@example.com' });
    expect(await auditTypes(database)).toContain('authenticator-added');
  });
});
