import { hash } from 'node:crypto';
import { Published } from '../issuer/published.ts';
import { verifySigned } from '../issuer/signed.ts';
import type { HttpRequest, HttpResponse } from '../web/message.ts';
import { once, type Context } from './context.ts';
import type { Party } from './options.ts';
import { problem } from './problem.ts';
import { keysOf } from './session.ts';
import { issuerClockSeconds } from './store.ts';

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
/** A logout token is of now, give or take what a queue takes. */
const longestSeconds = 300;

/** The keys that issuers publish, for tokens that they send by themselves. */
export class LogoutKeys {
  readonly #published = new Map<string, Published>();

  of({ issuer, timeout, fetch }: Party): Published {
    const known = this.#published.get(issuer) ?? new Published(issuer, { timeout, fetch });
    this.#published.set(issuer, known);
    return known;
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
  if (token === undefined || another !== undefined) return problem('malformed');
  const logout = await logoutOf(token, keys.of(party), party, config.clock.now());
  if ('refused' in logout) {
    config.log.warn({ issuer: party.name, reason: logout.refused }, 'a logout token was refused');
    return problem('malformed');
  }
  const end = new Date((logout.iat + longestSeconds + issuerClockSeconds) * 1000);
  // A token that comes again would end what was signed in since.
  if (!(await once(context, `logout ${hash('sha256', `${party.issuer} ${logout.jti}`)}`, end))) return done;
  const { subject, login } = keysOf(party, logout);
  // By the issuer's clock on both sides, which it may have several of.
  const before = new Date((logout.iat + issuerClockSeconds) * 1000);
  await sessions.endSignIns({ subject: logout.sub === undefined ? null : subject, login }, before);
  return done;
}

const done: HttpResponse = { status: 200, headers: { 'cache-control': 'no-store' }, body: null };

interface Logout {
  readonly sub: string | undefined;
  readonly sid: string | undefined;
  readonly iat: number;
  readonly jti: string;
}

/** @throws where the issuer cannot be asked for its keys: it may send the token again */
async function logoutOf(
  token: string,
  published: Published,
  { issuer, clientId }: Party,
  now: Date,
): Promise<Logout | { readonly refused: string }> {
  const verified = await verifySigned(
    token,
    {
      issuer,
      audience: clientId,
      algorithms,
      currentDate: now,
      clockTolerance: issuerClockSeconds,
      maxTokenAge: longestSeconds,
      requiredClaims: ['iat', 'jti', 'events'],
    },
    published,
    now,
  );
  if ('refused' in verified) return verified;
  const { events, nonce, sub, sid, iat = 0, jti } = verified.payload;
  const { typ } = verified.protectedHeader;
  // 2.4: some do not say `logout+jwt` yet; what they may not say is that it is something else.
  if (typ !== undefined && !/^(?:application\/)?(?:logout\+jwt|jwt)$/i.test(typ)) return { refused: 'typ' };
  const event = (events as Readonly<Record<string, unknown>> | null)?.[logoutEvent];
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return { refused: 'events' };
  if (typeof jti !== 'string' || jti === '') return { refused: 'jti' };
  if (nonce !== undefined) return { refused: 'nonce' };
  if (sub === undefined && sid === undefined) return { refused: 'sub and sid' };
  if (!isName(sub)) return { refused: 'sub' };
  if (!isName(sid)) return { refused: 'sid' };
  return { sub, sid, iat, jti };
}

function isName(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && value !== '');
}
