import { hash } from 'node:crypto';
import { assess, type Requirement } from '../assurance/index.ts';
import { IssuerFault } from '../issuer/faults.ts';
import type { SignedIn } from '../issuer/issuer.ts';
import type { HttpRequest, HttpResponse } from '../web/message.ts';
import { acceptedLanguage } from '../web/language.ts';
import { together, type Ask } from './ask.ts';
import { once, type Context } from './context.ts';
import { requestFor } from './request.ts';
import type { Party } from './options.ts';
import { pages } from './pages.ts';
import { authTimeOf } from './said.ts';
import { Session, type SessionData } from './session.ts';
import {
  beginTransaction,
  challengeOf,
  endTransaction,
  findTransaction,
  transactionEnd,
  type Transaction,
} from './transaction.ts';

/** Why somebody is sent to an issuer, and for what. */
export interface Begin {
  readonly party: Party;
  readonly returnTo: string;
  readonly requirement: Requirement | null;
  readonly ask?: Ask | undefined;
  /** A guard leads there by itself. */
  readonly automatic: boolean;
  /** Who is to prove more. */
  readonly session: Session | null;
  /** Key of what an API asked for. */
  readonly challenge?: string;
}

/** A key for what was tried in vain: the same for the same requirement in every process. */
export function triedKey({ acr = '', amr = [], maxAge }: Requirement): string {
  return shortKey([acr, amr.toSorted().join(' '), maxAge ?? ''].join('/'));
}

/** A key for the page that led somewhere. */
export function pageKey(path: string): string {
  return shortKey(`page ${path}`);
}

/** Short, whatever it stands for: it is kept in the session. */
export function shortKey(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 12);
}

/** As many as anybody needs; the oldest are forgotten. */
const mostTried = 8;

function triedToo(tried: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...tried, ...more])].slice(-mostTried);
}

/** Sends somebody to an issuer. */
export async function begin(context: Context, request: HttpRequest, wanted: Begin): Promise<HttpResponse> {
  const { config } = context;
  const { party, returnTo, requirement, automatic, session } = wanted;
  const inItsWords = requirement ? requestFor(party.dialect, requirement) : null;
  const ask = together(together(party.ask, wanted.ask ?? {}), inItsWords ?? {});
  const { transaction, cookies } = beginTransaction(config, request, {
    party: party.name,
    returnTo,
    requirement,
    maxAge: ask.maxAge ?? null,
    mustSayWhen: (party.ask.maxAge ?? wanted.ask?.maxAge) !== undefined,
    automatic,
    who: session && { party: session.party.name, subject: session.subject },
    resource: ask.resource ?? null,
    challenge: wanted.challenge ?? null,
  });
  try {
    const url = await party.conversation.authorizationUrl(
      {
        redirectUri: party.redirectUri,
        state: transaction.state,
        nonce: transaction.nonce,
        codeChallenge: challengeOf(transaction),
        pushed: true,
        language: acceptedLanguage(request),
        loginHint: session ? loginHintOf(session) : undefined,
        ...ask,
      },
      config.clock.now(),
    );
    // A form may lead to our own pages only (form-action), so the way goes on from one of them.
    if (!['GET', 'HEAD'].includes(request.method)) {
      return withCookies(pages.leaving(context, request, url), cookies);
    }
    return { status: 303, headers: { location: url, 'set-cookie': cookies }, body: null };
  } catch (error) {
    return faultAnswer(context, request, party, error, returnTo);
  }
}

/** What the issuer may know somebody by, so that they need not say it again. */
function loginHintOf({ data }: Session): string | undefined {
  const { login_hint: hint, preferred_username: name, email } = data.claims;
  return [hint, name, email].find(
    (value): value is string => typeof value === 'string' && /^[^\p{C}]{1,255}$/u.test(value),
  );
}

