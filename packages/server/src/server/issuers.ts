import { CofactorError, type Cofactor, type FactorProvider } from 'cofactor';
import { issuersOf } from 'cofactor/admin';
import type { Logger } from 'pino';
import { openidOptionsOf } from '../back-office/index.ts';

/**
 * Providers of the issuers that the back office keeps in the database, as they are now: a node takes them up when it starts.
 * One that cannot be made is left out and told in the log; who has linked it cannot sign in with it, and nobody gets in by
 * less (I-12). A name of the settings goes before one of the database.
 */
export async function storedIssuers(
  { engine }: Cofactor,
  logger: Logger,
): Promise<readonly FactorProvider[]> {
  const stored = await issuersOf(engine);
  if (stored.length === 0) return [];
  const { openid } = await import('cofactor/openid');
  return stored.flatMap((issuer): FactorProvider[] => {
    const about = { realm: engine.realm, issuer: issuer.name };
    if (engine.config.providers.has(issuer.name)) {
      logger.warn(about, 'an issuer of the database has a name that is taken by the settings');
      return [];
    }
    try {
      return [openid(openidOptionsOf(issuer))];
    } catch (error) {
      if (!(error instanceof CofactorError)) throw error;
      logger.error({ ...about, error }, 'an issuer of the database cannot be used');
      return [];
    }
  });
}
