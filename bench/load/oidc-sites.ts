/** How people sign in at each OpenID Connect server, before it is asked for anything. */
import type { Side } from '../bench.ts';
import { oidcClient } from '../oidc-client.ts';
import { person } from '../people.ts';
import type { Server } from '../processes.ts';
import { Browser } from './browser.ts';
import { header } from './connection.ts';
import { openSessions, withConnections } from './load.ts';
import type { OpenSessions } from './oidc.ts';
import { unexpected } from './sites.ts';

/** Ours: password and code. */
export function atCofactor(server: Server, side: Side): OpenSessions {
  return (_endpoints, count) => openSessions(server, side.signIn, side.crowd, count);
}

/** oidc-provider: its own pages for development, which take any name, and a click for consent. */
export function atBare(server: Server): OpenSessions {
  let index = 0;
  return async ({ authorization }, count) => {
    const query = new URLSearchParams({
      client_id: oidcClient.id,
      redirect_uri: oidcClient.redirectUri,
      response_type: 'code',
      scope: oidcClient.scope,
    });
    const sessions: string[] = [];
    await withConnections(server, 1, async (connection) => {
      while (sessions.length < count) {
        const browser = new Browser(connection, server.origin);
        await signIn(browser, `${authorization}?${String(query)}`, person(index++).identifier);
        sessions.push(browser.cookies);
      }
    });
    return sessions;
  };
}

/** Follows the redirects from one page to the next, until they lead back to the application. */
async function signIn(browser: Browser, start: string, login: string): Promise<void> {
  const forms = [{ prompt: 'login', login, password: 'any' }, { prompt: 'consent' }];
  let answer = await browser.get(start);
  for (;;) {
    const location = header(answer.head, 'location');
    if (location === null) throw unexpected('signing in', answer);
    if (location.startsWith(oidcClient.redirectUri)) return;
    const { pathname } = new URL(location, browser.origin);
    const form = pathname.startsWith('/interaction/') ? forms.shift() : undefined;
    answer = form === undefined ? await browser.get(pathname) : await browser.submit(pathname, form);
  }
}
