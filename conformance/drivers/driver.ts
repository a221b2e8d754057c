import type { Account, Config, PageKind } from '../config.ts';
import type { Codes } from '../totp.ts';

/** Where a browser has come to. */
export interface Place {
  /** The address that the client was called back at, once it was. */
  readonly callback: URL | null;
  readonly url: string;
  /** 0 where the driver cannot know it. */
  readonly status: number;
  readonly title: string;
  /** Which of the pages this is; `null` for one that nothing in the configuration describes. */
  readonly kind: PageKind | null;
}

/** What to do with a page. */
export interface Action {
  readonly kind: PageKind;
  readonly how: 'prove' | 'decline';
  readonly account: Account;
  /** Seconds to wait between the answer of the issuer and going where it leads. */
  readonly hold: number;
}

/** Between which seconds, by its own clock, the issuer took an answer. */
export interface Taken {
  readonly from: number;
  readonly to: number;
}

/** `date` is the issuer's clock as it answered, `began` ours as it was asked, in milliseconds. */
export function takenAt(date: string | null | undefined, began: number): Taken {
  const now = Date.now();
  const answered = Date.parse(date ?? '');
  const to = Math.floor((Number.isNaN(answered) ? now : answered) / 1000);
  return { from: to - Math.ceil((now - began) / 1000), to };
}

/** One browser with nothing in it, and how it is moved. */
export interface Driver {
  open(url: string): Promise<Place>;
  act(action: Action): Promise<Place & { readonly taken: Taken }>;
  close(): Promise<void>;
}

export interface DriverOptions {
  readonly config: Config;
  readonly codes: Codes;
  readonly redirectUris: readonly string[];
  readonly account: Account;
}

export const pageKinds: readonly PageKind[] = ['secondFactor', 'firstFactor', 'consent', 'passage'];

/** Something the configuration says of a page that is not true of it. */
export class PageError extends Error {}

/**
 * Whether an address is the client's. One below it counts, too: an issuer that may not lead there is found out by the
 * answer that it puts there.
 */
export function isCallback(url: URL, redirectUris: readonly string[]): boolean {
  return redirectUris.some((uri) => {
    const { origin, pathname } = new URL(uri);
    return url.origin === origin && (url.pathname === pathname || url.pathname.startsWith(`${pathname}/`));
  });
}

/** A host that only the checker speaks of (RFC 2606: nobody has it). Nothing is ever sent to it, wherever an issuer leads. */
export const attacker = 'attacker.example';

export function isAttacker({ hostname }: URL): boolean {
  return hostname === attacker || hostname.endsWith(`.${attacker}`);
}

export function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
