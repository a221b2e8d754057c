import { reasonOf } from '../client.ts';
import { fail, skip, type Module } from '../check.ts';

export const codeBeforeStepUp: Module = {
  name: 'code-before-step-up',
  checks: 'a code from before a step-up does not turn into tokens of the level after it',
  spec: 'RFC 6749 4.1.2; OpenID Connect Core 2',
  guards: ['I-16', 'I-19', 'A-137'],
  async run(check) {
    const { several } = check.config.acr;
    const { person } = await check.weakSession();
    const early = await check.authorize(person);
    const late = await check.authorize(person, { acrValues: several });
    const { claims } = await check.redeem(late);
    if (claims['acr'] !== several) skip('there is no step-up to be had (see acr-values-on-live-session)');
    if (early.kind !== 'code') fail('a plain request on a live session gave no code');
    try {
      const tokens = await check.client.redeem(early.sent, early.callback);
      check.seen.push(`the early code: acr ${JSON.stringify(tokens.claims['acr'])}`);
      if (tokens.claims['acr'] === several) fail(`the early code has become one of level ${several}`);
    } catch (error) {
      if (error instanceof Error && error.constructor.name === 'Failed') throw error;
      // A code that died with the session it came from is as good.
      check.seen.push(`the early code is refused: ${reasonOf(error)}`);
    }
  },
};
