import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Cofactor } from 'cofactor';
import { httpRequest, send } from 'cofactor/fastify';
import { cardPage, languageOf, securityHeaders, type HttpResponse } from 'cofactor/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readFile } from 'node:fs/promises';
import { hash } from 'node:crypto';

/** What guards the back office: who is in charge of others has proved more than a password. */
export const backOfficePolicy = 'Back office';

const built = fileURLToPath(new URL('../../assets/', import.meta.url));
/** Vite puts a hash of the content into these names, so what is under one never changes. */
const hashed = /-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
  json: 'application/json; charset=utf-8',
  png: 'image/png',
  woff2: 'font/woff2',
};

/**
 * The pages of the back office: one document, whatever is asked below `/admin`, and the files it loads. The document is for
 * people who are signed in with a second factor; the files are those of the published package, and no secret.
 */
export function serveShell(app: FastifyInstance, auth: Cofactor, folder: string = built): void {
  const headers = securityHeaders(auth.engine.config.origin);
  const files = filesIn(folder);
  const document = files.get('index.html');
  const guarded = { preHandler: app.requirePolicy(backOfficePolicy, { realm: auth.realm }) };
  const shell = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (document === undefined) return send(reply, notBuilt(auth, request));
    return reply
      .headers({ ...headers, 'content-type': types['html'] })
      .send(await readFile(fileURLToPath(document)));
  };
  app.get('/admin', guarded, shell);
  app.get('/admin/*', guarded, shell);
  for (const [name, file] of files) {
    if (name === 'index.html') continue;
    app.get(`/admin/${name}`, (request, reply) => sendFile(request, reply, name, file, headers));
  }
}

async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  file: URL,
  headers: Readonly<Record<string, string>>,
): Promise<FastifyReply> {
  const bytes = await readFile(file);
  const etag = `"${hash('sha256', bytes, 'base64url')}"`;
  const type = types[/\.([a-z0-9]+)$/.exec(name)?.[1] ?? ''] ?? 'application/octet-stream';
  void reply.headers({
    ...headers,
    'content-type': type,
    etag,
    'cache-control': hashed.test(name) ? 'public, max-age=31536000, immutable' : 'public, no-cache',
  });
  return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.send(bytes);
}

/** What there is, listed once: so no address leads anywhere else. */
function filesIn(folder: string): ReadonlyMap<string, URL> {
  if (!existsSync(folder)) return new Map();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path).split(sep).join('/'), pathToFileURL(path)] as const),
  );
}

function notBuilt(auth: Cofactor, request: FastifyRequest): HttpResponse {
  const { engine } = auth;
  const language = languageOf(engine.config, httpRequest(request));
  const page = cardPage(
    { base: '/auth', language, engine },
    503,
    'The back office is not built',
    '<p>Its pages are not in this copy of the server. Run <code>npm run build</code>, then start the server again.</p>' +
      '<p><a class="cf-button" href="/auth/security">Your account</a></p>',
  );
  return { ...page, headers: { ...securityHeaders(engine.config.origin), ...page.headers } };
}
