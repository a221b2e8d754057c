import type { ProviderTexts } from '../../core/provider.ts';

/** The words of each language, where some of them say how long a password must be. */
export function texts(minimum: {
  readonly withSecondFactor: number;
  readonly only: number;
}): Readonly<Record<string, ProviderTexts>> {
  const { withSecondFactor, only } = minimum;
  return Object.freeze({
    en: Object.freeze({
      name: 'Password',
      description: 'Something only you know.',
      prompt: 'Enter your password.',
      label: 'Password',
      wrong: 'That password is not right. Check for capital letters, then try again.',
      'current-label': 'Current password',
      'setup-label': 'New password',
      'setup-hint': `At least ${only} characters. A few words that only you would put together work well.`,
      'too-short': `That is too short. Use at least ${withSecondFactor} characters; a few words work well.`,
      'too-short-only': `That is too short. Use at least ${only} characters; a few words work well.`,
      'too-long': 'That is too long. Use at most 256 characters.',
      common: 'That password is one of the first that would be guessed. Choose something less usual.',
      'contains-identifier': 'Your user name or address is part of that password. Choose one without it.',
      'not-text': 'Some characters of that password cannot be stored. Choose one without special symbols.',
    }),
    de: Object.freeze({
      name: 'Passwort',
      description: 'Etwas, das nur Sie wissen.',
      prompt: 'Geben Sie Ihr Passwort ein.',
      label: 'Passwort',
      wrong: 'Dieses Passwort stimmt nicht. Achten Sie auf Groß- und Kleinschreibung.',
      'current-label': 'Bisheriges Passwort',
      'setup-label': 'Neues Passwort',
      'setup-hint': `Mindestens ${only} Zeichen. Gut geeignet sind einige Wörter, die nur Sie so verbinden würden.`,
      'too-short': `Das ist zu kurz. Bitte mindestens ${withSecondFactor} Zeichen; gut geeignet sind einige Wörter.`,
      'too-short-only': `Das ist zu kurz. Bitte mindestens ${only} Zeichen; gut geeignet sind einige Wörter.`,
      'too-long': 'Das ist zu lang. Bitte höchstens 256 Zeichen.',
      common: 'Dieses Passwort würde sehr früh erraten. Bitte wählen Sie ein ungewöhnlicheres.',
      'contains-identifier':
        'Dieses Passwort enthält Ihren Benutzernamen oder Ihre Adresse. Bitte wählen Sie eines ohne.',
      'not-text':
        'Einige Zeichen dieses Passworts können nicht gespeichert werden. Bitte verzichten Sie auf Sonderzeichen.',
    }),
    fr: Object.freeze({
      name: 'Mot de passe',
      description: 'Une information connue de vous uniquement.',
      prompt: 'Saisissez votre mot de passe.',
      label: 'Mot de passe',
      wrong: 'Ce mot de passe n’est pas correct. Vérifiez les majuscules, puis réessayez.',
      'current-label': 'Mot de passe actuel',
      'setup-label': 'Nouveau mot de passe',
      'setup-hint': `Au moins ${only} caractères. Quelques mots associés à votre façon conviennent bien.`,
      'too-short': `C’est trop court. Choisissez au moins ${withSecondFactor} caractères ; quelques mots conviennent bien.`,
      'too-short-only': `C’est trop court. Choisissez au moins ${only} caractères ; quelques mots conviennent bien.`,
      'too-long': 'C’est trop long. Choisissez au plus 256 caractères.',
      common: 'Ce mot de passe serait l’un des premiers devinés. Choisissez-en un moins courant.',
      'contains-identifier':
        'Ce mot de passe contient votre nom d’utilisateur ou votre adresse. Choisissez-en un autre.',
      'not-text':
        'Certains caractères de ce mot de passe ne peuvent pas être enregistrés. Évitez les symboles particuliers.',
    }),
    es: Object.freeze({
      name: 'Contraseña',
      description: 'Algo que solo usted sabe.',
      prompt: 'Introduzca su contraseña.',
      label: 'Contraseña',
      wrong: 'Esa contraseña no es correcta. Revise las mayúsculas e inténtelo de nuevo.',
      'current-label': 'Contraseña actual',
      'setup-label': 'Nueva contraseña',
      'setup-hint': `Al menos ${only} caracteres. Van bien unas cuantas palabras que solo usted combinaría.`,
      'too-short': `Es demasiado corta. Use al menos ${withSecondFactor} caracteres; van bien unas cuantas palabras.`,
      'too-short-only': `Es demasiado corta. Use al menos ${only} caracteres; van bien unas cuantas palabras.`,
      'too-long': 'Es demasiado larga. Use como máximo 256 caracteres.',
      common: 'Esa contraseña sería una de las primeras en adivinarse. Elija una menos habitual.',
      'contains-identifier': 'Esa contraseña contiene su nombre de usuario o su dirección. Elija otra.',
      'not-text':
        'Algunos caracteres de esa contraseña no se pueden guardar. Elija una sin símbolos especiales.',
    }),
    da: Object.freeze({
      name: 'Adgangskode',
      description: 'Noget, som kun du ved.',
      prompt: 'Indtast din adgangskode.',
      label: 'Adgangskode',
      wrong: 'Adgangskoden er ikke rigtig. Se efter store og små bogstaver, og prøv igen.',
      'current-label': 'Nuværende adgangskode',
      'setup-label': 'Ny adgangskode',
      'setup-hint': `Mindst ${only} tegn. Nogle få ord, som kun du ville sætte sammen, fungerer godt.`,
      'too-short': `Den er for kort. Brug mindst ${withSecondFactor} tegn; nogle få ord fungerer godt.`,
      'too-short-only': `Den er for kort. Brug mindst ${only} tegn; nogle få ord fungerer godt.`,
      'too-long': 'Den er for lang. Brug højst 256 tegn.',
      common: 'Den adgangskode er en af de første, man ville gætte. Vælg en mere usædvanlig.',
      'contains-identifier': 'Dit brugernavn eller din adresse indgår i adgangskoden. Vælg en uden.',
      'not-text': 'Nogle af tegnene i adgangskoden kan ikke gemmes. Vælg en uden specialtegn.',
    }),
    ja: Object.freeze({
      name: 'パスワード',
      description: 'ご本人だけが知っているものです。',
      prompt: 'パスワードを入力してください。',
      label: 'パスワード',
      wrong: 'パスワードが正しくありません。大文字と小文字を確認して、もう一度お試しください。',
      'current-label': '現在のパスワード',
      'setup-label': '新しいパスワード',
      'setup-hint': `${only} 文字以上にしてください。ご自身だけが思いつく、いくつかの単語の組み合わせがおすすめです。`,
      'too-short': `短すぎます。${withSecondFactor} 文字以上にしてください。いくつかの単語の組み合わせがおすすめです。`,
      'too-short-only': `短すぎます。${only} 文字以上にしてください。いくつかの単語の組み合わせがおすすめです。`,
      'too-long': '長すぎます。256 文字以内にしてください。',
      common: 'このパスワードは推測されやすいものです。別のパスワードを設定してください。',
      'contains-identifier':
        'パスワードにユーザー名またはメールアドレスが含まれています。含まないものを設定してください。',
      'not-text': '保存できない文字が含まれています。特殊な記号を使わずに設定してください。',
    }),
  });
}
