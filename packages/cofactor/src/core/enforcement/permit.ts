import { assess } from '../../assurance/index.ts';
import { open, seal } from '../../base/keys/envelope.ts';
import { notify } from '../account/mail.ts';
import { maySend } from '../ceremonies/deliver.ts';
import { refused, type Refused } from '../ceremonies/outcome.ts';
import type { Client, Engine } from '../engine.ts';
import { idOf, newSecret } from '../ids.ts';
import { loginOf } from '../sessions/sessions.ts';
import type { Account, SessionRecord, SessionWithUser, TokenRecord, UserRecord } from '../store.ts';
import { channelOf } from './prospects.ts';
import { isForced } from './rules.ts';

/**
 * A permit lets somebody set up their first second factor where one is demanded. Without it, whoever has nothing but
 * somebody's password would only have to be faster than they are (I-14).
 *
 * First it is a link: mailed to the confirmed address, or given by somebody in charge. Whoever follows it while signed in to
 * that account uses it up, and gets in its place a permit of this very sign-in, in whatever browser that is. It goes with
 * the factor that is confirmed by it, with the account's generation, and after half an hour.
 */
interface Kept {
  /** The sign-in that may enrol; `null` for a link that nobody has followed yet. */
  readonly login: string | null;
  /** Where the person was on the way to, and the sign-in that they asked from. */
  readonly asked: { readonly login: string; readonly returnTo: string } | null;
}

/** How long a link can be followed, in milliseconds. */
const linkLifeMs = 24 * 3_600_000;
/** How long whoever followed it has to set something up, in milliseconds. */
const permitLifeMs = 30 * 60_000;

/** How somebody came to be permitted: for the record. */
type Channel = 'mail' | 'address' | 'invite' | 'administrator';

/**
 * Whether somebody is under a rule that has begun, has no second factor, and has proved no more than a first one. Who has a
 * second factor is asked for it whatever they change (`mayManage`), which the callers see to.
 */
export async function isHeldBack(
  engine: Engine,
  { session }: Pick<SessionWithUser, 'session'>,
  account: Account,
): Promise<boolean> {
  const now = engine.config.clock.now();
  if (account.authenticators.some(({ usage }) => usage === 'second')) return false;
  // Shown by something that is no second factor here, e.g. by an issuer elsewhere.
  if (assess({ acr: 'mfa' }, session.events, now).met) return false;
  return isForced(await engine.enforcement.for(account), account.user, now);
}

/** What lets this session enrol now: `needless`, the permit that is used up with it, or `null` where nothing does. */
export async function permitFor(
  engine: Engine,
  asking: SessionWithUser,
  account: Account,
): Promise<'needless' | TokenRecord | null> {
  if (!(await isHeldBack(engine, asking, account))) return 'needless';
  const { store, config } = engine;
  const { generation } = asking.session;
  const login = loginOf(asking.session);
  // Each sign-in has its own: nobody takes somebody else's away by asking for one.
  const permits = await store.enforcement.permits(account.user.id, config.clock.now());
  const isOurs = (token: TokenRecord): boolean =>
    token.realm === engine.realm && token.generation === generation && keptIn(engine, token).login === login;
  return permits.find(isOurs) ?? null;
}

/** Mails the link to the confirmed address of whoever is signed in. That it is somebody else's matters to nobody but them. */
export async function mailPermit(
  engine: Engine,
  request: { readonly session: SessionWithUser; readonly returnTo: string; readonly client: Client },
): Promise<Refused | { readonly status: 'accepted' }> {
  const { session, user } = request.session;
  const account = await engine.store.account(engine.realm, { id: user.id });
  if (!account || channelOf(engine, account.user) !== 'mail') return refused('not-found');
  if (!(await isHeldBack(engine, request.session, account))) return refused('not-found');
  const { email } = account.user;
  const now = engine.config.clock.now();
  if (email === null || !(await maySend(engine, email, 'proved', now))) {
    return refused('too-many-tries', { retryAfter: 600 });
  }
  const { client, returnTo } = request;
  const asked = { login: loginOf(session), returnTo };
  const { link } = await makeLink(engine, account.user, asked, { by: 'mail', ip: client.ip });
  notify(engine, account.user, 'enrolment-permitted', { link, lifetime: linkLifeMs / 1000, client });
  return { status: 'accepted' };
}

