import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { AddressRule } from './networks.ts';

/** What came of a request. */
export interface Sent {
  readonly ok: boolean;
  /** In a few words, none of them from the other side. */
  readonly error: string | null;
  /** Whether the receiver says that nobody wants it any more (410). */
  readonly gone: boolean;
}

export interface Outgoing {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Where it may go, asked of the address that is then connected to. */
  readonly mayReach: AddressRule;
}

const timeoutMs = 10_000;
/** Nobody reads it; a little is taken so that the connection ends well. */
const maxResponse = 16_384;

class AddressRefused extends Error {
  readonly code = 'address refused';
}

/**
 * Posts once: no redirect is followed, no more is read than the status, and all of it takes ten seconds at most. The name is
 * looked up here, and the address that was looked at is the one that is connected to. Never throws.
 */
export function post({ url, headers, body, mayReach }: Outgoing): Promise<Sent> {
  return new Promise((resolve) => {
    const fail = (error: unknown): void => resolve({ ok: false, error: wordsOf(error), gone: false });
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // An address needs no looking up, so nobody would ask.
    if (isIP(host) !== 0 && !mayReach(host)) return fail(new AddressRefused());
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      agent: false,
      lookup: guarded(mayReach),
    });
    const timer = setTimeout(
      () => request.destroy(Object.assign(new Error(), { code: 'timed out' })),
      timeoutMs,
    );
    request.once('close', () => clearTimeout(timer));
    request.on('error', fail);
    request.once('response', (response) => {
      const { statusCode: status = 0 } = response;
      const ok = status >= 200 && status < 300;
      resolve({ ok, error: ok ? null : `status ${status}`, gone: status === 410 });
      let length = 0;
      response.on('data', (piece: Buffer) => {
        length += piece.length;
        if (length > maxResponse) response.destroy();
      });
      response.on('error', () => undefined);
    });
    request.end(body);
  });
}

type Found = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** Looks a name up, and refuses it where any of its addresses may not be reached: which one is taken is not ours to say. */
function guarded(mayReach: AddressRule): (host: string, options: LookupOptions, found: Found) => void {
  return (host, options, found) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return found(error, []);
      const [first] = addresses;
      if (!first || !addresses.every(({ address }) => mayReach(address)))
        return found(new AddressRefused(), []);
      if (options.all === true) found(null, addresses);
      else found(null, first.address, first.family);
    });
  };
}

function wordsOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code.slice(0, 64) : 'failed';
}
