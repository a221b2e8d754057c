import { da } from './texts/da.ts';
import { de } from './texts/de.ts';
import { en } from './texts/en.ts';
import { es } from './texts/es.ts';
import { fr } from './texts/fr.ts';
import { ja } from './texts/ja.ts';
import type { MailTexts } from './texts/texts.ts';

/** The texts of mails by language. */
export const mailTexts: Readonly<Record<string, MailTexts>> = Object.freeze({ en, de, fr, es, da, ja });

/** The texts for a reader, and the language they are in: English where there are none in theirs. */
export function textsFor(wanted: string): { readonly language: string; readonly texts: MailTexts } {
  const texts = Object.hasOwn(mailTexts, wanted) ? mailTexts[wanted] : undefined;
  return texts ? { language: wanted, texts } : { language: 'en', texts: en };
}
