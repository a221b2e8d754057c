import { hash } from 'node:crypto';
import { assuranceOf, type Assurance, type AuthenticationEvent } from '../assurance/index.ts';
import type { Claims, Tokens } from '../issuer/issuer.ts';
import type { Config, Party } from './options.ts';
import { eventsOf } from './said.ts';

/** What is kept of a sign-in, sealed: the words of its id_token, and nothing worked out from them. */
export interface SessionData {
  readonly id: string;
  /** Name of the issuer. */
  readonly party: string;
  /** Of the id_token of this sign-in; refreshing changes nothing about them (I-20). */
  readonly claims: Claims;
  /** What userinfo said besides. It decides nothing. */
  readonly profile: Readonly<Record<string, unknown>> | null;
  /** A hint at sign-out. */
  readonly idToken: string | null;
  readonly tokens: Tokens;
  /** Milliseconds: when it began, was last written, and was last known to hold at the issuer. */
  readonly since: number;
  readonly seen: number;
  readonly checked: number;
  /** Requirements that the issuer was asked for by itself, in vain: nobody is sent there for them again. */
  readonly tried: readonly string[];
  /** RFC 8707: what the access token is for. */
  readonly resource: string | null;
  /** The page that led to the issuer by itself for what it requires, as a hash; `null` where none did. */
  readonly ledFrom: string | null;
  /** Over a store: until when the issuer is not asked again, which was away. In milliseconds. */
  readonly awayUntil?: number;
}

/** Somebody who signed in at an issuer. */
export interface OidcUser {
  /** Name of the issuer, as it was configured. */
  readonly issuer: string;
  /** The `sub` of the id_token. Only issuer and subject together say who it is. */
  readonly subject: string;
  /** Of the id_token of this sign-in. */
  readonly claims: Claims;
  /** What the issuer said at userinfo, where that was asked for. It proves nothing. */
  readonly profile: Readonly<Record<string, unknown>> | null;
  readonly roles: readonly string[];
}

/** A session, with what its claims prove. */
export class Session {
  readonly data: SessionData;
  /** As it was read; `null` for one that was just made. */
  readonly sealed: string | null;
  readonly party: Party;
  readonly events: readonly AuthenticationEvent[];
  readonly roles: readonly string[];
  readonly user: OidcUser;
  /** What a back-channel logout may name it by. */
  readonly keys: { readonly subject: string; readonly login: string | null };

  constructor(config: Config, party: Party, data: SessionData, sealed: string | null = null) {
    this.data = data;
    this.sealed = sealed;
    this.party = party;
    // As things stood at the sign-in: a time that was in the future then does not become true by waiting.
    this.events = eventsOf(data.claims, party.dialect, new Date(data.since), party.issuer);
    this.roles = rolesOf(config, party, data.claims);
    this.keys = keysOf(party, data.claims);
    this.user = Object.freeze({
      issuer: party.name,
      subject: data.claims.sub,
      claims: data.claims,
      profile: data.profile,
      roles: this.roles,
    });
  }

  get subject(): string {
    return this.data.claims.sub;
  }

  get assurance(): Assurance {
    return assuranceOf(this.events);
  }

  /** When the issuer made its id_token, by its clock: what a logout is compared with. In milliseconds. */
  get issuedAt(): number {
    const { iat } = this.data.claims;
    return typeof iat === 'number' ? iat * 1000 : this.data.since;
  }

  isOf(other: { readonly party: string; readonly subject: string }): boolean {
    return this.party.name === other.party && this.subject === other.subject;
  }

  /** Whether it lives by the clock alone. */
  isAlive({ session }: Config, now: Date): boolean {
    const time = now.getTime();
    const { since, seen } = this.data;
    return time - since < session.absolute * 1000 && time - seen < session.idle * 1000;
  }
}

/** By issuer and subject, and by issuer and `sid`, where it has one. */
export function keysOf(
  { issuer }: Pick<Party, 'issuer'>,
  { sub, sid }: { readonly sub?: unknown; readonly sid?: unknown },
): { readonly subject: string; readonly login: string | null } {
  return {
    subject: hash('sha256', JSON.stringify(['sub', issuer, sub]), 'base64url'),
    login:
      typeof sid === 'string' && sid !== ''
        ? hash('sha256', JSON.stringify(['sid', issuer, sid]), 'base64url')
        : null,
  };
}

/** Roles that cannot be told are none. */
function rolesOf({ roles, log }: Config, { name }: Party, claims: Claims): readonly string[] {
  try {
    const given: unknown = roles(claims, name);
    if (Array.isArray(given) && given.every((role) => typeof role === 'string')) return given;
    log.error({ issuer: name }, 'roles() gave something else than a list of texts');
  } catch (error) {
    log.error({ issuer: name, error }, 'roles() failed');
  }
  return [];
}
