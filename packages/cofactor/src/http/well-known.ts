import type { Cofactor } from '../core/cofactor.ts';
import { isMailbox } from '../core/mail/mailbox.ts';
import { CofactorError } from '../base/errors.ts';
import { mailboxPage } from './mailbox.ts';
import { header, type HttpRequest, type HttpResponse } from '../web/message.ts';
import { problem } from './problem.ts';
import { json, redirect } from './route.ts';
import { securityHeaders } from '../web/security-headers.ts';

/** Answers a GET. */
export type Document = (request: HttpRequest) => HttpResponse;

/**
 * What a realm has at the root of the site, by path, because others look for it there: documents of its providers
 * under `/.well-known/` (RFC 8615), the way to change a password (W3C, "A Well-Known URL for Changing Passwords"),
 * and under development the mailbox. Where several realms are mounted, the first that has a path answers it.
 *
 * @throws what a provider throws that cannot say its documents: at start, and not at the first visit
 */
export function rootDocuments(auth: Cofactor, base: string): ReadonlyMap<string, Document> {
  const { engine } = auth;
  const { config } = engine;
  const headers = securityHeaders(config.origin);
  const secured = (response: HttpResponse): HttpResponse => ({
    ...response,
    headers: { ...headers, ...response.headers },
  });
  const documents = new Map<string, Document>();
  const site = Object.freeze({ origin: config.origin.origin });
  for (const provider of config.providers.values()) {
    for (const [name, content] of Object.entries(provider.wellKnown?.(site, base) ?? {})) {
      if (!/^[a-z0-9][a-z0-9._-]*$/.test(name)) {
        throw new CofactorError(
          'ERR_CONFIG_FACTORS',
          `factors: the provider ${provider.name} has a well-known document whose name is none: ${JSON.stringify(name)}.`,
        );
      }
      const answer = secured(json(200, content));
      const path = `/.well-known/${name}`;
      if (!documents.has(path)) documents.set(path, () => answer);
    }
  }
  const change = secured(redirect(`${base}/security`));
  documents.set('/.well-known/change-password', () => change);
  const { mail } = config;
  if (isMailbox(mail) && !config.production) {
    documents.set('/dev/mailbox', (request) => {
      if (!isFromHere(request, config.origin)) return secured(problem('not-found'));
      const { url } = request;
      const mark = url.indexOf('?');
      const query = new URLSearchParams(mark === -1 ? '' : url.slice(mark));
      return secured(mailboxPage(mail, { base, engine, query }));
    });
  }
  return documents;
}

/**
 * Whether a request comes from this machine and means this site: a page of somebody else can have its name lead here
 * (DNS rebinding), and a server may listen on more than one address.
 */
function isFromHere(request: HttpRequest, origin: URL): boolean {
  const local = /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/.test(request.remoteAddress);
  return local && header(request, 'host') === origin.host;
}
