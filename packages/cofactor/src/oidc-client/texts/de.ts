import type { ClientTexts } from '../texts.ts';

/** German. The reader is "Sie". */
export const de: ClientTexts = Object.freeze({
  signIn: 'Anmelden',
  chooseText: 'Wählen Sie, wo Sie Ihr Konto haben.',
  lacks: Object.freeze({
    mfa: Object.freeze({
      title: 'Diese Seite verlangt einen zweiten Faktor',
      text: 'Neben einem Passwort braucht es dafür etwas, das Sie besitzen, zum Beispiel einen Code aus einer App oder einen Passkey.',
      short: '{issuer} hat nicht bestätigt, dass Sie so etwas bei der Anmeldung verwendet haben.',
      refused:
        '{issuer} hat keinen bestätigt. Vielleicht haben Sie dort abgebrochen oder Ihr Konto hat noch keinen.',
      how: 'Hat Ihr Konto bei {issuer} noch keinen, richten Sie dort einen ein. Kommen Sie dann zu {application} zurück und melden Sie sich damit neu an.',
      enable: 'Zweiten Faktor einrichten',
      again: 'Mit zweitem Faktor neu anmelden',
    }),
    phr: Object.freeze({
      title: 'Diese Seite verlangt einen Passkey oder einen Sicherheits\u00adschlüssel',
      text: 'Ein Passwort und ein Code reichen dafür nicht aus.',
      short:
        '{issuer} hat nicht bestätigt, dass Sie sich mit einem Passkey oder einem Sicherheitsschlüssel angemeldet haben.',
      refused:
        '{issuer} hat keinen bestätigt. Vielleicht haben Sie dort abgebrochen oder Ihr Konto hat noch keinen.',
      how: 'Hat Ihr Konto bei {issuer} noch keinen, fügen Sie dort einen hinzu. Kommen Sie dann zu {application} zurück und melden Sie sich damit neu an.',
      enable: 'Passkey oder Sicherheitsschlüssel hinzufügen',
      again: 'Mit Passkey oder Sicherheitsschlüssel neu anmelden',
    }),
    phrh: Object.freeze({
      title: 'Diese Seite verlangt einen Sicherheits\u00adschlüssel',
      text: 'Passwörter, Codes und Passkeys, die sich mehrere Geräte teilen, reichen dafür nicht aus.',
      short: '{issuer} hat nicht bestätigt, dass Sie sich mit einem Sicherheitsschlüssel angemeldet haben.',
      refused:
        '{issuer} hat keinen bestätigt. Vielleicht haben Sie dort abgebrochen oder Ihr Konto hat noch keinen.',
      how: 'Hat Ihr Konto bei {issuer} noch keinen, fügen Sie dort einen hinzu. Kommen Sie dann zu {application} zurück und melden Sie sich damit neu an.',
      enable: 'Sicherheitsschlüssel hinzufügen',
      again: 'Mit Sicherheitsschlüssel neu anmelden',
    }),
    method: Object.freeze({
      title: 'Diese Seite verlangt eine andere Art der Anmeldung',
      text: 'Sie öffnet sich nur nach bestimmten Arten der Anmeldung.',
      short: '{issuer} hat nicht bestätigt, dass Sie eine davon verwendet haben.',
      refused: '{issuer} hat keine davon bestätigt. Vielleicht haben Sie dort abgebrochen.',
      how: 'Lässt {issuer} Ihnen bei der Anmeldung die Wahl, wählen Sie eine andere Art. Sonst fragen Sie den Betreiber dieser Website, welche nötig ist.',
      enable: 'Andere Art der Anmeldung einrichten',
      again: 'Auf andere Art anmelden',
    }),
  }),
  silent:
    '{issuer} kann das gegenüber {application} nicht bestätigen. Mit einem Konto von dort lässt sich diese Seite daher nicht öffnen.',
  silentHow:
    'Haben Sie anderswo ein Konto, verwenden Sie dieses. Sonst wenden Sie sich an den Betreiber dieser Website.',
  silentAlone: 'Fragen Sie den Betreiber dieser Website, wie es hier weitergeht.',
  old: 'Melden Sie sich neu an, um fortzufahren',
  oldText: 'Ihre Anmeldung bei {issuer} liegt mehr als {time} zurück.',
  oldUnknown: '{issuer} hat nicht angegeben, wann Sie sich angemeldet haben.',
  oldWhy:
    'Diese Seite verlangt eine neuere Anmeldung, damit niemand sonst eine Sitzung nutzen kann, die Sie offen gelassen haben.',
  oldAgain: 'Neu anmelden',
  forbidden: 'Für dieses Konto nicht freigegeben',
  forbiddenText:
    'Ihrem Konto fehlt die Berechtigung für diese Seite. Bitte wenden Sie sich an den Betreiber dieser Website oder verwenden Sie ein anderes Konto.',
  otherAccount: 'Anderes Konto verwenden',
  signInWith: 'Mit {issuer} anmelden',
  turnedAway: 'Die Anmeldung wurde nicht abgeschlossen',
  turnedAwayText:
    'Sie wurde bei {issuer} abgebrochen oder dort nicht zugelassen. Es hat sich nichts geändert.',
  tryAgain: 'Erneut versuchen',
  refused: 'Diese Anmeldung wurde nicht angenommen',
  refusedText:
    'Die Antwort von {issuer} passt nicht zu dem, was gefragt war. Deshalb wurde damit niemand angemeldet. Versuchen Sie es erneut. Geschieht es wieder, wenden Sie sich an den Betreiber dieser Website.',
  unknown: 'Diese Anmeldung ist nicht mehr offen',
  unknownText:
    'Sie wurde schon abgeschlossen, in einem anderen Browser begonnen oder hat zu lange gedauert. Gehen Sie zur Startseite: Vielleicht sind Sie schon angemeldet.',
  away: '{issuer} antwortet nicht',
  awayText: 'Mit Ihrem Konto ist alles in Ordnung. Warten Sie einen Moment und versuchen Sie es dann erneut.',
  unavailable: 'Das funktioniert zurzeit nicht',
  unavailableText: 'Es ist nichts verloren. Bitte versuchen Sie es in einer Minute erneut.',
  switched: 'Sie verwenden jetzt ein anderes Konto',
  switchedText:
    'Das ist nicht das Konto, mit dem Sie vorher angemeldet waren. Was Sie gerade tun wollten, wurde nicht ausgeführt.',
  goOn: 'Mit diesem Konto weiter',
  signOut: 'Abmelden',
  signOutTitle: 'Abmelden?',
  signOutText:
    'Damit werden Sie bei {application} abgemeldet und, soweit möglich, auch dort, wo Sie sich angemeldet haben.',
  stay: 'Angemeldet bleiben',
  leaving: 'Einen Moment …',
  leavingSignIn: 'Gleich geht es dorthin, wo Sie sich anmelden.',
  leavingSignOut:
    'Bei {application} sind Sie abgemeldet. Als Nächstes geht es dorthin, wo Sie sich angemeldet haben.',
  continue: 'Weiter',
  signedOut: 'Sie sind abgemeldet',
  signedOutText:
    'In diesem Browser ist niemand bei {application} angemeldet. Nutzen ihn auch andere, schließen Sie ihn jetzt.',
  start: 'Zur Startseite',
});
