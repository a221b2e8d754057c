import { availableParallelism } from 'node:os';
import { CofactorError } from '../../base/errors.ts';

/** Runs hashes, a few at a time, in the order they came. */
export interface HashQueue {
  /** @throws {CofactorError} `ERR_HASH_QUEUE_FULL` where the wait would be too long; nothing was started then. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
}

export interface HashQueueOptions {
  /** Hashes at a time; as many as there are processors unless said. */
  readonly concurrency?: number;
  /** Longest wait to expect of anybody, in seconds; 0.5 unless said. */
  readonly maxWait?: number;
  /** Milliseconds of a clock that never goes back. It measures durations only, never tells the time. */
  readonly monotonic?: () => number;
  /** Who is told how it goes, e.g. to measure it. */
  readonly observer?: HashQueueObserver;
}

export interface HashQueueObserver {
  /** How many wait now. */
  depth(waiting: number): void;
  /** A hash begins that has waited so long. */
  waited(milliseconds: number): void;
  /** Somebody was turned away. */
  refused(): void;
}

const nobody: HashQueueObserver = {
  depth: () => undefined,
  waited: () => undefined,
  refused: () => undefined,
};

/** What a hash is taken to cost before the first one was measured, in milliseconds. */
const firstGuess = 20;
/** How much the newest hash counts in the moving average. */
const weight = 0.2;

/**
 * A bounded queue. Hashes are slow on purpose, so a storm of sign-ins must wait here, outside the thread pool, and be
 * sent away early rather than make everybody late (I-30).
 *
 * @throws {CofactorError} `ERR_CONFIG_HASH_QUEUE`
 */
export function createHashQueue(options: HashQueueOptions = {}): HashQueue {
  const { concurrency, maxWait, monotonic, observer } = checked(options);
  // A linked list in an object each: taking the first of a long array would copy it.
  let first: Waiting | undefined;
  let last: Waiting | undefined;
  let waiting = 0;
  let running = 0;
  let average = firstGuess;

  async function runNow<Result>(work: () => Promise<Result>): Promise<Result> {
    const start = monotonic();
    try {
      return await work();
    } finally {
      average += weight * (monotonic() - start - average);
      // The place goes straight to the next in line, so that nobody who comes now can take it.
      if (first === undefined) running--;
      else {
        const { proceed, next } = first;
        first = next;
        if (next === undefined) last = undefined;
        observer.depth(--waiting);
        proceed();
      }
    }
  }

  return Object.freeze<HashQueue>({
    async run(work) {
      if (running < concurrency) {
        running++;
        observer.waited(0);
        return runNow(work);
      }
      const wait = ((waiting + 1) * average) / concurrency / 1000;
      if (wait > maxWait) {
        observer.refused();
        throw new CofactorError(
          'ERR_HASH_QUEUE_FULL',
          'Too many people are signing in. Try again in a moment.',
          {
            retryAfter: Math.max(1, Math.ceil(wait)),
          },
        );
      }
      const came = monotonic();
      await new Promise<void>((proceed) => {
        const place: Waiting = { proceed, next: undefined };
        if (last === undefined) first = place;
        else last.next = place;
        last = place;
        observer.depth(++waiting);
      });
      observer.waited(monotonic() - came);
      return runNow(work);
    },
  });
}

interface Waiting {
  readonly proceed: () => void;
  next: Waiting | undefined;
}

let shared: HashQueue | undefined;

/** The queue of this process: two realms with passwords still have the same processors. */
export function sharedHashQueue(): HashQueue {
  shared ??= createHashQueue();
  return shared;
}

/** How many hashes can run at once at all: the threads of libuv's pool. */
function threads(): number {
  const size = Number(process.env['UV_THREADPOOL_SIZE']);
  return Number.isInteger(size) && size > 0 ? size : 4;
}

function checked(options: HashQueueOptions): Required<HashQueueOptions> {
  const {
    concurrency = Math.min(availableParallelism(), threads()),
    maxWait = 0.5,
    monotonic = () => performance.now(),
    observer = nobody,
    ...unknown
  } = options;
  const [name] = Object.keys(unknown);
  if (name !== undefined) {
    throw new CofactorError('ERR_CONFIG_HASH_QUEUE', `createHashQueue() has no option ${name}`);
  }
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 1024) {
    throw new CofactorError(
      'ERR_CONFIG_HASH_QUEUE',
      'createHashQueue({ concurrency }) takes a whole number from 1 to 1024',
    );
  }
  if (!Number.isFinite(maxWait) || maxWait <= 0) {
    throw new CofactorError(
      'ERR_CONFIG_HASH_QUEUE',
      'createHashQueue({ maxWait }) takes seconds, more than 0',
    );
  }
  if (typeof monotonic !== 'function') {
    throw new CofactorError('ERR_CONFIG_HASH_QUEUE', 'createHashQueue({ monotonic }) takes a function');
  }
  const told = [observer?.depth, observer?.waited, observer?.refused];
  if (told.some((method) => typeof method !== 'function')) {
    throw new CofactorError(
      'ERR_CONFIG_HASH_QUEUE',
      'createHashQueue({ observer }) takes an object with depth(), waited() and refused()',
    );
  }
  return { concurrency, maxWait, monotonic, observer };
}
