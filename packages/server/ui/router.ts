/** The address of the back office that is open: its path below the base, and its query. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Everything of the back office is below this. */
export const base = '/admin';

const listeners = new Set<() => void>();

export function here(): Place {
  const path = location.pathname.slice(base.length).replace(/\/+$/, '');
  return { path: path === '' ? '/' : path, query: new URLSearchParams(location.search) };
}

/** The address of a place, for links. */
export function href(path: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const search = new URLSearchParams(
    Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]),
  );
  return `${base}${path === '/' ? '' : path}${search.size > 0 ? `?${search}` : ''}`;
}

/** Goes somewhere else in the back office, as following a link does. */
export function go(address: string): void {
  history.pushState(null, '', address);
  tell();
}

/** The same place with another query, e.g. another filter. It is no step that one goes back by. */
export function refine(query: Readonly<Record<string, string | undefined>>): void {
  history.replaceState(null, '', href(here().path, query));
}

/** Calls this whenever another place is open; gives back how to stop that. */
export function follow(listener: () => void): () => void {
  if (listeners.size === 0) start();
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}

let started = false;

function start(): void {
  if (started) return;
  started = true;
  addEventListener('popstate', tell);
  document.addEventListener('click', (event) => {
    const address = inside(event);
    if (address === null) return;
    event.preventDefault();
    go(address);
  });
}

/** Where a click on a link leads, if that is a place of the back office and to be opened right here. */
function inside(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return null;
  const { pathname } = link;
  const below = pathname === base || pathname.startsWith(`${base}/`);
  if (!below || pathname.startsWith(`${base}/api/`) || pathname.startsWith(`${base}/assets/`)) return null;
  // Within a page a link leads the focus along: "skip to content".
  if (link.hash && pathname === location.pathname) return null;
  return link.pathname + link.search;
}
