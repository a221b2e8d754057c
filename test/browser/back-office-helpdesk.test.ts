import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWith } from '../support/needs.ts';
import { officeSite, type OfficeSite } from '../support/office-site.ts';
import type { OfficeVisitor } from '../support/office-visitor.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Who has a low rank: what they see, what they can press, and what is refused them all the same. */
describeWith(['Chromium'], 'the back office: the helpdesk, and who is in charge of nothing', () => {
  let site: OfficeSite;
  let helen: OfficeVisitor;
  let page: Page;

  beforeAll(async () => {
    site = await officeSite({ members: true });
    await site.person('helen', ['helpdesk'], 1);
    await site.person('ada', ['administrator'], 1);
    await site.person('bob');
    await site.person('dana', [], 1);
    helen = await site.visitor('helen');
    page = helen.page;
    await helen.enter('/admin');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  });
  afterAll(() => site?.close());

  const open = async (name: string): Promise<void> => {
    await page.goto(`/admin/accounts/users/${site.known(name).id}`);
    await page.getByRole('heading', { level: 1, name: `${name}@example.com` }).waitFor();
  };
  /** What the API says to a request that no page of theirs would send. */
  const ask = (method: string, path: string, body: object): Promise<{ status: number; type: string }> =>
    page.evaluate(
      async ([at, init]) => {
        const context = (await (await fetch('/admin/api/context')).json()) as { csrf: string };
        const headers = { 'content-type': 'application/json', 'x-csrf-token': context.csrf };
        const answer = await fetch(`/admin/api/realms/users${at}`, { ...init, headers });
        const { type } = (await answer.json()) as { type: string };
        return { status: answer.status, type };
      },
      [path, { method, body: JSON.stringify(body) }] as const,
    );

  it('A-75 sees neither what it may not see nor a way to touch who ranks above', async () => {
    expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual([
      'Overview',
      'Users',
      'Members',
    ]);
    await open('ada');
    await page.getByText('ada@example.com ranks above you').waitFor();
    expect(await page.locator('main').getByRole('button').allInnerTexts()).toEqual([]);
    // Where somebody of a higher rank is signed in is not for the helpdesk either.
    expect(await page.getByRole('heading', { name: 'Signed in' }).count()).toBe(0);
    for (const path of ['audit', 'webhooks', 'applications', 'issuers', 'enforcement', 'extensions']) {
      await page.goto(`/admin/${path}/users`);
      await page.getByRole('heading', { name: 'You may not see this page' }).waitFor();
    }
    for (const path of ['enforcement/users/new', 'applications/users/new', 'issuers/users/new']) {
      await page.goto(`/admin/${path}`);
      await page.getByRole('heading', { name: 'You may not see this page' }).waitFor();
    }
  });

  it('is offered what it may do to others, and nothing else', async () => {
    await page.goto('/admin/accounts/users');
    await helen.link('dana@example.com').waitFor();
    expect(await helen.button('Invite').count()).toBe(0);
    await site.signIn('dana', 'test');
    await open('dana');
    const names = await page
      .locator('main')
      .getByRole('button')
      .evaluateAll((buttons) =>
        buttons.map((one) => one.getAttribute('aria-label') ?? one.textContent?.trim() ?? ''),
      );
    expect(names.toSorted()).toEqual(
      [
        'Reset two-factor',
        'Disable totp',
        'Disable recovery-codes',
        'Sign out everywhere',
        'Sign out Unknown browser',
        'Lock account',
      ].toSorted(),
    );
  });

  it('locks and unlocks, with a proof of its own', async () => {
    await open('bob');
    site.test.clock.advance(301);
    await helen.press('Lock account');
    await helen.because('Called about a stolen laptop', 'Lock account');
    await helen.prove();
    await helen.told('bob@example.com is locked.');
    expect((await site.account('bob')).status).toBe('locked');
    await helen.press('Unlock account');
    await helen.because('The laptop is back', 'Unlock account');
    await helen.told('bob@example.com is unlocked.');
    expect((await site.account('bob')).status).toBe('active');
  });

  it('A-75 I-11 the API refuses it the rest, whatever the page shows', async () => {
    const [bob, ada] = [site.known('bob').id, site.known('ada').id];
    const reason = 'because';
    const tries: readonly (readonly [string, string, object, string])[] = [
      ['PUT', `/users/${bob}/roles`, { roles: ['helpdesk'], reason }, 'forbidden'],
      ['PUT', `/users/${bob}/groups`, { groups: ['finance'] }, 'forbidden'],
      ['DELETE', `/users/${bob}`, { identifier: 'bob@example.com', reason }, 'forbidden'],
      ['POST', '/users', { identifier: 'eve@example.com', by: 'link' }, 'forbidden'],
      ['POST', '/webhooks', { name: 'Eve', url: 'https://eve.example', types: '*' }, 'forbidden'],
      ['POST', `/users/${ada}/reset-mfa`, { reason }, 'higher-rank'],
      ['POST', `/users/${ada}/lock`, { reason }, 'higher-rank'],
      ['DELETE', `/users/${ada}/sessions`, { reason }, 'higher-rank'],
    ];
    for (const [method, path, body, problem] of tries) {
      const { status, type } = await ask(method, path, body);
      expect([method, path, status, type]).toEqual([method, path, 403, `urn:cofactor:problem:${problem}`]);
    }
    expect((await site.account('bob')).user.roles).toEqual([]);
    expect((await site.account('ada')).status).toBe('active');
    expect(helen.complaints).toEqual([]);
  });

  it('lets nobody in who is in charge of nothing', async () => {
    const bob = await site.visitor('bob');
    await bob.enter('/admin');
    await bob.page.waitForURL((at) => at.pathname.startsWith('/auth/') && at.pathname !== '/auth/sign-in');
    const answer = await bob.page.evaluate(async () => (await fetch('/admin/api/context')).status);
    expect(answer).toBe(403);
  });
});
