/**
 * Whether an ECDSA signature is written as DER wants it (RFC 3279, 2.2.3): two positive integers, without a byte too
 * many. The library reads BER, in which one signature has many spellings; here there is one.
 */
export function isDer(signature: Uint8Array): boolean {
  if (signature[0] !== 0x30 || signature[1] !== signature.length - 2) return false;
  const second = endOfInteger(signature, 2);
  return second !== null && endOfInteger(signature, second) === signature.length;
}

/** Where the integer that begins at `at` ends; `null` where none does. Those of P-256 have at most 33 bytes. */
function endOfInteger(bytes: Uint8Array, at: number): number | null {
  const length = bytes[at + 1] ?? 0;
  const [first = 0x80, next = 0] = bytes.subarray(at + 2, at + 2 + length);
  const isPositive = first < 0x80;
  const isMinimal = first !== 0 || length === 1 || next >= 0x80;
  return bytes[at] === 0x02 && length <= 33 && isPositive && isMinimal ? at + 2 + length : null;
}
