import type { Engine } from '../core/engine.ts';
import { CofactorError } from '../base/errors.ts';
import type { HttpResponse } from '../http/index.ts';
import { currentCall } from './call.ts';
import type { OidcConfig } from './options.ts';
import { errorPage, type Frame } from './pages.ts';

/** What is used of Koa's own, so that its types stay with oidc-provider. */
interface Answering {
  status: number;
  body: unknown;
  set(name: string, value: string | string[]): void;
  remove(name: string): void;
  accepts(...types: string[]): string | false;
}

export function frameOf(engine: Engine, config: OidcConfig): Frame {
  return { engine, base: config.authBase, language: currentCall().language };
}

/** Hands a page of ours to oidc-provider. */
export function send(ctx: Pick<Answering, 'status' | 'body' | 'set'>, page: HttpResponse): void {
  ctx.status = page.status;
  setHeaders(ctx, page.headers);
  ctx.body = page.body;
}

export function setHeaders(ctx: Pick<Answering, 'set'>, headers: HttpResponse['headers']): void {
  for (const [name, value] of Object.entries(headers))
    ctx.set(name, typeof value === 'string' ? value : [...value]);
}

/** Nothing of what was to be answered goes out: no code that may not be kept, no token of a code that may still be good. */
export function fail(ctx: Answering, engine: Engine, config: OidcConfig, error: unknown): void {
  engine.config.log.error({ error }, 'the OpenID Connect server failed');
  ctx.remove('location');
  ctx.status = error instanceof CofactorError ? 503 : 500;
  if (error instanceof CofactorError) ctx.set('retry-after', String(error.retryAfter ?? 5));
  if (ctx.accepts('json', 'html') === 'html') send(ctx, errorPage(frameOf(engine, config), ctx.status, null));
  else ctx.body = { error: 'server_error', error_description: 'it could not be done at the moment' };
}
