import type { Translation } from './texts.ts';

/** Spanish. The reader is "usted", said as seldom as it can be. */
export const texts: Translation = {
  loading: 'Un momento…',
  working: 'Procesando…',
  retry: 'Intentar de nuevo',
  back: 'Atrás',
  cancel: 'Cancelar',
  continue: 'Continuar',
  continueTo: 'Continuar a {path}',
  show: 'Mostrar',
  hide: 'Ocultar',
  empty: 'Rellene este campo para continuar.',
  goesOn: 'Al completarlo se continúa automáticamente.',
  triesLeft: { one: 'Queda {count} intento.', other: 'Quedan {count} intentos.' },
  momentAgo: 'hace un momento',
  copied: 'Copiado',
  copyFailed: 'No se ha podido copiar. Seleccione el texto y cópielo a mano.',

  'identifier.label': 'Nombre de usuario',
  'identifier.empty': 'Introduzca su nombre de usuario.',

  'signIn.title': 'Iniciar sesión',
  'signIn.lead': 'Para continuar a {product}.',
  'signIn.submit': 'Iniciar sesión',
  'signIn.with': 'Usar en su lugar: {name}',
  'signIn.new': '¿No tiene cuenta?',
  'signIn.register': 'Crear una cuenta',
  'signIn.signedIn': 'Sesión iniciada',
  'signIn.signedInAs': 'Ha iniciado sesión como {user}.',
  'signIn.other': 'Iniciar sesión con otra cuenta',
  'signIn.forgot': '¿Ha olvidado su contraseña?',
  'signIn.farewell': 'Su cuenta se ha eliminado. Gracias por haber estado aquí.',
  'signIn.none':
    'En este momento nadie puede iniciar sesión: no hay ninguna forma de acceso configurada. Avise a quien administra {product}.',

  'register.title': 'Crear una cuenta',
  'register.lead': 'Elija un nombre para iniciar sesión. Después podrá añadir un segundo paso.',
  'register.submit': 'Crear cuenta',
  'register.have': '¿Ya tiene cuenta?',
  'register.signIn': 'Iniciar sesión',
  'register.closed': 'Las cuentas de {product} no se crean aquí. Pida una a quien lo administra.',

  'second.title': 'Confirme que es usted',
  'second.submit': 'Confirmar',
  'second.device': 'Dispositivo: {name}',
  'second.other': 'Probar de otra forma',
  'second.lost': 'He perdido mi dispositivo',
  'second.startOver': 'Empezar de nuevo',
  'second.notYou': 'Inicio de sesión como {user}',
  'second.remember': 'No pedir el segundo paso en este dispositivo durante 30 días',
  'second.pending': 'Esperando la confirmación…',

  sent: 'Le hemos enviado un código.',
  'sent.to': 'Hemos enviado un código a {to}.',
  'sent.again': 'Le hemos enviado otro código.',
  'sent.againTo': 'Hemos enviado otro código a {to}.',
  'resend.submit': 'Enviar un código nuevo',
  'resend.in': 'en {time}',
  'resend.ready': 'Ya puede pedir un código nuevo.',

  'way.away':
    'No se ha podido cargar: {name}. Compruebe su conexión e inténtelo de nuevo, o pruebe de otra forma.',
  'way.wrong':
    'Esta forma tiene un error: {name}. Pruebe de otra forma y avise a quien administra {product}.',
  restricted: 'Menos segura que otras formas: estos códigos se pueden interceptar.',

  'choose.title': 'Elija otra forma',
  'choose.lead': 'Con cualquiera de ellas se confirma que es usted.',
  'choose.only': 'Es la única forma configurada en su cuenta.',

  'lost.title': '¿Ha perdido su dispositivo?',
  'lost.use': 'Aún puede acceder con lo que guardó para este caso.',
  'lost.ask':
    'No hay otra forma configurada en su cuenta. Pida ayuda a quien administra {product}: puede comprobar que es usted y permitirle configurar un dispositivo nuevo.',
  'lost.wait': 'Si cree que aún puede encontrarlo, no se ha perdido nada: vuelva más tarde con él.',

  'none.title': 'Aquí no se puede confirmar',
  'none.text':
    'En este momento no se puede usar nada de lo configurado en su cuenta. Pida ayuda a quien administra {product}.',

  'stepUp.title': 'Confirme que es usted',
  'stepUp.policySecond': '{policy} requiere una confirmación con su segundo factor.',
  'stepUp.policyFirst': '{policy} requiere confirmar de nuevo que es usted.',
  'stepUp.applicationSecond': '{application} le pide que confirme con su segundo factor.',
  'stepUp.applicationFirst': '{application} le pide que confirme de nuevo que es usted.',
  'stepUp.account': 'Para cambiar la protección de su cuenta se requiere una nueva confirmación.',
  'stepUp.last': 'Última confirmación: {ago}.',
  'stepUp.never': 'Aún no lo ha hecho desde que inició sesión.',
  'stepUp.as': 'Sesión iniciada como {user}',

  'security.title': 'Seguridad',
  'security.signOut': 'Cerrar sesión',
  'security.on': 'La verificación en dos pasos está activada: {list}',
  'security.onText':
    'El inicio de sesión tiene dos pasos. Quien averigüe uno de ellos seguirá sin poder entrar.',
  'security.off': 'La verificación en dos pasos está desactivada',
  'security.offText': 'Su cuenta está protegida por un solo paso. Añada un segundo paso más abajo.',
  'security.offNothing': 'Su cuenta está protegida por un solo paso.',
  'security.needed':
    '{path} requiere la verificación en dos pasos. Añada aquí un segundo paso y podrá continuar.',

  'list.title': 'Cómo inicia sesión',
  'list.added': 'Añadido el {when}',
  'list.used': 'Último uso: {when}',
  'list.unused': 'Sin usar todavía',
  'list.left': { one: 'Queda {count}', other: 'Quedan {count}' },
  'list.low': 'Quedan pocos. Cree un juego nuevo antes de que le haga falta.',
  'list.none': 'No queda ninguno. Cree un juego nuevo antes de que le haga falta.',
  'list.disabled': 'Desactivado tras demasiados intentos erróneos. Elimínelo y configúrelo de nuevo.',
  'list.unavailable': 'No se puede usar en este momento.',
  'list.needed': 'Necesario: añada otro antes de eliminarlo',
  'list.rename': 'Cambiar nombre',
  'list.renameOf': 'Cambiar nombre: {name}',
  'list.remove': 'Eliminar',
  'list.removeOf': 'Eliminar {name}',
  'list.change': 'Cambiar',
  'list.changeOf': 'Cambiar: {name}',
  'list.renew': 'Crear un juego nuevo',
  'list.renewOf': 'Crear un juego nuevo: {name}',

  'add.title': 'Añadir otro paso',
  'add.first': 'Añadir un segundo paso',
  'add.ways': 'Añadir otra forma de iniciar sesión',

  'rename.title': 'Cambiar el nombre de {name}',
  'rename.label': 'Nombre',
  'rename.submit': 'Guardar',
  'rename.empty': 'Introduzca un nombre.',
  'rename.done': 'Nuevo nombre: {name}.',

  'remove.title': '¿Eliminar {name}?',
  'remove.text': 'Ya no podrá usarlo para iniciar sesión.',
  'remove.last':
    'Ya no podrá usarlo para iniciar sesión, y la verificación en dos pasos quedará desactivada.',
  'remove.submit': 'Eliminar',
  'remove.keep': 'Conservar',
  'remove.done': 'Se ha eliminado {name}.',

  'change.title': 'Cambiar: {name}',
  'change.lead': 'Se cerrarán sus otras sesiones.',
  'change.submit': 'Guardar',
  'change.done': 'Cambio realizado: {name}. Se han cerrado sus otras sesiones.',

  'setup.title': 'Configurar: {name}',
  'setup.name': 'Nombre para este dispositivo',
  'setup.nameHint': 'Para reconocerlo más adelante.',
  'setup.submit': 'Confirmar y terminar',
  'setup.failed': 'No se ha podido cargar la página. Compruebe su conexión e inténtelo de nuevo.',
  'setup.moduleWrong':
    'La página tiene un error. Avise a quien administra {product}; no se ha cambiado nada.',
  'setup.correct': 'Cambiar el destino',
  'input.submit': 'Enviar un código',
  'setup.qr': 'Código QR',
  'setup.open': 'Abrir en este dispositivo',
  'setup.copyKey': 'Copiar la clave',

  'done.title': 'Configuración terminada: {name}',
  'done.titleOn': 'La verificación en dos pasos está activada',
  'done.text': 'Todo listo: {name}. Se han cerrado sus otras sesiones.',
  'done.next': 'A continuación lo usará una vez para confirmar; después se abrirá {path}.',
  'done.list': 'Volver a la lista',
  'issued.title': 'Antes de continuar: {name}',

  'sessions.title': 'Dónde tiene la sesión iniciada',
  'sessions.this': 'Este dispositivo',
  'sessions.on': '{browser} en {system}',
  'sessions.unknown': 'Navegador desconocido',
  'sessions.seen': 'Última actividad: {when}',
  'sessions.since': 'Sesión iniciada el {when}',
  'sessions.end': 'Cerrar sesión',
  'sessions.endOf': 'Cerrar sesión: {name}',
  'sessions.ended': 'Se ha cerrado la sesión de {name}.',
  'sessions.others': 'Cerrar todas las demás sesiones',
  'sessions.othersDone': 'Se han cerrado todas las demás sesiones.',

  'devices.title': 'Dispositivos recordados',
  'devices.lead': 'En estos dispositivos no se pide el segundo paso al iniciar sesión.',
  'devices.until': 'Hasta el {when}',
  'devices.forget': 'Olvidar',
  'devices.forgetOf': 'Olvidar {name}',
  'devices.forgotten': 'Se ha olvidado {name}: allí se pedirá de nuevo el segundo paso al iniciar sesión.',

  'email.heading': 'Correo electrónico',
  'email.none': 'Aún no hay dirección',
  'email.use': 'Para mensajes sobre su cuenta y para recuperar el acceso si olvida su contraseña.',
  'email.verified': 'Confirmado',
  'email.unverified': 'Sin confirmar',
  'email.unknown':
    'Confirme que puede leer el correo de esta dirección. Hasta entonces no se puede hacer nada por correo.',
  'email.pending': 'Abra el enlace que hemos enviado a {email} para confirmar esta dirección.',
  'email.again': 'Enviar de nuevo',
  'email.add': 'Añadir',
  'email.change': 'Cambiar',
  'email.title': 'Su correo electrónico',
  'email.lead': 'Enviamos un enlace a la dirección. Será válida en cuanto lo abra.',
  'email.label': 'Correo electrónico',
  'email.empty': 'Introduzca una dirección de correo.',
  'email.submit': 'Enviar el enlace',
  'email.sent':
    'Hemos enviado un mensaje a {email}. Abra el enlace que contiene para confirmar la dirección.',

  'links.title': 'Más sobre su cuenta',

  'data.title': 'Sus datos',
  'data.lead': 'Todo lo que aquí se guarda sobre su cuenta, en un solo archivo. No contiene secretos.',
  'data.download': 'Descargar',
  'delete.open': 'Eliminar mi cuenta',
  'delete.title': '¿Eliminar su cuenta?',
  'delete.lead':
    'Su cuenta de {product}, todo lo que usa para iniciar sesión y sus sesiones se eliminarán de inmediato. No se puede deshacer.',
  'delete.label': 'Escriba {identifier} para confirmar',
  'delete.empty': 'Escriba su nombre de usuario tal como es: {identifier}',
  'delete.submit': 'Eliminar definitivamente',
  'delete.keep': 'Conservar mi cuenta',

  'forgot.title': '¿Ha olvidado su contraseña?',
  'forgot.lead':
    'Enviamos un enlace a la dirección confirmada de su cuenta. Con él podrá elegir una contraseña nueva.',
  'forgot.submit': 'Enviar el enlace',
  'forgot.sentTitle': 'Revise su correo',
  'forgot.sent':
    'Si existe una cuenta con una dirección confirmada, recibirá un mensaje. El enlace que contiene solo sirve durante un tiempo breve.',
  'forgot.other': 'Usar otro nombre',
  'forgot.back': 'Volver al inicio de sesión',

  'reset.title': 'Elija una contraseña nueva',
  'reset.lead': 'Se cerrarán todas sus sesiones. Su segundo paso no cambia.',
  'reset.submit': 'Guardar',
  'reset.done': 'Su contraseña se ha cambiado',
  'reset.doneText': 'Inicie sesión con ella. Se han cerrado todas las demás sesiones.',
  'reset.signIn': 'Iniciar sesión',
  'reset.goneTitle': 'Este enlace no funciona',
  'reset.again': 'Pedir un mensaje nuevo',

  'invitation.title': 'Le damos la bienvenida a {product}',
  'invitation.lead': 'Se ha creado una cuenta para usted. Elija con qué inicia sesión como {identifier}.',
  'invitation.submit': 'Configurar e iniciar sesión',
  'invitation.gone':
    'Esta invitación ya se aceptó, se retiró o se sustituyó por otra más reciente, o es demasiado antigua. Pida una nueva a quien le invitó.',

  'confirm.title': 'Confirme su correo electrónico',
  'confirm.done': 'Su correo electrónico está confirmado',
  'confirm.doneText': 'Los mensajes sobre su cuenta se envían ahora allí.',
  'confirm.goneTitle': 'Este enlace no funciona',
  'confirm.again': 'Ir a la página de seguridad',

  'permit.title': 'Configure su segundo factor',
  'permit.again': 'Pedir un enlace nuevo',

  'external.title': 'Iniciando sesión',
  'external.lead': 'Ha vuelto de {name}. Un momento...',
  'external.failed': 'No ha funcionado',
  'external.cancelled': 'No completó el proceso en {name}. No se ha cambiado nada.',
  'external.refused': '{name} no ha confirmado quién es usted. Inténtelo de nuevo o use otra forma.',
  'external.wrong':
    'Lo que envió {name} no corresponde a lo que se empezó aquí, o llegó demasiado tarde. Empiece de nuevo.',
  'external.notEnough':
    '{name} ha confirmado que es usted, pero no tanto como se necesita aquí. Use otra forma.',
  'external.taken': 'Esta cuenta de {name} ya está vinculada, con la suya o con otra.',
  'external.late': 'Ha tardado demasiado. Empiece de nuevo en su página de seguridad.',
  'external.security': 'Ir a la página de seguridad',

  'token.missing':
    'La dirección de esta página está incompleta. Abra de nuevo el enlace del mensaje o cópielo entero.',

  'problem.malformed': 'No se ha podido leer. Revise lo que ha introducido.',
  'problem.csrf': 'Esta página ha estado abierta demasiado tiempo. Recárguela e inténtelo de nuevo.',
  'problem.not-signed-in': 'La sesión está cerrada. Inicie sesión de nuevo para continuar.',
  'problem.step-up-needed': 'Para esto debe confirmar de nuevo que es usted.',
  'problem.wrong-credentials': 'No coincide con ninguna cuenta. Revise los dos campos e inténtelo de nuevo.',
  'problem.wrong-response': 'No es correcto. Revíselo e inténtelo de nuevo.',
  'problem.replayed-response': 'Ya se ha utilizado. Espere al siguiente e introdúzcalo.',
  'problem.not-linked':
    'Aquí no hay ninguna cuenta vinculada a esta identidad. Inicie sesión de otra forma y vincúlela después en su página de seguridad.',
  'problem.refused-response': 'Esto no se puede usar. Elija otra cosa.',
  'problem.identifier-taken': 'Ese nombre ya está en uso. Elija otro.',
  'problem.permit-needed':
    'Para ello necesita un enlace que solo recibe el titular de esta cuenta. Puede solicitarlo en la página que pide la configuración.',
  'problem.locks-you-out':
    'Usted mismo no cumple lo que exige esta regla. Configúrelo, confirme su identidad y guarde la regla después.',
  'problem.level-unreachable':
    'Ninguna de las formas de inicio de sesión disponibles aquí alcanza este nivel.',
  'problem.token-unknown':
    'Este enlace ya se ha utilizado, se ha sustituido por otro más reciente o es demasiado antiguo. Pida un mensaje nuevo.',
  'problem.ceremony-unknown': 'Este inicio de sesión ya no está abierto. Empiece de nuevo.',
  'problem.ceremony-used': 'Este inicio de sesión ya se completó. Empiece de nuevo.',
  'problem.ceremony-expired':
    'Ha pasado demasiado tiempo y se ha cerrado por su seguridad. Empiece de nuevo.',
  'problem.too-many-tries':
    'Demasiados intentos. Por su seguridad, espere un poco antes de intentarlo de nuevo.',
  'problem.too-many-tries-until': 'Demasiados intentos. Podrá intentarlo de nuevo {in} ({time}).',
  'problem.too-many-tries-over':
    'Demasiados intentos erróneos: esta forma queda cerrada por ahora. Empiece de nuevo o pruebe de otra forma.',
  'problem.enrolment-unknown':
    'Esta configuración ya no está abierta. Iníciela de nuevo; no se ha cambiado nada.',
  'problem.not-found': 'Esto ya no existe. La lista se ha actualizado.',
  'problem.last-authenticator':
    'Su cuenta no puede prescindir de esto. Añada primero otra forma y elimínelo después.',
  'problem.already-enrolled': 'Ya lo tiene y no se pueden añadir más.',
  'problem.forbidden': 'Su cuenta no tiene permiso para esto. Diríjase a quien administra este sitio.',
  'problem.too-many-codes': 'Se han pedido demasiados códigos. Pruebe de otra forma o espere unos minutos.',
  'problem.delivery-failed':
    'No se ha podido enviar el código. Inténtelo de nuevo en un momento o pruebe de otra forma.',
  'problem.provider-unavailable':
    'Esta forma no funciona en este momento. Pruebe con otra o inténtelo más tarde.',
  'problem.busy': 'Muchas personas están iniciando sesión ahora. Espere un momento e inténtelo de nuevo.',
  'problem.unavailable':
    'No funciona en este momento. Lo que ha introducido sigue aquí; inténtelo de nuevo en breve.',
  'problem.network': 'Sin conexión. Lo que ha introducido sigue aquí; compruebe su red e inténtelo de nuevo.',
  'problem.unexpected':
    'Se ha producido un error por nuestra parte. Inténtelo de nuevo; si continúa, avise a quien administra este sitio.',
};
