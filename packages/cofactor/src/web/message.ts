/** A request as the routes see it, whatever server it came through. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query as the client sent them. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The bytes, at most `maxBodyBytes` of them. */
  readonly body: Uint8Array | null;
  /** Address of the other end of the connection. */
  readonly remoteAddress: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array | null;
}

/** More than any request of ours has; what is larger is refused before it is parsed (I-24). */
export const maxBodyBytes = 16_384;

export function header(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

/** Whether a person's browser asks for a page, and not a program for data. */
export function wantsPage(request: HttpRequest): boolean {
  return (header(request, 'accept') ?? '').includes('text/html');
}
