import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { languages } from '../web/language.ts';
import { clientTexts, say, timeText, type ClientTexts } from './texts.ts';

/** Every text of a language by its key; those of what is missing by `lacks.mfa.title`. */
function flat({ lacks, ...texts }: ClientTexts): Readonly<Record<string, string>> {
  const all: Record<string, string> = { ...texts };
  for (const [lack, words] of Object.entries(lacks)) {
    for (const [key, text] of Object.entries<string>({ ...words })) all[`lacks.${lack}.${key}`] = text;
  }
  return all;
}

function valuesIn(text: string): string {
  return [...new Set(text.match(/\{\w+\}/g))].toSorted().join();
}

describe.each(languages)('in %s', (language) => {
  const texts = flat(clientTexts[language]);

  it('there is every text, with the values that belong in it', () => {
    const english = flat(clientTexts.en);
    expect(Object.keys(texts).toSorted()).toEqual(Object.keys(english).toSorted());
    for (const [key, text] of Object.entries(texts)) {
      expect(text.trim(), key).not.toBe('');
      expect(valuesIn(text), key).toBe(valuesIn(english[key] ?? ''));
    }
  });

  it('nothing is left in English by mistake', () => {
    if (language === 'en') return;
    const english = flat(clientTexts.en);
    expect(Object.keys(texts).filter((key) => texts[key] === english[key])).toEqual([]);
  });

  it('quotation marks and apostrophes are those of print', () => {
    const typed = Object.keys(texts).filter((key) => /["']/.test(texts[key] ?? ''));
    expect(typed).toEqual([]);
  });

  it('what differs is told apart by its title', () => {
    const titles = Object.values(clientTexts[language].lacks).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

it('every text is said somewhere', async () => {
  const folder = new URL('./', import.meta.url);
  const files = (await readdir(folder)).filter((name) => /^(?!texts\.).*(?<!\.test)\.ts$/.test(name));
  const code = (await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')))).join('\n');
  const { lacks, ...own } = clientTexts.en;
  // `away` and its like are said by name, together with the words below them.
  const keys = [...Object.keys(own), ...Object.keys(lacks.mfa)].filter(
    (key) => !/^(turnedAway|refused|away)Text$/.test(key),
  );
  expect(keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(code))).toEqual([]);
});

describe('say', () => {
  it('fills values in once, and takes nothing from a prototype', () => {
    expect(say('{a} {b}', { a: '{b}', b: '$&' })).toBe('{b} $&');
    expect(say('{constructor} {left}', {})).toBe('{constructor} {left}');
  });
});

describe('timeText', () => {
  it.each([
    [30, 'en', '30 seconds'],
    [60, 'en', '1 minute'],
    [90, 'en', '90 seconds'],
    [900, 'en', '15 minutes'],
    [5400, 'en', '90 minutes'],
    [3600, 'de', '1 Stunde'],
    [172_800, 'fr', '2 jours'],
    [900, 'es', '15 minutos'],
    [900, 'da', '15 minutter'],
    [900, 'ja', '15 分'],
    [0, 'en', '0 seconds'],
  ] as const)('%i seconds in %s: %s', (seconds, language, text) => {
    // The space between is one that does not break in some languages.
    expect(timeText(seconds, language).replace(/\s/g, ' ')).toBe(text);
  });
});
