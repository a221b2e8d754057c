import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { createWebhooks } from 'cofactor/webhooks';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Text, Translation } from '../../packages/cofactor/src/elements/texts.ts';
import { texts as german } from '../../packages/server/ui/texts.de.ts';
import { en } from '../../packages/server/ui/texts.en.ts';
import { operator } from '../support/charge.ts';
import { glance, glimpse, look } from '../support/look.ts';
import { describeWith } from '../support/needs.ts';
import { writePackage, writeWrongPackage } from '../support/office-package.ts';
import { officeSite, type OfficeSite } from '../support/office-site.ts';
import type { OfficeVisitor } from '../support/office-visitor.ts';

/** With PICTURES=1 every state is taken wide and narrow, light and dark, in both languages, for people to look at. */
const pictures = process.env['PICTURES'] === '1';

vi.setConfig({ testTimeout: pictures ? 900_000 : 60_000, hookTimeout: 60_000 });

/** A page in one of its states: where it is, and what is pressed there first. */
interface State {
  readonly path: string;
  /** Another than the owner, who sees the most. */
  readonly as?: 'ada' | 'helen';
  /** Only for pictures: its parts are judged in another state. */
  readonly shownOnly?: true;
  readonly press?: (at: Pressed) => Promise<void>;
}

interface Pressed {
  readonly visitor: OfficeVisitor;
  readonly page: Page;
  /** The words of a text in the language of the page. */
  readonly words: (key: keyof typeof en) => string;
}

const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
const chrome = 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36';
/** Longer than any column is wide. */
const long = 'maximiliane.von-und-zu-hohenstein-schwarzenfels';

