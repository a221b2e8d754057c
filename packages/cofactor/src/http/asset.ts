import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { header, type HttpRequest, type HttpResponse } from './message.ts';
import { problem } from './problem.ts';

const folder = new URL('../../assets/', import.meta.url);
/** Stands behind the addresses of scripts and styles, so that a new version is fetched anew. */
export const assetVersion = 'v=0.1.0';

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};
const cache = new Map<string, { readonly bytes: Uint8Array; readonly etag: string }>();

/** A file of the pages, or of a provider's set-up element. Files are read once and kept. */
export async function asset(
  name: string,
  elsewhere: ReadonlyMap<string, URL>,
  request: HttpRequest,
): Promise<HttpResponse> {
  const type = /^[a-z0-9-]{1,64}\.(js|css)$/.exec(name)?.[1];
  const file = type === undefined ? null : (elsewhere.get(name) ?? new URL(name, folder));
  const found = file && (await read(file));
  if (!found) return problem('not-found');
  const headers = { 'cache-control': 'public, no-cache', etag: found.etag };
  if (header(request, 'if-none-match') === found.etag) return { status: 304, headers, body: null };
  return { status: 200, headers: { ...headers, 'content-type': types[type ?? ''] ?? '' }, body: found.bytes };
}

async function read(file: URL): Promise<{ readonly bytes: Uint8Array; readonly etag: string } | null> {
  let found = cache.get(file.href);
  if (!found) {
    try {
      const bytes = await readFile(file);
      found = { bytes, etag: `"${hash('sha256', bytes, 'base64url')}"` };
    } catch {
      return null;
    }
    cache.set(file.href, found);
  }
  return found;
}
