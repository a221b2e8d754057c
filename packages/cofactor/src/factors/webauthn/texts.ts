import type { ProviderTexts } from '../../core/provider.ts';

const en = {
  name: 'Passkey',
  description: 'Your face, fingerprint or screen lock, or a security key.',
  prompt: 'Confirm with your passkey.',
  label: 'Passkey',
  wrong: 'That passkey was not accepted. Try again, or use another way.',
  replayed: 'That was used already. Try again.',
  'count-one': '{count} passkey',
  'count-other': '{count} passkeys',
  'device-bound': 'On one device or security key only',
  synced: 'Synced between your devices',
  'not-synced': 'Can be synced between your devices, but is not yet',
  'login-use': 'Use your passkey',
  'login-begin': 'Sign in with a passkey',
  'login-waiting': 'Follow the steps that your browser shows.',
  'login-cancelled': 'No passkey was used. Try again, or use another way.',
  'login-timeout': 'That took too long. Try again when you are ready.',
  'login-unsupported': 'This browser cannot use passkeys here. Use another way.',
  'login-failed': 'That did not work. Try again, or use another way.',
  'login-unknown':
    'That passkey was not accepted. Try once more. If it was removed from your account, sign in another way.',
  'setup-intro':
    'A passkey lets you confirm with your face, fingerprint, screen lock or security key. It works on this site only, so nobody can trick you out of it.',
  'setup-name': 'Name (optional)',
  'setup-name-hint': 'For example “Work laptop”, so that you recognise it later.',
  'setup-create': 'Create a passkey',
  'setup-waiting': 'Follow the steps that your browser shows.',
  'setup-cancelled': 'No passkey was created. Try again when you are ready.',
  'setup-timeout': 'That took too long. Try again when you are ready.',
  'setup-registered':
    'There is a passkey for your account on that device already. Use that one, or choose another device.',
  'setup-unsupported': 'This browser cannot create passkeys here. Try another browser or device.',
  'setup-failed': 'That did not work. Try again, or use another device.',
  'setup-refused': 'Passkeys of this kind are not accepted here. Use another device or security key.',
} satisfies ProviderTexts;

type Texts = Readonly<Record<keyof typeof en, string>>;

const de: Texts = {
  name: 'Passkey',
  description: 'Ihr Gesicht, Ihr Fingerabdruck, die Bildschirmsperre oder ein Sicherheitsschlüssel.',
  prompt: 'Bestätigen Sie mit Ihrem Passkey.',
  label: 'Passkey',
  wrong:
    'Dieser Passkey wurde nicht angenommen. Versuchen Sie es noch einmal, oder wählen Sie einen anderen Weg.',
  replayed: 'Das wurde bereits verwendet. Versuchen Sie es noch einmal.',
  'count-one': '{count} Passkey',
  'count-other': '{count} Passkeys',
  'device-bound': 'Nur auf einem Gerät oder Sicherheitsschlüssel',
  synced: 'Zwischen Ihren Geräten synchronisiert',
  'not-synced': 'Kann zwischen Ihren Geräten synchronisiert werden, ist es aber noch nicht',
  'login-use': 'Passkey verwenden',
  'login-begin': 'Mit einem Passkey anmelden',
  'login-waiting': 'Folgen Sie den Schritten, die Ihr Browser zeigt.',
  'login-cancelled':
    'Es wurde kein Passkey verwendet. Versuchen Sie es noch einmal, oder wählen Sie einen anderen Weg.',
  'login-timeout': 'Das hat zu lange gedauert. Versuchen Sie es noch einmal, wenn Sie bereit sind.',
  'login-unsupported': 'Dieser Browser kann hier keine Passkeys verwenden. Wählen Sie einen anderen Weg.',
  'login-failed': 'Das hat nicht geklappt. Versuchen Sie es noch einmal, oder wählen Sie einen anderen Weg.',
  'login-unknown':
    'Dieser Passkey wurde nicht angenommen. Versuchen Sie es noch einmal. Falls er aus Ihrem Konto entfernt wurde, melden Sie sich auf einem anderen Weg an.',
  'setup-intro':
    'Mit einem Passkey bestätigen Sie per Gesicht, Fingerabdruck, Bildschirmsperre oder Sicherheitsschlüssel. Er gilt nur für diese Website; niemand kann ihn Ihnen ablisten.',
  'setup-name': 'Name (freiwillig)',
  'setup-name-hint': 'Zum Beispiel „Laptop im Büro“, damit Sie ihn später wiedererkennen.',
  'setup-create': 'Passkey erstellen',
  'setup-waiting': 'Folgen Sie den Schritten, die Ihr Browser zeigt.',
  'setup-cancelled': 'Es wurde kein Passkey erstellt. Versuchen Sie es noch einmal, wenn Sie bereit sind.',
  'setup-timeout': 'Das hat zu lange gedauert. Versuchen Sie es noch einmal, wenn Sie bereit sind.',
  'setup-registered':
    'Auf diesem Gerät gibt es bereits einen Passkey für Ihr Konto. Verwenden Sie diesen, oder wählen Sie ein anderes Gerät.',
  'setup-unsupported':
    'Dieser Browser kann hier keine Passkeys erstellen. Versuchen Sie es mit einem anderen Browser oder Gerät.',
  'setup-failed': 'Das hat nicht geklappt. Versuchen Sie es noch einmal, oder nehmen Sie ein anderes Gerät.',
  'setup-refused':
    'Passkeys dieser Art werden hier nicht angenommen. Nehmen Sie ein anderes Gerät oder einen anderen Sicherheitsschlüssel.',
};

