import type { Language } from '../web/language.ts';

/** What the server itself writes on pages: titles, and what has to be read without a script. */
export interface PageTexts {
  readonly signIn: string;
  readonly external: string;
  readonly stepUp: string;
  readonly register: string;
  readonly security: string;
  readonly forgot: string;
  readonly reset: string;
  readonly confirmEmail: string;
  readonly invitation: string;
  readonly permit: string;
  readonly noscript: string;
  /** What the languages to choose from are called together. */
  readonly languages: string;
  readonly denied: string;
  readonly deniedText: string;
  /** The same, where another account can be chosen. */
  readonly deniedOther: string;
  /** A confirmation that was for another sign-in, or is too old. */
  readonly operationOver: string;
  readonly operationOverText: string;
  readonly start: string;
  readonly otherAccount: string;
}

/** By language; a new one is not whole before it has its part here. */
export const pageTexts: Readonly<Record<Language, PageTexts>> = Object.freeze({
  en: Object.freeze({
    signIn: 'Sign in',
    external: 'Signing in',
    stepUp: 'Confirm that it is you',
    register: 'Create an account',
    security: 'Security',
    forgot: 'Forgotten password',
    reset: 'Choose a new password',
    confirmEmail: 'Confirm your address',
    invitation: 'Set up your account',
    permit: 'Set up a second factor',
    noscript: 'This page needs JavaScript.',
    languages: 'Language',
    denied: 'Not open to this account',
    deniedText:
      'This page needs something that your account does not have. Ask whoever runs this site to give it to you.',
    deniedOther:
      'This page needs something that your account does not have. Ask whoever runs this site to give it to you, or go on with another account.',
    operationOver: 'This confirmation is over',
    operationOverText:
      'It is too old, or it was begun in another sign-in. Nothing was done. Go back and start anew.',
    start: 'Back to the start',
    otherAccount: 'Use another account',
  }),
  de: Object.freeze({
    signIn: 'Anmelden',
    external: 'Anmeldung läuft',
    stepUp: 'Bestätigen Sie, dass Sie es sind',
    register: 'Konto erstellen',
    security: 'Sicherheit',
    forgot: 'Passwort vergessen',
    reset: 'Neues Passwort wählen',
    confirmEmail: 'Adresse bestätigen',
    invitation: 'Konto einrichten',
    permit: 'Zweiten Faktor einrichten',
    noscript: 'Für diese Seite wird JavaScript benötigt.',
    languages: 'Sprache',
    denied: 'Für dieses Konto nicht freigegeben',
    deniedText:
      'Ihrem Konto fehlt die Berechtigung für diese Seite. Bitte wenden Sie sich an den Betreiber dieser Website.',
    deniedOther:
      'Ihrem Konto fehlt die Berechtigung für diese Seite. Bitte wenden Sie sich an den Betreiber dieser Website oder verwenden Sie ein anderes Konto.',
    operationOver: 'Diese Bestätigung gilt nicht mehr',
    operationOverText:
      'Sie ist zu alt oder wurde in einer anderen Anmeldung begonnen. Es wurde nichts ausgeführt. Bitte beginnen Sie von vorn.',
    start: 'Zur Startseite',
    otherAccount: 'Anderes Konto verwenden',
  }),
  fr: Object.freeze({
    signIn: 'Se connecter',
    external: 'Connexion en cours',
    stepUp: 'Confirmez que c’est bien vous',
    register: 'Créer un compte',
    security: 'Sécurité',
    forgot: 'Mot de passe oublié',
    reset: 'Choisir un nouveau mot de passe',
    confirmEmail: 'Confirmer votre adresse',
    invitation: 'Configurer votre compte',
    permit: 'Configurer un second facteur',
    noscript: 'Cette page nécessite JavaScript.',
    languages: 'Langue',
    denied: 'Accès non autorisé pour ce compte',
    deniedText:
      'Votre compte ne dispose pas de l’autorisation nécessaire pour cette page. Adressez-vous à l’administrateur du site.',
    deniedOther:
      'Votre compte ne dispose pas de l’autorisation nécessaire pour cette page. Adressez-vous à l’administrateur du site ou utilisez un autre compte.',
    operationOver: 'Cette confirmation n’est plus valable',
    operationOverText:
      'Elle est trop ancienne ou a été commencée dans une autre session. Rien n’a été effectué. Veuillez recommencer.',
    start: 'Retour à l’accueil',
    otherAccount: 'Utiliser un autre compte',
  }),
  es: Object.freeze({
    signIn: 'Iniciar sesión',
    external: 'Iniciando sesión',
    stepUp: 'Confirme que es usted',
    register: 'Crear una cuenta',
    security: 'Seguridad',
    forgot: 'Contraseña olvidada',
    reset: 'Elegir una contraseña nueva',
    confirmEmail: 'Confirmar la dirección',
    invitation: 'Configurar su cuenta',
    permit: 'Configurar un segundo factor',
    noscript: 'Esta página necesita JavaScript.',
    languages: 'Idioma',
    denied: 'Sin acceso con esta cuenta',
    deniedText:
      'Su cuenta no tiene el permiso necesario para esta página. Diríjase a quien administra este sitio.',
    deniedOther:
      'Su cuenta no tiene el permiso necesario para esta página. Diríjase a quien administra este sitio o utilice otra cuenta.',
    operationOver: 'Esta confirmación ya no es válida',
    operationOverText:
      'Es demasiado antigua o se inició en otra sesión. No se ha realizado nada. Vuelva a empezar.',
    start: 'Volver al inicio',
    otherAccount: 'Usar otra cuenta',
  }),
  da: Object.freeze({
    signIn: 'Log ind',
    external: 'Du logges ind',
    stepUp: 'Bekræft, at det er dig',
    register: 'Opret en konto',
    security: 'Sikkerhed',
    forgot: 'Glemt adgangskode',
    reset: 'Vælg en ny adgangskode',
    confirmEmail: 'Bekræft din adresse',
    invitation: 'Sæt din konto op',
    permit: 'Sæt en anden faktor op',
    noscript: 'Siden kræver JavaScript.',
    languages: 'Sprog',
    denied: 'Ikke adgang med denne konto',
    deniedText: 'Din konto mangler den nødvendige adgang til siden. Kontakt dem, der driver webstedet.',
    deniedOther:
      'Din konto mangler den nødvendige adgang til siden. Kontakt dem, der driver webstedet, eller brug en anden konto.',
    operationOver: 'Bekræftelsen gælder ikke længere',
    operationOverText:
      'Den er for gammel eller blev startet i en anden session. Der er ikke sket noget. Begynd forfra.',
    start: 'Til forsiden',
    otherAccount: 'Brug en anden konto',
  }),
  ja: Object.freeze({
    signIn: 'ログイン',
    external: 'ログインしています',
    stepUp: 'ご本人の確認',
    register: 'アカウントの作成',
    security: 'セキュリティ',
    forgot: 'パスワードをお忘れの場合',
    reset: '新しいパスワードの設定',
    confirmEmail: 'メールアドレスの確認',
    invitation: 'アカウントの設定',
    permit: '2 段階認証の設定',
    noscript: 'このページを表示するには JavaScript が必要です。',
    languages: '言語',
    denied: 'このアカウントではご利用いただけません',
    deniedText:
      'このページを表示する権限がアカウントにありません。権限については、サイトの管理者にお問い合わせください。',
    deniedOther:
      'このページを表示する権限がアカウントにありません。サイトの管理者にお問い合わせいただくか、別のアカウントをご利用ください。',
    operationOver: 'この確認は無効になりました',
    operationOverText:
      '時間が経過したか、別のログインで開始された確認です。処理は行われていません。最初からやり直してください。',
    start: 'トップページに戻る',
    otherAccount: '別のアカウントを使う',
  }),
});
