import type { FirstAccount, SetUpLink, SetUpStore } from '../../core/set-up-store.ts';
import type { AuditWriter } from '../../core/store.ts';
import { Rollback, type Dialect, type Driver, type Work } from './driver.ts';
import { insertSession } from './queries/sessions.ts';
import * as queries from './queries/set-up.ts';
import { sessionRow } from './rows.ts';
import { append, createUser } from './work.ts';

/** The link by which the first account in charge is made: the same statements on both databases. */
export class SqlSetUpStore implements SetUpStore {
  readonly #driver: Driver;
  readonly #dialect: Dialect;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#dialect = driver.dialect;
  }

  async hasRole(realm: string, role: string): Promise<boolean> {
    const dialect = this.#dialect;
    return this.#driver.run(function* (): Work<boolean> {
      return (yield* queries.someoneWithRole.first(dialect, { realm, role })) !== undefined;
    });
  }

  async put(
    { id, realm, createdAt, expiresAt }: SetUpLink,
    role: string,
    audit: AuditWriter,
  ): Promise<boolean> {
    const dialect = this.#dialect;
    return this.#driver.transaction(function* (): Work<boolean> {
      // First and not last: two nodes that start at once take turns at the head, so that one link is left of two.
      yield* append(dialect, realm, audit);
      yield* queries.dropLinks.changes(dialect, { realm });
      if (yield* queries.someoneWithRole.first(dialect, { realm, role })) throw new Rollback(false);
      const times = { created_at: createdAt.getTime(), expires_at: expiresAt.getTime() };
      yield* queries.insertLink.changes(dialect, { id, realm, ...times });
      return true;
    });
  }

  async isOpen(realm: string, id: string, now: Date): Promise<boolean> {
    const dialect = this.#dialect;
    return this.#driver.run(function* (): Work<boolean> {
      return (yield* queries.findLink.first(dialect, { realm, id, now: now.getTime() })) !== undefined;
    });
  }

  async use(first: FirstAccount): Promise<'made' | 'taken' | 'unknown'> {
    const dialect = this.#dialect;
    return this.#driver.transaction(function* (): Work<'made' | 'taken' | 'unknown'> {
      const { link: id, role, user, session, now } = first;
      const { realm } = user;
      // As above: who makes a link and who uses one take turns.
      yield* append(dialect, realm, first.created);
      if ((yield* queries.useLink.changes(dialect, { realm, id, now: now.getTime() })) !== 1)
        throw new Rollback('unknown');
      if (yield* queries.someoneWithRole.first(dialect, { realm, role })) throw new Rollback('unknown');
      if ((yield* createUser(dialect, user, first.factors, first.signedIn)) === 'taken')
        throw new Rollback('taken');
      yield* insertSession.changes(dialect, sessionRow(session));
      return 'made';
    });
  }
}
