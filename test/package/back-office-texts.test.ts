import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditTypes } from 'cofactor/admin';
import { describe, expect, it } from 'vitest';
import { en as ofSignIn } from '../../packages/cofactor/src/elements/texts.en.ts';
import type { Text, Translation } from '../../packages/cofactor/src/elements/texts.ts';
import { texts as german } from '../../packages/server/ui/texts.de.ts';
import { en } from '../../packages/server/ui/texts.en.ts';

const folder = join(import.meta.dirname, '../../packages/server/ui');
const english: Translation = en;
const keys = Object.keys(english);
const translations: Readonly<Record<string, Translation>> = { de: german };

const forms = (text: Text): readonly string[] => (typeof text === 'string' ? [text] : Object.values(text));
const valuesIn = (text: Text): readonly string[] =>
  [
    ...new Set(forms(text).flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name))),
  ].sort();

describe('texts of the back office', () => {
  it('take no name of the sign-in, whose words stand beside them', () => {
    expect(keys.filter((key) => Object.hasOwn(ofSignIn, key))).toEqual([]);
  });

  it.each(Object.entries(translations))('are complete in %s, with the same values', (language, texts) => {
    expect(keys.filter((key) => !Object.hasOwn(texts, key))).toEqual([]);
    for (const key of keys) {
      expect(valuesIn(texts[key] ?? ''), key).toEqual(valuesIn(english[key] ?? ''));
      const text = texts[key] ?? '';
      if (typeof english[key] !== 'object' || typeof text === 'string') continue;
      for (const rule of Object.keys(text)) {
        expect(new Intl.PluralRules(language).resolvedOptions().pluralCategories, key).toContain(rule);
      }
    }
  });

  it('name every event that is recorded, and no other', () => {
    const named = keys.filter((key) => key.startsWith('event.')).map((key) => key.slice('event.'.length));
    expect(named.toSorted()).toEqual([...auditTypes].toSorted());
    // Words, and not the name of the type once more.
    for (const type of auditTypes) expect(english[`event.${type}`], type).not.toBe(type);
  });

  it('are all used, and all there', () => {
    const code = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.startsWith('texts.'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    const literals = new Set([...code.matchAll(/'([\w.-]+)'/g)].map(([, text = '']) => text));
    // Keys that are made of a group and of what the server said, `status.${status}`, or of a group and a part.
    const groups = [...code.matchAll(/(?:`|named\(')([\w.]+)(?:\.\$\{|')/g)].map(([, group = '']) => group);
    const parts = /^(\w+)\.(?:title|lead|submit|done)$/;
    const isUsed = (key: string): boolean =>
      literals.has(key) ||
      literals.has(key.replace(/Of$/, '')) ||
      groups.some((group) => key.startsWith(`${group}.`)) ||
      literals.has(parts.exec(key)?.[1] ?? '');
    const unused = keys.filter((key) => !isUsed(key));
    expect(unused).toEqual([]);
  });
});
