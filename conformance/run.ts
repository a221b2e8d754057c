import { Accounts } from './accounts.ts';
import { Check, describe, Failed, Skipped, type Module } from './check.ts';
import { discover, reasonOf } from './client.ts';
import { UsageError, type Config } from './config.ts';
import { openDrivers } from './drivers/open.ts';
import { Codes } from './totp.ts';

/** What one module found. */
export interface Result extends Pick<Module, 'name' | 'checks' | 'spec' | 'guards'> {
  readonly outcome: 'pass' | 'fail' | 'skipped';
  /** Why it failed or was skipped. */
  readonly reason: string | null;
  /** Each request and what came of it, in order. */
  readonly seen: readonly string[];
  readonly milliseconds: number;
}

export interface RunOptions {
  /** Told of each module before it starts. */
  readonly began?: (module: Module, number: number) => void;
}

/** Runs modules against an issuer, one after the other. Throws `UsageError` where it cannot be checked at all. */
export async function run(
  config: Config,
  modules: readonly Module[],
  { began }: RunOptions = {},
): Promise<readonly Result[]> {
  const server = await discover(config);
  const codes = new Codes();
  const drivers = await openDrivers(config, codes);
  const accounts = new Accounts(config, codes);
  const check = (): Check => new Check(config, server, accounts, drivers.open);
  try {
    await tryToSignIn(check());
    const results: Result[] = [];
    for (const [index, module] of modules.entries()) {
      began?.(module, index + 1);
      results.push(await runModule(module, check()));
    }
    return results;
  } finally {
    await drivers.close();
  }
}

async function runModule(module: Module, check: Check): Promise<Result> {
  const { name, checks, spec, guards } = module;
  const start = performance.now();
  let outcome: Result['outcome'] = 'pass';
  let reason: string | null = null;
  try {
    await module.run(check);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    outcome = error instanceof Skipped ? 'skipped' : 'fail';
    // What a module did not foresee is no pass: the issuer did something that cannot be judged.
    reason =
      error instanceof Skipped || error instanceof Failed
        ? error.message
        : `not foreseen: ${reasonOf(error)}`;
  } finally {
    await check.close();
  }
  const milliseconds = Math.round(performance.now() - start);
  return { name, checks, spec, guards, outcome, reason, seen: check.seen, milliseconds };
}

/** Without a sign-in that works nothing else means anything: most likely the configuration is wrong. */
async function tryToSignIn(check: Check): Promise<void> {
  try {
    const person = await check.person();
    const answer = await check.authorize(person);
    if (answer.kind !== 'code') throw new Failed(describe(answer));
    await check.redeem(answer);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`a plain sign-in does not work as it is configured: ${reasonOf(error)}`);
  } finally {
    await check.close();
  }
}