const fr: Texts = {
  name: 'Clé d’accès',
  description: 'Votre visage, votre empreinte, le verrouillage de l’écran ou une clé de sécurité.',
  prompt: 'Confirmez avec votre clé d’accès.',
  label: 'Clé d’accès',
  wrong: 'Cette clé d’accès n’a pas été acceptée. Réessayez, ou utilisez un autre moyen.',
  replayed: 'Cela a déjà été utilisé. Réessayez.',
  'count-one': '{count} clé d’accès',
  'count-other': '{count} clés d’accès',
  'device-bound': 'Sur un seul appareil ou une seule clé de sécurité',
  synced: 'Synchronisée entre vos appareils',
  'not-synced': 'Peut être synchronisée entre vos appareils, mais ne l’est pas encore',
  'login-use': 'Utiliser votre clé d’accès',
  'login-begin': 'Se connecter avec une clé d’accès',
  'login-waiting': 'Suivez les étapes que votre navigateur affiche.',
  'login-cancelled': 'Aucune clé d’accès n’a été utilisée. Réessayez, ou utilisez un autre moyen.',
  'login-timeout': 'Cela a pris trop de temps. Réessayez quand vous voulez.',
  'login-unsupported': 'Ce navigateur ne peut pas utiliser de clé d’accès ici. Utilisez un autre moyen.',
  'login-failed': 'Cela n’a pas fonctionné. Réessayez, ou utilisez un autre moyen.',
  'login-unknown':
    'Cette clé d’accès n’a pas été acceptée. Réessayez une fois. Si elle a été supprimée de votre compte, connectez-vous autrement.',
  'setup-intro':
    'Avec une clé d’accès, vous confirmez par votre visage, votre empreinte, le verrouillage de l’écran ou une clé de sécurité. Elle ne fonctionne que sur ce site : personne ne peut vous la soutirer.',
  'setup-name': 'Nom (facultatif)',
  'setup-name-hint': 'Par exemple « Portable du bureau », pour la reconnaître plus tard.',
  'setup-create': 'Créer une clé d’accès',
  'setup-waiting': 'Suivez les étapes que votre navigateur affiche.',
  'setup-cancelled': 'Aucune clé d’accès n’a été créée. Réessayez quand vous voulez.',
  'setup-timeout': 'Cela a pris trop de temps. Réessayez quand vous voulez.',
  'setup-registered':
    'Cet appareil a déjà une clé d’accès pour votre compte. Utilisez celle-ci, ou choisissez un autre appareil.',
  'setup-unsupported':
    'Ce navigateur ne peut pas créer de clé d’accès ici. Essayez un autre navigateur ou un autre appareil.',
  'setup-failed': 'Cela n’a pas fonctionné. Réessayez, ou utilisez un autre appareil.',
  'setup-refused':
    'Les clés d’accès de ce type ne sont pas acceptées ici. Utilisez un autre appareil ou une autre clé de sécurité.',
};

