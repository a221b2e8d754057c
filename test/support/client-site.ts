import Fastify from 'fastify';
import {
  createOidcClient,
  dialects,
  memorySessionStore,
  requireAcr,
  requireClaim,
  requireFresh,
  requireMfa,
  requireRole,
  requireThat,
  type OidcClientOptions,
  type OidcIssuerOptions,
} from 'cofactor/oidc-client';
import { oidcClient } from 'cofactor/oidc-client/fastify';
import type { TestClock } from './clock.ts';
import { closed, freePort, listening } from './listening.ts';
import { TestIssuer, type Upstreamer } from './memory-issuer.ts';

/** Pages of the applications, each with a policy of its own; `orders` is for everybody who is signed in. */
const policies = {
  admin: requireMfa(),
  'fresh-admin': requireMfa({ maxAge: 900 }),
  key: requireAcr('phr'),
  hardware: requireAcr('phrh'),
  app: requireClaim('amr', 'otp'),
  // A level that is not on the ladder can only be asked for by a handler.
  gold: requireThat('gold', () => ({ acr: 'gold' })),
  recent: requireFresh(300),
  boss: requireRole('boss'),
} as const;

/** An issuer that browsers can go to: it signs whoever it is told in at once, or sends them back with an error. */
export interface BrowserIssuer {
  readonly issuer: TestIssuer;
  /** Who signs in next, or why nobody does. */
  person: Upstreamer | { readonly error: string };
  /** What was asked of it in the browser, the newest last. */
  readonly asked: readonly URL[];
  close(): Promise<void>;
}

export async function startBrowserIssuer(clock: TestClock): Promise<BrowserIssuer> {
  const asked: URL[] = [];
  const { origin, server } = await listening(async (request, response) => {
    const url = new URL(request.url ?? '/', origin);
    asked.push(url);
    const { pathname, searchParams } = url;
    const to = searchParams.get(pathname === '/logout' ? 'post_logout_redirect_uri' : 'redirect_uri');
    if (to === null) {
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><title>Account</title><h1>Account</h1>`);
      return;
    }
    const { person } = started;
    const state = searchParams.get('state') ?? '';
    const answer =
      pathname === '/logout'
        ? { state }
        : 'error' in person
          ? { state, iss: issuer.issuer, error: String(person.error) }
          : issuer.authorize(url.href, person);
    response.writeHead(303, { location: `${to}?${new URLSearchParams(answer).toString()}` }).end();
  });
  const issuer = new TestIssuer(origin);
  issuer.now = () => clock.now();
  issuer.document = (document) => ({ ...document, end_session_endpoint: `${origin}/logout` });
  const started: BrowserIssuer = {
    issuer,
    asked,
    person: { sub: 'ann' },
    close: () => closed(server),
  };
  return started;
}

/** An application that listens, on a site of its own beside its issuers (localhost and 127.0.0.1). */
export interface ClientSite {
  readonly url: string;
  /** Whether its store answers. */
  storeIsAway: boolean;
  close(): Promise<void>;
}

export async function startClientSite(
  clock: TestClock,
  issuers: readonly OidcIssuerOptions[],
  options: Partial<OidcClientOptions> = {},
): Promise<ClientSite> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const kept = memorySessionStore(clock);
  const client = createOidcClient({
    origin: url,
    name: 'Orders',
    issuers,
    policies,
    clock,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    store: {
      ...kept,
      get(key) {
        if (site.storeIsAway) throw new Error('the store is away');
        return kept.get(key);
      },
    },
    ...options,
  });
  const app = Fastify();
  await app.register(oidcClient, { client });
  const pages = [
    ['/orders', null],
    ...Object.keys(policies).map((name) => [`/${name}`, name] as const),
  ] as const;
  for (const [path, policy] of pages) {
    app.get(path, { preHandler: app.requireSignIn(policy) }, async (_request, reply) =>
      reply.type('text/html').send(`<!doctype html><title>Inside</title><h1>Inside ${path}</h1>`),
    );
  }
  await app.listen({ port, host: 'localhost' });
  const site: ClientSite = { url, storeIsAway: false, close: () => app.close() };
  return site;
}

/** How an application knows an issuer. */
export function issuerOf(
  { issuer }: BrowserIssuer,
  name: string,
  label: string,
  more: Partial<OidcIssuerOptions> = {},
): OidcIssuerOptions {
  const { fetch } = issuer;
  return {
    name,
    label,
    issuer: issuer.issuer,
    clientId: 'orders',
    clientSecret: 'the secret of the client',
    dialect: dialects.cofactor,
    fetch,
    ...more,
  };
}
