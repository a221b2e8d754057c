import type { OidcTexts } from '../texts.ts';

/** French. The reader is "vous". */
export const fr: OidcTexts = Object.freeze({
  enableTitle: '{application} demande un second facteur',
  enableText:
    'Votre compte n’en a pas encore. Configurez-en un maintenant : cela prend une minute. Vous confirmerez ensuite une fois avec lui, puis vous accéderez à {application}.',
  enableStrongerTitle: '{application} demande une connexion plus sûre',
  enableStronger:
    'Les moyens configurés pour votre compte ne suffisent pas. Ajoutez maintenant une clé d’accès ou une clé de sécurité. Vous confirmerez ensuite une fois avec elle, puis vous accéderez à {application}.',
  enableOptionalTitle: '{application} souhaite un second facteur',
  enableOptional:
    'Votre compte n’a encore rien qui convienne. Vous pouvez le configurer maintenant : cela prend une minute. Vous pouvez aussi continuer sans ; certaines parties de {application} resteront peut-être fermées.',
  enable: 'Configurer',
  leftTitle: '{application} vous attend',
  leftText: 'Sans cette confirmation, {application} ne vous laisse pas entrer.',
  leftOptional:
    '{application} a demandé une confirmation. Vous pouvez continuer sans ; certaines parties de {application} resteront peut-être fermées.',
  tryAgain: 'Confirmer maintenant',
  decline: 'Retour à {application}',
  without: 'Continuer sans',
  signInText: 'Connectez-vous pour accéder à {application}.',
  signIn: 'Se connecter',
  selectTitle: 'Quel compte ?',
  selectText: 'Choisissez le compte avec lequel accéder à {application}.',
  selectThis: 'Continuer en tant que {user}',
  selectOther: 'Utiliser un autre compte',
  consentTitle: 'Autoriser {application} à utiliser votre compte ?',
  consentText: '{application} souhaite :',
  consentGoesTo:
    'Vous continuerez ensuite vers {host}. Ce que vous autorisez peut être retiré à tout moment.',
  allow: 'Autoriser',
  deny: 'Ne pas autoriser',
  signedInAs: 'Session de {user}',
  scopes: Object.freeze({
    openid: 'savoir que c’est bien vous et par quel moyen vous l’avez confirmé',
    profile: 'voir votre nom d’utilisateur et votre langue',
    email: 'voir votre adresse e-mail',
    roles: 'voir vos rôles',
    offline_access: 'conserver cet accès en votre absence, jusqu’à ce que vous le retiriez',
  }),
  claim: 'voir « {claim} » de votre compte',
  scopeAt: 'utiliser « {scope} » auprès de {resource}',
  deviceTitle: 'Connecter un appareil',
  deviceText: 'Saisissez le code affiché par l’appareil.',
  deviceCode: 'Code',
  deviceHint: 'Huit lettres, majuscules ou minuscules.',
  deviceWrong: 'Ce code n’est pas correct. Comparez-le avec celui qu’affiche l’appareil.',
  deviceOver: 'Ce code a déjà été utilisé ou est trop ancien. Faites-en afficher un nouveau par l’appareil.',
  continue: 'Continuer',
  deviceConfirmTitle: 'Connecter un appareil à {application} ?',
  deviceConfirmText:
    'Ne continuez que si vous l’avez demandé vous-même et si l’appareil devant vous affiche ce code :',
  deviceWarning:
    'Quelqu’un vous a envoyé ce code ou un lien vers cette page ? Alors arrêtez ici : elle ouvrirait une session à votre place.',
  devicePlace: 'Demande venant de : {place}',
  deviceOn: '{browser} sous {system}',
  deviceConfirm: 'Oui, le connecter',
  deviceAbort: 'Non, arrêter ici',
  deviceDoneTitle: 'L’appareil est connecté',
  deviceDoneText: 'Continuez sur l’appareil. Vous pouvez fermer cette page.',
  deviceAbortedTitle: 'L’appareil n’a pas été connecté',
  deviceAbortedText: 'Il n’a rien reçu de votre compte. Vous pouvez fermer cette page.',
  deviceAgain: 'Saisir un autre code',
  logoutTitle: 'Se déconnecter ?',
  logoutText:
    '{application} demande à fermer votre session ici. Elle sera fermée pour toutes les applications que vous avez ouvertes avec elle.',
  logoutTextUnknown:
    'Votre session sera fermée pour toutes les applications que vous avez ouvertes avec elle.',
  logout: 'Se déconnecter',
  stay: 'Garder la session ouverte',
  loggedOutTitle: 'Votre session est fermée',
  loggedOutText: 'Vous pouvez fermer cette page.',
  errorTitle: 'Cela n’a pas fonctionné',
  errorText:
    'L’application qui vous a envoyé ici a demandé quelque chose d’impossible. Revenez-y et réessayez. Si le problème persiste, prévenez son administrateur.',
  errorDetail: 'Pour l’administrateur de l’application :',
  expiredTitle: 'Cette connexion n’est plus ouverte',
  expiredText:
    'Elle est déjà terminée, a été commencée dans un autre navigateur ou a pris trop de temps. Revenez à l’application et recommencez depuis là.',
  staleTitle: 'Cette page est restée ouverte trop longtemps',
  staleText: 'Rien n’a été modifié. Rechargez la page et réessayez.',
  missingTitle: 'Il n’y a rien ici',
  missingText: 'Vérifiez l’adresse ou revenez à l’application d’où vous venez.',
  unavailableTitle: 'Cela ne fonctionne pas pour le moment',
  unavailableText: 'Rien n’est perdu. Veuillez réessayer dans une minute.',
  retry: 'Réessayer',
  appsTitle: 'Applications autorisées',
  appsText:
    'Ces applications peuvent utiliser votre compte. Ce que vous retirez, elles devront le demander à nouveau.',
  appsNone:
    'Aucune application n’a encore demandé l’accès à votre compte. Celles que vous autorisez apparaissent ici.',
  appsSince: 'Depuis le {date}',
  appsRemove: 'Retirer l’accès',
  appsRemoveOf: 'Retirer l’accès : {application}',
  appsRemoved: '{application} n’a plus accès à votre compte.',
  appsBack: 'Sécurité',
});
