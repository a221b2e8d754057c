/** How a browser signs in at each contender: the whole way from nothing to a session that opens the guarded route. */
import type { Person } from '../people.ts';
import type { Browser } from './browser.ts';
import { json } from './browser.ts';
import type { Answer } from './connection.ts';

/** `busy`: turned away for now (503); `refused`: the password or the code was not accepted. */
export type Outcome = 'done' | 'busy' | 'refused';

export interface Secrets {
  readonly password: string;
  readonly code: string;
}

export type SignIn = (browser: Browser, person: Person, secrets: Secrets) => Promise<Outcome>;

/** Cofactor: the page's context, the password, the code. */
export const signInToCofactor: SignIn = async (browser, person, secrets) => {
  const context = await browser.get('/auth/context');
  if (context.status !== 200) throw unexpected('GET /auth/context', context);
  const token = { 'x-csrf-token': (json(context) as { csrf: string }).csrf };

  const first = await browser.post(
    '/auth/sign-in',
    { identifier: person.identifier, provider: 'password', response: { password: secrets.password } },
    token,
  );
  if (first.status === 503) return 'busy';
  if (first.status === 401) return 'refused';
  const step = json(first) as Step;
  const offer = step.ceremony?.offers.find(({ provider }) => provider.provider === 'totp');
  if (step.status !== 'more-needed' || offer === undefined) throw unexpected('POST /auth/sign-in', first);

  const answer = { authenticator: offer.authenticator, response: { code: secrets.code } };
  const second = await browser.post('/auth/ceremony', answer, token);
  if (second.status === 503) return 'busy';
  if (second.status === 401) return 'refused';
  if ((json(second) as Step).status !== 'done') throw unexpected('POST /auth/ceremony', second);
  return 'done';
};

interface Step {
  readonly status: string;
  readonly ceremony?: {
    readonly offers: readonly {
      readonly authenticator: string;
      readonly provider: { readonly provider: string };
    }[];
  };
}

/** better-auth: the password, the code. */
export const signInToBetterAuth: SignIn = async (browser, person, secrets) => {
  const first = await browser.post('/api/auth/sign-in/email', {
    email: person.identifier,
    password: secrets.password,
  });
  if (first.status === 401) return 'refused';
  if ((json(first) as { twoFactorRedirect?: boolean }).twoFactorRedirect !== true) {
    throw unexpected('POST /api/auth/sign-in/email', first);
  }
  const second = await browser.post('/api/auth/two-factor/verify-totp', { code: secrets.code });
  if (second.status === 401) return 'refused';
  if (second.status !== 200) throw unexpected('POST /api/auth/two-factor/verify-totp', second);
  return 'done';
};

export function unexpected(request: string, answer: Answer): Error {
  return new Error(`${request} answered ${answer.status}: ${answer.body.toString().slice(0, 500)}`);
}
