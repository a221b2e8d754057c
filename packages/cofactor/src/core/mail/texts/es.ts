import type { MailTexts } from './texts.ts';

const secure = 'Si no ha sido usted, cambie su contraseña de inmediato y revise qué protege su cuenta.';
const ask = 'Si no ha sido usted, avise de inmediato a quien administra {site}.';
const ignore = 'Si no lo ha pedido, no haga nada: sin el enlace no ocurre nada.';
const open = 'Ver su cuenta';

export const es: MailTexts = Object.freeze({
  footer: 'Enviado por {site}, {origin}, a {to}.',
  when: 'Cuándo: {when}',
  where: 'Desde: {where}',
  device: '{browser} en {system}',
  comma: ', ',
  named: '{method} ({name})',
  notices: Object.freeze({
    'confirm-email': {
      subject: 'Confirme su dirección de correo para {site}',
      text: 'Confirme que esta dirección es suya. El enlace sirve una sola vez, durante {lifetime}.',
      notYou: ignore,
      button: 'Confirmar esta dirección',
    },
    'change-email': {
      subject: 'Confirme su nueva dirección de correo para {site}',
      text: 'Confirme que los mensajes sobre su cuenta deben llegar a esta dirección a partir de ahora. El enlace sirve una sola vez, durante {lifetime}.',
      notYou: ignore,
      button: 'Usar esta dirección',
    },
    'email-changed': {
      subject: 'Su dirección de correo para {site} ha cambiado',
      text: 'Los mensajes sobre su cuenta llegan ahora a {address} y ya no a esta dirección.',
      notYou: ask,
    },
    'email-confirmed': {
      subject: 'Su dirección de correo para {site} está confirmada',
      text: 'Los mensajes sobre su cuenta llegan a esta dirección a partir de ahora.',
      notYou: secure,
      button: open,
    },
    'enrolment-permitted': {
      subject: 'Configure su segundo factor para {site}',
      text: 'Su cuenta necesita un segundo factor. Alguien inició sesión con su contraseña y quiere configurarlo: se hace con este enlace. Funciona una sola vez, durante {lifetime}.',
      notYou:
        '¿No ha sido usted? Entonces alguien conoce su contraseña. No abra el enlace y cambie la contraseña de inmediato.',
      button: 'Configurar un segundo factor',
    },
    'forgot-password': {
      subject: 'Elija una nueva contraseña para {site}',
      text: 'Alguien ha pedido una nueva contraseña para su cuenta. Con este enlace puede elegirla. Sirve una sola vez, durante {lifetime}. Su segundo factor sigue igual.',
      notYou: 'Si no ha sido usted, no haga nada: su contraseña sigue igual.',
      button: 'Elegir una nueva contraseña',
    },
    'forgot-password-impossible': {
      subject: 'Su contraseña para {site}',
      text: 'Alguien ha pedido una nueva contraseña para su cuenta, pero no tiene ninguna que pueda cambiarse por correo. Inicie sesión como siempre o consulte a quien administra {site}.',
      notYou: 'Si no ha sido usted, no haga nada: no se ha cambiado nada.',
    },
    'password-reset-done': {
      subject: 'Su contraseña para {site} se ha restablecido',
      text: 'La contraseña de su cuenta se ha cambiado mediante un enlace que se le envió por correo. Se han cerrado todas las sesiones.',
      notYou: ask,
      button: open,
    },
    'password-changed': {
      subject: 'Su contraseña para {site} ha cambiado',
      text: 'La contraseña de su cuenta ha cambiado. Se han cerrado todas las demás sesiones.',
      notYou: ask,
      button: open,
    },
    'authenticator-added': {
      subject: 'Se ha añadido una forma de entrar en {site}',
      text: 'Ahora su cuenta también puede confirmarse con esto: {what}.',
      notYou: secure,
      button: open,
    },
    'authenticator-removed': {
      subject: 'Se ha quitado una forma de entrar en {site}',
      text: 'Esto se ha quitado de su cuenta y ya no sirve: {what}.',
      notYou: secure,
      button: open,
    },
    'authenticator-disabled': {
      subject: 'Se ha desactivado una forma de entrar en {site}',
      text: 'Ha habido demasiados intentos fallidos con esto: {what}. No servirá hasta que lo configure de nuevo.',
      notYou:
        'Si esos intentos no eran suyos, quizá alguien conozca su contraseña. Inicie sesión de otra forma y cámbiela.',
      button: open,
    },
    'recovery-renewed': {
      subject: 'Nuevos códigos de recuperación para {site}',
      text: 'Se han creado nuevos códigos de recuperación para su cuenta. Los anteriores ya no sirven.',
      notYou: secure,
      button: open,
    },
    'second-factor-failed': {
      subject: '¿Ha sido usted? El segundo paso en {site} ha fallado',
      text: 'Alguien ha introducido la contraseña correcta de su cuenta y ha fallado en el segundo paso: {what}. No se le ha dejado entrar.',
      notYou:
        'Si no ha sido usted, alguien conoce su contraseña. Cámbiela de inmediato y no dé ningún código a quien se lo pida.',
      button: open,
    },
    'new-device-remembered': {
      subject: '{site} recuerda un navegador',
      text: 'A partir de ahora, este navegador entra en su cuenta sin el segundo paso.',
      notYou: secure,
      button: open,
    },
    'account-deleted': {
      subject: 'Su cuenta en {site} se ha eliminado',
      text: 'Su cuenta y todo lo que la protegía se han eliminado. Este es el último mensaje sobre ella.',
      notYou: ask,
    },
    invitation: {
      subject: 'Le han invitado a {site}',
      text: 'Se ha creado una cuenta para usted en {site}. Con este enlace elige cómo iniciar sesión. Funciona una sola vez, durante {lifetime}.',
      notYou: 'Si no sabe de qué se trata, no haga nada: sin el enlace nadie puede iniciar sesión en ella.',
      button: 'Configurar su cuenta',
    },
    'factors-reset': {
      subject: 'Se ha eliminado su segundo factor para {site}',
      text: 'Quien administra {site} ha eliminado todos los segundos factores y códigos de recuperación de su cuenta. Se han cerrado todas las sesiones. Inicie sesión de nuevo y configure un segundo factor.',
      notYou: ask,
    },
    'permit-given': {
      subject: 'Ya puede configurar su segundo factor para {site}',
      text: 'Quien administra {site} le permite configurar un segundo factor para su cuenta. Inicie sesión y abra después este enlace en el mismo navegador. Funciona una sola vez, durante {lifetime}.',
      notYou: ask,
      button: 'Configurar un segundo factor',
    },
    'permit-handed-over': {
      subject: 'Se ha creado un enlace para configurar su segundo factor para {site}',
      text: 'Quien administra {site} ha creado un enlace con el que se puede configurar un segundo factor para su cuenta. Se lo entregará por otra vía. Funciona una sola vez, durante {lifetime}.',
      notYou: ask,
    },
  }),
});
