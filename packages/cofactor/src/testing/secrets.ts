import type { Begun } from '../core/provider.ts';
import { testContext } from './context.ts';
import type { Person, ProviderSubject } from './person.ts';
import { Rehearsal, type Enrolled } from './rehearsal.ts';
import { textsOf } from './values.ts';

/** The same set-up with other random bytes: what is the same in it is no secret. Goes before any other provider. */
export async function twinOf(subject: ProviderSubject, person: Person): Promise<Begun | null> {
  return new Rehearsal(subject).begin(person, 'usr_ada', testContext({ seed: 999 }));
}

/**
 * What of a set-up must stay between the server and its person: what is stored, what comes from randomness, and a code
 * on its way. Not what the person entered, nor who it is.
 */
export function secretsOf({ begun, person }: Enrolled, twin: Begun | null): readonly string[] {
  if (!begun) return [];
  const random = textsOf(begun.setup).filter((text) => !textsOf(twin?.setup).includes(text));
  const { user } = testContext();
  const open = [...textsOf(person.input), user.id, user.identifier, begun.deliver?.address ?? ''].map(plain);
  const secret = [...textsOf(begun.data, 6), ...random, ...(begun.deliver ? [begun.deliver.code] : [])];
  return [...new Set(secret)].filter((text) => !open.includes(plain(text)));
}

/** What is left of a text however it is written: a provider may store `HT0001` for what was typed as `ht-0001`. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Whether any of the secrets is in there. */
export function spoiltBy(secrets: readonly string[], value: unknown): boolean {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return secrets.some(
    (secret) => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)),
  );
}
