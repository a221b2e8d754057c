import {
  all,
  assuranceOf,
  evaluate,
  type Assurance,
  type Decision,
  type Policy,
} from '../assurance/index.ts';
import { setRoles } from './account/account.ts';
import type { AuditFault } from './audit/chain.ts';
import { recordOf, type Audit } from './audit/record.ts';
import { signInFromHost, type HostProof } from './ceremonies/sign-in.ts';
import type { Refused, StepOutcome } from './ceremonies/outcome.ts';
import { dueNow } from './enforcement/rules.ts';
import { enforcementOf, type Enforcement, type EnforcementRule } from './enforcement/index.ts';
import { createEngine, type Engine } from './engine.ts';
import { CofactorError } from '../base/errors.ts';
import type { EventHandler, EventName } from './events.ts';
import { operationsOf, type Operations } from './operations/operations.ts';
import type { CofactorOptions } from './options.ts';
import { endSessions, listSessions, readSession } from './sessions/sessions.ts';
import type { AuditHead, SessionRecord, SessionWithUser, Store, UserRecord } from './store.ts';
import { canonicalIdentifier } from './users/identifier.ts';
import { createUser, type NewAccount } from './users/register.ts';
import { makeSetUpLink, setUp, type SetUp } from './users/set-up.ts';

/** Multi-factor authentication for one realm of users: made by `createCofactor`, mounted by an adapter. */
export interface Cofactor {
  readonly realm: string;
  readonly users: {
    /** Creates an account with its first factor, whatever `registration` says. */
    create(account: NewAccount): Promise<{ readonly status: 'created'; readonly user: UserRecord } | Refused>;
    find(identifier: string): Promise<UserRecord | null>;
    /**
     * Gives a user these roles and no others, and ends what was proved for the old ones: sessions, remembered devices.
     * False where the user is gone or changed at the same moment.
     */
    setRoles(user: Pick<UserRecord, 'id'>, roles: readonly string[]): Promise<boolean>;
  };
  readonly sessions: {
    /** The session of a cookie's value, or `null`. `live` asks the database whatever is cached. */
    read(secret: string | undefined, options?: { readonly live?: boolean }): Promise<SessionWithUser | null>;
    list(user: UserRecord): Promise<readonly SessionRecord[]>;
    /** Ends all sessions of a user, at once on this node and within a second on every other. */
    endAll(user: UserRecord): Promise<number>;
  };
  /** How the first account of somebody in charge is made, where nobody is in charge yet who could make one. */
  readonly setUp: {
    /**
     * Makes the secret of a link that is worth an account with this role: once, for an hour, and in place of every older
     * one. `null` where an account has the role. Show it to who runs the server and to nobody else.
     */
    link(role: string): Promise<string | null>;
    /** Makes that account and signs it in. */
    use(request: SetUp): Promise<StepOutcome>;
  };
  /**
   * Hands over a first factor that the application proved itself: MFA on the users you already have.
   * `amr`, `acr` and everything after it are Cofactor's. Never pass what came from a request unchecked.
   */
  signInFromHost(proof: HostProof): Promise<StepOutcome>;
  /** Proofs for one operation each: "pay 100 to X". */
  readonly operations: Operations;
  /** What happened: to look through, to take away, to keep for so long. */
  readonly audit: Audit;
  /** What is demanded of whom, and from when on: a level for roles, groups, clients or everybody. */
  readonly enforcement: Enforcement;
  /** What a session proves. */
  assurance(session: SessionWithUser): Assurance;
  /** Whether a policy, and what is demanded of its person besides, lets a session in, and what would if not. Throws `ERR_POLICY_UNKNOWN`. */
  evaluate(policy: string | Policy, session: SessionWithUser): Promise<Decision>;
  /** Listens to what happens; returns the function that stops listening. */
  on<Name extends EventName>(name: Name, handler: EventHandler<Name>): () => void;
  /**
   * Walks the audit chain of the realm; `null` where every row is as it was written. Keep `auditHead()` somewhere
   * else from time to time and hand it in as the anchor: only that shows that the end was cut off.
   */
  verifyAudit(anchor?: AuditHead): Promise<AuditFault | null>;
  auditHead(): Promise<AuditHead>;
  /** Brings the schema up to date and starts to forget what is over. Adapters call it. */
  start(): Promise<void>;
  /** Stops what `start` began, and closes the database once no other realm is at work on it. */
  close(): Promise<void>;
  /** For adapters and extensions of Cofactor itself. */
  readonly engine: Engine;
}

