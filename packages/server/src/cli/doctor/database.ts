import { existsSync } from 'node:fs';
import type { Cofactor, CofactorError, Store } from 'cofactor';
import { keyUse } from 'cofactor/maintenance';
import type { Settings } from '../../settings/table.ts';
import type { Run } from '../command.ts';
import { CommandError } from '../exits.ts';
import { sqliteFileOf, type OpenRealms } from '../realms.ts';
import { plural } from '../text.ts';
import type { Check } from './check.ts';

/** Rows of the record that are looked at without `--deep`. */
const boundedRows = 20_000;

export async function databaseChecks(settings: Settings, run: Run): Promise<readonly Check[]> {
  const file = sqliteFileOf(settings);
  if (file !== null && !existsSync(file)) {
    return [
      {
        check: 'database',
        status: 'warning',
        message: `${file} is not there yet`,
        next: 'cofactor serve makes it.',
      },
    ];
  }
  let open: OpenRealms;
  try {
    open = await run.open({ migrate: false });
    await open.database.ping();
  } catch (error) {
    if (error instanceof CommandError) {
      return [
        {
          check: 'keys',
          status: 'problem',
          message: error.message,
          ...(error.next !== undefined && { next: error.next }),
        },
      ];
    }
    return [unreachable(error)];
  }
  const { database, realms } = open;
  const kind = file === null ? 'PostgreSQL' : file;
  const checks: Check[] = [
    database.durable
      ? { check: 'database', status: 'ok', message: `${kind} answers` }
      : { check: 'database', status: 'warning', message: 'in memory: everything is gone with the process' },
  ];
  const schema = await migrationCheck(database);
  checks.push(schema, await clockCheck(database, run));
  // Without its tables there is nothing to look at.
  if (schema.status === 'problem') return checks;
  for (const [realm, auth] of await open.every()) {
    checks.push(...(await secretChecks(realm, auth, run)), await recordCheck(realm, auth, run));
  }
  const users = realms.get('users');
  if (users) checks.push(await ownerCheck(users));
  return checks;
}

function unreachable(error: unknown): Check {
  const { code, detail } = error as Partial<CofactorError>;
  const why = code === undefined ? String(error) : `${code}${detail === undefined ? '' : `, ${detail}`}`;
  return {
    check: 'database',
    status: 'problem',
    message: `it does not answer (${why})`,
    next: 'Is it there, and may this server in? Nobody can sign in until then.',
  };
}

async function migrationCheck(database: Store): Promise<Check> {
  const { done, waiting } = await database.maintenance.migrations();
  if (waiting.length > 0) {
    return {
      check: 'migrations',
      status: 'problem',
      message: `${plural(waiting.length, 'migration')} to run`,
      next: 'cofactor migrate',
    };
  }
  return { check: 'migrations', status: 'ok', message: `up to date (${done.at(-1) ?? 'none'})` };
}

/** Codes from apps are good for a step of 30 seconds to each side: a clock that is further off lets nobody in. */
const offWarning = 2;
const offProblem = 15;

async function clockCheck(database: Store, { io }: Run): Promise<Check> {
  const before = io.clock.now().getTime();
  const there = await database.maintenance.time();
  if (there === null) {
    return {
      check: 'clock',
      status: 'not-applicable',
      message: 'SQLite has no clock but that of this machine',
    };
  }
  const after = io.clock.now().getTime();
  const off = Math.abs(there.getTime() - (before + after) / 2) / 1000;
  if (off < offWarning) return { check: 'clock', status: 'ok', message: 'as that of the database' };
  return {
    check: 'clock',
    status: off < offProblem ? 'warning' : 'problem',
    message: `${off.toFixed(0)} seconds from that of the database: one of them is wrong`,
    next: 'Have both set by a time server (NTP).',
  };
}

async function secretChecks(realm: string, auth: Cofactor, run: Run): Promise<readonly Check[]> {
  const deep = run.flag('deep');
  const keys = await keyUse(auth, { sample: !deep });
  const missing = keys.filter(({ inRing }) => !inRing);
  if (missing.length > 0) {
    return missing.map(({ id, sealed, codes }): Check => {
      const secrets = Object.values(sealed).reduce((sum, count) => sum + count, 0);
      return {
        check: 'stored secrets',
        status: 'problem',
        message: `${realm}: key ${id} is missing, and ${plural(secrets, 'secret')} and ${plural(codes.count, 'recovery code')} cannot be used without it`,
        next: 'Put it back behind the others in the keys.',
      };
    });
  }
  const older = keys.filter(({ newest, sealed }) => !newest && Object.keys(sealed).length > 0);
  const how = deep ? 'all' : 'the first of each kind';
  if (older.length > 0) {
    return [
      {
        check: 'stored secrets',
        status: 'warning',
        message: `${realm}: some are sealed with ${older.map(({ id }) => id).join(', ')}, which is not the newest key`,
        next: 'cofactor keys re-encrypt',
      },
    ];
  }
  return [
    {
      check: 'stored secrets',
      status: 'ok',
      message: `${realm}: sealed with the newest key (${how} looked at)`,
    },
  ];
}

async function recordCheck(realm: string, auth: Cofactor, run: Run): Promise<Check> {
  const { engine, audit } = auth;
  const head = await audit.head();
  if (run.flag('deep') || head.seq <= boundedRows) {
    const fault = await audit.verify();
    return fault
      ? {
          check: 'record',
          status: 'problem',
          message: `${realm}: row ${fault.seq} is ${fault.fault === 'missing' ? 'missing' : 'not as it was written'}`,
          next: 'Keep the database as it is, and compare it with a backup. See: cofactor audit verify',
        }
      : {
          check: 'record',
          status: 'ok',
          message: `${realm}: ${plural(head.seq, 'row')}, each as it was written`,
        };
  }
  // The end of it, from a row on that is believed here.
  let [previous] = await engine.store.auditRows(realm, head.seq - boundedRows, 1);
  while (previous && previous.seq < head.seq) {
    const rows = await engine.store.auditRows(realm, previous.seq, 1000);
    const fault = engine.audit.faultIn(rows, previous);
    if (fault) {
      return {
        check: 'record',
        status: 'problem',
        message: `${realm}: row ${fault.seq} is ${fault.fault === 'missing' ? 'missing' : 'not as it was written'}`,
        next: 'See: cofactor audit verify',
      };
    }
    if (rows.length === 0) break;
    previous = rows.at(-1);
  }
  return {
    check: 'record',
    status: 'ok',
    message: `${realm}: the last ${plural(boundedRows, 'row')} are as they were written`,
    next: 'All of it: cofactor doctor --deep',
  };
}

async function ownerCheck({ engine, realm }: Cofactor): Promise<Check> {
  if (await engine.store.setUp.hasRole(realm, 'owner')) {
    return { check: 'owner', status: 'ok', message: 'somebody owns this server' };
  }
  return {
    check: 'owner',
    status: 'warning',
    message: 'nobody owns this server yet',
    next: 'cofactor serve prints a link to set it up; or: cofactor user add <name> --role owner',
  };
}
