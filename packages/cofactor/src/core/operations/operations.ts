import { rankOf, strictest, type Requirement } from '../../assurance/index.ts';
import { CofactorError } from '../../base/errors.ts';
import { open, seal } from '../../base/keys/envelope.ts';
import { signInRequirement } from '../ceremonies/offers.ts';
import { ceremonyLifeMs } from '../ceremonies/sign-in.ts';
import { dueNow } from '../enforcement/rules.ts';
import type { Engine } from '../engine.ts';
import { newId } from '../ids.ts';
import type { OperationRecord } from '../operation-store.ts';
import type { Purpose } from '../purposes.ts';
import { loginOf } from '../sessions/sessions.ts';
import type { Account, SessionWithUser } from '../store.ts';
import { canonicalParameters, isLine, parameterLines, type Parameters } from './parameters.ts';

/** An operation to be confirmed: "pay 100 to X". */
export interface NewOperation {
  readonly session: SessionWithUser;
  /** What the application calls it, e.g. `payment`: letters, digits, `.`, `-` and `_`, 64 at most. */
  readonly action: string;
  /** Exactly what is going to be done; the proof is good for these and no others. JSON, 4,096 characters at most. */
  readonly parameters: Parameters;
  /** What the person reads, in their language: one line, 200 characters at most. */
  readonly title: string;
  /** Whether the parameters are listed under the title (true). Leave them out only where the title has them all. */
  readonly showParameters?: boolean;
  /** What has to be proved, anew; as much as the account can give if left out. */
  readonly requirement?: Pick<Requirement, 'acr' | 'amr'>;
  /** A path of this site; the browser comes back there with `operation=<id>`. */
  readonly returnTo: string;
}

/** The same operation once more, when it is about to be done. */
export interface UsedOperation {
  /** Of the address that the browser came back to. */
  readonly id: string;
  readonly session: SessionWithUser;
  readonly action: string;
  readonly parameters: Parameters;
}

/** `auth.operations`: a proof for one operation, used once. */
export interface Operations {
  /**
   * Begins an operation. Send the browser to `location`: there the person reads what it is about and confirms it, whatever
   * the session has proved already. The id is no secret, and worth nothing to anybody else.
   *
   * @example
   * const { location } = await auth.operations.begin({
   *   session, action: 'payment', parameters: { amount: '100.00', to: 'X' }, title: 'Pay 100.00 to X',
   *   returnTo: '/pay?draft=7',
   * });
   *
   * @throws {CofactorError} `ERR_OPERATION_INVALID`, where something about it is not as it has to be
   */
  begin(operation: NewOperation): Promise<{ readonly id: string; readonly location: string }>;
  /**
   * Whether the person has confirmed exactly this, in this sign-in, at most five minutes ago: true once. Ask when it is
   * about to be done, with what is about to be done, and do it only then.
   */
  use(operation: UsedOperation): Promise<boolean>;
}

/** How long an operation that was proved can be used. */
export const provedLifeMs = 300_000;

