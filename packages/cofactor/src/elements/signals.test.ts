import { expect, it, vi } from 'vitest';
import { sendSignals } from './signals.ts';

it('hands each module its data, and lets none of them disturb the others or the page', async () => {
  const signal = vi.fn(async () => {});
  const load = vi.fn(async (address: string) => {
    if (address === '/away.js') throw new Error('away');
    return address === '/none.js' ? {} : { signal };
  });
  const failing = vi.fn(() => Promise.reject(new Error('not supported')));
  load.mockImplementationOnce(async () => ({ signal: failing }));
  await sendSignals(
    [
      { module: '/failing.js', data: {} },
      { module: '/away.js', data: {} },
      { module: '/none.js', data: {} },
      { module: '/good.js', data: { ids: ['a'] } },
    ],
    load,
  );
  expect(failing).toHaveBeenCalledOnce();
  expect(signal).toHaveBeenCalledExactlyOnceWith({ ids: ['a'] });
});