/** The answer of an issuer: a session, or a page that says why there is none. Nothing else changes a session. */
export async function callback(
  context: Context,
  request: HttpRequest,
  party: Party,
  query: URLSearchParams,
): Promise<HttpResponse> {
  const { config } = context;
  const values = singleValues(query);
  const transaction =
    values?.['state'] === undefined ? null : findTransaction(config, request, values['state']);
  if (!values || transaction?.party !== party.name) {
    config.log.info({ issuer: party.name }, 'a response that no sign-in of this browser waits for');
    return pages.unknown(context, request);
  }
  let answer: HttpResponse;
  try {
    answer = await settle({ context, request, party, transaction }, values);
  } catch (error) {
    answer = faultAnswer(context, request, party, error, transaction.returnTo);
  }
  return withCookies(answer, [endTransaction(config, transaction.state)]);
}

interface Answered {
  readonly context: Context;
  readonly request: HttpRequest;
  readonly party: Party;
  readonly transaction: Transaction;
}

async function settle(answered: Answered, values: Readonly<Record<string, string>>): Promise<HttpResponse> {
  const { context, request, party, transaction } = answered;
  const { config, sessions } = context;
  // A response is good once, also in a browser that kept the cookie.
  if (!(await once(context, `state ${transaction.state}`, transactionEnd(transaction)))) {
    config.log.warn({ issuer: party.name }, 'a response that came before');
    return pages.unknown(context, request);
  }
  const now = config.clock.now();
  const { state = '', code = '', iss, error } = values;
  if (error !== undefined) {
    if (!(await party.conversation.isFromHere(iss, now))) {
      throw new IssuerFault('answer', 'the response is of another issuer');
    }
    return turnedAway(answered, await sessions.read(request), error);
  }
  const signedIn = await party.conversation.signedIn(
    {
      redirectUri: party.redirectUri,
      state: transaction.state,
      nonce: transaction.nonce,
      verifier: transaction.verifier,
      response: { state, code, iss },
      resource: transaction.resource ?? undefined,
    },
    now,
  );
  const wrongTime = whatIsWrongWithTime(signedIn, transaction, now);
  if (wrongTime !== null) {
    config.log.warn({ issuer: party.name, reason: `auth_time is ${wrongTime}` }, 'a sign-in was refused');
    return pages.refused(context, request, party, transaction.returnTo);
  }
  const profile = party.userinfo ? await signedIn.profile() : null;
  return welcome(answered, await sessions.read(request), signedIn, profile);
}

/** Each parameter once, and none too long; `null` otherwise. */
function singleValues(query: URLSearchParams): Readonly<Record<string, string>> | null {
  const values: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of query) {
    if (!['state', 'code', 'iss', 'error'].includes(name)) continue;
    if (values[name] !== undefined || value.length > 4096) return null;
    values[name] = value;
  }
  return values;
}

/**
 * When the issuer says that it was: a number, of the past, and not longer ago than was asked for. One that says
 * nothing is refused where the application asked for an age itself; where a policy did, the sign-in falls short of it.
 */
function whatIsWrongWithTime(
  { claims }: SignedIn,
  { maxAge, mustSayWhen, at }: Transaction,
  now: Date,
): string | null {
  const time = authTimeOf(claims, now);
  if (time === 'malformed' || time === 'future') return time;
  if (maxAge === null) return null;
  if (time === 'missing') return mustSayWhen ? time : null;
  // Anew means: since this was asked.
  const oldest = maxAge === 0 ? at : now.getTime() - maxAge * 1000;
  return time.getTime() < oldest - toleranceMs ? 'too old' : null;
}

const toleranceMs = 60_000;

