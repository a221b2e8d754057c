import {
  addAccountTexts,
  t as words,
  useLanguage,
  type TextKey,
  type Translation,
  type Values,
} from '../../cofactor/src/elements/texts.ts';
import { en } from './texts.en.ts';

export { clock, date, listed, when } from '../../cofactor/src/elements/texts.ts';

/** Every text of the back office. Each stands in `texts.<language>.ts`; what a language lacks is said in English. */
export type Key = keyof typeof en;

// The texts of the sign-in come along: problems are said in the same words here and there.
addAccountTexts(en);

/** The other languages that there are texts in, each a script of its own. */
const others: Readonly<Record<string, () => Promise<{ readonly texts: Translation }>>> = {
  de: () => import('./texts.de.ts'),
};

/** The text of this key, with `{name}` filled in from `values`. */
export function t(key: Key, values: Values = {}): string {
  // The library knows its own keys; these were added to them above.
  return words(key as string as TextKey, values);
}

/** A text whose key is made of what a server said, e.g. of a state; that itself where there is none. */
export function named(group: string, name: string): string {
  const key = `${group}.${name}`;
  return Object.hasOwn(en, key) ? t(key as Key) : name;
}

/** What comes after the dot of every key in a group, e.g. each type of event. */
export function namesIn(group: string): readonly string[] {
  const prefix = `${group}.`;
  return Object.keys(en).flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
}

/** Sorts words as their readers do. */
export function inOrder(a: string, b: string): number {
  return a.localeCompare(b, document.documentElement.lang);
}

/** Chooses the language; gives the one that it is, since not all have texts here. */
export async function speak(language: string): Promise<string> {
  const load = others[language];
  if (!load) return 'en';
  await useLanguage(language, load);
  return language;
}
