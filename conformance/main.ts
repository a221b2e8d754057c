/**
 * `npm run conformance`: looks at how an OpenID Connect provider treats several factors. See README.md.
 */
import { parseArgs } from 'node:util';
import { UsageError, type Config } from './config.ts';
import { modules } from './modules/index.ts';
import { completeConfig, readConfigFile } from './read-config.ts';
import { progress, reportOf, tableOf } from './report.ts';
import { run } from './run.ts';
import type { Target } from './targets/target.ts';

const help = `Looks at how an OpenID Connect provider treats several factors.

  npm run conformance                         our own server, which it starts by itself
  npm run conformance -- --against bare       oidc-provider as it comes: some modules have to fail
  npm run conformance -- --config acme.json   the issuer that the file describes

  --issuer <url>          goes before what the file says, as do the next three
  --client-id <id>
  --client-secret <text>
  --redirect-uri <url>
  --config <file>         client, levels, accounts, and how to sign in (conformance/README.md)
  --against <name>        an issuer that is started for the run: ours, bare, bare-with-session
  --driver <name>         how pages are answered: forms, browser, cofactor (ours: the last two)
  --only <names>          some modules, separated by commas
  --list                  what the modules look at; checks nothing
  --verbose               what was seen, also where all is well
  --json                  the report as JSON on standard output
  --help

Example:

  npm run conformance -- --config acme.json --issuer https://id.acme.example --client-secret "$SECRET"

Exit code: 0 all passed or were skipped, 1 a module failed, 2 wrong use or an issuer that cannot be checked.
`;

const options = {
  issuer: { type: 'string' },
  'client-id': { type: 'string' },
  'client-secret': { type: 'string' },
  'redirect-uri': { type: 'string' },
  config: { type: 'string' },
  against: { type: 'string' },
  driver: { type: 'string' },
  only: { type: 'string' },
  list: { type: 'boolean' },
  verbose: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;
type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

try {
  process.exitCode = await main(readArguments());
} catch (error) {
  process.stderr.write(`${error instanceof UsageError ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = 2;
}

function readArguments(): Values {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${help}`);
  }
}

async function main(values: Values): Promise<number> {
  if (values.help === true) {
    process.stdout.write(help);
    return 0;
  }
  const chosen = choose(values.only);
  if (values.list === true) {
    for (const { name, checks, spec } of chosen) process.stdout.write(`${name}\n  ${checks}\n  ${spec}\n`);
    return 0;
  }
  const target = await targetOf(values);
  const { say, end } = progress();
  try {
    const results = await run(target.config, chosen, {
      began: ({ name }, number) => say(`${number}/${chosen.length} ${name}`),
    });
    end();
    const report = reportOf(target.config, results);
    process.stdout.write(
      values.json === true
        ? `${JSON.stringify(report, null, 2)}\n`
        : `${tableOf(report, values.verbose === true)}\n`,
    );
    return report.failed > 0 ? 1 : 0;
  } finally {
    end();
    await target.close();
  }
}

function choose(only: string | undefined): typeof modules {
  if (only === undefined) return modules;
  const names = only.split(',');
  const unknown = names.find((name) => !modules.some((module) => module.name === name));
  if (unknown !== undefined) {
    throw new UsageError(
      `there is no module ${unknown}; there are ${modules.map(({ name }) => name).join(', ')}`,
    );
  }
  return modules.filter(({ name }) => names.includes(name));
}

async function targetOf(values: Values): Promise<Target> {
  const described = values.config !== undefined || values.issuer !== undefined;
  if (described && values.against !== undefined) {
    throw new UsageError('--against starts an issuer of its own: leave --issuer and --config out');
  }
  if (described) return { config: describedBy(values), close: () => Promise.resolve() };
  const name = values.against ?? 'ours';
  if (name !== 'ours' && values.driver !== undefined) throw new UsageError(`--driver is not for ${name}`);
  switch (name) {
    case 'bare':
      return (await import('./targets/bare.ts')).startBare();
    case 'bare-with-session':
      return (await import('./targets/bare.ts')).startBareWithSession();
    case 'ours':
      return (await import('./targets/ours.ts')).startOurs(ourDriver(values.driver));
    default:
      throw new UsageError(`--against takes ours, bare or bare-with-session, not ${name}`);
  }
}

function ourDriver(name = 'cofactor'): 'cofactor' | 'browser' {
  if (name === 'cofactor' || name === 'browser') return name;
  throw new UsageError(`our own pages take the driver cofactor or browser, not ${name}`);
}

function describedBy(values: Values): Config {
  const file = values.config === undefined ? {} : readConfigFile(values.config);
  const said = {
    id: values['client-id'],
    secret: values['client-secret'],
    redirectUri: values['redirect-uri'],
  };
  const given = Object.entries(said).filter(([, value]) => value !== undefined);
  return completeConfig({
    ...file,
    ...(values.issuer !== undefined && { issuer: values.issuer }),
    ...(values.driver !== undefined && { driver: values.driver }),
    client: { ...(file['client'] as object | undefined), ...Object.fromEntries(given) },
  });
}
