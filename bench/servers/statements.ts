/**
 * Counts what is handed to the database, at the driver and for every contender alike, so that no count rests on
 * a contender's own word.
 */
import { createRequire } from 'node:module';
import type { DatabaseConfig } from './protocol.ts';

export const counted = { statements: 0, transactionControl: 0 };

const control = /^\s*(begin|commit|rollback|savepoint|release|end)\b/i;

function count(isControl: boolean): void {
  if (isControl) counted.transactionControl++;
  else counted.statements++;
}

type Method = (this: object, ...args: unknown[]) => unknown;
type Methods = Record<string, Method>;

export function countStatements(database: DatabaseConfig): void {
  const require = createRequire(import.meta.url);
  if (database.kind === 'sqlite') countSqlite(require('better-sqlite3') as typeof import('better-sqlite3'));
  if (database.kind === 'postgres') countPostgres(require('pg') as typeof import('pg'));
}

function countSqlite(Database: typeof import('better-sqlite3')): void {
  const probe = new Database(':memory:');
  const databases = Object.getPrototypeOf(probe) as Methods;
  const statements = Object.getPrototypeOf(probe.prepare('select 1')) as Methods;
  probe.close();
  const controls = new WeakSet<object>();
  around(databases, 'prepare', (method, self, args) => {
    const statement = method.apply(self, args) as object;
    if (control.test(String(args[0]))) controls.add(statement);
    return statement;
  });
  for (const name of ['run', 'get', 'all', 'iterate']) {
    around(statements, name, (method, self, args) => {
      count(controls.has(self));
      return method.apply(self, args);
    });
  }
  around(databases, 'exec', (method, self, args) => {
    count(control.test(String(args[0])));
    return method.apply(self, args);
  });
}

function countPostgres(pg: typeof import('pg')): void {
  around(pg.Client.prototype as unknown as Methods, 'query', (method, self, args) => {
    const query = args[0] as string | { readonly text?: string };
    count(control.test(typeof query === 'string' ? query : (query.text ?? '')));
    return method.apply(self, args);
  });
}

function around(
  target: Methods,
  name: string,
  call: (method: Method, self: object, args: unknown[]) => unknown,
): void {
  const method = target[name];
  if (method === undefined) throw new Error(`the driver has no ${name} to count`);
  target[name] = function (...args) {
    return call(method, this, args);
  };
}
