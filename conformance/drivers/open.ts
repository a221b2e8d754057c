import type { OpenDriver } from '../check.ts';
import type { Config } from '../config.ts';
import type { Codes } from '../totp.ts';
import { launchChromium } from './chromium.ts';
import { cofactorDriver } from './cofactor.ts';
import { formsDriver } from './forms.ts';

/** The way to a browser for each person, as the configuration names it. One Chromium serves all of them. */
export async function openDrivers(
  config: Config,
  codes: Codes,
): Promise<{ readonly open: OpenDriver; close(): Promise<void> }> {
  const clients = [config.client, config.clientWithDefaultAcr, config.clientWithMinimum];
  const redirectUris = clients.flatMap((client) => (client ? [client.redirectUri] : []));
  const nothing = (): Promise<void> => Promise.resolve();
  switch (config.driver) {
    case 'forms':
      return {
        open: async (account) => formsDriver({ config, codes, redirectUris, account }),
        close: nothing,
      };
    case 'cofactor':
      return {
        open: async (account) => cofactorDriver({ config, codes, redirectUris, account }),
        close: nothing,
      };
    case 'browser': {
      const chromium = await launchChromium();
      return {
        open: (account) => chromium.open({ config, codes, redirectUris, account }),
        close: () => chromium.close(),
      };
    }
  }
}
