import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { operator } from '../support/charge.ts';
import { describeWith } from '../support/needs.ts';
import { officeSite, type OfficeSite } from '../support/office-site.ts';
import type { OfficeVisitor } from '../support/office-visitor.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** The back office of the ready-made server: its own pages, its own API, a database file, a real browser. */
describeWith(['Chromium'], 'the back office: getting in, and the lists', () => {
  let site: OfficeSite;
  let ada: OfficeVisitor;
  let page: Page;

  beforeAll(async () => {
    site = await officeSite({ members: true });
    await site.person('ada', ['administrator'], 1);
    await site.person('olga', ['owner'], 1);
    await site.person('bob');
    await site.person('carl', [], 1);
    await site.person('nora', ['helpdesk']);
    await site.addMembers(60);
    ada = await site.visitor('ada');
    page = ada.page;
  });
  afterAll(() => site?.close());

  const names = (): Promise<readonly string[]> => page.locator('.bo-row-link').allInnerTexts();

  it('leads to the sign-in and back to the very page that was asked for', async () => {
    await ada.enter('/admin/accounts/users?filter=without-mfa');
    await ada.link('bob@example.com').waitFor();
    // The filter is in the address, so it outlives a reload.
    await page.reload();
    await ada.link('bob@example.com').waitFor();
    expect(await ada.link('carl@example.com').count()).toBe(0);
    expect(await ada.button('Without MFA').getAttribute('aria-pressed')).toBe('true');
  });

  it('says who has no second factor, and invites somebody', async () => {
    await page.goto('/admin/accounts/users');
    await ada.link('olga@example.com').waitFor();
    await ada.press('Without MFA');
    await ada.link('carl@example.com').waitFor({ state: 'detached' });
    expect(await names()).toEqual(['bob@example.com', 'nora@example.com']);
    await ada.press('Invite');
    const dialog = ada.dialog();
    await dialog.getByLabel('User name').fill('ivy@example.com');
    await dialog.getByLabel('Helpdesk').check();
    await dialog.getByLabel(/Groups/).fill('berlin, night shift');
    await dialog.getByLabel(/hand it over/).check();
    site.test.clock.advance(301);
    await ada.press('Invite', dialog);
    await ada.prove();
    const link = await dialog.locator('code').innerText();
    expect(link.startsWith(`${site.url}/auth/`)).toBe(true);
    await ada.press('Done', dialog);
    await page.goto('/admin/accounts/users?filter=invited');
    await ada.link('ivy@example.com').waitFor();
    await expect.poll(() => page.content()).not.toContain(link);
    const found = await site.admin.users.list(operator, { filter: 'invited' });
    expect(found).toMatchObject({
      users: [
        { user: { identifier: 'ivy@example.com', roles: ['helpdesk'], groups: ['berlin', 'night shift'] } },
      ],
    });
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
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('member-050');
    await page.getByRole('searchbox').fill('member-04');
    await ada.link('member-000').waitFor({ state: 'detached' });
    expect(await rows.count()).toBe(10);
    await page.getByRole('searchbox').fill('nobody');
    await page.getByText('Nothing fits').waitFor();
    await ada.press('Show all');
    await ada.link('member-000').waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('');
  });

  it('shows who has a role, who has a method, and who is locked', async () => {
    await page.goto('/admin/accounts/users');
    await ada.link('carl@example.com').waitFor();
    await page.getByLabel('Any role').selectOption({ label: 'Helpdesk' });
    await expect.poll(names).toEqual(['ivy@example.com', 'nora@example.com']);
    expect(new URL(page.url()).searchParams.get('role')).toBe('helpdesk');
    await page.getByLabel('Any role').selectOption('');
    await page.getByLabel('Any method').selectOption({ label: 'Authenticator app' });
    await expect.poll(names).toEqual(['ada@example.com', 'carl@example.com', 'olga@example.com']);
    await page.getByLabel('Any method').selectOption('');
    await ada.press('Locked');
    await page.getByText('Nothing fits').waitFor();
    const locked = await site.admin.users.lock(operator, site.known('carl').id, 'test');
    expect(locked.status).toBe('done');
    await page.reload();
    await expect.poll(names).toEqual(['carl@example.com']);
    await page.getByRole('searchbox').fill('b');
    await page.getByText('Nothing fits').waitFor();
    await ada.press('Show all');
    await expect.poll(names).toContain('bob@example.com');
    // By the whole id, as it stands in the record.
    await page.getByRole('searchbox').fill(site.known('bob').id);
    await expect.poll(names).toEqual(['bob@example.com']);
    expect(ada.complaints).toEqual([]);
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

  it('speaks German as soon as it is asked to, and so does what comes from the account pages', async () => {
    await page.goto('/admin');
    await ada.press(/^Your account/);
    await ada.press('Deutsch');
    await page.getByRole('heading', { level: 1, name: 'Übersicht' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
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
