export { createCofactor, type Cofactor } from './cofactor.ts';
export type { CofactorOptions, SitePages } from './options.ts';
export { CofactorError, type CofactorErrorCode } from '../base/errors.ts';
export type { CofactorEvents, EventHandler, EventName, EventUser } from './events.ts';
export type { Clock, Log, Mail, Mailer, Random } from '../base/ports.ts';
export type { RingKey } from '../base/keys/ring.ts';
export type { Client } from './engine.ts';
export type { HostProof } from './ceremonies/sign-in.ts';
export type { Refused, RefusalReason, StepOutcome } from './ceremonies/outcome.ts';
export type { Offer } from './ceremonies/offers.ts';
export type { AuditFault } from './audit/chain.ts';
export type { NewAccount } from './users/register.ts';
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
