import { IssuerFault } from '../issuer/faults.ts';
import type { HttpRequest } from '../web/message.ts';
import type { Context } from './context.ts';
import { Session, type SessionData } from './session.ts';

/** What came of asking the issuer about a sign-in. */
export type Rechecked =
  | { readonly session: Session; readonly cookies: readonly string[] }
  | { readonly over: true; readonly cookies: readonly string[] }
  | { readonly away: true };

/** For how long a result counts for requests that were on their way with the old cookie, in milliseconds. */
const overlapMs = 300_000;
/** An issuer that did not answer is left alone for so long. */
const awayMs = 5_000;
/** One process asks for all of them; if it dies over it, another one may after this. */
const claimMs = 30_000;

/** One question at a time for each session: two with the same refresh token would look like a theft to the issuer. */
export class Refresher {
  readonly #context: Context;
  readonly #asking = new Map<string, Promise<Session | 'over' | 'away'>>();
  readonly #answered = new Map<string, { readonly data: SessionData; readonly until: number }>();
  readonly #awayUntil = new Map<string, number>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** What this process knows newer than a cookie. */
  newest(session: Session): Session {
    // A store has what all processes know.
    const known = this.#context.config.store ? undefined : this.#answered.get(session.data.id)?.data;
    if (!known || known.checked <= session.data.checked) return session;
    return new Session(this.#context.config, session.party, known);
  }

  /** New tokens, by the refresh token of a session that has one. */
  async refresh(session: Session, request: HttpRequest): Promise<Rechecked> {
    const { sessions } = this.#context;
    const { id } = session.data;
    const asking = this.#asking.get(id) ?? this.#ask(session);
    this.#asking.set(id, asking);
    try {
      const answer = await asking;
      if (answer === 'away') return { away: true };
      // What ended while the issuer was asked stays so.
      if (answer === 'over' || !sessions.isAlive(answer)) {
        return { over: true, cookies: await sessions.end(session, request) };
      }
      return { session: answer, cookies: sessions.handOut(answer, request) };
    } finally {
      if (this.#asking.get(id) === asking) this.#asking.delete(id);
    }
  }

  async #ask(session: Session): Promise<Session | 'over' | 'away'> {
    const { config, sessions } = this.#context;
    const { data, party } = session;
    const { awayUntil = 0 } = data;
    const now = config.clock.now();
    const time = now.getTime();
    const { refreshToken } = data.tokens;
    if (refreshToken === null) return 'over';
    if (time < awayUntil) return 'away';
    if ([party.name, data.id].some((key) => time < (this.#awayUntil.get(key) ?? 0))) return 'away';
    try {
      const claim = `refresh ${data.id} ${data.checked} ${awayUntil}`;
      const isOurs = (await config.store?.once(claim, new Date(time + claimMs))) ?? true;
      // Another process is at it: whoever comes meanwhile goes on with what there is.
      if (!isOurs) return (await this.#elsewhere(session)) ?? session;
      const { sub: subject, auth_time: authTime } = data.claims;
      const resource = data.resource ?? undefined;
      const tokens = await party.conversation.refreshed(refreshToken, { subject, authTime, resource }, now);
      const renewed = await sessions.renew(session, (known) => ({
        ...known,
        tokens,
        checked: time,
        seen: Math.max(known.seen, time),
      }));
      if (renewed) this.#remember(renewed.data, time);
      return renewed ?? 'over';
    } catch (error) {
      // Over is what the issuer says of this token. Whatever else is wrong may be right again soon.
      const isOver = error instanceof IssuerFault && error.kind === 'answer';
      const reason = error instanceof IssuerFault ? error.message : 'unexpected';
      const newer = isOver ? await this.#elsewhere(session) : null;
      if (newer) return newer;
      config.log.warn({ issuer: party.name, reason }, isOver ? 'a sign-in is over' : 'refreshing failed');
      // What is wrong with one sign-in stops nobody else.
      const isAway = error instanceof IssuerFault && error.kind === 'away';
      if (!isOver) {
        this.#leaveAlone(isAway ? party.name : data.id, time);
        // So that no other process takes it for good meanwhile.
        if (config.store) await sessions.renew(session, (known) => ({ ...known, awayUntil: time + awayMs }));
      }
      return isOver ? 'over' : 'away';
    }
  }

  /** What another process has made of the session meanwhile. */
  async #elsewhere({ data }: Session): Promise<Session | null> {
    const { config, sessions } = this.#context;
    const stored = config.store ? await sessions.stored(data.id) : null;
    return stored && stored.data.checked > data.checked ? stored : null;
  }

  #leaveAlone(key: string, time: number): void {
    for (const [known, until] of this.#awayUntil) if (until <= time) this.#awayUntil.delete(known);
    this.#awayUntil.set(key, time + awayMs);
  }

  #remember(data: SessionData, time: number): void {
    for (const [id, { until }] of this.#answered) {
      if (until > time) break;
      this.#answered.delete(id);
    }
    this.#answered.delete(data.id);
    this.#answered.set(data.id, { data, until: time + overlapMs });
  }
}
