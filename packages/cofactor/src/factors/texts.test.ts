import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProviderTexts } from '../core/provider.ts';
import { languages } from '../web/language.ts';

type AllTexts = Readonly<Record<string, ProviderTexts>>;
/** Where texts have numbers or names in them, they come from a function of these. */
type Module = { readonly texts: AllTexts | ((options: never) => AllTexts) };

/** Every provider: what has no `index.ts` is shared by several. */
const folders = globSync('*/index.ts', { cwd: import.meta.dirname })
  .map(dirname)
  .toSorted();

/** Every option that a provider may ask for is this. */
const number = 4711;

describe.each(folders)('the texts of %s', async (folder) => {
  const { texts } = (await import(`./${folder}/texts.ts`)) as Module;
  const all = typeof texts === 'function' ? texts(new Proxy({}, { get: () => `${number}` }) as never) : texts;
  const english = all['en'] ?? ({} as ProviderTexts);

  it('are in all languages', () => {
    expect(Object.keys(all).toSorted()).toEqual(languages.toSorted());
  });

  it.each(languages)('are whole in %s', (language) => {
    const own = all[language] ?? ({} as ProviderTexts);
    expect(keysOf(own)).toEqual(keysOf(english));
    for (const [key, text] of Object.entries(own)) {
      expect(text.trim(), key).not.toBe('');
      if (!key.startsWith('count-'))
        expect([key, ...valuesIn(text)]).toEqual([key, ...valuesIn(english[key] ?? '')]);
    }
  });
});

/** `count-one` and `count-other` are for the plural rules of a language, which differ. */
function keysOf(texts: ProviderTexts): string[] {
  return Object.keys(texts)
    .filter((key) => !/^count-(?!other$)/.test(key))
    .toSorted();
}

function valuesIn(text: string): string[] {
  return [...new Set(text.match(new RegExp(`\\{\\w+\\}|${number}`, 'g')))].toSorted();
}
