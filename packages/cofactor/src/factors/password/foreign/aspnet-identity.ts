import { pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { CofactorError } from '../../../base/errors.ts';
import type { PasswordVerifier } from '../options.ts';

export interface ForeignHashOptions {
  /**
   * The most work that one stored hash may ask for, in rounds of HMAC (1000000). A hash that asks for more is not taken
   * at all: whoever can plant one in a table must not be able to keep this server busy with it.
   */
  readonly maxIterations?: number;
}

const derive = promisify(pbkdf2);

/** What a stored hash says of itself. */
interface Parameters {
  readonly prf: 'sha1' | 'sha256' | 'sha512';
  readonly iterations: number;
  readonly salt: Buffer;
  readonly subkey: Buffer;
}

/**
 * Checks the hashes of ASP.NET Core Identity (`PasswordHasher`), formats V2 and V3: PBKDF2 over the UTF-8 of the password,
 * written as Base64. A right password is then stored as argon2id, as any other is.
 *
 * @example
 * password({ verifiers: [aspNetIdentityHashes()] });
 *
 * @throws {CofactorError} `ERR_CONFIG_PASSWORD`
 */
export function aspNetIdentityHashes(options: ForeignHashOptions = {}): PasswordVerifier {
  const most = checkedIterations('aspNetIdentityHashes', options);
  return Object.freeze<PasswordVerifier>({
    matches: (hash) => parametersOf(hash, most) !== null,
    async verify(hash, password) {
      const parameters = parametersOf(hash, most);
      if (parameters === null) return false;
      const { prf, iterations, salt, subkey } = parameters;
      const made = await derive(Buffer.from(password, 'utf8'), salt, iterations, subkey.length, prf);
      return timingSafeEqual(made, subkey);
    },
  });
}

/** @throws {CofactorError} `ERR_CONFIG_PASSWORD` */
export function checkedIterations(caller: string, options: ForeignHashOptions): number {
  const { maxIterations = 1_000_000, ...unknown } = options;
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new CofactorError('ERR_CONFIG_PASSWORD', `${caller}() has no option ${name}`);
  if (!Number.isInteger(maxIterations) || maxIterations < 1_000 || maxIterations > 100_000_000) {
    throw new CofactorError(
      'ERR_CONFIG_PASSWORD',
      `${caller}({ maxIterations }) takes a whole number from 1000 to 100000000`,
    );
  }
  return maxIterations;
}

const prfs = ['sha1', 'sha256', 'sha512'] as const;
const outputOf = { sha1: 20, sha256: 32, sha512: 64 } as const;

/** Version 2 is one length and nothing else; version 3 has a header of 13 bytes. */
const version2 = { marker: 0, salt: 16, subkey: 32, iterations: 1_000 } as const;
const version3 = { marker: 1, header: 13 } as const;
/** Salts of 16 bytes are what is made; the format allows more, and nobody needs more than this. */
const salts = { least: 16, most: 64 } as const;
/**
 * What hashers make. PBKDF2 writes as many bytes as it is asked for, so a subkey that somebody cut a byte from would
 * still fit its password: other lengths are not taken.
 */
const subkeys: readonly number[] = [16, 32, 64];

/** Strictly what the format says, `null` for everything else (a cut, padded or planted one included). */
function parametersOf(hash: string, most: number): Parameters | null {
  if (hash.length > 256) return null;
  const bytes = Buffer.from(hash, 'base64');
  // The one spelling: Node's decoder lets much pass.
  if (bytes.toString('base64') !== hash) return null;
  return readVersion2(bytes) ?? readVersion3(bytes, most);
}

function readVersion2(bytes: Buffer): Parameters | null {
  const { marker, salt, subkey, iterations } = version2;
  if (bytes[0] !== marker || bytes.length !== 1 + salt + subkey) return null;
  return { prf: 'sha1', iterations, salt: bytes.subarray(1, 1 + salt), subkey: bytes.subarray(1 + salt) };
}

function readVersion3(bytes: Buffer, most: number): Parameters | null {
  const { marker, header } = version3;
  if (bytes[0] !== marker || bytes.length < header + salts.least + 16) return null;
  const prf = prfs[bytes.readUInt32BE(1)];
  const iterations = bytes.readUInt32BE(5);
  const length = bytes.readUInt32BE(9);
  if (prf === undefined || iterations < 1 || length < salts.least || length > salts.most) return null;
  const salt = bytes.subarray(header, header + length);
  const subkey = bytes.subarray(header + length);
  if (!subkeys.includes(subkey.length)) return null;
  // Each block of output costs all the rounds again.
  const work = iterations * Math.ceil(subkey.length / outputOf[prf]);
  return work > most ? null : { prf, iterations, salt, subkey };
}
