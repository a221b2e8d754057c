import { fail, silent, type Module } from '../check.ts';
import { authTimeOf, expectNewProof, withAuthTime } from './anew.ts';

export const maxAgeExceeded: Module = {
  name: 'max-age-exceeded',
  checks: 'a proof older than max_age is not enough; a younger one is',
  spec: 'OpenID Connect Core 3.1.2.1 (max_age), 2 (auth_time)',
  guards: ['I-19'],
  async run(check) {
    const { person, tokens } = await check.weakSession(withAuthTime);
    const before = authTimeOf(tokens.claims);
    const young = await check.redeem(await check.authorize(person, { maxAge: 3600, prompt: 'none' }));
    if (authTimeOf(young.claims) !== before) fail('auth_time has changed, and nothing was proved');
    // Two whole seconds by any clock: more than one has passed, however it is counted.
    await check.wait(2.1);
    check.expectError(await check.authorize(person, { maxAge: 1, prompt: 'none' }), silent);
    await expectNewProof(check, await check.authorize(person, { maxAge: 1 }), before);
  },
};
