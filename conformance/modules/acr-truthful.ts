import { describe, fail, skip, type Module } from '../check.ts';

export const acrTruthful: Module = {
  name: 'acr-truthful',
  checks: 'acr is the level that was reached, and one that was asked for and refused is not claimed',
  spec: 'OpenID Connect Core 2, 3.1.2.1, 5.5.1.1',
  guards: ['I-01', 'I-19'],
  async run(check) {
    const { one, several } = check.config.acr;
    const { person, tokens } = await check.weakSession({ acrValues: one });
    const { acr } = tokens.claims;
    if (acr !== undefined && acr !== one) fail(`one factor was proved, and acr is ${JSON.stringify(acr)}`);

    const refused = await check.authorize(person, { acrValues: several }, { decline: 'secondFactor' });
    if (refused.kind === 'code') {
      const { claims } = await check.redeem(refused);
      if (claims['acr'] === several) fail(`acr says ${several}, and nobody proved a second factor`);
    } else if (refused.kind !== 'error')
      fail(`a refusal does not lead back to the client: ${describe(refused)}`);

    const reached = await check.authorize(person, { acrValues: several });
    if (!reached.pages.some(({ kind }) => kind === 'secondFactor')) {
      skip('said of one factor, truthfully; a second one is never asked for, so more could not be seen');
    }
    const { claims } = await check.redeem(reached);
    if (claims['acr'] !== several)
      fail(`two factors were proved, and acr is ${JSON.stringify(claims['acr'])}`);
  },
};
