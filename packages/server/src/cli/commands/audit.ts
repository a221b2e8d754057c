import type { AuditFilter } from 'cofactor';
import type { Result, Run } from '../command.ts';
import { CommandError } from '../exits.ts';
import { plural } from '../text.ts';

export async function verify(run: Run): Promise<Result> {
  const open = await run.open();
  const names = run.option('realm') === undefined ? [...open.realms.keys()] : [run.option('realm') ?? ''];
  const anchor = run.option('anchor');
  if (anchor !== undefined && names.length > 1) {
    throw new CommandError('usage', '--anchor is the head of one realm: say which with --realm.');
  }
  const earlier = anchor === undefined ? undefined : headOf(anchor);
  const checked = [];
  for (const name of names) {
    const { audit } = open.realm(name);
    const fault = await audit.verify(earlier);
    const head = await audit.head();
    checked.push({ realm: name, fault, head });
  }
  const broken = checked.filter(({ fault }) => fault !== null);
  return {
    ...(broken.length > 0 && { exit: 'problem' as const }),
    json: { verified: broken.length === 0, realms: checked },
    text: checked
      .map(({ realm, fault, head }) =>
        fault
          ? `${realm}: row ${fault.seq} ${faults[fault.fault]}`
          : `${realm}: ${plural(head.seq, 'row')}, each as it was written\n  head ${head.seq}:${head.mac}`,
      )
      .join('\n'),
    notes:
      broken.length > 0
        ? ['Keep the database as it is, and compare it with a backup: from that row on nothing is certain.']
        : [
            'Keep the head somewhere else. Only `--anchor <head>` of an earlier day shows that the end was cut off.',
          ],
  };
}

const faults = {
  missing: 'is missing',
  altered: 'is not as it was written',
  anchor: 'is where the kept rows are said to begin, and it is not we who said so',
} as const;

function headOf(text: string): { readonly seq: number; readonly mac: string } {
  const [, seq, mac] = /^(\d{1,15}):(\S+)$/.exec(text) ?? [];
  if (seq === undefined || mac === undefined)
    throw new CommandError('usage', '--anchor takes a head as `audit verify` prints it: <number>:<MAC>.');
  return { seq: Number(seq), mac };
}

/** Writes as it reads: a record may be longer than memory. */
export async function exportRows(run: Run): Promise<Result> {
  const format = run.json ? 'jsonl' : (run.option('format') ?? 'jsonl');
  const open = await run.open();
  const { audit, users } = open.realm(run.option('realm') ?? 'users');
  const who = run.option('user');
  const user = who === undefined ? undefined : await idOf(who, users.find);
  const filter: AuditFilter = {
    ...(run.list('type').length > 0 && { types: run.list('type') }),
    ...(user !== undefined && { user }),
    ...timeOf(run, 'from'),
    ...timeOf(run, 'to'),
  };
  for await (const piece of audit.export({ ...filter, format: format === 'csv' ? 'csv' : 'jsonl' })) {
    if (!(await run.io.stdout.write(piece))) break;
  }
  return {};
}

async function idOf(
  who: string,
  find: (identifier: string) => Promise<{ readonly id: string } | null>,
): Promise<string> {
  if (/^usr_[A-Za-z0-9_-]{22}$/.test(who)) return who;
  const user = await find(who);
  if (user) return user.id;
  throw new CommandError(
    'not-found',
    `There is no account ${who}.`,
    'Of an account that is gone, give the id (usr_...).',
  );
}

function timeOf(run: Run, name: 'from' | 'to'): { readonly from?: Date; readonly to?: Date } {
  const text = run.option(name);
  if (text === undefined) return {};
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || !/^\d{4}-\d\d-\d\d/.test(text)) {
    throw new CommandError(
      'usage',
      `--${name} takes a day or a time, e.g. 2030-06-15 or 2030-06-15T12:00:00Z.`,
    );
  }
  return { [name]: time };
}

export async function prune(run: Run): Promise<Result> {
  const days = run.number('older-than');
  if (days === undefined || days < 1) {
    throw new CommandError('usage', 'audit prune needs --older-than <days>, 1 or more.');
  }
  const open = await run.open();
  const name = run.option('realm') ?? 'users';
  const { audit } = open.realm(name);
  const olderThan = new Date(run.io.clock.now().getTime() - days * 86_400_000);
  await run.confirm(
    `Remove what was recorded in ${name} before ${olderThan.toISOString().slice(0, 10)}? Export it first, if it may be asked for.`,
  );
  const outcome = await audit.prune({ olderThan });
  if (outcome.status === 'broken') {
    return {
      exit: 'problem',
      json: outcome,
      text: `Row ${outcome.fault.seq} ${faults[outcome.fault.fault]}: nothing more is removed of a record that is not whole.`,
      notes: ['See: cofactor audit verify'],
    };
  }
  const { removed, anchor, heldBy } = outcome;
  return {
    ...(heldBy !== undefined && { exit: 'partly' as const }),
    json: outcome,
    text: `${plural(removed, 'row')} removed.${anchor ? `\n  anchor ${anchor.seq}:${anchor.mac}` : ''}`,
    notes: heldBy === undefined ? [] : [`The rest stays until webhook ${heldBy} has delivered it.`],
  };
}
