import type { ProviderInfo } from '../http/contract.ts';
import { nameOf, type ClientProblem, type ClientProblemName, type Result } from './client.ts';
import { clock, hasText, relative, t } from './texts.ts';

/** Problems with what was entered: their words stand at the field. The others concern the whole form. */
const atField: readonly ClientProblemName[] = [
  'malformed',
  'wrong-credentials',
  'wrong-response',
  'replayed-response',
  'refused-response',
];

export function isAtField(problem: ClientProblem): boolean {
  return atField.includes(nameOf(problem));
}

/** Problems after which a ceremony cannot go on. */
export function endsCeremony(problem: ClientProblem): boolean {
  return nameOf(problem).startsWith('ceremony-');
}

/** What came of asking for a code, in which nothing was tried: what can be too much of it is another thing. */
export function ofAsking<T>(result: Result<T>): Result<T> {
  if (result.ok || nameOf(result.problem) !== 'too-many-tries' || isUsedUp(result.problem)) return result;
  return { ok: false, problem: { ...result.problem, type: 'urn:cofactor:problem:too-many-codes' } };
}

/** Waiting does not bring back tries that are used up: another way or another start does. */
function isUsedUp(problem: ClientProblem): boolean {
  return problem.triesLeft === 0;
}

/** When trying again makes sense, where the server said so. Reckoned from the moment the answer arrived. */
export function retryAt(problem: ClientProblem, arrived: Date = new Date()): Date | null {
  return problem.retryAfter === undefined || isUsedUp(problem)
    ? null
    : new Date(arrived.getTime() + problem.retryAfter * 1000);
}

/** What to tell the person: what is wrong and what to do, in the provider's words where it has some. */
export function say(problem: ClientProblem, texts?: ProviderInfo['texts']): string {
  const name = nameOf(problem);
  if (name === 'too-many-tries') {
    if (isUsedUp(problem)) return t('problem.too-many-tries-over');
    const at = retryAt(problem);
    return at
      ? t('problem.too-many-tries-until', { in: relative(problem.retryAfter ?? 0), time: clock(at) })
      : t('problem.too-many-tries');
  }
  const words = ownWords(problem, texts) ?? known(name) ?? (problem.detail || t('problem.unexpected'));
  const few = name === 'wrong-response' && problem.triesLeft !== undefined && problem.triesLeft <= 3;
  return few ? `${words} ${t('triesLeft', { count: problem.triesLeft })}` : words;
}

function ownWords(problem: ClientProblem, texts: ProviderInfo['texts'] = {}): string | undefined {
  const own = (key: string): string | undefined => (Object.hasOwn(texts, key) ? texts[key] : undefined);
  switch (nameOf(problem)) {
    case 'wrong-response':
      return own('wrong');
    case 'replayed-response':
      return own('replayed');
    case 'refused-response':
      return own(problem.text ?? '') ?? (problem.detail || undefined);
    default:
      return undefined;
  }
}

/** A server that is newer than this page may report what it does not know: then the server's words serve. */
function known(name: ClientProblemName): string | undefined {
  const key = `problem.${name}` as const;
  return hasText(key) ? t(key) : undefined;
}
