/**
 * Where people sign in to the applications of the section `client`: a small OpenID Connect issuer in memory. It asks
 * nobody anything; its cookie says who somebody is and what they have proved, and it signs that.
 */
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { oidcClient } from '../oidc-client.ts';
import { readConfig, serveHttp } from './serve.ts';

interface Granted {
  readonly sub: string;
  readonly amr: readonly string[];
  readonly nonce: string | null;
  readonly redirectUri: string;
  readonly challenge: string | null;
}

const config = readConfig();
const issuer = `http://127.0.0.1:${config.port}`;
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const granted = new Map<string, Granted>();

const document = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256'],
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  code_challenge_methods_supported: ['S256'],
};
const keys = {
  keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'ES256', use: 'sig' }],
};

/** Leads back with a code for who the cookie says it is. */
function authorize(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
  const [, sub, amr] = /^who=([\w.@-]+)\/([\w ]+)$/.exec(request.headers.cookie ?? '') ?? [];
  const redirectUri = query.get('redirect_uri');
  if (sub === undefined || amr === undefined || redirectUri === null) return answer(response, 400, {});
  const code = randomUUID();
  const [nonce, challenge] = [query.get('nonce'), query.get('code_challenge')];
  granted.set(code, { sub, amr: amr.split(' '), nonce, redirectUri, challenge });
  const back = new URL(redirectUri);
  back.searchParams.set('code', code);
  back.searchParams.set('state', query.get('state') ?? '');
  response.writeHead(302, { location: back.href }).end();
}

/** Each code once, for the client it was made for. */
async function redeem(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = new URLSearchParams(await text(request));
  const code = form.get('code') ?? '';
  const grant = granted.get(code);
  granted.delete(code);
  const verifier = form.get('code_verifier');
  const isProved =
    verifier === null
      ? grant?.challenge === null
      : grant?.challenge === createHash('sha256').update(verifier).digest('base64url');
  if (!grant || !isProved || !isClient(request, form) || grant.redirectUri !== form.get('redirect_uri')) {
    return answer(response, 400, { error: 'invalid_grant' });
  }
  answer(response, 200, {
    access_token: randomUUID(),
    token_type: 'Bearer',
    expires_in: 3600,
    id_token: idToken(grant),
  });
}

function isClient({ headers }: IncomingMessage, form: URLSearchParams): boolean {
  const { id, secret } = oidcClient;
  if (form.get('client_id') === id && form.get('client_secret') === secret) return true;
  const given = Buffer.from(/^Basic (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '', 'base64').toString();
  return decodeURIComponent(given) === `${id}:${secret}`;
}

function idToken({ sub, amr, nonce }: Granted): string {
  const now = Math.floor(Date.now() / 1000);
  const head = { alg: 'ES256', kid: 'bench' };
  const claims = {
    iss: issuer,
    aud: oidcClient.id,
    sub,
    iat: now,
    exp: now + 3600,
    auth_time: now,
    acr: amr.includes('mfa') ? 'mfa' : 'pwd',
    amr,
    ...(nonce !== null && { nonce }),
  };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part(head)}.${part(claims)}`;
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

await serveHttp((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', issuer);
  if (pathname === '/.well-known/openid-configuration') return answer(response, 200, document);
  if (pathname === '/jwks') return answer(response, 200, keys);
  if (pathname === '/authorize') return authorize(request, response, searchParams);
  if (pathname === '/token') return void redeem(request, response);
  return answer(response, 404, {});
}, config);
