import type { CofactorOptions } from 'cofactor';

/** Keys of a test's own, and a real address with https, as in production. */
export const ownKey = { id: 'own', secret: Buffer.alloc(32, 7).toString('base64') };
export const onHttps = {
  origin: 'https://app.example.com',
  keys: [ownKey],
} satisfies Partial<CofactorOptions>;
