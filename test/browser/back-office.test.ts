import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { newId } from '../../packages/cofactor/src/core/ids.ts';
import { launch } from '../support/chromium.ts';
import { TestClock } from '../support/clock.ts';
import { glance, glimpse, look } from '../support/look.ts';
import { describeWith } from '../support/needs.ts';
import { officeVisitor, type OfficeVisitor } from '../support/office-visitor.ts';
import { seedPerson, type Seeded } from '../support/seed.ts';
import { testServer, type TestServer } from '../support/serve.ts';
import { decodeQr } from '../support/zbar.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** The back office of the ready-made server: its own pages, its own API, a database file, a real browser. */
describeWith(['Chromium', 'zbarimg'], 'U5 U6 the back office', () => {
  const port = 30_500 + (process.pid % 900);
  const url = `http://localhost:${port}`;
  let data: string;
  let test: TestServer;
  let browser: Browser;
  /** In charge of everything but the owner. */
  let ada: OfficeVisitor;
  let page: Page;
  /** In charge of everything. */
  let olga: OfficeVisitor;
  const people = new Map<string, Seeded>();

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'cofactor-office-'));
    writePackage(join(data, 'packages', 'acme'));
    const settings = { data: join(data, 'data'), origin: url, port, members: true, name: 'Larkspur' };
    test = await testServer(
      { ...settings, extensions: [join(data, 'packages')] },
      // The pages have a clock of their own, which says what is ahead.
      { clock: new TestClock(new Date()) },
    );
    await test.server.listen();
    const users = test.server.realms.get('users');
    if (!users) throw new Error('there are no users');
    const person = async (name: string, roles: readonly string[], apps: number): Promise<Seeded> => {
      const identifier = `${name}@example.com`;
      const account = { identifier, canonical: identifier, email: identifier, roles };
      const seeded = { ...(await seedPerson(users, apps, account)), identifier };
      people.set(name, seeded);
      return seeded;
    };
    await person('olga', ['owner'], 1);
    await person('helen', ['helpdesk'], 1);
    await person('bob', [], 0);
    await person('carl', [], 1);
    await person('dana', [], 1);
    await person('nora', ['helpdesk'], 0);
    const admin = await person('ada', ['administrator'], 1);
    await addMembers(60);
    browser = await launch();
    ada = await officeVisitor(browser, url, admin, test.clock);
    page = ada.page;
  });
  afterAll(async () => {
    await browser?.close();
    await test?.close();
    rmSync(data, { recursive: true, force: true });
  });

  /** Accounts without anything to sign in with: nobody does. */
  async function addMembers(count: number): Promise<void> {
    const engine = test.server.realms.get('members')?.engine;
    if (!engine) throw new Error('there are no members');
    for (let n = 0; n < count; n += 1) {
      const identifier = `member-${String(n).padStart(3, '0')}`;
      const id = newId('usr', engine.config.random);
      const account = { identifier, canonical: identifier, roles: [], email: null, language: null };
      await engine.store.createUser(
        { id, realm: 'members', createdAt: engine.config.clock.now(), ...account },
        [],
        engine.audit.entry('user-created', id),
      );
    }
  }

  const known = (name: string): Seeded => {
    const person = people.get(name);
    if (!person) throw new Error(`nobody is called ${name}`);
    return person;
  };
  const openAccount = async (name: string): Promise<void> => {
    await page.goto('/admin/accounts/users');
    await ada.link(`${name}@example.com`).click();
    await page.getByRole('heading', { level: 1, name: `${name}@example.com` }).waitFor();
  };

  it('leads to the sign-in and back to the very page that was asked for', async () => {
    await ada.enter('/admin/accounts/users?filter=without-mfa');
    await ada.link('bob@example.com').waitFor();
    // The filter is in the address, so it outlives a reload.
    await page.reload();
    await ada.link('bob@example.com').waitFor();
    expect(await ada.link('carl@example.com').count()).toBe(0);
    expect(await ada.button('Without MFA').getAttribute('aria-pressed')).toBe('true');
  });

  it('U5 the avatar leads to one’s own providers; another app is enabled by its QR code', async () => {
    await page.goto('/admin');
    await ada.press(/^Your account/);
    await ada.link('Configure two-factor').click();
    await page.getByRole('heading', { level: 2, name: /Authenticator app/ }).waitFor();
    await ada.press('Add another: Authenticator app');
    const image = page.getByRole('img', { name: /QR code/ });
    await image.waitFor();
    const uri = new URL(decodeQr(await image.screenshot()));
    const key = uri.searchParams.get('secret') ?? '';
    await page.getByLabel('Code', { exact: true }).fill(ada.code(key));
    await page.getByRole('textbox', { name: /name/i }).fill('Tablet');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Tablet is set up' }).waitFor();
    await ada.press('Back to the list');
    await page.getByText('Tablet', { exact: true }).waitFor();
    expect(ada.complaints).toEqual([]);
  });

  it('U8 a package brings a set-up of its own', async () => {
    await ada.press('Make new ones: Acme sheet');
    await page.getByText('Ten words from Acme').waitFor();
    await ada.press('Kept');
    await page.getByRole('heading', { level: 1, name: /is set up/ }).waitFor();
    await ada.press('Back to the list');
    await page.goto('/admin/extensions/users');
    await page.getByRole('heading', { level: 2, name: 'acme' }).waitFor();
    expect(await page.locator('.bo-table').innerText()).toContain('./sheet.js');
    expect(ada.complaints).toEqual([]);
  });

  it('U5 disabling asks for a code, says that a wrong one is wrong, and takes the right one', async () => {
    await page.goto('/admin/two-factor');
    await ada.press('Disable Tablet');
    expect(await ada.dialog().innerText()).toContain('Disable Tablet?');
    await ada.press('Disable', ada.dialog());
    const proof = page.getByRole('dialog', { name: 'Confirm it is you' });
    await proof.getByLabel('Code', { exact: true }).fill('000000');
    await proof.getByText('That code is not right').waitFor();
    await proof.getByLabel('Code', { exact: true }).fill(ada.code());
    await page.getByText('Tablet is disabled.').waitFor();
    expect(await ada.button('Disable Tablet').count()).toBe(0);
  });

  it('says who has no second factor, and invites somebody', async () => {
    await page.goto('/admin/accounts/users');
    await ada.link('olga@example.com').waitFor();
    await ada.press('Without MFA');
    await ada.link('carl@example.com').waitFor({ state: 'detached' });
    expect(await page.locator('.bo-row-link').allInnerTexts()).toEqual([
      'bob@example.com',
      'nora@example.com',
    ]);
    await ada.press('Invite');
    const dialog = ada.dialog();
    await dialog.getByLabel('User name').fill('ivy@example.com');
    await dialog.getByLabel(/hand it over/).check();
    await ada.press('Invite', dialog);
    const link = await dialog.locator('code').innerText();
    expect(link.startsWith(`${url}/auth/`)).toBe(true);
    await ada.press('Done', dialog);
    await page.goto('/admin/accounts/users?filter=invited');
    await ada.link('ivy@example.com').waitFor();
    expect(await page.content()).not.toContain(link);
  });

  it('lists members page by page, and finds one by the beginning of the name', async () => {
    await page.goto('/admin/accounts/members');
    await ada.link('member-000').waitFor();
    const rows = page.locator('.bo-row-link');
    expect(await rows.count()).toBe(50);
    await ada.press('Load more');
    await ada.link('member-059').waitFor();
    expect(await rows.count()).toBe(60);
    // Who pressed goes on with what came.
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('member-050');
    await page.getByRole('searchbox').fill('member-04');
    await ada.link('member-000').waitFor({ state: 'detached' });
    expect(await rows.count()).toBe(10);
    await page.getByRole('searchbox').fill('nobody');
    await page.getByText('Nothing fits').waitFor();
    await ada.press('Show all');
    await ada.link('member-000').waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('');
  });

  it('resets somebody else’s factors for a reason, with a proof of its own', async () => {
    await openAccount('carl');
    // Five minutes and a second after the last proof.
    test.clock.advance(301);
    await ada.press('Reset two-factor');
    const dialog = ada.dialog();
    expect(await dialog.innerText()).toContain('carl@example.com is signed out everywhere');
    await ada.press('Reset two-factor', dialog);
    expect(await dialog.innerText()).toContain('Fill this in to go on.');
    await dialog.getByLabel('Reason').fill('Lost the phone; called back on the known number');
    await ada.press('Reset two-factor', dialog);
    const proof = page.getByRole('dialog', { name: 'Confirm it is you' });
    await proof.getByLabel('Code', { exact: true }).fill(ada.code());
    await page.getByText('Two-factor of carl@example.com is reset.').waitFor();
    await page.getByText('Two-factor is off').waitFor();
    expect(await page.locator('main').innerText()).toContain(
      'Lost the phone; called back on the known number',
    );
  });

  it('U5 disables one provider of somebody else', async () => {
    await openAccount('dana');
    await ada.press('Disable totp');
    const dialog = ada.dialog();
    expect(await dialog.innerText()).toContain('Disable totp of dana@example.com?');
    await dialog.getByLabel('Reason').fill('Phone stolen');
    await ada.press('Disable totp', dialog);
    await page.getByText('totp of dana@example.com is disabled.').waitFor();
    expect(await ada.button('Disable totp').count()).toBe(0);
  });

  it('locks, unlocks, and says what it cannot do to who ranks above', async () => {
    await openAccount('bob');
    await ada.press('Lock account');
    await ada.dialog().getByLabel('Reason').fill('Left the company');
    await ada.press('Lock account', ada.dialog());
    await page.getByText('bob@example.com is locked.').waitFor();
    await ada.press('Unlock account');
    await ada.dialog().getByLabel('Reason').fill('Came back');
    await ada.press('Unlock account', ada.dialog());
    await page.getByText('bob@example.com is unlocked.').waitFor();
    await openAccount('olga');
    await page.getByText('olga@example.com ranks above you').waitFor();
    expect(await ada.button('Lock account').count()).toBe(0);
    await openAccount('ada');
    await page.getByText('This is your own account').waitFor();
    expect(await ada.button('Reset two-factor').count()).toBe(0);
  });

  it('A-75 helpdesk sees neither what it may not see nor a way to touch an administrator', async () => {
    const helen = await officeVisitor(browser, url, known('helen'), test.clock);
    await helen.enter('/admin');
    expect(await helen.page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual([
      'Overview',
      'Users',
      'Members',
    ]);
    await helen.page.goto(`/admin/accounts/users/${known('ada').id}`);
    await helen.page.getByText('ada@example.com ranks above you').waitFor();
    const names = await helen.page.locator('main').getByRole('button').allInnerTexts();
    expect(names).toEqual([]);
    await helen.page.goto('/admin/audit/users');
    await helen.page.getByRole('heading', { name: 'You may not see this page' }).waitFor();
    // The API says the same to whoever asks it all the same.
    const status = await helen.page.evaluate(async (id) => {
      const context = (await (await fetch('/admin/api/context')).json()) as { csrf: string };
      const answer = await fetch(`/admin/api/realms/users/users/${id}/reset-mfa`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-csrf-token': context.csrf },
        body: JSON.stringify({ reason: 'none' }),
      });
      return answer.status;
    }, known('ada').id);
    expect(status).toBe(403);
    expect(helen.complaints).toEqual([]);
    await helen.context.close();
  });

  it('U5 A6 who has no second factor yet is led to set one up, gets in, and disables it with a code', async () => {
    const nora = await officeVisitor(browser, url, known('nora'), test.clock);
    await nora.enter('/admin/accounts/users');
    await nora.press(/^Authenticator app/);
    const image = nora.page.getByRole('img', { name: /QR code/ });
    await image.waitFor();
    const key = new URL(decodeQr(await image.screenshot())).searchParams.get('secret') ?? '';
    const code = nora.page.getByRole('textbox', { name: 'Code', exact: true });
    await code.fill(nora.code(key));
    await nora.press('Confirm and finish');
    // What is issued with it is shown by the package that brings an element for it (U8).
    await nora.press('Kept');
    await nora.link('Continue').first().click();
    // Setting it up has not raised the session: the back office asks for the code.
    await code.fill(nora.code(key));
    await nora.page.waitForURL((at) => at.pathname === '/admin/accounts/users');
    await nora.press(/^Your account/);
    await nora.link('Configure two-factor').click();
    const way = nora.page.locator('.bo-way').filter({ hasText: 'Authenticator app' });
    await way.getByText('Enabled').waitFor();
    // Later than the proof that led in here, if by a second only.
    test.clock.advance(1);
    await nora.press(/^Disable/, way);
    await nora.press('Disable', nora.dialog());
    const proof = nora.page.getByRole('dialog', { name: 'Confirm it is you' });
    await proof.getByLabel('Code', { exact: true }).fill('123456');
    await proof.getByText('That code is not right').waitFor();
    await proof.getByLabel('Code', { exact: true }).fill(nora.code(key));
    await way.getByText('Disabled', { exact: true }).waitFor();
    // With a password alone nobody is in charge of others.
    await nora.page.goto('/admin/accounts/users');
    await nora.page.waitForURL((at) => at.pathname.startsWith('/auth/'));
    expect(nora.complaints).toEqual([]);
    await nora.context.close();
  });

  it('lets nobody in who is in charge of nothing', async () => {
    const bob = await officeVisitor(browser, url, known('bob'), test.clock);
    await bob.enter('/admin');
    await bob.page.waitForURL((at) => at.pathname.startsWith('/auth/') && at.pathname !== '/auth/sign-in');
    const answer = await bob.page.evaluate(async () => (await fetch('/admin/api/context')).status);
    expect(answer).toBe(403);
    await bob.context.close();
  });

  it('previews a rule before it can be saved', async () => {
    await page.goto('/admin/enforcement/users');
    await page.getByText('Nothing is demanded of anybody').waitFor();
    await ada.link('Add a rule').click();
    await ada.press('Preview');
    await page.getByRole('heading', { name: 'What this rule would do' }).waitFor();
    const preview = page.locator('.bo-preview');
    expect(await preview.innerText()).toMatch(/It is about \d+ accounts/);
    await preview.getByText('Who has to set something up').click();
    await preview.getByRole('link', { name: 'nora@example.com' }).waitFor();
    // What was previewed is what is saved: a change takes the button away.
    await page.getByLabel('Days to put it off').fill('14');
    expect(await preview.count()).toBe(0);
    await ada.press('Preview');
    await ada.press(/^Save rule/);
    await page.getByText('The rule is saved: Everybody: Users.').waitFor();
    expect(await page.locator('.bo-table').innerText()).toContain('Announced');
  });

  it('adds an application, and shows its secret once', async () => {
    await page.goto('/admin/applications/users/new');
    await page.getByLabel('Name', { exact: true }).fill('Shop');
    await page.getByLabel('Client id').fill('shop');
    await page.getByLabel(/Redirect addresses/).fill('ftp://shop.example.com');
    await ada.press('Add application');
    await page.getByText(/no address to lead back to/).waitFor();
    await page.getByLabel(/Redirect addresses/).fill('https://shop.example.com/callback');
    await ada.press('Add application');
    const secret = await ada.dialog().locator('code').innerText();
    expect(secret.length).toBeGreaterThan(30);
    await ada.press('Done', ada.dialog());
    await page.getByRole('heading', { level: 1, name: 'Shop' }).waitFor();
    expect(await page.content()).not.toContain(secret);
    await ada.press('Remove application');
    await ada.press('Remove Shop', ada.dialog());
    await page.getByText('Shop is removed.').waitFor();
    await page.getByText('No applications yet').waitFor();
  });

  it('adds an issuer, as only an owner may', async () => {
    await page.goto('/admin/issuers/users/new');
    await page.getByRole('heading', { name: 'You may not see this page' }).waitFor();
    olga = await officeVisitor(browser, url, known('olga'), test.clock);
    await olga.enter('/admin/issuers/users');
    await olga.page.getByText('Nobody signs in from elsewhere').waitFor();
    await olga.link('Add an issuer').click();
    await olga.page.getByLabel('Short name').fill('contoso');
    await olga.page.getByLabel('Name', { exact: true }).fill('Contoso');
    await olga.page.getByLabel('Issuer', { exact: true }).fill('https://login.contoso.example');
    await olga.page.getByLabel('Client id').fill('larkspur');
    await olga.page.getByLabel(/Trusted beyond/).fill('amr means a lot');
    await olga.press('Add issuer');
    await olga.page.getByText('Each line takes').waitFor();
    await olga.page.getByLabel(/Trusted beyond/).fill('amr mfa = mfa');
    await olga.press('Add issuer');
    await olga.page.getByRole('heading', { level: 1, name: 'Contoso' }).waitFor();
    expect(await olga.page.locator('main').innerText()).toContain(`${url}/auth/external/contoso`);
    await olga.page.getByText('until it is started again').waitFor();
    await olga.press('Remove issuer');
    await olga.press('Remove Contoso', olga.dialog());
    await olga.page.getByText('Contoso is removed.').waitFor();
  });

  it('adds a webhook, and takes it away again', async () => {
    await page.goto('/admin/webhooks/users');
    await ada.press('Add a webhook');
    await ada.dialog().getByRole('textbox', { name: 'Name' }).fill('SIEM');
    await ada.dialog().getByLabel('Address').fill('https://siem.example.com/hook');
    await ada.press('Add webhook', ada.dialog());
    const secret = await ada.dialog().locator('code').innerText();
    expect(secret.length).toBeGreaterThan(20);
    await ada.press('Done', ada.dialog());
    await page.getByText('https://siem.example.com/hook').waitFor();
    expect(await page.content()).not.toContain(secret);
    await ada.press('Remove SIEM');
    await ada.press('Remove webhook', ada.dialog());
    await page.getByText('Nobody is told').waitFor();
  });

  it('filters the audit, verifies it, and gives it as a file', async () => {
    await page.goto('/admin/audit/users');
    await ada.press('Verify all of it');
    await page.getByText(/All is well: \d+ rows/).waitFor();
    const type = await page.locator('#bo-audit-types option').last().getAttribute('value');
    await page.getByLabel('Event', { exact: true }).fill(type ?? '');
    await page.keyboard.press('Enter');
    await page.waitForURL((at) => at.searchParams.get('type') === type);
    await page.locator('.bo-event').first().waitFor();
    const shown = new Set(await page.locator('.bo-event').allInnerTexts());
    expect(shown.size).toBe(1);
    await page.goto('/admin/audit/users');
    for (const name of ['Export as CSV', 'Export as JSON']) {
      const [download] = await Promise.all([page.waitForEvent('download'), ada.link(name).click()]);
      expect(readFileSync(await download.path(), 'utf8')).toContain('Phone stolen');
    }
  });

  it('U5 a provider that is off is enabled and disabled again, with itself for the proof', async () => {
    await page.goto('/admin/two-factor');
    const devices = await ada.context.newCDPSession(page);
    await devices.send('WebAuthn.enable', { enableUI: false });
    await devices.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await ada.button('Enable Acme key').waitFor();
    const way = page.locator('.bo-way').filter({ hasText: 'Acme key' });
    expect(await way.innerText()).toContain('Disabled');
    // The name that the package gives it (U6).
    await ada.press('Enable Acme key');
    await ada.press(/passkey/i, page.locator('cofactor-set-up'));
    await page.getByRole('heading', { level: 1, name: /is set up/ }).waitFor();
    await ada.press('Back to the list');
    await way.getByText('Enabled').waitFor();
    await ada.press(/^Disable/, way);
    await ada.press('Disable', ada.dialog());
    // The passkey answers by itself: its person is there.
    await way.getByText('Disabled', { exact: true }).waitFor();
    expect(await ada.said()).toContain('is disabled.');
  });

  it('works without a mouse: skip link, menu, dialog and back', async () => {
    await page.goto('/admin/accounts/users');
    await ada.link('bob@example.com').waitFor();
    const tabTo = async (name: RegExp): Promise<void> => {
      for (let presses = 0; presses < 40; presses += 1) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
        if (name.test(focused)) return;
      }
      throw new Error(`the focus never came to ${name}`);
    };
    await tabTo(/^Skip to content/);
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    await tabTo(/^Invite$/);
    await page.keyboard.press('Enter');
    await ada.dialog().waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Invite');
    await tabTo(/^bob@example.com/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'bob@example.com' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('bob@example.com');
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
  });

  it('every page keeps the rules of WCAG and fits 320 px', async () => {
    const { page } = olga;
    const views: Readonly<Record<string, string>> = {
      overview: '',
      accounts: '/accounts/users',
      members: '/accounts/members',
      account: `/accounts/users/${known('bob').id}`,
      applications: '/applications/users',
      application: '/applications/users/new',
      issuers: '/issuers/users',
      issuer: '/issuers/users/new',
      rules: '/enforcement/users',
      rule: '/enforcement/users/new',
      audit: '/audit/users',
      webhooks: '/webhooks/users',
      extensions: '/extensions/users',
      'two-factor': '/two-factor',
      nowhere: '/nowhere',
    };
    const tags: Readonly<Record<string, string>> = { members: 'accounts', rules: 'enforcement' };
    const wrong: string[] = [];
    await page.goto('/admin');
    for (const [name, path] of Object.entries(views)) {
      // As a link does it: the page is not loaded anew for each.
      await page.evaluate((to) => {
        history.pushState(null, '', to);
        dispatchEvent(new PopStateEvent('popstate'));
      }, `/admin${path}`);
      await page
        .locator(name === 'nowhere' ? 'main > .bo-head' : `main > bo-${tags[name] ?? name}`)
        .waitFor();
      await page.locator('.bo-loading').waitFor({ state: 'detached' });
      wrong.push(...(await (name === 'account' ? look : glance)(page, `back-office-${name}`)));
    }
    await page.goto('/admin/accounts/users');
    await olga.press('Invite');
    wrong.push(...(await glance(page, 'back-office-invite')));
    await olga.press('Cancel', olga.dialog());
    await olga.press(/^Your account/);
    wrong.push(...(await glance(page, 'back-office-menu')));
    expect(wrong).toEqual([]);
    // At 320 px the navigation opens by a button.
    await page.setViewportSize({ width: 320, height: 800 });
    await page.goto('/admin');
    expect(await page.getByRole('navigation').count()).toBe(0);
    await olga.press('Menu');
    await olga.link('Audit').click();
    await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
    expect(await page.getByRole('navigation', { name: 'Back office' }).count()).toBe(0);
    expect(olga.complaints).toEqual([]);
  });

  it('speaks German, at 320 px too', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto('/admin');
    await ada.press(/^Your account/);
    await ada.press('Deutsch');
    await page.getByRole('heading', { level: 1, name: 'Übersicht' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
    const wrong: string[] = [];
    for (const path of ['/accounts/users', `/accounts/users/${known('bob').id}`, '/enforcement/users/new']) {
      await page.goto(`/admin${path}`);
      await page.locator('.bo-loading').waitFor({ state: 'detached' });
      wrong.push(...(await glimpse(page, `back-office-de${path.replaceAll('/', '-')}`)));
    }
    expect(wrong).toEqual([]);
    // What comes from the account pages speaks it too.
    await page.goto('/admin/two-factor');
    await ada.press(/^Weiteres hinzufügen/);
    await page.getByText('Bestätigen und abschließen').waitFor();
  });

  it('signs out', async () => {
    await page.goto('/admin');
    await ada.press(/^Ihr Konto/);
    await ada.press('Abmelden');
    await page.waitForURL((at) => at.pathname === '/auth/sign-in');
    // What was open may not be shown again.
    await page.goto('/admin/accounts/users');
    await page.waitForURL((at) => at.pathname === '/auth/sign-in');
    expect(new URL(page.url()).searchParams.get('return_to')).toBe('/admin/accounts/users');
  });
});

/** A package with a name for one provider, and with a set-up element for another. */
function writePackage(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const extension = { type: 'mfaLoginProvider', name: 'Acme' };
  const extensions = [
    { ...extension, alias: 'Acme.Key', forProviderName: 'webauthn', meta: { label: 'Acme key' } },
    {
      ...extension,
      alias: 'Acme.Sheet',
      forProviderName: 'recovery-codes',
      element: './sheet.js',
      meta: { label: 'Acme sheet' },
    },
  ];
  writeFileSync(
    join(folder, 'cofactor-package.json'),
    JSON.stringify({ name: 'Acme', version: '1.0.0', extensions }),
  );
  writeFileSync(
    join(folder, 'sheet.js'),
    `export default class extends HTMLElement {
      connectedCallback() {
        const words = document.createElement('p');
        words.textContent = \`\${this.setup.codes.length === 10 ? 'Ten' : 'Other'} words from Acme\`;
        const kept = document.createElement('button');
        kept.textContent = 'Kept';
        kept.addEventListener('click', () => void this.callback({ saved: true }));
        this.append(words, kept);
      }
    }`,
  );
}
