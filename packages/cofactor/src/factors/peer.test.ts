import { expect, test } from 'vitest';
import { peer } from '../base/peer.ts';

const missing = (name: string): Error =>
  Object.assign(new Error(`Cannot find package '${name}' imported from /app/index.js`), {
    code: 'ERR_MODULE_NOT_FOUND',
  });

test('a missing peer says which one, and how to install it', async () => {
  const load = peer('uqr', 'cofactor/totp', () => Promise.reject(missing('uqr')));
  await expect(load()).rejects.toMatchObject({
    code: 'ERR_PEER_MISSING',
    message: 'cofactor/totp needs the package uqr: npm install uqr',
  });
});

test('a peer that lacks something of its own keeps its error', async () => {
  const load = peer('uqr', 'cofactor/totp', () => Promise.reject(missing('something-else')));
  await expect(load()).rejects.toMatchObject({ code: 'ERR_MODULE_NOT_FOUND' });
});

test('a peer is loaded once, and asked for again only after a failure', async () => {
  let loads = 0;
  const load = peer('x', 'y', () =>
    ++loads === 1 ? Promise.reject(missing('x')) : Promise.resolve({ loads }),
  );
  await expect(load()).rejects.toMatchObject({ code: 'ERR_PEER_MISSING' });
  expect(await load()).toBe(await load());
  expect(loads).toBe(2);
});
