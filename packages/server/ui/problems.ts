import type { ClientProblem } from '../../cofactor/src/elements/client.ts';
import { say as sayOfSignIn } from '../../cofactor/src/elements/problems.ts';
import { en } from './texts.en.ts';
import { t, type Key } from './texts.ts';

/** A problem by its short name. */
export function nameOf(problem: ClientProblem): string {
  return problem.type.replace('urn:cofactor:problem:', '');
}

/** What to tell: what is wrong and what to do about it. */
export function say(problem: ClientProblem): string {
  const name = nameOf(problem);
  // Only the server knows what is wrong with what was entered.
  if ((name === 'refused' || name === 'malformed') && problem.detail) return problem.detail;
  const key = `failed.${name}`;
  return Object.hasOwn(en, key) ? t(key as Key) : sayOfSignIn(problem);
}

/** The field that a problem is about, by the pointer of the problem: `/redirectUris/0` is about `redirectUris`. */
export function fieldOf(problem: ClientProblem): string | null {
  return problem.pointer?.split('/')[1] ?? null;
}
