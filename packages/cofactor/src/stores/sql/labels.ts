import type { Dialect } from './driver.ts';

/**
 * What accounts are looked for by: their roles and groups, the providers they have something of, and whether one of those
 * is asked for in a second step. Triggers keep it, so whoever writes an account keeps it right, and a list of those who
 * have something is read from where they stand, in the order of their names.
 */
export function labels(dialect: Dialect): readonly string[] {
  return [...tables[dialect], ...triggers[dialect], ...standing(dialect)];
}

const tables: Readonly<Record<Dialect, readonly string[]>> = {
  sqlite: [
    `create table user_labels (
    realm text not null, kind text not null, value text not null, canonical text not null,
    user_id text not null references users (id) on delete cascade,
    primary key (realm, kind, value, canonical, user_id)) without rowid`,
    'create index user_labels_user on user_labels (user_id)',
    'create index users_disabled on users (realm, canonical) where disabled_at is not null',
    'create index users_address on users (realm, email_canonical, id) where email_canonical is not null',
  ],
  // Beginnings of names are ranges, which they are only where characters are compared by their numbers.
  postgres: [
    `create table user_labels (
    realm text not null, kind text not null, value text not null, canonical text collate "C" not null,
    user_id text not null references users (id) on delete cascade,
    primary key (realm, kind, value, canonical, user_id))`,
    'create index user_labels_user on user_labels (user_id)',
    'create index users_listed on users (realm, canonical collate "C")',
    'create index users_disabled on users (realm, canonical collate "C") where disabled_at is not null',
    'create index users_address on users (realm, email_canonical collate "C", id) where email_canonical is not null',
  ],
};

/** In SQLite's words: what an account says of itself. */
const ofUser = `
       insert into user_labels (realm, kind, value, canonical, user_id)
         select distinct new.realm, 'role', value, new.canonical, new.id from json_each(new.roles) where type = 'text';
       insert into user_labels (realm, kind, value, canonical, user_id)
         select distinct new.realm, 'group', value, new.canonical, new.id from json_each(new.groups) where type = 'text';`;

const triggers: Readonly<Record<Dialect, readonly string[]>> = {
  sqlite: [
    `create trigger users_labelled after insert on users when new.roles <> '[]' or new.groups <> '[]' begin
       ${ofUser}
     end`,
    `create trigger users_relabelled after update of roles, groups, canonical on users
     when old.roles <> new.roles or old.groups <> new.groups or old.canonical <> new.canonical begin
       delete from user_labels where user_id = new.id and kind in ('role', 'group');
       update user_labels set canonical = new.canonical where user_id = new.id;
       ${ofUser}
     end`,
    `create trigger authenticators_labelled after insert on authenticators begin
       insert into user_labels (realm, kind, value, canonical, user_id)
         select realm, 'provider', new.provider, canonical, id from users where id = new.user_id
         on conflict do nothing;
       insert into user_labels (realm, kind, value, canonical, user_id)
         select realm, 'usage', new.usage, canonical, id from users where id = new.user_id and new.usage = 'second'
         on conflict do nothing;
     end`,
    `create trigger authenticators_unlabelled after delete on authenticators begin
       delete from user_labels where user_id = old.user_id and kind = 'provider' and value = old.provider
         and not exists (select 1 from authenticators where user_id = old.user_id and provider = old.provider);
       delete from user_labels where user_id = old.user_id and kind = 'usage' and value = old.usage
         and not exists (select 1 from authenticators where user_id = old.user_id and usage = old.usage);
     end`,
  ],
  postgres: [
    `create function users_labelled() returns trigger language plpgsql as $$
     begin
       if tg_op = 'UPDATE' then
         if old.roles = new.roles and old.groups = new.groups and old.canonical = new.canonical then
           return null;
         end if;
         delete from user_labels where user_id = new.id and kind in ('role', 'group');
         update user_labels set canonical = new.canonical where user_id = new.id;
       end if;
       insert into user_labels (realm, kind, value, canonical, user_id)
         select distinct new.realm, 'role', one, new.canonical, new.id
         from jsonb_array_elements_text(new.roles::jsonb) as one;
       insert into user_labels (realm, kind, value, canonical, user_id)
         select distinct new.realm, 'group', one, new.canonical, new.id
         from jsonb_array_elements_text(new.groups::jsonb) as one;
       return null;
     end $$`,
    `create trigger users_labelled after insert or update of roles, groups, canonical on users
     for each row execute function users_labelled()`,
    `create function authenticators_labelled() returns trigger language plpgsql as $$
     begin
       if tg_op = 'INSERT' then
         insert into user_labels (realm, kind, value, canonical, user_id)
           select realm, 'provider', new.provider, canonical, id from users where id = new.user_id
           on conflict do nothing;
         insert into user_labels (realm, kind, value, canonical, user_id)
           select realm, 'usage', new.usage, canonical, id from users where id = new.user_id and new.usage = 'second'
           on conflict do nothing;
         return null;
       end if;
       delete from user_labels where user_id = old.user_id and kind = 'provider' and value = old.provider
         and not exists (select 1 from authenticators where user_id = old.user_id and provider = old.provider);
       delete from user_labels where user_id = old.user_id and kind = 'usage' and value = old.usage
         and not exists (select 1 from authenticators where user_id = old.user_id and usage = old.usage);
       return null;
     end $$`,
    `create trigger authenticators_labelled after insert or delete on authenticators
     for each row execute function authenticators_labelled()`,
  ],
};

/** The accounts that were there before. */
function standing(dialect: Dialect): readonly string[] {
  const each = (column: string): string =>
    dialect === 'sqlite'
      ? `json_each(users.${column}) as one`
      : `jsonb_array_elements_text(users.${column}::jsonb) as one(value)`;
  return [
    ...(['role', 'group'] as const).map(
      (kind) =>
        `insert into user_labels (realm, kind, value, canonical, user_id)
         select distinct users.realm, '${kind}', one.value, users.canonical, users.id
         from users, ${each(`${kind}s`)} where users.${kind}s <> '[]'`,
    ),
    `insert into user_labels (realm, kind, value, canonical, user_id)
     select distinct u.realm, 'provider', a.provider, u.canonical, u.id
     from authenticators as a join users as u on u.id = a.user_id`,
    `insert into user_labels (realm, kind, value, canonical, user_id)
     select distinct u.realm, 'usage', a.usage, u.canonical, u.id
     from authenticators as a join users as u on u.id = a.user_id where a.usage = 'second'`,
  ];
}
