import type { Engine } from '../core/engine.ts';
import type { HttpResponse } from '../http/index.ts';
import { currentCall } from './call.ts';
import type { OidcConfig } from './options.ts';
import type { Frame } from './pages.ts';

export function frameOf(engine: Engine, config: OidcConfig): Frame {
  return { engine, base: config.authBase, language: currentCall().language };
}

/** Hands a page of ours to oidc-provider. */
export function send(
  ctx: { status: number; body: unknown; set(name: string, value: string | string[]): void },
  page: HttpResponse,
): void {
  ctx.status = page.status;
  setHeaders(ctx, page.headers);
  ctx.body = page.body;
}

export function setHeaders(
  ctx: { set(name: string, value: string | string[]): void },
  headers: HttpResponse['headers'],
): void {
  for (const [name, value] of Object.entries(headers))
    ctx.set(name, typeof value === 'string' ? value : [...value]);
}
