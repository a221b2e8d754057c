import { check } from '../core/schema.ts';
import type { JsonSchema } from '../core/provider.ts';
import { leavesOf, withLeaf } from './values.ts';

const huge = 'a'.repeat(1_000_000);

/** What is sent in place of a right response by who looks for a way in; no schema may let any of it through. */
export function malformed(right: unknown): readonly unknown[] {
  const whole = right as Record<string, unknown>;
  return [
    undefined,
    null,
    true,
    7,
    'text',
    huge,
    [],
    [right],
    { response: right },
    { ...whole, extra: 1 },
    withOwn(whole, '__proto__', { admin: true }),
    withOwn(whole, 'constructor', { prototype: {} }),
    withOwn({ ...whole, ok: true }, 'toString', 'x'),
    ...leavesOf(right).flatMap(({ path, value }) =>
      [
        null,
        {},
        { $gt: '' },
        [value],
        [[value]],
        huge,
        ...(typeof value === 'string' ? [7, true] : ['7']),
      ].map((part) => withLeaf(right, path, part)),
    ),
  ];
}

/** Even a name with a meaning, as `JSON.parse` makes it. */
function withOwn(value: object, name: string, part: unknown): object {
  return Object.defineProperty({ ...value }, name, { value: part, enumerable: true, configurable: true });
}

/** Texts that break what was not written for them. */
const odd = [
  '',
  ' ',
  '0',
  '-1',
  '1e5',
  '0x1234',
  '000000',
  '000 000',
  'a',
  '\0',
  '000\x00000',
  '000000\n',
  // Digits, but not those of ASCII.
  '\uff11\uff12\uff13\uff14\uff15\uff16',
  '\u0661\u0662\u0663\u0664\u0665\u0666',
  '\ud800',
  '\u202e000000',
  '__proto__',
  'constructor',
  "' or 1=1 --",
  '../../../etc/passwd',
];

/** Responses of the right form with something odd in them: whatever of it the schema lets through. */
export async function strange(schema: JsonSchema, right: unknown): Promise<readonly unknown[]> {
  const all = leavesOf(right).flatMap(({ path, value }) => {
    if (typeof value !== 'string') return [];
    const same = ['0', '9', 'A', 'a', '_', '-'].map((letter) => letter.repeat(value.length));
    const long = ['0', 'A', '\u{1f4a5}', '\0'].map((letter) =>
      letter.repeat(limitOf(schema, path, letter.length)),
    );
    const swapped = [[...value].toReversed().join(''), value.slice(1), `${value}${value}`];
    return [...odd, ...same, ...long, ...swapped]
      .filter((text) => text !== value)
      .map((text) => withLeaf(right, path, text));
  });
  const fitting: unknown[] = [];
  for (const response of all) if (!(await check(schema, response))) fitting.push(response);
  return fitting;
}

/** How long a text of a response may be, in units of a letter; a thousand where that is deeper than one looks. */
function limitOf(schema: JsonSchema, path: readonly string[], letter: number): number {
  let part: JsonSchema | undefined = schema;
  for (const key of path) {
    const properties = part?.['properties'] as Readonly<Record<string, JsonSchema>> | undefined;
    part = properties?.[key] ?? (part?.['items'] as JsonSchema | undefined);
  }
  const maxLength = part?.['maxLength'];
  // A schema counts characters, however many units each of them has.
  return typeof maxLength === 'number' ? maxLength : Math.floor(1000 / letter);
}
