import type { Translation } from './texts.ts';

/** French. The reader is "vous"; before a colon, a semicolon, `?` and `!` stands a no-break space. */
export const texts: Translation = {
  loading: 'Un instant…',
  working: 'En cours…',
  retry: 'Réessayer',
  back: 'Retour',
  cancel: 'Annuler',
  continue: 'Continuer',
  continueTo: 'Continuer vers {path}',
  show: 'Afficher',
  hide: 'Masquer',
  empty: 'Remplissez ce champ pour continuer.',
  goesOn: 'La suite s’affiche dès que la saisie est complète.',
  triesLeft: { one: 'Il reste {count} essai.', other: 'Il reste {count} essais.' },
  momentAgo: 'à l’instant',
  copied: 'Copié',
  copyFailed: 'La copie n’a pas fonctionné. Sélectionnez le texte et copiez-le à la main.',

  'identifier.label': 'Nom d’utilisateur',
  'identifier.empty': 'Saisissez votre nom d’utilisateur.',

  'signIn.title': 'Se connecter',
  'signIn.lead': 'Pour accéder à {product}.',
  'signIn.submit': 'Se connecter',
  'signIn.with': 'Utiliser plutôt : {name}',
  'signIn.new': 'Pas encore de compte ?',
  'signIn.register': 'Créer un compte',
  'signIn.signedIn': 'Votre session est ouverte',
  'signIn.signedInAs': 'Session ouverte en tant que {user}.',
  'signIn.other': 'Se connecter avec un autre compte',
  'signIn.forgot': 'Mot de passe oublié ?',
  'signIn.farewell': 'Votre compte est supprimé. Merci de votre confiance.',
  'signIn.none':
    'Personne ne peut se connecter pour le moment : aucun moyen de connexion n’est configuré. Prévenez l’administrateur de {product}.',

  'register.title': 'Créer un compte',
  'register.lead': 'Choisissez un nom pour vous connecter. Vous pourrez ensuite ajouter une deuxième étape.',
  'register.submit': 'Créer le compte',
  'register.have': 'Déjà un compte ?',
  'register.signIn': 'Se connecter',
  'register.closed': 'Les comptes de {product} ne se créent pas ici. Adressez-vous à son administrateur.',

  'second.title': 'Confirmez que c’est bien vous',
  'second.submit': 'Confirmer',
  'second.device': 'Appareil : {name}',
  'second.other': 'Utiliser un autre moyen',
  'second.lost': 'J’ai perdu mon appareil',
  'second.startOver': 'Recommencer',
  'second.notYou': 'Connexion en tant que {user}',
  'second.remember': 'Ne pas demander la deuxième étape sur cet appareil pendant 30 jours',
  'second.pending': 'En attente de la confirmation…',

  sent: 'Nous vous avons envoyé un code.',
  'sent.to': 'Nous avons envoyé un code à {to}.',
  'sent.again': 'Nous vous avons envoyé un autre code.',
  'sent.againTo': 'Nous avons envoyé un autre code à {to}.',
  'resend.submit': 'Envoyer un nouveau code',
  'resend.in': 'dans {time}',
  'resend.ready': 'Vous pouvez maintenant demander un nouveau code.',

  'way.away':
    'Chargement impossible : {name}. Vérifiez votre connexion et réessayez, ou utilisez un autre moyen.',
  'way.wrong':
    'Un défaut empêche d’utiliser ce moyen ici : {name}. Utilisez-en un autre et prévenez l’administrateur de {product}.',
  restricted: 'Moins sûr que les autres moyens : ces codes peuvent être interceptés.',

  'choose.title': 'Choisir un autre moyen',
  'choose.lead': 'Chacun d’eux confirme que c’est bien vous.',
  'choose.only': 'C’est le seul moyen configuré pour votre compte.',

  'lost.title': 'Appareil perdu ?',
  'lost.use': 'Vous pouvez encore vous connecter avec ce que vous avez conservé pour ce cas.',
  'lost.ask':
    'Aucun autre moyen n’est configuré pour votre compte. Adressez-vous à l’administrateur de {product} : il peut vérifier que c’est bien vous et vous permettre de configurer un nouvel appareil.',
  'lost.wait': 'Si vous pensez retrouver l’appareil, rien n’est perdu : revenez plus tard avec lui.',

  'none.title': 'Confirmation impossible ici',
  'none.text':
    'Aucun des moyens configurés pour votre compte n’est utilisable pour le moment. Adressez-vous à l’administrateur de {product}.',

  'stepUp.title': 'Confirmez que c’est bien vous',
  'stepUp.policySecond': '{policy} demande une confirmation avec votre second facteur.',
  'stepUp.policyFirst': '{policy} demande de confirmer à nouveau que c’est bien vous.',
  'stepUp.applicationSecond': '{application} vous demande de confirmer avec votre second facteur.',
  'stepUp.applicationFirst': '{application} vous demande de confirmer à nouveau que c’est bien vous.',
  'stepUp.account': 'Modifier la protection de votre compte demande une nouvelle confirmation.',
  'stepUp.last': 'Dernière confirmation : {ago}.',
  'stepUp.never': 'Vous ne l’avez pas encore fait depuis votre connexion.',
  'stepUp.as': 'Session de {user}',

  'security.title': 'Sécurité',
  'security.signOut': 'Se déconnecter',
  'security.on': 'La validation en deux étapes est active : {list}',
  'security.onText':
    'La connexion se fait en deux étapes. Qui découvrirait l’une d’elles ne pourrait toujours pas entrer.',
  'security.off': 'La validation en deux étapes est inactive',
  'security.offText':
    'Votre compte n’est protégé que par une seule étape. Ajoutez-en une deuxième ci-dessous.',
  'security.offNothing': 'Votre compte n’est protégé que par une seule étape.',
  'security.needed':
    '{path} demande la validation en deux étapes. Ajoutez ici une deuxième étape ; vous pourrez ensuite continuer.',

  'list.title': 'Vos moyens de connexion',
  'list.added': 'Ajout le {when}',
  'list.used': 'Dernière utilisation : {when}',
  'list.unused': 'Pas encore utilisé',
  'list.left': { one: '{count} restant', other: '{count} restants' },
  'list.low': 'Il en reste peu. Créez-en une nouvelle série avant d’en avoir besoin.',
  'list.none': 'Il n’en reste plus. Créez-en une nouvelle série avant d’en avoir besoin.',
  'list.disabled': 'Désactivé après trop d’essais erronés. Supprimez ce moyen et configurez-le à nouveau.',
  'list.unavailable': 'Inutilisable pour le moment.',
  'list.needed': 'Nécessaire : ajoutez un autre moyen avant de le supprimer',
  'list.rename': 'Renommer',
  'list.renameOf': 'Renommer {name}',
  'list.remove': 'Supprimer',
  'list.removeOf': 'Supprimer {name}',
  'list.change': 'Modifier',
  'list.changeOf': 'Modifier : {name}',
  'list.renew': 'Créer une nouvelle série',
  'list.renewOf': 'Créer une nouvelle série : {name}',

  'add.title': 'Ajouter une autre étape',
  'add.first': 'Ajouter une deuxième étape',
  'add.ways': 'Ajouter un autre moyen de connexion',

  'rename.title': 'Renommer {name}',
  'rename.label': 'Nom',
  'rename.submit': 'Enregistrer',
  'rename.empty': 'Saisissez un nom.',
  'rename.done': 'Nouveau nom : {name}.',

  'remove.title': 'Supprimer {name} ?',
  'remove.text': 'Vous ne pourrez plus vous connecter avec.',
  'remove.last': 'Vous ne pourrez plus vous connecter avec, et la validation en deux étapes sera inactive.',
  'remove.submit': 'Supprimer',
  'remove.keep': 'Conserver',
  'remove.done': 'Supprimé : {name}.',

  'change.title': 'Modifier : {name}',
  'change.lead': 'Vos autres sessions seront fermées.',
  'change.submit': 'Enregistrer',
  'change.done': 'Modifié : {name}. Vos autres sessions ont été fermées.',

  'setup.title': 'Configurer : {name}',
  'setup.name': 'Nom de cet appareil',
  'setup.nameHint': 'Pour le reconnaître plus tard.',
  'setup.submit': 'Confirmer et terminer',
  'setup.failed': 'La page n’a pas pu être chargée. Vérifiez votre connexion et réessayez.',
  'setup.moduleWrong':
    'La page est défectueuse. Prévenez l’administrateur de {product} ; rien n’a été modifié.',
  'setup.correct': 'Modifier le destinataire',
  'input.submit': 'Envoyer un code',
  'setup.qr': 'Code QR',
  'setup.open': 'Ouvrir sur cet appareil',
  'setup.copyKey': 'Copier la clé',

  'done.title': 'Configuration terminée : {name}',
  'done.titleOn': 'La validation en deux étapes est active',
  'done.text': 'Tout est prêt : {name}. Vos autres sessions ont été fermées.',
  'done.next': 'Vous allez l’utiliser une fois pour confirmer ; {path} s’ouvrira ensuite.',
  'done.list': 'Retour à la liste',
  'issued.title': 'Avant de continuer : {name}',

  'sessions.title': 'Vos sessions ouvertes',
  'sessions.this': 'Cet appareil',
  'sessions.on': '{browser} sous {system}',
  'sessions.unknown': 'Navigateur inconnu',
  'sessions.seen': 'Dernière activité : {when}',
  'sessions.since': 'Connexion le {when}',
  'sessions.end': 'Déconnecter',
  'sessions.endOf': 'Déconnecter {name}',
  'sessions.ended': 'Session fermée : {name}.',
  'sessions.others': 'Se déconnecter partout ailleurs',
  'sessions.othersDone': 'Vos autres sessions ont été fermées.',

  'devices.title': 'Appareils mémorisés',
  'devices.lead': 'Sur ces appareils, la connexion ne demande pas la deuxième étape.',
  'devices.until': 'Jusqu’au {when}',
  'devices.forget': 'Oublier',
  'devices.forgetOf': 'Oublier {name}',
  'devices.forgotten': 'Appareil oublié : {name}. La connexion y demandera de nouveau la deuxième étape.',

  'email.heading': 'Adresse e-mail',
  'email.none': 'Pas encore d’adresse',
  'email.use':
    'Pour les messages concernant votre compte, et pour y accéder de nouveau en cas d’oubli du mot de passe.',
  'email.verified': 'Confirmée',
  'email.unverified': 'Non confirmée',
  'email.unknown':
    'Confirmez que vous pouvez lire les e-mails envoyés à cette adresse. D’ici là, rien n’est possible par e-mail.',
  'email.pending': 'Pour confirmer cette adresse, ouvrez le lien envoyé à {email}.',
  'email.again': 'Renvoyer',
  'email.add': 'Ajouter',
  'email.change': 'Modifier',
  'email.title': 'Votre adresse e-mail',
  'email.lead': 'Nous y envoyons un lien. L’adresse est prise en compte dès que vous l’avez ouvert.',
  'email.label': 'Adresse e-mail',
  'email.empty': 'Saisissez une adresse e-mail.',
  'email.submit': 'Envoyer le lien',
  'email.sent':
    'Un e-mail est en route vers {email}. Ouvrez le lien qu’il contient pour confirmer l’adresse.',

  'links.title': 'Autres pages de votre compte',

  'data.title': 'Vos données',
  'data.lead':
    'Tout ce qui est conservé ici sur votre compte, dans un seul fichier. Il ne contient aucun secret.',
  'data.download': 'Télécharger',
  'delete.open': 'Supprimer mon compte',
  'delete.title': 'Supprimer votre compte ?',
  'delete.lead':
    'Votre compte {product}, tous vos moyens de connexion et vos sessions sont supprimés immédiatement. C’est irréversible.',
  'delete.label': 'Saisissez {identifier} pour confirmer',
  'delete.empty': 'Saisissez votre nom d’utilisateur tel quel : {identifier}',
  'delete.submit': 'Supprimer définitivement',
  'delete.keep': 'Conserver mon compte',

  'forgot.title': 'Mot de passe oublié ?',
  'forgot.lead':
    'Nous envoyons un lien à l’adresse confirmée de votre compte. Il permet de choisir un nouveau mot de passe.',
  'forgot.submit': 'Envoyer le lien',
  'forgot.sentTitle': 'Consultez vos e-mails',
  'forgot.sent':
    'S’il existe un compte avec une adresse confirmée, un e-mail est en route. Le lien qu’il contient n’est valable que peu de temps.',
  'forgot.other': 'Utiliser un autre nom',
  'forgot.back': 'Retour à la connexion',

  'reset.title': 'Choisissez un nouveau mot de passe',
  'reset.lead': 'Toutes vos sessions seront fermées. Votre deuxième étape reste inchangée.',
  'reset.submit': 'Enregistrer',
  'reset.done': 'Votre mot de passe est modifié',
  'reset.doneText': 'Utilisez-le pour vous connecter. Toutes vos autres sessions sont fermées.',
  'reset.signIn': 'Se connecter',
  'reset.goneTitle': 'Ce lien ne fonctionne pas',
  'reset.again': 'Demander un nouvel e-mail',

  'invitation.title': 'Bienvenue sur {product}',
  'invitation.lead':
    'Un compte a été créé pour vous. Choisissez comment vous connecter en tant que {identifier}.',
  'invitation.submit': 'Configurer et se connecter',
  'invitation.gone':
    'Cette invitation a déjà été acceptée, retirée ou remplacée par une plus récente, ou elle est trop ancienne. Demandez-en une nouvelle à la personne qui vous a invité.',

  'confirm.title': 'Confirmez votre adresse e-mail',
  'confirm.done': 'Votre adresse e-mail est confirmée',
  'confirm.doneText': 'Les messages concernant votre compte y seront envoyés.',
  'confirm.goneTitle': 'Ce lien ne fonctionne pas',
  'confirm.again': 'Aller à la page Sécurité',

  'permit.title': 'Configurez votre second facteur',
  'permit.again': 'Demander un nouveau lien',

  'external.title': 'Connexion en cours',
  'external.lead': 'Vous voici de retour de {name}. Un instant...',
  'external.failed': 'Cela n’a pas fonctionné',
  'external.cancelled': 'Vous n’êtes pas allé jusqu’au bout chez {name}. Rien n’a été modifié.',
  'external.refused': '{name} n’a pas confirmé votre identité. Réessayez ou utilisez un autre moyen.',
  'external.wrong':
    'Ce que {name} a transmis ne correspond pas à ce qui a été commencé ici, ou est arrivé trop tard. Veuillez recommencer.',
  'external.notEnough':
    '{name} a confirmé que c’est bien vous, mais pas suffisamment pour cette étape. Utilisez un autre moyen.',
  'external.taken': 'Ce compte {name} est déjà associé, au vôtre ou à un autre.',
  'external.late': 'Cela a pris trop de temps. Recommencez depuis votre page Sécurité.',
  'external.security': 'Aller à la page Sécurité',

  'token.missing':
    'L’adresse de cette page est incomplète. Ouvrez de nouveau le lien de l’e-mail ou copiez-le en entier.',

  'problem.malformed': 'La saisie n’a pas pu être lue. Vérifiez-la.',
  'problem.csrf': 'Cette page est restée ouverte trop longtemps. Rechargez-la et réessayez.',
  'problem.not-signed-in': 'Votre session est fermée. Reconnectez-vous pour continuer.',
  'problem.step-up-needed': 'Confirmez d’abord à nouveau que c’est bien vous.',
  'problem.wrong-credentials': 'Aucun compte ne correspond. Vérifiez les deux champs et réessayez.',
  'problem.wrong-response': 'Ce n’est pas correct. Vérifiez et réessayez.',
  'problem.replayed-response': 'Celui-ci a déjà été utilisé. Attendez le suivant et saisissez-le.',
  'problem.not-linked':
    'Aucun compte n’est associé ici à cette identité. Connectez-vous autrement, puis associez-la sur votre page Sécurité.',
  'problem.refused-response': 'Ceci ne peut pas être utilisé. Choisissez autre chose.',
  'problem.identifier-taken': 'Ce nom est déjà pris. Choisissez-en un autre.',
  'problem.permit-needed':
    'Pour cela, il faut un lien que seul le titulaire de ce compte reçoit. Vous pouvez le demander sur la page qui invite à la configuration.',
  'problem.locks-you-out':
    'Vous ne remplissez pas vous-même ce que cette règle exige. Configurez-le, confirmez votre identité, puis enregistrez la règle.',
  'problem.level-unreachable': 'Aucune des méthodes de connexion disponibles ici n’atteint ce niveau.',
  'problem.token-unknown':
    'Ce lien a déjà été utilisé, a été remplacé par un plus récent ou est trop ancien. Demandez un nouvel e-mail.',
  'problem.ceremony-unknown': 'Cette connexion n’est plus ouverte. Veuillez recommencer.',
  'problem.ceremony-used': 'Cette connexion est déjà terminée. Veuillez recommencer.',
  'problem.ceremony-expired':
    'Le délai est dépassé ; la connexion a été fermée pour votre sécurité. Veuillez recommencer.',
  'problem.too-many-tries': 'Trop d’essais. Pour votre sécurité, attendez un peu avant de réessayer.',
  'problem.too-many-tries-until': 'Trop d’essais. Vous pourrez réessayer {in} ({time}).',
  'problem.too-many-tries-over':
    'Trop d’essais erronés : ce moyen est fermé pour le moment. Recommencez ou utilisez un autre moyen.',
  'problem.enrolment-unknown':
    'Cette configuration n’est plus ouverte. Recommencez-la ; rien n’a été modifié.',
  'problem.not-found': 'Cet élément n’existe plus. La liste a été actualisée.',
  'problem.last-authenticator':
    'Votre compte ne peut pas s’en passer. Ajoutez d’abord un autre moyen, puis supprimez celui-ci.',
  'problem.already-enrolled': 'Vous l’avez déjà, et il n’est pas possible d’en ajouter d’autres.',
  'problem.forbidden': 'Votre compte n’y est pas autorisé. Adressez-vous à l’administrateur du site.',
  'problem.too-many-codes':
    'Trop de codes ont été demandés. Utilisez un autre moyen ou patientez quelques minutes.',
  'problem.delivery-failed':
    'Le code n’a pas pu être envoyé. Réessayez dans un instant ou utilisez un autre moyen.',
  'problem.provider-unavailable':
    'Ce moyen ne fonctionne pas pour le moment. Utilisez-en un autre ou réessayez plus tard.',
  'problem.busy': 'Beaucoup de personnes se connectent en ce moment. Patientez un instant et réessayez.',
  'problem.unavailable':
    'Cela ne fonctionne pas pour le moment. Votre saisie est conservée ; réessayez bientôt.',
  'problem.network': 'Pas de connexion. Votre saisie est conservée ; vérifiez votre réseau et réessayez.',
  'problem.unexpected':
    'Une erreur s’est produite de notre côté. Réessayez ; si elle persiste, prévenez l’administrateur du site.',
};
