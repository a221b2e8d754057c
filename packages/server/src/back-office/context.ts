import type { Cofactor, SessionWithUser } from 'cofactor';
import type { Admin, AdminRefused, StoredIssuer, UnreadableIssuer } from 'cofactor/admin';
import type { HttpResponse } from 'cofactor/http';
import type { OidcServer } from 'cofactor/oidc-server';
import type { OpenidOptions } from 'cofactor/openid';
import type { Webhooks } from 'cofactor/webhooks';
import type { IssuerTrouble } from './contract.ts';

/** A realm as the routes work with it. */
export interface ManagedRealm {
  readonly auth: Cofactor;
  readonly admin: Admin;
  /** Its OpenID Connect server, and what tells other systems of it, where there are such. */
  readonly oidc: OidcServer | null;
  readonly webhooks: Webhooks | null;
  /** The issuers of its database as this node works with them, where it does. */
  readonly issuers: IssuersAtWork | null;
  /** Path of its pages, e.g. `/auth`. */
  readonly base: string;
}

/** Issuers elsewhere that people may sign in with, as this node works with them. */
export interface IssuersAtWork {
  /** Those of the settings. */
  readonly configured: readonly OpenidOptions[];
  /** Takes up what the database has now, or says in the log that it cannot be read. */
  refresh(): Promise<void>;
  /** Whether something else that does not come from the database has this name. */
  isReserved(name: string): boolean;
  /** Whether people can sign in with it as it stands here. */
  isInUse(issuer: StoredIssuer | UnreadableIssuer): boolean;
  /** Why they cannot, where it is known. */
  troubleWith(issuer: StoredIssuer | UnreadableIssuer): IssuerTrouble | null;
}

/** What every route needs. */
export interface BackOffice {
  /** The realm of those who are in charge. */
  readonly users: ManagedRealm;
  readonly realms: ReadonlyMap<string, ManagedRealm>;
  /** Path of the pages. */
  readonly base: string;
}

export function json(status: number, value: unknown, headers: HttpResponse['headers'] = {}): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

export const noContent: HttpResponse = Object.freeze({ status: 204, headers: {}, body: null });

/** Whether something came to nothing: a refusal is answered in one place. */
export function isRefused(outcome: object): outcome is AdminRefused {
  return 'status' in outcome && outcome.status === 'refused';
}

/** As the record names who asks. */
export function byOf({ user }: SessionWithUser): string {
  return user.id;
}

export function stamp(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}

/** What a provider is called, in the language of the reader; its own word where it is gone. */
export function providerName({ engine }: Cofactor, provider: string, language: string): string {
  const texts = engine.config.providers.get(provider)?.view.texts;
  return (texts?.[language] ?? texts?.['en'])?.name ?? provider;
}
