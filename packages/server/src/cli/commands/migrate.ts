import type { Result, Run } from '../command.ts';
import { plural } from '../text.ts';

export async function migrate(run: Run): Promise<Result> {
  const { database } = await run.open({ migrate: false });
  if (run.flag('status')) {
    const { done, waiting } = await database.maintenance.migrations();
    const lines = [...done.map((name) => `done     ${name}`), ...waiting.map((name) => `waiting  ${name}`)];
    return {
      ...(waiting.length > 0 && { exit: 'problem' as const }),
      json: { done, waiting },
      text: lines.join('\n'),
      notes:
        waiting.length > 0
          ? [`${plural(waiting.length, 'migration')} to run: cofactor migrate`]
          : ['The database is up to date.'],
    };
  }
  const ran = await database.migrate();
  return {
    json: { ran },
    text: ran.map((name) => `done  ${name}`).join('\n'),
    notes: [ran.length > 0 ? `${plural(ran.length, 'migration')} ran.` : 'The database was up to date.'],
  };
}
