/** People who signed in to an application at an issuer, each with a browser of their own. */
import { person } from '../people.ts';
import type { Server } from '../processes.ts';
import { Browser, getRequest, json } from './browser.ts';
import { Connection, header, type Answer } from './connection.ts';
import { guardedPath, withConnections } from './load.ts';
import { unexpected } from './sites.ts';

const asPage = 'text/html';

/** What somebody proved at the issuer. */
const proofs = { password: 'pwd', mfa: 'pwd otp mfa' } as const;

export class Visitors {
  readonly #server: Server;
  readonly #browsers: readonly Browser[];

  private constructor(server: Server, browsers: readonly Browser[]) {
    this.#server = server;
    this.#browsers = browsers;
  }

  /** So many sign in with MFA, from the guarded page and back to it. */
  static async signIn(server: Server, issuer: Server, count: number): Promise<Visitors> {
    await checkGuard(server, issuer);
    const browsers: Browser[] = [];
    let next = 0;
    await withConnections(server, 8, async (connection) => {
      const there = await Connection.open(issuer.port);
      while (next < count) {
        const { identifier } = person(next++);
        browsers.push(await signedIn(new Browser(connection, server.origin), there, identifier, 'mfa'));
      }
      there.close();
    });
    return new Visitors(server, browsers);
  }

  /** Each looks at the guarded page once, and keeps the cookies that it brings: browsers have the newest ones. */
  async visit(): Promise<void> {
    const waiting = [...this.#browsers];
    await withConnections(this.#server, 8, async (connection) => {
      for (let browser = waiting.pop(); browser; browser = waiting.pop()) {
        const answer = await browser.over(connection).get(guardedPath);
        if (answer.status !== 200) throw unexpected(`GET ${guardedPath}`, answer);
      }
    });
  }

  /** A request of each with the cookies that they have now. */
  requests(path: string = guardedPath): readonly Buffer[] {
    const { origin } = this.#server;
    return this.#browsers.map(({ cookies }) => Buffer.from(getRequest(origin, path, cookies)));
  }

  /** Bytes of the cookies that one of them sends. */
  get cookieLength(): number {
    return this.#browsers[0]?.cookies.length ?? 0;
  }
}

/** Nothing may be measured that does not work: in with MFA, and neither without a session nor with a password alone. */
async function checkGuard(server: Server, issuer: Server): Promise<void> {
  const there = await Connection.open(issuer.port);
  await withConnections(server, 1, async (connection) => {
    const { identifier } = person(0);
    const browser = (): Browser => new Browser(connection, server.origin);
    const allowed = await signedIn(browser(), there, identifier, 'mfa');
    const short = await signedIn(browser(), there, identifier, 'password');
    for (const accept of [undefined, asPage]) {
      const inside = await allowed.get(guardedPath, accept);
      const isTheirs = inside.status === 200 && (json(inside) as { user?: string }).user === identifier;
      if (!isTheirs) throw unexpected('the guarded page with MFA', inside);
      refused('nobody', await browser().get(guardedPath, accept), [302, 303, 401]);
      refused('a password alone', await short.get(guardedPath, accept), [302, 303, 401, 403]);
    }
  });
  there.close();
}

function refused(who: string, answer: Answer, expected: readonly number[]): void {
  if (!expected.includes(answer.status)) throw unexpected(`the guarded page with ${who}`, answer);
}

/** Follows redirects from the guarded page to the issuer and back, until they lead to the guarded page again. */
async function signedIn(
  browser: Browser,
  issuer: Connection,
  who: string,
  proof: keyof typeof proofs,
): Promise<Browser> {
  let answer = await browser.get(guardedPath, asPage);
  for (let hops = 0; hops < 8; hops++) {
    const location = header(answer.head, 'location');
    if (location === null) break;
    const { origin, pathname, search } = new URL(location, browser.origin);
    if (pathname === guardedPath) return browser;
    const path = `${pathname}${search}`;
    answer =
      origin === browser.origin
        ? await browser.get(path, asPage)
        : await issuer.exchange(getRequest(origin, path, `who=${who}/${proofs[proof]}`, asPage));
  }
  throw unexpected('signing in', answer);
}
