import { IssuerFault } from './faults.ts';

/** How questions to issuers are asked. */
export interface Asking {
  readonly fetch: typeof fetch;
  /** Seconds that a question may take, with its answer. */
  readonly timeout: number;
}

export interface Answered {
  readonly status: number;
  /** What was sent as JSON; `undefined` where it was something else. */
  readonly body: unknown;
}

/**
 * Asks an issuer, for a bounded time and a bounded answer. Redirects are not followed: nothing but what is configured is
 * asked, and what is told to it goes nowhere else.
 *
 * @throws {IssuerFault}
 */
export async function ask(
  { fetch, timeout }: Asking,
  url: URL,
  init: RequestInit,
  mostBytes: number,
): Promise<Answered> {
  const controller = new AbortController();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new IssuerFault('away', 'timeout'));
    controller.abort();
  }, timeout * 1000);
  try {
    return await Promise.race([
      late,
      answered(fetch, url, { ...init, signal: controller.signal }, mostBytes),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

async function answered(
  fetcher: typeof fetch,
  url: URL,
  init: RequestInit,
  mostBytes: number,
): Promise<Answered> {
  let response: Response;
  try {
    response = await fetcher(url.href, { ...init, redirect: 'manual' });
  } catch {
    // What is thrown here may quote what was sent (I-28).
    throw new IssuerFault('away', 'unreachable');
  }
  const { status } = response;
  if (status >= 300 && status < 400) {
    await response.body?.cancel().catch(() => undefined);
    throw new IssuerFault('away', 'redirect');
  }
  const text = await textOf(response, mostBytes);
  try {
    return { status, body: JSON.parse(text) as unknown };
  } catch {
    return { status, body: undefined };
  }
}

async function textOf({ body }: Response, most: number): Promise<string> {
  if (!body) return '';
  const decoder = new TextDecoder();
  let [text, length] = ['', 0];
  try {
    // Leaving the loop early cancels the rest.
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      length += piece.length;
      if (length > most) throw new IssuerFault('away', 'too-large');
      text += decoder.decode(piece, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    throw error instanceof IssuerFault ? error : new IssuerFault('away', 'cut-off');
  }
}
