export { auditTypes } from './audit-types.ts';
export { createAdmin, type Admin, type AdminOptions, type Counts } from './admin.ts';
export type { Actor, CommandLine } from './actor.ts';
export type { HeldAuthenticator, UserAction, UserDetails } from './details.ts';
export type { Invite, InviteBy, LinkMade } from './invite.ts';
export { issuersOf, type PutIssuer, type StoredIssuer, type UnreadableIssuer } from './issuers.ts';
export type { UserFilter, UserPage, UserSearch, UserStatus, UserSummary } from './list.ts';
export type { AdminDone, AdminReason, AdminRefused } from './outcome.ts';
export { RoleTable, standardRoles, type Permission, type RankedRole } from './roles.ts';
export {
  addAdminPurpose,
  adminToken,
  bodyOf,
  createGate,
  line,
  type AdminAnswer,
  type AdminCall,
  type AdminRoute,
  type MayPass,
} from './gate.ts';
export { adminProblem, adminProblemOf, adminProblems, type AdminProblemName } from './problems.ts';
