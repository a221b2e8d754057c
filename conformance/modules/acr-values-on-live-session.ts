import { describe, fail, type Module } from '../check.ts';

export const acrValuesOnLiveSession: Module = {
  name: 'acr-values-on-live-session',
  checks: 'acr_values is honoured where somebody is signed in already, with less',
  spec: 'OpenID Connect Core 3.1.2.1; RFC 9470 5',
  guards: ['I-19', 'I-22'],
  async run(check) {
    const { several } = check.config.acr;
    const { person } = await check.weakSession();
    const answer = await check.authorize(person, { acrValues: several });
    if (answer.kind !== 'code') fail(`the step-up did not come to its end: ${describe(answer)}`);
    if (!answer.pages.some(({ kind }) => kind === 'secondFactor')) {
      fail(`a code came back, and nobody was asked for a second factor`);
    }
    const { claims } = await check.redeem(answer);
    if (claims['acr'] !== several) fail(`acr is ${JSON.stringify(claims['acr'])} after the step-up`);
  },
};
