import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { FactorProvider } from 'cofactor';
import { providerContract, type ProviderSubject } from 'cofactor/testing';
import { totp } from 'cofactor/totp';
import { exampleSubjects, subjects } from '../support/subjects.ts';

describe('every provider of Cofactor keeps the contract', () => {
  it('none is left out', () => {
    const folders = globSync('packages/cofactor/src/factors/*/index.ts').map((file) =>
      dirname(file).split('/').at(-1),
    );
    expect(new Set(subjects.map(({ name }) => name))).toEqual(new Set(folders));
  });

  for (const subject of subjects)
    for (const { name, run } of providerContract(subject))
      it(name, () => expect(run()).resolves.toBeUndefined());
});

/** A provider whose answer somebody else gives: `true` on a slip of paper that lies where both can reach it. */
function slips(): ProviderSubject {
  let slip = new Map<string, boolean>();
  return {
    name: 'slip',
    create() {
      slip = new Map();
      const made: FactorProvider<Key, Code> = {
        ...totp({ issuer: 'Acme' }),
        name: 'slip',
        response: {
          type: 'object',
          additionalProperties: false,
          required: ['code'],
          properties: { code: { type: 'string', minLength: 1, maxLength: 64 } },
        },
        challenge: {
          lifetime: 60,
          usedUpBy: 'success',
          make: ({ random }) => {
            const id = Buffer.from(random(8)).toString('hex');
            return { data: { id }, view: { id } };
          },
        },
        confirm: (_context, data, { code }) =>
          data?.key === code ? { ok: true, data } : { ok: false, reason: 'wrong' },
        verify: (_context, { data, challenge }, { code }) => {
          const { id } = (challenge ?? {}) as { readonly id?: string };
          if (id === undefined || code !== `${data.key} ${id}`) return { ok: false, reason: 'wrong' };
          return slip.get(id) ? { ok: true } : { ok: false, reason: 'pending' };
        },
      };
      return made;
    },
    person() {
      let key = '';
      const code = (view: Readonly<Record<string, unknown>> | null): string =>
        `${key} ${String(view?.['id'])}`;
      return {
        confirm: ({ setup }) => ({ code: (key = String(setup['key'])) }),
        waiting: ({ view }) => ({ code: code(view) }),
        answer({ view }) {
          slip.set(String(view?.['id']), true);
          return { code: code(view) };
        },
        wrong: () => [{ code: 'nothing' }],
      };
    },
  };
}

/** A subject by name, with some of its provider changed for the worse. */
function broken<Data, Response>(
  name: string,
  change: (whole: FactorProvider<Data, Response>) => Partial<FactorProvider<Data, Response>>,
  more: Partial<ProviderSubject> = {},
): ProviderSubject {
  const subject = [...subjects, ...exampleSubjects, slips()].find((one) => one.name === name);
  if (!subject) throw new Error(`there is no ${name}`);
  return {
    ...subject,
    ...more,
    create() {
      const whole = subject.create() as FactorProvider<Data, Response>;
      return { ...whole, ...change(whole) };
    },
  };
}

type Key = { readonly key: string };
type Code = { readonly code: string };

/** Texts with something changed in one language. */
function texts(provider: FactorProvider<never, never>, language: string, change: object): object {
  const { view } = provider;
  return { view: { ...view, texts: { ...view.texts, [language]: { ...view.texts[language], ...change } } } };
}

