/** What somebody in charge may do. */
export type Permission =
  | 'users.read'
  | 'users.create'
  | 'users.edit'
  | 'users.roles'
  | 'users.lock'
  | 'users.factors'
  | 'users.sessions'
  | 'users.delete'
  | 'clients.read'
  | 'clients.write'
  | 'issuers.read'
  | 'issuers.write'
  | 'enforcement.read'
  | 'enforcement.write'
  | 'webhooks.read'
  | 'webhooks.write'
  | 'audit.read'
  | 'extensions.read';

/** A role that is in charge of something. Whoever has none of these has rank 0, and may do nothing. */
export interface RankedRole {
  readonly role: string;
  /** From 1 up. Nobody acts on a higher rank than their own, and nobody gives a role above it. */
  readonly rank: number;
  readonly permissions: readonly Permission[];
}

const helpdesk: readonly Permission[] = ['users.read', 'users.lock', 'users.factors', 'users.sessions'];

const administrator: readonly Permission[] = [
  ...helpdesk,
  'users.create',
  'users.edit',
  'users.roles',
  'users.delete',
  'clients.read',
  'clients.write',
  'issuers.read',
  'enforcement.read',
  'enforcement.write',
  'webhooks.read',
  'webhooks.write',
  'audit.read',
  'extensions.read',
];

/** Whoever says which issuers are believed says who people are: with one of their own they would be anybody. */
const owner: readonly Permission[] = [...administrator, 'issuers.write'];

/** The roles that are in charge, highest first. The first one is never without somebody who has it. */
export const standardRoles: readonly RankedRole[] = Object.freeze([
  { role: 'owner', rank: 3, permissions: Object.freeze(owner) },
  { role: 'administrator', rank: 2, permissions: Object.freeze(administrator) },
  { role: 'helpdesk', rank: 1, permissions: Object.freeze(helpdesk) },
]);

/** What roles come to, by a table of those that are in charge. */
export class RoleTable {
  readonly ranked: readonly RankedRole[];

  constructor(ranked: readonly RankedRole[] = standardRoles) {
    this.ranked = Object.freeze(ranked.toSorted((a, b) => b.rank - a.rank));
  }

  /** The role that somebody always has to have. */
  get highest(): string {
    return this.ranked[0]?.role ?? '';
  }

  /** The highest of the roles, where one of them is in charge. */
  of(roles: readonly string[]): RankedRole | null {
    return this.ranked.find(({ role }) => roles.includes(role)) ?? null;
  }

  rankOf(roles: readonly string[]): number {
    return this.of(roles)?.rank ?? 0;
  }

  /** Of all their roles together. */
  permissionsOf(roles: readonly string[]): ReadonlySet<Permission> {
    return new Set(this.ranked.filter(({ role }) => roles.includes(role)).flatMap((one) => one.permissions));
  }
}

/** A role or a group: one line of what can be read and typed. */
export function isLabel(name: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N}\p{M} ._:@/+-]{0,63}$/u.test(name) && name === name.normalize('NFC').trim();
}
