import type { MailTexts } from './texts.ts';

const secure = 'Hvis det ikke var dig, så skift straks din adgangskode, og se, hvad der beskytter din konto.';
const ask = 'Hvis det ikke var dig, så kontakt straks dem, der driver {site}.';
const ignore = 'Hvis du ikke har bedt om det, skal du ikke gøre noget: Uden linket sker der ingenting.';
const open = 'Se din konto';

export const da: MailTexts = Object.freeze({
  footer: 'Sendt af {site}, {origin}, til {to}.',
  when: 'Hvornår: {when}',
  where: 'Hvorfra: {where}',
  device: '{browser} på {system}',
  comma: ', ',
  named: '{method} ({name})',
  notices: Object.freeze({
    'confirm-email': {
      subject: 'Bekræft din e-mailadresse til {site}',
      text: 'Bekræft, at adressen er din. Linket virker én gang og i {lifetime}.',
      notYou: ignore,
      button: 'Bekræft adressen',
    },
    'change-email': {
      subject: 'Bekræft din nye e-mailadresse til {site}',
      text: 'Bekræft, at mails om din konto fremover skal sendes til denne adresse. Linket virker én gang og i {lifetime}.',
      notYou: ignore,
      button: 'Brug denne adresse',
    },
    'email-changed': {
      subject: 'Din e-mailadresse til {site} er ændret',
      text: 'Mails om din konto sendes nu til {address} og ikke længere til denne adresse.',
      notYou: ask,
    },
    'email-confirmed': {
      subject: 'Din e-mailadresse til {site} er bekræftet',
      text: 'Mails om din konto sendes fra nu af til denne adresse.',
      notYou: secure,
      button: open,
    },
    'enrolment-permitted': {
      subject: 'Sæt din anden faktor op til {site}',
      text: 'Din konto skal have en anden faktor. Nogen er logget ind med din adgangskode og vil sætte en op. Det gøres med dette link. Det virker én gang, i {lifetime}.',
      notYou:
        'Var det ikke dig? Så kender nogen din adgangskode. Åbn ikke linket, og skift straks din adgangskode.',
      button: 'Sæt en anden faktor op',
    },
    'forgot-password': {
      subject: 'Vælg en ny adgangskode til {site}',
      text: 'Der er bedt om en ny adgangskode til din konto. Med dette link kan du vælge en. Det virker én gang og i {lifetime}. Din anden faktor forbliver, som den er.',
      notYou: 'Hvis det ikke var dig, skal du ikke gøre noget: Din adgangskode forbliver, som den er.',
      button: 'Vælg en ny adgangskode',
    },
    'forgot-password-impossible': {
      subject: 'Din adgangskode til {site}',
      text: 'Der er bedt om en ny adgangskode til din konto, men den har ingen, der kan skiftes via mail. Log ind, som du plejer, eller spørg dem, der driver {site}.',
      notYou: 'Hvis det ikke var dig, skal du ikke gøre noget: Intet er ændret.',
    },
    'password-reset-done': {
      subject: 'Din adgangskode til {site} er nulstillet',
      text: 'Adgangskoden til din konto er skiftet via et link, som du fik tilsendt på mail. Alle, der var logget ind, er blevet logget ud.',
      notYou: ask,
      button: open,
    },
    'password-changed': {
      subject: 'Din adgangskode til {site} er ændret',
      text: 'Adgangskoden til din konto er ændret. Alle andre browsere er blevet logget ud.',
      notYou: ask,
      button: open,
    },
    'authenticator-added': {
      subject: 'En ny måde at logge ind på {site}',
      text: 'Din konto kan nu også bekræftes med dette: {what}.',
      notYou: secure,
      button: open,
    },
    'authenticator-removed': {
      subject: 'En måde at logge ind på {site} er fjernet',
      text: 'Dette er fjernet fra din konto og virker ikke længere: {what}.',
      notYou: secure,
      button: open,
    },
    'authenticator-disabled': {
      subject: 'En måde at logge ind på {site} er spærret',
      text: 'Der har været for mange forkerte forsøg med dette: {what}. Det virker først igen, når du sætter det op på ny.',
      notYou:
        'Hvis det ikke var dine forsøg, kender nogen måske din adgangskode. Log ind på en anden måde, og skift den.',
      button: open,
    },
    'recovery-renewed': {
      subject: 'Du har nye gendannelseskoder til {site}',
      text: 'Der er lavet nye gendannelseskoder til din konto. De gamle virker ikke længere.',
      notYou: secure,
      button: open,
    },
    'second-factor-failed': {
      subject: 'Var det dig? Andet trin hos {site} mislykkedes',
      text: 'Nogen har indtastet den rigtige adgangskode til din konto, men kom ikke igennem andet trin: {what}. Ingen blev lukket ind.',
      notYou:
        'Hvis det ikke var dig, kender nogen din adgangskode. Skift den straks, og giv ikke en kode til nogen, der beder om den.',
      button: open,
    },
    'new-device-remembered': {
      subject: '{site} husker en browser',
      text: 'Fra nu af logger denne browser ind på din konto uden andet trin.',
      notYou: secure,
      button: open,
    },
    'account-deleted': {
      subject: 'Din konto hos {site} er slettet',
      text: 'Din konto og alt, der beskyttede den, er slettet. Dette er den sidste mail om den.',
      notYou: ask,
    },
    invitation: {
      subject: 'Du er inviteret til {site}',
      text: 'Der er oprettet en konto til dig hos {site}. Med dette link vælger du, hvordan du logger ind. Det virker én gang, i {lifetime}.',
      notYou: 'Ved du ikke, hvad det handler om, skal du ikke gøre noget: Uden linket kan ingen logge ind.',
      button: 'Sæt din konto op',
    },
    'factors-reset': {
      subject: 'Din anden faktor til {site} er fjernet',
      text: 'Dem, der driver {site}, har fjernet alle andre faktorer og alle gendannelseskoder fra din konto. Alle er blevet logget ud. Log ind igen, og sæt en anden faktor op.',
      notYou: ask,
    },
    'permit-given': {
      subject: 'Du kan sætte din anden faktor op til {site}',
      text: 'Dem, der driver {site}, giver dig lov til at sætte en anden faktor op for din konto. Log ind, og åbn derefter dette link i samme browser. Det virker én gang, i {lifetime}.',
      notYou: ask,
      button: 'Sæt en anden faktor op',
    },
    'permit-handed-over': {
      subject: 'Der er lavet et link til at sætte din anden faktor op til {site}',
      text: 'Dem, der driver {site}, har lavet et link, som en anden faktor kan sættes op med for din konto. Du får det på anden vis. Det virker én gang, i {lifetime}.',
      notYou: ask,
    },
  }),
});
