import { statSync } from 'node:fs';
import { createCofactor } from '../../core/cofactor.ts';
import type { FactorProvider, ProviderTexts } from '../../core/provider.ts';
import type { Store } from '../../core/store.ts';
import { expectThat, fail, show } from '../fail.ts';
import { checkProof } from '../verdicts.ts';
import type { Check } from './check.ts';

/** What can be seen of a provider without asking it anything. */
export const shape: readonly Check[] = [
  {
    name: 'is one that createCofactor takes, and proves one thing',
    async run({ create }) {
      const provider = create();
      const { usage, proves, multiple, name } = provider;
      // One that may not be alone has another beside it.
      const factors = provider.restricted ? [provider, unrestricted(provider)] : [provider];
      const mail = { send: async () => undefined };
      createCofactor({ database: nothing, factors, mail, signInPage: '/', environment: 'development' });
      checkProof(proves);
      expectThat(typeof multiple === 'boolean', `multiple is ${show(multiple)}`);
      expectThat(create().name === name, 'create() makes providers of another name each time');
      if (usage === 'first') return;
      expectThat(provider.begin !== undefined, `${usage} needs begin: without it nobody can set it up`);
    },
  },
  {
    name: 'has texts, whole in each of its languages',
    async run({ create }) {
      const { view, input } = create();
      const { en, ...others } = view.texts;
      if (!en) return fail('there are no English texts');
      for (const key of [
        'name',
        'description',
        'prompt',
        'label',
        'wrong',
        ...(input ? ['input-label'] : []),
      ])
        expectThat(typeof en[key] === 'string', `the English texts have no ${show(key)}, which pages read`);
      for (const [language, texts] of Object.entries({ en, ...others })) wholeTexts(language, texts, en);
    },
  },
  {
    name: 'has a field that its responses take, and elements that are there',
    async run({ create }) {
      const { view, response, input, discover } = create();
      fieldFits(view.field, response, 'view.field');
      if (input) fieldFits(input.field, input.schema, 'input.field');
      for (const part of ['setupElement', 'loginElement'] as const) {
        const file = view[part];
        if (file === undefined) continue;
        expectThat(
          file instanceof URL && file.protocol === 'file:',
          `${part} is no file: URL, but ${show(file)}`,
        );
        expectThat(
          /\.m?js$/.test(file.pathname),
          `${part} is no module that a browser reads: ${file.pathname}`,
        );
        expectThat(
          statSync(file, { throwIfNoEntry: false })?.isFile() === true,
          `${part} is not there: ${file.pathname}`,
        );
      }
      const begins = discover === undefined || view.loginElement !== undefined;
      expectThat(begins, 'discover needs a loginElement: no form can begin a sign-in by itself');
    },
  },
];

/** A database that is not asked anything. */
const nothing = { durable: false, migrate: async () => undefined } as unknown as Store;

function unrestricted({ restricted: _restricted, ...provider }: FactorProvider): FactorProvider {
  return { ...provider, name: 'another' };
}

/** Languages have different plurals: of `count-one`, `count-other` and their like only the last one is in all. */
const plural = /^count-(?!other$)/;

function wholeTexts(language: string, texts: ProviderTexts, english: ProviderTexts): void {
  for (const key of Object.keys(english).filter((one) => !plural.test(one)))
    expectThat(Object.hasOwn(texts, key), `the texts in ${language} have no ${show(key)}`);
  for (const [key, text] of Object.entries(texts)) {
    const where = `the text ${show(key)} in ${language}`;
    expectThat(plural.test(key) || Object.hasOwn(english, key), `${where} is not in the English texts`);
    expectThat(typeof text === 'string' && text.trim() !== '', `${where} is empty`);
    const [own, original] = [valuesIn(text), valuesIn(english[key] ?? text)];
    expectThat(own === original, `${where} has the values ${show(own)}, the English one ${show(original)}`);
  }
}

/** The places in a text that are filled in, such as `{to}`. */
function valuesIn(text: string): string {
  return [...new Set(text.match(/\{\w+\}/g))].toSorted().join(' ');
}

function fieldFits(
  field: FactorProvider['view']['field'],
  schema: FactorProvider['response'],
  what: string,
): void {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, unknown>>;
  const { property, maxLength, length } = field;
  expectThat(
    Object.hasOwn(properties, property),
    `${what} fills ${show(property)}, which its schema does not take`,
  );
  expectThat(Number.isInteger(maxLength) && maxLength > 0, `${what}.maxLength is ${show(maxLength)}`);
  expectThat(length === undefined || length <= maxLength, `${what}.length is more than its maxLength`);
}
