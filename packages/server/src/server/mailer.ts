import type { Mailer } from 'cofactor';
import type { Settings } from '../settings/table.ts';
import { isProduction, originFor } from './origin.ts';

/** The mail server of the settings; on this machine under development a mailbox to look into, and else none. */
export async function mailerFor(settings: Settings): Promise<Mailer | null> {
  const { mail, mailFrom } = settings;
  if (mail === null || mailFrom === null) {
    const isTrial = new URL(originFor(settings)).hostname === 'localhost' && !isProduction(settings);
    return isTrial ? (await import('cofactor/mail')).mailbox() : null;
  }
  const { smtp } = await import('cofactor/mail');
  const { hostname, port, protocol, username, password } = new URL(mail);
  return smtp({
    host: hostname,
    from: mailFrom,
    secure: protocol === 'smtps:',
    ...(port !== '' && { port: Number(port) }),
    ...(username !== '' && { user: decodeURIComponent(username), password: decodeURIComponent(password) }),
  });
}
