import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bearerProblems } from '../../packages/cofactor/src/oidc-client/resource/answers.ts';
import { checkedResourceServer } from '../../packages/cofactor/src/oidc-client/resource/options.ts';

const root = join(import.meta.dirname, '../..');
const file = 'docs/protect-an-api.md';
const guide = readFileSync(join(root, file), 'utf8');
const source = readFileSync(join(root, 'packages/cofactor/src/oidc-client/resource/options.ts'), 'utf8');

/** The members of an interface, by the lines that begin them. */
function membersOf(name: string): readonly string[] {
  const [, body = ''] = new RegExp(`export interface ${name} \\{\\n([^]*?)\\n\\}`).exec(source) ?? [];
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member = '']) => member);
}

/** The rows of the table whose first heading is this one, without the ticks around code. */
function table(heading: string): readonly (readonly string[])[] {
  const [, text = ''] =
    new RegExp(`^\\| ${heading} +\\|.*\\n\\|[- |]+\\n((?:\\|.*\\n)+)`, 'm').exec(guide) ?? [];
  const rows = text.trimEnd().split('\n');
  return rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

describe(file, () => {
  it('has every option, and no other', () => {
    const names = (heading: string): string[] => table(heading).map(([name = '']) => name);
    expect(membersOf('ResourceServerOptions').length).toBeGreaterThan(5);
    expect(names('option').toSorted()).toEqual(membersOf('ResourceServerOptions').toSorted());
    expect(names('member of an issuer').toSorted()).toEqual(membersOf('ResourceIssuer').toSorted());
  });

  it('has the defaults that there are', () => {
    const { timeout, issuers } = checkedResourceServer({
      issuers: [{ issuer: 'https://id.example', audience: 'api' }],
    });
    const told = new Map(
      [...table('option'), ...table('member of an issuer')].map(([name, what]) => [name, what]),
    );
    expect(told.get('timeout')).toBe(String(timeout));
    expect(told.get('tokens')?.replaceAll("'", '')).toBe(issuers[0]?.tokens);
    expect(told.get('dialect')).toBe(`dialects.${issuers[0]?.dialect.name.toLowerCase()}`);
    const [, , algorithms = ''] = table('member of an issuer').find(([name]) => name === 'algorithms') ?? [];
    expect(algorithms).toContain(issuers[0]?.algorithms.join(', '));
  });

  it('has every answer with its status, and no other', () => {
    const told = table('problem').map(([name, status]) => [name, Number(status)]);
    const real = Object.entries(bearerProblems).map(([name, [status]]) => [name, status]);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(real));
  });

  it('begins with an API in ten lines', () => {
    const [, whole = ''] = /^```ts\n([^]*?)^```$/m.exec(guide) ?? [];
    const lines = whole.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('import '));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(10);
  });
});
