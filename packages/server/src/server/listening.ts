import { SettingsError } from '../settings/load.ts';

const settingsOf = {
  '': { port: 'port', host: 'host' },
  metrics: { port: 'metricsPort', host: 'metricsHost' },
} as const;

/**
 * Waits for a server to listen. Where it cannot have its place, that is a setting that cannot be used.
 *
 * @throws {SettingsError}
 */
export async function listening<T>(which: keyof typeof settingsOf, begun: Promise<T>): Promise<T> {
  try {
    return await begun;
  } catch (error) {
    const { port, host } = settingsOf[which];
    const faults: Readonly<Record<string, string>> = {
      EADDRINUSE: `${port}: something else listens there already. Stop it, or choose another; 0 takes a free one`,
      EACCES: `${port}: this user may not listen there. Take one from 1024 on, behind a proxy`,
      EADDRNOTAVAIL: `${host}: no address of this machine`,
      ENOTFOUND: `${host}: no address of this machine`,
    };
    const fault = faults[(error as NodeJS.ErrnoException).code ?? ''];
    throw fault === undefined ? error : new SettingsError([fault]);
  }
}
