import { isDeepStrictEqual } from 'node:util';
import { expectThat, fail, show } from '../fail.ts';
import type { Question } from '../person.ts';
import { heldOf, Rehearsal, type Enrolled } from '../rehearsal.ts';
import { strange } from '../malformed.ts';
import { stored } from '../values.ts';
import type { Check } from './check.ts';

/** What comes of answers. */
export const answers: readonly Check[] = [
  {
    name: 'knows right from wrong',
    async run(subject) {
      const rehearsal = new Rehearsal(subject);
      const one = await rehearsal.enrol();
      const wrongs = await one.person.wrong(await rehearsal.ask(one));
      expectThat(wrongs.length > 0, 'the person gave no wrong answers to try');
      for (const index of wrongs.keys()) {
        // Asked anew each time: an answer may use up the question.
        const wrong = (await one.person.wrong(await rehearsal.ask(one)))[index];
        const outcome = await rehearsal.answer(one, wrong);
        expectThat(
          outcome !== 'malformed',
          `the wrong answer ${show(wrong)} does not fit the schema, so it tests nothing`,
        );
        expectThat(
          outcome === 'wrong' || outcome === 'replayed',
          `the wrong answer ${show(wrong)} was ${outcome}`,
        );
      }
      // Twice: what a right answer leaves behind must not stand in the way of the next one.
      await answerRight(rehearsal, one);
      await answerRight(rehearsal, one);
    },
  },
  {
    name: 'takes nobody for somebody else',
    async run(subject) {
      const rehearsal = new Rehearsal(subject);
      const mine = await rehearsal.enrol();
      const theirs = await rehearsal.enrol('usr_ben');
      await refusesFor(rehearsal, mine, theirs, 'of another user');
      await refusesFor(rehearsal, theirs, mine, 'of another user');
      if (!rehearsal.provider.multiple) return;
      const other = await rehearsal.enrol('usr_ada');
      await refusesFor(rehearsal, mine, other, 'of the same user');
      await answerRight(rehearsal, other);
    },
  },
  {
    name: 'takes each response once',
    // What one knows stays the same; everything else can be overheard and used again.
    applies: ({ proves }) => proves.kind !== 'know',
    async run(subject) {
      const rehearsal = new Rehearsal(subject);
      const one = await rehearsal.enrol();
      await rehearsal.ask(one);
      const asSetUp = await rehearsal.answer(one, one.confirmed);
      expectThat(
        asSetUp !== 'accepted',
        'the response that confirmed the set-up was accepted at a sign-in too (I-04)',
      );

      const before = one.counter;
      const used = await answerRight(rehearsal, one);
      expectThat((await rehearsal.answer(one, used)) !== 'accepted', 'a response was accepted twice (I-04)');
      await rehearsal.ask(one);
      const again = await rehearsal.answer(one, used);
      expectThat(again !== 'accepted', 'a response was accepted again where the same was asked later (I-04)');
      if (one.counter === before) return;
      // Where one may be left out, the one that was is not good any more.
      const earlier = await one.person.answer(await rehearsal.ask(one));
      const later = await one.person.answer(await rehearsal.ask(one));
      if ((await rehearsal.answer(one, later)) !== 'accepted') return;
      const late = await rehearsal.answer(one, earlier);
      expectThat(late !== 'accepted', 'a response was accepted that is older than the last one (I-04)');
    },
  },
  {
    name: 'gives a verdict on whatever its schema lets through',
    async run(subject) {
      const rehearsal = new Rehearsal(subject);
      const { provider } = rehearsal;
      const one = await rehearsal.enrol();
      const right = await one.person.answer(await rehearsal.ask(one));
      const challenge = rehearsal.challengeOf(one)?.data ?? null;
      for (const response of await strange(provider.response, right))
        await givesVerdict(response, () => rehearsal.verify(one, response, challenge));
      for (const response of await strange(provider.confirmResponse ?? provider.response, one.confirmed))
        await givesVerdict(response, () => rehearsal.confirm(one.begun, response));
    },
  },
  {
    name: 'says yes to nobody where what is stored is gone',
    async run(subject) {
      const rehearsal = new Rehearsal(subject);
      const one = await rehearsal.enrol();
      const right = await one.person.answer(await rehearsal.ask(one));
      const challenge = rehearsal.challengeOf(one)?.data ?? null;
      for (const data of [null, {}, [], '']) {
        let verdict;
        try {
          verdict = await rehearsal.verify(one, right, challenge, data);
        } catch {
          // Nobody gets in, and the log says why.
          continue;
        }
        // Single-use secrets are not in the data: there the core decides.
        expectThat(
          !verdict.ok || verdict.spend !== undefined,
          `with ${show(data)} stored, a response was right (A-13)`,
        );
      }
    },
  },
  {
    name: 'changes nothing that it is given',
    async run(subject) {
      const rehearsal = new Rehearsal(subject);
      const { provider } = rehearsal;
      const one = await rehearsal.enrol();
      const response = await one.person.answer(await rehearsal.ask(one));
      const challenge = rehearsal.challengeOf(one)?.data ?? null;
      const given = { asked: { ...heldOf(one), challenge: stored(challenge) }, response };
      await unchanged('verify', given, () =>
        provider.verify(rehearsal.context(one.user), given.asked, given.response),
      );
      if (!one.begun) return;
      const begun = { data: stored(one.begun.data), response: one.confirmed };
      await unchanged('confirm', begun, () =>
        provider.confirm(rehearsal.context(one.user), begun.data, begun.response),
      );
    },
  },
  {
    name: 'answers before the core gives up on it',
    async run(subject) {
      const { timeout = 10_000 } = subject;
      const rehearsal = new Rehearsal(subject);
      const began = performance.now();
      const one = await rehearsal.enrol();
      await answerRight(rehearsal, one);
      const [wrong] = await one.person.wrong(await rehearsal.ask(one));
      await rehearsal.answer(one, wrong);
      // One and a half dozen questions; the limit is for each of them, and half of it for all says that none is near.
      const took = performance.now() - began;
      expectThat(took < timeout / 2, `a set-up and two answers took ${Math.round(took)} ms`);
    },
  },
  {
    name: 'says pending for as long as somebody else has to act, and nothing is lost by asking',
    applies: (_provider, { person }) => person().waiting !== undefined,
    async run(subject) {
      const rehearsal = new Rehearsal(subject);
      const one = await rehearsal.enrol();
      const question = await rehearsal.ask(one);
      const waiting = await one.person.waiting?.(question);
      for (let turn = 0; turn < 3; turn += 1) {
        rehearsal.advance(2);
        const outcome = await rehearsal.answer(one, waiting);
        expectThat(outcome === 'pending', `what waits for somebody else was ${outcome}`);
      }
      await answerRight(rehearsal, one, question);
    },
  },
  {
    name: 'takes as long for nobody as for somebody',
    // What can begin a sign-in is asked about people who do not exist (I-17).
    applies: ({ usage }) => usage === 'first',
    async run(subject) {
      const rehearsal = new Rehearsal(subject);
      const { provider } = rehearsal;
      const decoy = provider.decoy?.bind(provider);
      if (!decoy) return fail('there is no decoy: a sign-in with an unknown name is answered sooner');
      const one = await rehearsal.enrol();
      const [wrong] = await one.person.wrong(await rehearsal.ask(one));
      const nobody = rehearsal.context('usr_nobody');
      for (const response of await strange(provider.response, wrong))
        await givesVerdict(response, () => decoy(nobody, response));
      const real = await median(() => rehearsal.verify(one, wrong, null));
      const fake = await median(() => rehearsal.within('decoy', () => decoy(nobody, wrong)));
      // Shorter than this, the network hides it.
      if (real > 5 && fake < real / 2)
        fail(
          `a decoy takes ${fake.toFixed(1)} ms and a real answer ${real.toFixed(1)} ms: that tells who exists`,
        );
    },
  },
];

