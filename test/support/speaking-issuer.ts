import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { interactionPolicy, Provider, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { memory } from './upstream.ts';

/** What an id_token says of how somebody signed in. */
export interface Said {
  readonly acr?: string;
  readonly amr?: readonly string[];
  /** The claim of Entra ID, which the library does not know. */
  readonly acrs?: unknown;
}

/**
 * A bare oidc-provider that says of a sign-in what another make of server would: it signs its tokens itself, and what the
 * library calls `acr` and `amr` of a sign-in is what the test says they are. Whoever comes is Ann, and signs in anew.
 */
export class SpeakingIssuer {
  readonly issuer: string;
  readonly clientId = 'orders';
  readonly clientSecret = 'the secret of the client';
  /** What it does with a request, and says of it. */
  says: (asked: URLSearchParams) => Said = () => ({});
  /** The requests that came, in order. */
  readonly asked: URLSearchParams[] = [];
  readonly #server: Server;
  #last: Said = {};

  private constructor(server: Server) {
    this.#server = server;
    this.issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  }

  static async start(redirectUri: string): Promise<SpeakingIssuer> {
    const server = createServer().listen(0, 'localhost');
    await once(server, 'listening');
    const issuer = new SpeakingIssuer(server);
    const provider = new Provider(issuer.issuer, await issuer.#configuration(redirectUri));
    const callback = provider.callback();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      issuer.#request(provider, request, response, callback).catch((error: unknown) => {
        response.writeHead(500).end(String(error));
      });
    });
    return issuer;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #configuration(redirectUri: string): Promise<Configuration> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    return {
      clients: [
        {
          client_id: this.clientId,
          client_secret: this.clientSecret,
          redirect_uris: [redirectUri],
          grant_types: ['authorization_code'],
          response_types: ['code'],
        },
      ],
      adapter: memory(),
      ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 3600 },
      jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'speaking', alg: 'RS256', use: 'sig' }] },
      cookies: { keys: ['a key of a test'] },
      claims: { openid: ['sub', 'acr', 'amr', 'acrs', 'auth_time'] },
      features: { devInteractions: { enabled: false }, claimsParameter: { enabled: true } },
      interactions: {
        url: (ctx, { uid }) => {
          // What came, whether it was in the address or pushed before.
          const params = Object.entries(ctx.oidc.params ?? {}).filter(([, value]) => value !== undefined);
          const asked = new URLSearchParams(params.map(([name, value]) => [name, String(value)]));
          this.asked.push(asked);
          this.#last = this.says(asked);
          return `/interaction/${uid}`;
        },
        policy: everybodyAnew(),
      },
      findAccount: (_ctx, id) => ({
        accountId: id,
        claims: () => ({ sub: id, ...('acrs' in this.#last && { acrs: this.#last.acrs }) }),
      }),
      async loadExistingGrant({ oidc }) {
        const grant = new oidc.provider.Grant({
          clientId: oidc.client?.clientId ?? '',
          accountId: oidc.session?.accountId ?? '',
        });
        grant.addOIDCScope('openid email profile');
        grant.addOIDCClaims(['acr', 'amr', 'acrs', 'auth_time']);
        await grant.save();
        return grant;
      },
    };
  }

  async #request(
    provider: Provider,
    request: IncomingMessage,
    response: ServerResponse,
    callback: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  ): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    if (url.pathname.startsWith('/interaction/')) {
      const { acr, amr } = this.#last;
      const login = { accountId: 'ann', ...(acr !== undefined && { acr }), ...(amr && { amr: [...amr] }) };
      return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
    }
    return callback(request, response);
  }
}

/** One page for every request, whatever it asks for; what comes of it stands. */
function everybodyAnew(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  const login = policy.get('login');
  if (!login) throw new Error('the library has no login prompt');
  login.checks.clear();
  const anew = (ctx: KoaContextWithOIDC): boolean => ctx.oidc.result?.login === undefined;
  login.checks.add(new interactionPolicy.Check('anew', 'everybody signs in', anew));
  return policy;
}
