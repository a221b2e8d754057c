/** Where the API lives: the page says it, so that a server can be mounted anywhere. */
export function baseOf(page: Document): string {
  return page.querySelector<HTMLMetaElement>('meta[name="cofactor-base"]')?.content ?? '/auth';
}

/** What the address of this page asks for. `returnTo` is handed to the server as it is, which checks it. */
export function asked(search: string = location.search): {
  readonly policy?: string;
  readonly returnTo?: string;
} {
  const query = new URLSearchParams(search);
  const policy = query.get('policy');
  const returnTo = query.get('return_to');
  return { ...(policy && { policy }), ...(returnTo && { returnTo }) };
}

/**
 * Who is expected to sign in, as an application says that led here: a name to begin with, and whether it has to be done
 * although somebody is signed in. Words in an address: they fill a form in, and decide nothing.
 */
export function expected(search: string = location.search): {
  readonly anew: boolean;
  readonly loginHint: string | null;
} {
  const query = new URLSearchParams(search);
  return { anew: query.get('prompt') === 'login', loginHint: query.get('login_hint')?.slice(0, 254) ?? null };
}

/** The query string that carries the way back on to another of these pages. */
export function carried(returnTo: string | undefined): string {
  return returnTo === undefined ? '' : `?${new URLSearchParams({ return_to: returnTo })}`;
}

/**
 * The address as a path of this origin, or null: the only form in which one is shown or followed without the
 * server having seen it.
 */
export function pathOf(address: string | undefined, origin: string = location.origin): string | null {
  if (!address?.startsWith('/') || !URL.canParse(address, origin)) return null;
  const url = new URL(address, origin);
  // A path such as `/.//host` becomes `//host`, which a link would follow to another site.
  return url.origin === origin && !url.pathname.startsWith('//') ? url.pathname + url.search : null;
}
