import type { ProviderTexts } from '../../core/provider.ts';

export const texts: Readonly<Record<string, ProviderTexts>> = Object.freeze({
  en: Object.freeze({
    name: 'Code by e-mail',
    description: 'We send a 6-digit code to an e-mail address of yours.',
    prompt: 'Enter the 6-digit code from the mail.',
    label: 'Code',
    wrong: 'That code is not right. Only the one in the newest mail works, for 10 minutes.',
    'input-label': 'E-mail address',
    'input-hint': 'Choose one that you can read without this account.',
    'input-wrong': 'This is not an e-mail address that we can write to. It looks like name@example.com.',
    'input-held': 'Codes go to this address already. Enter another one.',
    'setup-prompt': 'Enter the 6-digit code from the mail.',
    'mail-subject': 'Your code for {site}',
    'mail-text':
      'This is your code for {site}. Enter it on the page that asked for it. It works once, for 10 minutes.',
    'mail-warning':
      'Give it to nobody, whoever asks. If you did not ask for it, somebody may know your password, or has mistyped an address.',
  }),
  de: Object.freeze({
    name: 'Code per E-Mail',
    description: 'Wir senden einen 6-stelligen Code an eine Ihrer E-Mail-Adressen.',
    prompt: 'Geben Sie den 6-stelligen Code aus der E-Mail ein.',
    label: 'Code',
    wrong: 'Dieser Code ist nicht richtig. Nur der Code aus der neuesten E-Mail gilt, 10 Minuten lang.',
    'input-label': 'E-Mail-Adresse',
    'input-hint': 'Wählen Sie eine, die Sie auch ohne dieses Konto lesen können.',
    'input-wrong': 'An diese E-Mail-Adresse können wir nicht schreiben. Sie sieht so aus: name@example.com.',
    'input-held': 'An diese Adresse gehen bereits Codes. Geben Sie eine andere ein.',
    'setup-prompt': 'Geben Sie den 6-stelligen Code aus der E-Mail ein.',
    'mail-subject': 'Ihr Code für {site}',
    'mail-text':
      'Das ist Ihr Code für {site}. Geben Sie ihn auf der Seite ein, die danach gefragt hat. Er gilt einmal und 10 Minuten lang.',
    'mail-warning':
      'Geben Sie ihn niemandem, wer auch immer danach fragt. Haben Sie ihn nicht angefordert? Dann kennt vielleicht jemand Ihr Passwort oder hat sich bei einer Adresse vertippt.',
  }),
  fr: Object.freeze({
    name: 'Code par e-mail',
    description: 'Nous envoyons un code à 6 chiffres à l’une de vos adresses e-mail.',
    prompt: 'Saisissez le code à 6 chiffres reçu par e-mail.',
    label: 'Code',
    wrong: 'Ce code est incorrect. Seul celui du dernier e-mail fonctionne, pendant 10 minutes.',
    'input-label': 'Adresse e-mail',
    'input-hint': 'Choisissez-en une que vous pouvez consulter sans ce compte.',
    'input-wrong':
      'Nous ne pouvons pas écrire à cette adresse e-mail. Elle doit ressembler à nom@example.com.',
    'input-held': 'Des codes sont déjà envoyés à cette adresse. Saisissez-en une autre.',
    'setup-prompt': 'Saisissez le code à 6 chiffres reçu par e-mail.',
    'mail-subject': 'Votre code pour {site}',
    'mail-text':
      'Voici votre code pour {site}. Saisissez-le sur la page qui l’a demandé. Il fonctionne une seule fois, pendant 10 minutes.',
    'mail-warning':
      'Ne le donnez à personne, qui que ce soit. Si vous ne l’avez pas demandé, quelqu’un connaît peut-être votre mot de passe ou s’est trompé d’adresse.',
  }),
  es: Object.freeze({
    name: 'Código por correo',
    description: 'Enviamos un código de 6 cifras a una dirección de correo suya.',
    prompt: 'Introduzca el código de 6 cifras del correo.',
    label: 'Código',
    wrong: 'Ese código no es correcto. Solo sirve el del correo más reciente, durante 10 minutos.',
    'input-label': 'Dirección de correo',
    'input-hint': 'Elija una que pueda leer sin esta cuenta.',
    'input-wrong': 'No podemos escribir a esta dirección de correo. Debe ser como nombre@example.com.',
    'input-held': 'Los códigos ya llegan a esta dirección. Introduzca otra.',
    'setup-prompt': 'Introduzca el código de 6 cifras del correo.',
    'mail-subject': 'Su código para {site}',
    'mail-text':
      'Este es su código para {site}. Introdúzcalo en la página que se lo ha pedido. Sirve una sola vez, durante 10 minutos.',
    'mail-warning':
      'No se lo dé a nadie, sea quien sea. Si no lo ha pedido, quizá alguien conozca su contraseña o se haya equivocado de dirección.',
  }),
  da: Object.freeze({
    name: 'Kode på e-mail',
    description: 'Vi sender en kode på 6 cifre til en af dine e-mailadresser.',
    prompt: 'Indtast koden på 6 cifre fra mailen.',
    label: 'Kode',
    wrong: 'Koden er ikke rigtig. Kun den fra den nyeste mail virker, i 10 minutter.',
    'input-label': 'E-mailadresse',
    'input-hint': 'Vælg en, som du kan læse uden denne konto.',
    'input-wrong': 'Vi kan ikke skrive til denne e-mailadresse. Den skal ligne navn@example.com.',
    'input-held': 'Der sendes allerede koder til denne adresse. Indtast en anden.',
    'setup-prompt': 'Indtast koden på 6 cifre fra mailen.',
    'mail-subject': 'Din kode til {site}',
    'mail-text':
      'Dette er din kode til {site}. Indtast den på den side, der bad om den. Den virker én gang og i 10 minutter.',
    'mail-warning':
      'Giv den ikke til nogen, uanset hvem der spørger. Hvis du ikke har bedt om den, kender nogen måske din adgangskode, eller også har nogen tastet en adresse forkert.',
  }),
  ja: Object.freeze({
    name: 'メールで届くコード',
    description: '6 桁のコードをお客様のメールアドレスにお送りします。',
    prompt: 'メールに記載された 6 桁のコードを入力してください。',
    label: 'コード',
    wrong: 'コードが正しくありません。最新のメールのコードだけが 10 分間使えます。',
    'input-label': 'メールアドレス',
    'input-hint': 'このアカウントがなくても読めるメールアドレスを指定してください。',
    'input-wrong': 'このメールアドレスには送信できません。name@example.com のような形で入力してください。',
    'input-held': 'このメールアドレスはすでに登録されています。別のものを入力してください。',
    'setup-prompt': 'メールに記載された 6 桁のコードを入力してください。',
    'mail-subject': '{site} の確認コード',
    'mail-text':
      '{site} の確認コードです。コードを求められたページで入力してください。10 分以内に 1 回だけ使えます。',
    'mail-warning':
      '誰に尋ねられても教えないでください。お心当たりがない場合は、パスワードを知られているか、誰かがメールアドレスを間違えて入力したおそれがあります。',
  }),
});
