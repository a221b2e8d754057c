import type {
  About,
  AskContext,
  Begun,
  Delivery,
  EnrolContext,
  EnrolVerdict,
  FactorProvider,
  Held,
  NotBegun,
  Verdict,
} from '../core/provider.ts';
import { check } from '../core/schema.ts';
import { testContext } from './context.ts';
import { expectThat, fail, show } from './fail.ts';
import type { Person, ProviderSubject, Question, Shown } from './person.ts';
import { stored } from './values.ts';
import { checkEnrolVerdict, checkVerdict } from './verdicts.ts';

/** An authenticator as this core keeps it. */
export interface Enrolled {
  readonly id: string;
  readonly user: string;
  readonly person: Person;
  name: string;
  data: unknown;
  counter: number;
  about: About;
  readonly lookups: Set<string>;
  readonly handle: string | undefined;
  /** What it was made from, and what confirmed it. */
  readonly begun: Begun | null;
  readonly confirmed: unknown;
}

/** What was asked of somebody. */
export interface Challenged {
  readonly data: unknown;
  readonly view: Readonly<Record<string, unknown>>;
  readonly delivery: Delivery | null;
  readonly expiresAt: Date;
}

export type Outcome = 'accepted' | 'wrong' | 'replayed' | 'pending' | 'malformed';

/**
 * As much of the core as providers stand on, in memory: it keeps what they return, and applies counters, single-use
 * secrets and challenges as the database would. Time moves on before each question.
 */
export class Rehearsal {
  readonly provider: FactorProvider;
  readonly seed: number;
  readonly #subject: ProviderSubject;
  readonly #challenges = new Map<string, Challenged>();
  #now = testContext().now;
  #enrolled = 0;

  constructor(subject: ProviderSubject, seed = 1) {
    this.provider = subject.create();
    this.seed = seed;
    this.#subject = subject;
  }

  person(): Person {
    return this.#subject.person();
  }

