import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { emailOtp } from 'cofactor/email-otp';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { smsOtp } from 'cofactor/sms-otp';
import { totp } from 'cofactor/totp';
import type { FactorProvider, Mail } from 'cofactor';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createApp, freshSqliteDatabase, type TestApp, type TestDatabase } from '../support/app.ts';
import { launch } from '../support/chromium.ts';
import { TestClock } from '../support/clock.ts';
import { keepComplaints } from '../support/complaints.ts';
import { plainHasher } from '../support/hasher.ts';
import { look } from '../support/look.ts';
import { describeWith } from '../support/needs.ts';
import { oathtoolCode } from '../support/oathtool.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** One person with many ways to sign in: what they choose from, and what happens when a way fails. */
describeWith(['Chromium', 'oathtool'], 'choosing between ways to sign in', () => {
  const port = 31_200 + (process.pid % 600);
  const url = `http://localhost:${port}`;
  const clock = new TestClock(new Date());
  const mails: Mail[] = [];
  const messages: { readonly to: string; readonly text: string; readonly code: string }[] = [];
  /** Whether mails and messages get through. */
  let delivers = true;
  let folder: string;
  let database: TestDatabase;
  let app: TestApp;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];
  const identifier = 'ann@example.com';
  let secret = 'tulips on the window sill';
  let key = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cofactor-choosing-'));
    database = await freshSqliteDatabase();
    app = await createApp(database.open(), {
      name: 'Acme',
      origin: url,
      clock,
      rememberDevices: true,
      mail: {
        send: async (mail) => {
          if (!delivers) throw new Error('no route to the mail server');
          mails.push(mail);
        },
      },
      factors: [
        password({ hasher: plainHasher }),
        totp({ issuer: 'Acme' }),
        emailOtp(),
        smsOtp({
          send: async (message) => {
            if (!delivers) throw new Error('no route to the carrier');
            messages.push(message);
          },
        }),
        riddle(),
        recoveryCodes(),
      ],
    });
    app.app.get('/', (_request, reply) =>
      reply.type('text/html').send('<!doctype html><title>Home</title><h1>Home</h1>'),
    );
    await app.app.listen({ port, host: 'localhost' });
    browser = await launch();
    await newVisitor();
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A way of an application's own, with elements of its own; the one for signing in can be broken. */
  function riddle(): FactorProvider<object, { readonly answer: string }> {
    const element = join(folder, 'riddle.js');
    writeFileSync(
      element,
      `export default class extends HTMLElement {
        connectedCallback() {
          const button = Object.assign(document.createElement('button'), { textContent: 'Answer the riddle', className: 'cf-button', type: 'button' });
          button.addEventListener('click', async () => {
            const { error, pending } = await this.callback({ answer: this.challenge.view.question.toLowerCase() });
            if (pending) setTimeout(() => button.click(), pending * 1000);
            button.textContent = error ? error.type : pending ? 'Waiting for Bob' : 'Thank you';
          });
          this.replaceChildren(Object.assign(document.createElement('p'), { textContent: this.challenge.view.question }), button);
        }
      }`,
    );
    return {
      name: 'riddle',
      usage: 'second',
      multiple: false,
      proves: { kind: 'have', amr: ['riddle'] },
      response: {
        type: 'object',
        additionalProperties: false,
        required: ['answer'],
        properties: { answer: { type: 'string', minLength: 1, maxLength: 40 } },
      },
      view: {
        texts: {
          en: {
            name: 'Riddle',
            description: 'A question that only you can answer.',
            prompt: 'Answer this.',
            label: 'Answer',
            wrong: 'That is not the answer.',
          },
        },
        field: { property: 'answer', type: 'text', autocomplete: 'off', maxLength: 40 },
        loginElement: pathToFileURL(element),
      },
      challenge: {
        lifetime: 300,
        usedUpBy: 'success',
        make: () => ({ data: 'echo', view: { question: 'ECHO' } }),
      },
      begin: () => ({ data: {}, setup: { text: 'The answer will be "echo".' } }),
      confirm: () => ({ ok: true, data: {} }),
      verify: (_context, { challenge }, { answer }) => {
        if (bobIsThere) return challenge === answer ? { ok: true } : { ok: false, reason: 'wrong' };
        return { ok: false, reason: 'pending' };
      },
    };
  }
  /** Whether the answer of the riddle is there at once. */
  let bobIsThere = true;

  async function newVisitor(): Promise<void> {
    context = await browser.newContext({ baseURL: url, locale: 'en-US' });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    keepComplaints(page, complaints);
  }

  const button = (name: string | RegExp): ReturnType<Page['getByRole']> => page.getByRole('button', { name });
  const codeField = (): ReturnType<Page['getByRole']> =>
    page.getByRole('textbox', { name: 'Code', exact: true });
  const codeIn = (text: string | undefined): string => /\b\d{6}\b/.exec(text ?? '')?.[0] ?? '';
  const linkIn = (mail: Mail | undefined): string => /http:\S+#\S+/.exec(mail?.text ?? '')?.[0] ?? '';
  const focused = (): Promise<string> =>
    page.evaluate(
      () => document.activeElement?.getAttribute('name') ?? document.activeElement?.tagName ?? '',
    );

  /** A code that was not used before. */
  function freshCode(): string {
    clock.advance(31);
    return oathtoolCode(key, clock.now());
  }

  async function signIn(): Promise<void> {
    await page.goto('/auth/sign-in');
    await page.getByLabel('User name').fill(identifier);
    await page.locator('input[type=password]').fill(secret);
    await button('Sign in').click();
  }

  /** From whatever is asked for first. */
  async function turnTo(way: RegExp): Promise<void> {
    await button('Try another way').first().click();
    await button(way).click();
  }

  it('registers, and adds an authenticator app, a mailed code and a texted one', async () => {
    await page.goto('/auth/register?return_to=/auth/security');
    await page.getByLabel('User name').fill(identifier);
    await page.locator('input[type=password]').fill(secret);
    await button('Create account').click();
    await page.getByText('Two-step verification is off').waitFor();
    expect(await look(page, 'ways-to-add')).toEqual([]);
    await button(/^Authenticator app/).click();
    await page.getByText("Can't scan it?").click();
    key = (
      await page
        .getByText(/^([A-Z2-7]{4} ?){8}$/)
        .first()
        .innerText()
    ).replaceAll(' ', '');
    await codeField().fill(freshCode());
    await button('Confirm and finish').click();
    await page.getByRole('checkbox', { name: 'I have saved these' }).check();
    await button('Continue').click();
    await button('Back to the list').click();

    await button(/^Code by e-mail/).click();
    // A fresh proof is asked for in place, by what there is now.
    await page.getByRole('dialog').getByRole('textbox', { name: 'Code' }).fill(freshCode());
    await page.getByText('Set up: Code by e-mail').waitFor();
    expect(await look(page, 'add-mail')).toEqual([]);
    await page.getByLabel('E-mail address').fill('not an address');
    await button('Send a code').click();
    await page.getByText('This is not an e-mail address').waitFor();
    expect(await focused()).toBe('address');
    expect(await look(page, 'add-mail-wrong')).toEqual([]);
    delivers = false;
    await page.getByLabel('E-mail address').fill('wrong@example.com');
    await button('Send a code').click();
    await page.getByText('The code could not be sent').waitFor();
    expect(await look(page, 'add-mail-not-sent')).toEqual([]);
    delivers = true;
    await button('Send a code').click();
    await page.getByText('We sent a code to wrong@example.com').waitFor();
    expect(await look(page, 'add-mail-sent')).toEqual([]);
    await button('Change where it goes').click();
    expect(await page.getByLabel('E-mail address').inputValue()).toBe('wrong@example.com');
    await page.getByLabel('E-mail address').fill('Ann.Jones@example.com');
    await button('Send a code').click();
    await page.getByText('We sent a code to Ann.Jones@example.com').waitFor();
    await codeField().fill(codeIn(mails.at(-1)?.text));
    await button('Confirm and finish').click();
    await page.getByText('is set up').first().waitFor();
    await button('Back to the list').click();

    await button(/^Code by text message/).click();
    await page.getByText('Phone numbers can be taken over').waitFor();
    expect(await look(page, 'add-text-message')).toEqual([]);
    await page.getByRole('textbox').fill('+45 12 34 56 78');
    await button('Send a code').click();
    await page.getByText('We sent a code to +4512345678').waitFor();
    await codeField().fill(codeIn(messages.at(-1)?.text));
    await button('Confirm and finish').click();
    await page.getByText('is set up').first().waitFor();
    await button('Back to the list').click();

    await button(/^Riddle/).click();
    await page.getByRole('textbox', { name: 'Answer' }).fill('echo');
    await button('Confirm and finish').click();
    await page.getByText('is set up').first().waitFor();
    await button('Back to the list').click();
    expect(await look(page, 'security-all')).toEqual([]);
  });

  it('loads nothing but page, style, script and context before anybody is known', async () => {
    await context.close();
    await newVisitor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto('/auth/sign-in');
    await page.getByLabel('User name').waitFor();
    await page.waitForLoadState('networkidle');
    expect(asked.toSorted()).toEqual([
      '/auth/assets/cofactor.css',
      '/auth/assets/sign-in.js',
      '/auth/context',
      '/auth/sign-in',
    ]);
    expect(await look(page, 'sign-in-forgot')).toEqual([]);
  });

  it('turns to another way, which sends a code, and to a newer code after a minute', async () => {
    await context.clock.install();
    const sent = mails.length;
    await signIn();
    await button('Try another way').click();
    await page.getByText('Choose another way').waitFor();
    expect(await page.locator('.cf-choice strong').allInnerTexts()).toEqual(
      expect.arrayContaining(['Authenticator app', 'Code by e-mail', 'Code by text message', 'Riddle']),
    );
    await page.getByText(/^\S•+\S*@example\.com$/).waitFor();
    expect(await look(page, 'choose')).toEqual([]);
    await button(/^Code by e-mail/).click();
    await page.getByText(/^We sent a code to .*@example\.com/).waitFor();
    expect(mails).toHaveLength(sent + 1);
    expect(await focused()).toBe('code');
    expect(await look(page, 'mailed-code')).toEqual([]);
    await codeField().fill('000000');
    await page.getByText('That code is not right').waitFor();
    expect(await look(page, 'mailed-code-wrong')).toEqual([]);
    const again = button('Send a new code');
    expect(await again.getAttribute('aria-disabled')).toBe('true');
    await again.click({ force: true });
    expect(mails).toHaveLength(sent + 1);
    clock.advance(61);
    await context.clock.fastForward(61_000);
    await page.getByText('You can ask for a new code now').waitFor();
    expect(await look(page, 'mailed-code-again')).toEqual([]);
    await again.click();
    await page.getByText(/^We sent another code to /).waitFor();
    expect(mails).toHaveLength(sent + 2);
    expect(await focused()).toBe('code');
    await codeField().fill(codeIn(mails.at(-1)?.text));
    await page.waitForURL(`${url}/`);
  });

  it('asks for no second step on a device that is remembered', async () => {
    await context.close();
    await newVisitor();
    await signIn();
    await turnTo(/^Code by e-mail/);
    await page.getByText(/^We sent a code to /).waitFor();
    await page.getByLabel('Do not ask for the second step').check();
    expect(await look(page, 'remember')).toEqual([]);
    // The choice stays with the person who turns to another way.
    await turnTo(/^Authenticator app/);
    expect(await page.getByLabel('Do not ask for the second step').isChecked()).toBe(true);
    await codeField().fill(freshCode());
    await page.waitForURL(`${url}/`);
    await page.goto('/auth/security');
    await button(/^Sign out$/).click();
    await page.waitForURL(/sign-in/);
    await signIn();
    await page.waitForURL(`${url}/`);
    await page.goto('/auth/security');
    await page.getByText('Remembered devices').waitFor();
    expect(await look(page, 'remembered')).toEqual([]);
    await button(/^Forget /).click();
    await page.getByText('is forgotten').waitFor();
    expect(await page.getByText('Remembered devices').count()).toBe(0);
  });

  it('says that a code could not be sent, and offers the other ways there', async () => {
    await context.close();
    await newVisitor();
    delivers = false;
    await signIn();
    await turnTo(/^Code by e-mail/);
    await page.getByRole('alert').getByRole('button', { name: 'Try another way' }).click();
    await button(/^Code by text message/).click();
    await page.getByText('The code could not be sent').waitFor();
    expect(await look(page, 'not-sent')).toEqual([]);
    delivers = true;
    await button('Try again').click();
    await page.getByText(/^We sent a code to /).waitFor();
    await turnTo(/^Riddle/);
    await button('Answer the riddle').waitFor();
  });

  it('says that the element of a way cannot be loaded, tries again, and waits for an answer of others', async () => {
    await context.close();
    await newVisitor();
    await context.route(/riddle-login\.js/, (route) => route.abort());
    await signIn();
    await turnTo(/^Riddle/);
    await page.getByText('Riddle could not be loaded').waitFor();
    expect(await look(page, 'module-away')).toEqual([]);
    await context.unroute(/riddle-login\.js/);
    await button('Try again').click();
    await button('Answer the riddle').waitFor();
    expect(await look(page, 'own-element')).toEqual([]);
    bobIsThere = false;
    await button('Answer the riddle').click();
    await page.getByText('Waiting for Bob').waitFor();
    // Leaving is possible all the while.
    expect(await button('Start over').isVisible()).toBe(true);
    bobIsThere = true;
    await page.waitForURL(`${url}/`);
  });

  it('says that the module of a way has no element in it', async () => {
    await context.close();
    await newVisitor();
    await context.route(/riddle-login\.js/, (route) =>
      route.fulfill({ contentType: 'text/javascript', body: 'export const nothing = 1;' }),
    );
    await signIn();
    await turnTo(/^Riddle/);
    await page.getByText('Riddle is broken here').waitFor();
    expect(await look(page, 'module-wrong')).toEqual([]);
    await turnTo(/^Authenticator app/);
    // The form with one field waits for answers of others too, and can be left all the while.
    await context.route(
      '**/auth/ceremony',
      (route) => route.fulfill({ json: { status: 'pending', retryAfter: 2 } }),
      { times: 1 },
    );
    await codeField().fill(freshCode());
    await page.getByText('Waiting for the confirmation').waitFor();
    expect(await button('Start over').isVisible()).toBe(true);
    await page.waitForURL(`${url}/`);
  });

  it('confirms the address with the link of the mail, through a sign-in where nobody is signed in', async () => {
    await page.goto('/auth/security');
    await button('Send the link').click();
    await page.getByText('A mail is on its way').waitFor();
    expect(await look(page, 'email-sent')).toEqual([]);
    const link = linkIn(mails.at(-1));
    expect(link).toContain('/auth/confirm-email#');
    await context.close();
    await newVisitor();
    await page.goto(link);
    await page.waitForURL(/sign-in/);
    expect(page.url()).not.toContain('#');
    await page.getByLabel('User name').fill(identifier);
    await page.locator('input[type=password]').fill(secret);
    await button('Sign in').click();
    await turnTo(/^Authenticator app/);
    await codeField().fill(freshCode());
    await page.getByText('Your e-mail address is confirmed').waitFor();
    expect(page.url()).toBe(`${url}/auth/confirm-email`);
    expect(await look(page, 'email-confirmed')).toEqual([]);
    await page.goto(link);
    await page.getByText('This link does not work').waitFor();
    expect(await look(page, 'email-link-used')).toEqual([]);
    await page.goto('/auth/confirm-email');
    await page.getByText('is not whole').waitFor();
  });

  it('changes the address: one field, then a link', async () => {
    await page.goto('/auth/security');
    await page.getByText('Confirmed', { exact: true }).waitFor();
    await page
      .getByRole('region', { name: 'E-mail address' })
      .getByRole('button', { name: 'Change' })
      .click();
    expect(await look(page, 'email-change')).toEqual([]);
    await page.getByRole('dialog').getByLabel('E-mail address').fill('ann@new.example');
    // The proof at hand is too old: another one is asked for in place, by whatever way the person turns to.
    clock.advance(400);
    await button('Send the link').click();
    const proof = page.getByRole('dialog', { name: 'Confirm it is you' });
    await proof.getByRole('button', { name: 'Try another way' }).waitFor();
    expect(await look(page, 'email-proof')).toEqual([]);
    await proof.getByRole('button', { name: 'Try another way' }).click();
    await proof.getByRole('button', { name: /^Code by text message/ }).click();
    await proof.getByText(/^We sent a code to \+45/).waitFor();
    await proof.getByRole('textbox', { name: 'Code' }).fill(codeIn(messages.at(-1)?.text));
    await page.getByText('Open the link that we sent to ann@new.example').waitFor();
    expect(await look(page, 'email-pending')).toEqual([]);
  });

  it('I-15 I-17 I-28 resets a forgotten password with the link of a mail, and signs nobody in', async () => {
    await context.close();
    await newVisitor();
    await page.goto('/auth/sign-in');
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.getByLabel('User name').waitFor();
    expect(await look(page, 'forgot')).toEqual([]);
    const answers: string[] = [];
    for (const name of ['nobody@example.com', identifier]) {
      await page.getByLabel('User name').fill(name);
      await button('Send the link').click();
      await page.getByText('Look into your mail').waitFor();
      answers.push(await page.locator('main').innerText());
      await button('Use another name').click();
    }
    expect(answers[0]).toBe(answers[1]);
    await button('Send the link').click();
    await page.getByText('Enter your user name').waitFor();
    expect(await look(page, 'forgot-empty')).toEqual([]);
    await page.getByLabel('User name').fill(identifier);
    await button('Send the link').click();
    await page.getByText('Look into your mail').waitFor();
    expect(await look(page, 'forgot-sent')).toEqual([]);
    await vi.waitFor(() => expect(linkIn(mails.at(-1))).toContain('/auth/reset#'));

    const link = linkIn(mails.at(-1));
    await page.goto(link);
    await page.getByText('Choose a new password').waitFor();
    expect(page.url()).toBe(`${url}/auth/reset`);
    expect(await look(page, 'reset')).toEqual([]);
    const field = page.locator('input[type=password]');
    expect(await field.getAttribute('autocomplete')).toBe('new-password');
    await field.fill('short');
    await button('Save').click();
    await page.getByText(/Use at least \d+ characters/).waitFor();
    expect(await look(page, 'reset-refused')).toEqual([]);
    secret = 'roses in the winter garden';
    await field.fill(secret);
    await button('Save').click();
    await page.getByText('Your password is changed').waitFor();
    expect(await look(page, 'reset-done')).toEqual([]);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn();
    await turnTo(/^Authenticator app/);
    await codeField().fill(freshCode());
    await page.waitForURL(`${url}/`);

    await page.goto(link);
    await page.locator('input[type=password]').fill('a third password for the account');
    await button('Save').click();
    await page.getByText('This link does not work').waitFor();
    expect(await look(page, 'reset-used')).toEqual([]);
    await page.goto('/auth/reset');
    await page.getByText('is not whole').waitFor();
  });

  it('downloads what is kept, and deletes the account after its name was typed', async () => {
    await page.goto('/auth/security');
    const started = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download' }).click();
    expect((await started).suggestedFilename()).toBe('account.json');
    await button('Delete my account').click();
    expect(await look(page, 'delete')).toEqual([]);
    await page.getByRole('dialog').getByRole('textbox').fill('bob@example.com');
    await button('Delete for good').click();
    await page.getByText('Type your user name as it is').waitFor();
    expect(await look(page, 'delete-wrong')).toEqual([]);
    await page.getByRole('dialog').getByRole('textbox').fill(identifier);
    await button('Delete for good').click();
    await page.waitForURL(/sign-in/);
    await page.getByText('Your account is deleted').waitFor();
    expect(await look(page, 'farewell')).toEqual([]);
    await page.reload();
    await page.getByLabel('User name').waitFor();
    expect(await page.getByText('Your account is deleted').count()).toBe(0);
  });

  it('says nothing on the console', () => {
    expect(complaints).toEqual([]);
  });
});
