import { decide, type Assurance, type Decision, type Policy } from '../assurance/index.ts';
import { CofactorError } from '../base/errors.ts';
import { policiesOf } from '../base/policies.ts';
import type { Claims } from '../issuer/issuer.ts';
import type { Config } from './options.ts';
import type { Session } from './session.ts';

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

/** What the application's own handlers know of who asks: nobody, or somebody and what their sign-in proves. */
export class Visitor {
  readonly user: OidcUser | null;
  readonly assurance: Assurance | null;
  readonly #config: Config;
  readonly #session: Session | null;

  constructor(config: Config, session: Session | null) {
    this.#config = config;
    this.#session = session;
    this.assurance = session && session.assurance;
    this.user = session && {
      issuer: session.party.name,
      subject: session.subject,
      claims: session.data.claims,
      profile: session.data.profile,
      roles: session.roles,
    };
  }

  /** Whether a policy would let this visitor in: for menus and buttons, by the same rule as the guard. */
  async allows(policy: string | Policy): Promise<boolean> {
    if (!this.#session) return false;
    return (await decideFor(this.#config, policyOf(this.#config, policy), this.#session)).allowed;
  }
}

/** The policy of a name, or the policy. @throws {CofactorError} `ERR_POLICY_UNKNOWN`, `ERR_CONFIG_POLICIES` */
export function policyOf({ policies }: Config, policy: string | Policy): Policy {
  if (typeof policy !== 'string')
    return policiesOf({ 'of this route': policy }).get('of this route') ?? policy;
  const found = policies.get(policy);
  if (found) return found;
  throw new CofactorError('ERR_POLICY_UNKNOWN', 'This page is guarded by a policy that does not exist.', {
    detail: `${JSON.stringify(policy)} is not configured; ${[...policies.keys()].join(', ') || 'none'} are`,
  });
}

/** Asks a policy about somebody, or about nobody. */
export function decideFor(
  { clock }: Config,
  policy: Policy,
  session: Session | null,
): Decision | Promise<Decision> {
  return decide(policy, {
    events: session?.events ?? [],
    roles: session?.roles ?? [],
    now: clock.now(),
    ...(session && { claims: session.data.claims }),
  });
}
