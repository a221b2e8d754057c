/** The checker, checked: it finds nothing wrong with an issuer that is right, and every fault with the module it is for. */
import { describe, expect, it } from 'vitest';
import { modules } from '../../conformance/modules/index.ts';
import { run } from '../../conformance/run.ts';
import { configFor } from '../support/faulty-issuer/checked.ts';
import { faults, type Fault } from '../support/faulty-issuer/faults.ts';
import { startIssuer } from '../support/faulty-issuer/start.ts';

describe('the conformance checker', { timeout: 120_000 }, () => {
  it('passes an issuer that is right in everything, skipping nothing', async () => {
    const issuer = await startIssuer(null);
    try {
      const results = await run(configFor(issuer), modules);
      expect(results.map(({ name, outcome, reason }) => [name, outcome, reason])).toEqual(
        modules.map(({ name }) => [name, 'pass', null]),
      );
    } finally {
      await issuer.close();
    }
  });

  it('has a fault for each module', () => {
    expect([...new Set<string>(Object.values(faults))].sort()).toEqual(
      modules.map(({ name }) => name).sort(),
    );
  });
});

// At the same time, because what takes long is waiting for clocks to move on.
describe.concurrent('a fault is found', { timeout: 120_000 }, () => {
  it.each(Object.entries(faults) as [Fault, string][])('%s: %s', async (fault, name) => {
    const issuer = await startIssuer(fault);
    try {
      const chosen = modules.filter((module) => module.name === name);
      const results = await run(configFor(issuer), chosen);
      // Found by what it looks at, and not by stumbling over something.
      const reason = expect.not.stringMatching(/^not foreseen/) as unknown;
      expect(results, JSON.stringify(results, null, 2)).toMatchObject([{ name, outcome: 'fail', reason }]);
    } finally {
      await issuer.close();
    }
  });
});
