import { fail, type Check, type Module } from '../check.ts';

/** Values that one factor alone cannot have earned: `mfa` says so itself (RFC 8176, 2). */
const several = 'mfa';

export const amr: Module = {
  name: 'amr',
  checks: 'amr is there, is an array of strings, and says what was done: no more and no less',
  spec: 'OpenID Connect Core 2; RFC 8176 1, 2',
  guards: ['I-01', 'I-20', 'I-22'],
  async run(check) {
    const { tokens: weak } = await check.weakSession();
    const one = methodsOf(weak.claims['amr']);
    if (one.includes(several)) fail(`one factor was proved, and amr says ${several}`);
    await strong(check, one);
  },
};

async function strong(check: Check, one: readonly string[]): Promise<void> {
  const { person } = await check.weakSession();
  const answer = await check.authorize(person, { acrValues: check.config.acr.several });
  const { claims } = await check.redeem(answer);
  const both = methodsOf(claims['amr']);
  if (!answer.pages.some(({ kind }) => kind === 'secondFactor')) {
    if (both.join() !== one.join()) fail('amr has changed although nothing was proved');
    check.seen.push('not tried with two factors: a second one was not asked for');
    return;
  }
  const added = both.filter((method) => !one.includes(method));
  if (added.length === 0) fail(`a second factor was proved, and amr is still ${JSON.stringify(both)}`);
}

function methodsOf(claim: unknown): readonly string[] {
  if (claim === undefined) fail('the id_token has no amr');
  if (!Array.isArray(claim)) fail(`amr is ${JSON.stringify(claim)}, which is not an array`);
  const methods = claim as readonly unknown[];
  const strings = methods.filter(
    (method) => typeof method === 'string' && method !== '',
  ) as readonly string[];
  if (strings.length === 0 || strings.length !== methods.length) fail(`amr is ${JSON.stringify(claim)}`);
  if (new Set(strings).size !== strings.length) fail(`amr names a method twice: ${JSON.stringify(claim)}`);
  return strings;
}
