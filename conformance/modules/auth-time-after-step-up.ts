import { proofsOf } from '../browser.ts';
import { fail, skip, type Module } from '../check.ts';
import { aSecond, authTimeOf, tolerance, withAuthTime } from './anew.ts';

export const authTimeAfterStepUp: Module = {
  name: 'auth-time-after-step-up',
  checks: 'after a step-up auth_time is the time of the step-up',
  spec: 'OpenID Connect Core 2 (auth_time); RFC 9470 6',
  guards: ['I-01', 'I-19'],
  async run(check) {
    const { several } = check.config.acr;
    const { person, tokens } = await check.weakSession(withAuthTime);
    const before = authTimeOf(tokens.claims);
    await check.wait(aSecond);
    const answer = await check.authorize(person, { ...withAuthTime, acrValues: several });
    const proof = proofsOf(answer).at(-1);
    if (answer.kind === 'code' && !proof)
      skip('there is no step-up to be had (see acr-values-on-live-session)');
    const { claims } = await check.redeem(answer);
    const authTime = authTimeOf(claims);
    if (authTime <= before) fail(`auth_time is ${authTime}, that of the first factor`);
    const { from, to } = proof?.taken ?? { from: 0, to: 0 };
    if (authTime < from - tolerance || authTime > to + tolerance) {
      fail(`auth_time is ${authTime}, and the second factor was proved at ${to}`);
    }
  },
};
