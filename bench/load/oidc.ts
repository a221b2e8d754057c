/** What an application does at an OpenID Connect server, and the browsers of its users in between. */
import { createHash, createPublicKey, randomBytes, verify, type JsonWebKey } from 'node:crypto';
import { oidcClient } from '../oidc-client.ts';
import type { Server } from '../processes.ts';
import { json } from './browser.ts';
import { Connection, header, type Answer } from './connection.ts';
import { flows, sameRequests, withConnections, type Load, type Until } from './load.ts';
import { unexpected } from './sites.ts';

/** Somebody who is signed in comes from the application: the request, and what its code is redeemed with. */
interface Visit {
  readonly request: Buffer;
  readonly verifier: string;
  readonly nonce: string;
}

interface Tokens {
  readonly id_token: string;
  readonly access_token: string;
}

/** Paths, as the server itself tells them. */
export interface Endpoints {
  readonly issuer: string;
  readonly authorization: string;
  readonly token: string;
  readonly introspection: string;
  readonly userinfo: string;
  readonly jwks: string;
}

/** The cookies of so many people who just signed in, each in a browser of their own. */
export type OpenSessions = (endpoints: Endpoints, count: number) => Promise<readonly string[]>;

const basic = Buffer.from(`${oidcClient.id}:${encodeURIComponent(oidcClient.secret)}`).toString('base64');

/** An OpenID Connect server with people who are signed in there. */
export class OidcSite {
  readonly server: Server;
  readonly #endpoints: Endpoints;
  readonly #openSessions: OpenSessions;
  readonly #origin: string;
  #visits: readonly Visit[] = [];
  #next = 0;

  private constructor(server: Server, endpoints: Endpoints, openSessions: OpenSessions) {
    this.server = server;
    this.#endpoints = endpoints;
    this.#openSessions = openSessions;
    this.#origin = server.origin;
  }

  /** @param path of the issuer */
  static async open(server: Server, path: string, openSessions: OpenSessions): Promise<OidcSite> {
    const site = new OidcSite(server, await discovered(server, path), openSessions);
    await site.signIn(1);
    await site.#check();
    return site;
  }

