import type { AuthenticationEvent, Requirement } from '../../assurance/index.ts';
import type {
  Account,
  AuthenticatorRecord,
  CeremonyRecord,
  EnrolmentRecord,
  SessionRecord,
  UserRecord,
} from '../../core/store.ts';
import type { Usage } from '../../core/provider.ts';
import type { Schema } from './schema.ts';

/** Between rows and records: times, lists and events. Nothing else is decided here. */

export function eventsToText(events: readonly AuthenticationEvent[]): string {
  return JSON.stringify(events.map((event) => ({ ...event, at: event.at.getTime() })));
}

export function eventsFromText(text: string): readonly AuthenticationEvent[] {
  const events = JSON.parse(text) as (Omit<AuthenticationEvent, 'at'> & { at: number })[];
  return events.map((event) => ({ ...event, at: new Date(event.at) }));
}

const date = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

type UserColumns = Pick<Schema['users'], 'realm' | 'identifier' | 'canonical' | 'roles' | 'disabled_at'> & {
  user_id: string;
  user_created_at: number;
};

export function userOf(row: UserColumns, generation: number): UserRecord {
  return {
    id: row.user_id,
    realm: row.realm,
    identifier: row.identifier,
    canonical: row.canonical,
    generation,
    roles: JSON.parse(row.roles) as string[],
    createdAt: new Date(row.user_created_at),
    disabledAt: date(row.disabled_at),
  };
}

/** Of a left join: every column of the authenticator is null where the user has none. */
type AccountRow = UserColumns & { generation: number; remaining: number | null } & {
  [Column in keyof Omit<Schema['authenticators'], 'user_id'>]: Schema['authenticators'][Column] | null;
};

export function accountOf(rows: readonly AccountRow[]): Account | null {
  const [first] = rows;
  if (!first) return null;
  const authenticators: AuthenticatorRecord[] = [];
  for (const row of rows) {
    if (row.id !== null) {
      authenticators.push(
        authenticatorOf({ ...(row as Schema['authenticators']), user_id: row.user_id }, row.remaining),
      );
    }
  }
  return { user: userOf(first, first.generation), authenticators };
}

export function authenticatorOf(
  row: Schema['authenticators'],
  remaining: number | null = null,
): AuthenticatorRecord {
  return {
    id: row.id,
    userId: row.user_id,
    provider: row.provider,
    usage: row.usage as Usage,
    name: row.name,
    data: row.data,
    counter: row.counter,
    failures: row.failures,
    failedAt: new Date(row.failed_at),
    createdAt: new Date(row.created_at),
    lastUsedAt: date(row.last_used_at),
    remaining,
  };
}

export function ceremonyOf(
  row: Schema['ceremonies'] & { identifier: string; canonical: string },
): CeremonyRecord {
  return {
    id: row.id,
    realm: row.realm,
    purpose: row.purpose as CeremonyRecord['purpose'],
    user: { id: row.user_id, identifier: row.identifier, canonical: row.canonical },
    generation: row.generation,
    requirement: JSON.parse(row.requirement) as Requirement,
    policy: row.policy,
    events: eventsFromText(row.events),
    session: row.session_id,
    returnTo: row.return_to,
    limitKey: row.limit_key,
    attempts: row.attempts,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
    consumedAt: date(row.consumed_at),
  };
}

export function ceremonyRow(record: CeremonyRecord): Schema['ceremonies'] {
  return {
    id: record.id,
    realm: record.realm,
    purpose: record.purpose,
    user_id: record.user.id,
    generation: record.generation,
    requirement: JSON.stringify(record.requirement),
    policy: record.policy,
    events: eventsToText(record.events),
    session_id: record.session,
    return_to: record.returnTo,
    limit_key: record.limitKey,
    attempts: record.attempts,
    created_at: record.createdAt.getTime(),
    expires_at: record.expiresAt.getTime(),
    consumed_at: record.consumedAt?.getTime() ?? null,
  };
}

export function sessionOf(row: Schema['sessions']): SessionRecord {
  return {
    id: row.id,
    realm: row.realm,
    userId: row.user_id,
    generation: row.generation,
    events: eventsFromText(row.events),
    limitKey: row.limit_key,
    userAgent: row.user_agent,
    ip: row.ip,
    createdAt: new Date(row.created_at),
    lastSeenAt: new Date(row.last_seen_at),
    expiresAt: new Date(row.expires_at),
  };
}

export function sessionRow(record: SessionRecord): Omit<Schema['sessions'], 'ended_at'> {
  return {
    id: record.id,
    realm: record.realm,
    user_id: record.userId,
    generation: record.generation,
    events: eventsToText(record.events),
    limit_key: record.limitKey,
    user_agent: record.userAgent,
    ip: record.ip,
    created_at: record.createdAt.getTime(),
    last_seen_at: record.lastSeenAt.getTime(),
    expires_at: record.expiresAt.getTime(),
  };
}

export function enrolmentOf(row: Schema['enrolments']): EnrolmentRecord {
  return {
    id: row.id,
    realm: row.realm,
    userId: row.user_id,
    generation: row.generation,
    session: row.session_id,
    provider: row.provider,
    data: row.data,
    returnTo: row.return_to,
    attempts: row.attempts,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
  };
}

export function enrolmentRow(record: EnrolmentRecord): Schema['enrolments'] {
  return {
    id: record.id,
    realm: record.realm,
    user_id: record.userId,
    generation: record.generation,
    session_id: record.session,
    provider: record.provider,
    data: record.data,
    return_to: record.returnTo,
    attempts: record.attempts,
    created_at: record.createdAt.getTime(),
    expires_at: record.expiresAt.getTime(),
    consumed_at: null,
  };
}
