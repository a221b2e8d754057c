import { proofsOf, type Person } from '../browser.ts';
import type { Tokens } from '../client.ts';
import { fail, type Answer, type Ask, type Check } from '../check.ts';

/** Asks for `auth_time` (Core 2: it is required where `max_age` was sent). */
export const withAuthTime: Ask = { maxAge: 3600 };

/** The `auth_time` of an id_token that has to have one. */
export function authTimeOf(claims: Readonly<Record<string, unknown>>): number {
  const { auth_time: authTime } = claims;
  if (typeof authTime !== 'number') fail(`auth_time is ${JSON.stringify(authTime)}, and it was asked for`);
  return authTime;
}

/** How long to wait, in seconds, until a clock that counts whole seconds says another one. */
export const aSecond = 1.1;

/** Seconds between an issuer's clock as it answers and as it writes `auth_time`: both are cut to whole ones. */
export const tolerance = 1;

/** Something was proved for this request, and `auth_time` says when. */
export async function expectNewProof(
  check: Check,
  answer: Answer,
  before: number,
): Promise<Tokens['claims']> {
  const proof = proofsOf(answer)[0];
  if (answer.kind === 'code' && !proof) fail('a code came back, and nothing was proved for it');
  const { claims } = await check.redeem(answer);
  const authTime = authTimeOf(claims);
  const { from, to } = proof?.taken ?? { from: 0, to: 0 };
  if (authTime <= before) fail(`auth_time is ${authTime} as it was before; the proof was made at ${to}`);
  if (authTime < from - tolerance) fail(`auth_time is ${authTime}, and the proof was made at ${from}`);
  return claims;
}

/** Somebody signed in with two factors, where the issuer lets that come about. */
export async function tryStrongSession(
  check: Check,
): Promise<{ readonly person: Person; readonly authTime: number } | null> {
  const { several } = check.config.acr;
  const person = await check.person();
  const answer = await check.authorize(person, { ...withAuthTime, acrValues: several });
  const claims = answer.kind === 'code' ? (await check.redeem(answer)).claims : null;
  if (claims?.['acr'] === several) return { person, authTime: authTimeOf(claims) };
  check.seen.push(`not tried with two factors: a session of level ${several} is not to be had`);
  return null;
}

/** As `expectNewProof`; and the higher level is claimed only if the second factor was proved for it, too. */
export async function expectNewSecondFactor(check: Check, answer: Answer, before: number): Promise<void> {
  const { acr } = await expectNewProof(check, answer, before);
  const { several } = check.config.acr;
  if (acr === several && !proofsOf(answer).some(({ kind }) => kind === 'secondFactor')) {
    fail(`acr is ${several}, and the second factor was not proved anew`);
  }
}

/**
 * Opens the page that asks, goes away from it, and tries to get on without an answer: by the page once more, and by
 * the addresses that it carries to come back to.
 */
export async function expectNoWayAround(check: Check, person: Person, ask: Ask): Promise<void> {
  const left = await check.authorize(person, ask, { leave: 'first' });
  if (left.kind === 'code') fail('a code came back, and nothing was proved for it');
  if (left.kind !== 'left') return;
  const page = new URL(left.url);
  const back = [...page.searchParams.values()].flatMap((value) => {
    const url = URL.parse(value, page);
    return url && url.origin === page.origin && /^(?:\/|https?:)/.test(value) ? [url.href] : [];
  });
  for (const url of [page.href, ...back]) {
    const { callback } = await person.visit(url, { leave: 'first' });
    check.seen.push(
      `without an answer, ${new URL(url).pathname} leads ${callback ? 'back to the client' : 'to a page'}`,
    );
    if (callback?.searchParams.has('code'))
      fail(`${new URL(url).pathname} gives a code, and nothing was proved`);
  }
}
