import type { Account } from '../config.ts';
import { currentStep, totp } from '../totp.ts';

/** How far the server's clock is behind, in milliseconds. */
export interface Time {
  behind: number;
}

/** As many as prove a second factor within half a minute of a run: nobody then has to wait for the next code. */
const count = 16;
const minutes = 60_000;

/**
 * Registers people by the routes that the pages call, ten minutes ago. Those with an authenticator app have a browser
 * that is remembered: it is let in with the password alone, as is somebody who has nothing else.
 */
export async function enrolPeople(origin: string, time: Time): Promise<readonly Account[]> {
  time.behind = 10 * minutes;
  const people: Account[] = [await register(new Visitor(origin), 'one-factor')];
  for (let n = 1; n <= count; n += 1) {
    const visitor = new Visitor(origin);
    people.push(await enrol(visitor, await register(visitor, `person-${n}`), time));
  }
  time.behind = 0;
  return people;
}

async function register(visitor: Visitor, username: string): Promise<Account> {
  const password = `the long sentence of ${crypto.randomUUID()}`;
  const response = { password };
  await visitor.call('POST', 'register', { identifier: username, provider: 'password', response });
  return { values: { username, password }, secondFactor: false, cookies: {} };
}

async function enrol(visitor: Visitor, { values }: Account, time: Time): Promise<Account> {
  const { enrolment, setup } = (await visitor.call('POST', 'enrolments', { provider: 'totp' })) as {
    readonly enrolment: string;
    readonly setup: { readonly key: string };
  };
  const code = (): string => totp(setup.key, currentStep(time.behind));
  await visitor.call('POST', 'enrolments/confirm', { enrolment, response: { code: code() } });
  await visitor.call('POST', 'sign-out');

  const { username, password } = values;
  const response = { password };
  const { ceremony } = (await visitor.call('POST', 'sign-in', {
    identifier: username,
    provider: 'password',
    response,
  })) as { readonly ceremony: { readonly offers: readonly { readonly authenticator: string }[] } };
  // A code counts once, so the next one is due.
  time.behind -= minutes / 2;
  const [offer] = ceremony.offers;
  await visitor.call('POST', 'ceremony', {
    authenticator: offer?.authenticator,
    response: { code: code() },
    remember: true,
  });
  time.behind += minutes / 2;
  return {
    values: { ...values, totp: setup.key },
    secondFactor: true,
    cookies: visitor.cookies((name) => name.endsWith('-device')),
  };
}

/** A browser at the sign-in pages, as far as it takes. */
class Visitor {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();

  constructor(origin: string) {
    this.#origin = origin;
  }

  cookies(which: (name: string) => boolean): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#cookies].filter(([name]) => which(name)));
  }

  async call(method: string, route: string, body?: object): Promise<unknown> {
    const { csrf } = (await this.#send('GET', 'context', {})) as { readonly csrf: string };
    return this.#send(method, route, { 'x-csrf-token': csrf, origin: this.#origin }, body);
  }

  async #send(
    method: string,
    route: string,
    headers: Readonly<Record<string, string>>,
    body?: object,
  ): Promise<unknown> {
    const cookie = [...this.#cookies].map((pair) => pair.join('=')).join('; ');
    const json = { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(`${this.#origin}/auth/${route}`, {
      method,
      headers: { ...json, cookie, ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    for (const header of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
      if (/max-age=0/i.test(header)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${route}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
