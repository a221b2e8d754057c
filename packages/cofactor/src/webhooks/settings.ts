import { isIP } from 'node:net';
import { wrongOption as wrong } from '../base/errors.ts';
import type { AddressRule } from './networks.ts';

export interface WebhookSettings {
  /** Letters, digits, `-` and `_`, 32 at most; made up if left out. */
  readonly id?: string;
  /** What people know it as. */
  readonly name: string;
  /** `https:`; under development `http:` too. */
  readonly url: string;
  /** The types of events that it is told of, or all of them. */
  readonly types: '*' | readonly string[];
  /** Makes a new secret; the old one goes on to sign for a day besides. */
  readonly newSecret?: boolean;
}

/** What is kept of them. */
export type Kept = Pick<WebhookSettings, 'name' | 'url' | 'types'>;

const known = new Set(['id', 'name', 'url', 'types', 'newSecret']);

/** @throws {CofactorError} `ERR_CONFIG_WEBHOOKS`, naming what is wrong and what it takes */
export function checkSettings(
  settings: WebhookSettings,
  { production, mayReach }: { readonly production: boolean; readonly mayReach: AddressRule },
): Kept {
  const fail = (what: string): never => {
    throw wrong('ERR_CONFIG_WEBHOOKS', what);
  };
  const other = Object.keys(settings).find((name) => !known.has(name));
  if (other !== undefined) fail(`a webhook has no ${JSON.stringify(other)}`);
  const { id, name, url, types, newSecret } = settings;
  if (id !== undefined && (typeof id !== 'string' || !/^[A-Za-z0-9_-]{1,32}$/.test(id)))
    fail('id takes 1 to 32 letters, digits, hyphens and underscores');
  if (typeof name !== 'string' || name.trim() === '' || name.length > 64 || /\p{Cc}/u.test(name))
    fail('name takes one line of 1 to 64 characters');
  const isType = (one: unknown): boolean => typeof one === 'string' && /^[a-z][a-z0-9-]{0,63}$/.test(one);
  if (
    types !== '*' &&
    !(Array.isArray(types) && types.length > 0 && types.length <= 100 && types.every(isType))
  )
    fail("types takes '*' or names of events");
  if (newSecret !== undefined && typeof newSecret !== 'boolean') fail('newSecret takes true or false');
  const address = typeof url === 'string' && url.length <= 2048 ? URL.parse(url) : null;
  if (!address || !(address.protocol === 'https:' || (!production && address.protocol === 'http:')))
    return fail('url takes an https address');
  if (/^https?:\/\/[^/?]*@|#/i.test(address.href))
    fail('url takes an address without a user, a password or a fragment');
  const host = address.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !mayReach(host))
    fail('url leads to a private network, which allowNetworks does not name');
  return { name, url: address.href, types: types === '*' ? '*' : [...new Set(types)] };
}
