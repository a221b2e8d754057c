import Database from 'better-sqlite3';
import type { Cofactor } from 'cofactor';

/** A member as the club knows them. */
export interface Member {
  readonly name: string;
  readonly joined: number;
  readonly seen: number;
  /** How they proved who they are when they last signed in, e.g. `pwd otp mfa`. */
  readonly proved: string;
}

/** The club's own list, kept up to date by what Cofactor tells. */
export function memberList(
  auth: Cofactor,
  file: string,
): { readonly all: () => readonly Member[]; readonly close: () => void } {
  const db = new Database(file);
  db.exec(
    'create table if not exists members (id text primary key, name text, joined int, seen int, proved text)',
  );
  const add = db.prepare("insert or ignore into members values (?, ?, ?, ?, '')");
  const see = db.prepare('update members set seen = ?, proved = ? where id = ?');
  const remove = db.prepare('delete from members where id = ?');
  const all = db.prepare<[], Member>(
    'select name, joined, seen, proved from members order by joined desc, name',
  );

  auth.on('user-created', ({ user }) => void add.run(user.id, user.identifier, Date.now(), Date.now()));
  auth.on('signed-in', ({ user, assurance }) => void see.run(Date.now(), assurance.amr.join(' '), user.id));
  auth.on('user-deleted', ({ user }) => void remove.run(user.id));
  return { all: () => all.all(), close: () => db.close() };
}