  context(user: string, held: readonly Held<never>[] = []): EnrolContext<never> & AskContext {
    // Asked later, a provider gets other random bytes.
    const seed = this.seed + this.#now.getTime();
    return testContext({ user, now: this.#now, seed, held });
  }

  /** Lets time go by. */
  advance(seconds: number): void {
    this.#now = new Date(this.#now.getTime() + seconds * 1000);
  }

  /** Asks the provider, for at most as long as the core would wait. */
  async within<T>(what: string, question: () => T | Promise<T>): Promise<T> {
    const { timeout = 10_000 } = this.#subject;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${what} did not answer within ${timeout} ms`)), timeout);
    });
    try {
      return await Promise.race([question(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Begins a set-up; `null` for a provider without `begin`. */
  async begin(
    person: Person,
    user = 'usr_ada',
    context: EnrolContext<never> = this.context(user),
  ): Promise<Begun | null> {
    const { provider } = this;
    const begin = provider.begin?.bind(provider);
    if (!begin) return null;
    const input = structuredClone(person.input);
    if (provider.input && (await check(provider.input.schema, input)))
      fail(`input ${show(input)} of the person does not fit input.schema`);
    const begun: Begun | NotBegun = await this.within('begin', () => begin(context, input));
    if ('refused' in begun) {
      expectThat(
        typeof provider.view.texts['en']?.[begun.refused] === 'string',
        `begin refused with ${show(begun.refused)}, which is no key of the English texts`,
      );
      return fail(`begin refused what the person entered: ${begun.refused}`);
    }
    return begun;
  }

  /** What a person is shown of a set-up. */
  shown(begun: Begun | null, user: string): Shown {
    return {
      setup: stored(begun?.setup ?? {}) as Record<string, unknown>,
      delivery: begun?.deliver ?? null,
      context: this.context(user),
    };
  }

  async confirm(begun: Begun | null, response: unknown, user = 'usr_ada'): Promise<EnrolVerdict> {
    const { provider } = this;
    const data = begun === null ? null : stored(begun.data);
    const given = structuredClone(response);
    const context = this.context(user);
    const verdict = await this.within('confirm', () => provider.confirm(context, data, given));
    checkEnrolVerdict(provider, verdict);
    return verdict;
  }

  /** Sets an authenticator up, as a person would. */
  async enrol(user = 'usr_ada', person: Person = this.person()): Promise<Enrolled> {
    this.advance(60);
    const begun = await this.begin(person, user);
    const response = await person.confirm(this.shown(begun, user));
    const schema = this.provider.confirmResponse ?? this.provider.response;
    if (await check(schema, response))
      fail(`${show(response)}, which should confirm, does not fit the schema`);
    const verdict = await this.confirm(begun, response, user);
    if (!verdict.ok) return fail(`the right response ${show(response)} did not confirm: ${verdict.reason}`);
    this.#enrolled += 1;
    return {
      id: `aut_${this.#enrolled}`,
      user,
      person,
      name: verdict.name ?? 'Mine',
      data: stored(verdict.data),
      counter: verdict.counter ?? 0,
      about: stored(verdict.about ?? {}),
      lookups: new Set(verdict.lookups),
      handle: verdict.handle,
      begun,
      confirmed: response,
    };
  }

  /** Asks for an answer, some time after whatever was before. */
  async ask(one: Enrolled, all: readonly Enrolled[] = [one]): Promise<Question> {
    this.advance(60);
    const { challenge: maker } = this.provider;
    const { user, id: authenticator } = one;
    const context = this.context(user);
    if (!maker) return { view: null, delivery: null, context, authenticator };
    const held = all.filter((other) => other.user === user).map(heldOf);
    const made = await this.within('challenge.make', () =>
      maker.make(this.context(user), heldOf(one), maker.shared ? held : [heldOf(one)]),
    );
    expectThat(typeof made === 'object' && made !== null, `challenge.make returned ${show(made)}`);
    const { data, view, deliver: delivery = null } = made;
    const expiresAt = new Date(this.#now.getTime() + maker.lifetime * 1000);
    this.#challenges.set(this.#place(one), {
      data: stored(data),
      view: stored(view) as Record<string, unknown>,
      delivery,
      expiresAt,
    });
    return { view: stored(view) as Record<string, unknown>, delivery, context, authenticator };
  }

  /** What an authenticator was asked last, unless it is used up or too old. */
  challengeOf(one: Enrolled): Challenged | null {
    const found = this.#challenges.get(this.#place(one));
    return found && found.expiresAt > this.#now ? found : null;
  }

  /** Answers, and keeps what the provider says, as the core does. */
  async answer(one: Enrolled, response: unknown): Promise<Outcome> {
    const { provider } = this;
    const { challenge: maker } = provider;
    const challenge = maker ? this.challengeOf(one) : null;
    if (maker?.usedUpBy === 'answer') this.#challenges.delete(this.#place(one));
    if (maker && !challenge) return 'wrong';
    if (await check(provider.response, response)) return 'malformed';
    const verdict = await this.verify(one, response, challenge?.data ?? null);
    if (!verdict.ok) return verdict.reason;
    const { counter, spend, data, about } = verdict;
    if (counter !== undefined && counter <= one.counter) return 'replayed';
    if (spend !== undefined) {
      const unused = spend.filter((hash) => one.lookups.has(hash));
      if (unused.length !== 1) return 'wrong';
      one.lookups.delete(unused[0] ?? '');
    }
    one.counter = counter ?? one.counter;
    if (data !== undefined) one.data = stored(data);
    if (about) one.about = stored(about);
    if (maker) this.#challenges.delete(this.#place(one));
    return 'accepted';
  }

  /** Asks the provider alone: nothing is kept. */
  async verify(
    one: Enrolled,
    response: unknown,
    challenge: unknown,
    data: unknown = one.data,
  ): Promise<Verdict> {
    const { provider } = this;
    const asked = { ...heldOf(one), data: stored(data), challenge: stored(challenge) };
    const given = structuredClone(response);
    const context = this.context(one.user);
    const verdict = await this.within('verify', () => provider.verify(context, asked, given));
    checkVerdict(provider, verdict);
    return verdict;
  }

  #place(one: Enrolled): string {
    return this.provider.challenge?.shared ? one.user : one.id;
  }
}

/** An authenticator as its provider sees it. */
export function heldOf({ id, name, data, counter }: Enrolled): Held<never> {
  return { id, name, data: stored(data) as never, counter };
}
