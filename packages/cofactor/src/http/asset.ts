import { assets, fileAnswer } from '../web/file.ts';
import type { HttpRequest, HttpResponse } from '../web/message.ts';
import { problem } from './problem.ts';

/** Stands behind the addresses of scripts and styles, so that a new version is fetched anew. */
export const assetVersion = 'v=0.1.0';

/** A file of the pages, or of a provider's set-up element. Files are read once and kept. */
export async function asset(
  name: string,
  elsewhere: ReadonlyMap<string, URL>,
  request: HttpRequest,
): Promise<HttpResponse> {
  const type = /^[a-z0-9-]{1,64}\.(js|css)$/.exec(name)?.[1];
  const file = type === undefined ? null : (elsewhere.get(name) ?? new URL(name, assets));
  return file ? served(file, request) : problem('not-found');
}

/** A file of this server. `kept`: see `fileAnswer`. */
export async function served(
  file: URL,
  request: HttpRequest,
  options: { readonly kept?: boolean } = {},
): Promise<HttpResponse> {
  return (await fileAnswer(file, request, options)) ?? problem('not-found');
}
