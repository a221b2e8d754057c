import { createRequire } from 'node:module';
import { assertPeer, peer } from '../base/peer.ts';
import type { JsonSchema } from './provider.ts';

/** Which part of a value was not as its schema says (JSON pointer). */
export interface Mismatch {
  readonly pointer: string;
}

assertPeer('ajv', 'cofactor');
const loadAjv = peer('ajv', 'cofactor', () => import('ajv/dist/2020.js'));
const compiled = new WeakMap<JsonSchema, (value: unknown) => Mismatch | null>();

/** Checks a value against a strict schema: exact types, nothing extra, nothing filled in or changed (I-24). */
export async function check(schema: JsonSchema, value: unknown): Promise<Mismatch | null> {
  let validate = compiled.get(schema);
  if (!validate) compiled.set(schema, (validate = await compile(schema)));
  return validate(value);
}

/**
 * Makes the same check to be had at once, for files that are read at start, and in words: what the schema says of the
 * part that is wrong.
 */
export function checker(
  schema: JsonSchema,
): (value: unknown) => (Mismatch & { readonly why: string }) | null {
  const require = createRequire(import.meta.url);
  const { Ajv2020 } = require('ajv/dist/2020.js') as Awaited<ReturnType<typeof loadAjv>>;
  const validate = new Ajv2020({ strict: true, verbose: true }).compile(schema);
  return (value) => {
    if (validate(value)) return null;
    const [error] = validate.errors ?? [];
    const { additionalProperty } = (error?.params ?? {}) as { readonly additionalProperty?: string };
    const what = additionalProperty === undefined ? '' : ` (${JSON.stringify(additionalProperty)})`;
    const { description } = (error?.parentSchema ?? {}) as { readonly description?: string };
    const why = `${error?.message ?? 'is wrong'}${what}${description === undefined ? '' : `. ${description}`}`;
    return { pointer: error?.instancePath ?? '', why };
  };
}

async function compile(schema: JsonSchema): Promise<(value: unknown) => Mismatch | null> {
  const { Ajv2020 } = await loadAjv();
  const validate = new Ajv2020({ strict: true, allErrors: false, validateFormats: false }).compile(schema);
  return (value) => (validate(value) ? null : { pointer: validate.errors?.[0]?.instancePath ?? '' });
}

/** An object with these properties and no others. */
export function object(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = Object.keys(properties),
): JsonSchema {
  return { type: 'object', additionalProperties: false, required: [...required], properties };
}

export function text(maxLength: number, minLength = 1): JsonSchema {
  return { type: 'string', minLength, maxLength };
}
