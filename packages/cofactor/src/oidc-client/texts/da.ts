import type { ClientTexts } from '../texts.ts';

/** Danish. The reader is "du". */
export const da: ClientTexts = Object.freeze({
  signIn: 'Log ind',
  chooseText: 'Vælg, hvor du har din konto.',
  lacks: Object.freeze({
    mfa: Object.freeze({
      title: 'Siden kræver en anden faktor',
      text: 'Ud over en adgangskode skal du bruge noget, du har, for eksempel en kode fra en app eller en adgangsnøgle.',
      short: '{issuer} har ikke bekræftet, at du brugte en, da du loggede ind.',
      refused:
        '{issuer} har ikke bekræftet nogen. Måske stoppede du undervejs, eller også har din konto ikke nogen endnu.',
      how: 'Har din konto hos {issuer} ikke nogen endnu, så sæt en op dér. Kom derefter tilbage til {application}, og log ind igen med den.',
      enable: 'Sæt en anden faktor op',
      again: 'Log ind igen med en anden faktor',
    }),
    phr: Object.freeze({
      title: 'Siden kræver en adgangsnøgle eller en sikkerhedsnøgle',
      text: 'En adgangskode og en kode er ikke nok.',
      short: '{issuer} har ikke bekræftet, at du loggede ind med en adgangsnøgle eller en sikkerhedsnøgle.',
      refused:
        '{issuer} har ikke bekræftet nogen. Måske stoppede du undervejs, eller også har din konto ikke nogen endnu.',
      how: 'Har din konto hos {issuer} ikke nogen endnu, så tilføj en dér. Kom derefter tilbage til {application}, og log ind igen med den.',
      enable: 'Tilføj en adgangsnøgle eller en sikkerhedsnøgle',
      again: 'Log ind igen med en adgangsnøgle eller en sikkerhedsnøgle',
    }),
    phrh: Object.freeze({
      title: 'Siden kræver en sikkerhedsnøgle',
      text: 'Adgangskoder, koder og adgangsnøgler, som flere enheder deler, er ikke nok.',
      short: '{issuer} har ikke bekræftet, at du loggede ind med en sikkerhedsnøgle.',
      refused:
        '{issuer} har ikke bekræftet nogen. Måske stoppede du undervejs, eller også har din konto ikke nogen endnu.',
      how: 'Har din konto hos {issuer} ikke nogen endnu, så tilføj en dér. Kom derefter tilbage til {application}, og log ind igen med den.',
      enable: 'Tilføj en sikkerhedsnøgle',
      again: 'Log ind igen med en sikkerhedsnøgle',
    }),
    method: Object.freeze({
      title: 'Siden kræver en anden måde at logge ind på',
      text: 'Den åbner kun, når du har logget ind på bestemte måder.',
      short: '{issuer} har ikke bekræftet, at du brugte en af dem.',
      refused: '{issuer} har ikke bekræftet nogen af dem. Måske stoppede du undervejs.',
      how: 'Kan du hos {issuer} vælge, hvordan du logger ind, så vælg en anden måde. Spørg ellers dem, der driver webstedet, hvilken der skal bruges.',
      enable: 'Tilføj en anden måde at logge ind på',
      again: 'Log ind på en anden måde',
    }),
  }),
  silent:
    '{issuer} kan ikke bekræfte det over for {application}, så siden kan ikke åbnes med en konto derfra.',
  silentHow: 'Har du en konto et andet sted, så brug den. Kontakt ellers dem, der driver webstedet.',
  silentAlone: 'Spørg dem, der driver webstedet, hvordan den kan åbnes.',
  old: 'Log ind igen for at fortsætte',
  oldText: 'Du loggede ind hos {issuer} for mere end {time} siden.',
  oldUnknown: '{issuer} har ikke oplyst, hvornår du loggede ind.',
  oldWhy: 'Siden kræver et nyere login, så ingen andre kan bruge en session, som du har ladet stå åben.',
  oldAgain: 'Log ind igen',
  forbidden: 'Ikke adgang med denne konto',
  forbiddenText:
    'Din konto mangler den nødvendige adgang til siden. Kontakt dem, der driver webstedet, eller brug en anden konto.',
  otherAccount: 'Brug en anden konto',
  signInWith: 'Log ind med {issuer}',
  turnedAway: 'Login blev ikke gennemført',
  turnedAwayText: 'Det blev annulleret hos {issuer} eller ikke tilladt dér. Intet er ændret.',
  tryAgain: 'Prøv igen',
  refused: 'Dette login blev ikke godtaget',
  refusedText:
    'Svaret fra {issuer} passer ikke til det, der blev spurgt om, så ingen er logget ind med det. Prøv igen. Sker det igen, så kontakt dem, der driver webstedet.',
  unknown: 'Dette login er ikke længere åbent',
  unknownText:
    'Det er allerede afsluttet, blev begyndt i en anden browser eller tog for lang tid. Gå til forsiden: Måske er du allerede logget ind.',
  away: '{issuer} svarer ikke',
  awayText: 'Der er ikke noget galt med din konto. Vent et øjeblik, og prøv igen.',
  unavailable: 'Det virker ikke i øjeblikket',
  unavailableText: 'Intet er tabt. Prøv igen om et minut.',
  switched: 'Du bruger nu en anden konto',
  switchedText: 'Det er ikke den konto, du var logget ind med før. Det, du var ved at gøre, er ikke gjort.',
  goOn: 'Fortsæt med denne konto',
  signOut: 'Log ud',
  signOutTitle: 'Vil du logge ud?',
  signOutText: 'Du bliver logget ud af {application} og så vidt muligt også dér, hvor du loggede ind.',
  stay: 'Forbliv logget ind',
  leaving: 'Et øjeblik …',
  leavingSignIn: 'Du er på vej til det sted, hvor du logger ind.',
  leavingSignOut: 'Du er logget ud af {application}. Nu bliver du også logget ud dér, hvor du loggede ind.',
  continue: 'Fortsæt',
  signedOut: 'Du er logget ud',
  signedOutText:
    'Ingen er logget ind på {application} i denne browser. Bruger andre den også, så luk den nu.',
  start: 'Til forsiden',
});
