import { CofactorError } from '../../base/errors.ts';
import type { FactorContext, MaybePromise } from '../../core/provider.ts';
import { argon2id, type PasswordCost, type PasswordHasher } from './hasher.ts';
import { sharedHashQueue, type HashQueue } from './hash-queue.ts';

export interface PasswordOptions {
  /**
   * Fewest characters, counted as code points: 8 where another factor follows, 15 where the password is all there is
   * (NIST SP 800-63B-4, 3.1.1.2). Neither can be less than 8 or more than 64.
   */
  readonly minimumLength?: { readonly withSecondFactor?: number; readonly only?: number };
  /** Passwords not to accept beside the common ones: a list, or a function that answers `true` for them. */
  readonly blocklist?: readonly string[] | PasswordBlocklist;
  /** The price of one argon2id hash. Stored hashes that were cheaper are renewed at the next sign-in. */
  readonly cost?: PasswordCost;
  /** Verifiers of hashes that came from elsewhere, asked in this order; replaced at the next sign-in. */
  readonly verifiers?: readonly PasswordVerifier[];
  /** Another way to hash, in place of argon2id. */
  readonly hasher?: PasswordHasher;
  /** Where hashes wait; one queue for the process unless given. */
  readonly queue?: HashQueue;
}

/**
 * Whether not to accept a password, e.g. because a list of stolen ones has it. Where it throws, the password is not
 * stored.
 */
export type PasswordBlocklist = (password: string, user: FactorContext['user']) => MaybePromise<boolean>;

/** Checks the hashes of another system. It is given the password as it was typed, as that system was. */
export interface PasswordVerifier {
  matches(hash: string): boolean;
  verify(hash: string, password: string): Promise<boolean>;
}

/** The options as the provider works with them: whole, checked and frozen. */
export interface PasswordSettings {
  readonly minimum: { readonly withSecondFactor: number; readonly only: number };
  readonly blocked: PasswordBlocklist;
  readonly verifiers: readonly PasswordVerifier[];
  readonly hasher: PasswordHasher;
  readonly queue: HashQueue;
}

/** @throws {CofactorError} `ERR_CONFIG_PASSWORD` */
export function checked(options: PasswordOptions): PasswordSettings {
  const { minimumLength, blocklist, cost, verifiers, hasher, queue, ...unknown } = options;
  refuseUnknown('', unknown);
  if (hasher !== undefined && cost !== undefined)
    throw wrong('cost', 'cannot stand beside hasher, which has its own');
  return Object.freeze<PasswordSettings>({
    minimum: checkedMinimum(minimumLength),
    blocked: checkedBlocklist(blocklist),
    verifiers: checkedVerifiers(verifiers),
    hasher: hasher === undefined ? argon2id(checkedCost(cost)) : checkedHasher(hasher),
    queue: queue === undefined ? sharedHashQueue() : checkedQueue(queue),
  });
}

function checkedMinimum(given: PasswordOptions['minimumLength'] = {}): PasswordSettings['minimum'] {
  const { withSecondFactor = 8, only = Math.max(15, withSecondFactor), ...unknown } = given;
  refuseUnknown('minimumLength.', unknown);
  for (const [name, value] of Object.entries({ withSecondFactor, only })) {
    // A password of 64 characters must be accepted (800-63B-4, 3.1.1.2).
    if (!Number.isInteger(value) || value < 8 || value > 64) {
      throw wrong(`minimumLength.${name}`, `takes a whole number from 8 to 64, not ${String(value)}`);
    }
  }
  if (only < withSecondFactor) throw wrong('minimumLength.only', 'cannot be less than withSecondFactor');
  return Object.freeze({ withSecondFactor, only });
}

function checkedBlocklist(given: PasswordOptions['blocklist'] = []): PasswordBlocklist {
  if (typeof given === 'function') return given;
  if (!Array.isArray(given) || given.some((entry) => typeof entry !== 'string')) {
    throw wrong('blocklist', 'takes a list of passwords or a function');
  }
  const entries = new Set(given.map(folded));
  return (password) => entries.has(folded(password));
}

const folded = (password: string): string => password.normalize('NFKC').toLowerCase();

/** The least of OWASP's equivalent settings: 7 MiB and 5 passes, or more memory and fewer passes. */
const leastMemory = 7_168;
const leastWork = 7_168 * 5;

function checkedCost(given: PasswordCost = {}): Required<PasswordCost> {
  const { memory = 19_456, passes = 2, lanes = 1, ...unknown } = given;
  refuseUnknown('cost.', unknown);
  const within = (name: string, value: number, least: number, most: number): void => {
    if (!Number.isInteger(value) || value < least || value > most) {
      throw wrong(`cost.${name}`, `takes a whole number from ${least} to ${most}, not ${String(value)}`);
    }
  };
  within('memory', memory, leastMemory, 4_194_304);
  within('passes', passes, 1, 100);
  within('lanes', lanes, 1, 64);
  if (memory * passes < leastWork) throw wrong('cost', `is too low: memory x passes must reach ${leastWork}`);
  return Object.freeze({ memory, passes, lanes });
}

function checkedVerifiers(given: readonly PasswordVerifier[] = []): readonly PasswordVerifier[] {
  const fits = (verifier: PasswordVerifier): boolean =>
    typeof verifier?.matches === 'function' && typeof verifier.verify === 'function';
  const isList: boolean = Array.isArray(given);
  if (!isList || !given.every(fits)) {
    throw wrong('verifiers', 'takes a list of objects with matches() and verify()');
  }
  return Object.freeze([...given]);
}

function checkedHasher(given: PasswordHasher): PasswordHasher {
  const { hash, verify, needsRehash } = given ?? {};
  if ([hash, verify, needsRehash].some((method) => typeof method !== 'function')) {
    throw wrong('hasher', 'takes an object with hash(), verify() and needsRehash()');
  }
  return given;
}

function checkedQueue(given: HashQueue): HashQueue {
  if (typeof given?.run !== 'function') throw wrong('queue', 'takes what createHashQueue() returns');
  return given;
}

function refuseUnknown(within: string, unknown: object): void {
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw wrong(within + name, 'is not an option');
}

function wrong(option: string, problem: string): CofactorError {
  return new CofactorError('ERR_CONFIG_PASSWORD', `password({ ${option} }) ${problem}`);
}