/** What a person is shown of it. */
export interface ShownOperation {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What is sealed with it: nobody who writes to the database decides what a person reads. */
interface OperationData extends ShownOperation {
  readonly requirement: Requirement;
  readonly returnTo: string;
}

const idShape = /^opr_[A-Za-z0-9_-]{22}$/;
const actionShape = /^[A-Za-z0-9._-]{1,64}$/;

export function operationsOf(engine: Engine): Operations {
  return { begin: (operation) => begin(engine, operation), use: (operation) => use(engine, operation) };
}

async function begin(
  engine: Engine,
  operation: NewOperation,
): Promise<{ readonly id: string; readonly location: string }> {
  const { config, realm, store } = engine;
  const { session, user } = operation.session;
  const parameters = checked(operation);
  const account = await store.account(realm, { id: user.id });
  if (!account) throw invalid('the user of the session is gone');
  const id = newId('opr', config.random);
  const now = config.clock.now();
  const data: OperationData = {
    title: operation.title,
    lines: operation.showParameters === false ? [] : parameterLines(operation.parameters),
    // Zero: whatever was proved before, it was not for this.
    requirement: { ...(await requirementFor(engine, account, operation)), maxAge: 0 },
    returnTo: operation.returnTo,
  };
  const [digest = ''] = digestsOf(engine, { id, action: operation.action, parameters });
  await store.operations.createOperation({
    id,
    realm,
    userId: user.id,
    generation: session.generation,
    login: loginOf(session),
    action: operation.action,
    digest,
    data: seal(data, placeOf(engine, id), engine.keys, config.random),
    createdAt: now,
    expiresAt: new Date(now.getTime() + ceremonyLifeMs),
    provedAt: null,
    usedAt: null,
  });
  const page = config.pages.stepUp ?? `${engine.mount.base}/step-up`;
  const back = `${engine.mount.base}/operations/${id}`;
  return { id, location: `${page}?${String(new URLSearchParams({ return_to: back }))}` };
}

/**
 * As much as the account can give. Whose first factor is the application's own business has nothing to be asked for here until
 * they set something up.
 */
function atLeast(account: Account): Requirement {
  const asked = account.authenticators.some(({ usage }) => usage === 'first');
  return asked ? signInRequirement(account) : { acr: 'mfa' };
}

/** What the application asks, or as much as the account can give; and never less than is demanded of its person (I-14). */
async function requirementFor(
  engine: Engine,
  account: Account,
  { requirement: { acr, amr } = {} }: NewOperation,
): Promise<Requirement> {
  const asked = { ...atLeast(account), ...(acr !== undefined && { acr }), ...(amr !== undefined && { amr }) };
  const rules = await engine.enforcement.for(account);
  const due = dueNow(rules, account.user, engine.config.clock.now());
  return due ? strictest(asked, due) : asked;
}

async function use(engine: Engine, { id, session, action, parameters }: UsedOperation): Promise<boolean> {
  // It comes from requests, so what cannot be is an answer and no exception.
  const text = canonicalParameters(parameters);
  if (typeof id !== 'string' || !idShape.test(id) || text === null) return false;
  if (typeof action !== 'string' || !actionShape.test(action)) return false;
  const { user } = session;
  return engine.store.operations.useOperation(
    {
      realm: engine.realm,
      id,
      userId: user.id,
      session: session.session.id,
      action,
      digests: digestsOf(engine, { id, action, parameters: text }),
      now: engine.config.clock.now(),
    },
    engine.audit.entry('operation-used', user.id, { operation: id, action }),
  );
}

/** An operation of this sign-in, and whether it still waits to be proved; `null` where there is no such. */
export async function readOperation(
  engine: Engine,
  session: SessionWithUser,
  id: string,
): Promise<(OperationData & { readonly action: string; readonly waits: boolean }) | null> {
  if (!idShape.test(id)) return null;
  const record = await engine.store.operations.operation(engine.realm, id);
  if (!record || record.userId !== session.user.id || record.login !== loginOf(session.session)) return null;
  const alive =
    record.expiresAt > engine.config.clock.now() && record.generation === session.session.generation;
  return { ...openData(engine, record), action: record.action, waits: record.provedAt === null && alive };
}

/** What a step-up is for that leads back to an operation; `over` where it waits for nothing any more. */
export async function operationPurpose(
  engine: Engine,
  path: string,
  session: SessionWithUser | null,
): Promise<Purpose | 'over' | null> {
  if (!session) return null;
  const id = /\/operations\/([A-Za-z0-9_-]{1,64})(?:[?#]|$)/.exec(path)?.[1] ?? '';
  const operation = await readOperation(engine, session, id);
  if (!operation?.waits) return 'over';
  const { title, lines, action, requirement } = operation;
  return {
    application: engine.config.name,
    requirement,
    since: null,
    operation: { id, action, title, lines },
  };
}

/** What a ceremony that is for an operation shows of it. */
export async function shownOperation(engine: Engine, id: string): Promise<ShownOperation | null> {
  const record = await engine.store.operations.operation(engine.realm, id);
  if (!record) return null;
  const { title, lines } = openData(engine, record);
  return { title, lines };
}

function openData(engine: Engine, { id, data }: OperationRecord): OperationData {
  return open(data, placeOf(engine, id), engine.keys) as OperationData;
}

function placeOf({ realm }: Engine, id: string): string {
  return `operations ${realm} ${id}`;
}

/** With every key, the newest first: one may have followed between proof and use. */
function digestsOf(
  { keys }: Engine,
  { id, action, parameters }: { readonly id: string; readonly action: string; readonly parameters: string },
): readonly string[] {
  return keys.hashes(`operation ${JSON.stringify([id, action, parameters])}`);
}

/** The parameters as they are hashed. What is wrong is the application's mistake, or was put into its texts by somebody. */
function checked({
  action,
  parameters,
  title,
  requirement = {},
  returnTo,
  showParameters,
}: NewOperation): string {
  if (typeof action !== 'string' || !actionShape.test(action))
    throw invalid('action takes 1 to 64 letters, digits, dots, hyphens and underscores');
  if (!isLine(title, 200))
    throw invalid('title takes one line of 1 to 200 characters, without control or direction characters');
  if (typeof returnTo !== 'string' || !returnTo.startsWith('/') || returnTo.length > 1900)
    throw invalid('returnTo takes a path of this site');
  const { acr, amr = [], ...rest } = requirement;
  if (Object.keys(rest).length > 0 || (acr !== undefined && rankOf(acr) === -1) || !isMethods(amr))
    throw invalid('requirement takes { acr, amr }, with an acr of the ladder');
  const text = canonicalParameters(parameters);
  if (text === null)
    throw invalid('parameters takes JSON: at most 4,096 characters, names that begin with a letter');
  if (showParameters !== false && !parameterLines(parameters).every((line) => isLine(line, 300)))
    throw invalid(
      'parameters that are shown are lines of at most 300 characters, without control characters',
    );
  return text;
}

function isMethods(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length <= 16 && value.every((one) => typeof one === 'string' && one !== '')
  );
}

function invalid(why: string): CofactorError {
  return new CofactorError('ERR_OPERATION_INVALID', `An operation cannot be begun: ${why}.`);
}
