import type { MailTexts } from './texts.ts';

const secure =
  'Waren Sie das nicht? Dann ändern Sie bitte sofort Ihr Passwort und prüfen Sie, womit Ihr Konto geschützt ist.';
const ask = 'Waren Sie das nicht? Dann wenden Sie sich bitte sofort an den Betreiber von {site}.';
const ignore = 'Haben Sie das nicht veranlasst? Dann müssen Sie nichts tun: Ohne den Link geschieht nichts.';
const open = 'Konto ansehen';

export const de: MailTexts = Object.freeze({
  footer: 'Gesendet von {site}, {origin}, an {to}.',
  when: 'Wann: {when}',
  where: 'Woher: {where}',
  device: '{browser} unter {system}',
  comma: ', ',
  named: '{method} ({name})',
  notices: Object.freeze({
    'confirm-email': {
      subject: 'Bestätigen Sie Ihre E-Mail-Adresse für {site}',
      text: 'Bitte bestätigen Sie, dass diese Adresse Ihnen gehört. Der Link gilt einmal und {lifetime} lang.',
      notYou: ignore,
      button: 'Adresse bestätigen',
    },
    'change-email': {
      subject: 'Bestätigen Sie Ihre neue E-Mail-Adresse für {site}',
      text: 'Bitte bestätigen Sie, dass Nachrichten zu Ihrem Konto künftig an diese Adresse gehen sollen. Der Link gilt einmal und {lifetime} lang.',
      notYou: ignore,
      button: 'Diese Adresse verwenden',
    },
    'email-changed': {
      subject: 'Ihre E-Mail-Adresse für {site} wurde geändert',
      text: 'Nachrichten zu Ihrem Konto gehen jetzt an {address} und nicht mehr an diese Adresse.',
      notYou: ask,
    },
    'email-confirmed': {
      subject: 'Ihre E-Mail-Adresse für {site} ist bestätigt',
      text: 'Nachrichten zu Ihrem Konto gehen ab jetzt an diese Adresse.',
      notYou: secure,
      button: open,
    },
    'enrolment-permitted': {
      subject: 'Richten Sie Ihren zweiten Faktor für {site} ein',
      text: 'Für Ihr Konto ist ein zweiter Faktor vorgeschrieben. Jemand hat sich mit Ihrem Passwort angemeldet und möchte einen einrichten. Das geht nur über diesen Link. Er gilt einmal und {lifetime} lang.',
      notYou:
        'Waren Sie das nicht? Dann kennt jemand Ihr Passwort. Öffnen Sie den Link nicht, und ändern Sie bitte sofort Ihr Passwort.',
      button: 'Zweiten Faktor einrichten',
    },
    'forgot-password': {
      subject: 'Neues Passwort für {site} wählen',
      text: 'Jemand hat für Ihr Konto ein neues Passwort angefordert. Über diesen Link können Sie eines wählen. Er gilt einmal und {lifetime} lang. Ihr zweiter Faktor bleibt, wie er ist.',
      notYou: 'Waren Sie das nicht? Dann müssen Sie nichts tun: Ihr Passwort bleibt, wie es ist.',
      button: 'Neues Passwort wählen',
    },
    'forgot-password-impossible': {
      subject: 'Ihr Passwort für {site}',
      text: 'Jemand hat für Ihr Konto ein neues Passwort angefordert. Es hat aber keines, das per E-Mail ersetzt werden kann. Melden Sie sich an wie gewohnt oder wenden Sie sich an den Betreiber von {site}.',
      notYou: 'Waren Sie das nicht? Dann müssen Sie nichts tun: Es wurde nichts geändert.',
    },
    'password-reset-done': {
      subject: 'Ihr Passwort für {site} wurde zurückgesetzt',
      text: 'Das Passwort Ihres Kontos wurde über einen Link ersetzt, der Ihnen per E-Mail geschickt wurde. Alle angemeldeten Browser wurden abgemeldet.',
      notYou: ask,
      button: open,
    },
    'password-changed': {
      subject: 'Ihr Passwort für {site} wurde geändert',
      text: 'Das Passwort Ihres Kontos wurde geändert. Alle anderen Browser wurden abgemeldet.',
      notYou: ask,
      button: open,
    },
    'authenticator-added': {
      subject: 'Neue Anmeldemethode für {site}',
      text: 'Ihr Konto kann jetzt auch hiermit bestätigt werden: {what}.',
      notYou: secure,
      button: open,
    },
    'authenticator-removed': {
      subject: 'Eine Anmeldemethode für {site} wurde entfernt',
      text: 'Folgendes wurde aus Ihrem Konto entfernt und gilt nicht mehr: {what}.',
      notYou: secure,
      button: open,
    },
    'authenticator-disabled': {
      subject: 'Eine Anmeldemethode für {site} wurde gesperrt',
      text: 'Hiermit gab es zu viele Fehlversuche: {what}. Es gilt erst wieder, wenn Sie es neu einrichten.',
      notYou:
        'Waren das nicht Ihre Versuche? Dann kennt vielleicht jemand Ihr Passwort. Melden Sie sich auf anderem Weg an und ändern Sie es.',
      button: open,
    },
    'recovery-renewed': {
      subject: 'Neue Wiederherstellungscodes für {site}',
      text: 'Für Ihr Konto wurden neue Wiederherstellungscodes erstellt. Die alten gelten nicht mehr.',
      notYou: secure,
      button: open,
    },
    'second-factor-failed': {
      subject: 'Waren Sie das? Der zweite Schritt bei {site} ist gescheitert',
      text: 'Jemand hat das richtige Passwort Ihres Kontos eingegeben, war aber beim zweiten Schritt nicht erfolgreich: {what}. Der Zugang wurde verweigert.',
      notYou:
        'Waren Sie das nicht? Dann kennt jemand Ihr Passwort. Ändern Sie es bitte sofort, und geben Sie niemandem einen Code, der danach fragt.',
      button: open,
    },
    'new-device-remembered': {
      subject: '{site} merkt sich einen Browser',
      text: 'Ab jetzt meldet sich dieser Browser ohne den zweiten Schritt bei Ihrem Konto an.',
      notYou: secure,
      button: open,
    },
    'account-deleted': {
      subject: 'Ihr Konto bei {site} wurde gelöscht',
      text: 'Ihr Konto und alles, was es geschützt hat, wurde gelöscht. Dies ist die letzte Nachricht dazu.',
      notYou: ask,
    },
    invitation: {
      subject: 'Sie sind zu {site} eingeladen',
      text: 'Bei {site} wurde ein Konto für Sie angelegt. Mit diesem Link wählen Sie, wie Sie sich anmelden. Er gilt einmal und {lifetime} lang.',
      notYou:
        'Wissen Sie nicht, worum es geht? Dann müssen Sie nichts tun: Ohne den Link kann sich niemand anmelden.',
      button: 'Konto einrichten',
    },
    'factors-reset': {
      subject: 'Ihr zweiter Faktor für {site} wurde entfernt',
      text: 'Der Betreiber von {site} hat alle zweiten Faktoren und alle Wiederherstellungscodes Ihres Kontos entfernt. Alle Sitzungen wurden beendet. Melden Sie sich neu an, und richten Sie einen zweiten Faktor ein.',
      notYou: ask,
    },
    'permit-given': {
      subject: 'Sie können Ihren zweiten Faktor für {site} einrichten',
      text: 'Der Betreiber von {site} erlaubt Ihnen, einen zweiten Faktor für Ihr Konto einzurichten. Melden Sie sich an, und öffnen Sie dann im selben Browser diesen Link. Er gilt einmal und {lifetime} lang.',
      notYou: ask,
      button: 'Zweiten Faktor einrichten',
    },
    'permit-handed-over': {
      subject: 'Es gibt einen Link zum Einrichten Ihres zweiten Faktors für {site}',
      text: 'Der Betreiber von {site} hat einen Link erstellt, mit dem sich ein zweiter Faktor für Ihr Konto einrichten lässt. Sie bekommen ihn auf anderem Weg. Er gilt einmal und {lifetime} lang.',
      notYou: ask,
    },
  }),
});
