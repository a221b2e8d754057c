import { describe, essentialAcr, fail, silent, type Module } from '../check.ts';

export const promptNone: Module = {
  name: 'prompt-none',
  checks: 'prompt=none shows no page: an error where the level is not reached, a code where it is',
  spec: 'OpenID Connect Core 3.1.2.1 (prompt), 3.1.2.6',
  guards: ['I-19', 'A-129'],
  async run(check) {
    const { several } = check.config.acr;
    const nobody = await check.person();
    check.expectError(await check.authorize(nobody, { prompt: 'none' }), silent);

    const { person } = await check.weakSession();
    if (check.server.claims_parameter_supported === true) {
      const essential = { claims: essentialAcr(several), prompt: 'none' };
      check.expectError(await check.authorize(person, essential), silent);
    }
    check.expectError(await check.authorize(person, { acrValues: several, prompt: 'none' }), silent);

    const reached = await check.authorize(person, { acrValues: several });
    if (reached.kind !== 'code') fail(`the step-up did not come to its end: ${describe(reached)}`);
    const after = await check.authorize(person, { acrValues: several, prompt: 'none' });
    const { claims } = await check.redeem(after);
    if (claims['acr'] !== several) fail(`acr is ${JSON.stringify(claims['acr'])} after the step-up`);
  },
};
