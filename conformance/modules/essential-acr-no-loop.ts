import type { Conduct } from '../browser.ts';
import {
  describe,
  essentialAcr,
  fail,
  skip,
  unattainable,
  unmet,
  type Ask,
  type Check,
  type Module,
} from '../check.ts';

export const essentialAcrNoLoop: Module = {
  name: 'essential-acr-no-loop',
  checks: 'an essential acr that nobody can reach ends in an error, and no page is shown twice on the way',
  spec: 'OpenID Connect Core 5.5.1.1',
  guards: ['I-19', 'I-22', 'A-125'],
  async run(check) {
    if (check.server.claims_parameter_supported !== true) skip('the claims parameter is not supported');
    const claims = essentialAcr(unattainable);
    await ends(check, { claims });
    await ends(check, {
      claims: { id_token: { acr: { essential: true, values: [unattainable, 'another'] } } },
    });
  },
};

async function ends(check: Check, ask: Ask, conduct: Conduct = {}): Promise<void> {
  const person = await check.person();
  const answer = await check.authorize(person, ask, conduct);
  const kinds = answer.pages.map(({ kind }) => kind);
  const twice = kinds.find((kind, index) => kinds.indexOf(kind) !== index);
  if (twice !== undefined) fail(`the page ${twice} came again after it was answered: ${describe(answer)}`);
  check.expectError(answer, unmet);
}
