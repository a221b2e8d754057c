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
const overlapMs = 60_000;

/** One question at a time for each session: two with the same refresh token would look like a theft to the issuer. */
export class Refresher {
  readonly #context: Context;
  readonly #asking = new Map<string, Promise<SessionData | 'over' | 'away'>>();
  readonly #answered = new Map<string, { readonly data: SessionData; readonly until: number }>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** What this process knows newer than a cookie. */
  newest(session: Session): Session {
    const known = this.#answered.get(session.data.id)?.data;
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
      if (answer === 'over') return { over: true, cookies: await sessions.end(session, request) };
      const cookies = await sessions.write(answer, request);
      return { session: new Session(this.#context.config, session.party, answer), cookies };
    } finally {
      this.#asking.delete(id);
    }
  }

  async #ask({ data, party }: Session): Promise<SessionData | 'over' | 'away'> {
    const { config } = this.#context;
    const now = config.clock.now();
    const { refreshToken } = data.tokens;
    if (refreshToken === null) return 'over';
    try {
      const { sub, auth_time: authTime } = data.claims;
      const tokens = await party.conversation.refreshed(refreshToken, { subject: sub, authTime }, now);
      const time = now.getTime();
      const renewed = { ...data, tokens, checked: time, seen: time };
      this.#remember(renewed, time);
      return renewed;
    } catch (error) {
      const isAway = !(error instanceof IssuerFault) || error.kind === 'away';
      const reason = error instanceof IssuerFault ? error.message : 'unexpected';
      config.log.warn({ issuer: party.name, reason }, isAway ? 'refreshing failed' : 'a sign-in is over');
      return isAway ? 'away' : 'over';
    }
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