export interface Permitted {
  readonly status: 'permitted';
  /** To be handed over by a way that is sure to reach its person and nobody else. It works once. */
  readonly link: string;
  readonly expiresAt: Date;
}

/**
 * A link that lets somebody set up their first second factor, for whoever has no confirmed address: by somebody in charge
 * (`by`), or by the operator of the server (`null`). Whether the caller may is the caller's to check.
 */
export async function permitEnrolment(
  engine: Engine,
  userId: string,
  by: SessionWithUser | null,
): Promise<Permitted | Refused> {
  const account = await engine.store.account(engine.realm, { id: userId });
  if (!account || account.user.disabledAt !== null) return refused('not-found');
  const made = await makeLink(engine, account.user, null, {
    by: 'administrator',
    administrator: by?.user.id ?? null,
  });
  return { status: 'permitted', ...made };
}

async function makeLink(
  engine: Engine,
  user: UserRecord,
  asked: Kept['asked'],
  recorded: { readonly by: Channel } & Readonly<Record<string, unknown>>,
): Promise<{ readonly link: string; readonly expiresAt: Date }> {
  const { secret, id } = newSecret('prm', engine.config.random);
  const token = tokenFor(engine, id, user, { login: null, asked }, linkLifeMs);
  await engine.store.enforcement.putPermit(
    token,
    engine.audit.entry('enrolment-permitted', user.id, recorded),
  );
  const { origin } = engine.config.origin;
  return { link: `${origin}${engine.mount.base}/permit#${secret}`, expiresAt: token.expiresAt };
}

/** Follows the link in a session of its account. It leads on to where it was asked from, in the same sign-in only. */
export async function acceptPermit(
  engine: Engine,
  request: { readonly session: SessionWithUser; readonly token: string; readonly client: Client },
): Promise<Refused | { readonly status: 'accepted'; readonly returnTo: string }> {
  const { session, user } = request.session;
  const now = engine.config.clock.now();
  const id = idOf('prm', request.token);
  const link = id === null ? null : await engine.store.token('permit', engine.realm, id, now);
  if (!link || link.userId !== user.id || link.generation !== user.generation)
    return refused('token-unknown');
  const { login, asked } = keptIn(engine, link);
  if (login !== null) return refused('token-unknown');
  const audit = engine.audit.entry('enrolment-permitted', user.id, {
    accepted: true,
    ip: request.client.ip,
  });
  if (!(await engine.store.enforcement.acceptPermit(link, permitOf(engine, session), now, audit))) {
    return refused('token-unknown');
  }
  return { status: 'accepted', returnTo: asked?.login === loginOf(session) ? asked.returnTo : '/' };
}

/**
 * Lets a session enrol whose person has just proved by another way to be who they are: by an invite that they came in
 * with, or by the link that their address was confirmed with.
 */
export async function leavePermit(
  engine: Engine,
  session: SessionRecord,
  by: 'invite' | 'address',
): Promise<void> {
  const audit = engine.audit.entry('enrolment-permitted', session.userId, { by });
  await engine.store.enforcement.putPermit(permitOf(engine, session), audit);
}

/** The permit of one sign-in. Nobody knows the secret that its id is made of. */
function permitOf(engine: Engine, session: SessionRecord): TokenRecord {
  const { id } = newSecret('prm', engine.config.random);
  const user = { id: session.userId, generation: session.generation };
  return tokenFor(engine, id, user, { login: loginOf(session), asked: null }, permitLifeMs);
}

function tokenFor(
  engine: Engine,
  id: string,
  { id: userId, generation }: Pick<UserRecord, 'id' | 'generation'>,
  kept: Kept,
  lifeMs: number,
): TokenRecord {
  const now = engine.config.clock.now();
  return {
    id,
    realm: engine.realm,
    userId,
    generation,
    data: seal(kept, placeOf(engine, id), engine.keys, engine.config.random),
    createdAt: now,
    expiresAt: new Date(now.getTime() + lifeMs),
  };
}

function keptIn(engine: Engine, token: TokenRecord): Kept {
  return open(token.data, placeOf(engine, token.id), engine.keys) as Kept;
}

function placeOf({ realm }: Engine, id: string): string {
  return `permit_tokens ${realm} ${id}`;
}
