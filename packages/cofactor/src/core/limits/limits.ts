/** How often may be guessed (I-13, NIST SP 800-63B-4 3.2.2). Durations in seconds. */
export interface Limits {
  /** Wrong answers in one ceremony, after which it is over. */
  readonly triesPerCeremony: number;
  /** Wrong codes in one set-up. */
  readonly triesPerEnrolment: number;
  /** Consecutive failures from which on every further try has to wait. */
  readonly slowFrom: number;
  /** Consecutive failures after which a second factor stays unusable until it is enrolled anew. */
  readonly disableAt: number;
  /** First-factor tries on one account in a day, from everywhere but browsers that have signed in before. */
  readonly triesPerSubject: number;
  /** After this long without a try, a bucket of first-factor tries starts again. */
  readonly forgetAfter: number;
  /**
   * Messages that one recipient gets in an hour: ten places, and which of them are for what, tried in this order.
   * See `maySend`.
   */
  readonly sendsPerHour: Readonly<Record<'proved' | 'unproved' | 'forgot', readonly number[]>>;
  /** The places of one account for messages to addresses that nobody has confirmed. */
  readonly offersPerHour: readonly number[];
}

export const limits: Limits = Object.freeze({
  triesPerCeremony: 5,
  triesPerEnrolment: 10,
  slowFrom: 10,
  disableAt: 100,
  triesPerSubject: 100,
  forgetAfter: 24 * 3600,
  sendsPerHour: { proved: [6, 5, 4, 3, 2, 1, 0], unproved: [0, 1, 2, 3], forgot: [7, 8, 9] },
  offersPerHour: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
});

/**
 * Seconds to wait after the nth consecutive failure: none before the tenth, then 30, 60, 120 ... up to an hour.
 * As a list, because the database decides by it too: `[failures, seconds]`, most first.
 */
export const delays: readonly (readonly [failures: number, seconds: number])[] = Object.freeze([
  [17, 3600],
  [16, 1920],
  [15, 960],
  [14, 480],
  [13, 240],
  [12, 120],
  [11, 60],
  [10, 30],
]);

/** The wait after this many consecutive failures, in seconds. */
export function delayAfter(failures: number): number {
  return delays.find(([from]) => failures >= from)?.[1] ?? 0;
}
