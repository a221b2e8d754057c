/** The ready-made server as `cofactor serve` runs it, with settings from the environment. */
import { loadSettings, runServer, SettingsError } from 'cofactor-server';

const own = Object.entries(process.env).filter(([name]) => !name.startsWith('COFACTOR_TEST_'));
try {
  process.exitCode = await runServer(loadSettings({ file: null, env: Object.fromEntries(own) }));
} catch (error) {
  process.stderr.write(`${error instanceof SettingsError ? error.message : String(error)}\n`);
  process.exitCode = 3;
}
