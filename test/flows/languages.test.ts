import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ContextView, EnrolmentView, SecurityView } from '../../packages/cofactor/src/http/contract.ts';
import { languageNames, languages } from '../../packages/cofactor/src/web/language.ts';
import {
  createApp,
  enrolTotp,
  freshSqliteDatabase,
  register,
  throughEachAdapter,
  type TestApp,
} from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';

/** The languages that a reader has pages in, and how one comes by theirs. */
throughEachAdapter('languages', (through) => {
  let app: TestApp;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const database = await freshSqliteDatabase();
    drop = () => database.drop();
    app = await createApp(database.open(), {}, through);
  });
  afterAll(async () => {
    await app.close();
    await drop();
  });

  const page = async (browser: TestBrowser, path: string, language: string): Promise<string> => {
    const headers = { accept: 'text/html', 'accept-language': language };
    return (await browser.get(path, { headers })).text;
  };
  const context = async (browser: TestBrowser, language: string): Promise<ContextView> =>
    (await browser.get<ContextView>('/auth/context', { headers: { 'accept-language': language } })).body;

  it.each(languages)('%s: pages, context and providers speak it', async (language) => {
    const browser = app.browser();
    const accepted = `${language}-XX, nl;q=0.5`;
    const signIn = await page(browser, '/auth/sign-in', accepted);
    expect(signIn).toContain(`<html lang="${language}">`);
    const denied = await page(browser, '/auth/denied', accepted);
    expect(denied).toContain(`<html lang="${language}">`);
    for (const html of [signIn, denied]) {
      for (const [other, name] of Object.entries(languageNames)) {
        const current = other === language ? ' aria-current="true"' : '';
        expect(html).toContain(`lang="${other}"${current}>${name}</button>`);
      }
    }
    const { language: told, first } = await context(browser, accepted);
    expect(told).toBe(language);
    if (language !== 'en') {
      const { first: english } = await context(app.browser(), 'en');
      expect(first[0]?.texts['label']).not.toBe(english[0]?.texts['label']);
      expect(title(signIn)).not.toBe(title(await page(browser, '/auth/sign-in', 'en')));
      expect(title(denied)).not.toBe(title(await page(browser, '/auth/denied', 'en')));
    }
  });

  it('the texts of a language are served, and asked for by the page before its script wants them', async () => {
    const browser = app.browser();
    const asked = async (path: string, language: string): Promise<string[]> => {
      const links = (await page(browser, path, language)).matchAll(
        /<link rel="modulepreload" href="([^"]*)">/g,
      );
      return [...links].map(([, address]) => address ?? '');
    };
    for (const language of languages.filter((one) => one !== 'en')) {
      const files = ['', '-account'].map((part) => `/auth/assets/texts-${language}${part}.js`);
      expect(await asked('/auth/sign-in', language)).toEqual(files.slice(0, 1));
      expect(await asked('/auth/register', language)).toEqual(files);
      for (const address of files) {
        const { status, headers, text } = await browser.get(address);
        expect([status, headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8']);
        expect(text).toMatch(/^export const texts=\{"/);
      }
    }
    expect(await asked('/auth/register', 'en')).toEqual([]);
  });

  it('what a reader chose comes before what the browser accepts, and stays for a year', async () => {
    const browser = app.browser();
    await browser.context();
    const answer = await browser.post('/auth/language', { language: 'ja' });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(browser.setCookies.at(-1)).toBe(
      'cofactor-users-language=ja; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000',
    );
    expect((await context(browser, 'de')).language).toBe('ja');
    const html = await page(browser, '/auth/sign-in', 'de');
    expect(html).toContain('<html lang="ja">');
    expect(html).toContain('<title>ログイン · ');
    // Somebody else's browser is not affected.
    expect((await context(app.browser(), 'de')).language).toBe('de');
  });

  it.each([{ language: 'tlh' }, { language: 'DE' }, { language: '' }, { language: 1 }, {}, { lang: 'de' }])(
    '%j is refused, and changes nothing',
    async (body) => {
      const browser = app.browser();
      await browser.context();
      const answer = await browser.post('/auth/language', body);
      expect([answer.status, answer.problem]).toEqual([400, 'malformed']);
      expect(browser.setCookies.some((cookie) => cookie.includes('-language='))).toBe(false);
    },
  );

  it('a page of another site cannot choose', async () => {
    const browser = app.browser();
    await browser.context();
    for (const headers of [{ origin: 'https://evil.example' }, { 'x-csrf-token': 'wrong' }]) {
      const answer = await browser.post('/auth/language', { language: 'de' }, { headers });
      expect([answer.status, answer.problem]).toEqual([403, 'csrf']);
    }
  });

  it('the guard refuses in the language of the reader', async () => {
    const { browser } = await register(app);
    const html = await page(browser, '/boss', 'da-DK');
    expect(html).toContain('<html lang="da">');
    expect(html).toContain('Ikke adgang med denne konto');
  });

  it('what nobody has named is named in the language of the reader', async () => {
    const person = await register(app);
    const { browser } = person;
    await browser.post('/auth/language', { language: 'de' });
    const begun = await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
    expect(begun.body.proposedName).toBe('Authenticator-App');
    expect(begun.body.provider.texts['setup-key-copy']).toBe('Schlüssel kopieren');
    await enrolTotp(app, person, 'Pixel 9');
    const names = async (): Promise<string[]> =>
      (await browser.get<SecurityView>('/auth/security')).body.authenticators.map(({ name }) => name);
    expect(await names()).toEqual(['Passwort', 'Pixel 9', 'Wiederherstellungscodes']);
    await browser.post('/auth/language', { language: 'en' });
    expect(await names()).toEqual(['Password', 'Pixel 9', 'Recovery codes']);
  });
});

function title(html: string): string | undefined {
  return /<title>(.*)<\/title>/.exec(html)?.[1];
}
