import { isDeepStrictEqual } from 'node:util';
import { expectThat, show } from '../fail.ts';
import { Rehearsal } from '../rehearsal.ts';
import { secretsOf, spoiltBy, twinOf } from '../secrets.ts';
import { testContext } from '../context.ts';
import { stored } from '../values.ts';
import type { Check } from './check.ts';

/** How authenticators come to be. */
export const setup: readonly Check[] = [
  {
    name: 'is set up by the right response, and stores what the database can keep',
    async run(subject) {
      const rehearsal = new Rehearsal(subject);
      const one = await rehearsal.enrol();
      const { data } = one;
      expectThat(data !== undefined && data !== null, `nothing is stored: data is ${show(data)}`);
      // A second one of another user is no less welcome.
      await rehearsal.enrol('usr_ben');
    },
  },
  {
    name: 'makes new secrets for each set-up, by itself',
    applies: (provider, { secretsFrom }) => provider.begin !== undefined && secretsFrom === undefined,
    async run(subject) {
      const made: string[] = [];
      const person = subject.person();
      for (const seed of [1, 2, 3]) {
        const begun = await new Rehearsal(subject).begin(person, 'usr_ada', testContext({ seed }));
        made.push(JSON.stringify([begun?.data, begun?.setup, begun?.deliver]));
      }
      const same = new Set(made).size < made.length;
      expectThat(!same, `begin made the same twice with other random bytes (I-03): ${show(made[0])}`);
    },
  },
  {
    name: 'takes no secret from whoever sets it up',
    applies: (provider) => provider.begin !== undefined && provider.input === undefined,
    async run(subject) {
      const { provider } = new Rehearsal(subject);
      const planted = 'PLANTEDPLANTEDPLANTEDPLANTEDPLAN';
      const input = Object.fromEntries(
        ['secret', 'key', 'seed', 'code', 'data', 'challenge', 'pin'].map((name) => [name, planted]),
      );
      const begun = await provider.begin?.(testContext(), input);
      expectThat(!JSON.stringify(begun).includes(planted), 'begin took a secret from its input (I-03)');
    },
  },
  {
    name: 'confirms only who holds what was set up',
    async run(subject) {
      const rehearsal = new Rehearsal(subject);
      const person = rehearsal.person();
      const begun = await rehearsal.begin(person);
      const shown = rehearsal.shown(begun, 'usr_ada');
      for (const wrong of (await person.wrongConfirm?.(shown)) ?? []) {
        const { ok } = await rehearsal.confirm(begun, wrong);
        expectThat(!ok, `the wrong response ${show(wrong)} confirmed a set-up`);
      }
      const right = await person.confirm(shown);
      if (begun) {
        const without = await rehearsal.confirm(null, right);
        expectThat(!without.ok, 'a response confirmed what was never begun');
        const of = rehearsal.person();
        const others = await rehearsal.begin(of, 'usr_ben');
        // Who only says that something was seen, as with codes on paper, says it of any of them.
        const saysOnly = person.wrongConfirm === undefined;
        const theirs = saysOnly ? null : await rehearsal.confirm(others, right, 'usr_ben');
        expectThat(theirs?.ok !== true, "a response confirmed somebody else's set-up");
      }
      const confirmed = await rehearsal.confirm(begun, right);
      expectThat(confirmed.ok, `the right response ${show(right)} did not confirm after wrong ones`);
    },
  },
  {
    name: 'is issued without input, to who says that it is saved',
    applies: ({ usage }) => usage === 'recovery',
    async run(subject) {
      const { provider } = new Rehearsal(subject);
      const begun = await provider.begin?.(testContext(), undefined);
      const data = begun && 'data' in begun ? stored(begun.data) : null;
      const verdict = await provider.confirm(testContext(), data, { saved: true });
      expectThat(
        verdict.ok,
        'recovery comes with the first second factor: confirm has to take { saved: true }',
      );
    },
  },
  {
    name: 'shows what is secret to nobody but its person',
    async run(subject) {
      const person = subject.person();
      const twin = await twinOf(subject, person);
      const rehearsal = new Rehearsal(subject);
      const one = await rehearsal.enrol('usr_ada', person);
      const secrets = secretsOf(one, twin);
      const { about, name, begun } = one;
      const code = begun?.deliver?.code;
      if (code !== undefined) expectThat(!spoiltBy([code], begun?.setup), 'setup has the code that is sent');
      expectThat(!spoiltBy(secrets, about), `about has a secret of the set-up in it: ${show(about)}`);
      expectThat(!spoiltBy(secrets, name), `the name has a secret of the set-up in it: ${show(name)}`);
      const { view, delivery } = await rehearsal.ask(one);
      expectThat(!spoiltBy(secrets, view), `the view of a challenge has a secret in it: ${show(view)}`);
      if (delivery)
        expectThat(!spoiltBy([delivery.code], view), 'the view of a challenge has the code that is sent');
    },
  },
  {
    name: 'does the same in the same situation: no clock and no randomness of its own',
    async run(subject) {
      const person = subject.person();
      const enrolled = await new Rehearsal(subject).enrol('usr_ada', person);
      const made: unknown[] = [];
      for (let turn = 0; turn < 2; turn += 1) {
        const rehearsal = new Rehearsal(subject);
        const begun = await rehearsal.begin(person);
        rehearsal.advance(3600);
        await rehearsal.ask(enrolled);
        const { provider } = rehearsal;
        const found = await provider.discover?.make(testContext());
        made.push(stored([begun, rehearsal.challengeOf(enrolled), found]));
        // Long enough for a clock to show another time.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const [first, second] = made;
      expectThat(
        isDeepStrictEqual(first, second),
        `asked twice alike, it made ${show(first)} and ${show(second)}`,
      );
    },
  },
];
