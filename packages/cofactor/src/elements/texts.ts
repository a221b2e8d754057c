import type { enAccount } from './texts.en.account.ts';
import { en } from './texts.en.ts';

export type TextKey = keyof typeof en | keyof typeof enAccount;
/** One sentence, or one for each plural rule of the language, chosen by the value `count`. */
export type Text =
  string | ({ readonly other: string } & Partial<Readonly<Record<Intl.LDMLPluralRule, string>>>);
/**
 * Every text in one language: one file, one constant of this type. What is missing is said in English, so that a
 * new text can be used at once; a test lists what is missing.
 */
export type Translation = Readonly<Record<string, Text>>;
export type Values = Readonly<Record<string, string | number>>;

/** Always at hand, since every other language may fail to load: but only what this page needs of it. */
let english: Translation = en;
let texts: Translation = {};
let locale = 'en';

/** The parts of a language that this page needs: the build makes a file of each, beside the scripts. */
let parts: readonly ('' | '-account')[] = [''];

/** Adds what only the pages of an account say. */
export function addAccountTexts(inEnglish: Translation): void {
  english = { ...english, ...inEnglish };
  parts = ['', '-account'];
}

interface TextsModule {
  readonly texts: Translation;
}

async function fetchTexts(language: string): Promise<TextsModule> {
  const modules = parts.map(
    (part) => import(/* @vite-ignore */ `./texts-${language}${part}.js`) as Promise<TextsModule>,
  );
  return {
    texts: Object.assign({}, ...(await Promise.all(modules)).map(({ texts: some }) => some)) as Translation,
  };
}

/**
 * Chooses the language of the pages, dates and numbers included. One that has no texts, or whose texts cannot be
 * loaded, is shown in English.
 */
export async function useLanguage(language: string, load: typeof fetchTexts = fetchTexts): Promise<void> {
  const [base = ''] = language.toLowerCase().split('-');
  if (base === locale) return;
  let found: Translation | undefined;
  try {
    // The page may be somebody else's, with anything in its `lang`.
    if (base !== 'en' && /^[a-z]{2,3}$/.test(base)) found = (await load(base)).texts;
  } catch {
    // English is what there is then.
  }
  texts = found ?? {};
  locale = found ? base : 'en';
}

/** The text of this key, with `{name}` filled in from `values`. */
export function t(key: TextKey, values: Values = {}): string {
  return fill(texts[key] ?? english[key] ?? key, values);
}

/** Whether there is such a text: keys made of what a server sent may be unknown here. */
export function hasText(key: string): boolean {
  return Object.hasOwn(english, key);
}

/** Fills a text; also used for the texts of providers, which have the same form. */
export function fill(text: Text, values: Values = {}): string {
  const chosen = typeof text === 'string' ? text : (text[pluralRule(Number(values['count']))] ?? text.other);
  return chosen.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return typeof value === 'number' ? new Intl.NumberFormat(locale).format(value) : (value ?? whole);
  });
}

export function pluralRule(count: number): Intl.LDMLPluralRule {
  return new Intl.PluralRules(locale).select(count);
}

/** "a, b, c" in the manner of the language. */
export function listed(parts: readonly string[]): string {
  return new Intl.ListFormat(locale, { type: 'conjunction', style: 'narrow' }).format(parts);
}

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "25 minutes ago", "in 2 hours": negative seconds lie in the past. Under a minute ago is "a moment ago". */
export function relative(seconds: number): string {
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second' as const, 1];
  if (unit === 'second' && seconds <= 0) return t('momentAgo');
  return new Intl.RelativeTimeFormat(locale).format(Math.round(seconds / size), unit);
}

/** "14:32", and the day with it where that is not today. */
export function clock(time: Date, now: Date = new Date()): string {
  const today = time.toDateString() === now.toDateString();
  return new Intl.DateTimeFormat(
    locale,
    today ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' },
  ).format(time);
}

export function date(time: Date): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(time);
}

/** How long ago where that is under a week, otherwise the date. */
export function when(time: Date, now: Date = new Date()): string {
  const seconds = (time.getTime() - now.getTime()) / 1000;
  return seconds > -7 * 86_400 ? relative(Math.min(0, seconds)) : date(time);
}
