import { readdir, readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { languages } from '../web/language.ts';
import './account-texts.ts';
import { enAccount } from './texts.en.account.ts';
import { en } from './texts.en.ts';
import { clock, date, fill, listed, relative, t, useLanguage, when, type Translation } from './texts.ts';

const english: Translation = { ...en, ...enAccount };
const load = (language: string): Promise<{ texts: Translation }> =>
  import(`./texts.${language}.ts`) as Promise<{ texts: Translation }>;

afterEach(() => useLanguage('en'));

describe('t', () => {
  it('fills values in, and leaves what it was not given', () => {
    expect(t('remove.title', { name: 'Pixel 9' })).toBe('Remove Pixel 9?');
    expect(fill('{a} and {b}', { a: 'x' })).toBe('x and {b}');
  });

  it('does not fill a value a second time', () => {
    expect(fill('{a} {b}', { a: '{b}', b: '1' })).toBe('{b} 1');
    expect(fill('{a}', { a: '$&' })).toBe('$&');
  });

  it('takes nothing from a prototype', () => {
    expect(fill('{constructor}', {})).toBe('{constructor}');
  });

  it('chooses the plural', () => {
    expect(t('triesLeft', { count: 1 })).toBe('1 try left.');
    expect(t('triesLeft', { count: 2 })).toBe('2 tries left.');
  });

  it('speaks the language of the reader, dates and numbers included', async () => {
    await useLanguage('de-AT', load);
    expect(t('back')).toBe('Zurück');
    expect(relative(-1500)).toBe('vor 25 Minuten');
    expect(fill('{n}', { n: 1234.5 })).toBe('1.234,5');
    expect(listed(['A', 'B', 'C'])).toBe('A, B und C');
    await useLanguage('ja', load);
    expect(t('triesLeft', { count: 1 })).toBe('あと 1 回お試しいただけます。');
    expect(relative(7200)).toBe('2 時間後');
  });

  it.each(['tlh', 'constructor', '../x', 'de/../../x', ''])(
    'shows English, dates included, for what is no language of ours: %j',
    async (language) => {
      await useLanguage('de', load);
      await useLanguage(language, load);
      expect(t('back')).toBe('Back');
      expect(relative(-1500)).toBe('25 minutes ago');
    },
  );

  it('shows English where the texts of a language cannot be loaded, or are none', async () => {
    await useLanguage('de', () => Promise.reject(new Error('offline')));
    expect(t('back')).toBe('Back');
    await useLanguage('de', () => Promise.resolve({} as { texts: Translation }));
    expect(t('back')).toBe('Back');
  });

  it('shows in English what a language lacks', async () => {
    await useLanguage('da', () => Promise.resolve({ texts: { back: 'Tilbage' } }));
    expect([t('back'), t('cancel')]).toEqual(['Tilbage', 'Cancel']);
  });
});

describe('times', () => {
  const now = new Date(2026, 4, 3, 14, 32);

  it('are told in the largest unit that fits', () => {
    expect(relative(-10)).toBe('a moment ago');
    expect(relative(-1500)).toBe('25 minutes ago');
    expect(relative(7200)).toBe('in 2 hours');
    expect(relative(45)).toBe('in 45 seconds');
  });

  it('become dates after a week', () => {
    expect(when(new Date(now.getTime() - 3_600_000), now)).toBe('1 hour ago');
    const old = new Date(2026, 3, 1);
    expect(when(old, now)).toBe(date(old));
  });

  it('of a clock that is ahead of ours lie a moment ago', () => {
    expect(when(new Date(now.getTime() + 60_000), now)).toBe('a moment ago');
  });

  it('name the day where it is not today', () => {
    expect(clock(new Date(2026, 4, 3, 15, 0), now)).not.toContain('2026');
    expect(clock(new Date(2026, 4, 4, 15, 0), now)).toContain('2026');
  });

  it('are joined in the words of the language', () => {
    expect(listed(['2 apps', '1 key'])).toBe('2 apps, 1 key');
  });
});

/** The code of this folder by file, without tests and texts. */
const code: Readonly<Record<string, string>> = await readCode();

async function readCode(): Promise<Record<string, string>> {
  const folder = new URL('./', import.meta.url);
  const files = (await readdir(folder)).filter((name) => /^(?!texts\.).*(?<!\.test)\.ts$/.test(name));
  const read = async (name: string): Promise<[string, string]> => [
    name,
    await readFile(new URL(name, folder), 'utf8'),
  ];
  return Object.fromEntries(await Promise.all(files.map(read)));
}

it('every text is used, and none is empty', () => {
  const all = Object.values(code).join('\n');
  const computed = /^(problem\.|list\.(disabled|unavailable)$|momentAgo$)/;
  for (const [key, text] of Object.entries(english)) {
    expect(text, key).not.toBe('');
    if (!computed.test(key)) expect(all.includes(`'${key}'`), `${key} is not used`).toBe(true);
  }
});

it('every page has the texts it needs: sign-in the first part, and the others both', () => {
  const pages = Object.keys(code).filter((name) => /^define\([^]*extends (Page|Entry) /m.test(turned(name)));
  expect(pages).toEqual(expect.arrayContaining(['sign-in.ts', 'register.ts', 'security.ts']));
  const lacking = pages.flatMap((page) => {
    const files = reached(page);
    if (files.has('account-texts.ts')) return [];
    const keys = Object.keys(enAccount).filter((key) =>
      [...files].some((name) => code[name]?.includes(`'${key}'`)),
    );
    return keys.map((key) => `${page} says ${key}: move it into \`en\`, or import account-texts.ts`);
  });
  expect(lacking).toEqual([]);
});

/** `define` comes last in a file; put first, one expression finds it together with the class. */
function turned(name: string): string {
  return (code[name] ?? '').split('\n').toReversed().join('\n');
}

/** A file and everything of this folder that it imports, at once or later. */
function reached(name: string, found: Set<string> = new Set()): Set<string> {
  if (found.has(name) || code[name] === undefined) return found;
  found.add(name);
  const imports = code[name].matchAll(
    /(?:^import |^export |^\} )(?!type )[^;]*?'\.\/([^']+)'|import\('\.\/([^']+)'\)/gm,
  );
  for (const [, now, later] of imports) reached(now ?? later ?? '', found);
  return found;
}

