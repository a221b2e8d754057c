import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWith } from '../support/needs.ts';
import { writePackage } from '../support/office-package.ts';
import { officeSite, type OfficeSite } from '../support/office-site.ts';
import type { OfficeVisitor } from '../support/office-visitor.ts';
import { decodeQr } from '../support/zbar.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** One's own providers, enabled and disabled in the back office, with what a package brings for them. */
describeWith(['Chromium', 'zbarimg'], 'the back office: one’s own two-factor', () => {
  let site: OfficeSite;
  let ada: OfficeVisitor;
  let page: Page;

  beforeAll(async () => {
    site = await officeSite({}, (folder) => {
      writePackage(join(folder, 'packages', 'acme'));
      return { extensions: [join(folder, 'packages')] };
    });
    await site.person('ada', ['administrator'], 1);
    await site.person('nora', ['helpdesk']);
    ada = await site.visitor('ada');
    page = ada.page;
    await ada.enter('/admin');
  });
  afterAll(() => site?.close());

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

  it('U5 A6 who has no second factor yet is led to set one up, gets in, and disables it with a code', async () => {
    const nora = await site.visitor('nora');
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
    site.test.clock.advance(1);
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
  });
});
