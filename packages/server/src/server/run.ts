import { setFlagsFromString } from 'node:v8';
import type { Settings } from '../settings/table.ts';
import { createServer, type Server } from './create.ts';

/**
 * Runs the server until it is told to stop (SIGTERM, SIGINT), and gives the exit code. A second signal ends it at once.
 *
 * `alongside` is begun with the server, and what it gives is called when the server has ended.
 *
 * @throws {SettingsError}
 */
export async function runServer(
  settings: Settings,
  alongside: (server: Server) => () => void = () => () => undefined,
): Promise<number> {
  // From the first moment: what is told to stop while it starts stops once it has started.
  const stop = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
  const server = await createServer(settings);
  const end = alongside(server);
  const { address, metrics } = await server.listen();
  const { logger } = server;
  // Of `bin/cofactor.js`: 2 is what V8 has by itself.
  setFlagsFromString('--semi-space-growth-factor=2');
  const notice = await server.setUpNotice();
  if (notice !== null) process.stdout.write(notice);
  logger.info({ metrics, origin: originOf(server.realms) }, `listening on ${address}`);

  const signal = await stop;
  logger.info({ signal }, 'stopping');
  for (const again of ['SIGTERM', 'SIGINT'] as const) {
    process.once(again, () => {
      logger.warn({ signal: again }, 'ended at once');
      process.exit(again === 'SIGTERM' ? 143 : 130);
    });
  }
  await server.close();
  end();
  logger.info('stopped');
  return 0;
}

function originOf(
  realms: ReadonlyMap<string, { readonly engine: { readonly config: { readonly origin: URL } } }>,
): string {
  const [first] = realms.values();
  return first?.engine.config.origin.origin ?? '';
}
