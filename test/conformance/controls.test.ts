/**
 * I-22: the conformance checker passes our server, and fails oidc-provider as it comes in exactly the modules that our
 * interaction policy is there for. Where one of these lists changes, look into why before you change it here.
 */
import { describe, expect, it } from 'vitest';
import { modules } from '../../conformance/modules/index.ts';
import { run, type Result } from '../../conformance/run.ts';
import { startBare, startBareWithSession } from '../../conformance/targets/bare.ts';
import { startOurs } from '../../conformance/targets/ours.ts';
import type { Target } from '../../conformance/targets/target.ts';
import { freshPostgresDatabase } from '../support/app.ts';
import { describeWith } from '../support/needs.ts';

async function resultsOf(started: Promise<Target>): Promise<readonly Result[]> {
  const target = await started;
  try {
    return await run(target.config, modules);
  } finally {
    await target.close();
  }
}

const named = (results: readonly Result[], outcome: Result['outcome']): readonly string[] =>
  results.filter((result) => result.outcome === outcome).map(({ name }) => name);

// Most of what takes time is waiting, for a time to be over.
describe.concurrent('controls', { timeout: 120_000 }, () => {
  describe('the conformance checker', () => {
    it('I-19 I-22 passes our server, skipping nothing', async () => {
      const results = await resultsOf(startOurs());
      expect(results.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
      expect(results).toHaveLength(modules.length);
    });

    it('I-22 fails bare oidc-provider, which is the negative control', async () => {
      const results = await resultsOf(startBare());
      expect(named(results, 'fail')).toEqual([
        // It never prompts for acr_values,
        'acr-values-on-live-session',
        // loops on an unmet essential acr (so nobody is told that it cannot be had),
        'essential-acr-unmet',
        // loses it where acr_values are there, too,
        'essential-acr-kept',
        'essential-acr-no-loop',
        // emits no amr,
        'amr',
        // and takes the time at which it was come back to it for the time of the proof.
        'late-finish',
        // It never prompts for acr_values: not by an error, either.
        'prompt-none',
        // It reads 1e1 and 0x10 as numbers.
        'malformed-parameters',
      ]);
      expect(named(results, 'skipped')).toEqual([
        'acr-truthful',
        'acr-values-supported',
        'auth-time-after-step-up',
        'code-before-step-up',
        'tokens-agree',
        'client-minimum',
      ]);
      expect(results.find(({ name }) => name === 'essential-acr-no-loop')?.reason).toContain('no end after');
      expect(results.find(({ name }) => name === 'amr')?.reason).toBe('the id_token has no amr');
    });

    it('I-22 A-127 fails bare oidc-provider behind an application that finishes by itself', async () => {
      const results = await resultsOf(startBareWithSession());
      expect(named(results, 'fail')).toEqual([
        'acr-values-on-live-session',
        'essential-acr-unmet',
        'essential-acr-kept',
        'essential-acr-no-loop',
        'amr',
        // It accepts a stale automatic finish for max_age and prompt=login.
        'max-age-zero',
        'max-age-exceeded',
        'prompt-login',
        'prompt-none',
        'malformed-parameters',
      ]);
      for (const name of ['max-age-zero', 'max-age-exceeded', 'prompt-login']) {
        expect(results.find((result) => result.name === name)?.reason).toBe(
          'a code came back, and nothing was proved for it',
        );
      }
    });
  });

  describeWith('PostgreSQL', 'the conformance checker on PostgreSQL', () => {
    it('I-19 I-22 passes our server', async () => {
      const database = await freshPostgresDatabase();
      const results = await resultsOf(startOurs('cofactor', database.open()));
      await database.drop();
      expect(results.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
    });
  });
});
