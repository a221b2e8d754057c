import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadElement, loadModule } from './load-element.ts';

class FakeElement {
  readonly isElement = true;
}

/** As browsers keep it: a class has one tag, a tag one class, and a class without a tag cannot be constructed. */
function registry(): CustomElementRegistry {
  const tags = new Map<string, unknown>();
  return {
    define: (tag: string, made: unknown) => void tags.set(tag, made),
    get: (tag: string) => tags.get(tag),
    getName: (made: unknown) => [...tags].find(([, known]) => known === made)?.[0] ?? null,
  } as unknown as CustomElementRegistry;
}

beforeEach(() => {
  vi.stubGlobal('HTMLElement', FakeElement);
  vi.stubGlobal('customElements', registry());
});
afterEach(() => vi.unstubAllGlobals());

const module = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;

it('makes the element that a module exports, and gives it a tag where it has none', async () => {
  const loaded = await loadElement(module('export default class extends HTMLElement {}'), 'cofactor-login-a');
  expect(loaded).toMatchObject({ ok: true });
  expect(loaded.ok && loaded.element instanceof FakeElement).toBe(true);
  expect(customElements.get('cofactor-login-a')).toBeDefined();
});

it('gives another version of a module another tag', async () => {
  for (const version of [1, 2]) {
    const source = `export default class extends HTMLElement { version = ${version} }`;
    const loaded = await loadElement<{ version: number }>(module(source), 'cofactor-login-b');
    expect(loaded.ok && loaded.element.version).toBe(version);
  }
});

it.each([
  ['no element', 'export const element = 1'],
  ['something else', 'export default class {}'],
  [
    'an element that cannot be made',
    'export default class extends HTMLElement { constructor() { throw 1 } }',
  ],
])('says that a module with %s in it is wrong', async (_what, source) => {
  expect(await loadElement(module(source), 'cofactor-login-c')).toEqual({ ok: false, reason: 'wrong' });
});

it('says that a module is away which cannot be run, and asks for another address at the next try', async () => {
  const runs: string[] = [];
  vi.stubGlobal('ran', (url: string) => runs.push(new URL(url).href));
  const address = module('ran(import.meta.url); throw new Error("broken") //');
  expect(await loadElement(address, 'cofactor-login-d')).toEqual({ ok: false, reason: 'away' });
  await expect(loadModule(address)).rejects.toThrow('broken');
  expect(new Set(runs).size).toBe(2);
});
