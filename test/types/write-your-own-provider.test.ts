import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContractTest } from 'cofactor/testing';

const root = join(import.meta.dirname, '../..');
const file = 'docs/write-your-own-provider.md';
const guide = readFileSync(join(root, file), 'utf8');
const source = (path: string): string => readFileSync(join(root, 'packages/cofactor', path), 'utf8');

/** The blocks of code of a language. That those in TypeScript have the right types, documents.test.ts sees to. */
function blocks(language: string): readonly string[] {
  return [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    ([, text = '']) => text,
  );
}

/** The members of an interface, by the lines that begin them. */
function membersOf(text: string, name: string): readonly string[] {
  const [, body = ''] =
    new RegExp(`export interface ${name}\\b[^{]*(?:<[^>]*>)?[^{]*\\{\\n([^]*?)\\n\\}`).exec(text) ?? [];
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, member = '']) => member);
}

let folder: string;
beforeAll(() => {
  mkdirSync(join(root, 'test-results'), { recursive: true });
  folder = mkdtempSync(join(root, 'test-results/guide-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe(file, () => {
  it('names every part of a provider, of a challenge, and of what elements are given', () => {
    const all = [
      ...membersOf(source('src/core/provider.ts'), 'FactorProvider'),
      ...membersOf(source('src/core/provider.ts'), 'ChallengeMaker'),
      ...membersOf(source('src/core/provider.ts'), 'FactorContext'),
      ...membersOf(source('src/elements/setup-element.ts'), 'SetupContract'),
      ...membersOf(source('src/elements/login-element.ts'), 'LoginContract'),
    ];
    expect(all.length).toBeGreaterThan(35);
    const named = new Set(guide.match(/\b\w+\b/g));
    expect(all.filter((member) => !named.has(member))).toEqual([]);
    // What is meant as a name stands in code.
    const inCode = new Set(
      [...guide.matchAll(/`([^`\n]+)`/g)].flatMap(([, text = '']) => text.match(/\w+/g) ?? []),
    );
    expect(
      membersOf(source('src/core/provider.ts'), 'FactorProvider').filter((one) => !inCode.has(one)),
    ).toEqual([]);
  });

  it('has code in languages that are tested, and nothing else', () => {
    const languages = [...guide.matchAll(/^```(\w*)\n/gm)].map(([, language]) => language).filter(Boolean);
    expect(new Set(languages)).toEqual(new Set(['js', 'json', 'ts']));
  });

  it('shows a manifest that is one', () => {
    const validate = new Ajv2020({ strict: true }).compile(
      JSON.parse(source('cofactor-package.schema.json')) as object,
    );
    const shown = blocks('json').map((text) => JSON.parse(text) as unknown);
    expect(shown).toHaveLength(1);
    for (const manifest of shown) expect([validate(manifest), validate.errors]).toEqual([true, null]);
  });

  it('describes every property of a manifest', () => {
    const { $defs } = JSON.parse(source('cofactor-package.schema.json')) as {
      $defs: { mfaLoginProvider: { properties: object } };
    };
    for (const property of Object.keys($defs.mfaLoginProvider.properties))
      expect(guide, property).toMatch(new RegExp(`["\`]${property}[."\`]`));
  });

  it('shows elements that are modules with an element in them', async () => {
    const modules = blocks('js');
    expect(modules.length).toBeGreaterThan(0);
    for (const [index, text] of modules.entries()) {
      const path = join(folder, `element-${index}.mjs`);
      writeFileSync(path, text);
      execFileSync(process.execPath, ['--check', path]);
      expect(text).toContain('export default class');
    }
  });

  it('begins with a provider that keeps the contract, by the tests that it shows', async () => {
    const [whole = ''] = blocks('ts');
    const tests = blocks('ts').find((text) => text.includes('providerContract')) ?? '';
    writeFileSync(join(folder, 'paper.ts'), whole);
    writeFileSync(
      join(folder, 'tests.ts'),
      tests
        .replace('declare const paper: FactorProvider;', "import { paper } from './paper.ts';")
        .replace(
          /^declare const test: .*$/m,
          'export const all: object[] = [];\nconst test = (name: string, run: unknown) => all.push({ name, run });',
        ),
    );
    const { all } = (await import(join(folder, 'tests.ts'))) as { readonly all: readonly ContractTest[] };
    expect(all.length).toBeGreaterThan(15);
    for (const { name, run } of all) await expect(run(), name).resolves.toBeUndefined();
  });
});
