import type { Delivery, Discovery, Identified, MailContent, SendContext } from '../../core/provider.ts';
import { testContext } from '../context.ts';
import { expectThat, fail, show } from '../fail.ts';
import type { Question } from '../person.ts';
import { Rehearsal, type Enrolled } from '../rehearsal.ts';
import { isJson, stored } from '../values.ts';
import type { Check } from './check.ts';

/** For a provider whose answers belong to questions. */
export const challenges: readonly Check[] = [
  {
    name: 'asks anew each time, for a while',
    applies: ({ challenge }) => challenge !== undefined,
    async run(subject) {
      const rehearsal = new Rehearsal(subject);
      const { challenge: maker } = rehearsal.provider;
      const lifetime = maker?.lifetime ?? 0;
      // SP 800-63B-4, 3.1.3.2 gives a code that is sent ten minutes; an hour is more than anything needs.
      expectThat(lifetime >= 1 && lifetime <= 3600, `challenge.lifetime is ${show(lifetime)} seconds`);
      const used = ['answer', 'success'].includes(maker?.usedUpBy ?? '');
      expectThat(used, `challenge.usedUpBy is ${show(maker?.usedUpBy)}`);
      const one = await rehearsal.enrol();
      const made: string[] = [];
      for (let turn = 0; turn < 3; turn += 1) {
        // What is not answered in its time is asked anew, and never with the same words.
        rehearsal.advance(lifetime + 1);
        await rehearsal.ask(one);
        const challenge = rehearsal.challengeOf(one);
        expectThat(
          isJson(challenge?.data),
          `the data of a challenge is not what JSON can hold: ${show(challenge?.data)}`,
        );
        made.push(JSON.stringify(challenge?.data));
      }
      expectThat(
        new Set(made).size === made.length,
        `the same challenge was made twice: ${show(made)} (I-21)`,
      );
    },
  },
  {
    name: 'takes an answer only to what it asked',
    applies: ({ challenge }) => challenge !== undefined,
    async run(subject) {
      const rehearsal = new Rehearsal(subject);
      const { challenge: maker } = rehearsal.provider;
      const lifetime = maker?.lifetime ?? 0;
      const one = await rehearsal.enrol();
      const right = await one.person.answer(await rehearsal.ask(one));
      const unasked = await rehearsal.verify(one, right, null);
      expectThat(
        !unasked.ok && unasked.reason === 'wrong',
        `unasked, an answer was ${show(unasked)} and not wrong`,
      );
      rehearsal.advance(lifetime + 1);
      const late = await rehearsal.answer(one, right);
      expectThat(late !== 'accepted', 'an answer was accepted when its time was over');
      await rehearsal.ask(one);
      const toAnother = await rehearsal.answer(one, right);
      expectThat(toAnother !== 'accepted', 'an answer to one challenge was accepted for the next one (I-21)');
    },
  },
  {
    name: 'sends the code to its person, not in the subject, and says when it could not',
    applies: ({ send }) => send !== undefined,
    async run(subject) {
      const rehearsal = new Rehearsal(subject);
      const { provider } = rehearsal;
      const one = await rehearsal.enrol();
      const { delivery: asked } = await rehearsal.ask(one);
      const delivery = asked ?? one.begun?.deliver;
      if (!delivery) return fail('there is send, and nothing to be sent');
      const mails: (MailContent & { readonly to: string })[] = [];
      const send = (mail: SendContext['mail']): Promise<void> =>
        rehearsal.within('send', () => provider.send?.({ ...sending, mail }, delivery) ?? Promise.resolve());
      await send(async (to, content) => void mails.push({ ...content, to }));
      for (const mail of mails) goesTo(delivery, mail);
      if (mails.length === 0) return;
      const told = await send(() => Promise.reject(new Error('no mail today'))).then(
        () => false,
        () => true,
      );
      expectThat(told, 'a mail could not be sent, and send says nothing of it: the person waits for a code');
    },
  },
  {
    name: 'finds whose authenticator it is, and only by what it was set up with',
    applies: ({ discover }) => discover !== undefined,
    async run(subject) {
      const rehearsal = new Rehearsal(subject);
      const { discover } = rehearsal.provider;
      if (!discover) return;
      const made = await discover.make(testContext());
      const other = await discover.make(testContext({ seed: 2 }));
      expectThat(
        isJson(made.data) && isJson(made.view),
        `discover.make made ${show(made)}, which JSON cannot hold`,
      );
      expectThat(
        JSON.stringify(made.data) !== JSON.stringify(other.data),
        'discover.make asked the same twice',
      );
      for (const nonsense of [undefined, null, 7, 'text', [], {}, { id: 7 }, { id: null }, { id: '\0' }])
        expectThat(discover.find(nonsense) === null, `discover.find found somebody by ${show(nonsense)}`);
      const one = await rehearsal.enrol();
      const answer = await one.person.answer(await rehearsal.ask(one));
      const found = discover.identify ? await identified(rehearsal, discover, one) : discover.find(answer);
      expectThat(found === one.handle, `discover.find found ${show(found)}, set up was ${show(one.handle)}`);
    },
  },
  {
    name: 'tells devices, and others who ask, what JSON can hold',
    applies: ({ signal, wellKnown }) => signal !== undefined || wellKnown !== undefined,
    async run(subject) {
      const rehearsal = new Rehearsal(subject);
      const { provider } = rehearsal;
      const { id, name, data, counter } = await rehearsal.enrol();
      const held = [{ id, name, data, counter }];
      for (const said of [provider.signal?.(testContext(), held), provider.signal?.(testContext(), [])])
        expectThat(
          said === undefined || isJson(said),
          `signal returned ${show(said)}, which JSON cannot hold`,
        );
      const documents = provider.wellKnown?.({ origin: 'https://app.example.com' }, '/auth') ?? {};
      expectThat(isJson(documents), `wellKnown returned ${show(documents)}, which JSON cannot hold`);
    },
  },
];

/** Whose a response is, for a provider that asks somebody else: only in answer to what was asked, and nobody else's. */
async function identified(
  rehearsal: Rehearsal,
  discover: Discovery,
  one: Enrolled,
): Promise<string | undefined> {
  const before = await discover.make(rehearsal.context('usr_nobody'));
  rehearsal.advance(60);
  const context = rehearsal.context('usr_nobody');
  const asked = await discover.make(context);
  const question = (view: object): Question => ({
    view: stored(view) as Record<string, unknown>,
    delivery: null,
    context,
    authenticator: '',
  });
  const identify = async (data: unknown, response: unknown): Promise<Identified | { readonly ok: false }> =>
    rehearsal.within('identify', async () => {
      const found = await discover.identify?.(context, stored(data), structuredClone(response));
      return found ?? { ok: false };
    });
  const early = await one.person.answer(question(before.view));
  expectThat(!(await identify(asked.data, early)).ok, 'identify took the answer to another challenge (I-21)');
  const right = await one.person.answer(question(asked.view));
  const found = await identify(asked.data, right);
  if (!found.ok) return undefined;
  const verdict = await rehearsal.verify(one, right, stored(found.challenge));
  expectThat(verdict.ok, 'verify did not take what identify had found out');
  return found.handle;
}

const { user, site, language } = testContext();
const sending = { realm: 'users', user, site, language };

function goesTo({ address, code }: Delivery, mail: MailContent & { readonly to: string }): void {
  expectThat(mail.to === address, `the mail went to ${show(mail.to)} and not to ${show(address)}`);
  expectThat(!mail.subject.includes(code), 'the code is in the subject, which a locked screen shows');
  expectThat(JSON.stringify(mail).includes(code), 'the code is not in the mail');
}