/** A new session for whom the issuer signed in. The one before is over, whoever had it. */
async function welcome(
  { context, request, transaction, party }: Answered,
  present: Session | null,
  { claims, idToken, tokens }: SignedIn,
  profile: SessionData['profile'],
): Promise<HttpResponse> {
  const { config, sessions } = context;
  const { requirement, automatic, who, returnTo, challenge } = transaction;
  const { id, secret } = sessions.newId();
  const now = config.clock.now();
  const time = now.getTime();
  const times = { since: time, seen: time, checked: time };
  const ledFrom = automatic && requirement ? pageKey(returnTo) : null;
  const { resource } = transaction;
  const said = { claims, profile, idToken, tokens, resource };
  const fresh = { id, party: party.name, ...said, ...times, tried: [], ledFrom };
  const session = new Session(config, party, fresh);
  const short = requirement !== null && !assess(requirement, session.events, now).met;
  const isSame = present?.isOf({ party: party.name, subject: claims.sub }) === true;
  // Who asks again by hand may be sent again by itself for something else.
  const before = automatic && isSame ? present.data.tried : [];
  const more = [...(short ? [triedKey(requirement)] : []), ...(challenge === null ? [] : [challenge])];
  const written = await sessions.begin({ ...fresh, tried: triedToo(before, more) }, request, secret);
  // The new one's cookies come after those that take back the old one's parts.
  const over = present ? await sessions.end(present, request) : [];
  const cookies = [...over, ...written];
  // Also where somebody else signed in while this was under way: they are told.
  const isSwitch = who !== null && (!session.isOf(who) || (present !== null && !isSame));
  if (isSwitch) {
    config.log.warn({ issuer: party.name }, 'somebody else came back from a step-up');
    return withCookies(pages.switched(context, request), cookies);
  }
  return { status: 303, headers: { location: returnTo, 'set-cookie': cookies }, body: null };
}

/** The issuer says no, by a code of OAuth. What was tried by itself is not tried again. */
async function turnedAway(answered: Answered, present: Session | null, error: string): Promise<HttpResponse> {
  const { context, request, party, transaction } = answered;
  const code = /^[\w.-]{1,64}$/.test(error) ? error : 'unreadable';
  const { requirement, returnTo } = transaction;
  context.config.log.info({ issuer: party.name, error: code }, 'the issuer let nobody in');
  const cookies = await inVain(answered, present);
  if (code === 'temporarily_unavailable' || code === 'server_error') {
    return withCookies(pages.away(context, request, party, returnTo), cookies);
  }
  const page = requirement
    ? pages.denied(context, request, { party, requirement, returnTo, session: present, why: 'refused' })
    : pages.turnedAway(context, request, party, returnTo);
  return withCookies(page, cookies);
}

/** What a guard led to by itself came to nothing: it does not lead there again. Nothing else about the session changes. */
async function inVain(
  { context, request, transaction: { requirement, automatic } }: Answered,
  present: Session | null,
): Promise<readonly string[]> {
  if (!present || !requirement || !automatic) return [];
  const { sessions } = context;
  const renewed = await sessions.renew(present, (data) => ({
    ...data,
    tried: triedToo(data.tried, [triedKey(requirement)]),
  }));
  return renewed ? sessions.handOut(renewed, request) : [];
}

/** What went wrong, for the log by its name and for the person in words. The session is as it was. */
export function faultAnswer(
  context: Context,
  request: HttpRequest,
  party: Party,
  error: unknown,
  returnTo: string,
): HttpResponse {
  const { log } = context.config;
  if (error instanceof IssuerFault && error.kind !== 'away') {
    log.warn({ issuer: party.name, reason: error.message }, 'a sign-in was refused');
    return pages.refused(context, request, party, returnTo);
  }
  const reason = error instanceof IssuerFault ? error.message : 'unexpected';
  log.error({ issuer: party.name, reason, ...(reason === 'unexpected' && { error }) }, 'a sign-in failed');
  return pages.away(context, request, party, returnTo);
}

export function withCookies(answer: HttpResponse, cookies: readonly string[]): HttpResponse {
  const present = answer.headers['set-cookie'] ?? [];
  const all = [...(typeof present === 'string' ? [present] : present), ...cookies];
  return all.length === 0 ? answer : { ...answer, headers: { ...answer.headers, 'set-cookie': all } };
}