async function answerRight(rehearsal: Rehearsal, one: Enrolled, asked?: Question): Promise<unknown> {
  const question = asked ?? (await rehearsal.ask(one));
  const response = await one.person.answer(question);
  const outcome = await rehearsal.answer(one, response);
  expectThat(outcome === 'accepted', `the right answer ${show(response)} was ${outcome}`);
  return response;
}

/** What is right for one is wrong for another, with the question of either. */
async function refusesFor(
  rehearsal: Rehearsal,
  mine: Enrolled,
  other: Enrolled,
  whose: string,
): Promise<void> {
  const all = [mine, other];
  const right = await mine.person.answer(await rehearsal.ask(mine, all));
  const challenge = rehearsal.challengeOf(mine)?.data ?? null;
  const sameQuestion = await rehearsal.verify(other, right, challenge);
  const spends = sameQuestion.ok && sameQuestion.spend?.every((hash) => !other.lookups.has(hash)) === true;
  expectThat(!sameQuestion.ok || spends, `an answer was right for an authenticator ${whose}`);
  await rehearsal.ask(other, all);
  const outcome = await rehearsal.answer(other, right);
  expectThat(outcome !== 'accepted', `an answer was accepted for an authenticator ${whose}`);
}

async function givesVerdict(response: unknown, question: () => unknown): Promise<void> {
  try {
    await question();
  } catch (error) {
    fail(`${show(response)}, which the schema lets through, made it fail: ${show(error)}`);
  }
}

async function unchanged(what: string, given: object, question: () => unknown): Promise<void> {
  const before = structuredClone(given);
  await question();
  expectThat(isDeepStrictEqual(given, before), `${what} changed ${show(before)} to ${show(given)}`);
}

async function median(question: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const began = performance.now();
    await question();
    times.push(performance.now() - began);
  }
  return times.toSorted((a, b) => a - b)[2] ?? 0;
}
