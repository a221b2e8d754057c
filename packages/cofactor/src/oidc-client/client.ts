import type { Policy, Requirement } from '../assurance/index.ts';
import { rankOf } from '../assurance/index.ts';
import type { StepUpChallenge } from '../web/challenge.ts';
import { assets, fileAnswer } from '../web/file.ts';
import { type HttpRequest, type HttpResponse } from '../web/message.ts';
import { safeReturnTo } from '../web/return-to.ts';
import { secured } from '../web/security-headers.ts';
import { backChannelLogout, LogoutKeys } from './back-channel.ts';
import { checkedAsk, openedAsk, together, type Ask } from './ask.ts';
import type { Context } from './context.ts';
import { admit, guard, handOn, holder, unavailable, type Guarded } from './guard.ts';
import { checkOptions, type Config, type OidcClientOptions, type Party } from './options.ts';
import { pages } from './pages.ts';
import { problem } from './problem.ts';
import { Refresher } from './refresh.ts';
import { Sessions } from './sessions.ts';
import { begin, callback } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { policyOf, Visitor } from './visitor.ts';
import { wrong } from './wrong.ts';

/** What else a route wants, beside its policy. */
export interface SignInOptions {
  /** Asked of the issuer where this route sends somebody there, beside what every sign-in asks. */
  readonly ask?: Ask;
}

/** A policy or its name, `null` for whoever is signed in, and what else the route wants. */
export type GuardArguments = readonly [policy?: string | Policy | null, options?: SignInOptions];

/** A guard for one route or many; made when the route is defined, so that a wrong name is told at start. */
export interface RouteGuard {
  /** Lets in at once where nothing has to be waited for; `null` where `decide` has to be asked. */
  admit(request: HttpRequest): Visitor | null;
  decide(request: HttpRequest): Promise<Guarded>;
}

/** An application's side of OpenID Connect: sign-in at issuers, sessions, and guards that let nobody in without MFA. */
export interface OidcClient {
  readonly base: string;
  /** Whether a request is for one of the client's own routes: how people get in, so no guard stands before them. */
  owns(request: HttpRequest): boolean;
  /** Answers everything below `base`; `null` for every other path. Never throws. */
  handle(request: HttpRequest): Promise<HttpResponse> | null;
  /**
   * A guard for who meets a policy: a name of `policies`, or one such as `requireMfa()`. Without one, or with `null`, it
   * lets in who is signed in; `undefined` is refused, because a misspelt name of a constant would open the page.
   *
   * @throws {CofactorError} `ERR_POLICY_UNKNOWN`, `ERR_CONFIG_OIDC_CLIENT` where `ask` is wrong
   */
  guard(...wanted: GuardArguments): RouteGuard;
  /**
   * Who asks, by what is known here: the issuer is not asked again, also where a recheck is due. Throws where a store is
   * away: that is never "nobody".
   */
  visitor(request: HttpRequest): Promise<Visitor>;
  /**
   * Hands on what an API answered with (RFC 9470): `parseStepUpChallenge` reads it from its answer. A person is led to the
   * issuer once, with what the API wants, and back to the page; a program gets the challenge. Never throws.
   */
  stepUp(request: HttpRequest, challenge: StepUpChallenge): Promise<HttpResponse>;
  /**
   * An access token that is good now, refreshed where that is needed and possible; `null` where there is none to be had.
   * Send the cookies along with the answer.
   */
  accessToken(
    request: HttpRequest,
  ): Promise<{ readonly token: string; readonly cookies: readonly string[] } | null>;
}

/**
 * Makes the client of one application.
 *
 * @example
 * const client = createOidcClient({
 *   origin: 'https://app.example.com',
 *   keys: [{ id: '2026', secret: process.env.COOKIE_KEY }],
 *   issuers: [{ name: 'acme', label: 'Acme', issuer: 'https://login.acme.com', clientId: 'app', dialect: dialects.cofactor }],
 *   policies: { Admin: requireMfa() },
 * });
 *
 * @throws {CofactorError} `ERR_CONFIG_...`, with what the option takes; `ERR_PEER_MISSING` without `openid-client`
 */
export function createOidcClient(options: OidcClientOptions): OidcClient {
  const config = checkOptions(options);
  const context: Context = { config, sessions: new Sessions(config), used: new Map() };
  const refresher = new Refresher(context);
  const keys = new LogoutKeys();

  return Object.freeze<OidcClient>({
    base: config.base,

    owns: (request) => routeOf(config, request) !== null,

    handle(request) {
      if (!pathOf(request).startsWith(`${config.base}/`)) return null;
      return answer(context, keys, request, queryOf(request));
    },

    guard(...all) {
      const [policy, { ask, ...unknown } = {}] = all;
      if (all.length > 0 && policy === undefined) {
        throw wrong(
          'guard',
          'takes a policy, its name, or null; undefined would let in whoever is signed in',
        );
      }
      const [other] = Object.keys(unknown);
      if (other !== undefined) throw wrong('guard', `takes a policy and { ask }, and not ${other}`);
      const wanted = {
        policy: policy === undefined || policy === null ? null : policyOf(config, policy),
        ask: ask && checkedAsk(ask),
      };
      return {
        admit: (request) => admit(context, wanted, request),
        async decide(request) {
          const guarded = await guard(context, refresher, wanted, request);
          return 'response' in guarded ? { response: secured(config.origin, guarded.response) } : guarded;
        },
      };
    },

    async visitor(request) {
      const session = await context.sessions.read(request);
      return new Visitor(config, session && refresher.newest(session));
    },

    async stepUp(request, challenge) {
      try {
        return secured(config.origin, await handOn(context, request, challenge));
      } catch (error) {
        config.log.error({ error }, 'a request failed');
        return secured(config.origin, unavailable(context, request));
      }
    },

    async accessToken(request) {
      const held = await holder(context, refresher, request);
      if ('response' in held || !held.session) return null;
      const { accessToken, until, refreshToken } = held.session.data.tokens;
      const isGood = until === null || until - earlyMs > config.clock.now().getTime();
      if (isGood) return { token: accessToken, cookies: held.cookies };
      if (refreshToken === null) return null;
      const refreshed = await refresher.refresh(held.session, request);
      if (!('session' in refreshed)) return null;
      return { token: refreshed.session.data.tokens.accessToken, cookies: refreshed.cookies };
    },
  });
}

