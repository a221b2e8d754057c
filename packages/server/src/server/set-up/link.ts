import type { Cofactor } from 'cofactor';
import type { Logger } from 'pino';
import { ownerRole } from './routes.ts';

/**
 * What is shown to who starts a server that nobody owns yet; `null` where somebody does. It is for the terminal: the log
 * learns no more than that there is a link, because logs are collected and read by many (I-28).
 */
export async function setUpNotice(auth: Cofactor, logger: Logger): Promise<string | null> {
  if (!auth.engine.config.providers.has('password')) {
    if (!(await auth.engine.store.setUp.hasRole(auth.realm, ownerRole)))
      logger.warn('nobody owns this server yet: cofactor user add --role owner');
    return null;
  }
  const secret = await auth.setUp.link(ownerRole);
  if (secret === null) return null;
  logger.info('nobody owns this server yet: a link to set it up was printed');
  const { origin } = auth.engine.config.origin;
  return [
    '',
    '  Nobody owns this server yet. Open this link to create its first account:',
    '',
    `    ${origin}/admin/set-up#${secret}`,
    '',
    '  It works once, for an hour. The next start makes a new one.',
    '',
    '',
  ].join('\n');
}
