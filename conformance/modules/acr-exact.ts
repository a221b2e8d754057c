import { essentialAcr, fail, type Check, type Module } from '../check.ts';

export const acrExact: Module = {
  name: 'acr-exact',
  checks: 'levels are compared exactly: what only looks like one is another one',
  spec: 'OpenID Connect Core 2 (acr is case sensitive), 3.1.2.1',
  guards: ['I-19', 'A-123'],
  async run(check) {
    const { one, several } = check.config.acr;
    const likenesses = [
      `no${several}`,
      several === several.toUpperCase() ? several.toLowerCase() : several.toUpperCase(),
      `${several}2`,
      `${several},${one}`,
      several.slice(0, -1),
    ];
    await asked(check, likenesses);
    if (check.server.claims_parameter_supported === true) await essential(check, likenesses);
  },
};

/** Asked for in `acr_values`, it leads to no step-up, and no token claims it. */
async function asked(check: Check, likenesses: readonly string[]): Promise<void> {
  const { person } = await check.weakSession();
  for (const likeness of likenesses) {
    const answer = await check.authorize(person, { acrValues: likeness }, { leave: 'first' });
    if (answer.kind === 'left' && answer.pages.at(-1)?.kind === 'secondFactor') {
      fail(`${likeness} was taken for ${check.config.acr.several}: a second factor was asked for`);
    }
    if (answer.kind !== 'code') continue;
    const { claims } = await check.redeem(answer);
    if (claims['acr'] === likeness) fail(`acr is ${likeness}, which was only asked for`);
  }
}

/** Essential, it is not met by a session of the level that it looks like. */
async function essential(check: Check, likenesses: readonly string[]): Promise<void> {
  const person = await check.person();
  const up = await check.authorize(person, { acrValues: check.config.acr.several });
  await check.redeem(up);
  for (const likeness of likenesses) {
    const answer = await check.authorize(person, { claims: essentialAcr(likeness) }, { leave: 'first' });
    if (answer.kind === 'code') fail(`a code came back for the essential level ${likeness}`);
  }
}
