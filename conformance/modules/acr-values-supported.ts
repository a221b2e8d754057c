import {
  describe,
  essentialAcr,
  fail,
  skip,
  unattainable,
  unmet,
  type Check,
  type Module,
} from '../check.ts';
import type { Tokens } from '../client.ts';

export const acrValuesSupported: Module = {
  name: 'acr-values-supported',
  checks:
    'what acr_values_supported names can be had, and a level that it does not name is claimed by no token',
  spec: 'OpenID Connect Discovery 3 (acr_values_supported)',
  guards: ['I-19'],
  async run(check) {
    const { acr_values_supported: supported } = check.server;
    await unknownIsNotClaimed(check);
    if (supported === undefined) skip('the issuer does not publish it; an unknown level was not claimed');
    const { one, several } = check.config.acr;
    for (const acr of [one, several]) {
      if (!supported.includes(acr)) fail(`${acr} is not among them: ${supported.join(', ')}`);
    }
    await weaker(check, one);
    await stronger(check, several);
    for (const acr of supported) {
      if (acr !== one && acr !== several) await another(check, acr);
    }
  },
};

async function weaker(check: Check, acr: string): Promise<void> {
  const { tokens } = await check.weakSession({ acrValues: acr });
  expectAcr(tokens, acr);
}

async function stronger(check: Check, acr: string): Promise<void> {
  const answer = await check.authorize(await check.person(), { acrValues: acr });
  if (answer.kind !== 'code') fail(`${acr} is named, and could not be had: ${describe(answer)}`);
  expectAcr(await check.redeem(answer), acr);
}

/** One that these people may have no factor for: it can be refused, and must not be made up. */
async function another(check: Check, acr: string): Promise<void> {
  const ask = check.server.claims_parameter_supported ? { claims: essentialAcr(acr) } : { acrValues: acr };
  const answer = await check.authorize(await check.person(), ask, { decline: 'secondFactor' });
  if (answer.kind === 'code' && ask.claims) expectAcr(await check.redeem(answer), acr);
}

function expectAcr({ claims }: Tokens, acr: string): void {
  if (claims['acr'] !== acr) fail(`${acr} was asked for, and acr is ${JSON.stringify(claims['acr'])}`);
}

async function unknownIsNotClaimed(check: Check): Promise<void> {
  const { person } = await check.weakSession();
  const answer = await check.authorize(person, { acrValues: unattainable }, { leave: 'first' });
  if (answer.kind === 'code') {
    const { claims } = await check.redeem(answer);
    if (claims['acr'] === unattainable) fail(`acr is ${unattainable}, which nobody can have proved`);
  }
  if (check.server.claims_parameter_supported !== true) return;
  const essential = await check.authorize(person, { claims: essentialAcr(unattainable) }, { leave: 'first' });
  if (essential.kind === 'code') fail('a code came back for an essential level that does not exist');
  if (essential.kind === 'error') check.expectError(essential, unmet);
}
