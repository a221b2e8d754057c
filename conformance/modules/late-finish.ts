import { proofsOf } from '../browser.ts';
import { fail, type Module } from '../check.ts';
import { authTimeOf, tolerance } from './anew.ts';

/** How long the person lets the browser wait between the proof and going back, in seconds: longer than `tolerance`. */
const hold = 2.2;

export const lateFinish: Module = {
  name: 'late-finish',
  checks: 'a sign-in that is finished long after its proof does not pass the proof off as new',
  spec: 'OpenID Connect Core 2 (auth_time), 3.1.2.1 (max_age)',
  guards: ['I-19', 'I-22'],
  async run(check) {
    for (const ask of [{ maxAge: 1 }, { maxAge: 3600, prompt: 'login' }]) {
      const person = await check.person();
      const answer = await check.authorize(person, ask, { hold });
      // That it is asked again, or refused, is right where the proof has become too old by now.
      if (answer.kind === 'error') continue;
      const { claims } = await check.redeem(answer);
      const authTime = authTimeOf(claims);
      const proved = proofsOf(answer).at(-1)?.taken.to ?? 0;
      if (authTime > proved + tolerance) {
        fail(`the proof was made at ${proved}, and auth_time says ${authTime}: it is the time of the return`);
      }
    }
  },
};
