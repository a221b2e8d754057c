interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly hostOnly: boolean;
  readonly path: string;
}

/** The cookies of one browser, kept as RFC 6265 says. */
export class CookieJar {
  readonly #cookies = new Map<string, Cookie>();

  set(url: URL, header: string): void {
    const [pair = '', ...rest] = header.split(';');
    const attributes = new Map(
      rest.map((part) => {
        const [name = '', ...value] = part.split('=');
        return [name.trim().toLowerCase(), value.join('=').trim()] as const;
      }),
    );
    const at = pair.indexOf('=');
    const domain = attributes.get('domain')?.replace(/^\./, '').toLowerCase();
    const path = attributes.get('path');
    this.#keep(
      {
        name: pair.slice(0, at).trim(),
        value: pair.slice(at + 1).trim(),
        domain: domain || url.hostname,
        hostOnly: !domain,
        path: path?.startsWith('/') ? path : defaultPath(url),
      },
      isOver(attributes),
    );
  }

  /** What the browser sends along. Longer paths go first (RFC 6265, 5.4). */
  header(url: URL): string | null {
    const sent = [...this.#cookies.values()]
      .filter((cookie) => isFor(cookie, url))
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => `${name}=${value}`);
    return sent.length > 0 ? sent.join('; ') : null;
  }

  #keep(cookie: Cookie, over: boolean): void {
    const key = [cookie.domain, cookie.path, cookie.name].join(';');
    if (over) this.#cookies.delete(key);
    else this.#cookies.set(key, cookie);
  }
}

function isOver(attributes: ReadonlyMap<string, string>): boolean {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  const expires = attributes.get('expires');
  return expires !== undefined && Date.parse(expires) <= Date.now();
}

function isFor({ domain, hostOnly, path }: Cookie, { hostname, pathname }: URL): boolean {
  const host = hostname === domain || (!hostOnly && hostname.endsWith(`.${domain}`));
  const within = pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
  return host && within;
}

function defaultPath({ pathname }: URL): string {
  return pathname.slice(0, pathname.lastIndexOf('/')) || '/';
}
