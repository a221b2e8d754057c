import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { header, type HttpRequest, type HttpResponse } from './message.ts';

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
  json: 'application/json; charset=utf-8',
};
const cache = new Map<string, { readonly bytes: Uint8Array; readonly etag: string }>();

/** Where the scripts and styles of our pages are. */
export const assets: URL = new URL('../../assets/', import.meta.url);

/**
 * A file of this server, as what its name says it is; `null` where it is not there. `kept`: read once for as long as the
 * process lives; who works on it wants it read each time.
 */
export async function fileAnswer(
  file: URL,
  request: HttpRequest,
  { kept = true }: { readonly kept?: boolean } = {},
): Promise<HttpResponse | null> {
  const found = await read(file, kept);
  if (!found) return null;
  const headers = { 'cache-control': 'public, no-cache', etag: found.etag };
  if (header(request, 'if-none-match') === found.etag) return { status: 304, headers, body: null };
  const type = types[/\.([a-z]+)$/.exec(file.pathname)?.[1] ?? ''] ?? 'application/octet-stream';
  return { status: 200, headers: { ...headers, 'content-type': type }, body: found.bytes };
}

async function read(
  file: URL,
  kept: boolean,
): Promise<{ readonly bytes: Uint8Array; readonly etag: string } | null> {
  let found = kept ? cache.get(file.href) : undefined;
  if (!found) {
    try {
      const bytes = await readFile(file);
      found = { bytes, etag: `"${hash('sha256', bytes, 'base64url')}"` };
    } catch {
      return null;
    }
    if (kept) cache.set(file.href, found);
  }
  return found;
}
