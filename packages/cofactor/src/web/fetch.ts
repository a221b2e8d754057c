import { isIP } from 'node:net';
import { announcesMore, joined, mayHaveBody, type BodyRead } from './body.ts';
import { maxBodyBytes, type HttpRequest, type HttpResponse } from './message.ts';

/** What a `Request` does not say of where it comes from. */
export interface ConnectionInfo {
  /** Address of the other end of the connection. What is no IP address counts as not known. */
  readonly remoteAddress?: string | null | undefined;
}

/** A web-standard `Request` as the routes see it; `body` is what `readBody` read. */
export function httpRequest(
  request: Request,
  { remoteAddress }: ConnectionInfo = {},
  body: Uint8Array | null = null,
): HttpRequest {
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method,
    url: pathname + search,
    headers: Object.fromEntries(request.headers),
    body,
    remoteAddress: remoteAddress && isIP(remoteAddress) !== 0 ? remoteAddress : '',
  };
}

/**
 * Reads the body of a `Request`, `maxBodyBytes` of it at most. It never throws: it ends with the bytes, or with the
 * reason why there are none.
 */
export async function readBody(request: Request): Promise<BodyRead> {
  if (!mayHaveBody(request.method)) return { bytes: null };
  if (request.bodyUsed) return { fault: 'already-read' };
  if (!request.body) return { bytes: null };
  if (announcesMore(request.headers.get('content-length'), maxBodyBytes)) return { fault: 'too-large' };
  // Somebody else is in the middle of reading it.
  if (request.body.locked) return { fault: 'already-read' };
  const { signal } = request;
  if (signal.aborted) return { fault: 'cut-off' };
  const reader = (request.body as ReadableStream<Uint8Array>).getReader();
  // Not every server breaks the stream when its client is gone.
  const leave = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', leave);
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (signal.aborted) return { fault: 'cut-off' };
      if (done) return { bytes: length === 0 ? null : joined(pieces, length) };
      length += value.length;
      // Left, and not cancelled: on some servers that would close the connection before the answer.
      if (length > maxBodyBytes) return { fault: 'too-large' };
      pieces.push(value);
    }
  } catch {
    return { fault: 'cut-off' };
  } finally {
    signal.removeEventListener('abort', leave);
    reader.releaseLock();
  }
}

/** An answer to a request of this method as a web-standard `Response`. */
export function toResponse(answer: HttpResponse, method: string): Response {
  const body = method === 'HEAD' ? null : answer.body;
  return new Response(body as string | Uint8Array<ArrayBuffer> | null, {
    status: answer.status,
    headers: toHeaders(answer.headers),
  });
}

/** Each cookie is a header of its own. */
export function toHeaders(headers: HttpResponse['headers']): Headers {
  const all = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const one of typeof value === 'string' ? [value] : value) all.append(name, one);
  }
  return all;
}
