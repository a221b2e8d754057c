import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { languages } from '../web/language.ts';
import { oidcTexts, say, type OidcTexts } from './texts.ts';

/** Every text of a language by its key; those of scopes by `scopes.email`. */
function flat({ scopes, ...texts }: OidcTexts): Readonly<Record<string, string>> {
  const ofScopes = Object.entries(scopes).map(([scope, text]) => [`scopes.${scope}`, text]);
  return { ...texts, ...(Object.fromEntries(ofScopes) as Record<string, string>) };
}

function valuesIn(text: string): string {
  return [...new Set(text.match(/\{\w+\}/g))].toSorted().join();
}

describe.each(languages)('in %s', (language) => {
  const texts = flat(oidcTexts[language]);

  it('there is every text, with the values that belong in it', () => {
    const english = flat(oidcTexts.en);
    expect(Object.keys(texts).toSorted()).toEqual(Object.keys(english).toSorted());
    for (const [key, text] of Object.entries(texts)) {
      expect(text.trim(), key).not.toBe('');
      expect(valuesIn(text), key).toBe(valuesIn(english[key] ?? ''));
    }
  });

  it('nothing is left in English by mistake', () => {
    if (language === 'en') return;
    const english = flat(oidcTexts.en);
    const same = Object.keys(texts).filter((key) => texts[key] === english[key]);
    expect(same.filter((key) => key !== 'deviceCode')).toEqual([]);
  });

  it('what a button is read out as holds what stands on it (WCAG 2.5.3)', () => {
    expect(texts['appsRemoveOf']?.toLowerCase()).toContain(texts['appsRemove']?.toLowerCase());
  });
});

it('every text is said somewhere', async () => {
  const folder = new URL('./', import.meta.url);
  const files = (await readdir(folder)).filter((name) => /^(?!texts\.).*(?<!\.test)\.ts$/.test(name));
  const code = (await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')))).join('\n');
  const { scopes: _scopes, ...own } = oidcTexts.en;
  const unsaid = Object.keys(own).filter((key) => !new RegExp(`\\b${key}\\b`).test(code));
  expect(unsaid).toEqual([]);
});

describe('say', () => {
  it('fills values in once, and takes nothing from a prototype', () => {
    expect(say('{a} {b}', { a: '{b}', b: '$&' })).toBe('{b} $&');
    expect(say('{constructor} {left}', {})).toBe('{constructor} {left}');
  });
});