const es: Texts = {
  name: 'Llave de acceso',
  description: 'Su rostro, su huella, el bloqueo de pantalla o una llave de seguridad.',
  prompt: 'Confirme con su llave de acceso.',
  label: 'Llave de acceso',
  wrong: 'Esa llave de acceso no se ha aceptado. Inténtelo de nuevo o use otra forma.',
  replayed: 'Eso ya se ha usado. Inténtelo de nuevo.',
  'count-one': '{count} llave de acceso',
  'count-other': '{count} llaves de acceso',
  'device-bound': 'Solo en un dispositivo o una llave de seguridad',
  synced: 'Sincronizada entre sus dispositivos',
  'not-synced': 'Se puede sincronizar entre sus dispositivos, pero aún no lo está',
  'login-use': 'Usar su llave de acceso',
  'login-begin': 'Iniciar sesión con una llave de acceso',
  'login-waiting': 'Siga los pasos que muestra su navegador.',
  'login-cancelled': 'No se ha usado ninguna llave de acceso. Inténtelo de nuevo o use otra forma.',
  'login-timeout': 'Ha tardado demasiado. Inténtelo de nuevo cuando quiera.',
  'login-unsupported': 'Este navegador no puede usar llaves de acceso aquí. Use otra forma.',
  'login-failed': 'No ha funcionado. Inténtelo de nuevo o use otra forma.',
  'login-unknown':
    'Esa llave de acceso no se ha aceptado. Inténtelo una vez más. Si se ha eliminado de su cuenta, inicie sesión de otra forma.',
  'setup-intro':
    'Con una llave de acceso confirma con su rostro, su huella, el bloqueo de pantalla o una llave de seguridad. Solo funciona en este sitio: nadie puede sonsacársela.',
  'setup-name': 'Nombre (opcional)',
  'setup-name-hint': 'Por ejemplo, «Portátil del trabajo», para reconocerla después.',
  'setup-create': 'Crear una llave de acceso',
  'setup-waiting': 'Siga los pasos que muestra su navegador.',
  'setup-cancelled': 'No se ha creado ninguna llave de acceso. Inténtelo de nuevo cuando quiera.',
  'setup-timeout': 'Ha tardado demasiado. Inténtelo de nuevo cuando quiera.',
  'setup-registered':
    'Ese dispositivo ya tiene una llave de acceso para su cuenta. Use esa o elija otro dispositivo.',
  'setup-unsupported':
    'Este navegador no puede crear llaves de acceso aquí. Pruebe con otro navegador o dispositivo.',
  'setup-failed': 'No ha funcionado. Inténtelo de nuevo o use otro dispositivo.',
  'setup-refused':
    'Aquí no se aceptan llaves de acceso de este tipo. Use otro dispositivo u otra llave de seguridad.',
};

const da: Texts = {
  name: 'Adgangsnøgle',
  description: 'Dit ansigt, dit fingeraftryk, din skærmlås eller en sikkerhedsnøgle.',
  prompt: 'Bekræft med din adgangsnøgle.',
  label: 'Adgangsnøgle',
  wrong: 'Adgangsnøglen blev ikke godkendt. Prøv igen, eller brug en anden måde.',
  replayed: 'Det er allerede brugt. Prøv igen.',
  'count-one': '{count} adgangsnøgle',
  'count-other': '{count} adgangsnøgler',
  'device-bound': 'Kun på én enhed eller sikkerhedsnøgle',
  synced: 'Synkroniseret mellem dine enheder',
  'not-synced': 'Kan synkroniseres mellem dine enheder, men er det ikke endnu',
  'login-use': 'Brug din adgangsnøgle',
  'login-begin': 'Log ind med en adgangsnøgle',
  'login-waiting': 'Følg de trin, din browser viser.',
  'login-cancelled': 'Der blev ikke brugt nogen adgangsnøgle. Prøv igen, eller brug en anden måde.',
  'login-timeout': 'Det tog for lang tid. Prøv igen, når du er klar.',
  'login-unsupported': 'Denne browser kan ikke bruge adgangsnøgler her. Brug en anden måde.',
  'login-failed': 'Det lykkedes ikke. Prøv igen, eller brug en anden måde.',
  'login-unknown':
    'Adgangsnøglen blev ikke godkendt. Prøv en gang til. Hvis den er fjernet fra din konto, så log ind på en anden måde.',
  'setup-intro':
    'Med en adgangsnøgle bekræfter du med ansigt, fingeraftryk, skærmlås eller sikkerhedsnøgle. Den virker kun på dette websted, så ingen kan lokke den fra dig.',
  'setup-name': 'Navn (valgfrit)',
  'setup-name-hint': 'For eksempel »Arbejdscomputer«, så du kan kende den igen.',
  'setup-create': 'Opret en adgangsnøgle',
  'setup-waiting': 'Følg de trin, din browser viser.',
  'setup-cancelled': 'Der blev ikke oprettet nogen adgangsnøgle. Prøv igen, når du er klar.',
  'setup-timeout': 'Det tog for lang tid. Prøv igen, når du er klar.',
  'setup-registered':
    'Der er allerede en adgangsnøgle til din konto på den enhed. Brug den, eller vælg en anden enhed.',
  'setup-unsupported': 'Denne browser kan ikke oprette adgangsnøgler her. Prøv en anden browser eller enhed.',
  'setup-failed': 'Det lykkedes ikke. Prøv igen, eller brug en anden enhed.',
  'setup-refused':
    'Adgangsnøgler af den slags kan ikke bruges her. Brug en anden enhed eller sikkerhedsnøgle.',
};

