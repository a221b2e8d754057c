import Fastify, { type FastifyInstance } from 'fastify';
import * as openid from 'openid-client';

/**
 * A small application that signs its users in by OpenID Connect, as a team would write it on openid-client: for browsers, on
 * a site of its own (127.0.0.1 where the server is localhost, so that cookies go the way they go between sites).
 */
export interface ClientApp {
  readonly url: string;
  /** Every answer that came to its callback so far, as it came. */
  readonly answers: readonly URLSearchParams[];
  close(): Promise<void>;
}

export interface ClientAppOptions {
  readonly issuer: string;
  readonly id: string;
  readonly secret: string;
  readonly port: number;
  /** What it asks besides, unless its address says otherwise. */
  readonly scope?: string;
}

/** What it keeps of a request until its answer comes, by `state`: several can be under way in one browser. */
interface Asked {
  readonly verifier: string;
  readonly nonce: string;
  readonly maxAge?: number;
}

/**
 * `/login?acr_values=mfa` asks with these parameters; `/callback` redeems the code and shows the claims, or the error that
 * came instead; `/logout` signs out at the server with the last id_token as hint.
 */
export async function startClientApp(options: ClientAppOptions): Promise<ClientApp> {
  const { issuer, id, secret, port, scope = 'openid profile' } = options;
  const url = `http://127.0.0.1:${port}`;
  const server = await openid.discovery(new URL(issuer), id, secret, undefined, {
    // oxlint-disable-next-line typescript/no-deprecated -- plain http between processes of one machine
    execute: [openid.allowInsecureRequests],
  });
  const asked = new Map<string, Asked>();
  const answers: URLSearchParams[] = [];
  let lastIdToken = '';

  const app: FastifyInstance = Fastify();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  const show = (title: string, facts: object): string =>
    `<!doctype html><html lang="en"><head><title>${title}</title><link rel="icon" href="data:,"></head><body><h1>${title}</h1><pre id="facts">${escapeHtml(JSON.stringify(facts))}</pre></body></html>`;

  app.get('/', (_request, reply) => reply.type('text/html').send(show('Home', {})));
  app.get('/bye', (request, reply) =>
    reply.type('text/html').send(show('Bye', { ...(request.query as object) })),
  );

  app.get('/login', async (request, reply) => {
    const wanted = request.query as Readonly<Record<string, string>>;
    const verifier = openid.randomPKCECodeVerifier();
    const state = openid.randomState();
    const nonce = openid.randomNonce();
    const maxAge = wanted['max_age'];
    asked.set(state, { verifier, nonce, ...(maxAge !== undefined && { maxAge: Number(maxAge) }) });
    const address = openid.buildAuthorizationUrl(server, {
      redirect_uri: `${url}/callback`,
      scope,
      state,
      nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...wanted,
    });
    return reply.redirect(address.href);
  });

  app.route({
    method: ['GET', 'POST'],
    url: '/callback',
    async handler(request, reply) {
      const posted = typeof request.body === 'string' ? new URLSearchParams(request.body) : null;
      const answer = posted ?? new URL(request.url, url).searchParams;
      answers.push(answer);
      const state = answer.get('state') ?? '';
      const known = asked.get(state);
      if (!known) return reply.code(400).type('text/html').send(show('Nobody asked for this', {}));
      asked.delete(state);
      try {
        const tokens = await openid.authorizationCodeGrant(server, new URL(`${url}/callback?${answer}`), {
          pkceCodeVerifier: known.verifier,
          expectedState: state,
          expectedNonce: known.nonce,
          ...(known.maxAge !== undefined && { maxAge: known.maxAge }),
        });
        lastIdToken = tokens.id_token ?? '';
        const claims = tokens.claims();
        const user = await openid.fetchUserInfo(server, tokens.access_token, claims?.sub ?? '');
        return await reply.type('text/html').send(show('Welcome', { ...user, ...claims }));
      } catch (error) {
        const refused = error instanceof openid.AuthorizationResponseError;
        const facts = refused
          ? { error: error.error, description: error.error_description }
          : { broken: String(error) };
        return reply.code(400).type('text/html').send(show('Not let in', facts));
      }
    },
  });

  app.get('/logout', (_request, reply) => {
    const address = openid.buildEndSessionUrl(server, {
      post_logout_redirect_uri: `${url}/bye`,
      state: 'until-next-time',
      id_token_hint: lastIdToken,
    });
    return reply.redirect(address.href);
  });

  await app.listen({ port, host: '127.0.0.1' });
  return { url, answers, close: () => app.close() };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>]/g, (one) => `&#${one.charCodeAt(0)};`);
}
