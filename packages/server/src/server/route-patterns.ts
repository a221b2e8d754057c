import { routes } from 'cofactor/http';
import type { FastifyRequest } from 'fastify';

/** Below the base of an OpenID Connect server. What is not here counts as the whole of it. */
const oidcPaths: readonly string[] = [
  '/auth',
  '/auth/:uid',
  '/par',
  '/token',
  '/userinfo',
  '/jwks',
  '/revoke',
  '/introspect',
  '/logout',
  '/logout/confirm',
  '/logout/success',
  '/device',
  '/device/start',
  '/device/:uid',
  '/interaction/:uid',
  '/interaction/:uid/:step',
  '/applications',
  '/.well-known/openid-configuration',
];

/** A path with `:names` as an expression, most exact first. */
interface Pattern {
  readonly pattern: string;
  readonly fits: RegExp;
}

/** The pattern of a request's route: one of a closed set, whatever was asked for. */
export class RoutePatterns {
  readonly #below: readonly { readonly base: string; readonly patterns: readonly Pattern[] }[];
  readonly #own = new Set<string>(['none']);

  constructor(realms: readonly { readonly base: string; readonly oidc: string }[]) {
    const paths = [...new Set(routes.map(({ path }) => path))];
    this.#below = realms.flatMap(({ base, oidc }) => [
      { base, patterns: patternsOf(base, paths) },
      { base: oidc, patterns: patternsOf(oidc, oidcPaths) },
    ]);
    for (const { base, patterns } of this.#below) {
      this.#own.add(`${base}/*`);
      for (const { pattern } of patterns) this.#own.add(pattern);
    }
  }

  /** All there are; routes of plugins are added as they are registered. */
  get all(): ReadonlySet<string> {
    return this.#own;
  }

  add(pattern: string): void {
    this.#own.add(pattern);
  }

  of(request: FastifyRequest): string {
    const { url: registered } = request.routeOptions;
    if (registered === undefined) return 'none';
    const below = this.#below.find(({ base }) => registered === `${base}/*`);
    if (!below) return this.#own.has(registered) ? registered : 'none';
    const [path = ''] = (request.raw.url ?? '').split('?', 1);
    return below.patterns.find(({ fits }) => fits.test(path))?.pattern ?? registered;
  }
}

function patternsOf(base: string, paths: readonly string[]): readonly Pattern[] {
  return paths
    .map((path) => ({ pattern: base + path, fits: expression(base + path) }))
    .sort((one, other) => variables(one.pattern) - variables(other.pattern));
}

function variables(pattern: string): number {
  return pattern.split(/:[a-z]+|\*/).length;
}

function expression(pattern: string): RegExp {
  const parts = pattern.split(/(:[a-z]+|\*)/).map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}
