import type { ReactiveControllerHost } from 'lit';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Countdown, minutes } from './countdown.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function countdown(): { readonly countdown: Countdown; readonly updates: () => number } {
  const requestUpdate = vi.fn();
  const host = { addController: () => {}, requestUpdate } as unknown as ReactiveControllerHost;
  return { countdown: new Countdown(host), updates: () => requestUpdate.mock.calls.length };
}

it('counts whole seconds down, and says once that it is over', () => {
  const { countdown: counting, updates } = countdown();
  counting.start(2.2);
  expect(counting.left).toBe(3);
  vi.advanceTimersByTime(200);
  expect(counting.left).toBe(2);
  vi.advanceTimersByTime(1000);
  expect([counting.left, counting.over]).toEqual([1, false]);
  vi.advanceTimersByTime(1000);
  expect([counting.left, counting.over]).toEqual([0, true]);
  const before = updates();
  vi.advanceTimersByTime(10_000);
  expect(updates()).toBe(before);
});

it('is not behind after its page was asleep', () => {
  const { countdown: counting } = countdown();
  counting.start(60);
  vi.setSystemTime(Date.now() + 50_000);
  vi.advanceTimersByTime(1000);
  expect(counting.left).toBe(9);
});

it('starts over with the last number of seconds it was given', () => {
  const { countdown: counting } = countdown();
  counting.start(5);
  counting.start(60);
  vi.advanceTimersByTime(5000);
  expect([counting.left, counting.over]).toEqual([55, false]);
});

it('has nothing to tell where there was nothing to wait for', () => {
  const { countdown: counting } = countdown();
  counting.start(0);
  expect([counting.left, counting.over]).toEqual([0, false]);
});

it('rests while its element is off the page, and goes on with the time that is left', () => {
  const { countdown: counting, updates } = countdown();
  counting.start(60);
  counting.hostDisconnected();
  const before = updates();
  vi.advanceTimersByTime(10_000);
  expect(updates()).toBe(before);
  counting.hostConnected();
  expect(counting.left).toBe(50);
});

it.each([
  [0, '0:00'],
  [9, '0:09'],
  [60, '1:00'],
  [605, '10:05'],
])('%i seconds are %s', (seconds, text) => {
  expect(minutes(seconds)).toBe(text);
});
