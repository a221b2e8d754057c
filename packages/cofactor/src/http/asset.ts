import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { header, type HttpRequest, type HttpResponse } from '../web/message.ts';
import { problem } from './problem.ts';

const folder = new URL('../../assets/', import.meta.url);
/** Stands behind the addresses of scripts and styles, so that a new version is fetched anew. */
export const assetVersion = 'v=0.1.0';

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
  json: 'application/json; charset=utf-8',
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
  return file ? served(file, request) : problem('not-found');
}

/**
 * A file of this server, as what its name says it is. `kept`: read once for as long as the process lives; who works
 * on it wants it read each time.
 */
export async function served(
  file: URL,
  request: HttpRequest,
  { kept = true }: { readonly kept?: boolean } = {},
): Promise<HttpResponse> {
  const found = await read(file, kept);
  if (!found) return problem('not-found');
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
