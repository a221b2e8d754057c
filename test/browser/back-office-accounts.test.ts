import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { SecurityView } from '../../packages/cofactor/src/http/contract.ts';
import type { TestBrowser } from '../support/browser.ts';
import { operator } from '../support/charge.ts';
import { describeWith } from '../support/needs.ts';
import { officeSite, type OfficeSite } from '../support/office-site.ts';
import type { OfficeVisitor } from '../support/office-visitor.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
const safari =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15';

/** What somebody in charge presses on the page of an account, and what has happened in the database then. */
describeWith(['Chromium'], 'the back office: what is done to an account', () => {
  let site: OfficeSite;
  let ada: OfficeVisitor;
  let page: Page;

  beforeAll(async () => {
    site = await officeSite({
      rememberDevices: true,
      issuers: [
        { name: 'contoso', label: 'Contoso', issuer: 'https://login.contoso.example', clientId: 'larkspur' },
      ],
    });
    await site.person('ada', ['administrator'], 1);
    await site.person('olga', ['owner'], 1);
    await site.person('bob');
    await site.person('carl', [], 2);
    await site.person('dana', [], 1);
    await site.link('dana', 'contoso');
    ada = await site.visitor('ada');
    page = ada.page;
    await ada.enter('/admin');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  });
  afterAll(() => site?.close());

  const open = async (name: string): Promise<void> => {
    await page.goto(`/admin/accounts/users/${site.known(name).id}`);
    await page.getByRole('heading', { level: 1, name: `${name}@example.com` }).waitFor();
  };
  const providersOf = async (name: string): Promise<readonly string[]> =>
    (await site.account(name)).authenticators.map(({ provider }) => provider).toSorted();
  /** What was recorded last of this type, with who did it and why. */
  async function recorded(type: string, name: string): Promise<Readonly<Record<string, unknown>>> {
    const { entries } = await site.users.audit.page({ user: site.known(name).id, types: [type], limit: 1 });
    return entries[0]?.data ?? {};
  }
  const isIn = async (browser: TestBrowser): Promise<boolean> =>
    (await browser.get<SecurityView>('/auth/security')).status === 200;

  it('I-14 resets all factors: for a reason, with a proof of one’s own, and not where that is turned away', async () => {
    const browser = await site.signIn('carl', firefox);
    await open('carl');
    // Five minutes and a second after the last proof.
    site.test.clock.advance(301);
    await ada.press('Reset two-factor');
    const dialog = ada.dialog();
    expect(await dialog.innerText()).toContain('carl@example.com is signed out everywhere');
    await ada.press('Reset two-factor', dialog);
    expect(await dialog.innerText()).toContain('Fill this in to go on.');
    await ada.because('Lost the phone; called back on the known number', 'Reset two-factor');
    const proof = page.getByRole('dialog', { name: 'Confirm it is you' });
    await proof.getByLabel('Code', { exact: true }).fill('000000');
    await proof.getByText('That code is not right').waitFor();
    await page.keyboard.press('Escape');
    await proof.waitFor({ state: 'hidden' });
    expect(await providersOf('carl')).toEqual(['password', 'recovery-codes', 'totp', 'totp']);
    expect(await isIn(browser)).toBe(true);
    // What was written is still there.
    await ada.press('Reset two-factor', dialog);
    await ada.prove();
    await ada.told('Two-factor of carl@example.com is reset.');
    await page.getByText('Two-factor is off').waitFor();
    expect(await providersOf('carl')).toEqual(['password']);
    expect(await isIn(browser)).toBe(false);
    const why = { by: site.known('ada').id, reason: 'Lost the phone; called back on the known number' };
    expect(await recorded('factors-reset', 'carl')).toMatchObject(why);
    expect(await page.locator('main').innerText()).toContain(why.reason);
  });

  it('U5 disables one provider, and leaves the rest as it is', async () => {
    const browser = await site.signIn('dana', firefox);
    await open('dana');
    await ada.press('Disable totp');
    expect(await ada.dialog().innerText()).toContain('Disable totp of dana@example.com?');
    await ada.because('Phone stolen', 'Disable totp');
    await ada.told('totp of dana@example.com is disabled.');
    expect(await ada.button('Disable totp').count()).toBe(0);
    expect(await providersOf('dana')).not.toContain('totp');
    expect(await providersOf('dana')).toContain('contoso');
    expect(await isIn(browser)).toBe(false);
  });

  it('U10 unlinks an account from elsewhere', async () => {
    await open('dana');
    await page.getByRole('heading', { level: 2, name: 'Linked accounts' }).waitFor();
    await ada.press(/^Unlink/);
    expect(await ada.dialog().innerText()).toContain('dana@example.com cannot sign in with');
    await ada.dialog().getByLabel('Reason').fill('Left that company');
    await ada.press(/^Unlink/, ada.dialog());
    await ada.told('is unlinked from dana@example.com.');
    expect(await page.getByRole('heading', { name: 'Linked accounts' }).count()).toBe(0);
    expect(await providersOf('dana')).not.toContain('contoso');
    expect(await recorded('authenticator-removed', 'dana')).toMatchObject({
      provider: 'contoso',
      by: site.known('ada').id,
      reason: 'Left that company',
    });
  });

  it('locks, so that nobody is in or gets in, and unlocks', async () => {
    const browser = await site.signIn('bob', firefox);
    await open('bob');
    await ada.press('Lock account');
    await ada.because('Left the company', 'Lock account');
    await ada.told('bob@example.com is locked.');
    expect((await site.account('bob')).status).toBe('locked');
    expect(await isIn(browser)).toBe(false);
    await expect(site.signIn('bob', firefox)).rejects.toThrow('not signed in');
    await ada.press('Unlock account');
    await ada.because('Came back', 'Unlock account');
    await ada.told('bob@example.com is unlocked.');
    expect((await site.account('bob')).status).toBe('active');
    expect(await recorded('user-unlocked', 'bob')).toMatchObject({ reason: 'Came back' });
    expect(await isIn(await site.signIn('bob', firefox))).toBe(true);
  });

  it('A-75 changes roles, none above one’s own, and ends what was begun without them', async () => {
    const browser = await site.signIn('bob', firefox);
    await open('bob');
    await ada.press('Change the roles of bob@example.com');
    expect(await ada.dialog().getByLabel('Owner').count()).toBe(0);
    await ada.dialog().getByLabel('Helpdesk').check();
    await ada.because('Joins the desk on Monday', 'Change roles');
    await ada.told('The roles of bob@example.com are changed.');
    expect((await site.account('bob')).user.roles).toEqual(['helpdesk']);
    expect(await isIn(browser)).toBe(false);
    expect(await recorded('roles-changed', 'bob')).toMatchObject({ reason: 'Joins the desk on Monday' });
    await ada.press('Change the roles of bob@example.com');
    expect(await ada.dialog().getByLabel('Helpdesk').isChecked()).toBe(true);
    await ada.dialog().getByLabel('Helpdesk').uncheck();
    await ada.because('And leaves it again', 'Change roles');
    await page.waitForFunction(() => !document.querySelector('dialog[open]'));
    expect((await site.account('bob')).user.roles).toEqual([]);
  });

  it('changes groups, and leads from one to all who are in it', async () => {
    await open('bob');
    await ada.press('Change the groups of bob@example.com');
    await ada.dialog().getByLabel('Groups').fill('finance,  berlin');
    await ada.press('Save changes', ada.dialog());
    await ada.told('The groups of bob@example.com are changed.');
    expect((await site.account('bob')).user.groups.toSorted()).toEqual(['berlin', 'finance']);
    await ada.link('finance').click();
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
    await ada.link('carl@example.com').waitFor({ state: 'detached' });
    expect(await page.locator('.bo-row-link').allInnerTexts()).toEqual(['bob@example.com']);
    await ada.press('Group: finance');
    await ada.link('carl@example.com').waitFor();
  });

  it('ends one session and leaves the other, then all of them', async () => {
    const there = await site.signIn('bob', firefox);
    const here = await site.signIn('bob', safari);
    await open('bob');
    await ada.button('Sign out Firefox on Windows').first().waitFor();
    for (let left = await ada.button('Sign out Firefox on Windows').count(); left > 0; left -= 1) {
      await ada.button('Sign out Firefox on Windows').first().click();
      expect(await ada.dialog().innerText()).toContain('Sign bob@example.com out of Firefox on Windows?');
      await ada.because('Left open in the library', 'Sign out');
      await expect.poll(() => ada.button('Sign out Firefox on Windows').count()).toBe(left - 1);
    }
    expect(await isIn(there)).toBe(false);
    expect(await isIn(here)).toBe(true);
    expect((await site.account('bob')).sessions).toHaveLength(1);
    await ada.press('Sign out everywhere');
    await ada.because('To be sure', 'Sign out everywhere');
    await ada.told('bob@example.com is signed out everywhere.');
    expect(await isIn(here)).toBe(false);
    expect((await site.account('bob')).sessions).toHaveLength(0);
    await page.getByText('Nowhere at the moment.').waitFor();
  });

  it('forgets one remembered device, then all: the second step is asked again there', async () => {
    await site.person('gus', [], 1);
    const [one, two, three] = [
      await site.signIn('gus', firefox, { remember: true }),
      await site.signIn('gus', safari, { remember: true }),
      await site.signIn('gus', safari, { remember: true }),
    ];
    const needsMore = async (browser: TestBrowser): Promise<boolean> => {
      const again = site.test.browser();
      for (const [name, value] of browser.cookies) if (/device/.test(name)) again.cookies.set(name, value);
      expect(again.cookies.size).toBe(1);
      await again.context();
      const { identifier, password } = site.known('gus');
      const response = { password };
      const { body } = await again.post('/auth/sign-in', { identifier, provider: 'password', response });
      return body.status === 'more-needed';
    };
    expect(await needsMore(one)).toBe(false);
    await open('gus');
    await ada.press('Forget Firefox on Windows');
    await ada.because('Sold it', 'Forget it');
    await ada.told('Firefox on Windows of gus@example.com is forgotten.');
    expect(await needsMore(one)).toBe(true);
    expect(await needsMore(two)).toBe(false);
    await ada.press('Forget all');
    await ada.because('Moves house', 'Forget all');
    await ada.told('The devices of gus@example.com are forgotten.');
    expect(await needsMore(two)).toBe(true);
    expect(await needsMore(three)).toBe(true);
    expect((await site.account('gus')).devices).toEqual([]);
  });

  it('lets somebody set up their first second factor where one is demanded: by a link, once', async () => {
    // The rule is in force: a password alone leads nowhere but here.
    await site.demand({ who: { groups: ['finance'] }, graceDays: 0 }, 'ada');
    await open('bob');
    await ada.press('Let them set up a second factor');
    await ada
      .dialog()
      .getByLabel(/hand it over/)
      .check();
    await ada.because('Showed the badge at the desk', 'Make a link');
    const link = await ada.dialog().locator('code').innerText();
    expect(link.startsWith(`${site.url}/auth/permit#`)).toBe(true);
    await ada.press('Done', ada.dialog());
    await expect.poll(() => page.content()).not.toContain(link);
    expect(await recorded('enrolment-permitted', 'bob')).toMatchObject({ by: 'administrator' });
    const bob = site.test.browser();
    await bob.context();
    const { identifier, password } = site.known('bob');
    await bob.post('/auth/sign-in', { identifier, provider: 'password', response: { password } });
    expect((await bob.post('/auth/enrolments', { provider: 'totp' })).status).not.toBe(201);
    const token = new URL(link).hash.slice(1);
    expect((await bob.post('/auth/permit', { token })).status).toBe(200);
    expect((await bob.post('/auth/enrolments', { provider: 'totp' })).status).toBe(201);
    expect((await bob.post('/auth/permit', { token })).status).not.toBe(200);
  });

  it('invites again, with which the link before is worth nothing, and withdraws it', async () => {
    const made = await site.admin.users.invite(operator, { identifier: 'ivy@example.com', by: 'link' });
    if (made.status !== 'done' || made.link === null) throw new Error('nobody was invited');
    const { id } = made.user;
    const works = async (link: string): Promise<boolean> => {
      const browser = site.test.browser();
      await browser.context();
      const token = new URL(link).hash.slice(1);
      return (await browser.post('/auth/invitation/account', { token })).status === 200;
    };
    expect(await works(made.link)).toBe(true);
    await page.goto(`/admin/accounts/users/${id}`);
    await page.getByText('The invitation is not accepted yet').waitFor();
    await ada.press('Invite again');
    await ada
      .dialog()
      .getByLabel(/hand it over/)
      .check();
    await ada.press('Invite', ada.dialog());
    const link = await ada.dialog().locator('code').innerText();
    await ada.press('Done', ada.dialog());
    expect(await works(made.link)).toBe(false);
    expect(await works(link)).toBe(true);
    // By mail nobody but its person sees the link, and where it went is told with dots in it.
    await ada.press('Invite again');
    await ada.dialog().getByLabel('By mail').check();
    await ada.press('Invite', ada.dialog());
    await ada.dialog().getByText('A link is on its way to').waitFor();
    expect(await ada.dialog().innerText()).not.toContain('ivy@example.com');
    await ada.press('Done', ada.dialog());
    expect(await works(link)).toBe(false);
    await ada.press('Withdraw invitation');
    await ada.press('Withdraw', ada.dialog());
    await ada.told('The invitation of ivy@example.com is withdrawn.');
    expect(await ada.button('Withdraw invitation').count()).toBe(0);
    expect(await ada.button('Invite again').count()).toBe(1);
  });

  it('deletes an account once its name was typed, and nothing of it is left but the record', async () => {
    const { id } = await site.person('dora', [], 1);
    const browser = await site.signIn('dora', firefox);
    await open('dora');
    await ada.press('Delete account');
    await ada
      .dialog()
      .getByLabel(/Type dora/)
      .fill('dana@example.com');
    await ada.because('Asked for it in writing', 'Delete account');
    await ada.dialog().getByText('That is another name.').waitFor();
    expect((await site.account('dora')).status).toBe('active');
    await ada
      .dialog()
      .getByLabel(/Type dora/)
      .fill('dora@example.com');
    await ada.press('Delete account', ada.dialog());
    await ada.told('The account of dora@example.com is deleted.');
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
    expect(await ada.link('dora@example.com').count()).toBe(0);
    expect(await site.users.engine.store.account('users', { id })).toBeNull();
    expect(await isIn(browser)).toBe(false);
    expect(await recorded('user-deleted', 'dora')).toMatchObject({ reason: 'Asked for it in writing' });
    await page.goto(`/admin/accounts/users/${id}`);
    await page.getByText('This is not there, or not there any more.').waitFor();
  });

  it('says what it cannot do to who ranks above, and to oneself', async () => {
    await open('olga');
    await page.getByText('olga@example.com ranks above you').waitFor();
    expect(await page.locator('main').getByRole('button').count()).toBe(0);
    await open('ada');
    await page.getByText('This is your own account').waitFor();
    expect(await page.locator('main').getByRole('button').count()).toBe(0);
    expect(ada.complaints).toEqual([]);
  });
});
