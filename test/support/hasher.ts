import type { PasswordHasher } from 'cofactor/password';

/** Stands in for argon2 where a test is about something else: the same answers, in no time. */
export const plainHasher: PasswordHasher = {
  hash: async (password) => `plain$${password}`,
  verify: async (hash, password) => hash === `plain$${password}`,
  needsRehash: () => false,
};
