import { gzipSync } from 'node:zlib';
import type { Send } from './browser.ts';

/** A request that no route takes, and what is wrong with it. */
export type Malformed = readonly [fault: string, send: Send];

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Everything that can be wrong with the body of a request, made from one that is in order. */
export function malformedFrom(body: Json): readonly Malformed[] {
  const text = JSON.stringify(body);
  return [
    ...wrongValues(body).map(([fault, changed]) => [fault, { raw: JSON.stringify(changed) }] as const),
    ...wrongTexts(text),
    ...wrongBytes(text),
    ...wrongTypes(text),
  ];
}

/** Each property missing, mistyped, too long, empty; and properties that nobody asked for. */
function wrongValues(body: Json): readonly (readonly [string, unknown])[] {
  const wrong: (readonly [string, unknown])[] = [];
  for (const [key, value] of Object.entries(body)) {
    const { [key]: _, ...without } = body;
    wrong.push([`no ${key}`, without]);
    const instead = isObject(value)
      ? [null, 1, 'x', true, [], [value], {}]
      : [null, 1, 1.5, true, [], [value], {}, { [key]: value }, '', 'x'.repeat(2049)];
    for (const other of instead)
      wrong.push([`${key} ${JSON.stringify(other).slice(0, 30)}`, { ...body, [key]: other }]);
    if (isObject(value)) {
      for (const [fault, inner] of wrongValues(value))
        wrong.push([`${key}: ${fault}`, { ...body, [key]: inner }]);
    }
  }
  const extras = ['mfa', 'acr', 'amr', 'skip', 'user', 'userId', 'isAdmin', 'prototype', 'toString', ''];
  for (const extra of extras) wrong.push([`with ${extra}`, { ...body, [extra]: true }]);
  return wrong;
}

function wrongTexts(text: string): readonly Malformed[] {
  const open = text.slice(0, -1);
  const comma = open === '{' ? '' : ',';
  const texts: Readonly<Record<string, string>> = {
    nothing: '',
    null: 'null',
    'a number': '1',
    'a text': '"x"',
    'a list': '[]',
    'a list of it': `[${text}]`,
    'cut off': open,
    twice: text + text,
    'a comma too many': `${open},}`,
    'a comment': `/* */${text}`,
    'a deep list': '['.repeat(8000) + ']'.repeat(8000),
    'a deep object': `${open}${comma}"response":${'{"a":'.repeat(2000)}1${'}'.repeat(2001)}`,
    __proto__: `${open}${comma}"__proto__":{"mfa":true,"isAdmin":true}}`,
    'constructor.prototype': `${open}${comma}"constructor":{"prototype":{"mfa":true}}}`,
    '__proto__ in the response': `${open}${comma}"response":{"__proto__":{"mfa":true}}}`,
    'too large': `${open}${' '.repeat(16_384)}}`,
    'a form': 'identifier=a&provider=password&response[password]=x',
    'a form with __proto__': 'a[__proto__][mfa]=true&constructor[prototype][mfa]=true',
    'not a number': `${open}${comma}"extra":NaN}`,
  };
  return Object.entries(texts).map(([fault, raw]) => [fault, { raw }]);
}

function wrongBytes(text: string): readonly Malformed[] {
  const around = (...bytes: number[]): Buffer =>
    Buffer.concat([Buffer.from(`${text.slice(0, -1)},"x":"`), Buffer.from(bytes), Buffer.from('"}')]);
  const json = { 'content-type': 'application/json' };
  return [
    ['invalid UTF-8', { raw: around(0xff, 0xfe) }],
    ['half a character', { raw: around(0xc3) }],
    ['a surrogate as UTF-8', { raw: around(0xed, 0xa0, 0x80) }],
    ['an overlong slash', { raw: around(0xc0, 0xaf) }],
    ['a NUL as it is', { raw: around(0x00) }],
    ['UTF-16', { raw: Buffer.from(`\ufeff${text}`, 'utf16le') }],
    ['gzip', { raw: gzipSync(text), headers: { ...json, 'content-encoding': 'gzip' } }],
    [
      'a gzip bomb',
      { raw: gzipSync(Buffer.alloc(4_000_000, 0x20)), headers: { ...json, 'content-encoding': 'gzip' } },
    ],
  ];
}

function wrongTypes(text: string): readonly Malformed[] {
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/json',
    'application/jsonp',
    'application/json-patch+json',
    'application/ld+json',
    'json',
    ',',
    'text/plain, application/json',
  ];
  return types.map((type) => [`as ${type}`, { raw: text, headers: { 'content-type': type } }]);
}
