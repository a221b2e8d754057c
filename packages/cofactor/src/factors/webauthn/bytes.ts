/** Base64url without padding (RFC 4648, 5), as WebAuthn writes bytes in JSON. */
export function encode(bytes: Uint8Array | string): string {
  return Buffer.from(bytes as Uint8Array).toString('base64url');
}

export function decode(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, 'base64url'));
}

/** The bytes, where the text is the one way to write them: no padding, no other letters, no bits left over. */
export function decodeExactly(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}
