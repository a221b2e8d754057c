import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireClaim, requireMfa, type FactorProvider } from 'cofactor';
import { password } from 'cofactor/password';
import type {
  ContextView,
  ConfirmedView,
  EnrolmentView,
  SecurityView,
} from '../../packages/cofactor/src/http/contract.ts';
import {
  createApp,
  freshSqliteDatabase,
  register,
  signInWithPassword,
  type TestApp,
} from '../support/app.ts';
import { plainHasher } from '../support/hasher.ts';

/** A provider as an application would write it: a word on a card, one of three, asked for by its number. */
const wordCard: FactorProvider<{ readonly words: readonly string[] }, { readonly word: string }> = {
  name: 'word-card',
  usage: 'second',
  multiple: false,
  proves: { kind: 'have', amr: ['card'] },
  response: {
    type: 'object',
    additionalProperties: false,
    required: ['word'],
    properties: { word: { type: 'string', minLength: 1, maxLength: 20 } },
  },
  view: {
    texts: {
      en: {
        name: 'Word card',
        description: 'A card with words.',
        prompt: 'Enter the next word of your card.',
        label: 'Word',
        wrong: 'That is not the word.',
      },
    },
    field: { property: 'word', type: 'text', autocomplete: 'off', maxLength: 20 },
  },
  begin: () => ({
    data: { words: ['tulip', 'raven', 'cedar'] },
    setup: { text: 'Your words: tulip, raven, cedar.' },
  }),
  confirm: (_context, data, { word }) =>
    data && word === data.words[0] ? { ok: true, data, counter: 1 } : { ok: false, reason: 'wrong' },
  verify: (_context, { data, counter }, { word }) =>
    data.words[counter] === word ? { ok: true, counter: counter + 1 } : { ok: false, reason: 'wrong' },
};

describe('a provider that an application passes as an object', () => {
  let app: TestApp;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const database = await freshSqliteDatabase();
    drop = () => database.drop();
    app = await createApp(database.open(), {
      factors: [password({ hasher: plainHasher }), wordCard],
      policies: {
        Admin: requireMfa(),
        FreshAdmin: requireMfa(),
        TwoFactorEnabled: requireClaim('amr', 'mfa'),
        Recent: requireClaim('amr', 'card'),
        Phishing: requireMfa(),
        Boss: requireMfa(),
      },
    });
  });
  afterAll(async () => {
    await app.close();
    await drop();
  });

  it('U1 appears in the page that lists what can be added, is set up, signs in, and stands in amr', async () => {
    const person = await register(app);
    const { browser } = person;
    const before = (await browser.get<SecurityView>('/auth/security')).body;
    expect(before.addable.map(({ provider, texts }) => [provider, texts['name']])).toEqual([
      ['word-card', 'Word card'],
    ]);

    const begun = (await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'word-card' })).body;
    expect(begun.setup).toEqual({ text: 'Your words: tulip, raven, cedar.' });
    const confirm = (word: string) =>
      browser.post<ConfirmedView>('/auth/enrolments/confirm', {
        enrolment: begun.enrolment,
        response: { word },
      });
    expect((await confirm('raven')).problem).toBe('wrong-response');
    expect((await confirm('tulip')).body.authenticator.name).toBe('Word card');

    const other = app.browser();
    const first = (await signInWithPassword(person, other)).body;
    if (first.status !== 'more-needed') throw new Error('no second step');
    const [offer] = first.ceremony.offers;
    expect(offer?.provider.texts['prompt']).toBe('Enter the next word of your card.');
    const answer = (word: string) =>
      other.post('/auth/ceremony', { authenticator: offer?.authenticator, response: { word } });
    expect((await answer('tulip')).problem).toBe('wrong-response');
    expect((await answer('raven')).body).toEqual({ status: 'done', returnTo: '/' });
    expect((await other.get('/who')).body).toMatchObject({ amr: ['pwd', 'card', 'mfa'], acr: 'mfa' });
    expect((await other.get('/recent')).status).toBe(200);
  });

  it('stands in the OpenAPI document with its schema', async () => {
    const { body } = await app
      .browser()
      .get<{ components: { schemas: Record<string, unknown> } }>('/auth/openapi.json');
    expect(body.components.schemas['Response-word-card']).toEqual(wordCard.response);
  });

  it('is not offered as a way to begin a sign-in', async () => {
    const { body } = await app.browser().get<ContextView>('/auth/context');
    expect(body.first.map(({ provider }) => provider)).toEqual(['password']);
  });
});
