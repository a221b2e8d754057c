import { hash } from 'node:crypto';
import { open, seal } from '../base/keys/envelope.ts';
import type { HttpRequest } from '../web/message.ts';
import { clearSplitCookie, cookieName, joinedCookie, setCookie, splitCookie } from './cookies.ts';
import { Ended } from './ended.ts';
import type { Config } from './options.ts';
import { Session, type SessionData } from './session.ts';
import { cookieValue } from '../web/cookies.ts';

/** How many opened sessions are kept at hand; opening one anew costs about as much as a small request. */
const mostAtHand = 2000;

/**
 * The sessions of the application: sealed in cookies, or sealed in a store with a secret name in the cookie. What cannot
 * be opened is nobody's session; a store that is away is an error.
 */
export class Sessions {
  readonly ended: Ended;
  readonly #config: Config;
  readonly #cookie: string;
  readonly #place: string;
  readonly #atHand = new Map<string, Session | null>();

  constructor(config: Config) {
    this.#config = config;
    this.#cookie = cookieName(config, 'session');
    // Of this application: whoever runs several with one key does not mean that a session of one is good at all.
    this.#place = `client session ${config.origin.origin} ${this.#cookie}`;
    this.ended = new Ended(config.session.absolute);
  }

  /** The session of a request. At once where it is in the cookie: guards ask all the time. */
  read(request: HttpRequest): Session | null | Promise<Session | null> {
    const { store } = this.#config;
    if (!store) return this.#alive(this.#opened(joinedCookie(request, this.#cookie)));
    const secret = cookieValue(request, this.#cookie);
    if (secret === undefined || secret.length > 64) return null;
    return this.#stored(secret);
  }

  /** A name for a new session, and the secret that the browser gets in a cookie where there is a store. */
  newId(): { readonly id: string; readonly secret: string } {
    const secret = Buffer.from(this.#config.random.bytes(32)).toString('base64url');
    return { secret, id: idOf(secret) };
  }

  /**
   * Keeps a session; the answer takes it to the browser with these headers. The secret is left out where the browser has
   * it already.
   */
  async write(data: SessionData, request: HttpRequest, secret?: string): Promise<readonly string[]> {
    const { store, session: times, ring, random, log } = this.#config;
    const until = new Date(data.since + times.absolute * 1000);
    const maxAge = Math.max(1, Math.ceil((until.getTime() - data.seen) / 1000));
    if (store) {
      const session = this.#made(data);
      if (!session) throw new Error('a session of an issuer that is not configured');
      const value = seal(data, `${this.#place} ${data.id}`, ring, random);
      await store.set(data.id, value, { until, since: new Date(session.issuedAt), ...session.keys });
      return secret === undefined ? [] : [setCookie(this.#config, this.#cookie, secret, maxAge)];
    }
    for (const kept of [data, { ...data, idToken: null }]) {
      const value = seal(kept, this.#place, ring, random);
      const cookies = splitCookie(this.#config, request, this.#cookie, value, maxAge);
      if (cookies) return cookies;
    }
    log.error({ issuer: data.party }, 'a session is too large for cookies: give createOidcClient a store');
    throw new Error('a session is too large for cookies');
  }

  /** Ends a session wherever it is, also for who has kept a copy of the cookie. */
  async end(session: Session | null, request: HttpRequest): Promise<readonly string[]> {
    if (session) {
      this.ended.session(session.data.id, this.#config.clock.now());
      await this.#config.store?.delete(session.data.id);
    }
    return clearSplitCookie(this.#config, request, this.#cookie);
  }

  /** Ends all that an issuer has ended: of one of its sign-ins, or of one of its people. */
  async endSignIns(
    whose: { readonly subject: string } | { readonly login: string },
    before: Date,
  ): Promise<void> {
    const key = 'login' in whose ? whose.login : whose.subject;
    this.ended.signIns(key, before, this.#config.clock.now());
    await this.#config.store?.deleteWhere(whose, before);
  }

  async #stored(secret: string): Promise<Session | null> {
    const { store } = this.#config;
    const id = idOf(secret);
    const sealed = await store?.get(id);
    if (sealed === null || sealed === undefined) return null;
    return this.#alive(this.#opened(sealed, id));
  }

  #alive(session: Session | null): Session | null {
    if (!session || !session.isAlive(this.#config, this.#config.clock.now())) return null;
    const { data, keys } = session;
    const names = keys.login === null ? [keys.subject] : [keys.subject, keys.login];
    return this.ended.has({ id: data.id, since: session.issuedAt, keys: names }) ? null : session;
  }

  #opened(sealed: string | undefined, id?: string): Session | null {
    if (sealed === undefined) return null;
    const known = this.#atHand.get(sealed);
    if (known !== undefined) return known;
    const session = this.#unsealed(sealed, id);
    // The oldest goes first; nothing that was made up pushes out what is in use for long.
    if (session) {
      if (this.#atHand.size >= mostAtHand) this.#atHand.delete(this.#atHand.keys().next().value ?? '');
      this.#atHand.set(sealed, session);
    }
    return session;
  }

  #unsealed(sealed: string, id: string | undefined): Session | null {
    try {
      const place = id === undefined ? this.#place : `${this.#place} ${id}`;
      return this.#made(open(sealed, place, this.#config.ring) as SessionData);
    } catch {
      // Not sealed by us, or with a key that is gone: whoever has it signs in again.
      return null;
    }
  }

  /** `null` where its issuer is not configured any more. */
  #made(data: SessionData): Session | null {
    const party = this.#config.parties.get(data.party);
    return party ? new Session(this.#config, party, data) : null;
  }
}

function idOf(secret: string): string {
  return hash('sha256', secret, 'base64url');
}
