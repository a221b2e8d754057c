/** How a browser signs in with a passkey alone at each contender, from nothing to a session. */
import { assertion, passkey, passkeyPeople, type Passkey } from '../passkeys.ts';
import { person, type Person } from '../people.ts';
import { orderedId } from '../servers/bulk.ts';
import { json, type Browser } from './browser.ts';
import { unexpected, type Outcome, type SignIn } from './sites.ts';

/** Whose turn it is: a passkey is good for any number of sign-ins, so these need no pause. */
export class PasskeyCrowd {
  #next = 0;

  next(): { person: Person; code: string } {
    return { person: person(this.#next++ % passkeyPeople), code: '' };
  }
}

/** In place of a code: has the passkey sign something else. */
export const brokenSignature = 'broken';

const made = new Map<number, Passkey>();

function passkeyOf({ index }: Person): Passkey {
  let one = made.get(index);
  if (one === undefined) made.set(index, (one = passkey(index)));
  return one;
}

function sign(
  browser: Browser,
  someone: Person,
  { challenge, rpId }: Asked,
  userHandle: string | undefined,
  code: string,
): object {
  const asked = { challenge, rpId, origin: browser.origin };
  return assertion(passkeyOf(someone), asked, userHandle, code === brokenSignature);
}

interface Asked {
  readonly challenge: string;
  readonly rpId: string;
}

/** Cofactor: the page's context, the challenge, the assertion. */
export const passkeyToCofactor: SignIn = async (browser, someone, { code }) => {
  const context = await browser.get('/auth/context');
  if (context.status !== 200) throw unexpected('GET /auth/context', context);
  const token = { 'x-csrf-token': (json(context) as { csrf: string }).csrf };
  const challenge = await browser.post('/auth/challenges', { provider: 'webauthn' }, token);
  if (challenge.status !== 200) throw unexpected('POST /auth/challenges', challenge);
  const { view } = json(challenge) as { view: { options: Asked } };
  const handle = Buffer.from(`usr_${orderedId('user', someone.index)}`).toString('base64url');
  const response = sign(browser, someone, view.options, handle, code);
  const done = await browser.post('/auth/sign-in', { provider: 'webauthn', response }, token);
  if (done.status === 401) return 'refused';
  if (done.status !== 200) throw unexpected('POST /auth/sign-in', done);
  return (json(done) as { status: Outcome }).status;
};

/** better-auth: the options, the assertion. */
export const passkeyToBetterAuth: SignIn = async (browser, someone, { code }) => {
  const options = await browser.get('/api/auth/passkey/generate-authenticate-options');
  if (options.status !== 200)
    throw unexpected('GET /api/auth/passkey/generate-authenticate-options', options);
  const response = sign(browser, someone, json(options) as Asked, undefined, code);
  const done = await browser.post('/api/auth/passkey/verify-authentication', { response });
  if (done.status === 401) return 'refused';
  if (done.status !== 200) throw unexpected('POST /api/auth/passkey/verify-authentication', done);
  return 'done';
};
