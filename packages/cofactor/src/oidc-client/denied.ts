import type { Requirement } from '../assurance/index.ts';
import type { HttpRequest, HttpResponse } from '../web/message.ts';
import { signInAddress } from './address.ts';
import type { Context } from './context.ts';
import { canConfirm, hasTime, lackOf, namesMethods, type Lack } from './denial.ts';
import type { Config, Party } from './options.ts';
import { languageFor, page, startOf, textsFor, type Way } from './page.ts';
import { requestFor } from './request.ts';
import type { Session } from './session.ts';
import { say, timeText } from './texts.ts';

/** What somebody fell short of, where, and how it came to it. */
export interface Denial {
  readonly party: Party;
  readonly requirement: Requirement;
  readonly returnTo: string;
  /** Who is signed in. */
  readonly session: Session | null;
  /**
   * `short`: the sign-in is too weak or too old, and nobody asked for more. `tried`: the issuer was asked for more, and what
   * came back is too little. `refused`: it was asked and said no.
   */
  readonly why: 'short' | 'tried' | 'refused';
}

/** What is missing, why, and what to do about it: set it up over there, and sign in with it. */
export function deniedPage(context: Context, request: HttpRequest, denial: Denial): HttpResponse {
  const { config } = context;
  const { party, requirement } = denial;
  const lack = lackOf(requirement, sessionOf(denial), config.clock.now());
  const why = lack === 'age' ? 'too-old' : 'too-weak';
  const instead = leadToOwnPage(config, request, why, againAddress(config, denial));
  if (instead) return instead;
  const texts = textsFor(request);
  const title = lack === 'age' ? texts.old : texts.lacks[lack].title;
  const [words, ways] =
    lack === 'age'
      ? tooOld(config, request, denial)
      : canConfirm(party.dialect, requirement)
        ? tooWeak(config, request, denial, lack)
        : neverEnough(config, request, denial, lack);
  const values = { application: config.name, issuer: party.label };
  return page(context, request, {
    status: 403,
    title,
    words: words.map((text) => say(text, values)),
    ways: [...ways, startOf(texts)],
  });
}

/** A session of another issuer says nothing of what this one was asked. */
function sessionOf({ party, session }: Denial): Session | null {
  return session?.party === party ? session : null;
}

type WordsAndWays = readonly [words: readonly string[], ways: readonly Way[]];

function tooOld(config: Config, request: HttpRequest, denial: Denial): WordsAndWays {
  const { requirement } = denial;
  const session = sessionOf(denial);
  const { oldText, oldUnknown, oldWhy, oldAgain } = textsFor(request);
  const { maxAge = 0 } = requirement;
  const time = timeText(maxAge, languageFor(request));
  const since =
    session === null || maxAge === 0 ? [] : [hasTime(session) ? say(oldText, { time }) : oldUnknown];
  const again = { href: againAddress(config, denial), text: oldAgain };
  return [
    [...since, oldWhy],
    [again, ...elsewhere(config, request, denial)],
  ];
}

function tooWeak(
  config: Config,
  request: HttpRequest,
  denial: Denial,
  lack: Exclude<Lack, 'age'>,
): WordsAndWays {
  const { party, requirement, why } = denial;
  const { text, short, refused, how, ...labels } = textsFor(request).lacks[lack];
  const enable = party.enableMfa === null ? [] : [{ href: party.enableMfa, text: labels.enable }];
  const again = { href: againAddress(config, denial), text: labels.again };
  // Who was not asked for it yet may well have it.
  const isAskable = why === 'short' && requestFor(party.dialect, requirement) !== null;
  const ways = isAskable ? [again, ...enable] : [...enable, again];
  return [
    [text, why === 'refused' ? refused : short, how],
    [...ways.map((way) => ({ ...way, isButton: true })), ...elsewhere(config, request, denial)],
  ];
}

function neverEnough(
  config: Config,
  request: HttpRequest,
  denial: Denial,
  lack: Exclude<Lack, 'age'>,
): WordsAndWays {
  const { lacks, silent, silentHow, silentAlone } = textsFor(request);
  const others = elsewhere(config, request, denial);
  return [[lacks[lack].text, silent, others.length === 0 ? silentAlone : silentHow], others];
}

/** A new sign-in with what is needed. An issuer that cannot be asked for it at least asks who signs in. */
function againAddress(config: Config, { party, requirement, returnTo }: Denial): string {
  const address = signInAddress(config, returnTo, requirement, { issuer: party.name });
  const isAskable = requestFor(party.dialect, requirement) !== null;
  return isAskable && !namesMethods(requirement) ? address : `${address}&switch=1`;
}

/** Other issuers, where they could say what is missing: the only one by its name, of several the choice. */
function elsewhere(config: Config, request: HttpRequest, denial: Denial): readonly Way[] {
  const { party, requirement, returnTo } = denial;
  const texts = textsFor(request);
  const [other, another] = [...config.parties.values()].filter(
    (one) => one !== party && canConfirm(one.dialect, requirement),
  );
  if (!other) return [];
  return another
    ? [{ href: signInAddress(config, returnTo, requirement), text: texts.otherAccount }]
    : [
        {
          href: signInAddress(config, returnTo, requirement, { issuer: other.name }),
          text: say(texts.signInWith, { issuer: other.label }),
        },
      ];
}

/**
 * The application's own page in place of ours, where it has one. Its query is that of the sign-in which is offered, so that the
 * way there needs no address from the query, which anybody can write.
 */
export function leadToOwnPage(
  { deniedPage: address, origin }: Config,
  request: HttpRequest,
  why: 'too-weak' | 'too-old' | 'forbidden',
  signIn: string,
): HttpResponse | null {
  // Guarded by mistake, that page is not led to from itself.
  if (address === null || URL.parse(request.url, origin.href)?.pathname === address) return null;
  const query = signIn.slice(signIn.indexOf('?') + 1);
  return { status: 303, headers: { location: `${address}?why=${why}&${query}` }, body: null };
}
