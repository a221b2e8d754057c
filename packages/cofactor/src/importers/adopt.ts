import { newAuthenticator } from '../core/authenticators/new.ts';
import { authenticatorsPerUser, cleanName, proposeName } from '../core/authenticators/rules.ts';
import { factorContext, type Engine } from '../core/engine.ts';
import type { EnrolVerdict, FactorProvider, ForeignFactor } from '../core/provider.ts';
import type { NewAuthenticator } from '../core/store.ts';
import type { ForeignHeld } from './foreign.ts';

/** Something that somebody had and does not have here. */
export interface LeftBehind {
  readonly what: ForeignFactor['kind'] | 'address';
  readonly why:
    /** Cannot be read. */
    | 'unreadable'
    /** No provider here was named for it. */
    | 'unmapped'
    /** No provider here takes it. */
    | 'no-provider'
    /** The provider that takes it cannot use this one, or failed. */
    | 'refused'
    /** One is enough, or there are too many. */
    | 'too-many'
    /** It is somebody else's here. */
    | 'taken'
    /** Nobody has confirmed it. */
    | 'unconfirmed'
    /** There is no second factor that it could stand in for. */
    | 'no-use';
  /** What the other system calls where it is from. */
  readonly from?: string;
}

/** What came over. */
export interface Adopted {
  readonly factors: readonly NewAuthenticator[];
  readonly kinds: readonly ForeignFactor['kind'][];
  readonly left: readonly LeftBehind[];
  /** Whether a sign-in can begin with any of it. */
  readonly begins: boolean;
  /** Whether any of it is more than a first factor. */
  readonly second: boolean;
}

/** Handles that are somebody's already: in the database, or, in a rehearsal, in an earlier row. */
export type IsTaken = (provider: string, handle: string) => Promise<boolean>;

/** Asks the providers for everything that somebody holds, in the order that their accounts are built in. */
export async function adopt(
  engine: Engine,
  user: { readonly id: string; readonly identifier: string },
  held: readonly ForeignHeld[],
  isTaken: IsTaken,
): Promise<Adopted> {
  const now = engine.config.clock.now();
  const factors: NewAuthenticator[] = [];
  const kinds: ForeignFactor['kind'][] = [];
  const left: LeftBehind[] = [];
  const used: FactorProvider[] = [];
  const hasSecond = (): boolean => used.some(({ usage }) => usage === 'second');

  for (const one of inOrder(held)) {
    if (one.lastResort === true && hasSecond()) continue;
    const asked = await ask(engine, user, one);
    const why = 'why' in asked ? asked.why : await obstacle(asked, used, isTaken);
    if ('why' in asked || why !== null) {
      left.push({ what: one.what, why: why ?? 'refused', ...(one.from !== undefined && { from: one.from }) });
      continue;
    }
    const { provider, verdict } = asked;
    const name = cleanName(verdict.name) ?? proposeName(provider, factors);
    factors.push(newAuthenticator(engine, user.id, provider, name, verdict, now));
    kinds.push(one.what);
    used.push(provider);
  }
  return {
    factors,
    kinds,
    left,
    begins: used.some(({ usage, discover }) => usage === 'first' || discover !== undefined),
    second: hasSecond(),
  };
}

/** First what most depends on, last what stands in for something else. */
function inOrder(held: readonly ForeignHeld[]): readonly ForeignHeld[] {
  const rank = ({ what, lastResort }: ForeignHeld): number =>
    what === 'single-use-codes' ? 2 : lastResort === true ? 1 : 0;
  return held.toSorted((a, b) => rank(a) - rank(b));
}

type Asked =
  | { readonly provider: FactorProvider; readonly verdict: EnrolVerdict & { readonly ok: true } }
  | { readonly why: LeftBehind['why'] };

async function ask(
  engine: Engine,
  user: { readonly id: string; readonly identifier: string },
  { factor, provider: only }: ForeignHeld,
): Promise<Asked> {
  if (factor === null) return { why: 'unreadable' };
  if (only === null) return { why: 'unmapped' };
  const context = factorContext(engine, user);
  for (const provider of engine.config.providers.values()) {
    if (!provider.adopt || (only !== undefined && provider.name !== only)) continue;
    try {
      const verdict = await provider.adopt(context, factor);
      if (verdict === null) continue;
      return verdict.ok === true ? { provider, verdict } : { why: 'refused' };
    } catch {
      // What it throws may quote what it was given (I-28), and nothing came over either way (I-12).
      return { why: 'refused' };
    }
  }
  return { why: 'no-provider' };
}

async function obstacle(
  { provider, verdict }: Extract<Asked, { readonly verdict: unknown }>,
  used: readonly FactorProvider[],
  isTaken: IsTaken,
): Promise<LeftBehind['why'] | null> {
  if (used.length >= authenticatorsPerUser) return 'too-many';
  if (!provider.multiple && used.includes(provider)) return 'too-many';
  if (provider.usage === 'recovery' && !used.some(({ usage }) => usage === 'second')) return 'no-use';
  const { handle } = verdict;
  return handle !== undefined && (await isTaken(provider.name, handle)) ? 'taken' : null;
}
