import type { ClientTexts } from '../texts.ts';

/** French. The reader is "vous". */
export const fr: ClientTexts = Object.freeze({
  signIn: 'Se connecter',
  chooseText: 'Choisissez où se trouve votre compte.',
  lacks: Object.freeze({
    mfa: Object.freeze({
      title: 'Cette page demande un second facteur',
      text: 'En plus d’un mot de passe, il faut quelque chose que vous possédez, par exemple un code d’une application ou une clé d’accès.',
      short: '{issuer} n’a pas confirmé que vous en ayez utilisé un lors de votre connexion.',
      refused:
        '{issuer} n’en a confirmé aucun. Vous avez peut-être interrompu la connexion, ou votre compte n’en a pas encore.',
      how: 'Si votre compte chez {issuer} n’en a pas encore, commencez par en configurer un. Revenez ensuite à {application} et reconnectez-vous avec lui.',
      enable: 'Configurer un second facteur',
      again: 'Se reconnecter avec un second facteur',
    }),
    phr: Object.freeze({
      title: 'Cette page demande une clé d’accès ou une clé de sécurité',
      text: 'Un mot de passe et un code ne suffisent pas.',
      short:
        '{issuer} n’a pas confirmé l’utilisation d’une clé d’accès ou d’une clé de sécurité lors de votre connexion.',
      refused:
        '{issuer} n’en a confirmé aucune. Vous avez peut-être interrompu la connexion, ou votre compte n’en a pas encore.',
      how: 'Si votre compte chez {issuer} n’en a pas encore, commencez par en ajouter une. Revenez ensuite à {application} et reconnectez-vous avec elle.',
      enable: 'Ajouter une clé d’accès ou une clé de sécurité',
      again: 'Se reconnecter avec une clé d’accès ou une clé de sécurité',
    }),
    phrh: Object.freeze({
      title: 'Cette page demande une clé de sécurité',
      text: 'Les mots de passe, les codes et les clés d’accès partagées entre plusieurs appareils ne suffisent pas.',
      short: '{issuer} n’a pas confirmé l’utilisation d’une clé de sécurité lors de votre connexion.',
      refused:
        '{issuer} n’en a confirmé aucune. Vous avez peut-être interrompu la connexion, ou votre compte n’en a pas encore.',
      how: 'Si votre compte chez {issuer} n’en a pas encore, commencez par en ajouter une. Revenez ensuite à {application} et reconnectez-vous avec elle.',
      enable: 'Ajouter une clé de sécurité',
      again: 'Se reconnecter avec une clé de sécurité',
    }),
    method: Object.freeze({
      title: 'Cette page demande un autre moyen de connexion',
      text: 'Elle ne s’ouvre qu’après certains moyens de connexion.',
      short: '{issuer} n’a pas confirmé que vous ayez utilisé l’un d’eux.',
      refused: '{issuer} n’en a confirmé aucun. Vous avez peut-être interrompu la connexion.',
      how: 'Si {issuer} vous laisse choisir comment vous connecter, choisissez un autre moyen. Sinon, demandez à l’administrateur du site lequel convient.',
      enable: 'Configurer un autre moyen de connexion',
      again: 'Se connecter autrement',
    }),
  }),
  silent: '{issuer} ne peut pas le confirmer à {application} : ce compte n’ouvre donc pas cette page.',
  silentHow:
    'Si vous avez un compte ailleurs, utilisez celui-là. Sinon, adressez-vous à l’administrateur du site.',
  silentAlone: 'Demandez à l’administrateur du site comment l’ouvrir.',
  old: 'Reconnectez-vous pour continuer',
  oldText: 'Votre connexion chez {issuer} date de plus de {time}.',
  oldUnknown: '{issuer} n’a pas indiqué la date de votre connexion.',
  oldWhy:
    'Cette page demande une connexion plus récente, pour que personne d’autre ne se serve d’une session que vous avez laissée ouverte.',
  oldAgain: 'Se reconnecter',
  forbidden: 'Accès non autorisé pour ce compte',
  forbiddenText:
    'Votre compte ne dispose pas de l’autorisation nécessaire pour cette page. Adressez-vous à l’administrateur du site ou utilisez un autre compte.',
  otherAccount: 'Utiliser un autre compte',
  signInWith: 'Se connecter avec {issuer}',
  turnedAway: 'La connexion n’a pas abouti',
  turnedAwayText: 'Elle a été annulée chez {issuer}, ou n’y a pas été autorisée. Rien n’a changé.',
  tryAgain: 'Réessayer',
  refused: 'Cette connexion n’a pas été acceptée',
  refusedText:
    'La réponse de {issuer} ne correspond pas à ce qui était demandé : personne n’a donc été connecté. Réessayez. Si cela se reproduit, prévenez l’administrateur du site.',
  unknown: 'Cette connexion n’est plus ouverte',
  unknownText:
    'Elle est déjà terminée, a été commencée dans un autre navigateur ou a pris trop de temps. Revenez à l’accueil : votre session est peut-être déjà ouverte.',
  away: '{issuer} ne répond pas',
  awayText: 'Votre compte n’y est pour rien. Patientez un instant, puis réessayez.',
  unavailable: 'Cela ne fonctionne pas pour le moment',
  unavailableText: 'Rien n’est perdu. Veuillez réessayer dans une minute.',
  switched: 'Vous utilisez maintenant un autre compte',
  switchedText:
    'Ce n’est pas le compte que vous utilisiez auparavant. Ce que vous alliez faire n’a pas été fait.',
  goOn: 'Continuer avec ce compte',
  signOut: 'Se déconnecter',
  signOutTitle: 'Se déconnecter ?',
  signOutText: 'Votre session sera fermée dans {application} et, si possible, là où vous l’avez ouverte.',
  stay: 'Garder la session ouverte',
  leaving: 'Un instant…',
  leavingSignIn: 'Vous allez arriver là où vous vous connectez.',
  leavingSignOut:
    'Votre session dans {application} est fermée. Elle va l’être aussi là où vous l’avez ouverte.',
  continue: 'Continuer',
  signedOut: 'Votre session est fermée',
  signedOutText:
    'Personne n’est connecté à {application} dans ce navigateur. Si d’autres personnes l’utilisent, fermez-le maintenant.',
  start: 'Retour à l’accueil',
});
