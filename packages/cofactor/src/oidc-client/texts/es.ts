import type { ClientTexts } from '../texts.ts';

/** Spanish. The reader is "usted". */
export const es: ClientTexts = Object.freeze({
  signIn: 'Iniciar sesión',
  chooseText: 'Elija dónde tiene su cuenta.',
  lacks: Object.freeze({
    mfa: Object.freeze({
      title: 'Esta página requiere un segundo factor',
      text: 'Además de una contraseña, hace falta algo que usted tenga, por ejemplo un código de una aplicación o una llave de acceso.',
      short: '{issuer} no ha confirmado que usara uno al iniciar sesión.',
      refused:
        '{issuer} no ha confirmado ninguno. Quizá lo dejó a medias allí, o su cuenta todavía no tiene ninguno.',
      how: 'Si su cuenta en {issuer} todavía no tiene ninguno, configure uno allí. Después vuelva a {application} e inicie sesión de nuevo con él.',
      enable: 'Configurar un segundo factor',
      again: 'Iniciar sesión con un segundo factor',
    }),
    phr: Object.freeze({
      title: 'Esta página requiere una llave de acceso o una llave de seguridad',
      text: 'Una contraseña y un código no son suficientes.',
      short:
        '{issuer} no ha confirmado que iniciara sesión con una llave de acceso o una llave de seguridad.',
      refused:
        '{issuer} no ha confirmado ninguna. Quizá lo dejó a medias allí, o su cuenta todavía no tiene ninguna.',
      how: 'Si su cuenta en {issuer} todavía no tiene ninguna, añada una allí. Después vuelva a {application} e inicie sesión de nuevo con ella.',
      enable: 'Añadir una llave de acceso o de seguridad',
      again: 'Iniciar sesión con una llave de acceso o de seguridad',
    }),
    phrh: Object.freeze({
      title: 'Esta página requiere una llave de seguridad',
      text: 'Las contraseñas, los códigos y las llaves de acceso que comparten varios dispositivos no son suficientes.',
      short: '{issuer} no ha confirmado que iniciara sesión con una llave de seguridad.',
      refused:
        '{issuer} no ha confirmado ninguna. Quizá lo dejó a medias allí, o su cuenta todavía no tiene ninguna.',
      how: 'Si su cuenta en {issuer} todavía no tiene ninguna, añada una allí. Después vuelva a {application} e inicie sesión de nuevo con ella.',
      enable: 'Añadir una llave de seguridad',
      again: 'Iniciar sesión con una llave de seguridad',
    }),
    method: Object.freeze({
      title: 'Esta página requiere otra forma de iniciar sesión',
      text: 'Solo se abre después de ciertas formas de iniciar sesión.',
      short: '{issuer} no ha confirmado que usara una de ellas.',
      refused: '{issuer} no ha confirmado ninguna de ellas. Quizá lo dejó a medias allí.',
      how: 'Si {issuer} le deja elegir cómo iniciar sesión, elija otra forma. Si no, pregunte a quien administra este sitio cuál hace falta.',
      enable: 'Configurar otra forma de iniciar sesión',
      again: 'Iniciar sesión de otra forma',
    }),
  }),
  silent: '{issuer} no puede confirmárselo a {application}, así que una cuenta de allí no abre esta página.',
  silentHow: 'Si tiene una cuenta en otro lugar, use esa. Si no, diríjase a quien administra este sitio.',
  silentAlone: 'Pregunte a quien administra este sitio cómo abrirla.',
  old: 'Inicie sesión de nuevo para continuar',
  oldText: 'Inició sesión en {issuer} hace más de {time}.',
  oldUnknown: '{issuer} no ha indicado cuándo inició sesión.',
  oldWhy:
    'Esta página pide un inicio de sesión más reciente, para que nadie más pueda usar una sesión que usted haya dejado abierta.',
  oldAgain: 'Iniciar sesión de nuevo',
  forbidden: 'Sin acceso con esta cuenta',
  forbiddenText:
    'Su cuenta no tiene el permiso necesario para esta página. Diríjase a quien administra este sitio o utilice otra cuenta.',
  otherAccount: 'Usar otra cuenta',
  signInWith: 'Iniciar sesión con {issuer}',
  turnedAway: 'El inicio de sesión no se completó',
  turnedAwayText: 'Se canceló en {issuer} o no se permitió allí. No ha cambiado nada.',
  tryAgain: 'Reintentar',
  refused: 'Este inicio de sesión no se ha aceptado',
  refusedText:
    'La respuesta de {issuer} no corresponde a lo que se pidió, así que no se ha iniciado ninguna sesión con ella. Inténtelo de nuevo. Si vuelve a ocurrir, avise a quien administra este sitio.',
  unknown: 'Este inicio de sesión ya no está abierto',
  unknownText:
    'Ya se completó, se empezó en otro navegador o tardó demasiado. Vuelva al inicio: quizá ya tenga la sesión iniciada.',
  away: '{issuer} no responde',
  awayText: 'A su cuenta no le pasa nada. Espere un momento y vuelva a intentarlo.',
  unavailable: 'No funciona en este momento',
  unavailableText: 'No se ha perdido nada. Inténtelo de nuevo en un minuto.',
  switched: 'Ahora está usando otra cuenta',
  switchedText:
    'Esta no es la cuenta con la que tenía la sesión iniciada. Lo que iba a hacer no se ha hecho.',
  goOn: 'Continuar con esta cuenta',
  signOut: 'Cerrar sesión',
  signOutTitle: '¿Cerrar sesión?',
  signOutText: 'Se cerrará su sesión en {application} y, si es posible, también donde la inició.',
  stay: 'Mantener la sesión',
  leaving: 'Un momento…',
  leavingSignIn: 'Ahora continuará al lugar donde inicia sesión.',
  leavingSignOut: 'Su sesión en {application} está cerrada. Ahora se cerrará también donde la inició.',
  continue: 'Continuar',
  signedOut: 'Se ha cerrado la sesión',
  signedOutText:
    'Nadie tiene la sesión iniciada en {application} en este navegador. Si también lo usan otras personas, ciérrelo ahora.',
  start: 'Volver al inicio',
});
