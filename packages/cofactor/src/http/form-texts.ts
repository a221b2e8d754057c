import type { ProblemName, ProviderInfo } from './contract.ts';
import type { Language } from '../web/language.ts';

type Plural = { readonly one?: string; readonly other: string };

/** What pages without a script say of a problem. `{in}` is a time from now, e.g. "in 30 seconds". */
export interface FormTexts {
  readonly title: string;
  readonly triesLeft: Plural;
  readonly tooManyUntil: string;
  readonly tooManyOver: string;
  readonly problems: Readonly<Record<ProblemName | 'pending', string>>;
}

/** The part of a problem that its words depend on. */
interface Told {
  readonly name: ProblemName | 'pending';
  readonly text?: string;
  readonly retryAfter?: number;
  readonly triesLeft?: number;
}

/** What to tell a person: what is wrong and what to do, in the provider's words where it has some. */
export function problemWords(problem: Told, texts: ProviderInfo['texts'], language: Language): string {
  const { name, retryAfter, triesLeft } = problem;
  const words = formTexts[language];
  if (name === 'too-many-tries') {
    if (triesLeft === 0) return words.tooManyOver;
    if (retryAfter === undefined) return words.problems[name];
    return words.tooManyUntil.replace('{in}', fromNow(retryAfter, language));
  }
  const told = ownWords(problem, texts) ?? words.problems[name];
  if (name !== 'wrong-response' || triesLeft === undefined || triesLeft > 3) return told;
  const one = new Intl.PluralRules(language).select(triesLeft) === 'one' ? words.triesLeft.one : undefined;
  return `${told} ${(one ?? words.triesLeft.other).replace('{count}', String(triesLeft))}`;
}

function ownWords({ name, text = '' }: Told, texts: ProviderInfo['texts']): string | undefined {
  const own = (key: string): string | undefined => (Object.hasOwn(texts, key) ? texts[key] : undefined);
  switch (name) {
    case 'wrong-response':
      return own('wrong');
    case 'replayed-response':
      return own('replayed');
    case 'refused-response':
      return own(text);
    default:
      return undefined;
  }
}

function fromNow(seconds: number, language: Language): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'always' });
  return seconds < 90 ? format.format(seconds, 'second') : format.format(Math.ceil(seconds / 60), 'minute');
}

