import type { HttpResponse } from './message.ts';

/** The headers of every answer of ours (I-27). Pages load nothing from elsewhere and nobody may frame them. */
export function securityHeaders(origin: URL): Readonly<Record<string, string>> {
  return Object.freeze({
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
      "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    ...(origin.protocol === 'https:' && {
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
    }),
  });
}

/** An answer with the headers that every answer of ours has; its own come first. */
export function secured(origin: URL, response: HttpResponse): HttpResponse {
  return { ...response, headers: { ...securityHeaders(origin), ...response.headers } };
}