describe('every language', () => {
  it('has a file, and no other has one', async () => {
    const files = (await readdir(new URL('./', import.meta.url))).flatMap(
      (name) => /^texts\.(\w+)\.ts$/.exec(name)?.[1] ?? [],
    );
    expect(files.filter((name) => name !== 'test').toSorted()).toEqual(languages.toSorted());
  });

  it.each(languages)(
    '%s has every text, with the values and the plurals that belong in it',
    async (language) => {
      const texts = language === 'en' ? english : (await load(language)).texts;
      expect(faults(language, texts)).toEqual([]);
    },
  );
});

it.each(languages)(
  'in %s the long name of a button holds what stands on it (WCAG 2.5.3)',
  async (language) => {
    const texts = language === 'en' ? english : (await load(language)).texts;
    const longer = Object.keys(texts).filter((key) => key.endsWith('Of'));
    for (const key of longer) {
      const short = fill(texts[key.slice(0, -2)] ?? key).toLowerCase();
      expect(fill(texts[key] ?? '').toLowerCase(), key).toContain(short);
    }
  },
);

/** What is wrong with a translation, as a list of things to do. */
function faults(language: string, texts: Translation): string[] {
  const forms = formsOf(language);
  return [
    ...Object.keys(english).flatMap((key) => (Object.hasOwn(texts, key) ? [] : `${key} is missing`)),
    ...Object.entries(texts).flatMap(([key, text]) => {
      const original = english[key];
      if (original === undefined) return `${key} is no text of ours`;
      const own = typeof text === 'string' ? { other: text } : text;
      const plural = typeof original !== 'string';
      const wanted = plural ? forms : ['other'];
      return [
        ...(Object.keys(own).toSorted().join() === wanted.join()
          ? []
          : [`${key} needs the forms ${wanted.join()}`]),
        ...Object.values(own).flatMap((form) => [
          ...(form.trim() === '' ? [`${key} is empty`] : []),
          ...(valuesIn(form) === valuesIn(plural ? original.other : original)
            ? []
            : [`${key} has other values: ${form}`]),
        ]),
      ];
    }),
  ];
}

/** The plural forms that a number of things takes in a language: the rest of them is for fractions and millions. */
function formsOf(language: string): string[] {
  const rules = new Intl.PluralRules(language);
  return [...new Set(Array.from({ length: 201 }, (_none, count) => rules.select(count)))].toSorted();
}

function valuesIn(text: string): string {
  return [...new Set(text.match(/\{\w+\}/g))].toSorted().join();
}