/** What is wrong with a provider, by the sentence of the contract that it breaks, and what is then said. */
const mutants: readonly (readonly [
  sentence: string,
  fault: string,
  said: RegExp,
  subject: ProviderSubject,
])[] = [
  [
    'is one that createCofactor takes, and proves one thing',
    'it calls itself several factors',
    /without the derived value mfa/,
    broken('totp', () => ({ proves: { kind: 'have', amr: ['otp', 'mfa'] } })),
  ],
  [
    'is one that createCofactor takes, and proves one thing',
    'it says that it verified its user as a method',
    /proves.amr has user/,
    broken('totp', () => ({ proves: { kind: 'have', amr: ['user'] } })),
  ],
  [
    'is one that createCofactor takes, and proves one thing',
    'it cannot be set up',
    /needs begin/,
    broken('totp', ({ begin: _begin, ...whole }) => ({ ...whole, begin: undefined as never })),
  ],
  [
    'has texts, whole in each of its languages',
    'a language lacks a text',
    /the texts in de have no "?'?wrong/,
    broken('totp', (whole) => {
      const { wrong: _wrong, ...rest } = whole.view.texts['de'] ?? {};
      return { view: { ...whole.view, texts: { ...whole.view.texts, de: rest as never } } };
    }),
  ],
  [
    'has texts, whole in each of its languages',
    'a text is empty',
    /is empty/,
    broken('totp', (whole) => texts(whole as never, 'fr', { prompt: ' ' })),
  ],
  [
    'has texts, whole in each of its languages',
    'a text forgets a value',
    /has the values/,
    broken('totp', (whole) => texts(whole as never, 'ja', { prompt: '{to}' })),
  ],
  [
    'has a field that its responses take, and elements that are there',
    'its element is not there',
    /setupElement is not there/,
    broken('totp', ({ view }) => ({ view: { ...view, setupElement: new URL('file:///nowhere/setup.js') } })),
  ],
  [
    'has a field that its responses take, and elements that are there',
    'its field fills what is refused',
    /fills 'pin'/,
    broken('totp', ({ view }) => ({ view: { ...view, field: { ...view.field, property: 'pin' } } })),
  ],
  [
    'takes responses by strict schemas: nothing extra, nothing endless',
    'it takes anything beside the code',
    /additionalProperties is not false/,
    broken('totp', ({ response }) => ({ response: { ...response, additionalProperties: true } })),
  ],
  [
    'takes responses by strict schemas: nothing extra, nothing endless',
    'it takes a text of any length',
    /maxLength is undefined/,
    broken('totp', ({ response }) => ({
      response: { ...response, properties: { code: { type: 'string' } } },
    })),
  ],
  [
    'takes responses by strict schemas: nothing extra, nothing endless',
    'its pattern holds for a part',
    /need not hold for the whole text/,
    broken('totp', ({ response }) => ({
      response: { ...response, properties: { code: { type: 'string', maxLength: 6, pattern: '[0-9]{6}' } } },
    })),
  ],
  [
    'refuses by its schemas what is no response',
    'it takes numbers for texts',
    /lets .* through/,
    broken('totp', ({ response }) => ({
      response: {
        ...response,
        properties: { code: { anyOf: [{ type: 'string', maxLength: 6 }, { type: 'number' }] } },
      },
    })),
  ],
  [
    'is set up by the right response, and stores what the database can keep',
    'it stores what JSON forgets',
    /data is not what JSON can hold/,
    broken<Key, Code>('totp', () => ({
      confirm: (_context, data) => ({ ok: true, data: { ...data, since: new Date(0) } as never }),
    })),
  ],
  [
    'is set up by the right response, and stores what the database can keep',
    'it points to a text that is not there',
    /about.note is 'nowhere'/,
    broken<Key, Code>('totp', () => ({
      confirm: (_context, data) => ({ ok: true, data: data ?? { key: '' }, about: { note: 'nowhere' } }),
    })),
  ],
  [
    'is set up by the right response, and stores what the database can keep',
    'nobody can set it up',
    /did not confirm: wrong/,
    broken('totp', () => ({ confirm: () => ({ ok: false, reason: 'wrong' }) })),
  ],
  [
    'makes new secrets for each set-up, by itself',
    'it gives everybody the same key',
    /I-03/,
    broken<Key, Code>('totp', () => ({ begin: () => ({ data: { key: 'A'.repeat(32) }, setup: {} }) })),
  ],
  [
    'takes no secret from whoever sets it up',
    'it takes the key that a request brings',
    /took a secret from its input/,
    broken<Key, Code>('totp', (whole) => ({
      async begin(context, input) {
        const begun = await whole.begin?.(context, undefined);
        const { key } = (input ?? {}) as Partial<Key>;
        return key === undefined ? (begun as never) : { data: { key }, setup: { key } };
      },
    })),
  ],
  [
    'confirms only who holds what was set up',
    'it confirms without a look at the response',
    /the wrong response .* confirmed/,
    broken<Key, Code>('totp', () => ({
      confirm: (_context, data) => ({ ok: true, data: data ?? { key: 'A' } }),
    })),
  ],
  [
    'confirms only who holds what was set up',
    'it confirms what was never begun',
    /never begun/,
    broken<Key, Code>('totp', (whole) => ({
      confirm: (context, data, response) =>
        data === null ? { ok: true, data: { key: 'A' } } : whole.confirm(context, data, response),
    })),
  ],
  [
    'is issued without input, to who says that it is saved',
    'it wants to hear something else',
    /confirm has to take/,
    broken('recovery-codes', () => ({ confirm: () => ({ ok: false, reason: 'wrong' }) })),
  ],
  [
    'shows what is secret to nobody but its person',
    'it puts the key beside the name',
    /about has a secret/,
    broken<Key, Code>('totp', () => ({
      confirm: (_context, data) => ({
        ok: true,
        data: data ?? { key: '' },
        about: { hint: `key ${data?.key}` },
      }),
    })),
  ],
  [
    'shows what is secret to nobody but its person',
    'it names the authenticator after a recovery code',
    /name has a secret|about has a secret/,
    broken<{ readonly codes: string[] }, Code>('recovery-codes', (whole) => ({
      async begin(context) {
        const begun = await whole.begin?.(context, undefined);
        const { codes } = (begun as { setup: { codes: string[] } }).setup;
        return { data: { codes }, setup: { codes } };
      },
      confirm: (_context, data) => ({
        ok: true,
        data: data ?? { codes: [] },
        name: data?.codes[0] ?? 'none',
      }),
    })),
  ],
  [
    'shows what is secret to nobody but its person',
    'it shows the code that it sends',
    /setup has the code/,
    broken('email-otp', (whole) => ({
      async begin(context, input) {
        const begun = (await whole.begin?.(context, input)) as { deliver: { code: string } };
        return { ...begun, setup: { preview: `Your code is ${begun.deliver.code}` } } as never;
      },
    })),
  ],
  [
    'shows what is secret to nobody but its person',
    'it shows the code of a sign-in',
    /view of a challenge has the code/,
    broken('email-otp', ({ challenge }) => ({
      challenge: {
        ...(challenge as NonNullable<typeof challenge>),
        async make(context, chosen, all) {
          const made = await challenge?.make(context, chosen, all);
          return { ...made, view: { code: made?.deliver?.code } } as never;
        },
      },
    })),
  ],
  [
    'does the same in the same situation: no clock and no randomness of its own',
    'it makes its own random bytes',
    /asked twice alike/,
    broken<Key, Code>('totp', (whole) => ({
      async begin(context, input) {
        const begun = (await whole.begin?.(context, input)) as { setup: object };
        return { ...begun, setup: { ...begun.setup, nonce: crypto.randomUUID() } } as never;
      },
    })),
  ],
  [
    'does the same in the same situation: no clock and no randomness of its own',
    'it looks at its own clock',
    /asked twice alike/,
    broken('email-otp', ({ challenge }) => ({
      challenge: {
        ...(challenge as NonNullable<typeof challenge>),
        make: async (context, chosen, all) => ({
          ...(await challenge?.make(context, chosen, all)),
          data: { at: Date.now() },
          view: {},
        }),
      },
    })),
  ],
  [
    'knows right from wrong',
    'everything is right',
    /the wrong answer .* was accepted/,
    broken('totp', () => ({ verify: () => ({ ok: true }) })),
  ],
  [
    'knows right from wrong',
    'nothing is right',
    /the right answer .* was wrong/,
    broken('totp', () => ({ verify: () => ({ ok: false, reason: 'wrong' }) })),
  ],
  [
    'knows right from wrong',
    'it goes by its own clock',
    /the right answer .* was wrong/,
    broken('totp', (whole) => ({
      verify: (context, asked, response) => whole.verify({ ...context, now: new Date() }, asked, response),
    })),
  ],
  [
    'knows right from wrong',
    'it says something else than yes or no',
    /no verdict/,
    broken('totp', () => ({ verify: () => true as never })),
  ],
  [
    'takes nobody for somebody else',
    'all have the same key',
    /an answer was right for an authenticator of another user/,
    broken<Key, Code>('totp', (whole) => ({
      begin: () => ({ data: { key: 'A'.repeat(32) }, setup: { key: 'A'.repeat(32) } }),
      verify: (context, asked, response) => whole.verify(context, asked, response),
    })),
  ],
  [
    'takes nobody for somebody else',
    'any of the keys of a user will do',
    /of the same user/,
    (() => {
      const keys = new Map<string, string[]>();
      return broken<Key, Code>('totp', (whole) => ({
        confirm(context, data, response) {
          keys.set(context.user.id, [...(keys.get(context.user.id) ?? []), data?.key ?? '']);
          return whole.confirm(context, data, response);
        },
        async verify(context, asked, response) {
          for (const key of keys.get(context.user.id) ?? []) {
            const verdict = await whole.verify(context, { ...asked, data: { key } }, response);
            if (verdict.ok) return verdict;
          }
          return { ok: false, reason: 'wrong' };
        },
      }));
    })(),
  ],
  [
    'takes each response once',
    'it does not count',
    /accepted twice/,
    broken<Key, Code>('totp', (whole) => ({
      async verify(context, asked, response) {
        const verdict = await whole.verify(context, { ...asked, counter: 0 }, response);
        return verdict.ok ? { ok: true } : verdict;
      },
    })),
  ],
  [
    'takes each response once',
    'the code of the set-up is good for more',
    /confirmed the set-up was accepted/,
    broken<Key, Code>(
      'totp',
      (whole) => ({
        confirm: async (context, data, response) => ({
          ...(await whole.confirm(context, data, response)),
          counter: 0,
        }),
        // Minutes may pass between the two.
        verify: (context, asked, response) =>
          whole.verify({ ...context, now: new Date(context.now.getTime() - 60_000) }, asked, response),
      }),
      {},
    ),
  ],
  [
    'takes each response once',
    'codes on paper are not crossed out',
    /accepted twice/,
    broken<{ readonly hashes: readonly string[] }, Code>('recovery-codes', (whole) => ({
      confirm: (_context, data) => ({ ok: true, data: data ?? { hashes: [] } }),
      async verify(context, asked, response) {
        const verdict = await whole.verify(context, asked, response);
        const known = verdict.ok && verdict.spend?.some((hash) => asked.data.hashes.includes(hash));
        return known ? { ok: true } : { ok: false, reason: 'wrong' };
      },
    })),
  ],
  [
    'takes each response once',
    'it remembers the last code alone',
    /older than the last one/,
    broken<Key & { readonly last?: string }, Code & { readonly next?: string }>(
      'hardware-token',
      (whole) => ({
        async verify(context, asked, response) {
          const verdict = await whole.verify(context, { ...asked, counter: 0 }, response);
          const { code, next } = response;
          if (!verdict.ok || next !== undefined || code === asked.data.last)
            return { ok: false, reason: 'wrong' };
          return { ok: true, counter: asked.counter + 1, data: { ...asked.data, last: code } };
        },
      }),
    ),
  ],
  [
    'gives a verdict on whatever its schema lets through',
    'it fails for what is no number',
    /made it fail: .*BigInt/,
    broken<Key, Code>('totp', (whole) => ({
      response: {
        ...whole.response,
        properties: { code: { type: 'string', minLength: 1, maxLength: 6 } },
      },
      verify: (context, asked, response) =>
        whole.verify(context, asked, { code: String(BigInt(response.code)).padStart(6, '0') }),
    })),
  ],
  [
    'says yes to nobody where what is stored is gone',
    'without a key there is nothing to check',
    /stored, a response was right/,
    broken<Key, Code>('totp', (whole) => ({
      verify: (context, asked, response) =>
        asked.data?.key ? whole.verify(context, asked, response) : { ok: true },
    })),
  ],
  [
    'changes nothing that it is given',
    'it notes in the data that it was here',
    /verify changed/,
    broken<Key, Code>('totp', (whole) => ({
      verify(context, asked, response) {
        Object.assign(asked.data, { seen: true });
        return whole.verify(context, asked, response);
      },
    })),
  ],
  [
    'answers before the core gives up on it',
    'it takes its time',
    /a set-up and two answers took|did not answer within/,
    broken<Key, Code>(
      'totp',
      (whole) => ({ verify: async (...asked) => (await wait(80), whole.verify(...asked)) }),
      { timeout: 200 },
    ),
  ],
  [
    'answers before the core gives up on it',
    'it never answers',
    /verify did not answer within 50 ms/,
    broken('totp', () => ({ verify: () => new Promise<never>(() => undefined) }), { timeout: 50 }),
  ],
  [
    'says pending for as long as somebody else has to act, and nothing is lost by asking',
    'it says no while nobody has said anything',
    /what waits for somebody else was wrong/,
    broken('slip', (whole) => ({
      async verify(context, asked, response) {
        const verdict = await whole.verify(context, asked, response);
        return verdict.ok ? verdict : { ok: false, reason: 'wrong' };
      },
    })),
  ],
  [
    'takes as long for nobody as for somebody',
    'it has no decoy',
    /there is no decoy/,
    broken('password', () => ({ decoy: undefined as never })),
  ],
  [
    'takes as long for nobody as for somebody',
    'its decoy does nothing',
    /that tells who exists/,
    broken<object, object>('password', (whole) => ({
      verify: async (...asked) => (await wait(30), whole.verify(...asked)),
      decoy: () => undefined,
    })),
  ],
  [
    'asks anew each time, for a while',
    'it asks the same each time',
    /the same challenge was made twice/,
    broken('slip', ({ challenge }) => ({
      challenge: {
        ...(challenge as NonNullable<typeof challenge>),
        make: () => ({ data: { id: '1' }, view: { id: '1' } }),
      },
    })),
  ],
  [
    'asks anew each time, for a while',
    'its challenges last for a day',
    /lifetime is 86400/,
    broken('slip', ({ challenge }) => ({
      challenge: { ...(challenge as NonNullable<typeof challenge>), lifetime: 86_400 },
    })),
  ],
  [
    'takes an answer only to what it asked',
    'it needs not to have asked',
    /unasked, an answer was/,
    broken<Key, Code>('email-otp', (whole) => ({
      verify: (context, asked, response) =>
        asked.challenge === null ? { ok: true } : whole.verify(context, asked, response),
    })),
  ],
  [
    'takes an answer only to what it asked',
    'it forgets what it asked',
    /accepted for the next one/,
    broken<Key, Code>('slip', (whole) => ({
      verify: (context, asked, response) => {
        const [, id] = response.code.split(' ');
        return asked.challenge === null
          ? { ok: false, reason: 'wrong' }
          : whole.verify(context, { ...asked, challenge: { id } }, response);
      },
    })),
  ],
  [
    'sends the code to its person, not in the subject, and says when it could not',
    'the subject has the code',
    /the code is in the subject/,
    broken('email-otp', () => ({
      send: ({ mail }, { address, code }) =>
        mail(address, { subject: `${code} is your code`, paragraphs: [], code }),
    })),
  ],
  [
    'sends the code to its person, not in the subject, and says when it could not',
    'it goes to who signs in, wherever the code should go',
    /the mail went to/,
    broken('email-otp', () => ({
      send: ({ mail, user }, { code }) =>
        mail(user.identifier, { subject: 'Your code', paragraphs: [], code }),
    })),
  ],
  [
    'sends the code to its person, not in the subject, and says when it could not',
    'it keeps to itself that nothing was sent',
    /send says nothing of it/,
    broken('email-otp', () => ({
      send: ({ mail }, { address, code }) =>
        mail(address, { subject: 'Your code', paragraphs: [], code }).catch(() => undefined),
    })),
  ],
  [
    'finds whose authenticator it is, and only by what it was set up with',
    'it finds somebody by anything',
    /found somebody by/,
    broken('webauthn', ({ discover }) => ({
      discover: { ...(discover as NonNullable<typeof discover>), find: () => 'somebody' },
    })),
  ],
  [
    'tells devices, and others who ask, what JSON can hold',
    'it tells what gets lost on the way',
    /signal returned/,
    broken('webauthn', () => ({ signal: () => ({ since: new Date(0) }) })),
  ],
  [
    'writes no secret to the console, nor into an error',
    'it logs what was typed',
    /wrote a secret to the console/,
    broken<Key, Code>('totp', (whole) => ({
      verify(context, asked, response) {
        // oxlint-disable-next-line no-console -- that is what is wrong with it
        console.log('checking', { response });
        return whole.verify(context, asked, response);
      },
    })),
  ],
  [
    'writes no secret to the console, nor into an error',
    'it quotes a key that it cannot read',
    /an error with a secret in it/,
    broken<Key, Code>('totp', (whole) => ({
      verify(context, asked, response) {
        if (!/^[A-Z2-7]{32}$/.test(asked.data.key)) throw new Error(`this is no key: ${asked.data.key}`);
        return whole.verify(context, asked, response);
      },
    })),
  ],
];

describe('a provider that breaks the contract', () => {
  it.each(mutants)('%s: not where %s', async (sentence, _fault, said, subject) => {
    const test = providerContract(subject).find(({ name }) => name === `${subject.name}: ${sentence}`);
    if (!test) throw new Error(`${subject.name} has no such test`);
    await expect(test.run()).rejects.toThrow(said);
  });

  it('there is one for every sentence of it', () => {
    const all = [...subjects, slips()].flatMap((subject) =>
      providerContract(subject).map(({ name }) => name.slice(subject.name.length + 2)),
    );
    expect([...new Set(mutants.map(([sentence]) => sentence))].toSorted()).toEqual(
      [...new Set(all)].toSorted(),
    );
  });

  it.each(providerContract(slips()))('is none of the ground they stand on: $name', ({ run }) =>
    expect(run()).resolves.toBeUndefined(),
  );
});
