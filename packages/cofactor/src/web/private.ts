import type { ServerResponse } from 'node:http';

/**
 * Makes sure that an answer with somebody's cookies is kept by nobody, whatever its handler says of caching: decided where
 * the headers go out, which is after it.
 */
export function keepPrivate(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response);
  response.writeHead = (status: number, ...rest: never[]) => {
    response.setHeader('cache-control', 'no-store');
    return writeHead(status, ...(rest.map(withoutCaching) as never[]));
  };
}

/** Headers that are handed over with the status come before those that were set. */
function withoutCaching(part: unknown): unknown {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, value]: [string, unknown]) =>
      name.toLowerCase() === 'cache-control' ? [name, 'no-store'] : [name, value],
    ),
  );
}
