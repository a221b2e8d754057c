import { fail, RelyingParty, silent, skip, unmet, type Module } from '../check.ts';

export const clientMinimum: Module = {
  name: 'client-minimum',
  checks: 'a client that is registered with a minimum gets nothing below it, whatever its request says',
  spec: 'RFC 9470 4; OpenID Connect Core 3.1.2.3',
  guards: ['I-19', 'A-131'],
  async run(check) {
    const { clientWithMinimum } = check.config;
    if (!clientWithMinimum) skip('the configuration names no such client (clientWithMinimum)');
    const client = new RelyingParty(check.config, check.server, clientWithMinimum);
    const { one, several } = check.config.acr;
    const { person } = await check.weakSession();
    check.expectError(await check.authorize(person, { prompt: 'none' }, {}, client), silent);
    for (const ask of [{}, { acrValues: one }, { claims: { id_token: { acr: { value: one } } } }]) {
      check.expectError(await check.authorize(person, ask, { decline: 'first' }, client), unmet);
    }
    const reached = await check.authorize(person, { acrValues: one }, {}, client);
    const { claims } = await check.redeem(reached, client);
    if (claims['acr'] !== several) fail(`acr is ${JSON.stringify(claims['acr'])}, below the minimum`);
  },
};
