import { describe, expect, it } from 'vitest';
import type { Config } from '../core/options.ts';
import { languageNames, languages } from '../web/language.ts';
import { languageOf } from './language.ts';
import { pageTexts } from './texts.ts';

const config = { origin: new URL('https://app.example.com'), realm: 'users' } as Config;
const name = '__Host-cofactor-users-language';

function chosen(acceptLanguage?: string, cookie?: string): string {
  return languageOf(config, {
    method: 'GET',
    url: '/auth/sign-in',
    headers: { 'accept-language': acceptLanguage, cookie },
    body: null,
    remoteAddress: '192.0.2.1',
  });
}

describe('languageOf', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['da-DK', 'da'],
    ['ja-JP,ja;q=0.9,en;q=0.8', 'ja'],
    ['FR-ca', 'fr'],
    ['es-419', 'es'],
    ['pt-BR, pt;q=0.9, es;q=0.5', 'es'],
    ['en;q=0.2, de;q=0.7, fr;q=0.9', 'fr'],
    ['de;q=0, fr;q=0.1', 'fr'],
    ['nl, *;q=0.5', 'en'],
    ['tlh', 'en'],
    ['constructor, __proto__', 'en'],
    [`${'nl,'.repeat(100)}de`, 'en'],
  ])('takes the best of what a browser accepts: %j is %s', (accepted, language) => {
    expect(chosen(accepted)).toBe(language);
  });

  it('takes what the reader chose before that', () => {
    expect(chosen('de', `${name}=ja`)).toBe('ja');
    expect(chosen(undefined, `${name}=da`)).toBe('da');
  });

  it.each(['tlh', 'constructor', 'de-DE', 'DE', ''])('does not believe the cookie %j', (value) => {
    expect(chosen('fr', `${name}=${value}`)).toBe('fr');
  });

  it('does not believe a cookie that was sent twice, or that belongs to another realm', () => {
    expect(chosen('fr', `${name}=de; ${name}=ja`)).toBe('fr');
    expect(chosen('fr', '__Host-cofactor-members-language=de')).toBe('fr');
  });
});

describe('the texts of the server', () => {
  it.each(languages)('are whole in %s', (language) => {
    expect(Object.keys(pageTexts[language]).toSorted()).toEqual(Object.keys(pageTexts.en).toSorted());
    for (const [key, text] of Object.entries<string>({ ...pageTexts[language] })) {
      expect(text.trim(), key).not.toBe('');
    }
    // Each language is listed by its own name.
    expect(languageNames[language].toLowerCase()).toBe(
      new Intl.DisplayNames([language], { type: 'language' }).of(language)?.toLowerCase(),
    );
  });
});
