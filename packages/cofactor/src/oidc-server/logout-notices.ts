import type { Provider } from 'oidc-provider';
import type { Engine } from '../core/engine.ts';
import { errorName } from '../core/errors.ts';
import type { OidcSessionRecord } from '../core/oidc-store.ts';

/** How often sign-ins are looked for that ended unseen: on another node, or by their age. In milliseconds. */
const sweepEveryMs = 60_000;
/** How often a client is told that does not answer. */
const tries = 3;

/**
 * Tells clients that a sign-in is over (OpenID Connect Back-Channel Logout), whatever ended it: signing out, a changed
 * password or factor, an administrator, time. Which sign-ins are over is in the database, so a node that dies meanwhile loses
 * nothing, and of several nodes one tells.
 */
export class LogoutNotices {
  readonly #engine: Engine;
  readonly #provider: () => Promise<Provider>;
  #timer: NodeJS.Timeout | undefined;

  constructor(engine: Engine, provider: () => Promise<Provider>) {
    this.#engine = engine;
    this.#provider = provider;
  }

  start(): void {
    const { cache, background } = this.#engine;
    cache.onDrop = (session) => background.run('back-channel logout', () => this.#ended(session));
    clearInterval(this.#timer);
    this.#timer = setInterval(
      () => background.run('back-channel logout', () => this.sweep()),
      sweepEveryMs,
    ).unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#engine.cache.onDrop = undefined;
  }

  async #ended(session: string): Promise<void> {
    const { store, realm, config } = this.#engine;
    await this.#tell(await store.oidc.takeEnded(realm, session, config.clock.now()));
  }

  async sweep(): Promise<void> {
    const { store, realm, config } = this.#engine;
    let after: string | null = '';
    while (after !== null) {
      const { ended, next } = await store.oidc.takeAllEnded(realm, after, config.clock.now());
      await this.#tell(ended);
      after = next;
    }
  }

  async #tell(ended: readonly OidcSessionRecord[]): Promise<void> {
    await Promise.all(ended.filter(({ clientId }) => clientId !== '').map((one) => this.#tellClient(one)));
  }

  async #tellClient({ clientId, userId, data }: OidcSessionRecord): Promise<void> {
    const { log } = this.#engine.config;
    const { sid } = JSON.parse(data) as { readonly sid?: string };
    const provider = await this.#provider();
    // oidc-provider has it, and its types have not.
    const client = (await provider.Client.find(clientId)) as
      | {
          readonly backchannelLogoutUri?: string;
          backchannelLogout(sub: string, sid: string): Promise<unknown>;
        }
      | undefined;
    if (!client || client.backchannelLogoutUri === undefined || userId === null || sid === undefined) return;
    for (let left = tries; left > 0; left -= 1) {
      try {
        await client.backchannelLogout(userId, sid);
        return;
      } catch (error) {
        log.warn(
          { client: clientId, error: errorName(error), left: left - 1 },
          'a client could not be told of a sign-out',
        );
      }
    }
  }
}
