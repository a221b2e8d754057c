import type { FactorProvider } from 'cofactor';
import { emailOtp } from 'cofactor/email-otp';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type {
  ChallengeView,
  ContextView,
  EnrolmentView,
  SecurityView,
} from '../../packages/cofactor/src/http/contract.ts';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { submit, view } from '../support/forms.ts';
import { plainHasher } from '../support/hasher.ts';
import { oathtoolCode } from '../support/oathtool.ts';
import { createRealms, type TestRealms } from '../support/realms.ts';

/** A badge that signs in without a user name: its number answers a challenge. Both realms have it. */
const badge: FactorProvider<{ readonly number: string }, object, object, { readonly nonce: string }> = {
  name: 'badge',
  usage: 'first',
  multiple: false,
  proves: { kind: 'have', amr: ['badge'] },
  response: {
    type: 'object',
    additionalProperties: false,
    required: ['number'],
    properties: { number: { type: 'string' }, nonce: { type: 'string' } },
  },
  view: {
    texts: { en: { name: 'Badge', description: '', prompt: '', label: 'Number', wrong: '' } },
    field: { property: 'number', type: 'text', autocomplete: 'off', maxLength: 20 },
  },
  begin: () => ({ data: { number: '' }, setup: {} }),
  confirm: (_context, _data, response) => {
    const { number } = response as { number: string };
    return { ok: true, data: { number }, handle: number };
  },
  verify: (_context, { data, challenge }, response) => {
    const { number, nonce } = response as { number: string; nonce?: string };
    const right = number === data.number && challenge?.nonce === nonce;
    return right ? { ok: true } : { ok: false, reason: 'wrong' };
  },
  discover: {
    make({ random }) {
      const nonce = Buffer.from(random(8)).toString('hex');
      return { data: { nonce }, view: { nonce } };
    },
    find: (response) => (response as { number?: string }).number ?? null,
  },
};

const bases = { users: '/auth', members: '/members' } as const;
type Name = keyof typeof bases;
const identifier = 'ann@example.org';
/** The same in both, so that nothing but the realm can keep them apart. */
const secret = { password: 'tulips on the window sill' };