  /** So many people sign in anew, and come from the application once; the flows that follow are theirs. */
  async signIn(people: number): Promise<void> {
    const sessions = await this.#openSessions(this.#endpoints, people);
    this.#visits = sessions.map((cookies) => this.#visit(cookies));
    await this.codes(this.#visits.length);
  }

  /** Authorization request, code, tokens. */
  codeFlows(clients: number, until: Until): Promise<Load> {
    return flows(this.server, clients, until, async (connection) => {
      const visit = this.#turn();
      await this.#redeem(connection, visit, await this.#code(connection, visit));
    });
  }

  /** Codes, to be redeemed by and by. */
  async codes(count: number): Promise<readonly Redeemable[]> {
    const codes: Redeemable[] = [];
    await flows(this.server, 8, { flows: count }, async (connection) => {
      const visit = this.#turn();
      codes.push({ visit, code: await this.#code(connection, visit) });
    });
    return codes;
  }

  /** The token endpoint alone. */
  redeem(codes: readonly Redeemable[], clients: number): Promise<Load> {
    let next = 0;
    return flows(this.server, clients, { flows: codes.length }, async (connection) => {
      const one = codes[next++];
      if (one !== undefined) await this.#redeem(connection, one.visit, one.code);
    });
  }

  /** Opaque access tokens that are alive. */
  async accessTokens(): Promise<readonly string[]> {
    const tokens: string[] = [];
    await withConnections(this.server, 1, async (connection) => {
      for (const visit of this.#visits) {
        tokens.push(
          (await this.#redeem(connection, visit, await this.#code(connection, visit))).access_token,
        );
      }
    });
    return tokens;
  }

  introspections(tokens: readonly string[], clients: number, milliseconds: number): Promise<Load> {
    const requests = tokens.map((token) => this.#introspection(token));
    return sameRequests(this.server, requests, clients, milliseconds);
  }

  userinfos(tokens: readonly string[], clients: number, milliseconds: number): Promise<Load> {
    const requests = tokens.map((token) => this.#userinfo(token));
    return sameRequests(this.server, requests, clients, milliseconds);
  }

  /** Nothing may be measured that does not work: what is told is true, and what is wrong is refused. */
  async #check(): Promise<void> {
    await withConnections(this.server, 1, async (connection) => {
      const [visit] = this.#visits;
      if (visit === undefined) throw new Error('nobody signed in');
      const ask = async (bytes: Buffer): Promise<Answer> => connection.exchange(bytes);

      const nobody = await ask(this.#visit('').request);
      if (codeIn(nobody) !== null) throw unexpected('an authorization request of nobody', nobody);
      const wrong = { ...visit, verifier: this.#visit('').verifier };
      const refused = await ask(this.#redemption(wrong, await this.#code(connection, visit)));
      if (refused.status !== 400) throw unexpected('a code with a wrong verifier', refused);

      const code = await this.#code(connection, visit);
      const tokens = await this.#redeem(connection, visit, code);
      const keys = json(await ask(request(this.#origin, 'GET', this.#endpoints.jwks, {}))) as Keys;
      const { sub, ...claims } = verified(tokens.id_token, keys);
      const { issuer } = this.#endpoints;
      const isRight = claims.iss === issuer && claims.aud === oidcClient.id && claims.nonce === visit.nonce;
      if (!isRight || sub === '') throw new Error(`an id_token says ${JSON.stringify({ sub, ...claims })}`);

      const known = json(await ask(this.#introspection(tokens.access_token))) as { active?: boolean };
      const unknown = json(await ask(this.#introspection(`${tokens.access_token}x`))) as { active?: boolean };
      if (known.active !== true || unknown.active !== false) throw new Error('introspection is wrong');
      const person = json(await ask(this.#userinfo(tokens.access_token))) as { sub?: string };
      if (person.sub !== sub) throw new Error(`userinfo speaks of ${person.sub}, and not of ${sub}`);
      const again = await ask(this.#redemption(visit, code));
      if (again.status !== 400) throw unexpected('a code that was used', again);
      const revoked = await ask(this.#userinfo(tokens.access_token));
      if (revoked.status !== 401) throw unexpected('a token of a code that was used twice', revoked);
    });
  }

  #turn(): Visit {
    const visit = this.#visits[this.#next++ % this.#visits.length];
    if (visit === undefined) throw new Error('nobody is signed in');
    return visit;
  }

  #visit(cookies: string): Visit {
    const verifier = randomBytes(32).toString('base64url');
    const nonce = randomBytes(16).toString('base64url');
    const query = new URLSearchParams({
      client_id: oidcClient.id,
      redirect_uri: oidcClient.redirectUri,
      response_type: 'code',
      scope: oidcClient.scope,
      state: randomBytes(16).toString('base64url'),
      nonce,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const headers = { Accept: 'text/html', ...(cookies !== '' && { Cookie: cookies }) };
    const path = `${this.#endpoints.authorization}?${String(query)}`;
    return { request: request(this.#origin, 'GET', path, headers), verifier, nonce };
  }

  async #code(connection: Connection, visit: Visit): Promise<string> {
    const answer = await connection.exchange(visit.request);
    const code = codeIn(answer);
    if (code === null) throw unexpected('an authorization request', answer);
    return code;
  }

  async #redeem(connection: Connection, visit: Visit, code: string): Promise<Tokens> {
    const answer = await connection.exchange(this.#redemption(visit, code));
    if (answer.status !== 200) throw unexpected('a code', answer);
    return json(answer) as Tokens;
  }

  #redemption({ verifier }: Visit, code: string): Buffer {
    const redirect = encodeURIComponent(oidcClient.redirectUri);
    const form = `grant_type=authorization_code&code=${code}&code_verifier=${verifier}&redirect_uri=${redirect}`;
    return request(this.#origin, 'POST', this.#endpoints.token, { Authorization: `Basic ${basic}` }, form);
  }

  #introspection(token: string): Buffer {
    const headers = { Authorization: `Basic ${basic}` };
    return request(this.#origin, 'POST', this.#endpoints.introspection, headers, `token=${token}`);
  }

  #userinfo(token: string): Buffer {
    return request(this.#origin, 'GET', this.#endpoints.userinfo, { Authorization: `Bearer ${token}` });
  }
}

export interface Redeemable {
  readonly visit: Visit;
  readonly code: string;
}

async function discovered(server: Server, path: string): Promise<Endpoints> {
  const connection = await Connection.open(server.port);
  const address = `${path}/.well-known/openid-configuration`;
  const answer = await connection.exchange(request(server.origin, 'GET', address, {}));
  connection.close();
  if (answer.status !== 200) throw unexpected(`GET ${address}`, answer);
  const known = json(answer) as Readonly<Record<string, string>>;
  const pathOf = (name: string): string => new URL(known[name] ?? '').pathname;
  return {
    issuer: known['issuer'] ?? '',
    authorization: pathOf('authorization_endpoint'),
    token: pathOf('token_endpoint'),
    introspection: pathOf('introspection_endpoint'),
    userinfo: pathOf('userinfo_endpoint'),
    jwks: pathOf('jwks_uri'),
  };
}

/** A request as it comes from the proxy that speaks https. */
function request(
  origin: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  form?: string,
): Buffer {
  const all = {
    Host: new URL(origin).host,
    'X-Forwarded-Proto': 'https',
    Accept: 'application/json',
    ...headers,
    ...(form !== undefined && {
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': String(form.length),
    }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${form ?? ''}`);
}

const back = `${oidcClient.redirectUri}?`;

/** The code that an answer leads back to the application with. */
function codeIn({ head }: Answer): string | null {
  const location = header(head, 'location') ?? '';
  return location.startsWith(back) ? (/[?&]code=([\w~-]+)/.exec(location)?.[1] ?? null) : null;
}

interface Keys {
  readonly keys: readonly (JsonWebKey & { readonly kid?: string })[];
}

interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly nonce: string;
}

/** The claims of a token that one of these keys signed with ES256. */
function verified(token: string, { keys }: Keys): Claims {
  const [head = '', payload = '', signature = ''] = token.split('.');
  const parsed = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
  const { alg, kid } = parsed(head) as { alg: string; kid: string };
  const jwk = keys.find((key) => key.kid === kid);
  if (alg !== 'ES256' || jwk === undefined) throw new Error(`a token is signed by ${kid} with ${alg}`);
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const;
  const isTrue = verify(
    'sha256',
    Buffer.from(`${head}.${payload}`),
    key,
    Buffer.from(signature, 'base64url'),
  );
  if (!isTrue) throw new Error('a token has a wrong signature');
  return parsed(payload) as Claims;
}
