import { createServer } from '../server/create.ts';
import { settingsFrom } from './settings.ts';

/** Runs until it is told to stop. */
export async function serve(options: { readonly settings?: string }): Promise<void> {
  const server = await createServer(settingsFrom(options));
  await server.listen();
  server.logger.info({ origin: server.settings.origin }, 'listening');
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  await server.close();
}