/** So much before its end a token is renewed: it has to arrive while it is good. */
const earlyMs = 30_000;

function pathOf({ url }: HttpRequest): string {
  const mark = url.indexOf('?');
  return mark === -1 ? url : url.slice(0, mark);
}

function queryOf({ url }: HttpRequest): URLSearchParams {
  const mark = url.indexOf('?');
  return new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
}

async function answer(
  context: Context,
  keys: LogoutKeys,
  request: HttpRequest,
  query: URLSearchParams,
): Promise<HttpResponse> {
  const { config } = context;
  try {
    return secured(config.origin, await answerRoute(context, keys, request, query));
  } catch (error) {
    config.log.error({ error }, 'a request failed');
    return secured(config.origin, unavailable(context, request));
  }
}

/** What is asked for: a route, and the issuer where it is one of an issuer. */
interface Asked {
  readonly route: string;
  readonly party: Party | null;
}

const routes: readonly string[] = [
  'GET /sign-in',
  'GET /sign-out',
  'POST /sign-out',
  'GET /signed-out',
  'GET /cofactor.css',
];
const routesOfIssuers: readonly string[] = ['GET /callback', 'POST /backchannel-logout'];

/** Exact paths only: what is spelled differently is not there. */
function routeOf({ base, parties }: Config, request: HttpRequest): Asked | null {
  const pathname = pathOf(request);
  if (!pathname.startsWith(`${base}/`)) return null;
  const route = `${request.method === 'HEAD' ? 'GET' : request.method} ${pathname.slice(base.length)}`;
  if (routes.includes(route)) return { route, party: null };
  const end = route.lastIndexOf('/');
  const party = parties.get(route.slice(end + 1));
  return party && routesOfIssuers.includes(route.slice(0, end))
    ? { route: route.slice(0, end), party }
    : null;
}

async function answerRoute(
  context: Context,
  keys: LogoutKeys,
  request: HttpRequest,
  query: URLSearchParams,
): Promise<HttpResponse> {
  const { route, party } = routeOf(context.config, request) ?? {};
  if (party) {
    return route === 'GET /callback'
      ? callback(context, request, party, query)
      : backChannelLogout(context, keys, party, request);
  }
  switch (route) {
    case 'GET /sign-in':
      return signIn(context, request, query);
    case 'GET /sign-out':
      return pages.signOut(context, request);
    case 'POST /sign-out':
      return signOut(context, request);
    case 'GET /signed-out':
      return pages.signedOut(context, request);
    case 'GET /cofactor.css':
      return (await fileAnswer(new URL('cofactor.css', assets), request)) ?? problem('not-found');
    default:
      return problem('not-found');
  }
}

/** Somebody wants to sign in, by hand: at an issuer of their choice, with at least what the link says. */
async function signIn(context: Context, request: HttpRequest, query: URLSearchParams): Promise<HttpResponse> {
  const { config, sessions } = context;
  const returnTo = safeReturnTo(query.get('return_to') ?? '/', config.origin);
  const requirement = requirementOf(query);
  const name = query.get('issuer');
  const [first, another] = config.parties.values();
  const party = name === null ? (another ? undefined : first) : config.parties.get(name);
  if (!party) return pages.choose(context, request, returnTo, requirement);
  const session = await sessions.read(request);
  // To prove more is for who is signed in already; to be somebody else is for everybody.
  const isMore = requirement !== null && session?.party === party;
  return begin(context, request, {
    party,
    returnTo,
    requirement,
    automatic: false,
    session: isMore ? session : null,
    ask: together(
      openedAsk(config, query.get('ask')) ?? {},
      query.get('switch') === '1' ? { prompt: 'login' } : {},
    ),
  });
}

/** What a link asks for. It can only ask for more than an issuer would by itself. */
function requirementOf(query: URLSearchParams): Requirement | null {
  const acr = query.get('acr');
  const age = query.get('max_age');
  const requirement = {
    ...(acr !== null && rankOf(acr) !== -1 && { acr }),
    ...(age !== null && /^\d{1,9}$/.test(age) && { maxAge: Number(age) }),
  };
  return Object.keys(requirement).length === 0 ? null : requirement;
}
