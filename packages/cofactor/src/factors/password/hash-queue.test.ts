import { expect, test } from 'vitest';
import { createHashQueue, sharedHashQueue } from './hash-queue.ts';

/** A clock and works that end when the test says so. */
function bench(concurrency: number) {
  let now = 0;
  const started: number[] = [];
  const finish: (() => void)[] = [];
  const queue = createHashQueue({ concurrency, monotonic: () => now });
  const results: Promise<number>[] = [];
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    started,
    settle,
    /** Adds works and remembers their outcome. */
    add(count: number): void {
      for (let index = 0; index < count; index++) {
        const id = results.length;
        const result = queue.run(
          () =>
            new Promise<number>((resolve) => {
              started.push(id);
              finish.push(() => resolve(id));
            }),
        );
        result.catch(() => {});
        results.push(result);
      }
    },
    /** Ends the works that run, each having taken so many milliseconds. */
    async pass(milliseconds: number): Promise<void> {
      now += milliseconds;
      for (const end of finish.splice(0)) end();
      await settle();
    },
    results,
  };
}

test('I-30 runs so many at a time, in the order they came', async () => {
  const { add, pass, started, settle } = bench(2);
  add(5);
  await settle();
  expect(started).toEqual([0, 1]);
  await pass(10);
  expect(started).toEqual([0, 1, 2, 3]);
  await pass(10);
  expect(started).toEqual([0, 1, 2, 3, 4]);
});

test('I-30 nobody who comes later takes a place that became free', async () => {
  const { add, pass, started } = bench(1);
  add(2);
  const passed = pass(10);
  add(1);
  await passed;
  expect(started).toEqual([0, 1]);
  await pass(10);
  expect(started).toEqual([0, 1, 2]);
});

test('I-30 refuses at once when the wait would pass half a second, and says when to come back', async () => {
  const { add, results, pass, started } = bench(2);
  // 20 ms each is assumed before the first was measured: 2 run, 50 wait 500 ms at most.
  add(53);
  await expect(results[52]).rejects.toMatchObject({ code: 'ERR_HASH_QUEUE_FULL', retryAfter: 1 });
  for (let round = 0; round < 26; round++) await pass(20);
  expect(started).toHaveLength(52);
  await expect(Promise.all(results.slice(0, 52))).resolves.toHaveLength(52);
});

test('I-30 learns what a hash costs', async () => {
  const slow = bench(1);
  slow.add(12);
  for (let round = 0; round < 12; round++) await slow.pass(400);
  slow.add(3);
  await expect(slow.results[14]).rejects.toMatchObject({ code: 'ERR_HASH_QUEUE_FULL' });
  await slow.pass(400);
  await slow.pass(400);
  await expect(slow.results[13]).resolves.toBe(13);
});

test('a long pause never shuts the queue: what is idle takes one more', async () => {
  const { add, pass, results } = bench(1);
  add(1);
  await pass(3_600_000);
  add(1);
  await pass(10);
  await expect(results[1]).resolves.toBe(1);
});

test('a failed hash gives its place back, also one that throws at once', async () => {
  const queue = createHashQueue({ concurrency: 1 });
  await expect(queue.run(() => Promise.reject(new Error('no memory')))).rejects.toThrow('no memory');
  await expect(
    queue.run(() => {
      throw new Error('at once');
    }),
  ).rejects.toThrow('at once');
  await expect(queue.run(() => Promise.resolve('next'))).resolves.toBe('next');
});

test('one queue for the process', () => {
  expect(sharedHashQueue()).toBe(sharedHashQueue());
});

test.each([
  { concurrency: 0 },
  { concurrency: 1.5 },
  { maxWait: 0 },
  { maxWait: Infinity },
  { monotonic: 1 },
  { size: 1 },
])('options %j are refused', (options) => {
  expect(() => createHashQueue(options as object)).toThrow(
    expect.objectContaining({
      code: 'ERR_CONFIG_HASH_QUEUE',
      message: expect.stringContaining(Object.keys(options)[0] ?? ''),
    }),
  );
});
