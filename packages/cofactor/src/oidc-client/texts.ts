import type { Language } from '../web/language.ts';
import { en } from './texts/en.ts';

/** What stands on the pages of the client. `{issuer}` and `{minutes}` are filled in. */
export interface ClientTexts {
  readonly signIn: string;
  readonly chooseText: string;
  readonly signInWith: string;
  /** A second factor is missing. */
  readonly short: string;
  readonly shortText: string;
  readonly shortHow: string;
  /** Where the issuer has no word for it. */
  readonly silentText: string;
  /** The issuer was asked and said no. */
  readonly refusedLevelText: string;
  readonly enable: string;
  readonly again: string;
  /** The sign-in is too old. */
  readonly old: string;
  readonly oldText: string;
  readonly oldAgain: string;
  /** A role is missing, or a rule of the application says no. */
  readonly forbidden: string;
  readonly forbiddenText: string;
  readonly otherAccount: string;
  /** Cancelled at the issuer. */
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
  readonly signOutText: string;
  readonly signedOut: string;
  readonly signedOutText: string;
  readonly start: string;
}

/** By language; one that is not here yet reads English. */
export const clientTexts: Readonly<Partial<Record<Language, ClientTexts>>> & { readonly en: ClientTexts } =
  Object.freeze({ en });
