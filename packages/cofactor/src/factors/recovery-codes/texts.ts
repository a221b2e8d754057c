import type { ProviderTexts } from '../../core/provider.ts';

export const texts: Readonly<Record<string, ProviderTexts>> = Object.freeze({
  en: Object.freeze({
    name: 'Recovery codes',
    description:
      'Codes to keep on paper, for when you cannot use your other ways of signing in. Each works once.',
    prompt: 'Enter one of the recovery codes you saved.',
    label: 'Recovery code',
    wrong:
      'That code is not right. Check each character, or try another of your codes. Each works only once.',
    low: 'You have few recovery codes left. Make new ones while you can sign in.',
    'setup-save': 'Save these codes where you will find them without your phone. Each one signs you in once.',
    'setup-once': 'They are shown only now. If you lose them, you can make new ones here.',
    'setup-saved': 'I have saved these codes',
    'setup-unsaved': 'Save the codes first, then tick this box.',
    'setup-copy': 'Copy',
    'setup-download': 'Download',
    'setup-print': 'Print',
    'setup-continue': 'Continue',
    'setup-file': '{product}: recovery codes',
  }),
  de: Object.freeze({
    name: 'Wiederherstellungscodes',
    description:
      'Codes zum Aufbewahren auf Papier, falls Sie sich nicht anders anmelden können. Jeder gilt einmal.',
    prompt: 'Geben Sie einen Ihrer gespeicherten Wiederherstellungscodes ein.',
    label: 'Wiederherstellungscode',
    wrong:
      'Dieser Code stimmt nicht. Prüfen Sie jedes Zeichen oder verwenden Sie einen anderen Code. Jeder gilt nur einmal.',
    low: 'Sie haben nur noch wenige Wiederherstellungscodes. Erstellen Sie neue, solange Sie sich anmelden können.',
    'setup-save':
      'Bewahren Sie diese Codes so auf, dass Sie sie auch ohne Ihr Telefon finden. Mit jedem können Sie sich einmal anmelden.',
    'setup-once': 'Sie werden nur jetzt angezeigt. Falls sie verloren gehen, können Sie hier neue erstellen.',
    'setup-saved': 'Ich habe die Codes gespeichert',
    'setup-unsaved': 'Speichern Sie zuerst die Codes und setzen Sie dann das Häkchen.',
    'setup-copy': 'Kopieren',
    'setup-download': 'Herunterladen',
    'setup-print': 'Drucken',
    'setup-continue': 'Weiter',
    'setup-file': '{product}: Wiederherstellungscodes',
  }),
  fr: Object.freeze({
    name: 'Codes de récupération',
    description:
      'Des codes à garder sur papier, si vous ne pouvez pas vous connecter autrement. Chacun sert une fois.',
    prompt: 'Saisissez l’un des codes de récupération que vous avez conservés.',
    label: 'Code de récupération',
    wrong:
      'Ce code n’est pas correct. Vérifiez chaque caractère ou essayez un autre de vos codes. Chacun ne sert qu’une fois.',
    low: 'Il vous reste peu de codes de récupération. Créez-en de nouveaux tant que vous pouvez vous connecter.',
    'setup-save':
      'Conservez ces codes là où vous les trouverez sans votre téléphone. Chacun permet de se connecter une fois.',
    'setup-once':
      'Ils ne s’affichent que maintenant. Si vous les perdez, vous pourrez en créer de nouveaux ici.',
    'setup-saved': 'J’ai conservé ces codes',
    'setup-unsaved': 'Conservez d’abord les codes, puis cochez cette case.',
    'setup-copy': 'Copier',
    'setup-download': 'Télécharger',
    'setup-print': 'Imprimer',
    'setup-continue': 'Continuer',
    'setup-file': '{product} : codes de récupération',
  }),
  es: Object.freeze({
    name: 'Códigos de recuperación',
    description:
      'Códigos para guardar en papel, por si no puede iniciar sesión de otro modo. Cada uno sirve una vez.',
    prompt: 'Introduzca uno de los códigos de recuperación que guardó.',
    label: 'Código de recuperación',
    wrong:
      'Ese código no es correcto. Revise cada carácter o pruebe con otro de sus códigos. Cada uno sirve solo una vez.',
    low: 'Le quedan pocos códigos de recuperación. Cree otros nuevos mientras pueda iniciar sesión.',
    'setup-save':
      'Guarde estos códigos donde pueda encontrarlos sin su teléfono. Con cada uno puede iniciar sesión una vez.',
    'setup-once': 'Solo se muestran ahora. Si los pierde, aquí podrá crear otros nuevos.',
    'setup-saved': 'He guardado estos códigos',
    'setup-unsaved': 'Guarde primero los códigos y después marque esta casilla.',
    'setup-copy': 'Copiar',
    'setup-download': 'Descargar',
    'setup-print': 'Imprimir',
    'setup-continue': 'Continuar',
    'setup-file': '{product}: códigos de recuperación',
  }),
  da: Object.freeze({
    name: 'Gendannelseskoder',
    description:
      'Koder, du gemmer på papir, hvis du ikke kan logge ind på andre måder. Hver kode virker én gang.',
    prompt: 'Indtast en af de gendannelseskoder, du har gemt.',
    label: 'Gendannelseskode',
    wrong:
      'Koden er ikke rigtig. Kontrollér hvert tegn, eller prøv en anden af dine koder. Hver virker kun én gang.',
    low: 'Du har kun få gendannelseskoder tilbage. Lav nye, mens du kan logge ind.',
    'setup-save':
      'Gem koderne et sted, hvor du kan finde dem uden din telefon. Med hver kode kan du logge ind én gang.',
    'setup-once': 'De vises kun nu. Hvis du mister dem, kan du lave nye her.',
    'setup-saved': 'Jeg har gemt koderne',
    'setup-unsaved': 'Gem først koderne, og sæt så et flueben her.',
    'setup-copy': 'Kopiér',
    'setup-download': 'Download',
    'setup-print': 'Udskriv',
    'setup-continue': 'Fortsæt',
    'setup-file': '{product}: gendannelseskoder',
  }),
  ja: Object.freeze({
    name: 'リカバリーコード',
    description:
      'ほかの方法でログインできないときのために、紙で保管しておくコードです。各コードは 1 回だけ使えます。',
    prompt: '保管しているリカバリーコードを 1 つ入力してください。',
    label: 'リカバリーコード',
    wrong:
      'コードが正しくありません。1 文字ずつ確認するか、別のコードをお試しください。各コードは 1 回だけ使えます。',
    low: 'リカバリーコードの残りがわずかです。ログインできるうちに新しいコードを作成してください。',
    'setup-save':
      'スマートフォンがなくても確認できる場所に、これらのコードを保管してください。各コードで 1 回ログインできます。',
    'setup-once': 'コードが表示されるのは今だけです。なくした場合は、ここで新しく作成できます。',
    'setup-saved': 'コードを保管しました',
    'setup-unsaved': '先にコードを保管してから、チェックを入れてください。',
    'setup-copy': 'コピー',
    'setup-download': 'ダウンロード',
    'setup-print': '印刷',
    'setup-continue': '次へ',
    'setup-file': '{product}: リカバリーコード',
  }),
});
