import type { Clock } from '../base/ports.ts';
import { systemClock } from '../base/system.ts';

/** What is kept beside a session, to find it by. Hashes: who reads the store learns nothing from them. */
export interface SessionAbout {
  /** After this it may be forgotten. */
  readonly until: Date;
  /** When its id_token was made, by the issuer's clock. */
  readonly since: Date;
  /** Whose it is at which issuer. */
  readonly subject: string;
  /** Which sign-in at the issuer it belongs to (`sid`); `null` where the issuer has no name for it. */
  readonly login: string | null;
}

/** How far the clocks of one issuer may be apart, in seconds: it may have several. */
export const issuerClockSeconds = 60;

/** What a logout names: a person, one of their sign-ins, or both. */
export interface SignInNames {
  readonly subject: string | null;
  readonly login: string | null;
}

/**
 * Keeps sessions on the server. Values are sealed before they come here. An operation that throws means 503, never
 * "signed out" and never "let in".
 */
export interface SessionStore {
  get(id: string): Promise<string | null>;
  set(id: string, value: string, about: SessionAbout): Promise<void>;
  /**
   * The same in place of the value `before`; `false`, and nothing is written, where something else or nothing is there by
   * now. In one step: two processes may come at once.
   */
  replace(id: string, before: string, value: string, about: SessionAbout): Promise<boolean>;
  delete(id: string): Promise<void>;
  /**
   * Back-channel logout: ends the sessions with this `login`, and those with this `subject` that have no `login`; all of
   * the subject where `login` is `null`. Only those whose `since` is `before` or earlier, which is a minute after the logout: the
   * clocks of an issuer may be that far apart.
   */
  deleteWhere(whose: SignInNames, before: Date): Promise<void>;
  /** `true` for the first who comes with this key, `false` for everybody after; until then at least. */
  once(key: string, until: Date): Promise<boolean>;
}

interface Kept extends SessionAbout {
  readonly value: string;
}

/** A store in the memory of this process: for development, tests, and applications of one process. */
export function memorySessionStore(clock: Clock = systemClock): SessionStore {
  const sessions = new Map<string, Kept>();
  const used = new Map<string, Date>();
  let written = 0;
  const forgetOld = (): void => {
    written += 1;
    if (written % 1000 !== 0) return;
    const now = clock.now();
    for (const [id, { until }] of sessions) if (until <= now) sessions.delete(id);
    for (const [key, until] of used) if (until <= now) used.delete(key);
  };
  return {
    async get(id) {
      const found = sessions.get(id);
      return found && found.until > clock.now() ? found.value : null;
    },
    async set(id, value, about) {
      forgetOld();
      sessions.set(id, { value, ...about });
    },
    async replace(id, before, value, about) {
      if (sessions.get(id)?.value !== before) return false;
      sessions.set(id, { value, ...about });
      return true;
    },
    async delete(id) {
      sessions.delete(id);
    },
    async deleteWhere(whose, before) {
      for (const [id, { subject, login, since }] of sessions) {
        const isOfPerson = whose.subject !== null && subject === whose.subject;
        const isTheirs =
          whose.login === null ? isOfPerson : login === whose.login || (isOfPerson && login === null);
        if (isTheirs && since <= before) sessions.delete(id);
      }
    },
    async once(key, until) {
      forgetOld();
      const present = used.get(key);
      if (present && present > clock.now()) return false;
      used.set(key, until);
      return true;
    },
  };
}
