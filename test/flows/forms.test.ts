import { afterEach, beforeEach, expect, it } from 'vitest';
import { onEachAdapter, type TestDatabase } from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { submit, view, type Fields } from '../support/forms.ts';
import { oathtoolCode } from '../support/oathtool.ts';
import { createRealms, type TestRealms } from '../support/realms.ts';

const identifier = 'ann@example.org';
const password = 'roses in the garden at home';

onEachAdapter('U3 pages of the site’s own, with plain forms', (fresh, through) => {
  let database: TestDatabase;
  let realms: TestRealms;
  let browser: TestBrowser;
  beforeEach(async () => {
    database = await fresh();
    realms = await createRealms(database.open(), { rememberDevices: true }, {}, through);
    browser = realms.browser();
  });
  afterEach(async () => {
    await realms.close();
    await database.drop();
  });

  /** Opens the page, fills the form in and sends it; returns where it leads. */
  const send = async (path: string, fields: Fields, page = '/site'): Promise<string> => {
    const { csrf } = await view(browser, page);
    const answer = await submit(browser, `/members${path}`, { csrf, _back: page, ...fields });
    expect([path, answer.status, answer.text]).toEqual([path, 303, '']);
    return String(answer.headers['location']);
  };
  const words = async (page = '/site'): Promise<string | null> =>
    (await view(browser, page)).problem?.words ?? null;
  const signUp = (): Promise<string> =>
    send('/register', {
      identifier,
      provider: 'password',
      'response.password': password,
      returnTo: '/site/me',
    });
  const signIn = (typed = password): Promise<string> =>
    send('/sign-in', {
      identifier,
      provider: 'password',
      'response.password': typed,
      returnTo: '/site/me',
      _next: '/site/code',
    });
  const appCode = (key: string): string => oathtoolCode(key, realms.clock.now());
  const setUpApp = async (): Promise<string> => {
    expect(await send('/enrolments', { provider: 'totp', _next: '/site/add' })).toBe('/site/add');
    const key = String((await view(browser)).enrolment?.setup['key']);
    await send('/enrolments/confirm', { 'response.code': appCode(key), name: 'Phone', _next: '/site/codes' });
    return key;
  };
  const withoutSecrets = (answer: Answer): void => expect(answer.text).not.toMatch(/enr_|ses_|cer_|csrf_/);

  it('registers, signs out and signs in', async () => {
    expect((await view(browser)).first.map(({ provider }) => provider)).toEqual(['password']);
    const short = { identifier, provider: 'password', 'response.password': 'tulip', returnTo: '/site/me' };
    expect(await send('/register', short)).toBe('/site');
    const refused = (await view(browser)).problem;
    // The provider's own words, and what was typed but for the password.
    expect(refused).toMatchObject({ name: 'refused-response', identifier });
    expect(refused?.words).toContain('15');
    expect(JSON.stringify(refused)).not.toContain('tulip');
    // Once, and no more.
    expect(await words()).toBeNull();

    expect(await signUp()).toBe('/site/me');
    const { session, security } = await view(browser);
    expect(session?.user.identifier).toBe(identifier);
    expect(security?.addable.map(({ provider }) => provider)).toEqual(['totp', 'email-otp']);
    expect(await send('/sign-out', { _next: '/bye' })).toBe('/bye');
    expect((await view(browser)).session).toBeNull();

    expect(await signIn('not the password at all')).toBe('/site');
    expect(await words()).toBe('That does not match an account. Check both fields and try again.');
    expect(await signIn()).toBe('/site/me');
  });

  it('sets an authenticator app up: the secret is in no page and no address, the codes are shown once', async () => {
    await signUp();
    expect(await send('/enrolments', { provider: 'totp', _next: '/site/add' })).toBe('/site/add');
    const page = await browser.page('/site/add');
    withoutSecrets(page);
    const { enrolment } = await view(browser);
    expect(enrolment).toMatchObject({
      provider: { provider: 'totp' },
      proposedName: 'Authenticator app',
      setup: { qr: { size: expect.any(Number), path: expect.any(String) } },
    });
    const key = String(enrolment?.setup['key']);
    expect(await send('/enrolments/confirm', { 'response.code': '000000', _next: '/site/codes' })).toBe(
      '/site',
    );
    expect((await view(browser)).problem).toMatchObject({
      name: 'wrong-response',
      words: 'That code is not right. Codes change every 30 seconds; try the newest one.',
    });
    const code = appCode(key);
    const spaced = `${code.slice(0, 3)} ${code.slice(3)}`;
    const fields = { 'response.code': spaced, name: 'Phone', _next: '/site/codes' };
    expect(await send('/enrolments/confirm', fields)).toBe('/site/codes');
    const after = await view(browser, '/site/codes');
    expect(after.enrolment).toBeNull();
    const [issued] = after.issued;
    expect([issued?.provider.provider, issued?.setup['codes']]).toEqual([
      'recovery-codes',
      expect.any(Array),
    ]);
    expect((await view(browser, '/site/codes')).issued).toEqual([]);
    expect(after.security?.authenticators.map(({ name }) => name)).toEqual([
      'Password',
      'Phone',
      'Recovery codes',
    ]);
    for (const cookie of browser.setCookies) expect(cookie).not.toContain(key);
  });

  it('U7 asks for the second step, with a choice, and says that a code is wrong', async () => {
    await signUp();
    const key = await setUpApp();
    const [recovery] = (await view(browser)).issued;
    const codes = recovery?.setup['codes'] as string[];
    browser = realms.browser();
    realms.clock.advance(31);
    expect(await signIn()).toBe('/site/code');
    const { ceremony } = await view(browser, '/site/code');
    expect(ceremony?.offers.map(({ name }) => name)).toEqual(['Phone', 'Recovery codes']);
    expect(ceremony?.chosen?.name).toBe('Phone');
    const [app, paper] = ceremony?.offers ?? [];
    const answer = (authenticator: string | undefined, code: string, more: object = {}): Promise<string> =>
      send(
        '/ceremony',
        { authenticator: authenticator ?? '', 'response.code': code, _next: '/site/code', ...more },
        '/site/code',
      );
    expect(await answer(paper?.authenticator, 'not-one')).toBe('/site/code');
    const wrong = await view(browser, '/site/code');
    expect(wrong.problem).toMatchObject({ name: 'wrong-response', triesLeft: 4 });
    // What was answered stays chosen; the page can say which one it wants.
    expect(wrong.ceremony?.chosen?.name).toBe('Recovery codes');
    const other = await view(browser, `/site/code?with=${app?.authenticator}`);
    expect(other.ceremony?.chosen?.name).toBe('Phone');
    expect(await answer(app?.authenticator, ` ${appCode(key)} `, { remember: 'on' })).toBe('/site/me');
    expect((await view(browser)).session?.amr).toEqual(['pwd', 'otp', 'mfa']);

    // The box was ticked: this browser is not asked again. Another one is, and takes a code from paper once.
    await send('/sign-out', { _next: '/' });
    expect(await signIn()).toBe('/site/me');
    browser = realms.browser();
    expect(await signIn()).toBe('/site/code');
    expect(await answer(paper?.authenticator, codes[0] ?? '')).toBe('/site/me');
    browser = realms.browser();
    await signIn();
    expect(await answer(paper?.authenticator, codes[0] ?? '')).toBe('/site/code');
    expect((await view(browser)).problem?.words).toMatch(/already/);
  });

  it('U4 sends codes by mail when the button is pressed', async () => {
    await signUp();
    const begin = { provider: 'email-otp', 'input.address': 'ann@home.example', _next: '/site/add' };
    expect(await send('/enrolments', { ...begin, 'input.address': 'nowhere' })).toBe('/site');
    expect(await words()).toBe(
      'This is not an e-mail address that we can write to. It looks like name@example.com.',
    );
    expect(await send('/enrolments', begin)).toBe('/site/add');
    expect((await view(browser)).enrolment?.setup).toEqual({ to: expect.stringContaining('@home.example') });
    const mailed = (): string => {
      const mail = realms.mail.messages().find(({ to }) => to === 'ann@home.example');
      return /\b\d{6}\b/.exec(mail?.text ?? '')?.[0] ?? '';
    };
    expect(await send('/enrolments/confirm', { 'response.code': mailed(), _next: '/site/codes' })).toBe(
      '/site/codes',
    );

    browser = realms.browser();
    realms.clock.advance(61);
    await signIn();
    const [offer] = (await view(browser)).ceremony?.offers ?? [];
    expect(offer).toMatchObject({
      provider: { challenge: true },
      hint: expect.stringContaining('@home.example'),
    });
    const authenticator = offer?.authenticator ?? '';
    const asked = `/site/code?with=${authenticator}&sent=1`;
    expect(await send('/challenges', { authenticator, _next: asked })).toBe(asked);
    expect(await send('/ceremony', { authenticator, 'response.code': mailed() }, asked)).toBe('/site/me');
    expect((await view(browser)).session?.amr).toContain('mfa');
  });

  it('renames and switches off, after a fresh proof where the last one is too old', async () => {
    await signUp();
    const key = await setUpApp();
    const security = (await view(browser)).security;
    const id = security?.authenticators.find(({ name }) => name === 'Phone')?.id ?? '';
    expect(await send('/authenticators', { _method: 'PATCH', id, name: 'Old phone', _next: '/ok' })).toBe(
      '/ok',
    );
    realms.clock.advance(301);
    const remove = { _method: 'DELETE', id, _next: '/gone' };
    expect(await send('/authenticators', remove)).toBe('/site');
    const refused = await view(browser);
    expect([refused.problem?.name, refused.security?.canManage]).toEqual(['step-up-needed', false]);
    expect(await send('/step-up', { returnTo: '/site/off', _next: '/site/code' })).toBe('/site/code');
    const { ceremony } = await view(browser);
    expect([ceremony?.purpose, ceremony?.chosen?.name]).toEqual(['step-up', 'Old phone']);
    const where = await send('/ceremony', {
      authenticator: id,
      'response.code': appCode(key),
      _next: '/site/code',
    });
    expect(where).toBe('/site/off');
    expect(await send('/authenticators', remove)).toBe('/gone');
    expect((await view(browser)).security?.authenticators.map(({ name }) => name)).toEqual(['Password']);
  });

  it('makes new recovery codes, which a tick says are kept', async () => {
    await signUp();
    await setUpApp();
    // The set-up proved nothing, so that more needs the second factor first; a right code is at hand on paper.
    const [first] = (await view(browser)).issued;
    const { security } = await view(browser);
    const paper = security?.authenticators.find(({ provider }) => provider.usage === 'recovery')?.id ?? '';
    await send('/step-up', { returnTo: '/site/me', _next: '/site/code' });
    const [code = ''] = (first?.setup['codes'] ?? []) as string[];
    expect(await send('/ceremony', { authenticator: paper, 'response.code': code })).toBe('/site/me');
    expect(await send('/enrolments', { provider: 'recovery-codes', _next: '/site/add' })).toBe('/site/add');
    expect((await view(browser)).enrolment?.setup['codes']).toHaveLength(10);
    // Not ticked: nothing of the old ones is lost yet.
    expect(await send('/enrolments/confirm', { _next: '/ok' })).toBe('/site');
    expect((await view(browser)).problem?.name).toBe('malformed');
    expect(await send('/enrolments/confirm', { 'response.saved': 'on', _next: '/ok' })).toBe('/ok');
  });

  it('speaks the language of the reader, or the one that the site has', async () => {
    expect(await send('/language', { language: 'de', _next: '/site' })).toBe('/site');
    await signIn('not the password at all');
    expect((await view(browser)).language).toBe('de');
    await signIn('not the password at all');
    expect(await words()).toBe(
      'Das passt zu keinem Konto. Bitte prüfen Sie beide Felder und versuchen Sie es erneut.',
    );
    await signIn('not the password at all');
    for (let n = 0; n < 12; n += 1) await signIn('not the password at all');
    expect(await words()).toMatch(
      /^Zu viele Versuche\. Sie können es in \d+ (Sekunden|Minuten|Minute) erneut versuchen\.$/,
    );
  });

  it('A6 is where guards lead to, where the site names pages of its own, and back from there', async () => {
    await realms.close();
    const pages = { signIn: '/site/in', stepUp: '/site/confirm', security: '/site/me' };
    realms = await createRealms(database.open(), {}, { pages }, through);
    browser = realms.browser();
    const led = async (path = '/club'): Promise<unknown> => (await browser.page(path)).headers['location'];
    expect(await led()).toBe('/site/in?return_to=%2Fclub');
    expect(await led('/members/security')).toBe('/site/in?return_to=%2Fmembers%2Fsecurity');
    expect((await view(browser, '/site/in?return_to=%2Fclub')).returnTo).toBe('/club');
    await signUp();
    expect(await led()).toBe('/site/me?return_to=%2Fclub');
    const nothing = { policy: 'Profile', returnTo: '/club', _next: '/site/code' };
    expect(await send('/step-up', nothing)).toBe('/site/me?return_to=%2Fclub');
    const key = await setUpApp();
    expect(await led()).toBe('/site/confirm?policy=Profile&return_to=%2Fclub');
    realms.clock.advance(31);
    expect(await send('/step-up', nothing)).toBe('/site/code');
    const authenticator = (await view(browser)).ceremony?.chosen?.authenticator ?? '';
    expect(await send('/ceremony', { authenticator, 'response.code': appCode(key) })).toBe('/club');
    expect((await browser.get('/club')).text).toBe('inside');
    // The users have none, and are led to the standard ones.
    expect(await led('/admin')).toBe('/auth/sign-in?return_to=%2Fadmin');
  });

  it('leads to the standard pages where the site names none of its own', async () => {
    await signUp();
    await setUpApp();
    browser = realms.browser();
    const { csrf } = await view(browser);
    const fields = { csrf, identifier, provider: 'password', 'response.password': password };
    const asked = await submit(browser, '/members/sign-in', fields);
    expect([asked.status, asked.headers['location']]).toEqual([303, '/members/sign-in']);
    const wrong = await submit(browser, '/members/sign-in', { ...fields, 'response.password': 'x' });
    expect([wrong.status, wrong.headers['content-type']]).toEqual([401, 'text/html; charset=utf-8']);
    expect(wrong.text).toContain('That does not match an account');
  });
});
