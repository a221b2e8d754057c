import type { Person } from '../browser.ts';
import { reasonOf, type Tokens } from '../client.ts';
import { fail, skip, type Check, type Module } from '../check.ts';
import { aSecond, authTimeOf, withAuthTime } from './anew.ts';

export const refresh: Module = {
  name: 'refresh',
  checks:
    'refreshed tokens keep sub, acr, amr and auth_time of the sign-in, whatever the session becomes later',
  spec: 'OpenID Connect Core 12.2',
  guards: ['I-19', 'A-135'],
  async run(check) {
    const { person, tokens } = await withRefreshToken(check);
    await check.wait(aSecond);
    const renewed = await refreshed(check, tokens).catch((error: unknown) =>
      fail(`the refresh token is refused: ${reasonOf(error)}`),
    );
    expectSame(check, tokens, renewed);

    const up = await check.authorize(person, { acrValues: check.config.acr.several });
    if (up.kind === 'code') await check.redeem(up);
    const later = await refreshed(check, renewed).catch((error: unknown) => {
      // A step-up may end the session that the token belongs to, and with it the token (I-16).
      check.seen.push(`after another request the refresh token is refused: ${reasonOf(error)}`);
      return null;
    });
    if (later) expectSame(check, tokens, later);
  },
};

async function withRefreshToken(check: Check): Promise<{ readonly person: Person; readonly tokens: Tokens }> {
  const { refresh: asks } = check.config;
  if (asks === null) skip('the issuer gives no refresh tokens, the configuration says');
  const { person } = await check.weakSession();
  const { prompt, ...others } = asks.parameters;
  const answer = await check.authorize(person, {
    ...withAuthTime,
    scope: asks.scope,
    ...(prompt !== undefined && { prompt }),
    raw: Object.entries(others),
  });
  const tokens = await check.redeem(answer);
  if (tokens.refreshToken === null) skip('no refresh token was given');
  return { person, tokens };
}

/** The tokens after a refresh; the refresh token is the new one where it was rotated. */
async function refreshed(check: Check, { refreshToken }: Tokens): Promise<Tokens> {
  const tokens = await check.client.refresh(refreshToken ?? '');
  if (tokens === null) skip('a refresh brings no id_token, which is allowed');
  return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
}

function expectSame(check: Check, { claims: before }: Tokens, { claims: after }: Tokens): void {
  const { acr, auth_time: authTime } = after;
  check.seen.push(`after a refresh: ${JSON.stringify({ acr, auth_time: authTime })}`);
  if (authTimeOf(after) !== authTimeOf(before)) {
    fail(`auth_time was ${authTimeOf(before)} and is ${authTimeOf(after)} after a refresh`);
  }
  for (const name of ['sub', 'acr', 'amr']) {
    const [was, is] = [before[name], after[name]].map((value) => JSON.stringify(value));
    if (was !== is) fail(`${name} was ${was} and is ${is} after a refresh`);
  }
}
