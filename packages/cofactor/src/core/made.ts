import type { Delivery } from './provider.ts';

/** What a provider makes: something to keep, something to show, perhaps something to send. */
type Made<Shown extends string> = { readonly data: unknown; readonly deliver?: Delivery } & Readonly<
  Record<Shown, object>
>;

/**
 * What a provider made, if that is what it has to be. Providers are code from elsewhere: what cannot be kept or shown
 * must be told where it was made, and not become a question without an answer (I-12).
 *
 * @throws {TypeError} which makes the provider unavailable
 */
export function whole<Shown extends 'view' | 'setup', T extends Made<Shown>>(made: T, shown: Shown): T {
  if (!isObject(made) || Array.isArray(made)) throw new TypeError('the provider made nothing');
  const { data, deliver } = made;
  if (!isObject(made[shown])) throw new TypeError(`the provider made no ${shown}`);
  // Throws for what has no end, or cannot be written.
  if (JSON.stringify(data) === undefined) throw new TypeError('the provider made no data');
  JSON.stringify(made[shown]);
  const addressed = typeof deliver?.address === 'string' && typeof deliver.code === 'string';
  if (deliver !== undefined && !addressed)
    throw new TypeError('the provider made a delivery without an address');
  return made;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
