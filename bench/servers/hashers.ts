/** The two ways to hash, the same for all contenders. */
import { hash, verify } from '@node-rs/argon2';
import { argon2Cost } from '../people.ts';
import type { ServerConfig } from './protocol.ts';

export interface Hasher {
  hash(password: string): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
}

export const hashers: Readonly<Record<ServerConfig['hasher'], Hasher>> = {
  constant: { hash: () => Promise.resolve('constant'), verify: () => Promise.resolve(true) },
  argon2id: {
    hash: (password) => hash(password, argon2Cost),
    verify: (stored, password) => verify(stored, password),
  },
};
