/** A client as small as it gets, on openid-client: it signs in and shows what it was told. */
import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import * as client from 'openid-client';
import { page } from './pages.ts';

export interface ClientSettings {
  readonly issuer: string;
  readonly id: string;
  readonly name: string;
  /** Where it listens, e.g. `http://localhost:3001`. */
  readonly address: string;
}

/** What a browser is on the way with, and who it belongs to afterwards: kept here under a random name in a cookie. */
interface Visit {
  readonly verifier?: string;
  readonly state?: string;
  readonly nonce?: string;
  readonly idToken?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
}

export async function startClient({ issuer, id, name, address }: ClientSettings): Promise<FastifyInstance> {
  // Plain http is for localhost only.
  const server = await client.discovery(new URL(issuer), id, undefined, client.None(), {
    // oxlint-disable-next-line typescript/no-deprecated -- marked so that it stands out
    execute: [client.allowInsecureRequests],
  });
  const visits = new Map<string, Visit>();
  const cookie = `${id}-visit`;
  const visitOf = (header: string | undefined): Visit | undefined =>
    visits.get(new RegExp(`${cookie}=([\\w-]+)`).exec(header ?? '')?.[1] ?? '');
  const remember = (visit: Visit): string => {
    const key = randomBytes(16).toString('base64url');
    visits.set(key, visit);
    return `${cookie}=${key}; Path=/; HttpOnly; SameSite=Lax`;
  };

  const app = Fastify();
  app.get('/', (request, reply) => {
    const { claims } = visitOf(request.headers.cookie) ?? {};
    return reply.type('text/html').send(page(name, claims ?? null));
  });

  app.get('/sign-in', async (request, reply) => {
    const { acr } = request.query as { readonly acr?: string };
    const [verifier, state, nonce] = [
      client.randomPKCECodeVerifier(),
      client.randomState(),
      client.randomNonce(),
    ];
    const url = client.buildAuthorizationUrl(server, {
      redirect_uri: `${address}/callback`,
      scope: 'openid profile',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(acr === 'mfa' && { acr_values: 'mfa' }),
    });
    return reply.header('set-cookie', remember({ verifier, state, nonce })).redirect(url.href);
  });

  app.get('/callback', async (request, reply) => {
    const { verifier = '', state = '', nonce = '' } = visitOf(request.headers.cookie) ?? {};
    try {
      const tokens = await client.authorizationCodeGrant(server, new URL(request.url, address), {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
      });
      const visit = { idToken: tokens.id_token ?? '', claims: { ...tokens.claims() } };
      return await reply.header('set-cookie', remember(visit)).redirect('/');
    } catch (error) {
      const refused = error instanceof client.AuthorizationResponseError;
      return reply
        .code(refused ? 403 : 400)
        .type('text/html')
        .send(page(name, null, refused ? error.error : 'That answer was not for this browser.'));
    }
  });

  app.get('/sign-out', (request, reply) => {
    const { idToken } = visitOf(request.headers.cookie) ?? {};
    const url = client.buildEndSessionUrl(server, {
      post_logout_redirect_uri: `${address}/`,
      ...(idToken !== undefined && { id_token_hint: idToken }),
    });
    return reply.header('set-cookie', `${cookie}=; Path=/; Max-Age=0`).redirect(url.href);
  });

  const { port, hostname } = new URL(address);
  await app.listen({ port: Number(port), host: hostname });
  return app;
}
