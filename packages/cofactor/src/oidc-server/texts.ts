import type { Language } from '../web/language.ts';
import { da } from './texts/da.ts';
import { de } from './texts/de.ts';
import { en } from './texts/en.ts';
import { es } from './texts/es.ts';
import { fr } from './texts/fr.ts';
import { ja } from './texts/ja.ts';

/**
 * What the pages between an application and a sign-in say. `{application}` is what people know a client as, `{user}` who is
 * signed in; other values are named in the text they belong to.
 */
export interface OidcTexts {
  /** The application needs a second factor, and there is none. */
  readonly enableTitle: string;
  readonly enableText: string;
  /** There is one, and the application needs something stronger. */
  readonly enableStrongerTitle: string;
  readonly enableStronger: string;
  /** The application would like it, and goes on with less. */
  readonly enableOptionalTitle: string;
  readonly enableOptional: string;
  readonly enable: string;
  /** The person left the confirmation that the application asked for. */
  readonly leftTitle: string;
  readonly leftText: string;
  /** The same, where the application goes on with less. */
  readonly leftOptional: string;
  readonly tryAgain: string;
  /** Back without having done what was asked: to an answer that says so, or to one that says less. */
  readonly decline: string;
  readonly without: string;
  readonly signInText: string;
  readonly signIn: string;
  readonly selectTitle: string;
  readonly selectText: string;
  readonly selectThis: string;
  readonly selectOther: string;
  readonly consentTitle: string;
  readonly consentText: string;
  /** `{host}`: where the browser goes afterwards. */
  readonly consentGoesTo: string;
  readonly allow: string;
  readonly deny: string;
  readonly signedInAs: string;
  /** What each scope means, as a thing the application can do: goes on after `consentText`. */
  readonly scopes: Readonly<Record<KnownScope, string>>;
  /** `{claim}`: the name of a claim that is in none of the scopes. */
  readonly claim: string;
  /** `{scope}` at `{resource}`, which is an address. */
  readonly scopeAt: string;
  readonly deviceTitle: string;
  readonly deviceText: string;
  readonly deviceCode: string;
  readonly deviceHint: string;
  readonly deviceWrong: string;
  readonly deviceOver: string;
  readonly continue: string;
  readonly deviceConfirmTitle: string;
  readonly deviceConfirmText: string;
  readonly deviceWarning: string;
  /** `{place}`: browser and address, as far as they are known. */
  readonly devicePlace: string;
  /** `{browser}` on `{system}`. */
  readonly deviceOn: string;
  readonly deviceConfirm: string;
  readonly deviceAbort: string;
  readonly deviceDoneTitle: string;
  readonly deviceDoneText: string;
  readonly deviceAbortedTitle: string;
  readonly deviceAbortedText: string;
  readonly deviceAgain: string;
  readonly logoutTitle: string;
  readonly logoutText: string;
  /** The same, where no application says that it asks. */
  readonly logoutTextUnknown: string;
  readonly logout: string;
  readonly stay: string;
  readonly loggedOutTitle: string;
  readonly loggedOutText: string;
  /** While a form is on its way by itself. */
  readonly handOver: string;
  /** The application asked for what cannot be. */
  readonly errorTitle: string;
  readonly errorText: string;
  readonly errorDetail: string;
  /** The request in progress is over, or another browser's. */
  readonly expiredTitle: string;
  readonly expiredText: string;
  /** A form that is older than what it is checked by. */
  readonly staleTitle: string;
  readonly staleText: string;
  readonly missingTitle: string;
  readonly missingText: string;
  readonly unavailableTitle: string;
  readonly unavailableText: string;
  readonly retry: string;
  readonly appsTitle: string;
  readonly appsText: string;
  readonly appsNone: string;
  /** `{date}`. */
  readonly appsSince: string;
  readonly appsRemove: string;
  /** The same button as it is read out: which application it is for. */
  readonly appsRemoveOf: string;
  readonly appsRemoved: string;
  readonly appsBack: string;
}

/** The scopes of OpenID Connect that mean something here. */
export type KnownScope = 'openid' | 'profile' | 'email' | 'roles' | 'offline_access';

export const oidcTexts: Readonly<Record<Language, OidcTexts>> = Object.freeze({ en, de, fr, es, da, ja });

/** A text with its values filled in. */
export function say(text: string, values: Readonly<Record<string, string>> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}
