import type { MailContent } from '../provider.ts';
import { deviceOf } from './device.ts';
import { textsFor } from './languages.ts';
import { fill, oneLine } from './words.ts';
import type { MailTexts, NoticeKind } from './texts/texts.ts';

export type { NoticeKind } from './texts/texts.ts';

/** What a notice tells. What is not known is left out of the mail. */
export interface NoticeValues {
  /** What the site is called. */
  readonly site: string;
  readonly at: Date;
  readonly ip?: string;
  readonly userAgent?: string;
  /** What the authenticator is: the `name` text of its provider, in the language of the mail. */
  readonly method?: string;
  /** What its owner calls it. */
  readonly name?: string;
  /** The new address, masked. */
  readonly address?: string;
  /** Where the button leads: what the mail is for, or the page on which its reader can look at the account. */
  readonly link?: string;
  /** Seconds for which the link works. */
  readonly lifetime?: number;
}

/**
 * The mail that tells what happened to an account: what, when, from where, and what to do if it was somebody else
 * (SP 800-63B-4, 4.6). English for a language without texts.
 *
 * @example
 * noticeContent('password-changed', 'de', { site: 'Acme', at: clock.now(), ip, userAgent, link: securityPage });
 */
export function noticeContent(kind: NoticeKind, wanted: string, values: NoticeValues): MailContent {
  const { language, texts } = textsFor(wanted);
  const { subject, text, notYou, button } = texts.notices[kind];
  const { site, address = '', lifetime = 0, link } = values;
  const words = {
    site: oneLine(site, 64),
    what: whatOf(texts, values),
    address,
    lifetime: lifetimeText(lifetime, language),
  };
  const where = whereOf(texts, values);
  return {
    subject: fill(subject, words),
    paragraphs: [
      fill(text, words),
      fill(texts.when, { when: momentText(values.at, language) }),
      ...(where === '' ? [] : [fill(texts.where, { where })]),
      fill(notYou, words),
    ],
    ...(link !== undefined && button !== undefined && { link: { href: link, text: button } }),
  };
}

function whatOf({ named }: MailTexts, { method = '', name }: NoticeValues): string {
  return name === undefined || name === method ? method : fill(named, { method, name: oneLine(name, 64) });
}

/** What a `User-Agent` says is up to who sends it, so that only names which are known to us are passed on. */
function whereOf(texts: MailTexts, { userAgent = '', ip }: NoticeValues): string {
  const { browser, system } = deviceOf(userAgent);
  const device = browser && system ? fill(texts.device, { browser, system }) : (browser ?? system);
  return [device, ip].filter((part) => part !== undefined && part !== '').join(texts.comma);
}

function momentText(at: Date, language: string): string {
  return new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'UTC',
    timeZoneName: 'short',
  }).format(at);
}

function lifetimeText(seconds: number, language: string): string {
  const [value, unit] = lifetimeIn(seconds);
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

function lifetimeIn(seconds: number): readonly [value: number, unit: 'day' | 'hour' | 'minute'] {
  if (seconds > 86_400 && seconds % 86_400 === 0) return [seconds / 86_400, 'day'];
  return seconds % 3600 === 0 ? [seconds / 3600, 'hour'] : [Math.floor(seconds / 60), 'minute'];
}
