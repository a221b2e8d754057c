import type { Engine } from '../core/engine.ts';
import { cookieName } from './cookies.ts';
import { problems } from './problem.ts';
import type { Route } from './route.ts';

/** The route table as OpenAPI 3.1: nothing is written down twice. Pages are left out. */
export function openApi(routes: readonly Route[], engine: Engine, base: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    if (route.page) continue;
    const path = `${base}${route.path.replace('*', '{name}')}`;
    const parameters = route.path.endsWith('*')
      ? [{ name: 'name', in: 'path', required: true, schema: { type: 'string' } }]
      : [];
    (paths[path] ??= {})[route.method.toLowerCase()] = {
      summary: route.summary,
      'x-level': route.level,
      security:
        route.level === 'public' ? [] : [{ [route.level === 'ceremony' ? 'ceremony' : 'session']: [] }],
      ...(parameters.length > 0 && { parameters }),
      ...(route.body && {
        requestBody: { required: true, content: { 'application/json': { schema: route.body } } },
      }),
      responses: Object.fromEntries(
        route.answers.map((status) => [
          String(status),
          status < 400
            ? { description: 'As the contract says.' }
            : {
                description: 'A problem (RFC 9457).',
                content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
              },
        ]),
      ),
    };
  }
  const cookie = (kind: 'session' | 'ceremony'): object => ({
    type: 'apiKey',
    in: 'cookie',
    name: cookieName(engine.config, kind),
  });
  return {
    openapi: '3.1.0',
    info: { title: `Cofactor: ${engine.config.name}`, version: '0.1.0' },
    servers: [{ url: engine.config.origin.origin }],
    paths,
    components: {
      securitySchemes: { session: cookie('session'), ceremony: cookie('ceremony') },
      schemas: {
        Problem: {
          type: 'object',
          required: ['type', 'title', 'status', 'detail'],
          properties: {
            type: { enum: Object.keys(problems).map((name) => `urn:cofactor:problem:${name}`) },
            title: { type: 'string' },
            status: { type: 'integer' },
            detail: { type: 'string' },
            pointer: { type: 'string' },
            text: { type: 'string' },
            retryAfter: { type: 'integer' },
            triesLeft: { type: 'integer' },
          },
        },
        ...Object.fromEntries(
          [...engine.config.providers.values()].map((provider) => [
            `Response-${provider.name}`,
            provider.response,
          ]),
        ),
      },
    },
  };
}
