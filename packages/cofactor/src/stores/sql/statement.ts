import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type Compilable,
} from 'kysely';
import type { Call, Dialect, Work } from './driver.ts';
import type { Schema } from './schema.ts';

/**
 * A statement that is built once per dialect and then only filled with values: building costs several times
 * what running does. Kysely checks it against the schema; a `Slot` stands where a value will.
 */
export class Statement<Values extends object, Row> {
  readonly #build: (db: Kysely<Schema>, slot: Values, dialect: Dialect) => Compilable<Row>;
  readonly #compiled = new Map<Dialect, { readonly sql: string; readonly values: readonly unknown[] }>();

  constructor(build: (db: Kysely<Schema>, slot: Values, dialect: Dialect) => Compilable<Row>) {
    this.#build = build;
  }

  call(dialect: Dialect, values: Values): Call {
    let compiled = this.#compiled.get(dialect);
    if (!compiled) {
      const { sql, parameters } = this.#build(builders[dialect], slots<Values>(), dialect).compile();
      this.#compiled.set(dialect, (compiled = { sql, values: parameters }));
    }
    return {
      sql: compiled.sql,
      values: compiled.values.map((value) =>
        value instanceof Slot ? (values as Record<string, unknown>)[value.name] : value,
      ),
    };
  }

  /** Runs it and gives the rows. */
  *all(dialect: Dialect, values: Values): Work<readonly Row[]> {
    return (yield this.call(dialect, values)).rows as readonly Row[];
  }

  /** Runs it and gives the first row, if there is one. */
  *first(dialect: Dialect, values: Values): Work<Row | undefined> {
    return (yield* this.all(dialect, values))[0];
  }

  /** Runs it and gives the number of rows it changed. */
  *changes(dialect: Dialect, values: Values): Work<number> {
    return (yield this.call(dialect, values)).changes;
  }
}

/** Every statement there is, for the test that reads their plans. */
export const statements = new Map<string, Statement<never, unknown>>();

/** Defines a statement: `statement('find user', (db, slot: { id: string }) => db.selectFrom('users')...)`. */
export function statement<Values extends object, Row>(
  name: string,
  build: (db: Kysely<Schema>, slot: Values, dialect: Dialect) => Compilable<Row>,
): Statement<Values, Row> {
  const made = new Statement(build);
  statements.set(name, made);
  return made;
}

class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** To the types a value, to Kysely a parameter: whatever property is read becomes the slot of that name. */
function slots<Values extends object>(): Values {
  return new Proxy({}, { get: (_target, name) => new Slot(String(name)) }) as Values;
}

const builders: Readonly<Record<Dialect, Kysely<Schema>>> = {
  sqlite: new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  }),
  postgres: new Kysely<Schema>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  }),
};
