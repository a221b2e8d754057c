import type { Language } from 'cofactor/http';

/** What the page says on which the first account is made. */
export interface SetUpTexts {
  readonly title: string;
  readonly intro: string;
  readonly token: string;
  readonly tokenHint: string;
  readonly identifier: string;
  readonly password: string;
  readonly passwordHint: string;
  readonly submit: string;
  readonly gone: string;
}

export const setUpTexts: Readonly<Record<Language, SetUpTexts>> = Object.freeze({
  en: Object.freeze<SetUpTexts>({
    title: 'Set up this server',
    intro:
      'Create the account that owns this server. Next you set up its second factor; then the back office opens.',
    token: 'Set-up code',
    tokenHint: 'What stands behind # in the link that the server printed when it started.',
    identifier: 'User name or e-mail address',
    password: 'Password',
    passwordHint: 'At least 15 characters. A few words that do not belong together are fine.',
    submit: 'Create the account',
    gone: 'This link is not valid any more. Start the server again: it prints a new one.',
  }),
  de: Object.freeze<SetUpTexts>({
    title: 'Diesen Server einrichten',
    intro:
      'Legen Sie das Konto an, dem dieser Server gehört. Danach richten Sie dessen zweiten Faktor ein; dann öffnet sich die Verwaltung.',
    token: 'Einrichtungscode',
    tokenHint: 'Was in dem Link, den der Server beim Start ausgegeben hat, hinter # steht.',
    identifier: 'Benutzername oder E-Mail-Adresse',
    password: 'Passwort',
    passwordHint: 'Mindestens 15 Zeichen. Ein paar Wörter, die nicht zusammengehören, genügen.',
    submit: 'Konto anlegen',
    gone: 'Dieser Link gilt nicht mehr. Starten Sie den Server neu: Er gibt einen neuen aus.',
  }),
  fr: Object.freeze<SetUpTexts>({
    title: 'Configurer ce serveur',
    intro:
      'Créez le compte propriétaire de ce serveur. Vous configurez ensuite son second facteur ; l’administration s’ouvre alors.',
    token: 'Code de configuration',
    tokenHint: 'Ce qui suit # dans le lien que le serveur a affiché à son démarrage.',
    identifier: 'Nom d’utilisateur ou adresse e-mail',
    password: 'Mot de passe',
    passwordHint: 'Au moins 15 caractères. Quelques mots sans rapport entre eux conviennent.',
    submit: 'Créer le compte',
    gone: 'Ce lien n’est plus valable. Redémarrez le serveur : il en affiche un nouveau.',
  }),
  es: Object.freeze<SetUpTexts>({
    title: 'Configurar este servidor',
    intro:
      'Cree la cuenta propietaria de este servidor. Después configura su segundo factor; entonces se abre la administración.',
    token: 'Código de configuración',
    tokenHint: 'Lo que sigue a # en el enlace que el servidor mostró al iniciarse.',
    identifier: 'Nombre de usuario o dirección de correo',
    password: 'Contraseña',
    passwordHint: 'Al menos 15 caracteres. Bastan unas palabras sin relación entre sí.',
    submit: 'Crear la cuenta',
    gone: 'Este enlace ya no es válido. Reinicie el servidor: mostrará uno nuevo.',
  }),
  da: Object.freeze<SetUpTexts>({
    title: 'Gør serveren klar',
    intro:
      'Opret den konto, der ejer serveren. Derefter sætter du dens anden faktor op, og så åbner administrationen.',
    token: 'Opsætningskode',
    tokenHint: 'Det, der står efter # i det link, serveren skrev, da den startede.',
    identifier: 'Brugernavn eller e-mailadresse',
    password: 'Adgangskode',
    passwordHint: 'Mindst 15 tegn. Nogle få ord, der ikke hører sammen, er fint.',
    submit: 'Opret kontoen',
    gone: 'Linket gælder ikke længere. Genstart serveren, så skriver den et nyt.',
  }),
  ja: Object.freeze<SetUpTexts>({
    title: 'サーバーの初期設定',
    intro:
      'このサーバーの所有者となるアカウントを作成します。続いて 2 つ目の要素を設定すると、管理画面が開きます。',
    token: '設定コード',
    tokenHint: 'サーバーの起動時に表示されたリンクの # より後の部分です。',
    identifier: 'ユーザー名またはメールアドレス',
    password: 'パスワード',
    passwordHint: '15 文字以上。互いに関係のない単語をいくつか並べたもので構いません。',
    submit: 'アカウントを作成',
    gone: 'このリンクは無効になりました。サーバーを再起動すると、新しいリンクが表示されます。',
  }),
});