const ja: Texts = {
  name: 'パスキー',
  description: '顔、指紋、画面ロック、またはセキュリティキーを使います。',
  prompt: 'パスキーで確認してください。',
  label: 'パスキー',
  wrong: 'このパスキーは受け付けられませんでした。もう一度試すか、別の方法を使ってください。',
  replayed: 'すでに使われています。もう一度お試しください。',
  'count-one': 'パスキー {count} 個',
  'count-other': 'パスキー {count} 個',
  'device-bound': '1 台の端末またはセキュリティキーだけにあります',
  synced: 'お使いの端末の間で同期されています',
  'not-synced': '端末の間で同期できますが、まだ同期されていません',
  'login-use': 'パスキーを使う',
  'login-begin': 'パスキーでログイン',
  'login-waiting': 'ブラウザーに表示される手順に従ってください。',
  'login-cancelled': 'パスキーは使われませんでした。もう一度試すか、別の方法を使ってください。',
  'login-timeout': '時間がかかりすぎました。準備ができたら、もう一度お試しください。',
  'login-unsupported': 'このブラウザーではパスキーを使えません。別の方法を使ってください。',
  'login-failed': 'うまくいきませんでした。もう一度試すか、別の方法を使ってください。',
  'login-unknown':
    'このパスキーは受け付けられませんでした。もう一度お試しください。アカウントから削除されている場合は、別の方法でログインしてください。',
  'setup-intro':
    'パスキーがあれば、顔、指紋、画面ロック、またはセキュリティキーで確認できます。このサイトでしか使えないので、だまし取られることがありません。',
  'setup-name': '名前（任意）',
  'setup-name-hint': '「仕事用ノート PC」など、あとで見分けられる名前にしてください。',
  'setup-create': 'パスキーを作成',
  'setup-waiting': 'ブラウザーに表示される手順に従ってください。',
  'setup-cancelled': 'パスキーは作成されませんでした。準備ができたら、もう一度お試しください。',
  'setup-timeout': '時間がかかりすぎました。準備ができたら、もう一度お試しください。',
  'setup-registered':
    'その端末には、このアカウントのパスキーがすでにあります。それを使うか、別の端末を選んでください。',
  'setup-unsupported': 'このブラウザーではパスキーを作成できません。別のブラウザーか端末でお試しください。',
  'setup-failed': 'うまくいきませんでした。もう一度試すか、別の端末を使ってください。',
  'setup-refused':
    'この種類のパスキーはここでは受け付けていません。別の端末かセキュリティキーを使ってください。',
};

/** By language, then by key. Those that begin with `login-` and `setup-` are for our own elements. */
export const texts: Readonly<Record<'en' | 'de' | 'fr' | 'es' | 'da' | 'ja', ProviderTexts>> = Object.freeze({
  en: Object.freeze(en),
  de: Object.freeze(de),
  fr: Object.freeze(fr),
  es: Object.freeze(es),
  da: Object.freeze(da),
  ja: Object.freeze(ja),
});
