import type { Language } from '../web/language.ts';

/** What the page says that asks for what is demanded. `{date}` and others are put in; `{day}` is a date without a year that goes without saying. */
export interface EnforcementTexts {
  /** Of a second factor, and of one that cannot be phished. */
  readonly title: string;
  readonly titleStrong: string;
  readonly grace: string;
  readonly graceStrong: string;
  readonly due: string;
  readonly dueStrong: string;
  /** How it goes on, by what has to be shown first. */
  readonly mail: string;
  readonly mailed: string;
  readonly confirmation: string;
  readonly ask: string;
  readonly setUp: string;
  readonly sendLink: string;
  readonly sendAgain: string;
  readonly notNow: string;
  readonly signOut: string;
  readonly signedInAs: string;
}

/** By language; a new one is not whole before it has its part here. */
export const enforcementTexts: Readonly<Record<Language, EnforcementTexts>> = Object.freeze({
  en: Object.freeze({
    title: 'Set up a second factor',
    titleStrong: 'Set up a passkey',
    grace:
      '{site} asks for a second factor beside your password. It takes a minute. From {date} on you cannot go on without one.',
    graceStrong:
      '{site} asks for a passkey or a security key. It takes a minute. From {date} on you cannot go on without one.',
    due: '{site} needs a second factor beside your password. It takes a minute; then you confirm with it once and go on.',
    dueStrong:
      '{site} needs a passkey or a security key. It takes a minute; then you confirm with it once and go on.',
    mail: 'So that nobody else can do this in your place, you get a link by e-mail, to {address}.',
    mailed: 'The link is on its way to {address}. It works once, for a day.',
    confirmation:
      'So that nobody else can do this in your place, confirm your address first. You get a link by e-mail, to {address}.',
    ask: 'So that nobody else can do this in your place, it takes a link that you get from whoever runs {site}. Please ask them for it.',
    setUp: 'Set up now',
    sendLink: 'Send me the link',
    sendAgain: 'Send it again',
    notNow: 'Not now (until {day})',
    signOut: 'Sign out',
    signedInAs: 'Signed in as {user}',
  }),
  de: Object.freeze({
    title: 'Zweiten Faktor einrichten',
    titleStrong: 'Passkey einrichten',
    grace:
      '{site} verlangt neben dem Passwort einen zweiten Faktor. Das Einrichten dauert eine Minute. Ab dem {date} geht es ohne ihn nicht mehr weiter.',
    graceStrong:
      '{site} verlangt einen Passkey oder einen Sicherheitsschlüssel. Das Einrichten dauert eine Minute. Ab dem {date} geht es ohne ihn nicht mehr weiter.',
    due: '{site} verlangt neben dem Passwort einen zweiten Faktor. Das Einrichten dauert eine Minute; danach bestätigen Sie einmal damit, und es geht weiter.',
    dueStrong:
      '{site} verlangt einen Passkey oder einen Sicherheitsschlüssel. Das Einrichten dauert eine Minute; danach bestätigen Sie einmal damit, und es geht weiter.',
    mail: 'Damit das niemand an Ihrer Stelle tun kann, erhalten Sie dafür einen Link per E-Mail an {address}.',
    mailed: 'Der Link ist unterwegs an {address}. Er gilt einmal und einen Tag lang.',
    confirmation:
      'Damit das niemand an Ihrer Stelle tun kann, bestätigen Sie bitte zuerst Ihre Adresse. Sie erhalten dafür einen Link per E-Mail an {address}.',
    ask: 'Damit das niemand an Ihrer Stelle tun kann, brauchen Sie dafür einen Link vom Betreiber von {site}. Bitte wenden Sie sich an ihn.',
    setUp: 'Jetzt einrichten',
    sendLink: 'Link anfordern',
    sendAgain: 'Noch einmal senden',
    notNow: 'Nicht jetzt (möglich bis {day})',
    signOut: 'Abmelden',
    signedInAs: 'Angemeldet als {user}',
  }),
  fr: Object.freeze({
    title: 'Configurez un second facteur',
    titleStrong: 'Configurez une clé d’accès',
    grace:
      '{site} demande un second facteur en plus du mot de passe. Cela prend une minute. À partir du {date}, vous ne pourrez plus continuer sans.',
    graceStrong:
      '{site} demande une clé d’accès ou une clé de sécurité. Cela prend une minute. À partir du {date}, vous ne pourrez plus continuer sans.',
    due: '{site} exige un second facteur en plus du mot de passe. Cela prend une minute ; vous confirmerez ensuite une fois avec lui, puis vous pourrez continuer.',
    dueStrong:
      '{site} exige une clé d’accès ou une clé de sécurité. Cela prend une minute ; vous confirmerez ensuite une fois avec elle, puis vous pourrez continuer.',
    mail: 'Pour que personne ne puisse le faire à votre place, un lien vous est envoyé par e-mail à {address}.',
    mailed: 'Le lien a été envoyé à {address}. Il fonctionne une seule fois, pendant un jour.',
    confirmation:
      'Pour que personne ne puisse le faire à votre place, confirmez d’abord votre adresse. Un lien vous est envoyé par e-mail à {address}.',
    ask: 'Pour que personne ne puisse le faire à votre place, il faut un lien que vous donne le responsable de {site}. Veuillez le lui demander.',
    setUp: 'Configurer maintenant',
    sendLink: 'Recevoir le lien',
    sendAgain: 'Renvoyer le lien',
    notNow: 'Plus tard (jusqu’au {day})',
    signOut: 'Se déconnecter',
    signedInAs: 'Session de {user}',
  }),
  es: Object.freeze({
    title: 'Configure un segundo factor',
    titleStrong: 'Configure una llave de acceso',
    grace:
      '{site} pide un segundo factor además de la contraseña. Solo lleva un minuto. A partir del {date} no podrá continuar sin él.',
    graceStrong:
      '{site} pide una llave de acceso o una llave de seguridad. Solo lleva un minuto. A partir del {date} no podrá continuar sin ella.',
    due: '{site} requiere un segundo factor además de la contraseña. Solo lleva un minuto; después confirmará una vez con él y podrá continuar.',
    dueStrong:
      '{site} requiere una llave de acceso o una llave de seguridad. Solo lleva un minuto; después confirmará una vez con ella y podrá continuar.',
    mail: 'Para que nadie pueda hacerlo en su lugar, recibirá un enlace por correo en {address}.',
    mailed: 'El enlace va de camino a {address}. Funciona una sola vez, durante un día.',
    confirmation:
      'Para que nadie pueda hacerlo en su lugar, confirme primero su dirección. Recibirá un enlace por correo en {address}.',
    ask: 'Para que nadie pueda hacerlo en su lugar, necesita un enlace de quien administra {site}. Solicíteselo, por favor.',
    setUp: 'Configurar ahora',
    sendLink: 'Enviarme el enlace',
    sendAgain: 'Enviarlo de nuevo',
    notNow: 'Ahora no (hasta el {day})',
    signOut: 'Cerrar sesión',
    signedInAs: 'Sesión iniciada como {user}',
  }),
  da: Object.freeze({
    title: 'Sæt en anden faktor op',
    titleStrong: 'Sæt en adgangsnøgle op',
    grace:
      '{site} beder om en anden faktor ud over adgangskoden. Det tager et minut. Fra den {date} kan du ikke fortsætte uden.',
    graceStrong:
      '{site} beder om en adgangsnøgle eller en sikkerhedsnøgle. Det tager et minut. Fra den {date} kan du ikke fortsætte uden.',
    due: '{site} kræver en anden faktor ud over adgangskoden. Det tager et minut; derefter bekræfter du med den én gang og fortsætter.',
    dueStrong:
      '{site} kræver en adgangsnøgle eller en sikkerhedsnøgle. Det tager et minut; derefter bekræfter du med den én gang og fortsætter.',
    mail: 'For at ingen andre kan gøre det i dit sted, får du et link med e-mail til {address}.',
    mailed: 'Linket er på vej til {address}. Det virker én gang, i et døgn.',
    confirmation:
      'For at ingen andre kan gøre det i dit sted, skal du først bekræfte din adresse. Du får et link med e-mail til {address}.',
    ask: 'For at ingen andre kan gøre det i dit sted, skal du have et link fra dem, der driver {site}. Bed dem om det.',
    setUp: 'Sæt op nu',
    sendLink: 'Send mig linket',
    sendAgain: 'Send det igen',
    notNow: 'Ikke nu (muligt til {day})',
    signOut: 'Log ud',
    signedInAs: 'Logget ind som {user}',
  }),
  ja: Object.freeze({
    title: '2 段階認証の設定',
    titleStrong: 'パスキーの設定',
    grace:
      '{site} では、パスワードに加えて 2 段階認証の設定をお願いしています。1 分ほどで設定できます。{date}以降は、設定しないとご利用いただけません。',
    graceStrong:
      '{site} では、パスキーまたはセキュリティキーの設定をお願いしています。1 分ほどで設定できます。{date}以降は、設定しないとご利用いただけません。',
    due: '{site} のご利用には、パスワードに加えて 2 段階認証が必要です。1 分ほどで設定できます。設定後、その方法で一度ご本人の確認をしてから先に進みます。',
    dueStrong:
      '{site} のご利用には、パスキーまたはセキュリティキーが必要です。1 分ほどで設定できます。設定後、それを使って一度ご本人の確認をしてから先に進みます。',
    mail: 'ほかの人が代わりに設定できないように、{address} にリンクをメールでお送りします。',
    mailed: '{address} にリンクをお送りしました。リンクは 1 日以内に 1 回だけ使えます。',
    confirmation:
      'ほかの人が代わりに設定できないように、まずメールアドレスの確認をお願いします。{address} にリンクをメールでお送りします。',
    ask: 'ほかの人が代わりに設定できないように、設定には {site} の管理者からのリンクが必要です。管理者にお問い合わせください。',
    setUp: '今すぐ設定する',
    sendLink: 'リンクを送る',
    sendAgain: 'もう一度送る',
    notNow: '後で設定する（{day}まで）',
    signOut: 'ログアウト',
    signedInAs: '{user} としてログイン中',
  }),
});