const purgeEveryMs = 600_000;
/** How long closing waits for mails on their way. */
const closeWithinMs = 10_000;

/** The realms at work on a store. What one of them still has to do in the background needs it open. */
const atWork = new WeakMap<Store, Set<Engine>>();

/**
 * Sets up multi-factor authentication for one realm.
 *
 * @example
 * const auth = createCofactor({
 *   database: sqlite('app.db'),
 *   factors: [password(), totp({ issuer: 'Acme' }), recoveryCodes()],
 *   policies: { Admin: requireMfa({ maxAge: 900 }) },
 * });
 *
 * @throws {CofactorError} `ERR_CONFIG_*`, naming the option and what it takes.
 */
export function createCofactor(options: CofactorOptions): Cofactor {
  const engine = createEngine(options);
  const { store, config, realm } = engine;
  let timer: NodeJS.Timeout | undefined;

  return Object.freeze<Cofactor>({
    realm,
    engine,
    users: {
      async create(account) {
        const created = await createUser(engine, account);
        return 'status' in created ? created : { status: 'created', user: created.user };
      },
      async find(identifier) {
        const canonical = canonicalIdentifier(identifier);
        return canonical === null ? null : ((await store.account(realm, { canonical }))?.user ?? null);
      },
      setRoles: (user, roles) => setRoles(engine, user.id, roles),
    },
    sessions: {
      read: (secret, read) => readSession(engine, secret, read),
      list: (user) => listSessions(engine, user),
      endAll: (user) => endSessions(engine, user, {}, 'sessions-ended'),
    },
    setUp: {
      link: (role) => makeSetUpLink(engine, role),
      use: (request) => setUp(engine, request),
    },
    signInFromHost: (proof) => signInFromHost(engine, proof),
    operations: operationsOf(engine),
    enforcement: enforcementOf(engine),
    audit: recordOf(engine),
    assurance: ({ session }) => assuranceOf(session.events),
    evaluate: (policy, session) => evaluateNamed(engine, policy, session),
    on: (name, handler) => engine.events.on(name, handler),
    verifyAudit: (anchor) => engine.audit.verify(store, anchor),
    auditHead: () => store.auditHead(realm),
    async start() {
      atWork.set(store, (atWork.get(store) ?? new Set()).add(engine));
      await store.migrate();
      clearInterval(timer);
      timer = setInterval(() => {
        store
          .purge(config.clock.now())
          .catch((error: unknown) => config.log.warn({ error }, 'could not purge'));
      }, purgeEveryMs).unref();
    },
    async close() {
      clearInterval(timer);
      await engine.background.settledWithin(closeWithinMs);
      const others = atWork.get(store);
      others?.delete(engine);
      if (others === undefined || others.size === 0) await store.close();
    },
  });
}

export function policyNamed(engine: Engine, name: string): Policy {
  const policy = engine.config.policies.get(name);
  if (policy) return policy;
  throw new CofactorError('ERR_POLICY_UNKNOWN', 'This page is guarded by a policy that does not exist.', {
    detail: `policies has no ${JSON.stringify(name)}`,
  });
}

export async function evaluateNamed(
  engine: Engine,
  policy: string | Policy,
  who: SessionWithUser,
): Promise<Decision> {
  const { session, user } = who;
  const found = typeof policy === 'string' ? policyNamed(engine, policy) : policy;
  const now = engine.config.clock.now();
  const asked = withDemands(found, await engine.enforcement.for(who), user, now);
  return evaluate(asked, { events: session.events, roles: user.roles, now });
}

/** A policy together with what is demanded of somebody by now. */
export function withDemands(
  policy: Policy,
  rules: readonly EnforcementRule[],
  user: UserRecord,
  now: Date,
): Policy {
  const requirement = rules.length === 0 ? null : dueNow(rules, user, now);
  return requirement ? all(policy, { type: 'requirement', requirement }) : policy;
}
