import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { createWebhooks, type Webhooks } from 'cofactor/webhooks';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWith } from '../support/needs.ts';
import { officeSite, type OfficeSite } from '../support/office-site.ts';
import type { OfficeVisitor } from '../support/office-visitor.ts';
import { standardSignature, startToldSystem, status, type ToldSystem } from '../support/webhooks.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Rules, applications, issuers, webhooks and the record, pressed by those who look after them. */
describeWith(['Chromium'], 'the back office: what concerns everybody', () => {
  let site: OfficeSite;
  let told: ToldSystem;
  /** Of the same database: so that a test need not wait until the server looks for what is to be delivered. */
  let hooks: Webhooks;
  let ada: OfficeVisitor;
  let page: Page;

  beforeAll(async () => {
    site = await officeSite({ webhooksToPrivateNetworks: true });
    told = await startToldSystem();
    hooks = createWebhooks(site.users, { allowNetworks: ['127.0.0.0/8'] });
    await site.person('ada', ['administrator'], 1);
    await site.person('olga', ['owner'], 1);
    await site.person('bob');
    await site.person('nora', ['helpdesk']);
    ada = await site.visitor('ada');
    page = ada.page;
    await ada.enter('/admin');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  });
  afterAll(async () => {
    await site?.close();
    await told?.close();
  });

  it('previews a rule before it can be saved, and removes it again', async () => {
    await page.goto('/admin/enforcement/users');
    await page.getByText('Nothing is demanded of anybody').waitFor();
    await ada.link('Add a rule').click();
    await ada.press('Preview');
    await page.getByRole('heading', { name: 'What this rule would do' }).waitFor();
    const preview = page.locator('.bo-preview');
    expect(await preview.innerText()).toMatch(/It is about \d+ accounts/);
    await preview.getByText('Who has to set something up').click();
    await preview.getByRole('link', { name: 'nora@example.com' }).waitFor();
    expect(await site.users.enforcement.list()).toEqual([]);
    // What was previewed is what is saved: a change takes the button away.
    await page.getByLabel('Days to put it off').fill('14');
    expect(await preview.count()).toBe(0);
    await ada.press('Preview');
    site.test.clock.advance(301);
    await ada.press(/^Save rule/);
    await ada.prove();
    await ada.told('The rule is saved: Everybody: Users.');
    expect(await page.locator('.bo-table').innerText()).toContain('Announced');
    expect(await site.users.enforcement.list()).toMatchObject([{ acr: 'mfa', graceDays: 14 }]);
    await ada.link('Everybody: Users').click();
    await ada.press('Remove rule');
    await ada.press('Remove rule', ada.dialog());
    await ada.told('The rule is removed: Everybody: Users.');
    expect(await site.users.enforcement.list()).toEqual([]);
  });

  it('says beforehand that a rule cannot be saved by who asks, in their language, and offers no button for it', async () => {
    await page.goto('/admin/enforcement/users/new');
    const preview = page.locator('.bo-preview');
    const offered = (): Promise<number> => preview.getByRole('button').count();
    // Olga ranks above Ada, and neither of them has a passkey.
    await page.getByLabel('Has to reach').selectOption('phr');
    await ada.press('Preview');
    await preview.getByText('Somebody who ranks above you has not set up what it demands').waitFor();
    await preview.getByText('You would lock yourself out').waitFor();
    expect(await offered()).toBe(0);
    await ada.press(/^Your account/);
    await ada.press('Deutsch');
    await page.goto('/admin/enforcement/users/new');
    await page.getByLabel('Wer', { exact: true }).selectOption('roles');
    await page.getByLabel('Rollen').fill('owner');
    await ada.press('Vorschau');
    await preview.getByText('Sie betrifft jemanden, der über Ihnen steht').waitFor();
    expect(await offered()).toBe(0);
    await ada.press(/^Ihr Konto/);
    await ada.press('English');
    await page.getByRole('button', { name: /^Your account/ }).waitFor();
  });

  it('adds an application, changes it, gives it a new secret, and removes it', async () => {
    const oidc = site.test.server.oidc.get('users');
    const stored = async (): Promise<unknown> =>
      (await oidc?.clients.list())?.find(({ id }) => id === 'shop');
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
    await expect.poll(() => page.content()).not.toContain(secret);

    await page.getByLabel('Name', { exact: true }).fill('Corner shop');
    await page.getByLabel(/Lowest level/).selectOption('mfa');
    await ada.press('Save changes');
    await ada.told('Saved.');
    await page.getByRole('heading', { level: 1, name: 'Corner shop' }).waitFor();
    expect(await stored()).toMatchObject({ name: 'Corner shop', minimumAcr: 'mfa' });

    await ada.press('New secret');
    expect(await ada.dialog().innerText()).toContain('stops working at once');
    await ada.press('Make a new secret', ada.dialog());
    await ada.dialog().getByText('It is not shown again.').waitFor();
    const renewed = await ada.dialog().locator('code').innerText();
    expect(renewed).not.toBe(secret);
    await ada.press('Done', ada.dialog());
    // What the application has to bring is the new one, and the old one is worth nothing.
    const answerTo = async (password: string): Promise<unknown> => {
      const answer = await fetch(`${site.url}/oidc/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`shop:${password}`).toString('base64')}` },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: 'none',
          redirect_uri: 'https://shop.example.com/callback',
        }),
      });
      return ((await answer.json()) as { error: string }).error;
    };
    expect(await answerTo(secret)).toBe('invalid_client');
    expect(await answerTo(renewed)).toBe('invalid_grant');

    await ada.press('Remove application');
    await ada.press('Remove Corner shop', ada.dialog());
    await ada.told('Corner shop is removed.');
    await page.getByText('No applications yet').waitFor();
    expect(await stored()).toBeUndefined();
    expect(await answerTo(renewed)).toBe('invalid_client');
  });

  it('adds an issuer, as only an owner may', async () => {
    await page.goto('/admin/issuers/users/new');
    await page.getByRole('heading', { name: 'You may not see this page' }).waitFor();
    const olga = await site.visitor('olga');
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
    expect(await olga.page.locator('main').innerText()).toContain(`${site.url}/auth/external/contoso`);
    await olga.press('Remove issuer');
    await olga.press('Remove Contoso', olga.dialog());
    await olga.told('Contoso is removed.');
    expect(olga.complaints).toEqual([]);
  });

  it('adds a webhook, tests it, and changes what it is told', async () => {
    await page.goto('/admin/webhooks/users');
    await page.getByText('Nobody is told').waitFor();
    await ada.press('Add a webhook');
    await ada.dialog().getByRole('textbox', { name: 'Name' }).fill('SIEM');
    await ada.dialog().getByRole('textbox', { name: 'Address' }).fill(`${told.origin}/hook`);
    await ada.press('Add webhook', ada.dialog());
    await ada.dialog().getByText(`${told.origin}/hook`).waitFor();
    const secret = await ada.dialog().locator('code').innerText();
    await ada.press('Done', ada.dialog());
    await expect.poll(() => page.content()).not.toContain(secret);
    told.told.length = 0;
    await ada.press('Test SIEM');
    await ada.told('SIEM took the test message.');
    const [message] = told.told.filter(({ body }) => body.includes('webhook-test'));
    if (!message) throw new Error('no test message came');
    expect(message.headers['webhook-signature']).toBe(standardSignature(secret, message));
    // The server itself tells events meanwhile, and those are taken.
    told.answer = (one, response) => status(one.body.includes('webhook-test') ? 500 : 204)(one, response);
    await ada.press('Test SIEM');
    await ada.told('SIEM did not take the test message: status 500');
    told.answer = status(204);

    await ada.press('Edit SIEM');
    await ada.dialog().getByLabel('Account locked').check();
    await ada.press('Save changes', ada.dialog());
    await ada.told('Saved.');
    expect(await page.locator('.bo-table').innerText()).toContain('1 kind');
    expect(await hooks.list()).toMatchObject([{ name: 'SIEM', types: ['user-locked'] }]);

    await ada.press('New secret for SIEM');
    await ada.press('Make a new secret', ada.dialog());
    await ada.dialog().getByText('It is not shown again.').waitFor();
    const renewed = await ada.dialog().locator('code').innerText();
    expect(renewed).not.toBe(secret);
    await ada.press('Done', ada.dialog());
    await ada.press('Test SIEM');
    await ada.told('SIEM took the test message.');
    // The one before signs for a day besides, so that nothing is turned away meanwhile.
    const last = told.told.findLast(({ body }) => body.includes('webhook-test'));
    const signatures = String(last?.headers['webhook-signature']).split(' ');
    expect(signatures.toSorted()).toEqual(
      [renewed, secret].map((one) => (last ? standardSignature(one, last) : '')).toSorted(),
    );
  });

  /** What becomes of one that takes less than happens, once the record is pruned. */
  const tooSlow = async (): Promise<boolean> => {
    const { store, audit, realm } = site.users.engine;
    const [hook] = await store.record.webhooks(realm);
    if (!hook) return false;
    const error = 'too far behind';
    const state = JSON.stringify({ ...(JSON.parse(hook.state) as object), lastError: error });
    const entry = audit.entry('webhook-paused', null, { webhook: hook.id, tries: 0, error });
    return store.record.pauseWebhook({ ...hook, state }, site.test.clock.now(), entry);
  };

  it('pauses a webhook that is gone, resumes it without what it could not take, and removes it', async () => {
    told.answer = status(410);
    told.told.length = 0;
    await lock('bob');
    await expect
      .poll(async () => {
        await hooks.deliver();
        return (await hooks.status((await hooks.list())[0]?.id ?? ''))?.state;
      })
      .toBe('paused');
    await page.goto('/admin/webhooks/users');
    await page.getByText('Given up').waitFor();
    told.answer = status(204);
    told.told.length = 0;
    await ada.press('Resume SIEM');
    await ada.dialog().getByLabel('Leave out the event that it could not take').check();
    await ada.press('Resume', ada.dialog());
    await ada.told('SIEM is sent to again.');
    await page.getByText('Working').waitFor();
    expect(await ada.button('Resume SIEM').count()).toBe(0);
    await hooks.deliver();
    expect(told.told).toEqual([]);
    expect(await hooks.status((await hooks.list())[0]?.id ?? '')).toMatchObject({ state: 'idle', missed: 1 });

    await expect.poll(tooSlow).toBe(true);
    await page.reload();
    await page.getByText('Too slow: it took less than happened').waitFor();
    await ada.press('Resume SIEM');
    await ada.dialog().getByText('It goes on with the oldest event that is still kept.').waitFor();
    await ada.press('Resume', ada.dialog());
    await ada.told('SIEM is sent to again.');
    await ada.press('Remove SIEM');
    await ada.press('Remove webhook', ada.dialog());
    await page.getByText('Nobody is told').waitFor();
    expect(await hooks.list()).toEqual([]);
  });

  it('filters the record by event, account and time, verifies it, and gives what is shown as a file', async () => {
    await page.goto('/admin/audit/users');
    await ada.press('Verify all of it');
    await page.getByText(/All is well: \d+ rows/).waitFor();
    await page.getByLabel('Event', { exact: true }).selectOption({ label: 'Account locked' });
    await page.waitForURL((at) => at.searchParams.get('type') === 'user-locked');
    const events = page.locator('.bo-event');
    await expect.poll(async () => [...new Set(await events.allInnerTexts())]).toEqual(['Account locked']);
    // The filter is in the address, so it outlives a reload, and the file has what is shown and no more.
    await page.reload();
    await expect.poll(() => events.allInnerTexts()).toEqual(['Account locked']);
    expect(await page.locator('.bo-table').innerText()).toContain('Left the company');
    const saved = async (name: string): Promise<string> => {
      const [download] = await Promise.all([page.waitForEvent('download'), ada.link(name).click()]);
      return readFileSync(await download.path(), 'utf8');
    };
    const csv = await saved('Export as CSV');
    expect(csv).toContain('Left the company');
    expect(csv).toContain('user-locked');
    expect(csv).not.toContain('signed-in');
    const lines = (await saved('Export as JSON')).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(['user-locked']);
    // Of one account, from its own page.
    await page.goto(`/admin/audit/users?user=${site.known('bob').id}`);
    await ada.button(/^Account usr_/).waitFor();
    await expect.poll(() => events.count()).toBeGreaterThan(1);
    const names = await page.locator('.bo-table').getByRole('link').allInnerTexts();
    expect(names).toContain('bob@example.com');
    expect(names).not.toContain('nora@example.com');
    await page.getByLabel('From').fill('2999-01-01T00:00');
    await page.getByText('Nothing fits').waitFor();
    await ada.press('Show all');
    await expect.poll(() => events.count()).toBeGreaterThan(1);
    expect(new URL(page.url()).search).toBe('');
    expect(ada.complaints).toEqual([]);
  });

  /** As the page of the account does it; what is pressed there is the subject of another file. */
  async function lock(name: string): Promise<void> {
    await page.goto(`/admin/accounts/users/${site.known(name).id}`);
    await ada.press('Lock account');
    await ada.because('Left the company', 'Lock account');
    await ada.told(`${name}@example.com is locked.`);
  }
});
