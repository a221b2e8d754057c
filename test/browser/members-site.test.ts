import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ConfirmedView, EnrolmentView } from '../../packages/cofactor/src/http/contract.ts';
import { network, TestBrowser } from '../support/browser.ts';
import { launch } from '../support/chromium.ts';
import { keepComplaints } from '../support/complaints.ts';
import { look } from '../support/look.ts';
import { describeWith } from '../support/needs.ts';
import { oathtoolCode } from '../support/oathtool.ts';
import { spawnServer, type SpawnedServer } from '../support/server.ts';
import { decodeQr } from '../support/zbar.ts';

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 });

/** The members of the example, in a browser whose JavaScript is switched off: every page, every form. */
describeWith(['Chromium', 'oathtool', 'zbarimg'], 'U3 the members’ site without JavaScript', () => {
  let server: SpawnedServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** Where pictures are taken and rules are checked, which needs scripts. */
  let mirror: Page;
  let data: string;
  let key = '';
  let codes: string[] = [];
  const complaints: string[] = [];
  const name = 'ann@example.com';
  const password = 'roses in the winter garden';

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'cofactor-members-'));
    const PORT = String(28_100 + (process.pid % 900));
    server = await spawnServer('examples/members-site/server.ts', { PORT, DATA: data });
    browser = await launch();
    mirror = await (await browser.newContext({ baseURL: server.url, locale: 'en-US' })).newPage();
    await newVisitor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  async function newVisitor(): Promise<void> {
    await context?.close();
    context = await browser.newContext({ baseURL: server.url, locale: 'en-US', javaScriptEnabled: false });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    keepComplaints(page, complaints, { refused: false });
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !request.url().startsWith('data:')) {
        complaints.push(`asked ${request.url()}`);
      }
      if (/ses_|cer_|enr_|csrf_/.test(request.url())) complaints.push(`a secret in ${request.url()}`);
    });
  }

  /** The page as it stands, whole, in the browser that has scripts: what is shown once is not asked for twice. */
  async function looked(title: string): Promise<readonly string[]> {
    const body = await page.content();
    expect(body).not.toContain('<script');
    const url = page.url();
    await mirror.route(url, (route) => route.fulfill({ body, contentType: 'text/html; charset=utf-8' }));
    await mirror.goto(url);
    const wrong = await look(mirror, `members-${title}`);
    await mirror.unroute(url);
    return wrong;
  }

  const press = (text: string | RegExp): Promise<void> => page.getByRole('button', { name: text }).click();
  const follow = (text: string | RegExp): Promise<void> =>
    page.getByRole('link', { name: text }).first().click();
  const fill = (label: string, text: string): Promise<void> =>
    page.getByLabel(label, { exact: true }).fill(text);
  const at = (path: string): Promise<void> => page.waitForURL((url) => url.pathname === path);
  const problem = async (): Promise<string> => page.getByRole('alert').innerText();

  let lastStep = 0;
  /** A code that was not used before: the next step of the clock, where the present one was. */
  async function freshCode(): Promise<string> {
    const step = (): number => Math.floor(Date.now() / 30_000);
    const next = Math.max(step(), lastStep + 1);
    while (next > step() + 1) await page.waitForTimeout(500);
    lastStep = next;
    return oathtoolCode(key, new Date(next * 30_000));
  }
  /** The newest code in the mailbox of the development, read as a person would. */
  async function mailedCode(): Promise<string> {
    const box = await context.newPage();
    await box.goto('/dev/mailbox');
    await box.getByRole('link', { name: /code/ }).first().click();
    const text = await box.locator('main').innerText();
    await box.close();
    return /\b\d{6}\b/.exec(text)?.[0] ?? '';
  }
  async function signIn(): Promise<void> {
    await page.goto('/login');
    await fill('E-mail address', name);
    await fill('Password', password);
    await press('Sign in');
  }

  it('joins, and is told what is wrong with a password', async () => {
    await page.goto('/');
    expect(await looked('home')).toEqual([]);
    await page.locator('main').getByRole('link', { name: 'Join' }).click();
    await fill('E-mail address', name);
    await fill('Password', 'roses');
    await press('Join');
    await at('/join');
    expect(await problem()).toContain('too short');
    // The address is still there; the focus and what is wrong are at the form.
    expect(await page.getByLabel('E-mail address').inputValue()).toBe(name);
    expect(await looked('join-refused')).toEqual([]);
    await fill('Password', password);
    await press('Join');
    await at('/profile');
    expect(await looked('profile-new')).toEqual([]);
    const ways = await page.getByRole('heading', { level: 3 }).allInnerTexts();
    expect(ways).toEqual(['Password', 'Authenticator app', 'Code by e-mail']);
    // Passkeys need a script, and say where.
    expect(await page.getByRole('link', { name: 'the full page' }).getAttribute('href')).toContain(
      '/members/security',
    );
  });

  it('A6 is led from a page that needs a second step to where one is set up', async () => {
    await page.goto('/swap');
    await at('/profile');
    expect(await page.getByRole('link', { name: 'go on' }).getAttribute('href')).toBe('/swap');
    expect(await looked('profile-led')).toEqual([]);
  });

  it('A1 sets an authenticator app up with the QR code that the server drew', async () => {
    await follow('Set up Authenticator app');
    await press('Begin');
    const image = page.getByRole('img', { name: /QR code/ });
    await image.waitFor();
    expect(await looked('set-up-app')).toEqual([]);
    const uri = new URL(decodeQr(await image.screenshot()));
    expect(decodeURIComponent(uri.pathname)).toBe(`/Larkspur:${name}`);
    key = uri.searchParams.get('secret') ?? '';
    await page.getByText("Can't scan it?").click();
    expect((await page.locator('.key').innerText()).replaceAll(' ', '')).toBe(key);
    await fill('Code', '000 000');
    await press('Save');
    expect(await problem()).toContain('That code is not right');
    expect(await page.getByLabel('Code', { exact: true }).getAttribute('aria-describedby')).toBe('problem');
    expect(await looked('set-up-app-wrong')).toEqual([]);
    const code = await freshCode();
    await fill('Code', `${code.slice(0, 3)} ${code.slice(3)}`);
    await fill('Name it, to know it again', 'Phone');
    await press('Save');
    await at('/profile/codes');
  });

  it('sees ten recovery codes, once, and switches nothing off with a password alone', async () => {
    codes = await page.locator('.codes li').allInnerTexts();
    expect(new Set(codes).size).toBe(10);
    expect(await looked('codes')).toEqual([]);
    await page.reload();
    await at('/profile');
    expect(await page.locator('main').innerText()).not.toContain(codes[0]);
    expect(await page.getByText('10 left').count()).toBe(1);
    expect(await looked('profile-two-steps')).toEqual([]);
    await follow('Turn off Phone');
    expect(await looked('off-confirm-first')).toEqual([]);
    expect(await page.getByRole('button', { name: 'Turn off' }).count()).toBe(0);
    await press('Confirm that it is me');
    await at('/login/code');
    await press('Start over');
    await at('/login');
  });

  it('A5 A6 confirms with a code what a page asks, and comes back to it', async () => {
    await page.goto('/swap');
    await at('/confirm');
    expect(await looked('confirm')).toEqual([]);
    await press('Confirm');
    await at('/login/code');
    expect(await looked('step-up')).toEqual([]);
    await fill('Code', await freshCode());
    await press('Confirm');
    await at('/swap');
    expect(await looked('swap')).toEqual([]);
  });

  it('U4 has codes sent by mail, too', async () => {
    await page.goto('/profile');
    await follow('Set up Code by e-mail');
    expect(await looked('set-up-mail')).toEqual([]);
    await fill('E-mail address', 'ann@home.example');
    await press('Send a code');
    await page.getByText('We sent a code to').waitFor();
    expect(await looked('set-up-mail-code')).toEqual([]);
    await fill('Code', await mailedCode());
    await press('Save');
    await at('/profile');
    expect(await looked('profile-all')).toEqual([]);
  });

  it('U7 signs in with a second step, chosen among several, and is told when a code is wrong', async () => {
    // Passkeys cannot be used here, and it is said where.
    await press('Sign out');
    await at('/');
    await page.goto('/profile');
    await at('/login');
    expect(new URL(page.url()).searchParams.get('return_to')).toBe('/profile');
    const full = page.getByRole('link', { name: 'the full page' });
    expect(await full.getAttribute('href')).toBe('/members/sign-in?return_to=%2Fprofile');
    expect(await looked('sign-in')).toEqual([]);
    await fill('E-mail address', name);
    await fill('Password', 'not the password at all');
    await press('Sign in');
    expect(await problem()).toContain('does not match an account');
    expect(await looked('sign-in-wrong')).toEqual([]);
    await fill('Password', password);
    await press('Sign in');
    await at('/login/code');
    // Whichever comes first: this is about the app.
    const app = page.getByRole('link', { name: 'Phone' });
    if ((await app.count()) > 0) await app.click();
    const field = page.getByLabel('Code', { exact: true });
    expect([await field.getAttribute('autocomplete'), await field.getAttribute('inputmode')]).toEqual([
      'one-time-code',
      'numeric',
    ]);
    await field.fill('000000');
    await press('Confirm');
    expect(await problem()).toContain('That code is not right');
    expect(await looked('code-wrong')).toEqual([]);
    await follow('Code by e-mail');
    expect(await looked('code-mail')).toEqual([]);
    await press('Send me a code');
    await page.getByText('from the mail').waitFor();
    expect(await looked('code-mail-sent')).toEqual([]);
    await fill('Code', await mailedCode());
    await press('Confirm');
    await at('/profile');
  });

  it('A-51 gets in with a recovery code, once, and switches the app off', async () => {
    for (const [code, path] of [
      [codes[0] ?? '', '/profile'],
      [codes[0] ?? '', '/login/code'],
    ] as const) {
      await newVisitor();
      await signIn();
      await follow('Recovery codes');
      await fill('Recovery code', code.toUpperCase());
      await press('Confirm');
      await at(path);
    }
    expect(await problem()).toContain('already');
    await fill('Recovery code', codes[1] ?? '');
    await press('Confirm');
    await at('/profile');
    await follow('Turn off Phone');
    expect(await looked('off')).toEqual([]);
    await press('Turn off');
    await at('/profile');
    expect(await page.getByText('Phone', { exact: true }).count()).toBe(0);
    await page.goto('/login/code');
    expect(await looked('over')).toEqual([]);
  });

  it('U2 is nobody in the office, which has accounts and pages of its own', async () => {
    await page.goto('/admin');
    await at('/auth/sign-in');
    const office = new TestBrowser(network(server.url), server.url);
    await office.context();
    const first = {
      identifier: 'office',
      provider: 'password',
      response: { password: 'larkspur on the windowsill' },
    };
    expect((await office.post('/auth/sign-in', first)).body).toMatchObject({ status: 'done' });
    expect((await office.page('/admin')).headers['location']).toBe('/auth/security?return_to=%2Fadmin');
    const begun = await office.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
    const { enrolment, setup } = begun.body;
    const response = { code: oathtoolCode(String(setup['key']), new Date()) };
    const made = await office.post<ConfirmedView>('/auth/enrolments/confirm', { enrolment, response });
    const [recovery] = made.body.issued;
    const step = await office.post('/auth/step-up', { policy: 'Office', returnTo: '/admin' });
    if (step.body.status !== 'more-needed') throw new Error(step.text);
    const offer = step.body.ceremony.offers.find(({ provider }) => provider.usage === 'recovery');
    const [code] = (recovery?.setup['codes'] ?? []) as string[];
    await office.post('/auth/ceremony', { authenticator: offer?.authenticator, response: { code } });

    const cookies = [...office.cookies].map(([cookie, value]) => ({ name: cookie, value, url: server.url }));
    await context.addCookies(cookies);
    await page.goto('/admin');
    await page.getByRole('heading', { name: 'Members' }).waitFor();
    expect(await page.getByRole('row').allInnerTexts()).toHaveLength(2);
    expect(await page.getByRole('row').last().innerText()).toContain(name);
    expect(await looked('office')).toEqual([]);
  });

  it('says nothing on the console, loads nothing from elsewhere, and has no secret in any address', () => {
    expect(complaints).toEqual([]);
  });
});