onEachDatabase('U2 I-02 what one realm gave out, in the other', (fresh) => {
  let database: TestDatabase;
  let realms: TestRealms;
  beforeEach(async () => {
    database = await fresh();
    const factors = [
      password({ hasher: plainHasher }),
      badge,
      totp({ issuer: 'Acme' }),
      emailOtp(),
      recoveryCodes(),
    ];
    realms = await createRealms(database.open(), { factors, rememberDevices: true }, { factors });
  });
  afterEach(async () => {
    await realms.close();
    await database.drop();
  });

  const open = async (browser: TestBrowser, realm: Name): Promise<ContextView> => {
    const { body } = await browser.get<ContextView>(`${bases[realm]}/context`);
    browser.csrf = body.csrf;
    return body;
  };
  const newBrowser = async (realm: Name): Promise<TestBrowser> => {
    const browser = realms.browser();
    await open(browser, realm);
    return browser;
  };
  const credentials = { identifier, provider: 'password', response: secret };
  const register = async (realm: Name): Promise<TestBrowser> => {
    const browser = await newBrowser(realm);
    expect((await browser.post(`${bases[realm]}/register`, credentials)).body).toMatchObject({
      status: 'done',
    });
    return browser;
  };
  /** Returns the key of an authenticator app. */
  const enrol = async (
    browser: TestBrowser,
    realm: Name,
    provider: string,
    response: object,
  ): Promise<string> => {
    const begun = await browser.post<EnrolmentView>(`${bases[realm]}/enrolments`, { provider });
    const { enrolment, setup } = begun.body;
    const key = setup['key'];
    const answer = typeof key === 'string' ? { code: oathtoolCode(key, realms.clock.now()) } : response;
    const done = await browser.post(`${bases[realm]}/enrolments/confirm`, { enrolment, response: answer });
    expect([provider, done.status]).toEqual([provider, 201]);
    return String(key);
  };
  const idOf = async (browser: TestBrowser, realm: Name, provider: string): Promise<string> => {
    const { authenticators } = (await browser.get<SecurityView>(`${bases[realm]}/security`)).body;
    return authenticators.find((one) => one.provider.provider === provider)?.id ?? '';
  };
  /** Takes a cookie of the users along to the members: under its own name, and under theirs. */
  const carry = (from: TestBrowser, to: TestBrowser, kind: string): void => {
    const value = from.cookies.get(`cofactor-users-${kind}`);
    if (value === undefined) throw new Error(`there is no cookie ${kind}`);
    to.cookies.set(`cofactor-users-${kind}`, value);
    to.cookies.set(`cofactor-members-${kind}`, value);
  };
  const linkIn = (subject: RegExp): string => {
    const mail = realms.mail.messages().find((one) => subject.test(one.subject));
    return /https?:\/\/\S+#(\S+)/.exec(mail?.text ?? '')?.[1] ?? '';
  };
  const settled = async (): Promise<void> => {
    await realms.users.engine.background.settled();
    await realms.members.engine.background.settled();
  };

  it('a session and a ceremony open nothing', async () => {
    const user = await register('users');
    await register('members');
    const visitor = await newBrowser('members');
    carry(user, visitor, 'session');
    expect((await visitor.get('/members/security')).problem).toBe('not-signed-in');
    expect((await visitor.get('/who')).body).toEqual({ users: identifier, members: null });
    expect((await visitor.page('/club')).headers['location']).toBe('/members/sign-in?return_to=%2Fclub');

    await enrol(user, 'users', 'totp', {});
    const totpId = await idOf(user, 'users', 'totp');
    const pending = await newBrowser('users');
    expect((await pending.post('/auth/sign-in', credentials)).body).toMatchObject({ status: 'more-needed' });
    const other = await newBrowser('members');
    carry(pending, other, 'ceremony');
    expect((await open(other, 'members')).ceremony).toBeNull();
    for (const path of ['ceremony', 'challenges']) {
      const body = { authenticator: totpId, ...(path === 'ceremony' && { response: { code: '123456' } }) };
      expect((await other.post(`/members/${path}`, body)).problem).toBe('ceremony-unknown');
    }
    // It was worth something where it came from.
    expect((await open(pending, 'users')).ceremony?.offers).toHaveLength(2);
  });

  it('a challenge is answered where it was asked, whoever the answer would be', async () => {
    for (const realm of ['users', 'members'] as const) {
      await enrol(await register(realm), realm, 'badge', { number: `17-${realm}` });
    }
    const ask = async (realm: Name): Promise<{ browser: TestBrowser; nonce: unknown }> => {
      const browser = await newBrowser(realm);
      const asked = await browser.post<ChallengeView>(`${bases[realm]}/challenges`, { provider: 'badge' });
      return { browser, nonce: asked.body.view['nonce'] };
    };
    const signIn = (browser: TestBrowser, number: string, nonce: unknown): ReturnType<TestBrowser['post']> =>
      browser.post('/members/sign-in', { provider: 'badge', response: { number, nonce } });

    const own = await ask('members');
    expect((await signIn(own.browser, '17-members', own.nonce)).body).toMatchObject({ status: 'done' });
    const theirs = await ask('users');
    const visitor = await newBrowser('members');
    carry(theirs.browser, visitor, 'challenge');
    expect((await signIn(visitor, '17-members', theirs.nonce)).problem).toBe('wrong-credentials');
    // A credential of the users is nobody's here, even with a challenge of this realm.
    const again = await ask('members');
    expect((await signIn(again.browser, '17-users', again.nonce)).problem).toBe('wrong-credentials');
  });

  it('a set-up is confirmed where it was begun, in the body of a request and in the cookie of a form', async () => {
    const user = await register('users');
    const member = await register('members');
    const begun = await user.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
    const { enrolment, setup } = begun.body;
    const code = (): string => oathtoolCode(String(setup['key']), realms.clock.now());
    const asJson = { enrolment, response: { code: code() } };
    expect((await member.post('/members/enrolments/confirm', asJson)).problem).toBe('enrolment-unknown');
    member.cookies.set('cofactor-members-enrolment', enrolment);
    const { csrf, enrolment: shown } = await view(member);
    expect(shown).toBeNull();
    const fields = { csrf, _back: '/site', 'response.code': code() };
    await submit(member, '/members/enrolments/confirm', fields);
    expect((await view(member)).problem?.name).toBe('enrolment-unknown');
    expect((await user.post('/auth/enrolments/confirm', asJson)).status).toBe(201);
  });

  it('I-27 a CSRF token and its cookie move nothing', async () => {
    const user = await register('users');
    const member = await register('members');
    carry(user, member, 'csrf');
    member.csrf = user.csrf;
    expect((await member.post('/members/sign-out')).problem).toBe('csrf');
    const answer = await submit(member, '/members/sign-out', { csrf: user.csrf, _next: '/', _back: '/site' });
    expect(answer.headers['location']).toBe('/site');
    expect((await member.get('/members/security')).status).toBe(200);
  });

  it('A-93 a remembered browser is remembered by one of them', async () => {
    const trusted = async (realm: Name): Promise<TestBrowser> => {
      const key = await enrol(await register(realm), realm, 'totp', {});
      realms.clock.advance(31);
      const browser = await newBrowser(realm);
      const asked = await browser.post(`${bases[realm]}/sign-in`, credentials);
      if (asked.body.status !== 'more-needed') throw new Error(asked.text);
      const authenticator = asked.body.ceremony.offers[0]?.authenticator;
      const response = { code: oathtoolCode(key, realms.clock.now()) };
      const done = await browser.post(`${bases[realm]}/ceremony`, {
        authenticator,
        response,
        remember: true,
      });
      expect(done.body).toMatchObject({ status: 'done' });
      return browser;
    };
    const [there, here] = [await trusted('users'), await trusted('members')];
    const again = async (from: TestBrowser): Promise<unknown> => {
      const browser = await newBrowser('members');
      const device = from.cookies.get('cofactor-members-device');
      if (device !== undefined) browser.cookies.set('cofactor-members-device', device);
      else carry(from, browser, 'device');
      return (await browser.post('/members/sign-in', credentials)).body;
    };
    expect(await again(there)).toMatchObject({ status: 'more-needed' });
    expect(await again(here)).toMatchObject({ status: 'done' });
  });

  it('I-15 a link that resets a password, and one that confirms an address, belong to one of them', async () => {
    const user = await register('users');
    const member = await register('members');
    await settled();
    const confirm = linkIn(/confirm/i);
    // The newest is the members' own: the one of the users is looked for by where it leads.
    const links = realms.mail.messages().flatMap(({ text }) => text.match(/https?:\/\/\S+#\S+/g) ?? []);
    const usersLink = links.find((link) => link.includes('/auth/confirm-email'))?.split('#')[1] ?? '';
    expect([confirm, usersLink]).toEqual([expect.stringMatching(/^adr_/), expect.stringMatching(/^adr_/)]);
    expect((await member.post('/members/email/confirm', { token: usersLink })).problem).toBe('token-unknown');
    expect((await user.post('/auth/email/confirm', { token: usersLink })).status).toBe(204);

    await (await newBrowser('users')).post('/auth/forgot', { identifier });
    await settled();
    const token = linkIn(/reset|password/i);
    expect(token).toMatch(/^rst_/);
    const visitor = await newBrowser('members');
    const body = { token, provider: 'password', response: { password: 'a new one on the window sill' } };
    expect((await visitor.post('/members/reset', body)).problem).toBe('token-unknown');
    const own = await newBrowser('users');
    expect((await own.post('/auth/reset', body)).status).toBe(204);
    // What was reset is the users' account, and no other.
    expect((await member.get('/members/security')).status).toBe(200);
    expect((await user.get('/auth/security')).problem).toBe('not-signed-in');
  });

  it('I-13 a guess slows nobody down in the other, and a known browser is known in one', async () => {
    await register('users');
    await register('members');
    // A session that is made now would make what follows in this moment count from one.
    realms.clock.advance(1);
    const guess = async (realm: Name): Promise<string | null> => {
      const wrong = { ...credentials, response: { password: 'not the right one at all' } };
      return (await (await newBrowser(realm)).post(`${bases[realm]}/sign-in`, wrong)).problem;
    };
    for (let n = 0; n < 10; n += 1) expect(await guess('users')).toBe('wrong-credentials');
    expect(await guess('users')).toBe('too-many-tries');
    // The same name from the same network: it is somebody else's account here.
    expect(await guess('members')).toBe('wrong-credentials');
    const known = await newBrowser('members');
    expect((await known.post('/members/sign-in', credentials)).body).toMatchObject({ status: 'done' });

    realms.clock.advance(1);
    for (let n = 0; n < 10; n += 1) expect(await guess('members')).toBe('wrong-credentials');
    const elsewhere = await newBrowser('users');
    elsewhere.ip = '198.51.100.7';
    expect((await elsewhere.post('/auth/sign-in', credentials)).body).toMatchObject({ status: 'done' });
    const stranger = await newBrowser('members');
    carry(elsewhere, stranger, 'known');
    expect((await stranger.post('/members/sign-in', credentials)).problem).toBe('too-many-tries');
    await open(known, 'members');
    expect((await known.post('/members/sign-in', credentials)).body).toMatchObject({ status: 'done' });
  });

  it('U4 who listens to one of them hears nothing of the other', async () => {
    const heard: string[] = [];
    for (const [name, realm] of [['users', realms.users] as const, ['members', realms.members] as const]) {
      realm.on('two-factor-requested', (event) => void heard.push(`${name} ${event.realm} ${event.purpose}`));
      realm.on('signed-in', () => void heard.push(`${name} signed in`));
    }
    const user = await register('users');
    await user.post('/auth/enrolments', { provider: 'email-otp', input: { address: identifier } });
    expect(heard).toEqual(['users signed in', 'users users enrolment']);
    heard.length = 0;
    const member = await register('members');
    await member.post('/members/enrolments', { provider: 'email-otp', input: { address: identifier } });
    expect(heard).toEqual(['members signed in', 'members members enrolment']);
  });
});
