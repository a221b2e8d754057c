import { peer } from '../base/peer.ts';
import type { HttpRequest, HttpResponse } from '../web/message.ts';
import { isForeign } from './guard.ts';
import { problem } from './problem.ts';
import type { Context } from './context.ts';
import type { Party } from './options.ts';
import { keysOf } from './session.ts';

const jose = peer('jose', 'cofactor/oidc-client', () => import('jose'));

/** Signs out here, and leads to the issuer so that the sign-in there ends as well (RP-Initiated Logout 1.0). */
export async function signOut(context: Context, request: HttpRequest): Promise<HttpResponse> {
  const { config, sessions } = context;
  if (isForeign(config, request)) return problem('csrf');
  const session = await sessions.read(request);
  const cookies = await sessions.end(session, request);
  const here = `${config.base}/signed-out`;
  let location = here;
  if (session) {
    const state = Buffer.from(config.random.bytes(16)).toString('base64url');
    try {
      const { conversation } = session.party;
      const returnTo = `${config.origin.origin}${here}`;
      const idToken = session.data.idToken ?? undefined;
      location = (await conversation.endSessionUrl({ idToken, returnTo, state }, config.clock.now())) ?? here;
    } catch {
      // Signed out here in any case; the issuer cannot be asked.
      config.log.warn({ issuer: session.party.name }, 'signed out here only: the issuer is away');
    }
  }
  return { status: 303, headers: { location, 'set-cookie': cookies }, body: null };
}

/** Which algorithms a logout token may be signed with: never one that whoever knows the public key can use. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
const toleranceSeconds = 60;

/** The keys of issuers, for tokens that they send by themselves. */
export class LogoutKeys {
  readonly #sets = new Map<string, ReturnType<typeof import('jose').createRemoteJWKSet>>();

  async of(party: Party, now: Date): Promise<ReturnType<typeof import('jose').createRemoteJWKSet>> {
    const { jwks_uri: address } = await party.conversation.metadata(now);
    if (address === undefined) throw new Error('the issuer has no keys');
    const known = this.#sets.get(address);
    if (known) return known;
    const { createRemoteJWKSet, customFetch } = await jose();
    const { timeout, fetch } = party;
    const keys = createRemoteJWKSet(new URL(address), {
      timeoutDuration: timeout * 1000,
      [customFetch]: fetch as never,
    });
    this.#sets.set(address, keys);
    return keys;
  }
}

/** An issuer says that a sign-in, or all of a person's, are over (OpenID Connect Back-Channel Logout 1.0, 2.6). */
export async function backChannelLogout(
  context: Context,
  keys: LogoutKeys,
  party: Party,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { config, sessions } = context;
  const form = new URLSearchParams(Buffer.from(request.body ?? []).toString('utf8'));
  const [token, another] = form.getAll('logout_token');
  if (token === undefined || another !== undefined || token.length > 16_384) return problem('malformed');
  const now = config.clock.now();
  let found: { readonly sub?: unknown; readonly sid?: unknown; readonly iat: number };
  try {
    const { jwtVerify } = await jose();
    const { payload, protectedHeader } = await jwtVerify(token, await keys.of(party, now), {
      issuer: party.issuer,
      audience: party.clientId,
      algorithms,
      currentDate: now,
      clockTolerance: toleranceSeconds,
      // 2.4: lets nothing pass that was made for something else and kept.
      maxTokenAge: 300,
      requiredClaims: ['iat', 'jti', 'events'],
    });
    const { events, nonce, sub, sid, iat = 0 } = payload;
    const event = (events as Readonly<Record<string, unknown>> | null)?.[logoutEvent];
    const named = [sub, sid].some((name) => name !== undefined);
    const whole = [sub, sid].every((name) => name === undefined || (typeof name === 'string' && name !== ''));
    const { typ } = protectedHeader;
    const isLogout = typ === undefined || ['logout+jwt', 'application/logout+jwt', 'JWT'].includes(typ);
    const isEvent = typeof event === 'object' && event !== null && !Array.isArray(event);
    if (!isLogout || !isEvent || nonce !== undefined || !named || !whole) throw new Error('no logout token');
    found = { sub, sid, iat };
  } catch (error) {
    const { code } = (error ?? {}) as { readonly code?: unknown };
    const reason = typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : 'not a logout token';
    config.log.warn({ issuer: party.name, reason }, 'a logout token was refused');
    return problem('malformed');
  }
  // By the issuer's clock on both sides. What was signed in afterwards it does not mean.
  const before = new Date(found.iat * 1000);
  const { subject, login } = keysOf(party, found);
  await sessions.endSignIns(login === null ? { subject } : { login }, before);
  return { status: 200, headers: { 'cache-control': 'no-store' }, body: null };
}
