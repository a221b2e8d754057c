import { unwatchFile, watchFile } from 'node:fs';
import { keysFor } from '../server/keys.ts';
import { runServer } from '../server/run.ts';
import type { Server } from '../server/create.ts';
import type { Result, Run } from './command.ts';
import { CommandError } from './exits.ts';
import { keySourceOf, keyWatcher } from './key-file.ts';
import { refuseLostKeys } from './realms.ts';
import { settingsFrom } from './settings.ts';

/** How often the file of the keys is looked at, in milliseconds. */
const lookEvery = 1000;

/** Runs until it is told to stop. */
export async function serve(run: Run): Promise<Result> {
  refuseLostKeys(run.settings);
  const code = await runServer(run.settings, (server) => followKeys(server, run));
  if (code !== 0) throw new CommandError('failed', `The server ended with ${code}.`);
  return {};
}

/** Takes up keys as they are changed, so that they rotate while people sign in. Gives what ends it. */
function followKeys({ realms, logger }: Server, run: Run): () => void {
  const source = keySourceOf(run.settings, run.io.env, run.settingsFile);
  const read = (): ReturnType<typeof keysFor> =>
    source.kind === 'file'
      ? keysFor(run.settings, run.io.random)
      : keysFor(
          settingsFrom(run.settingsFile === null ? {} : { settings: run.settingsFile }, run.io.env),
          run.io.random,
        );
  const renew = (): void => {
    try {
      const keys = read();
      for (const { engine } of realms.values()) engine.keys.renew(keys);
      logger.info({ keys: keys.map(({ id }) => id) }, 'keys read again');
    } catch (error) {
      logger.error({ error }, 'the keys cannot be read again; those at hand stay');
    }
  };
  process.on('SIGHUP', renew);
  const { file } = source;
  if (file !== null) {
    watchFile(file, { interval: lookEvery, persistent: false }, renew);
    // A secret that was sealed with a new key a moment ago need not wait for that.
    for (const { engine } of realms.values()) engine.keys.whenMissing(keyWatcher(file, read));
  }
  return () => {
    process.off('SIGHUP', renew);
    if (file !== null) unwatchFile(file, renew);
  };
}