describeWith(['Chromium'], 'the back office: its pages', () => {
  let site: OfficeSite;
  const visitors = new Map<string, OfficeVisitor>();

  beforeAll(async () => {
    site = await officeSite(
      {
        members: true,
        rememberDevices: true,
        webhooksToPrivateNetworks: true,
        clients: [
          { id: 'wiki', name: 'Wiki', redirectUris: ['https://wiki.example.com/cb'], minimumAcr: 'mfa' },
        ],
        issuers: [
          {
            name: 'contoso',
            label: 'Contoso',
            issuer: 'https://login.contoso.example',
            clientId: 'larkspur',
          },
        ],
      },
      (folder) => {
        writePackage(join(folder, 'packages', 'acme'));
        writeWrongPackage(join(folder, 'packages', 'broken'));
        return { extensions: [join(folder, 'packages')] };
      },
    );
    await site.person('olga', ['owner'], 1);
    await site.person('ada', ['administrator'], 1);
    await site.person('helen', ['helpdesk'], 1);
    await site.person('bob');
    await site.person('carl');
    await site.person(long);
    await site.person('dana', [], 2);
    for (const name of ['olga', 'ada', 'helen']) {
      const visitor = await site.visitor(name);
      await visitor.enter('/admin');
      visitors.set(name, visitor);
    }
  });
  afterAll(() => site?.close());

  /** What somebody in charge has made and done, so that no list is empty. */
  async function fill(): Promise<void> {
    await site.link('dana', 'contoso');
    await site.signIn('dana', firefox, { remember: true });
    await site.signIn('dana', chrome, { remember: true });
    const { admin, users, test } = site;
    await admin.users.setGroups(operator, site.known('dana').id, { groups: ['finance', 'berlin'] });
    await admin.users.setGroups(operator, site.known('bob').id, { groups: ['finance'] });
    await admin.users.lock(operator, site.known('carl').id, 'Left the company');
    await admin.users.invite(operator, { identifier: 'ivy@example.com', by: 'link' });
    await site.addMembers(3);
    await site.demand(
      { who: { groups: ['finance'] }, graceDays: 14, note: 'Asked for by the auditors' },
      'olga',
    );
    const hooks = createWebhooks(users, { allowNetworks: ['127.0.0.0/8'] });
    await hooks.put({ name: 'SIEM', url: 'https://siem.example.com/hooks/larkspur', types: '*' });
    await hooks.put({
      name: 'On call',
      url: 'http://127.0.0.1:9/',
      types: ['user-locked', 'secret-unreadable'],
    });
    await test.server.oidc.get('users')?.clients.put({
      id: 'shop',
      name: 'Corner shop',
      redirectUris: [
        'https://shop.example.com/a/rather/long/address/to/come/back/to',
        'https://shop.example.com/b',
      ],
      secret: 'c2VjcmV0IG9mIHRoZSBjb3JuZXIgc2hvcCwgMzIgYnl0ZXM=',
    });
  }

  const dialog = async ({ page }: Pressed): Promise<void> => page.locator('dialog[open]').waitFor();
  const pressing =
    (key: keyof typeof en, index = 0) =>
    async (at: Pressed): Promise<void> => {
      const name = at.words(key);
      await at.page.locator('main button', { hasText: name }).nth(index).click();
      await dialog(at);
    };
  const submitting = async ({ page }: Pressed): Promise<void> => {
    await page.locator('main form button[type=submit], dialog[open] form button[type=submit]').last().click();
    await page.locator('.cf-error').first().waitFor();
  };
  const account = (name: string): string => `/accounts/users/${site.known(name).id}`;

  const empty: Readonly<Record<string, State>> = {
    members: { path: '/accounts/members' },
    applications: { path: '/applications/members', shownOnly: true },
    rules: { path: '/enforcement/users', shownOnly: true },
    webhooks: { path: '/webhooks/users', shownOnly: true },
    issuers: { path: '/issuers/members', shownOnly: true },
    audit: { path: '/audit/members', shownOnly: true },
  };

  const filled = (): Readonly<Record<string, State>> => ({
    overview: { path: '' },
    accounts: { path: '/accounts/users' },
    'accounts-nothing-fits': { path: '/accounts/users?search=nobody&role=helpdesk', shownOnly: true },
    account: { path: account('dana') },
    'account-without': { path: account('bob'), shownOnly: true },
    'account-locked': { path: account('carl'), shownOnly: true },
    'account-long': { path: account(long), shownOnly: true },
    'account-own': { path: account('olga'), shownOnly: true },
    'account-above': { path: account('olga'), as: 'ada', shownOnly: true },
    'account-gone': { path: '/accounts/users/usr_gone', shownOnly: true },
    applications: { path: '/applications/users' },
    'application-new': { path: '/applications/users/new' },
    application: { path: '/applications/users/shop', shownOnly: true },
    'application-configured': { path: '/applications/users/wiki', shownOnly: true },
    issuers: { path: '/issuers/users' },
    'issuer-new': { path: '/issuers/users/new' },
    'issuer-configured': { path: '/issuers/users/contoso', shownOnly: true },
    rules: { path: '/enforcement/users' },
    'rule-new': { path: '/enforcement/users/new', shownOnly: true },
    'rule-preview': {
      path: '/enforcement/users/new',
      async press({ page }) {
        await page.locator('main form button[type=submit]').click();
        await page.locator('.bo-preview').waitFor();
        for (const summary of await page.locator('.bo-preview summary').all()) await summary.click();
      },
    },
    audit: { path: '/audit/users' },
    'audit-verified': {
      path: '/audit/users?type=user-locked',
      shownOnly: true,
      async press({ visitor, page, words }) {
        await visitor.press(words('audit.verify'));
        await page.locator('.bo-note').waitFor();
      },
    },
    webhooks: { path: '/webhooks/users' },
    extensions: { path: '/extensions/users' },
    'two-factor': { path: '/two-factor' },
    'two-factor-set-up': {
      path: '/two-factor',
      shownOnly: true,
      async press({ page, words }) {
        await page
          .locator('main button', { hasText: words('two.another') })
          .first()
          .click();
        await page.locator('cofactor-set-up img, cofactor-set-up svg').first().waitFor();
      },
    },
    nowhere: { path: '/nowhere' },
    forbidden: { path: '/audit/users', as: 'helen', shownOnly: true },
    menu: {
      path: '',
      async press({ page }) {
        await page.locator('.bo-avatar-button').click();
      },
    },
    'dialog-invite': { path: '/accounts/users', press: pressing('invite.open'), shownOnly: true },
    'dialog-invite-wrong': {
      path: '/accounts/users',
      async press(at) {
        await pressing('invite.open')(at);
        await submitting(at);
      },
    },
    'dialog-roles': { path: account('dana'), press: pressing('account.change'), shownOnly: true },
    'dialog-groups': { path: account('dana'), press: pressing('account.change', 1), shownOnly: true },
    'dialog-reset': { path: account('dana'), press: pressing('reset.open'), shownOnly: true },
    'dialog-delete': { path: account(long), press: pressing('act.delete') },
    'dialog-permit': { path: account('bob'), press: pressing('act.permit'), shownOnly: true },
    'dialog-webhook': { path: '/webhooks/users', press: pressing('webhooks.add') },
    'dialog-secret': { path: '/applications/users/shop', press: pressing('secret.open'), shownOnly: true },
    'dialog-secret-shown': {
      path: '/applications/users/shop',
      shownOnly: true,
      async press(at) {
        await pressing('secret.open')(at);
        await at.page.locator('dialog[open] button[type=submit]').click();
        await at.page.locator('dialog[open] .bo-once').waitFor();
      },
    },
    'dialog-remove': { path: '/applications/users/shop', press: pressing('clients.remove'), shownOnly: true },
    'application-wrong': { path: '/applications/users/new', press: submitting, shownOnly: true },
    away: {
      path: '/accounts/users',
      async press({ page }) {
        await page.route('**/admin/api/realms/**', (route) => route.fulfill({ status: 503, body: '' }));
        await page.locator('.bo-chip').first().click();
        await page.locator('.bo-alert').waitFor();
      },
    },
  });

  /** Goes there and waits until it is whole. */
  async function show(name: string, state: State, texts: Translation): Promise<Page> {
    const visitor = visitors.get(state.as ?? 'olga');
    if (!visitor) throw new Error(`nobody looks at ${name}`);
    const { page } = visitor;
    await page.setViewportSize({ width: 1280, height: 800 });
    // As a link does it: the page is not loaded anew for each. A dialog goes with the page that it stands on.
    if ((await page.locator('dialog[open]').count()) > 0) await page.reload();
    await page.locator('main h1').waitFor();
    await page.evaluate((to) => {
      // What comes has a heading of its own.
      document.querySelector('main h1')?.classList.add('before');
      history.pushState(null, '', to);
      dispatchEvent(new PopStateEvent('popstate'));
    }, `/admin${state.path}`);
    await page.locator('main h1:not(.before)').waitFor();
    await page.locator('.bo-loading').waitFor({ state: 'detached' });
    const words = (key: keyof typeof en): string => plain(texts[key] ?? en[key]);
    await state.press?.({ visitor, page, words });
    return page;
  }

  async function judge(
    states: Readonly<Record<string, State>>,
    prefix: string,
    texts: Translation,
    short: typeof glance,
  ): Promise<readonly string[]> {
    const wrong: string[] = [];
    for (const [name, state] of Object.entries(states)) {
      if (state.shownOnly && !pictures) continue;
      const page = await show(name, state, texts);
      await page.evaluate(() => scrollTo(0, 0));
      wrong.push(...(await (pictures ? look : short)(page, `${prefix}-${name}`)));
      wrong.push(...(await cutOff(page, `${prefix}-${name}`)));
      // A value that nobody filled in stands there as it is written: {name}.
      const left = /\{\w+\}/.exec(await page.locator('body').innerText());
      if (left) wrong.push(`${prefix}-${name}: ${left[0]}`);
      await page.unrouteAll();
    }
    return wrong;
  }

  it('keep the rules of WCAG and fit 320 px while there is nothing to show', async () => {
    expect(await judge(empty, 'back-office-empty', en, glance)).toEqual([]);
  });

  it('keep the rules of WCAG and fit 320 px, in each of their states', async () => {
    await fill();
    expect(await judge(filled(), 'back-office', en, glance)).toEqual([]);
  });

  it('U5 one of them wide and narrow, light and dark', async () => {
    const page = await show('account', { path: account('dana') }, en);
    expect(await look(page, 'back-office-account')).toEqual([]);
  });

  it('open the navigation by a button where there is no room for it', async () => {
    const olga = visitors.get('olga');
    if (!olga) throw new Error('nobody is there');
    const { page } = olga;
    await page.setViewportSize({ width: 320, height: 800 });
    await page.goto('/admin');
    expect(await page.getByRole('navigation').count()).toBe(0);
    await olga.press('Menu');
    expect(await glimpse(page, 'back-office-navigation')).toEqual([]);
    await olga.link('Audit').click();
    await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
    expect(await page.getByRole('navigation', { name: 'Back office' }).count()).toBe(0);
    for (const { complaints } of visitors.values()) expect(complaints).toEqual([]);
  });

  it('speak German, and fit 320 px in it', async () => {
    for (const { page } of visitors.values()) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto('/admin');
      await page.locator('.bo-avatar-button').click();
      await page.getByRole('button', { name: 'Deutsch' }).click();
      await page.getByRole('heading', { level: 1, name: 'Übersicht' }).waitFor();
    }
    expect(await judge(filled(), 'back-office-de', german, glimpse)).toEqual([]);
  });
});

/** What is wider than the card or dialog that it stands in: the page itself is not wider for it. */
async function cutOff(page: Page, name: string): Promise<readonly string[]> {
  await page.setViewportSize({ width: 320, height: 800 });
  const found = await page.evaluate(() =>
    [
      ...document.querySelectorAll(
        'dialog[open], main form, .bo-table-frame, .bo-section, .bo-aside, .bo-note',
      ),
    ]
      .filter((card) => card.scrollWidth > card.clientWidth)
      .map(
        ({ localName, className, scrollWidth, clientWidth }) =>
          `${localName}.${className} ${scrollWidth - clientWidth}`,
      ),
  );
  return found.map((card) => `${name}: cut off in ${card} px`);
}

function plain(text: Text): string {
  return typeof text === 'string' ? text : text.other;
}
