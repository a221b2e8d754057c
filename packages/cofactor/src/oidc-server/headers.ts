import type { Config } from '../core/options.ts';
import type { HttpResponse } from '../http/index.ts';
import { securityHeaders } from '../web/security-headers.ts';

/** A page, and where its form leads in the end: browsers hold redirects after a form against the page's policy too. */
export interface PageResponse extends HttpResponse {
  readonly formTarget?: string | null;
}

/**
 * The headers of the house, with another site that a form may lead to. Without a referrer browsers send forms with
 * `Origin: null`, which would say nothing; other sites get none all the same.
 */
export function headersFor(config: Config, formTarget: string | null = null): Record<string, string> {
  const headers: Record<string, string> = {
    ...securityHeaders(config.origin),
    'referrer-policy': 'same-origin',
  };
  const url = formTarget === null ? null : URL.parse(formTarget);
  if (!url) return headers;
  const target = url.origin === 'null' ? url.protocol : url.origin;
  const policy = headers['content-security-policy'] ?? '';
  headers['content-security-policy'] = policy.replace("form-action 'self'", `form-action 'self' ${target}`);
  return headers;
}
