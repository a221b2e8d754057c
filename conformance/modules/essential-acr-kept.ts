import {
  essentialAcr,
  fail,
  RelyingParty,
  skip,
  unmet,
  type Ask,
  type Check,
  type Module,
} from '../check.ts';

export const essentialAcrKept: Module = {
  name: 'essential-acr-kept',
  checks: 'an essential acr stays essential beside acr_values, and beside a default of the client',
  spec: 'OpenID Connect Core 5.5.1.1; Dynamic Client Registration 2 (default_acr_values)',
  guards: ['I-19', 'I-22', 'A-121'],
  async run(check) {
    if (check.server.claims_parameter_supported !== true) skip('the claims parameter is not supported');
    const { one, several } = check.config.acr;
    const claims = essentialAcr(several);
    await refusing(check, { claims, acrValues: one });
    const { clientWithDefaultAcr } = check.config;
    if (clientWithDefaultAcr) {
      await refusing(check, { claims }, new RelyingParty(check.config, check.server, clientWithDefaultAcr));
    } else {
      check.seen.push('not tried with a default level of the client: none is configured');
    }
    const { person } = await check.weakSession();
    const { claims: reached } = await check.redeem(await check.authorize(person, { claims, acrValues: one }));
    if (reached['acr'] !== several)
      fail(`acr is ${JSON.stringify(reached['acr'])}, which is not the essential one`);
  },
};

async function refusing(check: Check, ask: Ask, client: RelyingParty = check.client): Promise<void> {
  const { person } = await check.weakSession();
  const answer = await check.authorize(person, ask, { decline: 'first' }, client);
  if (answer.kind === 'code')
    fail('a code came back although the essential acr was not reached: it was lost');
  check.expectError(answer, unmet);
}
