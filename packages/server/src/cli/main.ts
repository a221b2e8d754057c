import { Command, CommanderError } from 'commander';
import { SettingsError } from '../settings/load.ts';
import { serve } from './serve.ts';

/** Exit codes: what a script may want to tell apart. */
export const exitCodes = Object.freeze({ fine: 0, failed: 1, usage: 2, settings: 3 });

/** The command line. Resolves with the exit code; never throws. */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command('cofactor')
    .description('The sign-in server of Cofactor, and the tools of who runs it.')
    .option('--settings <file>', 'a JSON file with settings (cofactor.json, where there is one)')
    .exitOverride();
  program
    .command('serve')
    .description('Starts the server: sign-in, account pages, OpenID Connect and back office.')
    .action(async () => serve(program.opts<{ settings?: string }>()));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCodes.fine;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
    console.error(error instanceof Error ? error.message : error);
    return error instanceof SettingsError ? exitCodes.settings : exitCodes.failed;
  }
}
