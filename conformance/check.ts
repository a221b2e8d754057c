import type { AuthorizationServer } from 'oauth4webapi';
import type { Accounts } from './accounts.ts';
import { Person, type Conduct, type Shown } from './browser.ts';
import { essentialAcr, reasonOf, RelyingParty, type Ask, type Sent, type Tokens } from './client.ts';
import type { Account, Config } from './config.ts';
import { PageError, pause, type Driver } from './drivers/driver.ts';

/** One thing the checker looks at: a file of `modules/`. */
export interface Module {
  readonly name: string;
  /** What has to hold, in a sentence. */
  readonly checks: string;
  /** The section that says so. */
  readonly spec: string;
  /** What it guards in Cofactor's own list of promises and attacks. */
  readonly guards: readonly string[];
  run(check: Check): Promise<void>;
}

/** The issuer does not do what the module says. */
export class Failed extends Error {}
/** The module does not apply here, and why. */
export class Skipped extends Error {}

export function fail(reason: string): never {
  throw new Failed(reason);
}
export function skip(reason: string): never {
  throw new Skipped(reason);
}

/** How the issuer answered an authorization request. */
export type Answer = { readonly pages: readonly Shown[]; readonly sent: Sent } & (
  | { readonly kind: 'code'; readonly callback: URL }
  | { readonly kind: 'error'; readonly error: string; readonly callback: URL }
  | {
      readonly kind: 'page' | 'left' | 'loop';
      readonly url: string;
      readonly status: number;
      readonly title: string;
    }
);

export type OpenDriver = (account: Account) => Promise<Driver>;

/** What a module has at hand: people at browsers, the client, and a place for what was seen. */
export class Check {
  readonly config: Config;
  readonly server: AuthorizationServer;
  readonly client: RelyingParty;
  /** In the order in which it was seen. */
  readonly seen: string[] = [];
  readonly #accounts: Accounts;
  readonly #openDriver: OpenDriver;
  readonly #people: Person[] = [];

  constructor(config: Config, server: AuthorizationServer, accounts: Accounts, openDriver: OpenDriver) {
    this.config = config;
    this.server = server;
    this.client = new RelyingParty(config, server, config.client);
    this.#accounts = accounts;
    this.#openDriver = openDriver;
  }

