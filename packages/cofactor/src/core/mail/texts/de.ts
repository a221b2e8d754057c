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
  }),
});
