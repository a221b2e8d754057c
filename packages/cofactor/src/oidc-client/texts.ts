import type { Language } from '../web/language.ts';
import type { Lack } from './denial.ts';
import { da } from './texts/da.ts';
import { de } from './texts/de.ts';
import { en } from './texts/en.ts';
import { es } from './texts/es.ts';
import { fr } from './texts/fr.ts';
import { ja } from './texts/ja.ts';

/**
 * What stands on the pages of the client. `{application}` is what people know it as, `{issuer}` where they sign in; `{time}` is
 * a number of minutes, hours or days.
 */
export interface ClientTexts {
  readonly signIn: string;
  readonly chooseText: string;
  /** A sign-in proves too little. By what it takes. */
  readonly lacks: Readonly<Record<Exclude<Lack, 'age'>, LackTexts>>;
  /** The issuer has no word for it: with another account to sign in with, and without. */
  readonly silent: string;
  readonly silentHow: string;
  readonly silentAlone: string;
  /** The sign-in is too old. */
  readonly old: string;
  readonly oldText: string;
  /** When it was, the issuer does not say. */
  readonly oldUnknown: string;
  readonly oldWhy: string;
  readonly oldAgain: string;
  /** A role is missing, or a rule of the application says no. */
  readonly forbidden: string;
  readonly forbiddenText: string;
  readonly otherAccount: string;
  /** With one other issuer, by its name. */
  readonly signInWith: string;
  /** Cancelled at the issuer, or not allowed there. */
  readonly turnedAway: string;
  readonly turnedAwayText: string;
  readonly tryAgain: string;
  /** An answer that is not to be believed. */
  readonly refused: string;
  readonly refusedText: string;
  /** An answer to nothing. */
  readonly unknown: string;
  readonly unknownText: string;
  readonly away: string;
  readonly awayText: string;
  readonly unavailable: string;
  readonly unavailableText: string;
  readonly switched: string;
  readonly switchedText: string;
  readonly goOn: string;
  readonly signOut: string;
  readonly signOutTitle: string;
  readonly signOutText: string;
  readonly stay: string;
  /** On the way to the issuer after a form: to sign in, or so that the sign-in there ends too. */
  readonly leaving: string;
  readonly leavingSignIn: string;
  readonly leavingSignOut: string;
  readonly continue: string;
  readonly signedOut: string;
  readonly signedOutText: string;
  readonly start: string;
}

export interface LackTexts {
  readonly title: string;
  /** What it takes. */
  readonly text: string;
  /** Why that is not enough which is there. */
  readonly short: string;
  /** The same, where the issuer was asked for it and did not do it. */
  readonly refused: string;
  /** What to do: there, and then here. */
  readonly how: string;
  /** Leads to where it is set up. */
  readonly enable: string;
  readonly again: string;
}

export const clientTexts: Readonly<Record<Language, ClientTexts>> = Object.freeze({ en, de, fr, es, da, ja });

/** A text with its values filled in. */
export function say(text: string, values: Readonly<Record<string, string>> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A length of time as it was configured, in the largest unit that it is a whole number of. */
export function timeText(seconds: number, language: Language): string {
  const [unit, size] = units.find(([, length]) => seconds >= length && seconds % length === 0) ?? units[3];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(seconds / size);
}
