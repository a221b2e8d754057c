/** The bytes of a request, or why there are none to be had. */
export type BodyRead = { readonly bytes: Uint8Array | null } | { readonly fault: BodyFault };

/**
 * `too-large` is more than `maxBodyBytes`; `cut-off` ended before its end; `already-read` was taken by somebody before
 * us, e.g. a body parser of the application.
 */
export type BodyFault = 'too-large' | 'cut-off' | 'already-read';

/** Whether requests of this method have a body that means anything. */
export function mayHaveBody(method: string): boolean {
  return !['GET', 'HEAD', 'TRACE'].includes(method);
}

/** Whether a request says itself that its body is larger than `most` bytes. */
export function announcesMore(contentLength: string | null | undefined, most: number): boolean {
  return Number(contentLength ?? 0) > most;
}

/** Pieces as they came, in one. */
export function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
