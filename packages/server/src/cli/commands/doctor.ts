import { SettingsError } from '../../settings/load.ts';
import type { Settings } from '../../settings/table.ts';
import type { Result, Run } from '../command.ts';
import { CommandError } from '../exits.ts';
import { clean, plural } from '../text.ts';
import type { Check } from '../doctor/check.ts';

const marks = { ok: 'ok     ', warning: 'warning', problem: 'PROBLEM', 'not-applicable': '-      ' } as const;

export async function doctor(run: Run): Promise<Result> {
  if (run.flag('restored')) {
    if (run.flag('deep') || run.option('mail-to') !== undefined) {
      throw new CommandError('usage', '--restored looks at nothing: it goes without --deep and --mail-to.');
    }
    return (await import('./restored.ts')).restored(run);
  }
  const checks = await look(run);
  const problems = checks.filter(({ status }) => status === 'problem');
  const warnings = checks.filter(({ status }) => status === 'warning');
  const widest = Math.max(...checks.map(({ check }) => check.length));
  const lines = checks.flatMap(({ check, status, message, next }) => [
    `${marks[status]}  ${check.padEnd(widest)}  ${clean(message)}`,
    ...(next === undefined ? [] : [`${' '.repeat(widest + 11)}-> ${clean(next)}`]),
  ]);
  return {
    ...(problems.length > 0 && { exit: 'problem' as const }),
    json: {
      healthy: problems.length === 0,
      problems: problems.length,
      warnings: warnings.length,
      checks: checks.map(({ next = null, ...check }) => ({ ...check, next })),
    },
    text: lines.join('\n'),
    notes: [
      problems.length === 0 && warnings.length === 0
        ? 'All is well.'
        : `${plural(problems.length, 'problem')}, ${plural(warnings.length, 'warning')}.`,
    ],
  };
}

async function look(run: Run): Promise<readonly Check[]> {
  let settings: Settings;
  try {
    ({ settings } = run);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    // Without them nothing else can be looked at.
    return error.faults.map((fault) => ({ check: 'settings', status: 'problem', message: fault }));
  }
  const { settingsChecks } = await import('../doctor/settings.ts');
  const { databaseChecks } = await import('../doctor/database.ts');
  const { mailChecks } = await import('../doctor/mail.ts');
  return [
    ...settingsChecks(settings, run),
    ...(await databaseChecks(settings, run)),
    ...(await mailChecks(settings, run)),
  ];
}
