export { createCofactor, type Cofactor } from './cofactor.ts';
export type { CofactorOptions, SitePages } from './options.ts';
export { CofactorError, type CofactorErrorCode } from '../base/errors.ts';
export type { CofactorEvents, EventHandler, EventName, EventUser } from './events.ts';
export type { Clock, CountName, Log, Mail, Mailer, Meter, Random } from '../base/ports.ts';
export type { RingKey } from '../base/keys/ring.ts';
export type { Client } from './engine.ts';
export type { HostProof } from './ceremonies/sign-in.ts';
export type { Refused, RefusalReason, StepOutcome } from './ceremonies/outcome.ts';
export type { Offer } from './ceremonies/offers.ts';
export type { AuditFault } from './audit/chain.ts';
export type {
  Demand,
  DemandState,
  EnforceableLevel,
  Enforced,
  Enforcement,
  EnforcementRule,
  EnrolmentChannel,
  Hindrance,
  Lockout,
  NewRule,
  People,
  Permitted,
  Preview,
  Previewed,
  PreviewedShort,
  RuleScope,
} from './enforcement/index.ts';
export type { Joined } from './enforcement/joined.ts';
export type { Audit, AuditEntry, AuditPage } from './audit/record.ts';
export type { PruneOutcome } from './audit/retention.ts';
export type { AuditFilter } from './record-store.ts';
export type { NewOperation, Operations, UsedOperation } from './operations/operations.ts';
export type { Parameters, ParameterValue } from './operations/parameters.ts';
export type { NewAccount } from './users/register.ts';
export type { SetUp } from './users/set-up.ts';
export type {
  AuditHead,
  AuthenticatorRecord,
  CeremonyRecord,
  SessionRecord,
  SessionWithUser,
  Store,
  UserRecord,
  UserRef,
} from './store.ts';
export type {
  About,
  AskContext,
  Asked,
  Begun,
  ChallengeMaker,
  Delivery,
  Discovery,
  EnrolContext,
  EnrolVerdict,
  FactorContext,
  FactorProvider,
  ForeignCredential,
  ForeignFactor,
  Held,
  Identified,
  JsonSchema,
  MailContent,
  MaybePromise,
  Newcomer,
  NotBegun,
  Proof,
  ProviderTexts,
  ProviderView,
  Reported,
  ResponseField,
  SendContext,
  Usage,
  Verdict,
} from './provider.ts';
