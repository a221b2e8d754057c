import type { Provider } from 'oidc-provider';
import type { Engine } from '../core/engine.ts';
import { errorName } from '../base/errors.ts';
import type { EndedOidcSession } from '../core/oidc-store.ts';

/** How often sign-ins are looked for that ended unseen: on another node, or by their age. In milliseconds. */
const sweepEveryMs = 60_000;
/** How often a client is told that does not answer: as many minutes. */
const tries = 5;

/**
 * Tells clients that a sign-in is over (OpenID Connect Back-Channel Logout), whatever ended it: signing out, a changed
 * password or factor, an administrator, time. Whom to tell stands in the database until it
 * was done, so a node that dies meanwhile loses nothing, and of several nodes one tells.
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

  async #tell(ended: readonly EndedOidcSession[]): Promise<void> {
    await Promise.all(ended.map((one) => this.#tellClient(one)));
  }

  async #tellClient(ended: EndedOidcSession): Promise<void> {
    const { store, realm, config } = this.#engine;
    if (await this.#isTold(ended)) return store.oidc.dropSessionOf(realm, ended.id, ended.clientId);
    if (ended.tries < tries) return;
    config.log.error({ client: ended.clientId }, 'a client was not told of a sign-out');
    await store.oidc.dropSessionOf(realm, ended.id, ended.clientId);
  }

  /** Also where there is nobody to tell. */
  async #isTold({ clientId, userId, data }: EndedOidcSession): Promise<boolean> {
    const { sid } = (JSON.parse(data) ?? {}) as { readonly sid?: string };
    if (clientId === '' || userId === null || sid === undefined) return true;
    const provider = await this.#provider();
    // oidc-provider has it, and its types have not.
    const client = (await provider.Client.find(clientId)) as
      | {
          readonly backchannelLogoutUri?: string;
          backchannelLogout(sub: string, sid: string): Promise<unknown>;
        }
      | undefined;
    if (client?.backchannelLogoutUri === undefined) return true;
    try {
      await client.backchannelLogout(userId, sid);
      return true;
    } catch (error) {
      const { log } = this.#engine.config;
      log.warn({ client: clientId, error: errorName(error) }, 'a client could not be told of a sign-out');
      return false;
    }
  }
}
