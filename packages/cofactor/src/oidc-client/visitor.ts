import { decide, type Assurance, type Decision, type Policy } from '../assurance/index.ts';
import { CofactorError } from '../base/errors.ts';
import { policiesOf } from '../base/policies.ts';
import type { Config } from './options.ts';
import type { OidcUser, Session } from './session.ts';

/** What the application's own handlers know of who asks: nobody, or somebody and what their sign-in proves. */
export class Visitor {
  readonly #config: Config;
  readonly #session: Session | null;

  constructor(config: Config, session: Session | null) {
    this.#config = config;
    this.#session = session;
  }

  /** `null` where nobody is signed in. */
  get user(): OidcUser | null {
    return this.#session && this.#session.user;
  }

  get assurance(): Assurance | null {
    return this.#session && this.#session.assurance;
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
  now: Date = clock.now(),
): Decision | Promise<Decision> {
  return decide(policy, {
    events: session?.events ?? [],
    roles: session?.roles ?? [],
    now,
    ...(session && { claims: session.data.claims }),
  });
}
