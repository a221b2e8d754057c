import type { MailTexts } from './texts.ts';

const secure =
  'Si ce n’était pas vous, changez tout de suite votre mot de passe et vérifiez ce qui protège votre compte.';
const ask = 'Si ce n’était pas vous, prévenez tout de suite l’administrateur de {site}.';
const ignore = 'Si vous n’avez rien demandé, ne faites rien : sans ce lien, il ne se passera rien.';
const open = 'Voir votre compte';

export const fr: MailTexts = Object.freeze({
  footer: 'Envoyé par {site}, {origin}, à {to}.',
  when: 'Date : {when}',
  where: 'Depuis : {where}',
  device: '{browser} sous {system}',
  comma: ', ',
  named: '{method} ({name})',
  notices: Object.freeze({
    'confirm-email': {
      subject: 'Confirmez votre adresse e-mail pour {site}',
      text: 'Confirmez que cette adresse est bien la vôtre. Le lien fonctionne une seule fois, pendant {lifetime}.',
      notYou: ignore,
      button: 'Confirmer cette adresse',
    },
    'change-email': {
      subject: 'Confirmez votre nouvelle adresse e-mail pour {site}',
      text: 'Confirmez que les messages concernant votre compte doivent désormais être envoyés à cette adresse. Le lien fonctionne une seule fois, pendant {lifetime}.',
      notYou: ignore,
      button: 'Utiliser cette adresse',
    },
    'email-changed': {
      subject: 'Votre adresse e-mail pour {site} a été modifiée',
      text: 'Les messages concernant votre compte sont désormais envoyés à {address}, et non plus à cette adresse.',
      notYou: ask,
    },
    'email-confirmed': {
      subject: 'Votre adresse e-mail pour {site} est confirmée',
      text: 'Les messages concernant votre compte sont désormais envoyés à cette adresse.',
      notYou: secure,
      button: open,
    },
    'enrolment-permitted': {
      subject: 'Configurez votre second facteur pour {site}',
      text: 'Un second facteur est exigé pour votre compte. Quelqu’un s’est connecté avec votre mot de passe et souhaite en configurer un : cela passe par ce lien. Il fonctionne une seule fois, pendant {lifetime}.',
      notYou:
        'Ce n’était pas vous ? Alors quelqu’un connaît votre mot de passe. N’ouvrez pas le lien et changez votre mot de passe sans attendre.',
      button: 'Configurer un second facteur',
    },
    'forgot-password': {
      subject: 'Choisissez un nouveau mot de passe pour {site}',
      text: 'Un nouveau mot de passe a été demandé pour votre compte. Ce lien vous permet d’en choisir un. Il fonctionne une seule fois, pendant {lifetime}. Votre second facteur ne change pas.',
      notYou: 'Si ce n’était pas vous, ne faites rien : votre mot de passe ne change pas.',
      button: 'Choisir un nouveau mot de passe',
    },
    'forgot-password-impossible': {
      subject: 'Votre mot de passe pour {site}',
      text: 'Un nouveau mot de passe a été demandé pour votre compte, mais il n’en a aucun qui puisse être remplacé par e-mail. Connectez-vous comme d’habitude ou adressez-vous à l’administrateur de {site}.',
      notYou: 'Si ce n’était pas vous, ne faites rien : rien n’a été modifié.',
    },
    'password-reset-done': {
      subject: 'Votre mot de passe pour {site} a été réinitialisé',
      text: 'Le mot de passe de votre compte a été remplacé au moyen d’un lien qui vous a été envoyé par e-mail. Toutes les sessions ont été fermées.',
      notYou: ask,
      button: open,
    },
    'password-changed': {
      subject: 'Votre mot de passe pour {site} a été modifié',
      text: 'Le mot de passe de votre compte a été modifié. Toutes les autres sessions ont été fermées.',
      notYou: ask,
      button: open,
    },
    'authenticator-added': {
      subject: 'Un moyen de connexion à {site} a été ajouté',
      text: 'Votre compte peut désormais aussi être confirmé avec : {what}.',
      notYou: secure,
      button: open,
    },
    'authenticator-removed': {
      subject: 'Un moyen de connexion à {site} a été supprimé',
      text: 'Ceci a été retiré de votre compte et ne fonctionne plus : {what}.',
      notYou: secure,
      button: open,
    },
    'authenticator-disabled': {
      subject: 'Un moyen de connexion à {site} a été désactivé',
      text: 'Il y a eu trop d’essais erronés avec : {what}. Il ne fonctionnera plus tant que vous ne l’aurez pas configuré à nouveau.',
      notYou:
        'Si ces essais n’étaient pas les vôtres, quelqu’un connaît peut-être votre mot de passe. Connectez-vous d’une autre façon et changez-le.',
      button: open,
    },
    'recovery-renewed': {
      subject: 'Nouveaux codes de secours pour {site}',
      text: 'De nouveaux codes de secours ont été créés pour votre compte. Les anciens ne fonctionnent plus.',
      notYou: secure,
      button: open,
    },
    'second-factor-failed': {
      subject: 'Était-ce vous ? La seconde étape chez {site} a échoué',
      text: 'Quelqu’un a saisi le bon mot de passe de votre compte, puis a échoué à la seconde étape : {what}. L’accès a été refusé.',
      notYou:
        'Si ce n’était pas vous, quelqu’un connaît votre mot de passe. Changez-le tout de suite et ne donnez de code à personne.',
      button: open,
    },
    'new-device-remembered': {
      subject: '{site} a mémorisé un navigateur',
      text: 'Désormais, ce navigateur se connecte à votre compte sans la seconde étape.',
      notYou: secure,
      button: open,
    },
    'account-deleted': {
      subject: 'Votre compte chez {site} a été supprimé',
      text: 'Votre compte et tout ce qui le protégeait ont été supprimés. C’est le dernier message à ce sujet.',
      notYou: ask,
    },
    invitation: {
      subject: 'Vous êtes invité sur {site}',
      text: 'Un compte a été créé pour vous sur {site}. Ce lien vous permet de choisir comment vous connecter. Il fonctionne une seule fois, pendant {lifetime}.',
      notYou:
        'Si vous ne savez pas de quoi il s’agit, ne faites rien : sans ce lien, personne ne peut s’y connecter.',
      button: 'Configurer votre compte',
    },
    'factors-reset': {
      subject: 'Votre second facteur pour {site} a été supprimé',
      text: 'L’administrateur de {site} a supprimé tous les seconds facteurs et codes de récupération de votre compte. Toutes les sessions ont été fermées. Reconnectez-vous et configurez un second facteur.',
      notYou: ask,
    },
    'permit-given': {
      subject: 'Vous pouvez configurer votre second facteur pour {site}',
      text: 'L’administrateur de {site} vous autorise à configurer un second facteur pour votre compte. Connectez-vous, puis ouvrez ce lien dans le même navigateur. Il fonctionne une seule fois, pendant {lifetime}.',
      notYou: ask,
      button: 'Configurer un second facteur',
    },
    'permit-handed-over': {
      subject: 'Un lien pour configurer votre second facteur pour {site} a été créé',
      text: 'L’administrateur de {site} a créé un lien qui permet de configurer un second facteur pour votre compte. Il vous le remettra lui-même. Il fonctionne une seule fois, pendant {lifetime}.',
      notYou: ask,
    },
  }),
});
