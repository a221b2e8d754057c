import { essentialAcr, fail, skip, unmet, type Check, type Module } from '../check.ts';

export const essentialAcrUnmet: Module = {
  name: 'essential-acr-unmet',
  checks: 'an essential acr that a person refuses, or cannot reach, is an error and never a code',
  spec: 'OpenID Connect Core 5.5.1.1; OpenID Connect Core Error Code unmet_authentication_requirements',
  guards: ['I-19', 'A-119'],
  async run(check) {
    if (check.server.claims_parameter_supported !== true) skip('the claims parameter is not supported');
    await refuses(check);
    await cannot(check);
  },
};

async function refuses(check: Check): Promise<void> {
  const { one, several } = check.config.acr;
  const { person } = await check.weakSession();
  const claims = essentialAcr(several);
  check.expectError(await check.authorize(person, { claims }, { decline: 'first' }), unmet);
  // Whoever refuses more is still who they were.
  const after = await check.authorize(person, { prompt: 'none' });
  const tokens = await check.redeem(after);
  const { acr } = tokens.claims;
  if (acr !== undefined && acr !== one) fail(`the session is at ${JSON.stringify(acr)} after a refusal`);
}

async function cannot(check: Check): Promise<void> {
  if (!check.config.accounts.some(({ secondFactor }) => !secondFactor)) {
    check.seen.push('not tried with somebody who has one factor only: there is no such account');
    return;
  }
  const person = await check.person({ secondFactor: false });
  const claims = essentialAcr(check.config.acr.several);
  check.expectError(await check.authorize(person, { claims }, { decline: 'secondFactor' }), unmet);
}
