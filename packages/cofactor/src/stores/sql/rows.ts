import type { AuthenticationEvent, Requirement } from '../../assurance/index.ts';
import type {
  Account,
  AuthenticatorRecord,
  CeremonyRecord,
  ChallengeRecord,
  DeviceRecord,
  EnrolmentRecord,
  SessionRecord,
  SessionWithUser,
  TokenRecord,
  UserRecord,
} from '../../core/store.ts';
import { joinedOf } from '../../core/enforcement/joined.ts';
import type { About, Usage } from '../../core/provider.ts';
import type { Schema, TokenTable } from './schema.ts';

/** Between rows and records: times, lists and events. Nothing else is decided here. */

export function eventsToText(events: readonly AuthenticationEvent[]): string {
  return JSON.stringify(events.map((event) => ({ ...event, at: event.at.getTime() })));
}

export function eventsFromText(text: string): readonly AuthenticationEvent[] {
  const events = JSON.parse(text) as (Omit<AuthenticationEvent, 'at'> & { at: number })[];
  return Object.freeze(events.map((event) => Object.freeze({ ...event, at: new Date(event.at) })));
}

const date = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

export function userOf(row: Schema['users']): UserRecord {
  return {
    id: row.id,
    realm: row.realm,
    identifier: row.identifier,
    canonical: row.canonical,
    generation: row.generation,
    roles: JSON.parse(row.roles) as string[],
    createdAt: new Date(row.created_at),
    disabledAt: date(row.disabled_at),
    email: row.email,
    emailVerifiedAt: date(row.email_verified_at),
    language: row.language,
    groups: listOf(row.groups),
    claims: listOf(row.claims),
    joined: joinedOf(row.joined),
  };
}

const nothing: readonly never[] = Object.freeze([]);

/** Mostly there is nothing in it, on a path that every request takes. */
function listOf<T>(text: string): readonly T[] {
  return text === '[]' ? nothing : (JSON.parse(text) as T[]);
}

type WithRemaining = Schema['authenticators'] & { readonly remaining: number | null };

/** The JSON that a database made: PostgreSQL's driver has parsed it already. */
function parsed<T>(json: unknown): T {
  return (typeof json === 'string' ? JSON.parse(json) : json) as T;
}

export function accountOf(
  row: Schema['users'] & { readonly authenticators: unknown; readonly rules: string | null },
): Account {
  const authenticators = parsed<readonly WithRemaining[]>(row.authenticators);
  return {
    user: userOf(row),
    rules: row.rules,
    authenticators: authenticators.map((one) => authenticatorOf(one, one.remaining)),
  };
}

export function sessionWithUserOf(
  row: Schema['sessions'] & { readonly user: unknown },
): SessionWithUser | null {
  const user = parsed<(Schema['users'] & { readonly rules: string | null }) | null>(row.user);
  return user && { session: sessionOf(row), user: userOf(user), rules: user.rules };
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
    about: JSON.parse(row.about) as About,
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
    application: row.application,
    operation: row.operation_id,
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
    application: record.application,
    operation_id: record.operation,
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
    login: row.login,
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
    login: record.login,
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

export function challengeOf(row: Schema['challenges']): ChallengeRecord {
  return {
    id: row.id,
    realm: row.realm,
    provider: row.provider,
    authenticator: row.authenticator_id,
    data: row.data,
    createdAt: new Date(row.created_at),
    sentAt: row.sent_at === 0 ? null : new Date(row.sent_at),
    expiresAt: new Date(row.expires_at),
  };
}

export function deviceOf(row: Schema['devices']): DeviceRecord {
  return {
    id: row.id,
    realm: row.realm,
    userId: row.user_id,
    generation: row.generation,
    userAgent: row.user_agent,
    createdAt: new Date(row.created_at),
    lastUsedAt: new Date(row.last_used_at),
    expiresAt: new Date(row.expires_at),
  };
}

export function tokenRow(token: TokenRecord): Omit<TokenTable, 'used_at'> {
  return {
    id: token.id,
    realm: token.realm,
    user_id: token.userId,
    generation: token.generation,
    data: token.data,
    created_at: token.createdAt.getTime(),
    expires_at: token.expiresAt.getTime(),
  };
}

export function tokenOf(row: TokenTable): TokenRecord {
  return {
    id: row.id,
    realm: row.realm,
    userId: row.user_id,
    generation: row.generation,
    data: row.data,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
  };
}
