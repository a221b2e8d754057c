import { hash } from 'node:crypto';
import { open, seal } from '../base/keys/envelope.ts';
import { cookieValue } from '../web/cookies.ts';
import type { HttpRequest } from '../web/message.ts';
import { clearSplitCookie, cookieName, joinedCookie, setCookie, splitCookie } from './cookies.ts';
import { Ended } from './ended.ts';
import type { Config } from './options.ts';
import { Session, type SessionData } from './session.ts';
import type { SessionAbout, SignInNames } from './store.ts';

/** How many opened sessions are kept at hand; opening one anew costs about as much as a small request. */
const mostAtHand = 2000;
/** How often a change is tried that others are quicker with. */
const mostTries = 4;

/** A session with what it was opened from: in place of another one, it would have to be opened again. */
interface Opened {
  readonly sealed: string;
  readonly id: string | undefined;
  readonly session: Session;
}

/**
 * The sessions of the application: sealed in cookies, or sealed in a store with a secret name in the cookie. What cannot
 * be opened is nobody's session; a store that is away is an error.
 */
export class Sessions {
  readonly ended: Ended;
  readonly #config: Config;
  readonly #cookie: string;
  readonly #place: string;
  readonly #atHand = new Map<string, Opened>();

  constructor(config: Config) {
    this.#config = config;
    this.#cookie = cookieName(config, 'session');
    // Of this application: whoever runs several with one key does not mean that a session of one is good at all.
    this.#place = `client session ${config.origin.origin}${config.base} ${this.#cookie}`;
    this.ended = new Ended(config.session.absolute);
  }

  /** The session of a request. At once where it is in the cookie: guards ask all the time. */
  read(request: HttpRequest, now?: Date): Session | null | Promise<Session | null> {
    const { store } = this.#config;
    if (!store) return this.#alive(this.#opened(joinedCookie(request, this.#cookie)), now);
    const secret = cookieValue(request, this.#cookie);
    if (secret === undefined || secret.length > 64) return null;
    return this.#stored(secret);
  }

  /** A name for a new session, and the secret that the browser gets in a cookie where there is a store. */
  newId(): { readonly id: string; readonly secret: string } {
    const secret = Buffer.from(this.#config.random.bytes(32)).toString('base64url');
    return { secret, id: idOf(secret) };
  }

  /** Keeps a new session; the answer takes it to the browser with these headers. */
  async begin(data: SessionData, request: HttpRequest, secret: string): Promise<readonly string[]> {
    const { store } = this.#config;
    if (!store) return this.#cookiesFor(data, request);
    const session = this.#made(data);
    if (!session) throw new Error('a session of an issuer that is not configured');
    await store.set(data.id, this.#seal(data), this.#about(session));
    return [setCookie(this.#config, this.#cookie, secret, this.#maxAge(data))];
  }

  /**
   * A session with what has changed about it; `null` where it is over by now: it must not come back to life. In a store
   * it is changed where it stands, whatever another process made of it meanwhile; else `handOut` takes it to the browser.
   */
  async renew(session: Session, change: (data: SessionData) => SessionData): Promise<Session | null> {
    const { store } = this.#config;
    let present: Session | null = session;
    for (let tries = 0; present && tries < mostTries; tries += 1) {
      const data = change(present.data);
      const sealed = store ? this.#seal(data) : null;
      const renewed = this.#made(data, sealed);
      if (!renewed || !this.#alive(renewed)) return null;
      if (!store || sealed === null) return renewed;
      const before = present.sealed ?? '';
      if (await store.replace(data.id, before, sealed, this.#about(renewed))) return this.#alive(renewed);
      // Somebody was quicker.
      present = await this.stored(data.id);
    }
    return present;
  }

  /** The headers that take a changed session to the browser; none where it is in a store. */
  handOut({ data }: Session, request: HttpRequest): readonly string[] {
    return this.#config.store ? [] : this.#cookiesFor(data, request);
  }

  /** Whether it has not ended since it was read. */
  isAlive(session: Session): boolean {
    return this.#alive(session) !== null;
  }

  #cookiesFor(data: SessionData, request: HttpRequest): readonly string[] {
    const { ring, random, log } = this.#config;
    for (const kept of [data, { ...data, idToken: null }]) {
      const value = seal(kept, this.#place, ring, random);
      const cookies = splitCookie(this.#config, request, this.#cookie, value, this.#maxAge(data));
      if (cookies) return cookies;
    }
    log.error({ issuer: data.party }, 'a session is too large for cookies: give createOidcClient a store');
    throw new Error('a session is too large for cookies');
  }

  #seal(data: SessionData): string {
    return seal(data, `${this.#place} ${data.id}`, this.#config.ring, this.#config.random);
  }

  #about({ data, issuedAt, keys }: Session): SessionAbout {
    const until = new Date(data.since + this.#config.session.absolute * 1000);
    return { until, since: new Date(issuedAt), ...keys };
  }

  #maxAge({ since, seen }: SessionData): number {
    return Math.max(1, Math.ceil((since + this.#config.session.absolute * 1000 - seen) / 1000));
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
  async endSignIns(whose: SignInNames, before: Date): Promise<void> {
    this.ended.signIns(whose, before, this.#config.clock.now());
    await this.#config.store?.deleteWhere(whose, before);
  }

  async #stored(secret: string): Promise<Session | null> {
    return this.stored(idOf(secret));
  }

  /** The session of an id as the store has it now. */
  async stored(id: string): Promise<Session | null> {
    const { store } = this.#config;
    const sealed = await store?.get(id);
    if (sealed === null || sealed === undefined) return null;
    return this.#alive(this.#opened(sealed, id));
  }

  #alive(session: Session | null, now = this.#config.clock.now()): Session | null {
    if (!session || !session.isAlive(this.#config, now)) return null;
    const { data, keys, issuedAt } = session;
    return this.ended.has({ id: data.id, since: data.since, issuedAt, keys }) ? null : session;
  }

  #opened(sealed: string | undefined, id?: string): Session | null {
    if (sealed === undefined) return null;
    // Found by their end, which is as good as random: a map would read all of a long text to look for it.
    const end = sealed.slice(-32);
    const known = this.#atHand.get(end);
    if (known?.sealed === sealed && known.id === id) return known.session;
    const session = this.#unsealed(sealed, id);
    // The oldest goes first; nothing that was made up pushes out what is in use for long.
    if (session) {
      if (this.#atHand.size >= mostAtHand) this.#atHand.delete(this.#atHand.keys().next().value ?? '');
      this.#atHand.set(end, { sealed, id, session });
    }
    return session;
  }

  #unsealed(sealed: string, id: string | undefined): Session | null {
    try {
      const place = id === undefined ? this.#place : `${this.#place} ${id}`;
      return this.#made(open(sealed, place, this.#config.ring) as SessionData, sealed);
    } catch {
      // Not sealed by us, or with a key that is gone: whoever has it signs in again.
      return null;
    }
  }

  /** `null` where its issuer is not configured any more: by that name there may be another one, or another client of it. */
  #made(data: SessionData, sealed: string | null = null): Session | null {
    const party = this.#config.parties.get(data.party);
    const { iss, aud } = data.claims;
    const isTheirs = party?.issuer === iss && [aud].flat().includes(party?.clientId);
    return party && isTheirs ? new Session(this.#config, party, data, sealed) : null;
  }
}

function idOf(secret: string): string {
  return hash('sha256', secret, 'base64url');
}
