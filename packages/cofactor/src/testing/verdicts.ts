import type { About, EnrolVerdict, FactorProvider, Proof, Verdict } from '../core/provider.ts';
import { expectThat, show } from './fail.ts';
import { isJson } from './values.ts';

/** Whether a provider gave a verdict that the core can do something with. */
export function checkVerdict(provider: FactorProvider, verdict: Verdict): void {
  expectThat(isVerdict(verdict), `verify gave no verdict, but ${show(verdict)}`);
  if (!verdict.ok) {
    expectThat(
      ['wrong', 'replayed', 'pending'].includes(verdict.reason),
      `verify gave the reason ${show(verdict.reason)}`,
    );
    return;
  }
  const { counter, spend, data, proves, reports = [], about } = verdict;
  checkCounter(counter);
  expectThat(spend === undefined || isHashes(spend), `spend is no list of hashes, but ${show(spend)}`);
  expectThat(data === undefined || isJson(data), `data is not what JSON can hold: ${show(data)}`);
  checkProof(proves ?? {});
  for (const reported of reports) checkProof(reported);
  const some = verdict.reports === undefined || reports.length > 0;
  expectThat(some, 'reports is empty: a right answer proves something');
  checkAbout(provider, about ?? {});
}

export function checkEnrolVerdict(provider: FactorProvider, verdict: EnrolVerdict): void {
  expectThat(isVerdict(verdict), `confirm gave no verdict, but ${show(verdict)}`);
  if (!verdict.ok) {
    expectThat(
      ['wrong', 'refused'].includes(verdict.reason),
      `confirm gave the reason ${show(verdict.reason)}`,
    );
    checkText(provider, verdict.text, 'confirm refused');
    return;
  }
  const { data, counter, lookups, handle, about, name } = verdict;
  expectThat(data !== undefined && isJson(data), `data is not what JSON can hold: ${show(data)}`);
  checkCounter(counter);
  expectThat(
    lookups === undefined || isHashes(lookups),
    `lookups is no list of hashes, but ${show(lookups)}`,
  );
  const fits = handle === undefined || (typeof handle === 'string' && handle !== '');
  expectThat(fits, `handle is no text: ${show(handle)}`);
  checkAbout(provider, about ?? {});
  const named = name === undefined || (typeof name === 'string' && /^[^\p{Cc}\p{Cf}]{1,64}$/u.test(name));
  expectThat(named, `name is not one line of 1 to 64 characters: ${show(name)}`);
}

/** What is derived from several proofs is never said by one. */
export function checkProof({ kind, amr }: Partial<Proof>): void {
  expectThat(kind === undefined || ['know', 'have', 'are'].includes(kind), `proves.kind is ${show(kind)}`);
  if (amr === undefined) return;
  const values =
    Array.isArray(amr) && amr.length > 0 && amr.every((value) => /^[a-z0-9._-]{1,32}$/i.test(String(value)));
  expectThat(values, `proves.amr is no list of values: ${show(amr)}`);
  for (const derived of ['mfa', 'user'])
    expectThat(!amr.includes(derived), `proves.amr has ${derived}, which the core derives`);
}

function isVerdict(verdict: unknown): boolean {
  return typeof (verdict as { ok?: unknown } | null | undefined)?.ok === 'boolean';
}

function checkCounter(counter: number | undefined): void {
  const fits = counter === undefined || (Number.isSafeInteger(counter) && counter >= 0);
  expectThat(fits, `counter is no whole number: ${show(counter)}`);
}

function isHashes(value: readonly string[]): boolean {
  return (
    Array.isArray(value) &&
    value.every((one) => typeof one === 'string' && one.length >= 8) &&
    new Set(value).size === value.length
  );
}

function checkAbout(provider: FactorProvider, about: About): void {
  expectThat(isJson(about), `about is not what JSON can hold: ${show(about)}`);
  checkProof(about.proves ?? {});
  checkText(provider, about.note, 'about.note is');
  expectThat(about.hint === undefined || typeof about.hint === 'string', `about.hint is ${show(about.hint)}`);
}

function checkText(provider: FactorProvider, key: string | undefined, what: string): void {
  const found = key === undefined || typeof provider.view.texts['en']?.[key] === 'string';
  expectThat(found, `${what} ${show(key)}, which is no key of the English texts`);
}
