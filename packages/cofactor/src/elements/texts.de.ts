import type { Translation } from './texts.ts';

/** German. The reader is "Sie". */
export const texts: Translation = {
  loading: 'Einen Moment …',
  working: 'Wird bearbeitet …',
  retry: 'Erneut versuchen',
  back: 'Zurück',
  cancel: 'Abbrechen',
  continue: 'Weiter',
  continueTo: 'Weiter zu {path}',
  show: 'Anzeigen',
  hide: 'Verbergen',
  empty: 'Bitte füllen Sie dieses Feld aus.',
  goesOn: 'Sobald alles eingegeben ist, geht es von selbst weiter.',
  triesLeft: { one: 'Noch {count} Versuch.', other: 'Noch {count} Versuche.' },
  momentAgo: 'gerade eben',
  copied: 'Kopiert',
  copyFailed: 'Das Kopieren ist nicht gelungen. Markieren Sie den Text und kopieren Sie ihn von Hand.',

  'identifier.label': 'Benutzername',
  'identifier.empty': 'Geben Sie Ihren Benutzernamen ein.',

  'signIn.title': 'Anmelden',
  'signIn.lead': 'Weiter zu {product}.',
  'signIn.submit': 'Anmelden',
  'signIn.with': 'Stattdessen verwenden: {name}',
  'signIn.new': 'Neu hier?',
  'signIn.register': 'Konto erstellen',
  'signIn.signedIn': 'Sie sind angemeldet',
  'signIn.signedInAs': 'Sie sind als {user} angemeldet.',
  'signIn.other': 'Mit einem anderen Konto anmelden',
  'signIn.forgot': 'Passwort vergessen?',
  'signIn.farewell': 'Ihr Konto ist gelöscht. Vielen Dank, dass Sie hier waren.',
  'signIn.none':
    'Zurzeit kann sich hier niemand anmelden, weil keine Anmeldung eingerichtet ist. Bitte wenden Sie sich an den Betreiber von {product}.',

  'register.title': 'Konto erstellen',
  'register.lead':
    'Wählen Sie einen Namen für die Anmeldung. Einen zweiten Schritt können Sie danach hinzufügen.',
  'register.submit': 'Konto erstellen',
  'register.have': 'Sie haben schon ein Konto?',
  'register.signIn': 'Anmelden',
  'register.closed':
    'Konten für {product} werden nicht hier erstellt. Bitte wenden Sie sich an den Betreiber.',

  'second.title': 'Bestätigen Sie, dass Sie es sind',
  'second.submit': 'Bestätigen',
  'second.device': 'Gerät: {name}',
  'second.other': 'Anderen Weg wählen',
  'second.lost': 'Ich habe mein Gerät verloren',
  'second.startOver': 'Von vorn beginnen',
  'second.notYou': 'Anmeldung als {user}',
  'second.remember': 'Auf diesem Gerät 30 Tage lang nicht nach dem zweiten Schritt fragen',
  'second.pending': 'Warten auf die Bestätigung …',

  sent: 'Wir haben Ihnen einen Code gesendet.',
  'sent.to': 'Wir haben einen Code an {to} gesendet.',
  'sent.again': 'Wir haben Ihnen einen weiteren Code gesendet.',
  'sent.againTo': 'Wir haben einen weiteren Code an {to} gesendet.',
  'resend.submit': 'Neuen Code senden',
  'resend.in': 'in {time}',
  'resend.ready': 'Sie können jetzt einen neuen Code anfordern.',

  'way.away':
    '{name} konnte nicht geladen werden. Prüfen Sie Ihre Verbindung und versuchen Sie es erneut, oder wählen Sie einen anderen Weg.',
  'way.wrong':
    '{name} ist hier fehlerhaft. Wählen Sie einen anderen Weg und wenden Sie sich an den Betreiber von {product}.',
  restricted: 'Schwächer als andere Wege: Diese Codes können abgefangen werden.',

  'choose.title': 'Anderen Weg wählen',
  'choose.lead': 'Jeder davon bestätigt, dass Sie es sind.',
  'choose.only': 'Für Ihr Konto ist nur dieser Weg eingerichtet.',

  'lost.title': 'Gerät verloren?',
  'lost.use': 'Sie kommen mit dem hinein, was Sie für diesen Fall aufbewahrt haben.',
  'lost.ask':
    'Für Ihr Konto ist kein anderer Weg eingerichtet. Bitte wenden Sie sich an den Betreiber von {product}: Dort kann geprüft werden, dass Sie es sind, und Sie können ein neues Gerät einrichten.',
  'lost.wait': 'Falls sich das Gerät noch findet, ist nichts verloren: Kommen Sie später damit wieder.',

  'none.title': 'Hier können Sie sich nicht bestätigen',
  'none.text':
    'Nichts, was für Ihr Konto eingerichtet ist, lässt sich zurzeit verwenden. Bitte wenden Sie sich an den Betreiber von {product}.',

  'stepUp.title': 'Bestätigen Sie, dass Sie es sind',
  'stepUp.policySecond': 'Für {policy} ist eine Bestätigung mit Ihrem zweiten Faktor nötig.',
  'stepUp.policyFirst': 'Für {policy} ist eine neue Bestätigung nötig, dass Sie es sind.',
  'stepUp.applicationSecond': '{application} bittet um eine Bestätigung mit Ihrem zweiten Faktor.',
  'stepUp.applicationFirst': '{application} bittet um eine neue Bestätigung, dass Sie es sind.',
  'stepUp.account': 'Um den Schutz Ihres Kontos zu ändern, ist eine neue Bestätigung nötig.',
  'stepUp.last': 'Zuletzt haben Sie das {ago} getan.',
  'stepUp.never': 'Seit der Anmeldung haben Sie das noch nicht getan.',
  'stepUp.as': 'Angemeldet als {user}',

  'security.title': 'Sicherheit',
  'security.signOut': 'Abmelden',
  'security.on': 'Anmeldung in zwei Schritten ist aktiv: {list}',
  'security.onText':
    'Die Anmeldung hat zwei Schritte. Wer einen davon herausfindet, kommt trotzdem nicht hinein.',
  'security.off': 'Anmeldung in zwei Schritten ist nicht aktiv',
  'security.offText': 'Ihr Konto ist nur durch einen Schritt geschützt. Fügen Sie unten einen zweiten hinzu.',
  'security.offNothing': 'Ihr Konto ist nur durch einen Schritt geschützt.',
  'security.needed':
    'Für {path} ist die Anmeldung in zwei Schritten nötig. Fügen Sie hier einen zweiten Schritt hinzu; danach geht es weiter.',

  'list.title': 'So melden Sie sich an',
  'list.added': 'Hinzugefügt am {when}',
  'list.used': 'Zuletzt verwendet: {when}',
  'list.unused': 'Noch nicht verwendet',
  'list.left': { one: 'Noch {count} übrig', other: 'Noch {count} übrig' },
  'list.low': 'Es sind nur noch wenige übrig. Erstellen Sie neue, bevor Sie sie brauchen.',
  'list.none': 'Es sind keine mehr übrig. Erstellen Sie neue, bevor Sie sie brauchen.',
  'list.disabled': 'Nach zu vielen Fehlversuchen abgeschaltet. Entfernen Sie es und richten Sie es neu ein.',
  'list.unavailable': 'Kann zurzeit nicht verwendet werden.',
  'list.needed': 'Wird gebraucht: Fügen Sie etwas anderes hinzu, bevor Sie es entfernen',
  'list.rename': 'Umbenennen',
  'list.renameOf': '{name} umbenennen',
  'list.remove': 'Entfernen',
  'list.removeOf': '{name} entfernen',
  'list.change': 'Ändern',
  'list.changeOf': '{name} ändern',
  'list.renew': 'Neu erstellen',
  'list.renewOf': '{name} neu erstellen',

  'add.title': 'Weiteren Schritt hinzufügen',
  'add.first': 'Zweiten Schritt hinzufügen',
  'add.ways': 'Weitere Anmeldemöglichkeit hinzufügen',

  'rename.title': '{name} umbenennen',
  'rename.label': 'Name',
  'rename.submit': 'Speichern',
  'rename.empty': 'Geben Sie einen Namen ein.',
  'rename.done': 'Neuer Name: {name}.',

  'remove.title': '{name} entfernen?',
  'remove.text': 'Damit können Sie sich dann nicht mehr anmelden.',
  'remove.last':
    'Damit können Sie sich dann nicht mehr anmelden, und die Anmeldung in zwei Schritten ist nicht mehr aktiv.',
  'remove.submit': 'Entfernen',
  'remove.keep': 'Behalten',
  'remove.done': '{name} wurde entfernt.',

  'change.title': '{name} ändern',
  'change.lead': 'Auf Ihren anderen Geräten werden Sie abgemeldet.',
  'change.submit': 'Speichern',
  'change.done': 'Geändert: {name}. Auf Ihren anderen Geräten wurden Sie abgemeldet.',

  'setup.title': '{name} einrichten',
  'setup.name': 'Name für dieses Gerät',
  'setup.nameHint': 'Damit Sie es später wiedererkennen.',
  'setup.submit': 'Bestätigen und abschließen',
  'setup.failed':
    'Die Seite dafür konnte nicht geladen werden. Prüfen Sie Ihre Verbindung und versuchen Sie es erneut.',
  'setup.moduleWrong':
    'Die Seite dafür ist fehlerhaft. Bitte wenden Sie sich an den Betreiber von {product}; es wurde nichts geändert.',
  'setup.correct': 'Empfänger ändern',
  'input.submit': 'Code senden',
  'setup.qr': 'QR-Code',
  'setup.open': 'Auf diesem Gerät öffnen',
  'setup.copyKey': 'Schlüssel kopieren',

  'done.title': '{name} ist eingerichtet',
  'done.titleOn': 'Anmeldung in zwei Schritten ist aktiv',
  'done.text': '{name} ist bereit. Auf Ihren anderen Geräten wurden Sie abgemeldet.',
  'done.next': 'Als Nächstes bestätigen Sie einmal damit; dann öffnet sich {path}.',
  'done.list': 'Zurück zur Übersicht',
  'issued.title': 'Bevor Sie weitermachen: {name}',

  'sessions.title': 'Wo Sie angemeldet sind',
  'sessions.this': 'Dieses Gerät',
  'sessions.on': '{browser} unter {system}',
  'sessions.unknown': 'Unbekannter Browser',
  'sessions.seen': 'Zuletzt aktiv: {when}',
  'sessions.since': 'Angemeldet am {when}',
  'sessions.end': 'Abmelden',
  'sessions.endOf': '{name} abmelden',
  'sessions.ended': '{name} wurde abgemeldet.',
  'sessions.others': 'Überall sonst abmelden',
  'sessions.othersDone': 'Sie sind überall sonst abgemeldet.',

  'devices.title': 'Gemerkte Geräte',
  'devices.lead': 'Auf diesen wird bei der Anmeldung nicht nach dem zweiten Schritt gefragt.',
  'devices.until': 'Bis {when}',
  'devices.forget': 'Vergessen',
  'devices.forgetOf': '{name} vergessen',
  'devices.forgotten':
    '{name} ist vergessen: Dort wird bei der Anmeldung wieder nach dem zweiten Schritt gefragt.',

  'email.heading': 'E-Mail-Adresse',
  'email.none': 'Noch keine Adresse',
  'email.use': 'Für Nachrichten zu Ihrem Konto und für den Fall, dass Sie Ihr Passwort vergessen.',
  'email.verified': 'Bestätigt',
  'email.unverified': 'Nicht bestätigt',
  'email.unknown':
    'Bestätigen Sie, dass Sie E-Mails an diese Adresse lesen können. Bis dahin geht nichts per E-Mail.',
  'email.pending': 'Öffnen Sie den Link, den wir an {email} gesendet haben, um diese Adresse zu bestätigen.',
  'email.again': 'Erneut senden',
  'email.add': 'Hinzufügen',
  'email.change': 'Ändern',
  'email.title': 'Ihre E-Mail-Adresse',
  'email.lead': 'Wir senden einen Link dorthin. Die Adresse gilt, sobald Sie ihn geöffnet haben.',
  'email.label': 'E-Mail-Adresse',
  'email.empty': 'Geben Sie eine E-Mail-Adresse ein.',
  'email.submit': 'Link senden',
  'email.sent':
    'Eine E-Mail an {email} ist unterwegs. Öffnen Sie den Link darin, um die Adresse zu bestätigen.',

  'links.title': 'Mehr zu Ihrem Konto',

  'data.title': 'Ihre Daten',
  'data.lead':
    'Alles, was hier zu Ihrem Konto gespeichert ist, in einer Datei. Geheimnisse sind nicht darin.',
  'data.download': 'Herunterladen',
  'delete.open': 'Mein Konto löschen',
  'delete.title': 'Ihr Konto löschen?',
  'delete.lead':
    'Ihr Konto bei {product}, alles, womit Sie sich anmelden, und Ihre Sitzungen werden sofort gelöscht. Das lässt sich nicht rückgängig machen.',
  'delete.label': 'Geben Sie zur Bestätigung {identifier} ein',
  'delete.empty': 'Geben Sie Ihren Benutzernamen genau so ein: {identifier}',
  'delete.submit': 'Endgültig löschen',
  'delete.keep': 'Konto behalten',

  'forgot.title': 'Passwort vergessen?',
  'forgot.lead':
    'Wir senden einen Link an die bestätigte Adresse Ihres Kontos. Damit wählen Sie ein neues Passwort.',
  'forgot.submit': 'Link senden',
  'forgot.sentTitle': 'Sehen Sie in Ihren E-Mails nach',
  'forgot.sent':
    'Falls es ein Konto mit einer bestätigten Adresse gibt, ist eine E-Mail unterwegs. Der Link darin gilt nur kurze Zeit.',
  'forgot.other': 'Anderen Namen verwenden',
  'forgot.back': 'Zurück zur Anmeldung',

  'reset.title': 'Neues Passwort wählen',
  'reset.lead': 'Sie werden überall abgemeldet. Ihr zweiter Schritt bleibt, wie er ist.',
  'reset.submit': 'Speichern',
  'reset.done': 'Ihr Passwort ist geändert',
  'reset.doneText': 'Melden Sie sich damit an. Überall sonst sind Sie abgemeldet.',
  'reset.signIn': 'Anmelden',
  'reset.goneTitle': 'Dieser Link funktioniert nicht',
  'reset.again': 'Neue E-Mail anfordern',

  'invitation.title': 'Willkommen bei {product}',
  'invitation.lead':
    'Für Sie wurde ein Konto angelegt. Wählen Sie, womit Sie sich als {identifier} anmelden.',
  'invitation.submit': 'Einrichten und anmelden',
  'invitation.gone':
    'Diese Einladung wurde bereits angenommen, zurückgezogen oder durch eine neuere ersetzt, oder sie ist zu alt. Bitten Sie die Person, die Sie eingeladen hat, um eine neue.',

  'confirm.title': 'E-Mail-Adresse bestätigen',
  'confirm.done': 'Ihre E-Mail-Adresse ist bestätigt',
  'confirm.doneText': 'Nachrichten zu Ihrem Konto gehen jetzt dorthin.',
  'confirm.goneTitle': 'Dieser Link funktioniert nicht',
  'confirm.again': 'Zur Seite „Sicherheit“',

  'permit.title': 'Zweiten Faktor einrichten',
  'permit.again': 'Neuen Link anfordern',

  'external.title': 'Anmeldung läuft',
  'external.lead': 'Sie sind von {name} zurück. Einen Moment bitte...',
  'external.failed': 'Das hat nicht geklappt',
  'external.cancelled': 'Sie haben den Vorgang bei {name} nicht abgeschlossen. Es wurde nichts geändert.',
  'external.refused':
    '{name} hat nicht bestätigt, wer Sie sind. Versuchen Sie es erneut oder wählen Sie einen anderen Weg.',
  'external.wrong':
    'Was {name} mitgegeben hat, passt nicht zu dem, was hier begonnen wurde, oder es kam zu spät. Bitte beginnen Sie von vorn.',
  'external.notEnough':
    '{name} hat bestätigt, dass Sie es sind, aber weniger, als hier nötig ist. Wählen Sie einen anderen Weg.',
  'external.taken': 'Dieses Konto bei {name} ist bereits verknüpft, mit Ihrem oder einem anderen Konto.',
  'external.late': 'Das hat zu lange gedauert. Beginnen Sie auf Ihrer Sicherheitsseite noch einmal.',
  'external.security': 'Zur Seite „Sicherheit“',

  'token.missing':
    'Die Adresse dieser Seite ist unvollständig. Öffnen Sie den Link aus der E-Mail noch einmal oder kopieren Sie ihn ganz.',

  'problem.malformed': 'Das konnte nicht gelesen werden. Bitte prüfen Sie Ihre Eingabe.',
  'problem.csrf': 'Diese Seite war zu lange geöffnet. Laden Sie sie neu und versuchen Sie es erneut.',
  'problem.not-signed-in': 'Sie sind abgemeldet. Bitte melden Sie sich wieder an.',
  'problem.step-up-needed': 'Dafür ist eine neue Bestätigung nötig, dass Sie es sind.',
  'problem.wrong-credentials':
    'Das passt zu keinem Konto. Bitte prüfen Sie beide Felder und versuchen Sie es erneut.',
  'problem.wrong-response': 'Das stimmt nicht. Bitte prüfen Sie es und versuchen Sie es erneut.',
  'problem.replayed-response': 'Das wurde schon verwendet. Warten Sie auf das nächste und geben Sie es ein.',
  'problem.not-linked':
    'Mit dieser Identität ist hier kein Konto verknüpft. Melden Sie sich auf andere Weise an und verknüpfen Sie sie dann auf Ihrer Sicherheitsseite.',
  'problem.refused-response': 'Das kann nicht verwendet werden. Bitte wählen Sie etwas anderes.',
  'problem.identifier-taken': 'Dieser Name ist vergeben. Bitte wählen Sie einen anderen.',
  'problem.permit-needed':
    'Dafür brauchen Sie einen Link, den nur der Inhaber dieses Kontos erhält. Sie können ihn auf der Seite anfordern, die zum Einrichten auffordert.',
  'problem.locks-you-out':
    'Sie erfüllen selbst nicht, was diese Regel verlangt. Richten Sie es ein, bestätigen Sie, dass Sie es sind, und speichern Sie die Regel dann.',
  'problem.level-unreachable': 'Keine der hier eingerichteten Anmeldemethoden erreicht diese Stufe.',
  'problem.token-unknown':
    'Dieser Link wurde schon verwendet, durch einen neueren ersetzt oder ist zu alt. Fordern Sie eine neue E-Mail an.',
  'problem.ceremony-unknown': 'Diese Anmeldung ist nicht mehr offen. Bitte beginnen Sie von vorn.',
  'problem.ceremony-used': 'Diese Anmeldung ist schon abgeschlossen. Bitte beginnen Sie von vorn.',
  'problem.ceremony-expired':
    'Das hat zu lange gedauert und wurde zu Ihrer Sicherheit beendet. Bitte beginnen Sie von vorn.',
  'problem.too-many-tries':
    'Zu viele Versuche. Bitte warten Sie zu Ihrer Sicherheit eine Weile, bevor Sie es erneut versuchen.',
  'problem.too-many-tries-until': 'Zu viele Versuche. Sie können es {in} erneut versuchen ({time}).',
  'problem.too-many-tries-over':
    'Zu viele Fehlversuche; dieser Weg ist vorerst gesperrt. Beginnen Sie von vorn oder wählen Sie einen anderen Weg.',
  'problem.enrolment-unknown':
    'Diese Einrichtung ist nicht mehr offen. Bitte beginnen Sie sie neu; es wurde nichts geändert.',
  'problem.not-found': 'Das gibt es nicht mehr. Die Liste wurde aktualisiert.',
  'problem.last-authenticator':
    'Ihr Konto kommt ohne dies nicht aus. Fügen Sie zuerst etwas anderes hinzu und entfernen Sie es dann.',
  'problem.already-enrolled': 'Das haben Sie schon, und mehr davon lässt sich nicht hinzufügen.',
  'problem.forbidden': 'Ihr Konto darf das nicht. Bitte wenden Sie sich an den Betreiber dieser Website.',
  'problem.too-many-codes':
    'Es wurden zu viele Codes angefordert. Wählen Sie einen anderen Weg oder warten Sie einige Minuten.',
  'problem.delivery-failed':
    'Der Code konnte nicht gesendet werden. Versuchen Sie es gleich noch einmal oder wählen Sie einen anderen Weg.',
  'problem.provider-unavailable':
    'Dieser Weg funktioniert zurzeit nicht. Wählen Sie einen anderen oder versuchen Sie es später erneut.',
  'problem.busy': 'Gerade melden sich viele an. Bitte warten Sie einen Moment und versuchen Sie es erneut.',
  'problem.unavailable':
    'Das funktioniert zurzeit nicht. Ihre Eingabe ist noch da; versuchen Sie es in Kürze erneut.',
  'problem.network':
    'Keine Verbindung. Ihre Eingabe ist noch da; prüfen Sie Ihr Netz und versuchen Sie es erneut.',
  'problem.unexpected':
    'Bei uns ist etwas schiefgegangen. Versuchen Sie es erneut; wenn es bleibt, wenden Sie sich an den Betreiber dieser Website.',
};
