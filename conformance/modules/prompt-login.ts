import type { Module } from '../check.ts';
import {
  aSecond,
  authTimeOf,
  expectNewProof,
  expectNewSecondFactor,
  expectNoWayAround,
  tryStrongSession,
  withAuthTime,
} from './anew.ts';

export const promptLogin: Module = {
  name: 'prompt-login',
  checks:
    'prompt=login has something proved anew, whoever is signed in already, and what is not is not claimed',
  spec: 'OpenID Connect Core 3.1.2.1 (prompt)',
  guards: ['I-19', 'I-22', 'A-127'],
  async run(check) {
    const ask = { ...withAuthTime, prompt: 'login' };
    const { person, tokens } = await check.weakSession(withAuthTime);
    const strong = await tryStrongSession(check);
    await check.wait(aSecond);
    await expectNoWayAround(check, person, ask);
    await expectNewProof(check, await check.authorize(person, ask), authTimeOf(tokens.claims));
    if (strong)
      await expectNewSecondFactor(check, await check.authorize(strong.person, ask), strong.authTime);
  },
};