  /** Somebody at a browser that has nothing in it. */
  async person({ secondFactor = true }: { readonly secondFactor?: boolean } = {}): Promise<Person> {
    const account = this.#accounts.next(secondFactor);
    if (!account) {
      skip(`the configuration has no account ${secondFactor ? 'with' : 'without'} a second factor`);
    }
    const person = new Person(await this.#openDriver(account), account, this.config);
    this.#people.push(person);
    return person;
  }

  /** Sends a request, and has the person answer what is shown. */
  async authorize(
    person: Person,
    ask: Ask = {},
    conduct: Conduct = {},
    client: RelyingParty = this.client,
  ): Promise<Answer> {
    const sent = await client.request(ask);
    let answer: Answer;
    try {
      const { end, callback, pages, last } = await person.visit(sent.url, conduct);
      if (callback) answer = { pages, sent, callback, ...outcomeOf(callback) };
      else {
        const { url, status, title } = last;
        answer = { kind: end === 'callback' ? 'page' : end, pages, sent, url, status, title };
      }
    } catch (error) {
      if (error instanceof PageError) fail(`${describeAsk(ask)}: ${error.message}`);
      throw error;
    }
    this.seen.push(`${describeAsk(ask)}: ${describe(answer)}`);
    return answer;
  }

  /** The tokens of a code; fails the module where there is none, or where the tokens are not valid. */
  async redeem(answer: Answer, client: RelyingParty = this.client, resource?: string): Promise<Tokens> {
    if (answer.kind !== 'code') fail(`a code was expected, not ${describe(answer)}`);
    let tokens: Tokens;
    try {
      tokens = await client.redeem(answer.sent, answer.callback, resource);
    } catch (error) {
      fail(`the code could not be turned into tokens: ${reasonOf(error)}`);
    }
    const { acr, amr, auth_time: authTime } = tokens.claims;
    this.seen.push(`id_token: ${JSON.stringify({ acr, amr, auth_time: authTime })}`);
    return tokens;
  }

  /** Fails unless the request came back with an error, and with one of those. */
  expectError(answer: Answer, errors: readonly string[]): void {
    if (answer.kind !== 'error') fail(`an error was expected, not ${describe(answer)}`);
    if (!errors.includes(answer.error)) fail(`${answer.error} came back, not ${errors.join(' or ')}`);
  }

  wait(seconds: number): Promise<void> {
    return pause(seconds);
  }

  /**
   * Somebody who has a second factor, signed in with the first one only. Skips the module where this issuer does not
   * let people in with that.
   */
  async weakSession(ask: Ask = {}): Promise<{ readonly person: Person; readonly tokens: Tokens }> {
    const person = await this.person();
    const answer = await this.authorize(person, ask, { leave: 'secondFactor' });
    if (answer.kind === 'left') {
      skip('a session of one factor is not to be had: the second one is asked for at each sign-in');
    }
    const tokens = await this.redeem(answer);
    if (tokens.claims['acr'] === this.config.acr.several) {
      skip(`a sign-in with one factor is called ${this.config.acr.several} already`);
    }
    return { person, tokens };
  }

  /** Somebody signed in with several factors. Skips the module where that is not to be had. */
  async strongSession(ask: Ask = {}): Promise<{ readonly person: Person; readonly tokens: Tokens }> {
    const { several } = this.config.acr;
    const person = await this.person();
    const answer = await this.authorize(person, { ...ask, acrValues: several });
    const tokens = answer.kind === 'code' ? await this.redeem(answer) : null;
    if (tokens?.claims['acr'] !== several) skip(`a session of level ${several} is not to be had`);
    return { person, tokens };
  }

  async close(): Promise<void> {
    await Promise.all(this.#people.splice(0).map((person) => person.close()));
  }
}

function outcomeOf(
  callback: URL,
): { readonly kind: 'code' } | { readonly kind: 'error'; readonly error: string } {
  const error = callback.searchParams.get('error');
  if (error !== null) return { kind: 'error', error };
  if (callback.searchParams.has('code')) return { kind: 'code' };
  throw new Failed(`the client was called back with neither code nor error: ${callback.search}`);
}

/** An answer in words: what was shown on the way, and how it ended. */
export function describe(answer: Answer): string {
  const way = answer.pages.map(({ kind, answer: how }) => `${kind} ${how}`).join(', ');
  return `${way ? `[${way}] ` : ''}${ending(answer)}`;
}

function ending(answer: Answer): string {
  switch (answer.kind) {
    case 'code':
      return 'a code';
    case 'error':
      return `the error ${answer.error}`;
    case 'left':
      return 'a page that was left open';
    case 'loop':
      return `no end after ${answer.pages.length} pages`;
    case 'page':
      return `the page "${answer.title}" (${answer.status}, ${new URL(answer.url).pathname})`;
  }
}

function describeAsk({ acrValues, claims, maxAge, prompt, raw = [] }: Ask): string {
  const parts = [
    acrValues === undefined ? '' : `acr_values=${acrValues}`,
    claims === undefined ? '' : `claims=${JSON.stringify(claims)}`,
    maxAge === undefined ? '' : `max_age=${maxAge}`,
    prompt === undefined ? '' : `prompt=${prompt}`,
    ...raw.map(([name, value]) => (value === null ? `no ${name}` : pairOf(name, value))),
  ].filter(Boolean);
  return parts.join(' ') || 'a plain request';
}

/** A parameter as it is printed: with what cannot be seen spelled out. */
export function pairOf(name: string, value: string): string {
  return `${name}=${/^[ -~]*$/.test(value) ? value : JSON.stringify(value)}`;
}

/** A level that no issuer has. */
export const unattainable = 'urn:example:no-such-level';

/** What an issuer may answer to a person who did not do what was essential. */
export const unmet: readonly string[] = [
  'unmet_authentication_requirements',
  'access_denied',
  'login_required',
  'interaction_required',
];

/** What an issuer may answer to `prompt=none` where it would have to ask. */
export const silent: readonly string[] = [
  'unmet_authentication_requirements',
  'login_required',
  'interaction_required',
];

export { essentialAcr, RelyingParty, type Ask };
