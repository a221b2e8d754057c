import { en } from './texts.en.ts';

export type TextKey = keyof typeof en;
/** One sentence, or one for each plural rule of the language, chosen by the value `count`. */
export type Text =
  string | ({ readonly other: string } & Partial<Readonly<Record<Intl.LDMLPluralRule, string>>>);
/** A language: one file, one constant of this type. */
export type Texts = Readonly<Record<TextKey, Text>>;
export type Values = Readonly<Record<string, string | number>>;

const languages: Readonly<Record<string, Texts>> = { en };

let texts: Texts = en;
let locale = 'en';

/** Chooses the language of the pages; dates follow it, and a language without texts is shown in English. */
export function useLanguage(language: string): void {
  const base = language.toLowerCase().split('-')[0] ?? '';
  const found = Object.hasOwn(languages, base) ? languages[base] : undefined;
  texts = found ?? en;
  locale = found ? language : 'en';
}

/** The text of this key, with `{name}` filled in from `values`. */
export function t(key: TextKey, values: Values = {}): string {
  return fill(texts[key], values);
}

/** Whether there is such a text: keys made of what a server sent may be unknown here. */
export function hasText(key: string): boolean {
  return Object.hasOwn(texts, key);
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

/** "a, b and c" in the words of the language. */
export function listed(parts: readonly string[]): string {
  return new Intl.ListFormat(locale, { type: 'unit', style: 'long' }).format(parts);
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
