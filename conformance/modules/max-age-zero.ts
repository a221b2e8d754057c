import { silent, type Module } from '../check.ts';
import {
  aSecond,
  authTimeOf,
  expectNewProof,
  expectNewSecondFactor,
  expectNoWayAround,
  tryStrongSession,
  withAuthTime,
} from './anew.ts';

export const maxAgeZero: Module = {
  name: 'max-age-zero',
  checks:
    'max_age=0 has something proved anew, auth_time is the time of that, and what is not is not claimed',
  spec: 'OpenID Connect Core 3.1.2.1 (max_age), 2 (auth_time)',
  guards: ['I-19', 'I-22'],
  async run(check) {
    const ask = { maxAge: 0 };
    const { person, tokens } = await check.weakSession(withAuthTime);
    const strong = await tryStrongSession(check);
    await check.wait(aSecond);
    const quiet = await check.authorize(person, { ...ask, prompt: 'none' });
    // Some issuers take 0 for `prompt=login`, which then is at odds with `none`.
    check.expectError(quiet, [...silent, 'invalid_request']);
    await expectNoWayAround(check, person, ask);
    await expectNewProof(check, await check.authorize(person, ask), authTimeOf(tokens.claims));
    if (strong)
      await expectNewSecondFactor(check, await check.authorize(strong.person, ask), strong.authTime);
  },
};
