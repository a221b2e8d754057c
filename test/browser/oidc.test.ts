import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { launch } from '../support/chromium.ts';
import { describeWith } from '../support/needs.ts';
import { startOidcSite, Visitor, type OidcSite } from '../support/oidc-site.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Applications that sign people in here, as people live it: two sites, a real browser, and what is asked of them. */
describeWith(['Chromium', 'oathtool'], 'A9 an application leads here and gets its answer', () => {
  const port = 10_000 + (process.pid % 2000) * 5;
  const complaints: string[] = [];
  let site: OidcSite;
  let browser: Browser;
  let visitor: Visitor;

  beforeAll(async () => {
    site = await startOidcSite(port);
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    visitor = await Visitor.come(browser, site, complaints);
  });
  afterEach(() => visitor.context.close());

  it('password and second factor on the way, and the application is told of both', async () => {
    const person = await site.person('with app');
    const { page } = visitor;
    await page.goto(`${site.shop.url}/login?acr_values=mfa`);
    await page.getByText('To go on to Shop.').waitFor();
    await visitor.password(person);
    await visitor.code(person);
    expect(await visitor.facts(site.shop)).toMatchObject({
      acr: 'mfa',
      amr: ['pwd', 'otp', 'mfa'],
      preferred_username: person.identifier,
    });
  });

  it('steps up a session that is open and too weak, and says which application asks', async () => {
    const person = await site.person();
    const { page } = visitor;
    await visitor.signIn(person);
    await page.goto(`${site.shop.url}/login`);
    expect(await visitor.facts(site.shop)).toMatchObject({ acr: 'pwd', amr: ['pwd'] });
    // Set up meanwhile, in this very session: it has proved the password only (A5).
    await visitor.addApp(person);
    await page.goto(`${site.shop.url}/login?acr_values=mfa`);
    await page.waitForURL('**/auth/step-up?*');
    await page.getByText('Shop asks you to confirm with your second factor.').waitFor();
    await visitor.code(person);
    const claims = await visitor.facts(site.shop);
    expect(claims).toMatchObject({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
    expect(claims['auth_time']).toBe(Math.floor(site.clock.now().getTime() / 1000));
  });

  it('leads who has nothing enrolled through the set-up and back, in one go', async () => {
    const person = await site.person();
    const { page } = visitor;
    await page.goto(`${site.bank.url}/login`);
    await visitor.password(person);
    await visitor.heading('Bank needs a second factor').waitFor();
    await page.getByRole('link', { name: 'Set it up' }).click();
    await page.getByText('Bank needs two-step verification.').waitFor();
    await visitor.setUpApp(person);
    await page.getByText('Next you are asked to confirm with it once; then Bank opens.').waitFor();
    await page.getByRole('link', { name: 'Continue' }).click();
    await page.getByText('Bank asks you to confirm with your second factor.').waitFor();
    await visitor.code(person);
    expect(await visitor.facts(site.bank)).toMatchObject({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
  });

  it('a newcomer registers, sets up and arrives', async () => {
    const { page } = visitor;
    await page.goto(`${site.bank.url}/login`);
    await page.getByRole('link', { name: 'Create an account' }).click();
    const person = { ...(await site.person()), identifier: 'newcomer', password: 'a lantern at the harbour' };
    await page.getByLabel('User name').fill(person.identifier);
    await page.locator('input[type=password]').fill(person.password);
    await visitor.button('Create account').click();
    await visitor.heading('Bank needs a second factor').waitFor();
    await page.getByRole('link', { name: 'Set it up' }).click();
    await visitor.setUpApp(person);
    await page.getByRole('link', { name: 'Continue' }).click();
    await visitor.code(person);
    expect(await visitor.facts(site.bank)).toMatchObject({ acr: 'mfa' });
  });

  it('declining the set-up sends an honest answer: an error where it is required, less where it was a wish', async () => {
    const person = await site.person();
    const { page } = visitor;
    await page.goto(`${site.bank.url}/login`);
    await visitor.password(person);
    await visitor.button('Back to Bank').click();
    expect(await visitor.facts(site.bank)).toMatchObject({ error: 'unmet_authentication_requirements' });
    await page.goto(`${site.shop.url}/login?acr_values=mfa`);
    await visitor.heading('Shop asks for a second factor').waitFor();
    await visitor.button('Go on without it').click();
    expect(await visitor.facts(site.shop)).toMatchObject({ acr: 'pwd', amr: ['pwd'] });
  });

  it('so does declining the confirmation', async () => {
    const person = await site.person();
    const { page } = visitor;
    await visitor.signIn(person);
    await visitor.addApp(person);
    await page.goto(`${site.bank.url}/login`);
    await visitor.button('Cancel').click();
    await visitor.heading('Bank is waiting').waitFor();
    await visitor.button('Back to Bank').click();
    expect(await visitor.facts(site.bank)).toMatchObject({ error: 'unmet_authentication_requirements' });

    await page.goto(`${site.shop.url}/login?acr_values=mfa`);
    await visitor.button('Cancel').click();
    await visitor.heading('Shop is waiting').waitFor();
    // Thought better of it: the confirmation is still there.
    await page.getByRole('link', { name: 'Confirm now' }).click();
    await visitor.button('Cancel').click();
    await visitor.button('Go on without it').click();
    expect(await visitor.facts(site.shop)).toMatchObject({ acr: 'pwd', amr: ['pwd'] });
  });

  it('a wish that was declined does not spare the consent', async () => {
    const person = await site.person();
    const { page } = visitor;
    await page.goto(`${site.partner.url}/login?acr_values=mfa`);
    await visitor.password(person);
    await visitor.button('Go on without it').click();
    await visitor.heading('Let Partner use your account?').waitFor();
    await visitor.button('Allow').click();
    expect(await visitor.facts(site.partner)).toMatchObject({ acr: 'pwd' });
  });

  it('prompt=login shows the form again, with the name in it, and takes nothing less than that', async () => {
    const person = await site.person('with app');
    const { page } = visitor;
    await visitor.signIn(person);
    site.clock.advance(600);
    await page.goto(`${site.shop.url}/login?prompt=login`);
    await visitor.heading('Sign in').waitFor();
    expect(await page.getByLabel('User name').inputValue()).toBe(person.identifier);
    // Gone around, it asks again.
    const way = new URL(page.url()).searchParams.get('return_to') ?? '';
    await page.goto(way);
    await visitor.heading('Sign in').waitFor();
    const asked = Math.floor(site.clock.now().getTime() / 1000);
    await visitor.password(person);
    await visitor.code(person);
    const claims = await visitor.facts(site.shop);
    expect(claims['auth_time']).toBeGreaterThanOrEqual(asked);
    expect(claims).toMatchObject({ acr: 'mfa' });
  });

  it('max_age asks for a new proof of a sign-in that is too old, and for none of one that is not', async () => {
    const person = await site.person('with app');
    const { page } = visitor;
    await visitor.signIn(person);
    await page.goto(`${site.shop.url}/login?max_age=300`);
    expect(await visitor.facts(site.shop)).toMatchObject({ acr: 'mfa' });
    site.clock.advance(600);
    await page.goto(`${site.shop.url}/login?max_age=300`);
    await page.getByText(/Shop asks you to confirm .*You did this last 10 minutes ago\./).waitFor();
    await visitor.code(person);
    const claims = await visitor.facts(site.shop);
    expect(claims['auth_time']).toBe(Math.floor(site.clock.now().getTime() / 1000));
  });

  it('prompt=none shows nothing', async () => {
    const { page } = visitor;
    await page.goto(`${site.shop.url}/login?prompt=none`);
    expect(await visitor.facts(site.shop)).toMatchObject({ error: 'login_required' });
    await visitor.signIn(await site.person());
    await page.goto(`${site.shop.url}/login?prompt=none&acr_values=mfa`);
    expect(await visitor.facts(site.shop)).toMatchObject({ error: 'unmet_authentication_requirements' });
    await page.goto(`${site.shop.url}/login?prompt=none`);
    expect(await visitor.facts(site.shop)).toMatchObject({ acr: 'pwd' });
  });

  it('prompt=select_account: this one, another one, or back', async () => {
    const [ann, bob] = [await site.person(), await site.person('with app')];
    const { page } = visitor;
    await visitor.signIn(ann);
    site.clock.advance(1);
    await page.goto(`${site.shop.url}/login?prompt=select_account`);
    await visitor.button(`Go on as ${ann.identifier}`).click();
    expect(await visitor.facts(site.shop)).toMatchObject({ preferred_username: ann.identifier });
    await page.goto(`${site.shop.url}/login?prompt=select_account`);
    await visitor.button('Back to Shop').click();
    expect(await visitor.facts(site.shop)).toMatchObject({ error: 'access_denied' });
    await page.goto(`${site.shop.url}/login?prompt=select_account`);
    await page.getByRole('link', { name: 'Use another account' }).click();
    await visitor.password(bob);
    await visitor.code(bob);
    expect(await visitor.facts(site.shop)).toMatchObject({ preferred_username: bob.identifier, acr: 'mfa' });
  });

  it('asks for consent once, and again after it was taken back', async () => {
    const person = await site.person();
    const { page } = visitor;
    await page.goto(`${site.partner.url}/login`);
    await visitor.password(person);
    await visitor.heading('Let Partner use your account?').waitFor();
    expect(await page.locator('.cf-wishes li').allInnerTexts()).toEqual([
      'know that it is you, and how you signed in',
      'see your user name and your language',
      'see your e-mail address',
    ]);
    await visitor.button('Do not allow').click();
    expect(await visitor.facts(site.partner)).toMatchObject({ error: 'access_denied' });
    await page.goto(`${site.partner.url}/login`);
    await visitor.button('Allow').click();
    expect(await visitor.facts(site.partner)).toMatchObject({ preferred_username: person.identifier });
    await page.goto(`${site.partner.url}/login`);
    expect(await visitor.facts(site.partner)).toMatchObject({ preferred_username: person.identifier });

    await page.goto('/auth/security');
    await page.getByRole('link', { name: 'Applications with access' }).click();
    await visitor.button('Take back: Partner').click();
    await page.getByText('Partner no longer has access to your account.').waitFor();
    await page.getByText('No application has access to your account.').waitFor();
    await page.goto(`${site.partner.url}/login`);
    await visitor.heading('Let Partner use your account?').waitFor();
  });

  it('signs out after asking, and the application is told where to go on', async () => {
    const person = await site.person();
    const { page } = visitor;
    await page.goto(`${site.shop.url}/login`);
    await visitor.password(person);
    await visitor.facts(site.shop);
    await page.goto(`${site.shop.url}/logout`);
    await page.getByText('Shop asks to sign you out here.').waitFor();
    await visitor.button('Stay signed in').click();
    expect(await visitor.facts(site.shop)).toEqual({ state: 'until-next-time' });
    await page.goto('/auth/security');
    await page.getByText(person.identifier).waitFor();
    await page.goto(`${site.shop.url}/logout`);
    await visitor.button('Sign out').click();
    expect(await visitor.facts(site.shop)).toEqual({ state: 'until-next-time' });
    await page.goto('/auth/security');
    await visitor.heading('Sign in').waitFor();
    // Nobody is signed in any more, so nobody is asked.
    await page.goto(`${site.shop.url}/logout`);
    expect(await visitor.facts(site.shop)).toEqual({ state: 'until-next-time' });
  });

  it('hands the answer over by a form where the application wants that', async () => {
    const { page } = visitor;
    await visitor.signIn(await site.person());
    await page.goto(`${site.shop.url}/login?response_mode=form_post`);
    expect(await visitor.facts(site.shop)).toMatchObject({ acr: 'pwd' });
  });

  it('three applications at once in one browser each get their own answer', async () => {
    const person = await site.person('with app');
    const [one, two] = [visitor.page, await visitor.context.newPage()];
    visitor.listen(two, complaints);
    await one.goto(`${site.shop.url}/login?acr_values=mfa`);
    await two.goto(`${site.bank.url}/login`);
    const three = await visitor.context.newPage();
    visitor.listen(three, complaints);
    await three.goto(`${site.partner.url}/login`);
    await visitor.password(person, two);
    await visitor.code(person, two);
    expect(await visitor.facts(site.bank, two)).toMatchObject({ acr: 'mfa' });
    // The others were on the sign-in page all the while: they find themselves signed in when they look again.
    await one.reload();
    await one.getByText(`You are signed in as ${person.identifier}.`).waitFor();
    await one.getByRole('link', { name: 'Continue' }).click();
    expect(await visitor.facts(site.shop, one)).toMatchObject({ acr: 'mfa' });
    await visitor.password(person, three);
    await visitor.code(person, three);
    await visitor.button('Allow', three).click();
    expect(await visitor.facts(site.partner, three)).toMatchObject({ acr: 'mfa' });
  });

  it('A-133 says that a request is over, or another browser’s', async () => {
    const person = await site.person();
    const { page } = visitor;
    await visitor.signIn(person);
    await page.goto(`${site.bank.url}/login`);
    const way = page.url();
    const other = await Visitor.come(browser, site, complaints);
    await other.signIn(person);
    await other.page.goto(way);
    await other.heading('This sign-in is no longer open').waitFor();
    await other.context.close();
    await visitor.button('Back to Bank').click();
    expect(await visitor.facts(site.bank)).toHaveProperty('error');
    await page.goto(way);
    await visitor.heading('This sign-in is no longer open').waitFor();
  });

  it('an unknown application, or an unknown address of one, is told here and led nowhere', async () => {
    const { page } = visitor;
    for (const query of [
      'client_id=nobody',
      'client_id=shop&redirect_uri=https%3A%2F%2Felsewhere.example%2F',
      'client_id=shop',
    ]) {
      await page.goto(`/oidc/auth?response_type=code&scope=openid&${query}`);
      await visitor.heading('This did not work').waitFor();
      expect(new URL(page.url()).origin).toBe(site.url);
      expect(await page.locator('.cf-detail').innerText()).toMatch(/^invalid_\w+: /);
    }
  });

  it('says nothing on the console all the while', () => {
    expect(complaints).toEqual([]);
  });
});
