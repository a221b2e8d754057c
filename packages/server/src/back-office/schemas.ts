import { bodyOf, line } from 'cofactor/admin';
import type { JsonSchema } from 'cofactor';

/** Parts of what the routes take. */

export const nothing: JsonSchema = bodyOf({});
/** What a reason may be is looked at where it is recorded; here it is only kept short. */
export const reason: JsonSchema = { type: 'string', minLength: 1, maxLength: 600 };
export const label: JsonSchema = line(64);
export const labels: JsonSchema = { type: 'array', items: label, maxItems: 50 };
export const flag: JsonSchema = { type: 'boolean' };
export const by: JsonSchema = { type: 'string', enum: ['mail', 'link'] };
export const number: JsonSchema = { type: 'string', pattern: '^[0-9]{1,15}$' };
/** An ISO 8601 time in UTC. */
export const time: JsonSchema = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?Z$',
};
export const address: JsonSchema = line(2048);
export const addresses: JsonSchema = { type: 'array', items: address, maxItems: 50 };
export const names: JsonSchema = { type: 'array', items: line(200), maxItems: 100 };
