import type { JsonSchema } from '../../core/provider.ts';
import { check } from '../../core/schema.ts';
import { expectThat, show } from '../fail.ts';
import { malformed } from '../malformed.ts';
import { Rehearsal } from '../rehearsal.ts';
import type { Check } from './check.ts';

/** Responses come from anywhere: the schema is the first thing that they meet (I-24). */
export const schemas: readonly Check[] = [
  {
    name: 'takes responses by strict schemas: nothing extra, nothing endless',
    async run({ create }) {
      const { response, confirmResponse, input } = create();
      await strict(response, 'response');
      if (confirmResponse) await strict(confirmResponse, 'confirmResponse');
      if (input) await strict(input.schema, 'input.schema');
    },
  },
  {
    name: 'refuses by its schemas what is no response',
    async run(subject) {
      const rehearsal = new Rehearsal(subject);
      const { provider } = rehearsal;
      const one = await rehearsal.enrol();
      const answer = await one.person.answer(await rehearsal.ask(one));
      await refusesAll(provider.confirmResponse ?? provider.response, one.confirmed);
      await refusesAll(provider.response, answer);
      if (provider.input) await refusesAll(provider.input.schema, one.person.input);
    },
  },
];

async function strict(schema: JsonSchema, where: string): Promise<void> {
  expectThat(schema['type'] === 'object', `${where} is no schema of an object`);
  expectThat((await check(schema, undefined)) !== null, `${where} takes undefined`);
  walk(schema, where);
}

/** The longest text that any response of ours needs many times over; a body has at most 16 384 bytes. */
const longest = 16_384;

function walk(schema: unknown, where: string): void {
  if (typeof schema !== 'object' || schema === null) return;
  if (Array.isArray(schema)) {
    schema.forEach((part, index) => walk(part, `${where}/${index}`));
    return;
  }
  const part = schema as JsonSchema;
  const types: readonly unknown[] = [part['type']].flat();
  const fixed = part['const'] !== undefined || part['enum'] !== undefined;
  if (types.includes('object')) {
    const closed = part['additionalProperties'] === false || part['unevaluatedProperties'] === false;
    expectThat(closed, `${where} takes properties that it does not name: additionalProperties is not false`);
  }
  if (types.includes('string') && !fixed) {
    const { maxLength, pattern } = part as { readonly maxLength?: unknown; readonly pattern?: unknown };
    const bounded = typeof maxLength === 'number' && maxLength <= longest;
    expectThat(bounded, `${where} takes texts of any length: maxLength is ${show(maxLength)}`);
    const whole = typeof pattern !== 'string' || /^\^[^|]*\$$|^\^\(.*\)\$$/.test(pattern);
    expectThat(whole, `${where} has a pattern that need not hold for the whole text: ${show(pattern)}`);
  }
  if (types.includes('array') && !fixed)
    expectThat(typeof part['maxItems'] === 'number', `${where} takes lists of any length: no maxItems`);
  for (const [key, inner] of Object.entries(part)) {
    // What is compared with is no schema.
    if (!['const', 'enum', 'default', 'examples', 'required'].includes(key)) walk(inner, `${where}/${key}`);
  }
}

async function refusesAll(schema: JsonSchema, right: unknown): Promise<void> {
  expectThat((await check(schema, right)) === null, `the response ${show(right)} of the person does not fit`);
  for (const response of malformed(right))
    expectThat((await check(schema, response)) !== null, `the schema lets ${show(response)} through`);
}
