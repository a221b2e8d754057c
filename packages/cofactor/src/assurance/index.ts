export { kindsOf, unknownTime, type AuthenticationEvent, type FactorKind } from './event.ts';
export { rankOf, standardLevels, type Level } from './levels.ts';
export { assuranceOf, type Assurance } from './assurance.ts';
export { strictest, type Requirement } from './requirement.ts';
export { assess, type AssessOptions, type Assessment, type Missing } from './assess.ts';
export {
  all,
  any,
  asksNobody,
  decide,
  evaluate,
  requireAcr,
  requireClaim,
  requireFresh,
  requireMfa,
  requireRole,
  requireThat,
  type Decision,
  type Policy,
  type PolicyCheck,
  type PolicySubject,
} from './policy.ts';