/** By language; a new one is not whole before it has its part here. */
export const formTexts: Readonly<Record<Language, FormTexts>> = Object.freeze({
  en: Object.freeze<FormTexts>({
    title: 'That did not work',
    triesLeft: { one: '{count} try left.', other: '{count} tries left.' },
    tooManyUntil: 'Too many tries. You can try again {in}.',
    tooManyOver: 'Too many wrong tries, so this way is closed for now. Start over, or try another way.',
    problems: {
      pending: 'There is no answer yet. Try again in a moment.',
      malformed: 'This could not be read. Check what you entered.',
      csrf: 'This page was open for too long. Please try again.',
      'not-signed-in': 'You are signed out. Sign in again to go on.',
      'step-up-needed': 'This needs a fresh confirmation that it is you.',
      'wrong-credentials': 'That does not match an account. Check both fields and try again.',
      'not-linked':
        'No account here is linked with this identity. Sign in another way, then link it on your security page.',
      'wrong-response': 'That is not right. Check it and try again.',
      'replayed-response': 'That one was used already. Wait for a new one and enter that.',
      'refused-response': 'This cannot be used. Choose another.',
      'identifier-taken': 'This name is taken. Choose another one.',
      'ceremony-unknown': 'This sign-in is no longer open. Please start again.',
      'ceremony-used': 'This sign-in was finished already. Please start again.',
      'ceremony-expired': 'This took too long, so it was closed for your safety. Please start again.',
      'too-many-tries': 'Too many tries. For your safety, wait a while before you try again.',
      'enrolment-unknown': 'This set-up is no longer open. Start it again; nothing was changed.',
      'not-found': 'This is not there any more.',
      'last-authenticator': 'Your account cannot do without this one. Add another first, then remove it.',
      'already-enrolled': 'You have this already, and no more of it can be added.',
      'delivery-failed': 'The code could not be sent. Try again in a moment, or use another way.',
      'permit-needed':
        'Setting this up takes a link that only the owner of this account gets. Open the page of what is required, and ask for it there.',
      'locks-you-out':
        'You have not proved yourself what this rule demands. Set it up and confirm that it is you, then save the rule.',
      'level-unreachable': 'No way of signing in that is set up here gives this level.',
      'token-unknown':
        'This link was used already, was replaced by a newer one, or is too old. Ask for a new mail.',
      forbidden: 'Your account may not do this. Ask whoever runs this site.',
      'provider-unavailable': 'This way does not work at the moment. Try another, or try again later.',
      busy: 'Many people are signing in right now. Wait a moment and try again.',
      unavailable: 'This does not work at the moment. Please try again soon.',
    },
  }),
  de: Object.freeze<FormTexts>({
    title: 'Das hat nicht geklappt',
    triesLeft: { one: 'Noch {count} Versuch.', other: 'Noch {count} Versuche.' },
    tooManyUntil: 'Zu viele Versuche. Sie können es {in} erneut versuchen.',
    tooManyOver:
      'Zu viele Fehlversuche; dieser Weg ist vorerst gesperrt. Beginnen Sie von vorn oder wählen Sie einen anderen Weg.',
    problems: {
      pending: 'Es gibt noch keine Antwort. Versuchen Sie es gleich noch einmal.',
      malformed: 'Das konnte nicht gelesen werden. Bitte prüfen Sie Ihre Eingabe.',
      csrf: 'Diese Seite war zu lange geöffnet. Bitte versuchen Sie es noch einmal.',
      'not-signed-in': 'Sie sind abgemeldet. Bitte melden Sie sich wieder an.',
      'step-up-needed': 'Dafür ist eine neue Bestätigung nötig, dass Sie es sind.',
      'wrong-credentials':
        'Das passt zu keinem Konto. Bitte prüfen Sie beide Felder und versuchen Sie es erneut.',
      'not-linked':
        'Mit dieser Identität ist hier kein Konto verknüpft. Melden Sie sich auf andere Weise an und verknüpfen Sie sie auf Ihrer Sicherheitsseite.',
      'wrong-response': 'Das stimmt nicht. Bitte prüfen Sie es und versuchen Sie es erneut.',
      'replayed-response': 'Das wurde schon verwendet. Warten Sie auf das nächste und geben Sie es ein.',
      'refused-response': 'Das kann nicht verwendet werden. Bitte wählen Sie etwas anderes.',
      'identifier-taken': 'Dieser Name ist vergeben. Bitte wählen Sie einen anderen.',
      'ceremony-unknown': 'Diese Anmeldung ist nicht mehr offen. Bitte beginnen Sie von vorn.',
      'ceremony-used': 'Diese Anmeldung ist schon abgeschlossen. Bitte beginnen Sie von vorn.',
      'ceremony-expired':
        'Das hat zu lange gedauert und wurde zu Ihrer Sicherheit beendet. Bitte beginnen Sie von vorn.',
      'too-many-tries':
        'Zu viele Versuche. Bitte warten Sie zu Ihrer Sicherheit eine Weile, bevor Sie es erneut versuchen.',
      'enrolment-unknown':
        'Diese Einrichtung ist nicht mehr offen. Bitte beginnen Sie sie neu; es wurde nichts geändert.',
      'not-found': 'Das gibt es nicht mehr.',
      'last-authenticator':
        'Ihr Konto kommt ohne dies nicht aus. Fügen Sie zuerst etwas anderes hinzu und entfernen Sie es dann.',
      'already-enrolled': 'Das haben Sie schon, und mehr davon lässt sich nicht hinzufügen.',
      'delivery-failed':
        'Der Code konnte nicht gesendet werden. Versuchen Sie es gleich noch einmal oder wählen Sie einen anderen Weg.',
      'permit-needed':
        'Dafür brauchen Sie einen Link, den nur der Inhaber dieses Kontos erhält. Sie können ihn auf der Seite anfordern, die zum Einrichten auffordert.',
      'locks-you-out':
        'Sie erfüllen selbst nicht, was diese Regel verlangt. Richten Sie es ein, bestätigen Sie, dass Sie es sind, und speichern Sie die Regel dann.',
      'level-unreachable': 'Keine der hier eingerichteten Anmeldemethoden erreicht diese Stufe.',
      'token-unknown':
        'Dieser Link wurde schon verwendet, durch einen neueren ersetzt oder ist zu alt. Fordern Sie eine neue E-Mail an.',
      forbidden: 'Ihr Konto darf das nicht. Bitte wenden Sie sich an den Betreiber dieser Website.',
      'provider-unavailable':
        'Dieser Weg funktioniert zurzeit nicht. Wählen Sie einen anderen oder versuchen Sie es später erneut.',
      busy: 'Gerade melden sich viele an. Bitte warten Sie einen Moment und versuchen Sie es erneut.',
      unavailable: 'Das funktioniert zurzeit nicht. Bitte versuchen Sie es in Kürze erneut.',
    },
  }),
  fr: Object.freeze<FormTexts>({
    title: 'Cela n’a pas fonctionné',
    triesLeft: { one: 'Il reste {count} essai.', other: 'Il reste {count} essais.' },
    tooManyUntil: 'Trop d’essais. Vous pourrez réessayer {in}.',
    tooManyOver:
      'Trop d’essais erronés : ce moyen est fermé pour le moment. Recommencez ou utilisez un autre moyen.',
    problems: {
      pending: 'Il n’y a pas encore de réponse. Réessayez dans un instant.',
      malformed: 'La saisie n’a pas pu être lue. Vérifiez-la.',
      csrf: 'Cette page est restée ouverte trop longtemps. Veuillez réessayer.',
      'not-signed-in': 'Votre session est fermée. Reconnectez-vous pour continuer.',
      'step-up-needed': 'Confirmez d’abord à nouveau que c’est bien vous.',
      'wrong-credentials': 'Aucun compte ne correspond. Vérifiez les deux champs et réessayez.',
      'not-linked':
        'Aucun compte n’est associé ici à cette identité. Connectez-vous autrement, puis associez-la sur votre page de sécurité.',
      'wrong-response': 'Ce n’est pas correct. Vérifiez et réessayez.',
      'replayed-response': 'Celui-ci a déjà été utilisé. Attendez le suivant et saisissez-le.',
      'refused-response': 'Ceci ne peut pas être utilisé. Choisissez autre chose.',
      'identifier-taken': 'Ce nom est déjà pris. Choisissez-en un autre.',
      'ceremony-unknown': 'Cette connexion n’est plus ouverte. Veuillez recommencer.',
      'ceremony-used': 'Cette connexion est déjà terminée. Veuillez recommencer.',
      'ceremony-expired':
        'Le délai est dépassé ; la connexion a été fermée pour votre sécurité. Veuillez recommencer.',
      'too-many-tries': 'Trop d’essais. Pour votre sécurité, attendez un peu avant de réessayer.',
      'enrolment-unknown': 'Cette configuration n’est plus ouverte. Recommencez-la ; rien n’a été modifié.',
      'not-found': 'Cet élément n’existe plus.',
      'last-authenticator':
        'Votre compte ne peut pas s’en passer. Ajoutez d’abord un autre moyen, puis supprimez celui-ci.',
      'already-enrolled': 'Vous l’avez déjà, et il n’est pas possible d’en ajouter d’autres.',
      'delivery-failed':
        'Le code n’a pas pu être envoyé. Réessayez dans un instant ou utilisez un autre moyen.',
      'permit-needed':
        'Pour cela, il faut un lien que seul le titulaire de ce compte reçoit. Vous pouvez le demander sur la page qui invite à la configuration.',
      'locks-you-out':
        'Vous ne remplissez pas vous-même ce que cette règle exige. Configurez-le, confirmez votre identité, puis enregistrez la règle.',
      'level-unreachable': 'Aucune des méthodes de connexion disponibles ici n’atteint ce niveau.',
      'token-unknown':
        'Ce lien a déjà été utilisé, a été remplacé par un plus récent ou est trop ancien. Demandez un nouvel e-mail.',
      forbidden: 'Votre compte n’y est pas autorisé. Adressez-vous à l’administrateur du site.',
      'provider-unavailable':
        'Ce moyen ne fonctionne pas pour le moment. Utilisez-en un autre ou réessayez plus tard.',
      busy: 'Beaucoup de personnes se connectent en ce moment. Patientez un instant et réessayez.',
      unavailable: 'Cela ne fonctionne pas pour le moment. Veuillez réessayer bientôt.',
    },
  }),
  es: Object.freeze<FormTexts>({
    title: 'No ha funcionado',
    triesLeft: { one: 'Queda {count} intento.', other: 'Quedan {count} intentos.' },
    tooManyUntil: 'Demasiados intentos. Podrá intentarlo de nuevo {in}.',
    tooManyOver:
      'Demasiados intentos erróneos: esta forma queda cerrada por ahora. Empiece de nuevo o pruebe de otra forma.',
    problems: {
      pending: 'Todavía no hay respuesta. Inténtelo de nuevo en un momento.',
      malformed: 'No se ha podido leer. Revise lo que ha introducido.',
      csrf: 'Esta página ha estado abierta demasiado tiempo. Inténtelo de nuevo.',
      'not-signed-in': 'La sesión está cerrada. Inicie sesión de nuevo para continuar.',
      'step-up-needed': 'Para esto debe confirmar de nuevo que es usted.',
      'wrong-credentials': 'No coincide con ninguna cuenta. Revise los dos campos e inténtelo de nuevo.',
      'not-linked':
        'Aquí no hay ninguna cuenta vinculada a esta identidad. Inicie sesión de otro modo y vincúlela en su página de seguridad.',
      'wrong-response': 'No es correcto. Revíselo e inténtelo de nuevo.',
      'replayed-response': 'Ya se ha utilizado. Espere al siguiente e introdúzcalo.',
      'refused-response': 'Esto no se puede usar. Elija otra cosa.',
      'identifier-taken': 'Ese nombre ya está en uso. Elija otro.',
      'ceremony-unknown': 'Este inicio de sesión ya no está abierto. Empiece de nuevo.',
      'ceremony-used': 'Este inicio de sesión ya se completó. Empiece de nuevo.',
      'ceremony-expired': 'Ha pasado demasiado tiempo y se ha cerrado por su seguridad. Empiece de nuevo.',
      'too-many-tries': 'Demasiados intentos. Por su seguridad, espere un poco antes de intentarlo de nuevo.',
      'enrolment-unknown':
        'Esta configuración ya no está abierta. Iníciela de nuevo; no se ha cambiado nada.',
      'not-found': 'Esto ya no existe.',
      'last-authenticator':
        'Su cuenta no puede prescindir de esto. Añada primero otra forma y elimínelo después.',
      'already-enrolled': 'Ya lo tiene y no se pueden añadir más.',
      'delivery-failed':
        'No se ha podido enviar el código. Inténtelo de nuevo en un momento o pruebe de otra forma.',
      'permit-needed':
        'Para ello necesita un enlace que solo recibe el titular de esta cuenta. Puede solicitarlo en la página que pide la configuración.',
      'locks-you-out':
        'Usted mismo no cumple lo que exige esta regla. Configúrelo, confirme su identidad y guarde la regla después.',
      'level-unreachable': 'Ninguna de las formas de inicio de sesión disponibles aquí alcanza este nivel.',
      'token-unknown':
        'Este enlace ya se ha utilizado, se ha sustituido por otro más reciente o es demasiado antiguo. Pida un mensaje nuevo.',
      forbidden: 'Su cuenta no tiene permiso para esto. Diríjase a quien administra este sitio.',
      'provider-unavailable':
        'Esta forma no funciona en este momento. Pruebe con otra o inténtelo más tarde.',
      busy: 'Muchas personas están iniciando sesión ahora. Espere un momento e inténtelo de nuevo.',
      unavailable: 'No funciona en este momento. Inténtelo de nuevo en breve.',
    },
  }),
  da: Object.freeze<FormTexts>({
    title: 'Det lykkedes ikke',
    triesLeft: { other: '{count} forsøg tilbage.' },
    tooManyUntil: 'For mange forsøg. Du kan prøve igen {in}.',
    tooManyOver:
      'For mange forkerte forsøg, så denne måde er lukket indtil videre. Start forfra, eller prøv en anden måde.',
    problems: {
      pending: 'Der er ikke noget svar endnu. Prøv igen om et øjeblik.',
      malformed: 'Det kunne ikke læses. Kontrollér det, du har indtastet.',
      csrf: 'Siden har været åben for længe. Prøv igen.',
      'not-signed-in': 'Du er logget ud. Log ind igen for at fortsætte.',
      'step-up-needed': 'Du skal først bekræfte igen, at det er dig.',
      'wrong-credentials': 'Det passer ikke til nogen konto. Kontrollér begge felter, og prøv igen.',
      'not-linked':
        'Ingen konto her er knyttet til denne identitet. Log ind på en anden måde, og tilknyt den på din sikkerhedsside.',
      'wrong-response': 'Det er ikke rigtigt. Kontrollér det, og prøv igen.',
      'replayed-response': 'Den er allerede brugt. Vent på en ny, og indtast den.',
      'refused-response': 'Det kan ikke bruges. Vælg noget andet.',
      'identifier-taken': 'Navnet er optaget. Vælg et andet.',
      'ceremony-unknown': 'Dette login er ikke længere åbent. Start forfra.',
      'ceremony-used': 'Dette login er allerede afsluttet. Start forfra.',
      'ceremony-expired': 'Det tog for lang tid og blev lukket for din sikkerheds skyld. Start forfra.',
      'too-many-tries': 'For mange forsøg. Vent lidt for din sikkerheds skyld, før du prøver igen.',
      'enrolment-unknown': 'Denne opsætning er ikke længere åben. Start den igen; intet er ændret.',
      'not-found': 'Det findes ikke længere.',
      'last-authenticator': 'Din konto kan ikke undvære den. Tilføj først en anden, og fjern så denne.',
      'already-enrolled': 'Den har du allerede, og der kan ikke tilføjes flere.',
      'delivery-failed': 'Koden kunne ikke sendes. Prøv igen om lidt, eller brug en anden måde.',
      'permit-needed':
        'Det kræver et link, som kun ejeren af kontoen får. Du kan bede om det på den side, der beder dig om opsætningen.',
      'locks-you-out':
        'Du opfylder ikke selv det, reglen kræver. Sæt det op, bekræft, at det er dig, og gem derefter reglen.',
      'level-unreachable': 'Ingen af de måder at logge ind på, som findes her, når dette niveau.',
      'token-unknown':
        'Linket er allerede brugt, er erstattet af et nyere eller er for gammelt. Bed om en ny e-mail.',
      forbidden: 'Din konto har ikke adgang til dette. Kontakt dem, der driver webstedet.',
      'provider-unavailable': 'Denne måde virker ikke i øjeblikket. Prøv en anden, eller prøv igen senere.',
      busy: 'Mange logger ind lige nu. Vent et øjeblik, og prøv igen.',
      unavailable: 'Det virker ikke i øjeblikket. Prøv igen om lidt.',
    },
  }),
  ja: Object.freeze<FormTexts>({
    title: '完了できませんでした',
    triesLeft: { other: 'あと {count} 回お試しいただけます。' },
    tooManyUntil: '試行回数が多すぎます。{in}にもう一度お試しください。',
    tooManyOver:
      '誤った入力が続いたため、この方法は一時的に使えません。最初からやり直すか、別の方法をお試しください。',
    problems: {
      pending: 'まだ応答がありません。少し待ってから、もう一度お試しください。',
      malformed: '内容を読み取れませんでした。入力内容をご確認ください。',
      csrf: 'ページを開いてから時間がたちすぎています。もう一度お試しください。',
      'not-signed-in': 'ログアウトされています。続けるには、もう一度ログインしてください。',
      'step-up-needed': 'この操作には、ご本人の再確認が必要です。',
      'wrong-credentials':
        '一致するアカウントがありません。両方の入力内容を確認して、もう一度お試しください。',
      'not-linked':
        'この ID に連携されたアカウントがありません。ほかの方法でログインし、セキュリティページで連携してください。',
      'wrong-response': '正しくありません。確認して、もう一度お試しください。',
      'replayed-response': 'すでに使われています。次のものを待ってから入力してください。',
      'refused-response': 'これは使用できません。別のものにしてください。',
      'identifier-taken': 'この名前はすでに使われています。別の名前にしてください。',
      'ceremony-unknown': 'このログインは終了しています。最初からやり直してください。',
      'ceremony-used': 'このログインはすでに完了しています。最初からやり直してください。',
      'ceremony-expired': '時間がたちすぎたため、安全のために終了しました。最初からやり直してください。',
      'too-many-tries': '試行回数が多すぎます。安全のため、しばらく待ってからもう一度お試しください。',
      'enrolment-unknown': 'この設定は終了しています。もう一度始めてください。変更は行われていません。',
      'not-found': 'すでに存在しません。',
      'last-authenticator': 'この方法はアカウントに必要です。先に別の方法を追加してから削除してください。',
      'already-enrolled': 'すでに設定されています。これ以上は追加できません。',
      'delivery-failed':
        'コードを送信できませんでした。少し待ってもう一度お試しいただくか、別の方法をお使いください。',
      'permit-needed':
        'この設定には、アカウントの所有者だけに送られるリンクが必要です。設定を求めるページでリンクを請求してください。',
      'locks-you-out':
        'このルールの条件を、ご自身が満たしていません。先に設定とご本人の確認を済ませてから、ルールを保存してください。',
      'level-unreachable': 'このサイトで使えるログイン方法には、このレベルに届くものがありません。',
      'token-unknown':
        'このリンクは、使用済みか、新しいものに置き換えられたか、期限切れです。新しいメールを送信してください。',
      forbidden: 'このアカウントでは行えません。サイトの管理者にお問い合わせください。',
      'provider-unavailable': 'この方法は現在使えません。別の方法を使うか、後でもう一度お試しください。',
      busy: 'ただいまログインが混み合っています。少し待ってから、もう一度お試しください。',
      unavailable: '現在ご利用いただけません。少し後でもう一度お試しください。',
    },
  }),
});
